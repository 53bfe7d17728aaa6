"""A log on a failing disk keeps each acknowledged event and takes the next append.

Each run is a life of a log by its seed: appends of one event or several, by processes that die, on
a disk that fails. What breaks the promise prints the seed; `pytest -k seed --seed N` is not needed,
for the function takes it: `life(N)`.
"""

# seeds, not secrets

import errno
from pathlib import Path
from random import Random

import pytest
from attrs import define, evolve, field
from simulated import Killed, PowerCut, SimulatedDisk

from timeline.domain.events import Event, EventId, LogRepaired
from timeline.errors import InvalidLog, TimelineError
from timeline.log import reader as reading
from timeline.log.codec import CODEC
from timeline.log.reader import CANCEL, Reading
from timeline.log.writer import Receipt, Writer, append, mending
from timeline.storage import disk as storage
from timeline.storage.disk import LogFile
from timeline.temporal.dates import Moment

PATH = Path("/log/events.jsonl")
HEAD = {
    "type": "statement",
    "v": 1,
    "occurred": "2016-11-28",
    "reported": "2016-11-28",
    "source": "sohr",
    "stance": "comment",
    "topic": "t",
}


def statement(id: str, size: int, about: tuple[str, ...] = ()) -> Event:
    return CODEC.structure(
        HEAD | {"id": id, "summary": "x" * size} | ({"about": list(about)} if about else {})
    )


@define
class Life:
    """A log, what was tried, and what was acknowledged.

    Attributes:
        disk: what the log lies on.
        tried: every event that anybody tried to append.
        acknowledged: the lines that are promised.
        doubtful: whether the disk forgot or lied: then what is promised may be lost, but never
            silently altered.
        batch: whether several lines that were never synced were cut off by the power on a disk that
            keeps any sectors of them.
        cut: whether the power ever failed.
    """

    disk: SimulatedDisk
    tried: dict[EventId, Event] = field(factory=dict)
    acknowledged: dict[EventId, bytes] = field(factory=dict)
    doubtful: bool = False
    batch: bool = False
    cut: bool = False

    def live(self, steps: int) -> None:
        """Append, die, fail and go on, and hold after each step what is promised."""
        for step in range(steps):
            batch = self.events(step)
            self.tried |= {event.id: event for event in batch}
            self.attempt(batch)
            if not self.holds():
                return
            self.attempt(batch)  # again, after whatever happened
            if not self.holds():
                return
        self.calm(self.events(steps))

    def attempt(self, batch: list[Event]) -> None:
        """Append some events, whatever comes of it."""
        contents = self.disk.files[PATH]
        forgotten, kept = len(contents.forgotten), len(contents.kept)
        try:
            self.acknowledge(append(PATH, batch, disk=self.disk))
        except PowerCut as death:
            self.batch |= (
                contents.seen[len(contents.kept) :].count(b"\n") > 1 and self.disk.reorder > 0
            )
            self.cut = True
            self.disk.restart(death)
        except Killed as death:
            self.disk.restart(death)
        except InvalidLog:
            assert self.doubtful or self.batch
        except TimelineError:
            pass
        self.doubtful |= len(contents.forgotten) > forgotten or (self.disk.lie > 0 and kept >= 0)

    def acknowledge(self, receipt: Receipt) -> None:
        self.acknowledged |= {
            event.id: CODEC.encode(event) for event in (*receipt.written, *receipt.present)
        }

    def holds(self) -> bool:
        """Hold the promises; return whether the log takes appends, as on an honest disk."""
        lines = self.disk.files[PATH].seen.split(b"\n")
        if not self.doubtful:
            for line in self.acknowledged.values():
                assert self.once(lines.count(line)), (
                    f"acknowledged, and there {lines.count(line)} times: {line[:80]!r}"
                )
        calm = SimulatedDisk(Random(0), files=self.disk.files)
        try:
            log = reading.read(PATH, calm)
        except InvalidLog as error:
            self.named_damage(error)
            return False
        events = {event.id: evolve(event, recorded=None) for event in log.events}
        assert events == {id: self.tried[id] for id in events}, "an event that nobody appended"
        assert self.doubtful or set(self.acknowledged) <= set(events)
        return True

    def once(self, times: int) -> bool:
        """Return whether a line is there once, or more often only because of a power cut."""
        return times == 1 or (times > 1 and self.cut)

    def named_damage(self, error: InvalidLog) -> None:
        """Damage is told by line, and comes only from a broken promise or lost power in a batch."""
        assert str(error).startswith(f"{PATH}:")
        assert self.doubtful or self.batch

    def calm(self, batch: list[Event]) -> None:
        """On a disk that works again the next append works, and the log is whole."""
        calm = SimulatedDisk(Random(0), files=self.disk.files)
        self.tried |= {event.id: event for event in batch}
        everything = list(self.tried.values())
        append(PATH, everything, disk=calm)
        log, problems = reading.check(PATH, calm)
        assert (problems, log.torn, log.strays) == ([], None, ())
        assert {event.id for event in log.events} == {event.id for event in everything}
        lines = calm.files[PATH].seen.split(b"\n")
        assert all(self.once(lines.count(CODEC.encode(event))) for event in log.events)
        assert append(PATH, everything, disk=calm).written == ()

    def events(self, step: int) -> list[Event]:
        """Make some events that refer to each other and to earlier ones."""
        random = self.disk.random
        count = random.choice((1, 1, 1, 2, 5))
        ids = [f"e-{step}-{number}" for number in range(count)]
        known = [*self.tried, *ids]
        sizes = [random.choice((1, 40, 300, 1500)) for _ in ids]
        subjects = [
            (random.choice(known[: len(self.tried) + place] or ids[:1]),)
            if random.random() < 0.4
            else ()
            for place in range(count)
        ]
        batch = [
            statement(id, size, about) for id, size, about in zip(ids, sizes, subjects, strict=True)
        ]
        random.shuffle(batch)
        return batch


