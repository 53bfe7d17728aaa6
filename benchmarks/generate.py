"""Write a city of 120 districts and a log of any size, of the kind that a war leaves.

    python benchmarks/generate.py 100000 FOLDER [VERSIONS]

Few districts are hot, few voices loud, and reports come late. The same numbers and seed give the
same bytes. Of the events 70 % are control changes (one in ten of a part, one in ten an
observation), 2 % supersede an earlier event, 1 % retract one, 10 % have a vague date. Reports come
minutes to months after the fact. People flee to the next districts, most of them to the nearest.
With VERSIONS the same year is reported so many times over: a backfill, as of an archive that is
gone through again, so that later reports of the same days overlay whatever was known at one time.
"""

import json
import random
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from attrs import define, field

BEGIN = datetime(2016, 1, 1, tzinfo=UTC)
YEAR = 365 * 24 * 60
MONTH = 30 * 24 * 60 * 60
"""The seconds within which a log is recorded."""
PLACES, VOICES = 120, 40
NEAR = 12
"""To how many districts people flee from one, fewer to each than to the one before."""
ACTORS = ("government", "opposition", "kurdish")
SUBJECTS = ("food", "water", "hospitals", "schools", "shelter")
LEVELS = ("normal", "strained", "critical", "none")
DELAYS = (5, 60, 600, 3000, 20_000, 90_000)
"""Up to how many minutes reports come late."""
NOTE = (
    "A note of the length that recorders tend to write, with a few words on how the report was "
    "read."
)
Fields = dict[str, object]
"""Some fields of an event by their names, as JSON values."""


def city_text() -> str:
    """Return a city file with `PLACES` districts in two sectors and `VOICES` sources.

    A third of the sources serve a side.
    """
    lines = [
        *("[city]", 'id = "city"', 'name = "City"', 'timezone = "Asia/Damascus"', "", "[places]"),
        *('east = { name = "East" }', 'west = { name = "West" }'),
        *map(_district, range(PLACES)),
        *("", "[actors]"),
        *(f'{actor} = {{ label = "{actor.title()}" }}' for actor in ACTORS),
        *("", "[sources]"),
        *map(_source, range(VOICES)),
    ]
    return "\n".join(lines) + "\n"


def _district(number: int) -> str:
    sector = ("east", "west")[number % 2]
    return f'd{number} = {{ name = "District {number}", parent = "{sector}" }}'


def _source(number: int) -> str:
    kind, side = "media", ""
    if number % 3 == 0:
        kind, side = "party", f', side = "{ACTORS[0]}"'
    return f's{number} = {{ label = "Source {number}", kind = "{kind}"{side} }}'


def lines(count: int, seed: int = 2016, versions: int = 1) -> Iterator[str]:
    """Yield the lines of a log of `count` events.

    The year is reported `versions` times over in them, each time a year later.
    """
    recorder = Recorder(random.Random(seed))
    for number in range(count):
        version = number * versions // count
        days, seconds = 500 + 365 * version, number * MONTH // count
        event = recorder.event(BEGIN + timedelta(days=days, seconds=seconds), version)
        yield json.dumps(event, ensure_ascii=False, separators=(",", ":"))


