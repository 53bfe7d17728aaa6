"""A table of who holds which place, revised many times, becomes events.

Every event is an *observation* of the last day for which a holder is documented. A row without a
date, or with an old one beside a new holder, is of the day of the table's update, unless it repeats
what stands of that date: a date "by then" (`../DATE`) might replace earlier answers. A newer
observation of another holder yields to a row, as does another holder of the same day. A place that
leaves the table takes back all that stands of it, so that no holder long overtaken leads.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, takewhile
from operator import attrgetter
from typing import Any

from attrs import define, evolve, field, frozen

from timeline.domain.event_fields import HEAD, TAIL, own_names
from timeline.domain.events import ControlChange, Event, EventId, PlaceId
from timeline.errors import UsageError
from timeline.imports.builder import Fault, Outcome, Source, admitted
from timeline.imports.expressions import Date, Places, Setting, Value
from timeline.imports.ids import event_id
from timeline.imports.mapping import Revisions
from timeline.imports.places import Finder
from timeline.imports.table_rows import Damaged, Record, Row
from timeline.imports.templates import Cells, Unfit, blamed

ORDER = (*HEAD, *own_names(ControlChange), *TAIL)
_LEFT = "The place left the table."
_WENT_BACK = "The table went back on it."


@frozen
class Hold:
    """Who holds a place, one, several or nobody, and the ground: held or contested."""

    actors: tuple[str, ...]
    ground: str

    def agrees(self, event: ControlChange) -> bool:
        """Return whether an observation says the same."""
        return (event.actors, event.ground) == (self.actors, self.ground)


@frozen
class Standing:
    """The observations that stand of a place, by their days, and the date `written` in its row."""

    events: tuple[ControlChange, ...] = ()
    written: str = ""

    def says(self, hold: Hold, day: str) -> bool:
        """Return whether an observation of a day says the same."""
        return any(event.occurred == day and hold.agrees(event) for event in self.events)

    def repeats(self, hold: Hold, written: str) -> bool:
        """Return whether a row that says this is as it was."""
        return bool(self.events) and hold.agrees(self.events[-1]) and written == self.written

    def dates(self, hold: Hold, written: str) -> bool:
        """Return whether the date in a row is that of its holder, not left from another."""
        return written != self.written or self.says(hold, written)

    def overtaken(self, hold: Hold, day: str) -> list[ControlChange]:
        """Return the observations that a row takes back: others of its day, and newer ones."""

        def is_newer(event: ControlChange) -> bool:
            return event.occurred >= day and not hold.agrees(event)

        newer = list(takewhile(is_newer, reversed(self.events)))
        same_day = [event for event in self.events if event.occurred == day]
        others = [event for event in same_day if not hold.agrees(event)]
        return [event for event in self.events if event in newer or event in others]


@frozen
class Change:
    """A row that was read as far as its place and its time.

    `cells` are empty for a damaged row, and `key` and `place` where none was found; `removed` means
    that the place left the table.
    """

    row: Record
    cells: Cells = field(factory=dict)
    key: str = ""
    place: PlaceId = PlaceId("")
    removed: bool = False
    fault: Fault | None = None
    left_out: bool = False


@define
class History:
    """The table as its revisions change it, from the first on."""

    source: Source
    places: Places = field()
    _way: Revisions = field(init=False)
    _expressed: frozenset[str] = field(init=False)
    _standing: dict[PlaceId, Standing] = field(factory=dict)
    _replaced: dict[EventId, ControlChange] = field(factory=dict)

    @places.default
    def _places(self) -> Places:
        return Finder(self.source.city)

    def __attrs_post_init__(self) -> None:
        assert self.source.mapping.revisions is not None  # else rows are built one by one
        self._way = self.source.mapping.revisions
        times = (self._way.reported, self._way.updated, self._way.seen)
        self._expressed = self.source.expressed([*times, *self._way.fields.values()])

    def outcomes(self, rows: Iterable[Record]) -> Iterator[Outcome]:
        """Yield an account of each row, in their order."""
        for _, revision in groupby(map(self._change, rows), key=self._when):
            changes = list(revision)
            stays = {change.place for change in changes if not change.removed}
            for change in changes:
                yield self._outcome(change, renamed=change.removed and change.place in stays)

    def _when(self, change: Change) -> str:
        """Return the text from which the time of a row's revision is read."""
        return self._way.reported.value.read(change.cells) if change.cells else ""

    def _change(self, row: Record) -> Change:
        if isinstance(row, Damaged):
            return Change(row, fault=Fault(row.why, value=row.text))
        cells, place, removed = self.source.cells(row), PlaceId(""), False
        try:
            if not self.source.wants(cells):
                return Change(row, cells, left_out=True)
            removed = all(condition.holds(cells) for condition in self._way.removed)
            place = PlaceId(self._way.place.read(cells, self._setting()) or "")
            nowhere = Fault("no place is named", blamed(self._way.place.columns))
            fault = None if place else nowhere
            return Change(row, cells, self.source.key(cells), place, removed, fault)
        except Unfit as error:
            return Change(row, cells, "", place, removed, Fault.of(error, cells))

    def _setting(self) -> Setting:
        return Setting(self.source.city.zone, self.places)

    def _outcome(self, change: Change, *, renamed: bool) -> Outcome:
        """Return an account of a row; a place removed and added at once is only `renamed`."""
        key = ""
        if change.place and change.key:
            key = event_id(f"{self.source.mapping.prefix}:{change.place}", change.key)
        if change.fault or change.left_out or renamed:
            return Outcome(change.row, key, fault=change.fault, left_out=change.left_out)
        before = self._standing.get(change.place, Standing())
        try:
            after, events = self._step(before, change, key)
        except Unfit as error:
            return Outcome(change.row, key, fault=Fault.of(error, change.cells))
        self._standing[change.place] = after
        return Outcome(change.row, key, tuple(events))

    def _step(self, before: Standing, change: Change, id: str) -> tuple[Standing, Sequence[Event]]:
        """Return the observations that stand after a row, and the events of the row."""
        setting = self._setting()
        if change.removed:
            return Standing(), self._withdrawals(before.events, change, setting, _LEFT)
        fields = self._fields(change, setting)
        hold = self._hold(fields)
        written = self._way.seen.read(change.cells, setting) or ""
        if before.repeats(hold, written):
            return before, []
        day = written if before.dates(hold, written) else ""
        day = day or self._needed(change, self._way.updated, "updated", setting)
        gone = before.overtaken(hold, day)
        stands = [event for event in before.events if event not in gone]
        if before.says(hold, day):
            events = self._withdrawals(gone, change, setting, _WENT_BACK)
            return Standing(tuple(stands), written), events
        new = self._observation(change, id, day, fields, setting)
        if gone:
            new = evolve(new, supersedes=gone[-1].id)
            self._replaced[new.id] = gone[-1]
        stands = sorted([*stands, new], key=attrgetter("occurred"))
        events = [new, *self._withdrawals(gone[:-1], change, setting, _WENT_BACK)]
        return Standing(tuple(stands), written), events

    def _fields(self, change: Change, setting: Setting) -> dict[str, Any]:
        values = self._way.fields.items()
        return {name: value.read(change.cells, setting) for name, value in values}

    def _hold(self, fields: Mapping[str, Any]) -> Hold:
        read, ground = fields.get("actor") or (), fields.get("ground") or "held"
        names = [read] if isinstance(read, str) else read
        try:
            return Hold(tuple(self.source.city.actor(name).id for name in names), ground)
        except UsageError as error:
            raise Unfit(f"actor: {error}", blamed(self._way.fields["actor"].columns)) from None

    def _observation(
        self, change: Change, id: str, day: str, fields: Mapping[str, Any], setting: Setting
    ) -> ControlChange:
        rest = self.source.rest(change.row, self._expressed) if isinstance(change.row, Row) else ()
        note = [fields.get("note"), *setting.remarks, *rest]
        values = {
            **fields,
            "id": id,
            "occurred": day,
            "reported": self._needed(change, self._way.reported, "reported", setting),
            "place": change.place,
            "how": "observation",
            "ground": fields.get("ground") or "held",
            "note": "; ".join(filter(None, note)) or None,
        }
        raw = {"id": id, "type": ControlChange.type, "v": ControlChange.v}
        raw |= {name: values[name] for name in ORDER if values.get(name) is not None}
        read: dict[str, Value] = {
            **self._way.fields,
            "occurred": self._way.seen,
            "reported": self._way.reported,
            "place": self._way.place,
        }
        event = admitted(raw, self.source.city, read)
        assert isinstance(event, ControlChange)  # as its type says
        return event

    def _withdrawals(
        self, gone: Iterable[ControlChange], change: Change, setting: Setting, reason: str
    ) -> list[Event]:
        """Return the withdrawals of observations, as of the day of the table's update.

        What they replaced goes with them, or it would stand again.
        """
        reported = self._needed(change, self._way.reported, "reported", setting)
        occurred = self._needed(change, self._way.updated, "updated", setting)
        place = self._way.fields.get("locator")
        locator = place.read(change.cells, setting) if place else None
        return [
            retraction(event, occurred, reported, reason, self.source, locator)
            for event in self._with_replaced(gone)
        ]

    def _with_replaced(self, gone: Iterable[ControlChange]) -> Iterator[ControlChange]:
        """Yield observations, each followed by what it replaced."""
        for event in gone:
            yield event
            while replaced := self._replaced.get(event.id):
                yield (event := replaced)

    def _needed(self, change: Change, date: Date, name: str, setting: Setting) -> str:
        day = date.read(change.cells, setting)
        if day is None:
            why = f"no date; the mapping reads {name} from it"
            raise Unfit(why, blamed(date.columns))
        return day


def retraction(
    event: Event,
    occurred: str,
    reported: str,
    reason: str,
    source: Source,
    locator: str | None = None,
) -> Event:
    """Return the withdrawal of an event by its own source; raise `Unfit` for unfit dates."""
    raw = {
        "id": f"{event.id}:gone",
        "type": "retraction",
        "v": 1,
        "occurred": occurred,
        "reported": reported,
        "source": event.source,
        "target": event.id,
        "reason": reason,
    }
    return admitted(raw | ({"locator": locator} if locator else {}), source.city, {})