def empty_log(disk: SimulatedDisk) -> None:
    """Put an empty log on a disk."""
    disk.close(disk.create(PATH))
    disk.files[PATH].named = True


def life(seed: int) -> Life:
    """Live a life of a seed's kind on a seed's disk."""
    random = Random(seed)
    kinds = (
        {"kill": 0.08},
        {"kill": 0.08, "power": 1.0},
        {"kill": 0.08, "reorder": 0.7},
        {"fail": 0.2, "short": 0.2},
        {"kill": 0.05, "fail": 0.1, "short": 0.1},
        {"kill": 0.05, "fail": 0.2, "short": 0.1, "forget": 0.5, "reorder": 0.5},
        {"kill": 0.08, "lie": 0.3, "reorder": 0.5},
        {"room": random.randrange(600, 4000)},
    )
    quiet = SimulatedDisk(random)
    empty_log(quiet)
    one = Life(SimulatedDisk(random, files=quiet.files, **kinds[seed % len(kinds)]))
    one.live(4)
    return one


def live_seeds(seeds: range) -> None:
    for seed in seeds:
        try:
            life(seed)
        except BaseException as error:
            error.add_note(f"the seed is {seed}")
            raise


def test_what_was_acknowledged_outlives_the_disk():
    """500 lives; ten thousand in the slow run."""
    live_seeds(range(500))


@pytest.mark.slow
def test_what_was_acknowledged_outlives_the_disk_ten_thousand_times():
    live_seeds(range(500, 10_500))


# The test can fail --------------------------------------------------------------------------------


def uncounted(self: LogFile, data: bytes, *, folder: bool = False) -> None:
    """Append as a program that takes every write for a whole one."""
    try:
        self.disk.write(self.handle, data)
    except OSError as error:
        raise TimelineError(str(error)) from None
    self.sync(folder=folder)


BROKEN = {
    "no sync": lambda patch: patch.setattr(LogFile, "sync", lambda self, folder=False: None),
    "no count": lambda patch: patch.setattr(LogFile, "append", uncounted),
    "no lock": lambda patch: patch.setattr(LogFile, "_lock", lambda self: None),
    "no look at the tail": lambda patch: patch.setattr(
        "timeline.log.writer.mending", lambda reading, recorded: (None, b"")
    ),
    "no end of the torn line": lambda patch: patch.setattr("timeline.log.writer.mending", unended),
    "a failed sync taken for a good one": lambda patch: patch.setattr(
        LogFile, "sync", syncing_quietly
    ),
    "a batch in the order in which it came": lambda patch: patch.setattr(
        "timeline.log.writer.in_order", list
    ),
}


def unended(reading: Reading, recorded: Moment) -> tuple[LogRepaired | None, bytes]:
    repair, start = mending(reading, recorded)
    return repair, start.removeprefix(CANCEL + b"\n")


def syncing_quietly(self: LogFile, *, folder: bool = False) -> None:
    try:
        self.disk.sync(self.handle)
    except OSError:
        return


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_build_is_caught(name, monkeypatch):
    """Each of these builds loses, doubles or garbles something in one of the same lives."""
    BROKEN[name](monkeypatch)
    with pytest.raises((AssertionError, TimelineError)) as caught:
        live_seeds(range(500))
    assert "the seed is" in caught.value.__notes__[0]


# Single faults ------------------------------------------------------------------------------------


@pytest.fixture
def disk() -> SimulatedDisk:
    """A disk without faults that holds an empty log."""
    one = SimulatedDisk(Random(0))
    empty_log(one)
    return one


def seen(disk: SimulatedDisk) -> bytes:
    return disk.files[PATH].seen


def test_a_full_disk_that_is_freed_takes_the_next_append(disk):
    """What was written of the line stays; the same append then completes the log."""
    append(PATH, [statement("a", 40)], disk=disk)
    disk.room = len(seen(disk)) + 100
    for _ in range(3):
        with pytest.raises(TimelineError):
            append(PATH, [statement("b", 400)], disk=disk)
    assert reading.read(PATH, disk).torn
    disk.room = None
    receipt = append(PATH, [statement("b", 400)], disk=disk)
    assert [one.id for one in receipt.written] == ["b"]
    assert receipt.repaired.length == 100
    log, problems = reading.check(PATH, disk)
    assert (problems, log.torn, [one.id for one in log.events]) == ([], None, ["a", "b"])


