"""Write a timeline of any size: a city of 120 districts and a log in which few districts are hot, few voices loud, and reports come late.

    python benchmarks/generate.py 100000 FOLDER [VERSIONS]

The same numbers and seed give the same bytes. Of the events 70 % are control changes (one in ten of
a part, one in ten an observation), 2 % supersede an earlier event, 1 % retract one, 10 % have a
vague date. Reports come minutes to months after the fact. People flee to the next districts, most
of them to the nearest. With VERSIONS the same year is reported so many times over: a backfill, as
of an archive that is gone through again, so that later reports of the same days overlay whatever
was known at one time.
"""

import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

BEGIN = datetime(2016, 1, 1, tzinfo=UTC)
YEAR = 365 * 24 * 60
PLACES, VOICES = 120, 40
NEAR = 12
"""To how many districts people flee from one, fewer to each than to the one before."""
ACTORS = ("government", "opposition", "kurdish")
SUBJECTS = ("food", "water", "hospitals", "schools", "shelter")
LEVELS = ("normal", "strained", "critical", "none")


def city_text() -> str:
    """Return a city file with `PLACES` districts in two sectors and `VOICES` sources, a third of which serve a side."""
    lines = ["[city]", 'id = "city"', 'name = "City"', 'timezone = "Asia/Damascus"', "", "[places]"]
    lines += [f'{sector} = {{ name = "{sector.title()}" }}' for sector in ("east", "west")]
    lines += [
        f'd{n} = {{ name = "District {n}", parent = "{("east", "west")[n % 2]}" }}'
        for n in range(PLACES)
    ]
    lines += [
        "",
        "[actors]",
        *(f'{actor} = {{ label = "{actor.title()}" }}' for actor in ACTORS),
        "",
        "[sources]",
    ]
    sides = [f', side = "{ACTORS[n % 3]}"' if n % 3 == 0 else "" for n in range(VOICES)]
    lines += [
        f's{n} = {{ label = "Source {n}", kind = "{"party" if side else "media"}"{side} }}'
        for n, side in enumerate(sides)
    ]
    return "\n".join(lines) + "\n"


def lines(count: int, seed: int = 2016, versions: int = 1) -> Iterator[str]:
    """Yield the lines of a log of `count` events, in which the year is reported `versions` times over, each time a year later."""
    rng = random.Random(seed)
    ids: list[tuple[str, str]] = []
    retracted: set[str] = set()
    for number in range(count):
        minute = rng.randrange(YEAR)
        event = {
            "id": f"e-{rng.getrandbits(60):015x}",
            "type": "",
            "v": 1,
            **_clocks(rng, minute, number, count, number * versions // count),
        }
        event |= {
            "source": f"s{min(int(rng.paretovariate(0.7)) - 1, VOICES - 1) if rng.random() < 0.5 else rng.randrange(VOICES)}"
        }
        event |= _own(rng, ids, retracted)
        event |= {
            "outlet": f"Agency {rng.randrange(9)}",
            "locator": f"item {rng.randrange(900)}",
            "grade": f"{rng.choice('ABCD')}{rng.randrange(1, 6)}",
        }
        if rng.random() < 0.4:
            event["note"] = (
                "A note of the length that recorders tend to write, with a few words on how the report was read."
            )
        if event["type"] != "retraction":
            if rng.random() < 0.02 and ids and ids[-1][0] not in retracted:
                event["supersedes"] = ids[-1][0]
            ids.append((str(event["id"]), str(event["type"])))
        yield json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def _clocks(
    rng: random.Random, minute: int, number: int, count: int, version: int
) -> dict[str, str]:
    happened = BEGIN + timedelta(minutes=minute)
    delay = timedelta(minutes=rng.choice((5, 60, 600, 3000, 20_000, 90_000)) * rng.random() + 1)
    recorded = BEGIN + timedelta(days=500 + 365 * version, seconds=number * 86_400 * 30 // count)
    text = f"{happened:%Y-%m-%dT%H:%M}Z"
    if rng.random() < 0.1:
        text = rng.choice(
            (
                f"{happened:%Y-%m-%d}",
                f"{happened:%Y-%m-%d}~",
                f"{happened:%Y-%m}",
                f"{happened:%Y-%m-%d}/{happened + timedelta(days=2):%Y-%m-%d}",
            )
        )
    reported = happened + delay + timedelta(days=(32 if len(text) < 16 else 0) + 365 * version)
    return {
        "occurred": text,
        "reported": f"{reported:%Y-%m-%dT%H:%M}Z",
        "recorded": f"{recorded:%Y-%m-%dT%H:%M:%S}Z",
    }


def _own(rng: random.Random, ids: list[tuple[str, str]], retracted: set[str]) -> dict[str, object]:  # noqa: PLR0911  # one for each type
    district = min(int(rng.paretovariate(0.6)) - 1, PLACES - 1)
    place = f"d{district}"
    kind = rng.random()
    if kind < 0.70:
        return _control(rng, place)
    if kind < 0.78:
        low = rng.randrange(1, 2000)
        return {
            "type": "displacement",
            "origin": place,
            "destination": f"d{(district + min(int(rng.paretovariate(1)), NEAR)) % PLACES}",
            "people": {"low": low, "high": low * 2},
            "measure": "flow",
        }
    if kind < 0.86:
        return {
            "type": "casualties",
            "place": place,
            "killed": {"low": rng.randrange(20)},
            "group": "civilians",
            "measure": "flow",
        }
    if kind < 0.91:
        return {
            "type": "condition",
            "place": place,
            "subject": rng.choice(SUBJECTS),
            "level": rng.choice(LEVELS),
        }
    if kind < 0.99 or not ids:
        about = [rng.choice(ids[-500:])[0]] if ids else []
        return (
            {
                "type": "statement",
                "stance": rng.choice(("agree", "disagree", "unclear")) if about else "comment",
            }
            | ({"about": about} if about else {})
            | {"topic": "control", "summary": "Says so."}
        )
    target = rng.choice(ids)[0]
    if target in retracted:
        return _control(rng, place)
    retracted.add(target)
    return {"type": "retraction", "target": target, "reason": "Reported in error."}


def _control(rng: random.Random, place: str) -> dict[str, object]:
    own: dict[str, object] = {
        "type": "control_change",
        "place": place,
        "actor": rng.choice(ACTORS),
        "ground": "held",
    }
    if rng.random() < 0.1:
        own["extent"] = {"low": 0.3, "high": 0.4}
    return own | {"how": "observation" if rng.random() < 0.1 else "change"}


def write(count: int, folder: Path, versions: int = 1) -> None:
    """Write ``city.toml`` and ``events.jsonl`` into a folder, made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "city.toml").write_text(city_text(), "utf-8")
    with (folder / "events.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines(count, versions=versions))


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
