"""The fields of events: numbers, texts, and the names of places, actors and sources."""

from collections.abc import Iterable
from itertools import combinations
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from strategies.city import CITY
from strategies.dates import moments
from timeline.domain.city import Actor, Place, Source
from timeline.domain.events import Archive, Estimate, Share
from timeline.temporal.dates import Moment

EXTRAS = ("outlet", "url", "locator", "archive", "wording", "note")
_BUSY_PLACES = (*3 * ("hill",), *2 * ("east",), *sorted(set(CITY.places) - {"hill", "east"}))


@st.composite
def _all_estimates(draw: DrawFn) -> Estimate:
    low, more, most = draw(_NUMBERS), draw(_NUMBERS), draw(_NUMBERS)
    bounds = {"low": low, "best": low + more, "high": low + more + most}
    return Estimate(**{name: bounds[name] for name in draw(_BOUNDS)})


@st.composite
def _all_shares(draw: DrawFn) -> Share:
    low, high = sorted((draw(_PARTS), draw(_PARTS)))
    bounds = {"low": low, "high": high}
    return Share(**{name: bounds[name] for name in draw(_ENDS)})


_NUMBERS = st.sampled_from((0, 1, 500, 2000)) | st.integers(0, 100_000)
_BOUNDS = st.sampled_from(
    [names for size in range(4) for names in combinations(("low", "best", "high"), size)]
)
_PARTS = st.sampled_from((0.0, 0.25, 1 / 3, 0.4, 0.5, 0.6, 1.0)) | st.floats(0, 1)
_ENDS = st.sampled_from(((), ("low",), ("high",), ("low", "high")))
_ESTIMATES = _all_estimates()
_SHARES = _all_shares()


def estimates() -> SearchStrategy[Estimate]:
    """Draw a number of people: any bound may be missing, and a missing `high` is unbounded."""
    return _ESTIMATES


def shares() -> SearchStrategy[Share]:
    """Draw a share of a place: any of its bounds may be missing."""
    return _SHARES


def texts() -> SearchStrategy[str]:
    """Draw a text of any script, with quotes and control characters, but without NUL."""
    alphabet = st.characters(exclude_categories=("Cs",), exclude_characters="\0")
    typical = st.sampled_from(("seized", "as many as 2,000", "قال", '"so": it', "null x"))
    return typical | st.text(alphabet, min_size=1).filter(str.strip)


def _urls() -> SearchStrategy[str]:
    return st.sampled_from(("https://example.org/a?b=c", "http://example.org/تل"))


def _archives() -> SearchStrategy[Archive]:
    return st.builds(
        Archive,
        sha256=st.sampled_from(("0" * 64, "f" * 64)),
        collected_at=st.none() | moments().map(Moment),
        collector=st.none() | texts(),
        url=st.none() | _urls(),
    )


def envelopes() -> SearchStrategy[dict[str, Any]]:
    """Draw where an event can be read: all fields of that, some or none."""
    kinds = {"url": _urls(), "archive": _archives()}
    return st.fixed_dictionaries({}, optional={name: kinds.get(name, texts()) for name in EXTRAS})


def _named(items: Iterable[Place | Actor | Source]) -> SearchStrategy[str]:
    """Draw one of the ways to write one of the names: mostly the id."""
    return st.sampled_from([name for item in items for name in (*3 * [item.id], *item.names)])


GRADES = st.sampled_from((None, None, "A1", "B2", "C3", "F6"))
PLACES = _named(CITY.places[id] for id in _BUSY_PLACES)
ACTORS = _named(CITY.actors.values())
SOURCES = _named(CITY.sources.values())
