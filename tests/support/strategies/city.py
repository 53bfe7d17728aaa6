"""Testopolis: two sectors, five districts, and sources of every kind."""

import tomllib

from timeline.domain import city_file

CITY_FILE = """
[city]
id = "testopolis"
name = "Testopolis"
arabic = "مدينة الاختبار"
timezone = "Asia/Damascus"

[places]
east = { name = "East", arabic = "الشرق", aliases = ["the eastern districts"] }
west = { name = "West", arabic = "الغرب", aliases = ["the western districts"] }
hill = { name = "Hill", arabic = "التل", aliases = ["al-Tell", "Tall"], parent = "east" }
market = { name = "Market", arabic = "السوق", aliases = ["al-Souq"], parent = "east" }
quarry = { name = "Quarry", arabic = "المحجر", aliases = ["al-Mahjar"], parent = "east" }
garden = { name = "Garden", arabic = "البستان", aliases = ["Bustan", "al-Bustan"], parent = "west" }
station = { name = "Station", arabic = "المحطة", aliases = ["Baghdad Station"], parent = "west" }

[actors]
government = { label = "Government", letter = "G", aliases = ["the regime"] }
opposition = { label = "Opposition", letter = "O", aliases = ["the rebels"] }
kurdish = { label = "Kurdish forces", letter = "K", aliases = ["SDF", "YPG"] }
russia = { label = "Russia", letter = "R" }

[sources]
monitor = { label = "The Monitor", kind = "monitor", aliases = ["Monitoring Centre"] }
second-monitor = { label = "The Other Monitor", kind = "monitor" }
rebel-official = { label = "A rebel official", kind = "party", side = "opposition" }
rebel-council.label = "The rebel council"
rebel-council.short = "council"
rebel-council.kind = "party"
rebel-council.side = "opposition"
state-tv = { label = "State television", kind = "state", side = "government" }
army = { label = "The army", kind = "party", side = "government", aliases = ["army command"] }
paper = { label = "The Paper", kind = "media" }
relief = { label = "Relief Office", kind = "un", aliases = ["the UN"] }
resident = { label = "A resident", kind = "other" }
"""

CITY = city_file.parse(tomllib.loads(CITY_FILE))
