"""Measure answers about one place of which much is said, as the number of claims grows.

    python benchmarks/testimony.py [COUNT ...] [--looking-back]

Two logs of each size: 20 voices who change, see and deny at random, and one voice that repeats one
claim. Each line gives the seconds for the state, its explanation, and what would change it. What
grows by more than n log n stands out: ten times the claims may take some thirteen times as long.
"""

import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from projections import CONTROL, PROJECTIONS
from timeline import Timeline
from timeline.analysis.counterfactuals import flips
from timeline.analysis.hindsight import judged
from timeline.domain.events import PlaceId

COUNTS = (100, 1_000, 10_000)
PLACE = PlaceId("town")
BEGIN = datetime(2016, 1, 1, tzinfo=UTC)
ACTORS, VOICES = ("reds", "blues", "greens"), 20
Fields = dict[str, object]


def city_text() -> str:
    """Return a city file with one town in one region; nine of twenty sources serve a side."""
    sides = {number: f', side = "{ACTORS[number % 3]}"' for number in range(9)}
    sources = [
        f'v{number} = {{ label = "Voice {number}", kind = "media"{sides.get(number, "")} }}'
        for number in range(VOICES)
    ]
    actors = [f'{actor} = {{ label = "{actor.title()}" }}' for actor in ACTORS]
    head = ["[city]", 'id = "region"', 'name = "Region"', 'timezone = "UTC"', "", "[places]"]
    town = 'town = { name = "Town", parent = "region" }'
    return "\n".join([*head, town, "", "[actors]", *actors, "", "[sources]", *sources, ""])


def many_voices(count: int) -> Iterator[Fields]:
    """Yield the claims of twenty voices over two years, a fifth of them denials."""
    rng, changes = random.Random(2016), list[str]()
    minutes = sorted(rng.randrange(2 * 365 * 24 * 60) for _ in range(count))
    for number, minute in enumerate(minutes):
        id, source = f"e{number}", f"v{rng.randrange(VOICES)}"
        if changes and rng.random() < 0.2:
            about = rng.choice(changes[-20:])
            yield {**_envelope(id, "statement", minute, source), **_denial(about)}
            continue
        changes.append(id)
        place = PLACE if rng.random() < 0.8 else "region"
        how = rng.choice(["change", "change", "observation"])
        own = {"place": place, "actor": rng.choice(ACTORS), "how": how}
        yield {**_envelope(id, "control_change", minute, source), **own}


def one_voice(count: int) -> Iterator[Fields]:
    """Yield one claim that one voice repeats every hour, after another voice's."""
    own = {"place": PLACE, "how": "change"}
    yield {**_envelope("before", "control_change", 0, "v10"), **own, "actor": "blues"}
    for number in range(1, count):
        envelope = _envelope(f"e{number}", "control_change", number * 60, "v9")
        yield {**envelope, **own, "actor": "reds"}


def _envelope(id: str, kind: str, minute: int, source: str) -> Fields:
    when = f"{BEGIN + timedelta(minutes=minute):%Y-%m-%dT%H:%M:%SZ}"
    return {"id": id, "type": kind, "v": 1, "occurred": when, "reported": when, "source": source}


def _denial(about: str) -> Fields:
    return {"stance": "disagree", "about": [about], "topic": "town", "summary": "Denied."}


def opened(events: Iterator[Fields], folder: Path) -> Timeline:
    """Return the timeline of some events, written to a folder."""
    log = folder / "events.jsonl"
    log.write_text("".join(f"{json.dumps(event)}\n" for event in events), "utf-8")
    (folder / "city.toml").write_text(city_text(), "utf-8")
    return Timeline.open(log, PROJECTIONS)


def measured(timeline: Timeline, looking_back: bool) -> Iterator[tuple[str, float]]:
    """Yield the seconds of processor time that each question about the place takes."""
    yield "state", _seconds(lambda: timeline.state(places=[PLACE]))
    explanation = timeline.explain(CONTROL, PLACE)
    yield "explain", _seconds(lambda: timeline.explain(CONTROL, PLACE))
    yield "would change if", _seconds(lambda: list(flips(explanation)))
    if looking_back:
        question = CONTROL, timeline.timed_events, timeline.context(), [PLACE]
        yield "hindsight", _seconds(lambda: list(judged(*question)))
        yield "history", _seconds(lambda: list(timeline.changes(CONTROL, places=[PLACE])))


def _seconds(ask: Callable[[], object]) -> float:
    begin = process_time()
    ask()
    return process_time() - begin


def main(arguments: Sequence[str]) -> None:
    """Measure the logs of each size and print a line for each."""
    looking_back = "--looking-back" in arguments
    counts = [int(argument) for argument in arguments if argument.isdigit()] or COUNTS
    for log in (many_voices, one_voice):
        for count in counts:
            with TemporaryDirectory() as folder:
                timeline = opened(log(count), Path(folder))
            found = [f"{name} {took:.2f} s" for name, took in measured(timeline, looking_back)]
            name = log.__name__.replace("_", " ")
            sys.stdout.write(f"{name}, {count:,} claims: {', '.join(found)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
