"""Places lie in each other as a tree: lines up to the root, and circles, which are faults."""

from collections.abc import Iterator, Mapping

from timeline.domain.events import PlaceId
from timeline.errors import Problem

Parents = Mapping[PlaceId, PlaceId | None]
"""The place around each place; None around a root."""


def lineage(place: PlaceId, parents: Parents) -> tuple[PlaceId, ...]:
    """Return a place and its ancestors, from the place up to the root."""
    line = [place]
    while (parent := parents[line[-1]]) is not None:
        line.append(parent)
    return tuple(line)


def circles(parents: Parents) -> Iterator[Problem]:
    """Yield a problem for each circle of places; a parent that is no place is left aside."""
    followed: set[PlaceId] = set()
    for first in parents:
        line = [first]
        while (place := parents[line[-1]]) is not None and place not in followed:
            if place in line:
                found = " in ".join([*line, place])
                yield Problem(found, "a tree: no place lies in itself", f"places.{first}.parent")
            if place in line or place not in parents:
                break
            line.append(place)
        followed.update(line)
