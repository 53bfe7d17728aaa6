"""What the shell offers when Tab is pressed: places, actors, sources and events of the log at hand, and the dates on which things change.

What cannot be read offers nothing: a command that is being typed is no place for an error message.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from timeline.city import fold
from timeline.errors import Problem, TimelineError, UsageError
from timeline.timeline import Timeline
from timeline.when import END_OF_TIME, PAST, TICK

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
    """Return what offers names that begin as what was typed, in any case and without accents."""

    def offer(ctx: click.Context, _: click.Parameter, incomplete: str) -> "list[CompletionItem]":
        from click.shell_completion import CompletionItem  # only when Tab is pressed

        try:
            found = list(names(_timeline(ctx)))
        except (TimelineError, OSError):
            return []
        typed = fold(incomplete)
        return [CompletionItem(value, help=known_as[0]) for value, known_as in found if _begins(typed, (value, *known_as))]

    return offer


def _begins(typed: str, names: Iterable[str]) -> bool:
    return any(fold(name).startswith(typed) for name in names)


def _timeline(ctx: click.Context) -> Timeline:
    path = ctx.params.get("path") or os.environ.get("TIMELINE_LOG") or "events.jsonl"
    return Timeline.open(path, ctx.find_root().obj)


def _events(timeline: Timeline) -> Iterator[tuple[str, Sequence[str]]]:
    from timeline.describe import describe

    for event in timeline.events[-MOST:]:
        yield event.id, (describe(event, timeline.city)[:60],)


def _change_dates(timeline: Timeline) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the dates on which the window of an event begins or ends, the latest first."""
    ends = (end for one in timeline.dated for end in (one.window.earliest, one.window.latest - TICK))
    yield from _dates((end for end in ends if PAST < end < END_OF_TIME), timeline)


def _report_dates(timeline: Timeline) -> Iterator[tuple[str, Sequence[str]]]:
    yield from _dates((one.known for one in timeline.dated), timeline)


def _record_dates(timeline: Timeline) -> Iterator[tuple[str, Sequence[str]]]:
    yield from _dates((event.recorded.instant(UTC) for event in timeline.events if event.recorded), timeline)


def _dates(instants: Iterable[datetime], timeline: Timeline) -> Iterator[tuple[str, Sequence[str]]]:
    days = sorted({instant.astimezone(timeline.city.zone).date().isoformat() for instant in instants}, reverse=True)
    yield from ((day, ("",)) for day in days[:MOST])


PLACES = completer(lambda timeline: ((one.id, one.names[1:]) for one in timeline.city.places.values()))
ACTORS = completer(lambda timeline: ((one.id, one.names[1:]) for one in timeline.city.actors.values()))
SOURCES = completer(lambda timeline: ((one.id, one.names[1:]) for one in timeline.city.sources.values()))
EVENTS = completer(_events)
QUESTIONS = completer(lambda timeline: ((one.name, ("",)) for one in timeline.projections))
CHANGE_DATES, REPORT_DATES, RECORD_DATES = map(completer, (_change_dates, _report_dates, _record_dates))


def script(shell: str, program: click.Command) -> str:
    """Return the script by which a shell learns to complete the program; raise `UsageError` for a shell that it does not know."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None or shell not in SHELLS:
        raise UsageError(Problem(f"no completion for {shell}", f"one of {', '.join(SHELLS)}"))
    return kind(program, {}, "timeline", VARIABLE).source()
