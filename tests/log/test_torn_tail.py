"""A log torn at any byte stays readable, and the next writer records the tear without loss."""

# seeds, not secrets

import hashlib
from pathlib import Path
from random import Random

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from simulated import Contents, SimulatedDisk

from timeline.domain.events import Event, LogRepaired
from timeline.errors import InvalidEvent, InvalidLog
from timeline.log.codec import CODEC, RECORDS
from timeline.log.reader import CANCEL, check, read
from timeline.log.writer import append
from timeline.temporal.dates import Moment

PATH = Path("/log/events.jsonl")
HEAD = {
    "v": 1,
    "occurred": "2016-11-28",
    "reported": "2016-11-28",
    "source": "sohr",
    "recorded": "2020-01-01T00:00:00Z",
}
CLAIM = {"type": "control_change", "place": "sakhour", "actor": "government"}


def claim(id: str, **fields) -> Event:
    return CODEC.structure(HEAD | {"id": id} | CLAIM | fields)


EVENTS = (
    claim("a"),
    claim("b", note="الصاخور"),
    claim("c", note='"so": it\n'),
    CODEC.structure(
        HEAD
        | {
            "id": "d",
            "type": "statement",
            "stance": "disagree",
            "about": ["b"],
            "topic": "t",
            "summary": "Denied.",
        }
    ),
    CODEC.structure(HEAD | {"id": "e", "type": "retraction", "target": "a", "reason": "An error."}),
)
WHOLE = b"".join(CODEC.encode(one) + b"\n" for one in EVENTS)
LAST_THREE = len(b"".join(CODEC.encode(one) + b"\n" for one in EVENTS[:2]))
NEXT = evolve(claim("next"), recorded=None)


def disk_with(data: bytes) -> SimulatedDisk:
    return SimulatedDisk(Random(0), files={PATH: Contents(1, data, data, named=True)})


def bytes_of(disk: SimulatedDisk) -> bytes:
    return disk.files[PATH].seen


def stale(offset: int, length: int) -> bytes:
    """Return bytes that may have lain there before, where no person's line ends the file."""
    data = Random(offset).randbytes(length)
    return data[:-1] + b"\xff" if length else data


