"""Ids of events: made at random, and found again by how they begin."""

import os
from collections.abc import Sequence

from timeline.domain.events import EventId, Record
from timeline.errors import NothingFound, Problem, UsageError, nearest


def find_id(id: str, ids: Sequence[EventId]) -> EventId:
    """Return the id that begins so; raise `NothingFound` for none, `UsageError` for several."""
    if id in ids:
        return EventId(id)
    longer = [candidate for candidate in ids if id and candidate.startswith(id)]
    if len(longer) == 1:
        return longer[0]
    if longer:
        shown = ", ".join(longer[:5]) + (" …" if len(longer) > 5 else "")
        found = f"{id} is the beginning of {len(longer)} ids"
        raise UsageError(Problem(found, "more of it", hint=shown))
    raise NothingFound(Problem(f"no event {id}", hint=nearest(id, ids)))


def new_id(event_type: type[Record]) -> EventId:
    """Return a random id for an event: its type, and 60 bits, so that writers do not collide."""
    return EventId(f"{event_type.type.replace('_', '-')}-{os.urandom(8).hex()[:15]}")
