"""Write the log of a large city for a page: 130 districts on a plan, and 20 voices.

    python benchmarks/crowded.py 20000 FOLDER

The same number and seed give the same bytes. Reports come minutes to weeks late. A quarter of the
events are control changes, a fifth casualties, a fifth statements about events; the busiest of the
districts has some thirty times as many as the quietest, 2 % retract an event, three in ten times
are exact, one in ten vague, and the others days, as in most datasets.
"""

import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from math import cos, pi, sin, sqrt
from pathlib import Path

from attrs import define, field

BEGIN = datetime(2016, 1, 1, tzinfo=UTC)
YEAR = 365 * 24 * 60
MONTH = 30 * 24 * 60 * 60
"""The seconds within which a log is recorded."""
PLACES, VOICES = 130, 20
ACTORS = {
    "government": ("G", "#A93F3F"),
    "opposition": ("O", "#6CA6C1"),
    "kurdish": ("K", "#F0D264"),
}
GOLDEN = pi * (3 - sqrt(5))
"""The angle by which the seeds of a sunflower follow each other: points that fill a disc evenly."""
BUSY = list(accumulate(1 / (rank + 4) for rank in range(PLACES)))
"""How often the districts are spoken of, added up: that of rank n a share of 1 / (n + 4)."""
KINDS = {
    "control": 25,
    "toll": 20,
    "flight": 14,
    "condition": 10,
    "statement": 20,
    "aid": 6,
    "siege": 3,
    "retraction": 2,
}
"""The kinds of events, each with its share in per cent."""
DELAYS = (5, 60, 300, 600, 1000, 3000, 3000, 20_000)
"""Up to how many minutes reports come late: half within hours, most within two days."""
Fields = dict[str, object]
"""Some fields of an event by their names, as JSON values."""


def city_text() -> str:
    """Return a city file with districts in two sectors; a third of its sources serve a side."""
    lines = [
        *("[city]", 'id = "city"', 'name = "City"', 'timezone = "Asia/Damascus"', "", "[places]"),
        *('east = { name = "East" }', 'west = { name = "West" }'),
        *map(_district, range(PLACES)),
        *("", "[actors]"),
        *map(_actor, ACTORS),
        *("", "[sources]"),
        *map(_source, range(VOICES)),
    ]
    return "\n".join(lines) + "\n"


def _district(number: int) -> str:
    angle, distance = number * GOLDEN, sqrt((number + 0.5) / PLACES)
    lat, lon = 36.2 + 0.05 * distance * sin(angle), 37.15 + 0.08 * distance * cos(angle)
    sector = "east" if cos(angle) > 0 else "west"
    where = f'parent = "{sector}", lat = {lat:.5f}, lon = {lon:.5f}, area = 1.5'
    return f'd{number} = {{ name = "District {number}", {where} }}'


def _actor(id: str) -> str:
    letter, colour = ACTORS[id]
    return f'{id} = {{ label = "{id.title()}", letter = "{letter}", colour = "{colour}" }}'


def _source(number: int) -> str:
    kind, side = "media", ""
    if number % 3 == 0:
        kind, side = "party", f', side = "{[*ACTORS][number % 2]}"'
    return f's{number} = {{ label = "Source {number}", kind = "{kind}"{side} }}'


