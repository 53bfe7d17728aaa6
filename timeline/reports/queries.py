"""Questions as people type them, read alike for the command line and the server."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any, NamedTuple, TypeVar

from timeline.domain.events import TYPES, Event, LogRepaired
from timeline.domain.selection import Selection
from timeline.domain.timed_event import TimedEvent
from timeline.errors import Problem, UsageError, nearest, quoted
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context, Projection
from timeline.reports.briefing import Report
from timeline.temporal import freeform
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import Moment, When, Window
from timeline.timeline import Timeline

Date = TypeVar("Date", bound=When | Moment)

Tell = Callable[[str], None]
"""A listener that is told how a text was understood."""

_DAYS = re.compile(r"[1-9][0-9]{0,4}d", re.ASCII)

ALL = "all"
"""The policy that asks where the policies disagree."""


def silent(_: str) -> None:
    """Ignore what is told."""


class Asked(NamedTuple):
    """A timeline that is asked, and the cut and policy that it is asked with."""

    timeline: Timeline
    cut: AsOf
    policy: str = "latest"

    @property
    def context(self) -> Context:
        """The context in which answers are read; raises `UsageError` for an unknown policy."""
        return self.timeline.context(self.cut, self.policy)

    @property
    def report(self) -> Report:
        """The writer of the timeline for people."""
        return Report(self.timeline)

    def records(self, records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return records, marked where they are hypothetical."""
        mark = {"hypothetical": True} if self.timeline.hypothesis else {}
        return [{**record, **mark} for record in records]

    def json(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Return answers as JSON values, after the origin that they come from."""
        return {**self.timeline.origin(self.cut, self.policy), **answers}


# Dates --------------------------------------------------------------------------------------------


def cut(
    timeline: Timeline,
    at: str | None,
    known: str | None = None,
    recorded: str | None = None,
    *,
    tell: Tell = silent,
) -> AsOf:
    """Return the cut that was typed; `at` may be ``AT@KNOWN``.

    Raises `UsageError` for bad dates, and for a knowledge time that is given twice.
    """
    zone = timeline.city.zone

    def read(text: str) -> Moment:
        return understood(text, Moment, zone, tell)

    return AsOf.parse(at, known, recorded, zone=zone, read=read)


def moment(text: str | None, zone: tzinfo, tell: Tell = silent) -> Moment | None:
    """Return a typed time as one plain date or time; None for none."""
    return None if text is None else understood(text, Moment, zone, tell)


def window(text: str | None, zone: tzinfo, tell: Tell = silent) -> Window | None:
    """Return the window of a typed date in a time zone; None for none."""
    return None if text is None else understood(text, When, zone, tell).window(zone)


def days(text: str) -> timedelta:
    """Return a typed number of days, as ``90d``; raise `UsageError` for anything else."""
    if _DAYS.fullmatch(text):
        return timedelta(days=int(text[:-1]))
    raise UsageError(Problem(quoted(text), "1 to 99999 days, as 90d"))


def understood(text: str, kind: type[Date], zone: tzinfo, tell: Tell = silent) -> Date:
    """Return a typed date; tell how it was understood where it is no text of the grammar."""
    try:
        return kind(text)
    except UsageError:
        read = freeform.read if kind is When else freeform.moment
        meant = kind(read(text, datetime.now(zone).date()))
    tell(f"{text} is read as {meant}")
    return meant


# Names --------------------------------------------------------------------------------------------


def policy_or_all(name: str) -> str:
    """Return the name of a policy, or ``all``; raise `UsageError` for an unknown one."""
    names = (*POLICIES, ALL)
    if name not in names:
        raise _unknown("policy", name, names, nearest(name, POLICIES))
    return name


def known_type(name: str) -> type[Event]:
    """Return the type of a tag; hyphens for underscores will do."""
    tag = name.replace("-", "_")
    if tag not in TYPES:
        hint = "only the log writes it" if tag == LogRepaired.type else nearest(tag, TYPES)
        raise _unknown("type", name, TYPES, hint)
    return TYPES[tag]


def projection_of(name: str | None, timeline: Timeline) -> Projection[Any, Any, Any]:
    """Return the projection of a name, the first for none; raise `UsageError` if unknown."""
    if name is None:
        return timeline.projections[0]
    projections = {projection.name: projection for projection in timeline.projections}
    if name not in projections:
        raise _unknown("question", name, projections, nearest(name, projections))
    return projections[name]


def _unknown(what: str, name: str, names: Iterable[str], hint: str) -> UsageError:
    return UsageError(
        Problem(f"unknown {what} {quoted(name)}", f"one of {', '.join(names)}", hint=hint)
    )


# Events of the log --------------------------------------------------------------------------------


def selection(timeline: Timeline, filters: Mapping[str, Any], *, tell: Tell = silent) -> Selection:
    """Return the selection that filters describe, its names as ids.

    `filters` has lists of names (``types``, ``places``, ``sources``, ``actors``), dates
    (``occurred``, ``reported``) and a ``text``. Raises `UsageError` for unknown names and bad
    dates.
    """
    city = timeline.city
    return Selection(
        types=[known_type(name).type for name in filters["types"]],
        places=[city.place(name).id for name in filters["places"]],
        sources=[city.source(name).id for name in filters["sources"]],
        actors=[city.actor(name).id for name in filters["actors"]],
        text=filters["text"],
        occurred=window(filters["occurred"], city.zone, tell),
        reported=window(filters["reported"], city.zone, tell),
    )


def events(
    timeline: Timeline,
    filters: Mapping[str, Any],
    search: str | None = None,
    *,
    tell: Tell = silent,
) -> list[TimedEvent]:
    """Return a `selection`'s events that have all of some words, in the order of the log."""
    candidates = timeline.timed_events if search is None else timeline.search(search)
    return list(selection(timeline, filters, tell=tell).choose(candidates, timeline.city))


def event_json(timeline: Timeline, id: str) -> dict[str, Any]:
    """Return one event as the JSON object of its line; the beginning of its id will do."""
    mark = {"hypothetical": True} if timeline.hypothesis else {}
    return Report(timeline).record(timeline.event(id)) | mark