FILLERS = {
    "cut": lambda offset, missing: b"",
    "NULs": lambda offset, missing: bytes(missing),
    "half NULs": lambda offset, missing: (
        WHOLE[offset : offset + missing // 2] + bytes(missing - missing // 2)
    ),
    "NULs and newlines": lambda offset, missing: (
        bytes(missing // 2 + 1) + b"\n" + bytes(missing // 3) + b"\n" if missing else b""
    ),
    "stale bytes": stale,
    "stale lines": lambda offset, missing: WHOLE[:missing].removesuffix(b"\n"),
    "stale lines and NULs": lambda offset, missing: WHOLE[: missing // 2] + bytes(missing),
}


def earlier(data: bytes) -> tuple[Event, ...]:
    """Return the events whose whole lines are the beginning of some bytes."""
    events = []
    for event in EVENTS:
        line = CODEC.encode(event) + b"\n"
        if not data.startswith(line):
            break
        events.append(event)
        data = data[len(line) :]
    return tuple(events)


def hold(data: bytes, events: tuple[Event, ...]) -> None:
    """Hold what is promised of a log whose end is torn: its events are read, and it goes on."""
    disk = disk_with(data)
    torn = read(PATH, disk)
    assert torn.events == events
    assert data.endswith(torn.tail)
    assert bool(torn.torn) == bool(torn.tail)
    assert bytes_of(disk) == data
    receipt = append(PATH, [NEXT], disk=disk)
    grown = bytes_of(disk)
    assert grown.startswith(data)
    if torn.tail:
        repair = receipt.repaired
        assert (repair.offset, repair.length) == (len(data) - len(torn.tail), len(torn.tail))
        assert repair.sha256 == hashlib.sha256(torn.tail).hexdigest()
        assert RECORDS.encode(repair) in grown.split(b"\n")
    assert append(PATH, [evolve(claim("last"), recorded=None)], disk=disk).repaired is None
    log, problems = check(PATH, disk)
    assert ([one.id for one in log.events], log.torn, log.strays, problems) == (
        [*(one.id for one in events), "next", "last"],
        None,
        (),
        [],
    )
    assert log.repairs == ((receipt.repaired,) if torn.tail else ())
    assert read(PATH, disk) == log


def offsets(step: int) -> list[int]:
    """Return where the log is torn: every so many bytes, and around the end of each line."""
    every = range(LAST_THREE, len(WHOLE) + 1)
    ends = [offset for offset in every if b"\n" in WHOLE[offset - 1 : offset + 1]]
    return sorted({*ends, *every[::step]})


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", FILLERS)
def test_a_log_torn_anywhere_in_its_last_three_events_goes_on(name, step):
    """The events before are read, reading changes nothing, and the log can be appended to."""
    for offset in offsets(step):
        data = WHOLE[:offset] + FILLERS[name](offset, len(WHOLE) - offset)
        try:
            hold(data, earlier(data))
        except BaseException as error:
            error.add_note(f"torn at byte {offset}")
            raise


@pytest.mark.parametrize(
    "tail",
    [b'{"id":"x","ty', CODEC.encode(EVENTS[3]), bytes(700), b"\0\n\0\n", b"\xffx\n" * 3],
    ids=repr,
)
def test_a_repair_that_is_itself_cut_off_anywhere_is_repaired(tail):
    """Whoever repairs a log may be killed at it, at any byte, and so may the next."""
    start = WHOLE[:LAST_THREE]
    disk = disk_with(start + tail)
    append(PATH, [NEXT], disk=disk)
    repaired = bytes_of(disk)
    for offset in range(len(start + tail), len(repaired)):
        disk = disk_with(repaired[:offset])
        assert [one.id for one in read(PATH, disk).events] == ["a", "b"]
        append(PATH, [NEXT], disk=disk)
        log, problems = check(PATH, disk)
        assert ([one.id for one in log.events], problems, log.torn, log.strays) == (
            ["a", "b", "next"],
            [],
            None,
            (),
        ), offset


@given(st.binary(min_size=1, max_size=60), st.booleans())
def test_any_bytes_behind_a_log_are_torn_or_damage_and_never_lost(junk, ended):
    """Readers and writers agree on any bytes at the end: both go on, or both name the line."""
    data = WHOLE + junk + (b"\n" if ended else b"")
    disk = disk_with(data)
    try:
        events = read(PATH, disk).events
    except InvalidLog as error:
        told(error, ended=junk.endswith(b"\n") or ended)
        with pytest.raises(InvalidLog):
            append(PATH, [NEXT], disk=disk)
        assert bytes_of(disk) == data
    else:
        assert events == EVENTS
        hold(data, EVENTS)


def told(error: InvalidLog, *, ended: bool) -> None:
    """Damage has a line, and ends with one."""
    assert ended
    assert str(error).startswith(f"{PATH}:")


DAMAGED = {
    "a line of text": b"hello\n",
    "an empty line": b"\n",
    "an event with a mistake": CODEC.encode(claim("x")).replace(b"held", b"hold") + b"\n",
    "an event with a mistake before an unfinished line": CODEC.encode(claim("x")).replace(
        b"held", b"hold"
    )
    + b'\n{"id":',
    "an event in another encoding": CODEC.encode(claim("x", note="ü")).replace(
        "ü".encode(), b"\xfc"
    )
    + b'\n{"id":',
    "NULs before an event": bytes(40) + b"\n" + CODEC.encode(claim("x")) + b"\n",
    "a cancelled line before an event": b'{"id"'
    + CANCEL
    + b"\n"
    + CODEC.encode(claim("x"))
    + b"\n",
    "a file of two bytes a character": WHOLE.decode().encode("utf-16"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_what_a_person_wrote_or_what_others_wrote_after_is_damage(name):
    """Damage stops every reader and writer by the number of its line, and nothing is written."""
    data = WHOLE + DAMAGED[name]
    for use in (
        read,
        lambda path, disk: append(path, [NEXT], disk=disk),
        lambda path, disk: append(path, [], disk=disk),
    ):
        disk = disk_with(data)
        with pytest.raises(InvalidLog) as refused:
            use(PATH, disk)
        assert str(refused.value).startswith(f"{PATH}:6: ")
        assert refused.value.exit_code == 3
        assert bytes_of(disk) == data


def torn_and_repaired() -> list[bytes]:
    """Return the lines of a repaired log: two events, the torn line, its repair, an event."""
    disk = disk_with(WHOLE[:LAST_THREE] + b'{"id":"torn')
    append(PATH, [NEXT], disk=disk)
    return bytes_of(disk).splitlines(keepends=True)


def test_a_torn_line_and_its_repair_may_be_moved_together():
    """A repair speaks of the bytes before it, wherever a merge moves or copies both."""
    a, b, torn, repair, following = torn_and_repaired()
    for lines in ([torn, repair, b, following, a], [a, torn, repair, following, torn, repair, b]):
        log, problems = check(PATH, disk_with(b"".join(lines)))
        assert (problems, log.strays, {one.id for one in log.events}) == (
            [],
            (),
            {"a", "b", "next"},
        )
        assert len(log.repairs) == 1


def test_a_torn_line_that_was_altered_is_damage_and_one_that_was_taken_out_is_told():
    a, b, torn, repair, following = torn_and_repaired()
    with pytest.raises(InvalidLog, match=r"events\.jsonl:3: a control|events\.jsonl:3: not JSON"):
        read(PATH, disk_with(b"".join([a, b, torn.replace(b"torn", b"born"), repair, following])))
    log, problems = check(PATH, disk_with(b"".join([a, b, repair, following])))
    assert problems == []
    assert [str(stray) for stray in log.strays] == [
        f"{PATH}:3: {log.repairs[0].id} names 11 bytes that do not stand before it "
        "(they were altered or taken out)"
    ]


def test_a_whole_event_without_its_newline_was_never_acknowledged():
    """An unfinished event stays out, and appending it again gets it acknowledged."""
    disk = disk_with(WHOLE[:-1])
    assert append(PATH, [NEXT], disk=disk).repaired
    assert [one.id for one in read(PATH, disk).events] == ["a", "b", "c", "d", "next"]
    assert append(PATH, [evolve(EVENTS[4], recorded=None)], disk=disk).written


def test_what_is_there_already_is_acknowledged_without_a_repair():
    """Nothing is written, so nothing is ended."""
    disk = disk_with(WHOLE + b'{"id"')
    assert append(PATH, [evolve(EVENTS[0], recorded=None)], disk=disk).repaired is None
    assert bytes_of(disk) == WHOLE + b'{"id"'


REPAIR = {
    "id": "r",
    "type": "log_repaired",
    "v": 1,
    "recorded": "2020-01-01T00:00:00Z",
    "offset": 0,
    "length": 1,
    "sha256": "0" * 64,
}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"id": "A B"}, "$.id"),
        ({"recorded": "2020"}, "$.recorded"),
        ({"offset": -1}, "$.length"),
        ({"length": 0}, "$.length"),
        ({"sha256": "x"}, "$.sha256"),
        ({"source": "sohr"}, "$"),
        ({"v": 2}, "$.v"),
    ],
    ids=str,
)
def test_a_record_of_a_repair_is_held_to_its_rules(change, path):
    with pytest.raises(InvalidEvent) as refused:
        RECORDS.structure(REPAIR | change)
    assert [problem.path for problem in refused.value.problems] == [path]


def test_a_record_of_a_repair_is_written_as_it_is_read():
    repair = RECORDS.structure(REPAIR)
    assert isinstance(repair, LogRepaired)
    assert repair.recorded == Moment("2020-01-01T00:00:00Z")
    assert RECORDS.unstructure(repair) == REPAIR
    assert RECORDS.decode(RECORDS.encode(repair)) == repair
    with pytest.raises(InvalidEvent, match="only the log writes it"):
        CODEC.structure(REPAIR)
