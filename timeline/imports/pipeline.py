"""An import leads from the table to the log, and accounts for every row.

A batch is written whole or not at all, with one fsync, and a row's events are never parted. After a
crash the same import is run again; events that the log holds are nothing new.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from attrs import define, evolve, field, fields, frozen

from timeline.domain.city import City
from timeline.domain.events import Event, LogRepaired, Retraction
from timeline.errors import InvalidEvent, Problem, TimelineError, UsageError
from timeline.imports import table_files
from timeline.imports.builder import Builder, Fault, Outcome, Source
from timeline.imports.editions import Editions
from timeline.imports.expressions import Setting
from timeline.imports.mapping import NAMED, SOURCES, TableMapping, bind, constants
from timeline.imports.places import Finder
from timeline.imports.rejects import Rejects
from timeline.imports.revisions import History
from timeline.imports.table_files import Table
from timeline.imports.table_rows import Row
from timeline.imports.templates import Unfit, blamed
from timeline.log import reader
from timeline.log.duplicates import same_content
from timeline.log.writer import Known, Writer

BATCH = 2000
"""How many events are appended at once, or a few more: those of a row stay together."""
SHOWN = 10
"""How many events, and how many rows that were set aside, a dry run shows."""


@define
class Summary:
    """An account of a table: ``rows == became + unchanged + left_out + set_aside``.

    Attributes:
        events: the events that were written, those of withdrawals included.
        replaced: how many of these replace what an earlier edition said.
        withdrawn: how many withdraw what an earlier edition said.
        vanished: the rows of earlier editions that the table has no more, by `snapshot`.
        repaired: figures that were put in order by a rule of the mapping.
        unsafe: why nothing was taken for vanished although that was asked for; else empty.
    """

    rows: int = 0
    became: int = 0
    unchanged: int = 0
    left_out: int = 0
    set_aside: int = 0
    events: int = 0
    replaced: int = 0
    withdrawn: int = 0
    vanished: int = 0
    repaired: int = 0
    unsafe: str = ""
    repair: LogRepaired | None = None
    shown: list[Event] = field(factory=list)
    faults: list[Outcome] = field(factory=list)

    def json(self) -> dict[str, int]:
        """Return the numbers as JSON values."""
        values = {attribute.name: getattr(self, attribute.name) for attribute in fields(Summary)}
        return {name: value for name, value in values.items() if isinstance(value, int)}


@frozen(kw_only=True)
class Order:
    """A table that is to be imported, and how.

    Attributes:
        edition: when this edition of the table was made public, as a plain date or time.
        snapshot: whether a row that the table has no more is withdrawn.
        rejects: where rows that were set aside go; None for nowhere.
        progress: is called with the number of bytes of the table that were read.
    """

    mapping: TableMapping
    table: Path
    log: Path
    city: City
    edition: str
    snapshot: bool = False
    rejects: Path | None = None
    dry_run: bool = False
    progress: Callable[[int], None] = lambda _: None


def run(order: Order) -> Summary:
    """Import a table and return the account of it.

    Raises `TimelineError` before anything is written for an unfit table or mapping, and for names
    that the city file lacks. What was appended before the disk failed stays.
    """
    if order.snapshot and order.mapping.revisions:
        expected = "none: its rows say themselves what left the table"
        raise UsageError.because("--snapshot for a table of revisions", expected)
    check_city(order.mapping, order.city)
    with table_files.opened(order.table, order.mapping.layout) as table, _target(order) as target:
        bound = bind(order.mapping, table.columns)
        source = Source(order.mapping, bound, order.city, order.edition, order.table.name)
        rejects = Rejects(None if order.dry_run else order.rejects, table.columns)
        try:
            summary = _Run(order, source, target, rejects).all(table)
            rejects.finish()
        finally:
            rejects.abandon()
        return summary


def check_city(mapping: TableMapping, city: City) -> None:
    """Raise `TimelineError` for every actor and source of a mapping that the city lacks."""
    problems: list[Problem] = []
    for kind, names in constants(mapping, NAMED).items():
        find, table = (city.source, "sources") if kind in SOURCES else (city.actor, "actors")
        for name in sorted(names):
            try:
                find(name)
            except UsageError as error:
                hint = f"--draft-places writes the lines that city.toml lacks in [{table}]"
                problems += error.located(path=f"the mapping's {kind}", hint=hint).problems
    if problems:
        raise TimelineError(list(dict.fromkeys(problems)))


@define
class _Target:
    """A log that is imported into; without a writer nothing is written."""

    known: Known
    writer: Writer | None = None


@contextmanager
def _target(order: Order) -> Iterator[_Target]:
    if order.dry_run:
        log = reader.read(order.log)
        known = Known(order.city)
        known.hold(log.events, log.where)
        yield _Target(known)
    else:
        with closing(Writer(order.log, order.city)) as writer:
            yield _Target(writer.known(), writer)


@define
class _Run:
    """One import under way."""

    order: Order
    source: Source
    target: _Target
    rejects: Rejects
    summary: Summary = field(factory=Summary)
    _editions: Editions = field(init=False)
    _seen: dict[str, int] = field(factory=dict)
    _keyless: bool = False

    def __attrs_post_init__(self) -> None:
        self._editions = Editions(
            self.source, self.target.known.events, self.target.known.retracted
        )

    def all(self, table: Table) -> Summary:
        """Import all rows of a table, then withdraw what vanished."""
        maker = History(self.source) if self.source.mapping.revisions else Builder(self.source)
        outcomes = self._counted(maker.outcomes(table.rows), table)
        for batch in _batches(filter(None, map(self._due, outcomes))):
            self._append(batch)
        if self.order.snapshot:
            self._vanish()
        return self.summary

    def _counted(self, outcomes: Iterable[Outcome], table: Table) -> Iterator[Outcome]:
        for outcome in outcomes:
            self.summary.rows += 1
            if self.summary.rows % 500 == 0:
                self.order.progress(table.position())
            yield outcome
        self.order.progress(table.size)

    def _due(self, outcome: Outcome) -> Outcome | None:
        """Return a row with the events that are to be appended for it; None where none are."""
        if outcome.fault is not None:
            self._set_aside(outcome)
            return None
        try:
            outcome = self._against_log(self._once(outcome))
        except Unfit as error:
            cells = outcome.row.cells if isinstance(outcome.row, Row) else {}
            self._set_aside(evolve(outcome, events=(), fault=Fault.of(error, cells)))
            return None
        if outcome.events:
            return outcome
        self.summary.left_out += outcome.left_out
        self.summary.unchanged += not outcome.left_out
        return None

    def _once(self, outcome: Outcome) -> Outcome:
        """Return a row whose key no earlier row of the table has; raise `Unfit` for another."""
        key, number = outcome.key, outcome.row.number
        first = self._seen.setdefault(key, number) if key else number
        if first != number:
            why = f"row {first} has the same key; expected each row once ({key})"
            raise Unfit(why, blamed(self.source.mapping.key.columns))
        return outcome

    def _against_log(self, outcome: Outcome) -> Outcome:
        """Return a row with the events that the log lacks; raise `Unfit` if they cannot follow."""
        if self.source.mapping.revisions:
            return evolve(outcome, events=tuple(self._unheld(outcome.events)))
        revised = self._revised(outcome)
        events = self._editions.events(outcome.key, outcome.events, revised)
        return evolve(outcome, events=tuple(events))

    def _unheld(self, events: Iterable[Event]) -> Iterator[Event]:
        """Yield the events of a table of revisions that the log does not hold."""
        held = self.target.known.events
        for event in events:
            if event.id not in held:
                yield event
            elif not same_content(event, held[event.id]):
                found = f"the log holds {event.id} with other content"
                raise Unfit(f"{found}; expected a table whose past revisions stay")

    def _revised(self, outcome: Outcome) -> str:
        """Return when the present content of a row was made public."""
        revised = self.source.mapping.revised
        if revised is None or not isinstance(outcome.row, Row):
            return self.source.edition
        setting = Setting(self.source.city.zone, Finder(self.source.city))
        return revised.read(self.source.cells(outcome.row), setting) or self.source.edition

    def _set_aside(self, outcome: Outcome) -> None:
        self.summary.set_aside += 1
        self._keyless |= not outcome.key
        self._editions.keep(outcome.key)
        self.rejects.add(outcome)
        if len(self.summary.faults) < SHOWN:
            self.summary.faults.append(outcome)

    def _append(self, batch: Sequence[Outcome]) -> None:
        """Append the events of some rows; halve a refused batch until the refused row is found."""
        events = [event for outcome in batch for event in outcome.events]
        try:
            written = self._written(events)
        except InvalidEvent as error:
            if len(batch) > 1:
                middle = len(batch) // 2
                self._append(batch[:middle])
                self._append(batch[middle:])
            else:
                self._set_aside(evolve(batch[0], events=(), fault=Fault(str(error.problems[0]))))
            return
        for outcome in batch:
            became = not written.isdisjoint(event.id for event in outcome.events)
            self.summary.became += became
            self.summary.unchanged += not became
            self.summary.repaired += outcome.repairs
        self._count(event for event in events if event.id in written)

    def _written(self, events: Sequence[Event]) -> set[str]:
        """Return the ids of the events that were written, or would be."""
        if self.target.writer is None:
            return {event.id for event in events}
        receipt = self.target.writer.append(events)
        self.summary.repair = receipt.repaired or self.summary.repair
        return {event.id for event in receipt.written}

    def _count(self, events: Iterable[Event]) -> None:
        """Count the events that were written, and keep the first of a dry run."""
        for event in events:
            self.summary.events += 1
            self.summary.replaced += event.supersedes is not None
            self.summary.withdrawn += isinstance(event, Retraction)
            if len(self.summary.shown) < SHOWN and self.order.dry_run:
                self.summary.shown.append(event)

    def _vanish(self) -> None:
        """Withdraw what rows said that the table has no more, if these can be told."""
        if self._keyless:
            self.summary.unsafe = "a row that was set aside has no key"
            return
        if self.summary.rows == self.summary.set_aside:
            self.summary.unsafe = "no row of the table could be used"
            return
        try:
            gone = list(self._editions.vanished())
        except Unfit as error:
            self.summary.unsafe = error.why
            return
        self.summary.vanished = len(gone)
        events = [event for _, withdrawals in gone for event in withdrawals]
        for start in range(0, len(events), BATCH):
            part = events[start : start + BATCH]
            written = self._written(part)
            self._count(event for event in part if event.id in written)


def _batches(outcomes: Iterable[Outcome]) -> Iterator[list[Outcome]]:
    """Yield rows in batches of so many events, or a few more."""
    batch: list[Outcome] = []
    waiting = 0
    for outcome in outcomes:
        batch.append(outcome)
        waiting += len(outcome.events)
        if waiting >= BATCH:
            yield batch
            batch, waiting = [], 0
    if batch:
        yield batch
