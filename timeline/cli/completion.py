"""A shell offers words when Tab is pressed: names, ids and dates of the log at hand.

A log that cannot be read offers nothing, so that no error message disturbs the typing.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain

import click
from click.shell_completion import CompletionItem, get_completion_class

from timeline.domain.city import Actor, Place, Source
from timeline.domain.events import TYPES, AidNegotiation, Statement
from timeline.domain.words import fold
from timeline.errors import Problem, TimelineError, UsageError
from timeline.replay.policies import POLICIES
from timeline.reports.sentences import describe
from timeline.storage.paths import LOG
from timeline.temporal.dates import END_OF_TIME, PAST, TICK
from timeline.text import phrases
from timeline.timeline import Timeline

Offer = tuple[str, Sequence[str]]
"""A word that may be inserted, and the names that it is found by, which are shown beside it."""
Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_TIMELINE_COMPLETE"
MOST = 500
"""The greatest number of events or dates that are offered, the latest."""


def from_log(offers: Callable[[Timeline], Iterable[Offer]]) -> Completer:
    """Return the completer of words from a log, found in any case and without accents.

    Words found by other names are offered only where nothing else is, since a shell cuts what was
    typed to what all offers have in common.
    """

    def complete(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
        try:
            offered = list(offers(_timeline(ctx)))
        except (TimelineError, OSError):
            return []
        own = [offer for offer in offered if _begins(incomplete, offer[:1])]
        matching = own or [offer for offer in offered if _begins(incomplete, offer[1])]
        return [CompletionItem(word, help=phrases.safe(names[0])) for word, names in matching]

    return complete


def from_words(words: Callable[[click.Context], Iterable[str]]) -> Completer:
    """Return the completer of words that need no log."""

    def complete(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(word) for word in words(ctx) if word.startswith(incomplete)]

    return complete


def _begins(typed: str, names: Iterable[str]) -> bool:
    return any(fold(name).startswith(fold(typed)) for name in names)


def _timeline(ctx: click.Context) -> Timeline:
    """Return the timeline of the log that is named at the command, before it, or outside of it."""
    path, context = None, ctx
    while path is None and context.parent is not None:
        path, context = context.params.get("path"), context.parent
    path = path or os.environ.get("TIMELINE_LOG") or LOG
    return Timeline.open(path, ctx.find_root().obj)


def _named(entries: Iterable[Place | Actor | Source]) -> Iterator[Offer]:
    """Yield the entries of a city file."""
    yield from ((entry.id, entry.names[1:]) for entry in entries)


def _unnamed(words: Iterable[str]) -> Iterator[Offer]:
    """Yield words that have no other names, each once."""
    yield from ((word, ("",)) for word in dict.fromkeys(words))


def _events(timeline: Timeline) -> Iterator[Offer]:
    for event in timeline.events[-MOST:]:
        yield event.id, (describe(event, timeline.city)[:60],)


def _negotiations(timeline: Timeline) -> Iterator[Offer]:
    negotiations = (event for event in timeline.events if isinstance(event, AidNegotiation))
    return _unnamed(event.negotiation for event in negotiations)


def _topics(timeline: Timeline) -> Iterator[Offer]:
    statements = (event for event in timeline.events if isinstance(event, Statement))
    return _unnamed(statement.topic for statement in statements)


def _change_dates(timeline: Timeline) -> Iterator[Offer]:
    """Yield the dates on which the window of an event begins or ends, the latest first."""
    windows = [event.window for event in timeline.timed_events]
    ends = chain.from_iterable((one.earliest, one.latest - TICK) for one in windows)
    return _dates((end for end in ends if PAST < end < END_OF_TIME), timeline)


def _report_dates(timeline: Timeline) -> Iterator[Offer]:
    return _dates((event.known for event in timeline.timed_events), timeline)


def _record_dates(timeline: Timeline) -> Iterator[Offer]:
    times = (event.recorded for event in timeline.events)
    return _dates((time.instant(UTC) for time in times if time), timeline)


def _dates(instants: Iterable[datetime], timeline: Timeline) -> Iterator[Offer]:
    days = {instant.astimezone(timeline.city.zone).date().isoformat() for instant in instants}
    return _unnamed(sorted(days, reverse=True)[:MOST])


def _policies(ctx: click.Context) -> list[str]:
    return [*POLICIES, "all"] if ctx.info_name == "state" else [*POLICIES]


PLACES = from_log(lambda timeline: _named(timeline.city.places.values()))
ACTORS = from_log(lambda timeline: _named(timeline.city.actors.values()))
SOURCES = from_log(lambda timeline: _named(timeline.city.sources.values()))
EVENTS = from_log(_events)
QUESTIONS = from_log(lambda timeline: _unnamed(one.name for one in timeline.projections))
NEGOTIATIONS, TOPICS = from_log(_negotiations), from_log(_topics)
CHANGE_DATES, REPORT_DATES = from_log(_change_dates), from_log(_report_dates)
RECORD_DATES = from_log(_record_dates)
TYPE_NAMES, POLICY_NAMES = from_words(lambda _: TYPES), from_words(_policies)


def complete_cut(
    ctx: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the dates of changes, and behind an at sign those of reports."""
    at, sign, known = incomplete.partition("@")
    if not sign:
        return CHANGE_DATES(ctx, parameter, incomplete)
    offers = REPORT_DATES(ctx, parameter, known)
    for offer in offers:
        offer.value = f"{at}@{offer.value}"
    return offers


CUTS = complete_cut


def script(shell: str, program: click.Command) -> str:
    """Return a shell's completion script; raise `UsageError` for an unknown shell."""
    kind = get_completion_class(shell)
    if kind is None or shell not in SHELLS:
        raise UsageError(Problem(f"no completion for {shell}", f"one of {', '.join(SHELLS)}"))
    return kind(program, {}, "timeline", VARIABLE).source()