@define
class Recorder:
    """A recorder who draws one event after another, and remembers those that others may name.

    The order of the draws decides the bytes of the log.
    """

    rng: random.Random
    ids: list[str] = field(factory=list)
    retracted: set[str] = field(factory=set)

    def event(self, recorded: datetime, version: int) -> Fields:
        """Return the next event, as a version of the year has it."""
        rng = self.rng
        happened = BEGIN + timedelta(minutes=rng.randrange(YEAR))
        id = f"e-{rng.getrandbits(60):015x}"
        event: Fields = {"id": id, "type": "", "v": 1, **self._clocks(happened, version)}
        event |= {"recorded": f"{recorded:%Y-%m-%dT%H:%M:%S}Z", "source": self._voice()}
        event |= self._own()
        event |= {
            "outlet": f"Agency {rng.randrange(9)}",
            "locator": f"item {rng.randrange(900)}",
            "grade": f"{rng.choice('ABCD')}{rng.randrange(1, 6)}",
        }
        if rng.random() < 0.4:
            event["note"] = NOTE
        if event["type"] != "retraction":
            event |= self._supersession()
            self.ids.append(id)
        return event

    def _clocks(self, happened: datetime, version: int) -> Fields:
        """Return when an event occurred and was reported; vague ones are reported a month later."""
        rng = self.rng
        delay = timedelta(minutes=rng.choice(DELAYS) * rng.random() + 1)
        delay += timedelta(days=365 * version)
        occurred = f"{happened:%Y-%m-%dT%H:%M}Z"
        if rng.random() < 0.1:
            occurred = rng.choice(_vague(happened))
            if len(occurred) < 16:
                delay += timedelta(days=32)
        return {"occurred": occurred, "reported": f"{happened + delay:%Y-%m-%dT%H:%M}Z"}

    def _voice(self) -> str:
        """Return a source: half of the reports are of few loud ones."""
        if self.rng.random() < 0.5:
            return f"s{min(int(self.rng.paretovariate(0.7)) - 1, VOICES - 1)}"
        return f"s{self.rng.randrange(VOICES)}"

    def _own(self) -> Fields:
        """Return the type of an event and the fields of its type."""
        district = min(int(self.rng.paretovariate(0.6)) - 1, PLACES - 1)
        number = self.rng.random()
        draw = next(draw for bound, draw in KINDS if number < bound)
        return draw(self, district)

    def _control(self, district: int) -> Fields:
        rng = self.rng
        change: Fields = {"type": "control_change", "place": f"d{district}"}
        change |= {"actor": rng.choice(ACTORS), "ground": "held"}
        if rng.random() < 0.1:
            change["extent"] = {"low": 0.3, "high": 0.4}
        return change | {"how": "observation" if rng.random() < 0.1 else "change"}

    def _displacement(self, district: int) -> Fields:
        low = self.rng.randrange(1, 2000)
        distance = min(int(self.rng.paretovariate(1)), NEAR)
        return {
            "type": "displacement",
            "origin": f"d{district}",
            "destination": f"d{(district + distance) % PLACES}",
            "people": {"low": low, "high": low * 2},
            "measure": "flow",
        }

    def _casualties(self, district: int) -> Fields:
        return {
            "type": "casualties",
            "place": f"d{district}",
            "killed": {"low": self.rng.randrange(20)},
            "group": "civilians",
            "measure": "flow",
        }

    def _condition(self, district: int) -> Fields:
        subject, level = self.rng.choice(SUBJECTS), self.rng.choice(LEVELS)
        return {"type": "condition", "place": f"d{district}", "subject": subject, "level": level}

    def _statement(self, district: int) -> Fields:  # whatever the district
        words: Fields = {"topic": "control", "summary": "Says so."}
        if not self.ids:
            return {"type": "statement", "stance": "comment", **words}
        about = [self.rng.choice(self.ids[-500:])]
        stance = self.rng.choice(("agree", "disagree", "unclear"))
        return {"type": "statement", "stance": stance, "about": about, **words}

    def _retraction(self, district: int) -> Fields:
        if not self.ids:
            return self._statement(district)
        target = self.rng.choice(self.ids)
        if target in self.retracted:
            return self._control(district)
        self.retracted.add(target)
        return {"type": "retraction", "target": target, "reason": "Reported in error."}

    def _supersession(self) -> Fields:
        superseding = self.rng.random() < 0.02
        if superseding and self.ids and self.ids[-1] not in self.retracted:
            return {"supersedes": self.ids[-1]}
        return {}


KINDS: tuple[tuple[float, Callable[[Recorder, int], Fields]], ...] = (
    (0.70, Recorder._control),
    (0.78, Recorder._displacement),
    (0.86, Recorder._casualties),
    (0.91, Recorder._condition),
    (0.99, Recorder._statement),
    (1.00, Recorder._retraction),
)
"""The kinds of events, each with its share added to those before."""


def _vague(happened: datetime) -> tuple[str, ...]:
    """Return vague dates that an event of a time may have: its day, about it, its month, a span."""
    day, later = f"{happened:%Y-%m-%d}", happened + timedelta(days=2)
    return day, f"{day}~", f"{happened:%Y-%m}", f"{day}/{later:%Y-%m-%d}"


def write(count: int, folder: Path, versions: int = 1) -> None:
    """Write ``city.toml`` and ``events.jsonl`` into a folder, made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "city.toml").write_text(city_text(), "utf-8")
    with (folder / "events.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines(count, versions=versions))


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:4]))