def test_a_failed_sync_is_not_tried_again(disk):
    """A failed sync is not repeated; the same append later finds the event and syncs first."""
    calls = []
    disk.sync = lambda handle: calls.append(handle) or failing(errno.EIO)
    with pytest.raises(TimelineError, match="did not confirm"):
        append(PATH, [statement("a", 40)], disk=disk)
    assert len(calls) == 1
    with pytest.raises(TimelineError, match="did not confirm"):
        append(PATH, [statement("a", 40)], disk=disk)
    assert len(calls) == 2


def failing(number: int) -> None:
    raise OSError(number, "failed")


def test_a_failed_write_is_not_tried_again(disk):
    calls = []
    disk.write = lambda handle, data: calls.append(data) or failing(errno.ENOSPC)
    with pytest.raises(TimelineError, match=r"cannot be written to: .*run the same again"):
        append(PATH, [statement("a", 40)], disk=disk)
    assert len(calls) == 1
    assert not disk.locked
    assert not disk.handles


def test_a_batch_is_one_write_and_one_sync(disk):
    done = []
    write, sync = disk.write, disk.sync
    disk.write = lambda handle, data: done.append("write") or write(handle, data)
    disk.sync = lambda handle: done.append("sync") or sync(handle)
    append(PATH, [statement(f"e{number}", 40) for number in range(50)], disk=disk)
    assert done == ["write", "sync"]


def test_the_first_append_keeps_the_name_of_the_log_too(disk):
    disk.files[PATH].named = False
    append(PATH, [statement("a", 40)], disk=disk)
    assert disk.files[PATH].named


def test_what_was_made_is_there_with_its_name(disk):
    storage.create(Path("/log/new"), b"text", disk)
    disk.restart(PowerCut())
    assert disk.files[Path("/log/new")].seen == b"text"


@pytest.mark.parametrize("data", [b"", b"text"], ids=["empty", "text"])
def test_what_could_not_be_made_is_not_left(disk, data):
    disk.fail = 1.0
    with pytest.raises(TimelineError):
        storage.create(Path("/log/new"), data, disk)
    assert Path("/log/new") not in disk.files


# A log that is kept open --------------------------------------------------------------------------


def test_a_kept_log_reads_only_what_is_new(disk):
    """What was read once is not read again, whoever appended it."""
    writer, offsets = Writer(PATH, disk=disk), []
    lines = disk.lines
    disk.lines = lambda handle, offset: offsets.append(offset) or lines(handle, offset)
    for number in range(3):
        writer.append([statement(f"own-{number}", 40)])
        append(PATH, [statement(f"other-{number}", 40)], disk=disk)
    mine = [offset for offset in offsets if offset]
    assert mine
    assert min(mine) > 0
    assert len(reading.read(PATH, disk).events) == 6
    assert writer.append([statement("own-0", 40)]).written == ()


CHANGES = {
    "another file in its place": lambda disk, one: disk.files.update(
        {PATH: type(one)(99, one.seen.replace(b"other", b"OTHER"), named=True)}
    ),
    "shorter": lambda disk, one: setattr(one, "seen", one.seen[: one.seen.index(b"\n") + 1]),
    "altered at the end": lambda disk, one: setattr(
        one, "seen", one.seen.replace(b'"b"', b'"c"') + one.seen.splitlines(keepends=True)[0]
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_kept_log_that_was_changed_is_read_anew(disk, change):
    """A writer knows what stands in the log, not what stood there."""
    writer = Writer(PATH, disk=disk)
    writer.append([statement("a", 40)])
    writer.append([statement("b", 40)])
    writer.append([])
    CHANGES[change](disk, disk.files[PATH])
    disk.files[PATH].changes += 1
    fresh = {event.id for event in reading.read(PATH, disk).events}
    receipt = writer.append([statement("b", 40)])
    assert {one.id for one in receipt.written} == {"b"} - fresh
    assert "b" in {event.id for event in reading.read(PATH, disk).events}


def test_a_kept_log_goes_on_after_a_failure(disk):
    """What failed is read, repaired and completed by the same writer."""
    writer = Writer(PATH, disk=disk)
    writer.append([statement("a", 40)])
    disk.room = len(seen(disk)) + 50
    with pytest.raises(TimelineError):
        writer.append([statement("b", 400)])
    disk.room = None
    assert writer.append([statement("b", 400)]).repaired
    assert writer.append([statement("c", 40)]).repaired is None
    assert [event.id for event in reading.read(PATH, disk).events] == ["a", "b", "c"]


def test_a_kept_log_that_is_damaged_stops_its_writer(disk):
    writer = Writer(PATH, disk=disk)
    writer.append([statement("a", 40)])
    disk.files[PATH].seen += b"<<<<<<<\n" + CODEC.encode(statement("b", 40)) + b"\n"
    for _ in range(2):
        with pytest.raises(InvalidLog, match=r"events\.jsonl:2: not JSON"):
            writer.append([statement("c", 40)])
