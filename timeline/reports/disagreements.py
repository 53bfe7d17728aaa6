"""Answers in which the policies disagree, for other programs and for a table of them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from timeline.analysis import diff
from timeline.replay.answers import plain
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context, Projection
from timeline.reports.queries import ALL, Asked

Disagreement = tuple[Projection[Any, Any, Any], Any, Mapping[str, Any]]
"""A projection, a key of it, and its answers by the names of the policies."""


def disagreements(asked: Asked, places: Sequence[str] = ()) -> list[Disagreement]:
    """Return the answers in which policies disagree."""
    timeline = asked.timeline
    contexts = {name: timeline.context(asked.cut, name) for name in POLICIES}
    chosen = timeline.places(places or None)
    cells = timeline.cells(asked.cut, chosen)
    return list(diff.disagreements(timeline.projections, cells, contexts, chosen))


def disagreements_json(asked: Asked, records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return records of disagreements and their origin as one JSON object."""
    return asked.json({"policy": ALL, "disagreements": records})


def policy_records(rows: Iterable[Disagreement], context: Context) -> list[dict[str, Any]]:
    """Return disagreements as JSON values."""
    city = context.city
    return [
        {
            "projection": projection.name,
            "key": plain(key, city.zone),
            "label": projection.presentation.label(key, city),
            "answers": plain(dict(answers), city.zone),
        }
        for projection, key, answers in rows
    ]
