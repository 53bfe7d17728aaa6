"""The logs under examples are valid, and every claim in them can be looked up."""

from functools import cache
from pathlib import Path

import pytest
from commandline import run

from timeline.log.reader import Log, read

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*/events.jsonl"))
CLAIMS, SOURCES = 40, 10
"""The fewest that an example holds."""

every_example = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)


@cache
def log(path: Path) -> Log:
    """Return the log of an example."""
    return read(path)


def test_an_example_is_there():
    assert EXAMPLES


@every_example
def test_check_finds_no_problem_and_warns_of_nothing(path):
    checked = run("check", "--log", str(path))
    assert checked.stderr == f"{path}: {len(log(path).events)} events, 0 problems\n"


@every_example
def test_an_example_is_told_by_many_sources_in_many_claims(path):
    events = log(path).events
    assert len(events) >= CLAIMS
    assert len({event.source for event in events}) >= SOURCES


@every_example
def test_every_claim_names_its_page_and_the_passage_in_it(path):
    unsourced = [event.id for event in log(path).events if not (event.url and event.locator)]
    assert unsourced == []


@every_example
def test_the_readme_names_every_page(path):
    readme = (path.parent / "README.md").read_text("utf-8")
    missing = {event.url for event in log(path).events if f"<{event.url}>" not in readme}
    assert missing == set()
