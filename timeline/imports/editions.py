"""A later edition of a table replaces what changed, and withdraws what is gone.

Each edition is a report of its own, so "as known then" keeps the old figure. The ids of a row are
``ucdp:214808``, then ``ucdp:214808:2``, and ``ucdp:214808:2:gone`` for its withdrawal.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo

from attrs import define, evolve, field, fields

from timeline.domain.events import Event, EventId, Retraction
from timeline.imports.builder import Source
from timeline.imports.revisions import retraction
from timeline.imports.templates import Unfit
from timeline.temporal.dates import Moment

APART = frozenset({"id", "reported", "recorded", "supersedes"})
"""Fields in which an event may differ from an earlier edition and say the same."""
REASON = "The edition of {} says so no more."


@define
class Editions:
    """The events that the log holds of a table, and which of them were retracted by which."""

    source: Source
    held: Mapping[EventId, Event]
    retracted: Mapping[EventId, EventId]
    _of_row: dict[str, list[str]] = field(init=False)
    _present: set[str] = field(factory=set)

    def __attrs_post_init__(self) -> None:
        self._of_row = {}
        prefix = f"{self.source.mapping.prefix}:"
        for id, event in self.held.items():
            first = id.startswith(prefix) and id.count(":") == 1  # later editions add to the id
            if first and not isinstance(event, Retraction):
                self._of_row.setdefault(row_of(id), []).append(id)

    def events(self, key: str, events: Iterable[Event], reported: str) -> list[Event]:
        """Return the events to append so that the log says what a row says now.

        `key` begins the ids, and `reported` is when the content was made public. Raises `Unfit` for
        an edition older than the held one.
        """
        events = list(events)
        editions = [self._edition(event, reported) for event in events]
        gone = set(self._of_row.get(key, ())) - {event.id for event in events}
        self._present.add(key)
        return [*filter(None, editions), *self._withdrawals(gone, reported)]

    def keep(self, key: str) -> None:
        """Note that a row is still in the table, whatever it says."""
        self._present.add(key)

    def vanished(self) -> Iterator[tuple[str, list[Event]]]:
        """Yield the rows that are in the log and no more in the table, with their withdrawals."""
        for row, bases in self._of_row.items():
            if row in self._present:
                continue
            if gone := list(self._withdrawals(bases, self.source.edition)):
                yield row, gone

    def _edition(self, event: Event, reported: str) -> Event | None:
        """Return the edition of an event that is due; None where the log holds it as it is."""
        last, number = self._last(event.id)
        if last is None:
            return event
        withdrawn = self.retracted.get(last.id)
        ours = withdrawn == f"{last.id}:gone"
        if same(event, last) and not ours:
            return None
        self._check_order(last, reported)
        anew = evolve(
            event,
            id=EventId(f"{event.id}:{number + 1}"),
            reported=Moment(reported),
            supersedes=next((one.id for one in self._unretracted(last)), None),
        )
        for problem in self.source.city.problems(anew):
            raise Unfit(str(problem))
        return anew

    def _last(self, base: str) -> tuple[Event | None, int]:
        """Return the last edition of an event that the log holds, and its number."""
        last, number = self.held.get(EventId(base)), 1
        while last is not None and f"{base}:{number + 1}" in self.held:
            number += 1
            last = self.held[EventId(f"{base}:{number}")]
        return last, number

    def _withdrawals(self, bases: Iterable[str], reported: str) -> Iterator[Event]:
        for base in sorted(bases):
            last, _ = self._last(base)
            for edition in self._unretracted(last):
                self._check_order(edition, reported)
                yield retraction(edition, reported, reported, REASON.format(reported), self.source)

    def _unretracted(self, last: Event | None) -> Iterator[Event]:
        """Yield an edition and those that it replaced, which would stand again without it."""
        while last is not None:
            if last.id not in self.retracted:
                yield last
            last = self.held.get(last.supersedes) if last.supersedes else None

    def _check_order(self, last: Event, reported: str) -> None:
        zone: tzinfo = self.source.city.zone
        if Moment(reported).instant(zone) < last.reported.instant(zone):
            found = f"this edition is of {reported}, and the log holds {last.id} of {last.reported}"
            raise Unfit(f"{found}; expected editions in their order (--edition)")


def same(a: Event, b: Event) -> bool:
    """Return whether two editions of an event say the same."""
    names = (attribute.name for attribute in fields(type(a)) if attribute.name not in APART)
    return type(a) is type(b) and all(getattr(a, name) == getattr(b, name) for name in names)


def row_of(id: str) -> str:
    """Return the beginning of the ids of all events of a row, by the id of one of them."""
    return ":".join(id.split(":")[:2]).partition(".")[0]
