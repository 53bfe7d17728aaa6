"""The question of a command: the timeline of a log, under a hypothesis, at a typed cut."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

import click

from timeline.cli.console import progress, tell, warn
from timeline.log import admission
from timeline.reports import queries
from timeline.reports.briefing import Report
from timeline.reports.queries import Asked
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import Moment, When
from timeline.timeline import Timeline


def ask(
    path: str,
    at: str | None = None,
    known: str | None = None,
    recorded: str | None = None,
    policy: str = "latest",
    *,
    indexed: bool = False,
    **supposed: Any,
) -> Asked:
    """Return a log's timeline and the cut asked; `indexed` lets a large log's index answer."""
    by_index = indexed and not any(supposed.values())
    timeline = supposing(opened(path, indexed=by_index), **supposed)
    return Asked(timeline, cut(timeline, at, known, recorded), policy)


def opened(path: str, *, indexed: bool = False) -> Timeline:
    """Return the timeline of a log, by its index if `indexed`; warn of a torn end."""
    context = click.get_current_context()
    if indexed:
        opening = Timeline.indexed(path, context.obj, progress=progress("Indexing"))
        timeline = context.with_resource(opening)
    else:
        timeline = Timeline.open(path, context.obj)
    if timeline.torn:
        warn(timeline.torn)
    return timeline


def supposing(
    timeline: Timeline,
    files: Sequence[Any] = (),
    without_sources: Sequence[str] = (),
    without_events: Sequence[str] = (),
) -> Timeline:
    """Return a timeline under a hypothesis, which is told on stderr; itself where none is made."""
    if not (files or without_sources or without_events):
        return timeline
    added = [
        event for file in files for event in admission.from_lines(file.name, file, timeline.city)
    ]
    hypothetical = timeline.supposing(
        added, without_sources=without_sources, without_events=without_events
    )
    tell(Report(hypothetical).supposed())
    return hypothetical


def cut(
    timeline: Timeline, at: str | None, known: str | None = None, recorded: str | None = None
) -> AsOf:
    """Return the cut that was typed; tell how a date was understood that is not of the grammar."""
    return queries.cut(timeline, at, known, recorded, tell=tell)


def moment(text: str | None, timeline: Timeline) -> str | None:
    """Return a typed time as one plain date or time of the grammar; None for none."""
    return queries.moment(text, timeline.city.zone, tell)


def understood(text: str, kind: type[When] | type[Moment], zone: tzinfo) -> str:
    """Return a typed date as a text of the grammar; tell how it was understood if it was none."""
    return queries.understood(text, kind, zone, tell)
