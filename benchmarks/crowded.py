"""Write the log of a large city for a page: 130 districts on a plan, 20 voices, and reports that come minutes to weeks late.

    python benchmarks/crowded.py 20000 FOLDER

The same number and seed give the same bytes. A quarter of the events are control changes, a fifth
casualties, a fifth statements about events; the busiest of the districts has some thirty times as
many as the quietest, 2 % retract an event, three in ten times are exact, one in ten vague, and the
others days, as in most datasets.
"""

import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from math import cos, pi, sin, sqrt
from pathlib import Path

BEGIN = datetime(2016, 1, 1, tzinfo=UTC)
YEAR = 365 * 24 * 60
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


def city_text() -> str:
    """Return a city file with districts in two sectors, and sources of which a third serve a side."""
    lines = ["[city]", 'id = "city"', 'name = "City"', 'timezone = "Asia/Damascus"', "", "[places]"]
    lines += [f'{sector} = {{ name = "{sector.title()}" }}' for sector in ("east", "west")]
    lines += [_district(number) for number in range(PLACES)]
    lines += ["", "[actors]"]
    lines += [
        f'{id} = {{ label = "{id.title()}", letter = "{letter}", colour = "{colour}" }}'
        for id, (letter, colour) in ACTORS.items()
    ]
    sides = [f', side = "{list(ACTORS)[n % 2]}"' if n % 3 == 0 else "" for n in range(VOICES)]
    lines += ["", "[sources]"]
    lines += [
        f's{n} = {{ label = "Source {n}", kind = "{"party" if side else "media"}"{side} }}'
        for n, side in enumerate(sides)
    ]
    return "\n".join(lines) + "\n"


def _district(number: int) -> str:
    angle, distance = number * GOLDEN, sqrt((number + 0.5) / PLACES)
    lat, lon = 36.2 + 0.05 * distance * sin(angle), 37.15 + 0.08 * distance * cos(angle)
    sector = "east" if cos(angle) > 0 else "west"
    return f'd{number} = {{ name = "District {number}", parent = "{sector}", lat = {lat:.5f}, lon = {lon:.5f}, area = 1.5 }}'


def lines(count: int, seed: int = 2016) -> Iterator[str]:
    """Yield the lines of a log of `count` events."""
    rng = random.Random(seed)
    ids: list[str] = []
    taken_back: set[str] = set()
    for number, happened in enumerate(
        sorted(BEGIN + timedelta(minutes=rng.randrange(YEAR)) for _ in range(count))
    ):
        event = {
            "id": f"e-{rng.getrandbits(60):015x}",
            "type": "",
            "v": 1,
            **_clocks(rng, happened, number, count),
        }
        voice = min(int(rng.expovariate(0.2)), VOICES - 1)
        event |= {"source": f"s{voice}"} | _own(rng, ids, taken_back)
        event |= {
            "outlet": f"Agency {voice % 9}",
            "locator": f"paragraph {rng.randrange(1, 20)}",
            "grade": f"{'ABCD'[voice % 4]}{rng.choice('22222223345')}",
        }
        if event["type"] != "retraction":
            ids.append(str(event["id"]))
        yield json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def _clocks(rng: random.Random, happened: datetime, number: int, count: int) -> dict[str, str]:
    """Return when an event occurred, and when it was reported: half within hours, most within two days, a few after weeks."""
    delay = timedelta(
        minutes=rng.choice((5, 60, 300, 600, 1000, 3000, 3000, 20_000)) * rng.random() + 1
    )
    day, precision = f"{happened:%Y-%m-%d}", rng.random()
    text = f"{happened:%Y-%m-%dT%H:%M}Z" if precision < 0.3 else day
    if precision > 0.9:
        text = rng.choice((f"{day}~", f"{day}/{happened + timedelta(days=2):%Y-%m-%d}"))
        delay += timedelta(days=3)
    recorded = BEGIN + timedelta(days=500, seconds=number * 86_400 * 30 // count)
    reported = happened + delay
    return {
        "occurred": text,
        "reported": f"{reported:%Y-%m-%dT%H:%M}Z" if precision < 0.3 else f"{reported:%Y-%m-%d}",
        "recorded": f"{recorded:%Y-%m-%dT%H:%M:%S}Z",
    }


def _own(rng: random.Random, ids: list[str], taken_back: set[str]) -> dict[str, object]:
    place = f"d{rng.choices(range(PLACES), cum_weights=BUSY)[0]}"
    kind = rng.choices(
        ("control", "toll", "flight", "condition", "statement", "aid", "siege", "retraction"),
        (25, 20, 14, 10, 20, 6, 3, 2),
    )[0]
    if kind == "statement" and ids:
        stance = rng.choice(("agree", "disagree", "unclear"))
        return {
            "type": "statement",
            "stance": stance,
            "about": [rng.choice(ids[-60:])],
            "topic": "events",
            "summary": "Says so.",
        }
    if kind == "retraction" and ids and (target := rng.choice(ids[-60:])) not in taken_back:
        taken_back.add(target)
        return {"type": "retraction", "target": target, "reason": "Reported in error."}
    return _asserted(rng, kind, place)


def _asserted(rng: random.Random, kind: str, place: str) -> dict[str, object]:
    low = 50 * rng.randrange(1, 40)
    other: dict[str, dict[str, object]] = {
        "toll": {
            "type": "casualties",
            "place": place,
            "killed": {"low": low // 50},
            "group": "civilians",
            "measure": "flow",
        },
        "flight": {
            "type": "displacement",
            "origin": place,
            "destination": f"d{rng.choices(range(PLACES), cum_weights=BUSY)[0] // 10}",
            "people": {"low": low, "high": low * 2},
            "measure": "flow",
        },
        "condition": {
            "type": "condition",
            "place": place,
            "subject": rng.choice(("food", "water", "hospitals", "schools")),
            "level": rng.choice(("normal", "strained", "critical", "none")),
        },
        "aid": {
            "type": "aid_negotiation",
            "negotiation": f"convoy-{low // 50 % 9}",
            "party": rng.choice(list(ACTORS)),
            "move": rng.choice(("propose", "accept", "reject", "suspend")),
        },
        "siege": {
            "type": "siege",
            "place": place,
            "move": rng.choice(("begin", "tighten", "lift")),
            "by": rng.choice(list(ACTORS)),
        },
    }
    if kind in other:
        return other[kind]
    held: dict[str, object] = {
        "type": "control_change",
        "place": place,
        "actor": rng.choice(list(ACTORS)),
        "ground": "held",
    }
    part = {"extent": {"low": 0.3, "high": 0.4}} if rng.random() < 0.1 else {}
    return held | part | {"how": "observation" if rng.random() < 0.1 else "change"}


def write(count: int, folder: Path) -> None:
    """Write ``city.toml`` and ``events.jsonl`` into a folder, made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "city.toml").write_text(city_text(), "utf-8")
    with (folder / "events.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in lines(count))


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
