"""Histories as people ask for them: the changes of one question's answers between two dates."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from timeline.errors import Problem, UsageError
from timeline.replay.projection import Projection
from timeline.replay.sweep import Along, Change
from timeline.reports.changes import Changes
from timeline.reports.queries import Asked, Tell, projection_of, silent, window
from timeline.temporal.dates import Window


class History(NamedTuple):
    """Changes of the answers to one question."""

    asked: Asked
    projection: Projection[Any, Any, Any]
    along: Along
    changes: Sequence[Change[Any]]

    def records(self) -> list[dict[str, Any]]:
        """Return the changes as JSON values."""
        return list(Changes.of(self.asked).history_records(self.projection, self.changes))

    def json(self) -> dict[str, Any]:
        """Return the changes and their origin as one JSON object."""
        return self.asked.json({"along": self.along, "changes": self.records()})


def history(
    asked: Asked,
    places: Sequence[str] = (),
    *,
    along: Along = "valid",
    begin: str | None = None,
    end: str | None = None,
    question: str | None = None,
    tell: Tell = silent,
) -> History:
    """Return the changes of a question's answers between two dates.

    Raises `UsageError` for a clock that both runs and stands still, and for bad or reversed dates.
    """
    if asked.cut.at is not None and along != "known":
        found, hint = f"--at with --along {along}", "--from and --to narrow what is shown"
        raise UsageError(Problem(found, "no --at: its clock runs", hint=hint))
    projection = projection_of(question, asked.timeline)
    first, last = (window(text, asked.timeline.city.zone, tell) for text in (begin, end))
    if first and last and last.precedes(first):
        raise UsageError(Problem(f"--from {begin} --to {end}", "the earlier date first"))
    changes = asked.timeline.changes(
        projection, asked.cut, along=along, policy=asked.policy, places=places or None
    )
    within = [change for change in changes if _lies_between(first, change, last)]
    return History(asked, projection, along, within)


def _lies_between(first: Window | None, change: Change[Any], last: Window | None) -> bool:
    after = first is None or change.when >= first.earliest
    return after and (last is None or change.when < last.latest)