def lines(count: int, seed: int = 2016) -> Iterator[str]:
    """Yield the lines of a log of `count` events, in the order in which they happened."""
    recorder = Recorder(random.Random(seed))
    times = sorted(recorder.rng.randrange(YEAR) for _ in range(count))
    for number, minute in enumerate(times):
        recorded = BEGIN + timedelta(days=500, seconds=number * MONTH // count)
        event = recorder.event(BEGIN + timedelta(minutes=minute), recorded)
        yield json.dumps(event, ensure_ascii=False, separators=(",", ":"))


@define
class Recorder:
    """A recorder who draws one event after another, and remembers those that others may name.

    The order of the draws decides the bytes of the log.
    """

    rng: random.Random
    ids: list[str] = field(factory=list)
    retracted: set[str] = field(factory=set)

    def event(self, happened: datetime, recorded: datetime) -> Fields:
        """Return the next event."""
        id = f"e-{self.rng.getrandbits(60):015x}"
        event: Fields = {"id": id, "type": "", "v": 1, **self._clocks(happened)}
        voice = min(int(self.rng.expovariate(0.2)), VOICES - 1)
        event |= {"recorded": f"{recorded:%Y-%m-%dT%H:%M:%S}Z", "source": f"s{voice}"}
        event |= self._own()
        event |= {
            "outlet": f"Agency {voice % 9}",
            "locator": f"paragraph {self.rng.randrange(1, 20)}",
            "grade": f"{'ABCD'[voice % 4]}{self.rng.choice('22222223345')}",
        }
        if event["type"] != "retraction":
            self.ids.append(id)
        return event

    def _clocks(self, happened: datetime) -> Fields:
        """Return when an event occurred and was reported: exact times, days, or vague dates."""
        delay = timedelta(minutes=self.rng.choice(DELAYS) * self.rng.random() + 1)
        day, precision = f"{happened:%Y-%m-%d}", self.rng.random()
        if precision < 0.3:
            reported = f"{happened + delay:%Y-%m-%dT%H:%M}Z"
            return {"occurred": f"{happened:%Y-%m-%dT%H:%M}Z", "reported": reported}
        if precision > 0.9:
            delay += timedelta(days=3)
            span = f"{day}/{happened + timedelta(days=2):%Y-%m-%d}"
            day = self.rng.choice((f"{day}~", span))
        return {"occurred": day, "reported": f"{happened + delay:%Y-%m-%d}"}

    def _own(self) -> Fields:
        """Return the type of an event and the fields of its type."""
        place = f"d{self._district()}"
        kind = self.rng.choices([*KINDS], [*KINDS.values()])[0]
        if kind == "statement" and self.ids:
            return self._statement()
        if kind == "retraction" and self.ids:
            target = self.rng.choice(self.ids[-60:])
            if target not in self.retracted:
                self.retracted.add(target)
                return {"type": "retraction", "target": target, "reason": "Reported in error."}
        return self._asserted(kind, place)

    def _district(self) -> int:
        return self.rng.choices(range(PLACES), cum_weights=BUSY)[0]

    def _statement(self) -> Fields:
        stance = self.rng.choice(("agree", "disagree", "unclear"))
        about = [self.rng.choice(self.ids[-60:])]
        words = {"topic": "events", "summary": "Says so."}
        return {"type": "statement", "stance": stance, "about": about, **words}

    def _asserted(self, kind: str, place: str) -> Fields:
        """Return the fields of an assertion; those of all kinds are drawn, whichever is taken."""
        low = 50 * self.rng.randrange(1, 40)
        drawn = {
            "toll": _toll(place, low // 50),
            "flight": self._flight(place, low),
            "condition": self._condition(place),
            "aid": self._aid(low // 50),
            "siege": self._siege(place),
        }
        return drawn[kind] if kind in drawn else self._control(place)

    def _flight(self, place: str, low: int) -> Fields:
        return {
            "type": "displacement",
            "origin": place,
            "destination": f"d{self._district() // 10}",
            "people": {"low": low, "high": low * 2},
            "measure": "flow",
        }

    def _condition(self, place: str) -> Fields:
        subject = self.rng.choice(("food", "water", "hospitals", "schools"))
        level = self.rng.choice(("normal", "strained", "critical", "none"))
        return {"type": "condition", "place": place, "subject": subject, "level": level}

    def _aid(self, number: int) -> Fields:
        return {
            "type": "aid_negotiation",
            "negotiation": f"convoy-{number % 9}",
            "party": self._actor(),
            "move": self.rng.choice(("propose", "accept", "reject", "suspend")),
        }

    def _siege(self, place: str) -> Fields:
        move = self.rng.choice(("begin", "tighten", "lift"))
        return {"type": "siege", "place": place, "move": move, "by": self._actor()}

    def _control(self, place: str) -> Fields:
        change: Fields = {"type": "control_change", "place": place}
        change |= {"actor": self._actor(), "ground": "held"}
        if self.rng.random() < 0.1:
            change["extent"] = {"low": 0.3, "high": 0.4}
        return change | {"how": "observation" if self.rng.random() < 0.1 else "change"}

    def _actor(self) -> str:
        return self.rng.choice([*ACTORS])


def _toll(place: str, killed: int) -> Fields:
    people = {"killed": {"low": killed}, "group": "civilians", "measure": "flow"}
    return {"type": "casualties", "place": place, **people}


def write(count: int, folder: Path) -> None:
    """Write ``city.toml`` and ``events.jsonl`` into a folder, made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "city.toml").write_text(city_text(), "utf-8")
    with (folder / "events.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines(count))


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
