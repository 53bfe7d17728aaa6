"""The question of a command: the timeline of a log, under a hypothesis, at a typed cut."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

import click

from timeline.cli.console import progress, tell, warn
from timeline.index import opening
from timeline.log import admission
from timeline.reports import queries
from timeline.reports.briefing import Report
from timeline.reports.queries import Asked
from timeline.temporal.dates import AsOf, Moment, When
from timeline.timeline import Timeline


def ask(
    path: str,
    at: str | None = None,
    known: str | None = None,
    recorded: str | None = None,
    policy: str = "latest",
    *,
    indexed: bool = False,
    unread: bool = False,
    **supposed: Any,
) -> Asked:
    """Return the timeline of a log, under a hypothesis if there is one, and the cut that is asked.

    With `indexed`, what the index of a large log can answer is answered from it; with `unread` too,
    a large log without one is not read.
    """
    by_index = indexed and not any(supposed.values())
    timeline = supposing(opened(path, indexed=by_index, unread=unread), **supposed)
    return Asked(timeline, cut(timeline, at, known, recorded), policy)


def opened(path: str, *, indexed: bool = False, unread: bool = False) -> Timeline:
    """Return the timeline of a log; warn where the end of the log is torn.

    With `indexed`, it is opened by way of its index, which stays open as long as the command runs;
    with `unread` too, a large log that has none is not read yet, and nothing is said of its end.
    """
    context = click.get_current_context()
    if indexed:
        way = opening.opened(path, context.obj, progress=progress("Indexing"), unread=unread)
        timeline = context.with_resource(way)
    else:
        timeline = Timeline.open(path, context.obj)
    if timeline.index is None and timeline.unread is None and timeline.log.torn:
        warn(timeline.log.torn)
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
