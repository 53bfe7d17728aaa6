"""What the shell offers when Tab is pressed: places, actors, sources and events of the log at hand, and the dates on which things change.

What cannot be read offers nothing: a command that is being typed is no place for an error message.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from timeline.domain.events import TYPES, AidNegotiation, Statement
from timeline.domain.words import fold
from timeline.errors import Problem, TimelineError, UsageError
from timeline.replay.policies import POLICIES
from timeline.storage.paths import LOG
from timeline.temporal.dates import END_OF_TIME, PAST, TICK
from timeline.text import phrases
from timeline.timeline import Timeline

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Names = Callable[[Timeline], Iterable[tuple[str, Sequence[str]]]]
"""Gives what may be offered: what is inserted, and all that it is found by."""
Completer = Callable[[click.Context, click.Parameter, str], list["CompletionItem"]]

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_TIMELINE_COMPLETE"
MOST = 500
"""How many events or dates are offered, the latest."""


def completer(names: Names) -> Completer:
    """Return what offers what begins as what was typed, in any case and without accents.

    What is only found by another of its names is offered where nothing else is: a shell takes back
    what was typed to what all offers have in common.
    """

    def offer(ctx: click.Context, _: click.Parameter, incomplete: str) -> "list[CompletionItem]":
        from click.shell_completion import CompletionItem  # only when Tab is pressed

        try:
            found = list(names(_timeline(ctx)))
        except (TimelineError, OSError):
            return []
        own = [(value, known_as) for value, known_as in found if _begins(incomplete, (value,))]
        alike = own or [
            (value, known_as) for value, known_as in found if _begins(incomplete, known_as)
        ]
        return [CompletionItem(value, help=phrases.safe(known_as[0])) for value, known_as in alike]

    return offer


def _begins(typed: str, names: Iterable[str]) -> bool:
    return any(fold(name).startswith(fold(typed)) for name in names)


def _timeline(ctx: click.Context) -> Timeline:
    """Return the timeline of the log that is named at the command, before it, or in the environment."""
    named, here = None, ctx
    while named is None and here is not None:
        named, here = here.params.get("path"), here.parent  # type: ignore[assignment]  # the outermost has none
    return Timeline.open(
        named or os.environ.get("TIMELINE_LOG") or LOG, ctx.find_root().obj
    )


def _events(timeline: Timeline) -> Iterator[tuple[str, Sequence[str]]]:
    from timeline.reports.sentences import describe

    for event in timeline.events[-MOST:]:
        yield event.id, (describe(event, timeline.city)[:60],)


def _change_dates(timeline: Timeline) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the dates on which the window of an event begins or ends, the latest first."""
    ends = (
        end
        for one in timeline.timed_events
        for end in (one.window.earliest, one.window.latest - TICK)
    )
    yield from _dates((end for end in ends if PAST < end < END_OF_TIME), timeline)


def _report_dates(timeline: Timeline) -> Iterator[tuple[str, Sequence[str]]]:
    yield from _dates((one.known for one in timeline.timed_events), timeline)


def _record_dates(timeline: Timeline) -> Iterator[tuple[str, Sequence[str]]]:
    yield from _dates(
        (event.recorded.instant(UTC) for event in timeline.events if event.recorded), timeline
    )


def _distinct(names: Iterable[str]) -> Iterator[tuple[str, Sequence[str]]]:
    yield from ((name, ("",)) for name in dict.fromkeys(names))


def _dates(instants: Iterable[datetime], timeline: Timeline) -> Iterator[tuple[str, Sequence[str]]]:
    days = sorted(
        {instant.astimezone(timeline.city.zone).date().isoformat() for instant in instants},
        reverse=True,
    )
    yield from ((day, ("",)) for day in days[:MOST])


def _cuts(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> "list[CompletionItem]":
    """Return the dates on which something changed, and behind an at sign those on which something was reported."""
    at, sign, known = incomplete.partition("@")
    if not sign:
        return CHANGE_DATES(ctx, parameter, incomplete)
    offers = REPORT_DATES(ctx, parameter, known)
    for offer in offers:
        offer.value = f"{at}@{offer.value}"
    return offers


def words(*offered: str) -> Completer:
    """Return what offers some words."""
    return completer_of(lambda _: offered)


def completer_of(offered: Callable[[click.Context], Iterable[str]]) -> Completer:
    """Return what offers words that need no log."""

    def offer(ctx: click.Context, _: click.Parameter, incomplete: str) -> "list[CompletionItem]":
        from click.shell_completion import CompletionItem

        return [CompletionItem(word) for word in offered(ctx) if word.startswith(incomplete)]

    return offer


PLACES = completer(
    lambda timeline: ((one.id, one.names[1:]) for one in timeline.city.places.values())
)
ACTORS = completer(
    lambda timeline: ((one.id, one.names[1:]) for one in timeline.city.actors.values())
)
SOURCES = completer(
    lambda timeline: ((one.id, one.names[1:]) for one in timeline.city.sources.values())
)
EVENTS = completer(_events)
QUESTIONS = completer(lambda timeline: ((one.name, ("",)) for one in timeline.projections))
NEGOTIATIONS = completer(
    lambda timeline: _distinct(
        one.negotiation for one in timeline.events if isinstance(one, AidNegotiation)
    )
)
TOPICS = completer(
    lambda timeline: _distinct(one.topic for one in timeline.events if isinstance(one, Statement))
)
TYPE_NAMES = words(*TYPES)
FORMATS = words(
    "geojson", "geojson-history", "kml", "csv", "parquet", "geoparquet", "timelinejs", "timemap", "datapackage", "ro-crate"
)  # fmt: skip
POLICY_NAMES = completer_of(lambda ctx: [*POLICIES, *(["all"] if ctx.info_name == "state" else [])])
CUTS = _cuts
CHANGE_DATES, REPORT_DATES, RECORD_DATES = map(
    completer, (_change_dates, _report_dates, _record_dates)
)


def script(shell: str, program: click.Command) -> str:
    """Return the script by which a shell learns to complete the program; raise `UsageError` for a shell that it does not know."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None or shell not in SHELLS:
        raise UsageError(Problem(f"no completion for {shell}", f"one of {', '.join(SHELLS)}"))
    return kind(program, {}, "timeline", VARIABLE).source()
