"""A table of who holds which place that was revised many times: the changes of its rows become events.

Every event is an *observation*: the date in a row is the last day for which its holder is
documented. It moves on while the holder stays, and a new holder stands for hours or months beside
the old date. So a row without a date, or with one left untouched beside a new holder, is of the day
of the table's update, unless it says again what stands of that date. "By then" (`../DATE`) would be
honest, too, but possible at every earlier time, where it would replace what the table had said of
that time.

A row joins what the table had said of other days. What would be newer and names another holder
yields to it, as does what names another for the same day. A place that leaves the table takes back
all that stands of it: without the last alone, a holder long overtaken would lead.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from attrs import define, evolve, field, frozen

from timeline.domain.event_fields import HEAD, TAIL, own_names
from timeline.domain.events import ControlChange, Event, PlaceId
from timeline.imports.builder import Fault, Outcome, Source, event_id, gated
from timeline.imports.expressions import Places, Setting, Unfit
from timeline.imports.mapping import Revisions
from timeline.imports.places import Finder
from timeline.imports.table_rows import Damaged, Record, Row

ORDER = (*HEAD, *own_names(ControlChange), *TAIL)


@frozen
class Standing:
    """What stands of a place: the observations by day, of which the last names the holder in its row, and the date in the row, if any."""

    events: tuple[ControlChange, ...] = ()
    written: str = ""


@frozen
class Change:
    """A row that was read as far as its place and its time: what `History` needs before it looks at the holder."""

    row: Record
    cells: Mapping[str, str] = field(factory=dict)
    key: str = ""
    place: PlaceId = PlaceId("")
    removed: bool = False
    fault: Fault | None = None
    left_out: bool = False


@define
class History:
    """The table as its revisions change it, from the first on."""

    source: Source
    places: Places = field(default=None)
    _way: Revisions = field(init=False)
    _told: frozenset[str] = field(init=False)
    _standing: dict[PlaceId, Standing] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.places = self.places or Finder(self.source.city)
        assert self.source.mapping.revisions is not None  # else rows are built one by one
        self._way = self.source.mapping.revisions
        self._told = self.source.told(
            [self._way.reported, self._way.updated, self._way.seen, *self._way.fields.values()]
        )

    def outcomes(self, rows: Iterable[Record]) -> Iterator[Outcome]:
        """Yield what becomes of each row, in their order."""
        for _, revision in groupby(map(self._change, rows), key=self._when):
            changes = list(revision)
            stays = {change.place for change in changes if not change.removed}
            for change in changes:
                yield self._outcome(change, renamed=change.removed and change.place in stays)

    def _when(self, change: Change) -> str:
        """Return what rows of one revision have in common: what its time is read from."""
        return self._way.reported.value.read(change.cells) if change.cells else ""

    def _change(self, row: Record) -> Change:
        if isinstance(row, Damaged):
            return Change(row, fault=Fault(row.why, value=row.text))
        cells, place, removed = self.source.cells(row), "", False
        try:
            if not self.source.judged(cells):
                return Change(row, cells, left_out=True)
            removed = all(condition.holds(cells) for condition in self._way.removed)
            place = self._way.place.read(cells, Setting(self.source.city.zone, self.places)) or ""
            return Change(
                row, cells, self.source.key(cells), PlaceId(place), removed, self._nowhere(place)
            )
        except Unfit as error:
            return Change(
                row,
                cells,
                "",
                PlaceId(place),
                removed,
                Fault(error.why, error.column, cells.get(error.column, "")),
            )

    def _nowhere(self, place: str) -> Fault | None:
        return (
            None if place else Fault("no place is named", next(iter(self._way.place.columns), ""))
        )

    def _outcome(self, change: Change, *, renamed: bool) -> Outcome:
        """Return what becomes of a row; of a place that is removed and added at once only the name is spelt otherwise."""
        key = (
            event_id(f"{self.source.mapping.prefix}:{change.place}", change.key)
            if change.place and change.key
            else ""
        )
        if change.fault or change.left_out or renamed:
            return Outcome(change.row, key, fault=change.fault, left_out=change.left_out)
        before = self._standing.get(change.place, Standing())
        try:
            after, events = self._step(before, change, key)
        except Unfit as error:
            return Outcome(
                change.row,
                key,
                fault=Fault(error.why, error.column, change.cells.get(error.column, "")),
            )
        self._standing[change.place] = after
        return Outcome(change.row, key, tuple(events))

    def _step(self, before: Standing, change: Change, id: str) -> tuple[Standing, Sequence[Event]]:
        """Return what stands of a place after a row, and the events of the row."""
        setting = Setting(self.source.city.zone, self.places)
        if change.removed:
            return Standing(), self._taken_back(
                before.events, change, setting, "The place left the table."
            )
        found = {
            name: value.read(change.cells, setting) for name, value in self._way.fields.items()
        }
        hold = (found.get("actor"), found.get("ground") or "held")
        hold = (self.source.city.actor(hold[0]).id if hold[0] else None, hold[1])
        written, events = self._way.seen.read(change.cells, setting) or "", before.events
        holds = [(event.actor, event.ground) for event in events]
        if events and (holds[-1], before.written) == (hold, written):
            return before, []
        said = {(event.occurred, held) for event, held in zip(events, holds, strict=True)}
        fresh = written and (written != before.written or (written, hold) in said)
        seen = written if fresh else self._needed(change, "updated", setting)
        last = max(
            (n for n, event in enumerate(events) if holds[n] == hold or event.occurred < seen),
            default=-1,
        )
        gone = [
            event
            for n, event in enumerate(events)
            if holds[n] != hold and (n > last or event.occurred == seen)
        ]
        kept = [event for event in events if event not in gone]
        back = "The table went back on it."
        if (seen, hold) in said:
            return Standing(tuple(kept), written), self._taken_back(gone, change, setting, back)
        new = self._observation(change, id, seen, found, setting)
        if gone:
            new = evolve(new, supersedes=gone[-1].id)
        standing = Standing(tuple(sorted([*kept, new], key=lambda event: event.occurred)), written)
        return standing, [new, *self._taken_back(gone[:-1], change, setting, back)]

    def _observation(
        self, change: Change, id: str, seen: str, found: Mapping[str, Any], setting: Setting
    ) -> ControlChange:
        raw = {"id": id, "type": ControlChange.type, "v": ControlChange.v}
        own = {
            "occurred": seen,
            "reported": self._needed(change, "reported", setting),
            "place": change.place,
            "how": "observation",
        }
        rest = self.source.rest(change.row, self._told) if isinstance(change.row, Row) else ()
        said = [*filter(None, [found.get("note")]), *setting.remarks, *rest]
        values = {**found, **own, "note": "; ".join(said) or None}
        blamed = {
            **self._way.fields,
            "occurred": self._way.seen,
            "reported": self._way.reported,
            "place": self._way.place,
        }
        values["ground"] = values.get("ground") or "held"
        raw |= {name: values[name] for name in ORDER if values.get(name) is not None}
        event = gated(raw, self.source.city, blamed)
        assert isinstance(event, ControlChange)  # as its type says
        return event

    def _taken_back(
        self, gone: Iterable[ControlChange], change: Change, setting: Setting, reason: str
    ) -> list[Event]:
        reported = self._needed(change, "reported", setting)
        occurred = self._needed(change, "updated", setting)
        locator = (
            self._way.fields["locator"].read(change.cells, setting)
            if "locator" in self._way.fields
            else None
        )
        return [retraction(one, occurred, reported, reason, self.source, locator) for one in gone]

    def _needed(self, change: Change, name: str, setting: Setting) -> str:
        date = self._way.updated if name == "updated" else self._way.reported
        found = date.read(change.cells, setting)
        if found is None:
            raise Unfit(f"no date; the mapping reads {name} from it", next(iter(date.columns), ""))
        return found


def retraction(
    event: Event,
    occurred: str,
    reported: str,
    reason: str,
    source: Source,
    locator: str | None = None,
) -> Event:
    """Return the withdrawal of an event by its own source; raise `Unfit` where its dates do not fit."""
    raw = {
        "id": f"{event.id}:gone",
        "type": "retraction",
        "v": 1,
        "occurred": occurred,
        "reported": reported,
        "source": event.source,
    }
    said = {"target": event.id, "reason": reason} | ({"locator": locator} if locator else {})
    return gated(raw | said, source.city, {})
