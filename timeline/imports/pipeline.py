"""An import from the table to the log: rows become events, events are appended in batches, and every row is accounted for.

Each batch is written whole or not at all, with one fsync, and a row's events are never parted.
After a crash the same import is run again: what the log holds already is nothing new. A row that
the log refuses is found and set aside, and the others of its batch are appended.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from attrs import define, evolve, field, frozen

from timeline.domain.city import City
from timeline.domain.events import Event, LogRepaired, Retraction
from timeline.errors import InvalidEvent, Problem, TimelineError, UsageError
from timeline.imports import table_files as rows
from timeline.imports.builder import Builder, Fault, Outcome, Source
from timeline.imports.editions import Editions
from timeline.imports.expressions import Setting, Unfit
from timeline.imports.mapping import NAMED, TableMapping, bind, constants
from timeline.imports.places import Finder
from timeline.imports.rejects import Rejects
from timeline.imports.revisions import History
from timeline.imports.table_files import Table
from timeline.imports.table_rows import Row
from timeline.log import reader as log
from timeline.log.duplicates import same_content
from timeline.log.writer import Known, Writer

BATCH = 2000
"""How many events are appended at once, or a few more: those of a row stay together."""
SHOWN = 10
"""How many events, and how many rows that were set aside, a dry run shows."""


@define
class Summary:
    """What became of a table, in rows and in events: ``rows == became + unchanged + left_out + set_aside``.

    Attributes:
        rows: the rows of the table.
        became: those that became events.
        unchanged: those that say what the log holds already.
        left_out: those that the mapping leaves out.
        set_aside: those that no event could be made of.
        events: the events that were written, those of withdrawals included.
        replaced: how many of these replace what an earlier edition said.
        withdrawn: how many withdraw what an earlier edition said.
        vanished: rows of earlier editions that the table has no more, by `snapshot`.
        repaired: figures that were put in order by a rule of the mapping.
        unsafe: why nothing was taken for vanished although that was asked for; else empty.
        repair: the record of a torn end of the log that was repaired first.
        shown: the first events, of a dry run.
        faults: the first rows that were set aside.
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
        names = (
            "rows",
            "became",
            "unchanged",
            "left_out",
            "set_aside",
            "events",
            "replaced",
            "withdrawn",
            "vanished",
            "repaired",
        )
        return {name: getattr(self, name) for name in names}


@frozen(kw_only=True)
class Order:
    """What is to be imported, and how.

    Attributes:
        mapping: what the columns mean.
        table: the file.
        log: the log.
        city: the city beside it.
        edition: when this edition of the table was made public, as a plain date or time.
        snapshot: whether a row that the table has no more is withdrawn.
        rejects: where rows that were set aside go; None for nowhere.
        dry_run: whether nothing is written.
        progress: told how many bytes of the table were read.
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
    """Import a table and return what became of it.

    Raises `TimelineError` before anything is written for a table or a mapping that makes no sense,
    and for names that the mapping gives and the city file lacks. What was appended before the disk
    failed stays, and the same import completes it.
    """
    if order.snapshot and order.mapping.revisions:
        raise UsageError(
            Problem(
                "--snapshot for a table of revisions",
                "none: its rows say themselves what left the table",
            )
        )
    check_city(order.mapping, order.city)
    with rows.opened(order.table, order.mapping.layout) as table, _target(order) as target:
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
    """Raise `TimelineError` for every actor and source that a mapping names and the city does not know."""
    problems = []
    for kind, names in constants(mapping, NAMED).items():
        find, table = (city.source, "sources") if kind == "source" else (city.actor, "actors")
        for name in sorted(names):
            try:
                find(name)
            except UsageError as error:
                hint = f"--draft-places writes the lines that city.toml lacks in [{table}]"
                problems += [
                    evolve(problem, path=f"the mapping's {kind}", hint=hint)
                    for problem in error.problems
                ]
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
        read = log.read(order.log)
        known = Known(order.city)
        known.hold(read.events, read.where)
        yield _Target(known)
    else:
        with closing(Writer(order.log, order.city)) as writer:
            yield _Target(writer.known(), writer)


@define
class _Run:
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
        due = (
            one
            for outcome in self._counted(maker.outcomes(table.rows), table)
            if (one := self._due(outcome))
        )
        for batch in _batches(due):
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
        """Return a row with the events that are to be appended for it; None for one that is done with."""
        if outcome.fault is not None:
            self._set_aside(outcome)
            return None
        try:
            outcome = self._against_log(self._once(outcome))
        except Unfit as error:
            cell = outcome.row.cells.get(error.column, "") if isinstance(outcome.row, Row) else ""
            self._set_aside(evolve(outcome, events=(), fault=Fault(error.why, error.column, cell)))
            return None
        if outcome.events:
            return outcome
        self.summary.left_out += outcome.left_out
        self.summary.unchanged += not outcome.left_out
        return None

    def _once(self, outcome: Outcome) -> Outcome:
        """Return a row whose key no earlier row of the table has; raise `Unfit` for another."""
        first = (
            self._seen.setdefault(outcome.key, outcome.row.number)
            if outcome.key
            else outcome.row.number
        )
        if first != outcome.row.number:
            column = next(iter(self.source.mapping.key.columns), "")
            raise Unfit(
                f"row {first} has the same key; expected each row once ({outcome.key})", column
            )
        return outcome

    def _against_log(self, outcome: Outcome) -> Outcome:
        """Return a row with those of its events that the log does not hold; raise `Unfit` for what cannot follow what it holds."""
        held = self.target.known.events
        if self.source.mapping.revisions:
            clash = [
                event.id
                for event in outcome.events
                if event.id in held and not same_content(event, held[event.id])
            ]
            if clash:
                raise Unfit(
                    f"the log holds {clash[0]} with other content; expected a table whose past revisions stay"
                )
            return evolve(
                outcome, events=tuple(event for event in outcome.events if event.id not in held)
            )
        return evolve(
            outcome,
            events=tuple(
                self._editions.events(outcome.key, outcome.events, self._revised(outcome))
            ),
        )

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
        """Append the events of some rows at once; where the log refuses them, those of ever fewer, to find the row that it refuses."""
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
        self.summary.became += sum(
            1 for outcome in batch if any(event.id in written for event in outcome.events)
        )
        self.summary.unchanged += sum(
            1 for outcome in batch if not any(event.id in written for event in outcome.events)
        )
        self.summary.repaired += sum(outcome.repairs for outcome in batch)
        self._tell(event for event in events if event.id in written)

    def _written(self, events: Sequence[Event]) -> set[str]:
        """Return the ids of the events that were written, or would be."""
        if self.target.writer is None:
            return {event.id for event in events}
        receipt = self.target.writer.append(events)
        self.summary.repair = receipt.repaired or self.summary.repair
        return {event.id for event in receipt.written}

    def _tell(self, events: Iterable[Event]) -> None:
        for event in events:
            self.summary.events += 1
            self.summary.replaced += event.supersedes is not None
            self.summary.withdrawn += isinstance(event, Retraction)
            if len(self.summary.shown) < SHOWN and self.order.dry_run:
                self.summary.shown.append(event)

    def _vanish(self) -> None:
        """Withdraw what rows said that the table has no more, unless it cannot be told which rows these are."""
        if self._keyless or self.summary.rows == self.summary.set_aside:
            self.summary.unsafe = (
                "a row that was set aside has no key"
                if self._keyless
                else "no row of the table could be used"
            )
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
            self._tell(event for event in part if event.id in written)


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
