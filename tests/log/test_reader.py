"""The log is read in order, names damage by line, and grows by whole batches only."""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Thread

import pytest
from attrs import evolve
from effort import times
from hypothesis import given
from hypothesis import strategies as st
from strategies import logs

from timeline.domain.events import EVENT_TYPES, Event
from timeline.domain.notation import is_slug
from timeline.errors import InvalidEvent, InvalidLog, TimelineError
from timeline.log.codec import CODEC
from timeline.log.ids import new_id
from timeline.log.reader import check, read
from timeline.log.rules import reference_problems, retractions
from timeline.log.writer import append, in_order
from timeline.temporal.dates import Moment

HEAD = {"v": 1, "occurred": "2016-11-28", "reported": "2016-11-28", "source": "sohr"}
OWN = {
    "control_change": {"place": "sakhour", "actor": "government"},
    "statement": {"stance": "comment", "topic": "t", "summary": "Says so."},
    "retraction": {"target": "a", "reason": "An error."},
}


def event(id, event_type="control_change", **fields) -> Event:
    return CODEC.structure(HEAD | {"id": id, "type": event_type} | OWN[event_type] | fields)


def retraction(id, target, **fields) -> Event:
    return event(id, "retraction", target=target, **fields)


def lines(*events: Event) -> bytes:
    return b"".join(CODEC.encode(one) + b"\n" for one in events)


def ids(events) -> list[str]:
    return [one.id for one in events]


@pytest.fixture
def path(tmp_path) -> Path:
    """A log that holds nothing yet."""
    file = tmp_path / "events.jsonl"
    file.write_bytes(b"")
    return file


# Reading ------------------------------------------------------------------------------------------


def test_events_come_in_the_order_of_their_lines(path):
    path.write_bytes(lines(event("b"), event("a"), event("c")))
    log = read(path)
    assert ids(log.events) == ["b", "a", "c"]
    assert log.lines == {"b": 1, "a": 2, "c": 3}
    assert log.where(log.events[1]) == f"{path}:2"
    assert log.torn is None


def test_the_digest_is_that_of_the_bytes(path):
    path.write_bytes(lines(event("a")) + b'{"torn')
    assert read(path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_an_empty_log_holds_nothing(path):
    log = read(path)
    assert (log.events, log.lines, log.torn) == ((), {}, None)
    assert log.sha256 == hashlib.sha256(b"").hexdigest()


@pytest.mark.parametrize(
    "use", [read, check, lambda path: append(path, [event("a")])], ids=["read", "check", "append"]
)
def test_a_missing_log_is_reported_and_not_made(tmp_path, use):
    with pytest.raises(
        TimelineError,
        match=r"no log .*none\.jsonl "
        r"\(name one with --log, or make one with `timeline init FOLDER`\)",
    ):
        use(tmp_path / "none.jsonl")
    assert not [*tmp_path.iterdir()]


def test_a_folder_is_no_log(tmp_path):
    with pytest.raises(TimelineError):
        read(tmp_path)


def test_lines_of_any_hand_are_read(path):
    """Spaces and the order of keys are free, for a log may be written by hand."""
    spaced = json.dumps(
        dict(reversed(CODEC.unstructure(event("b")).items())),
        indent=None,
        separators=(" , ", " : "),
    ).encode()
    path.write_bytes(lines(event("a")) + spaced + b"\n" + CODEC.encode(event("c")) + b" \n")
    assert read(path).events == (event("a"), event("b"), event("c"))


RECORDED = [
    None,
    "2026-01-03T00:00:00Z",
    "2026-01-02T00:00:00Z",
    "2026-01-02T00:00:00+02:00",
    "2026-01-04T00:00:00Z",
]


def test_copies_collapse_to_the_earliest_recorded(path):
    copies = [event("a", **({"recorded": recorded} if recorded else {})) for recorded in RECORDED]
    path.write_bytes(lines(copies[0], event("b"), *copies[1:], copies[0]))
    log = read(path)
    assert [(one.id, one.recorded) for one in log.events] == [
        ("a", Moment("2026-01-02T00:00:00+02:00")),
        ("b", None),
    ]
    assert log.lines == {"a": 1, "b": 2}


@times(2)
@given(st.permutations(RECORDED[1:]))
def test_the_order_of_copies_does_not_matter(tmp_path_factory, order):
    path = tmp_path_factory.mktemp("log") / "events.jsonl"
    path.write_bytes(lines(*(event("a", recorded=recorded) for recorded in order)))
    assert [one.recorded for one in read(path).events] == [Moment("2026-01-02T00:00:00+02:00")]


@pytest.mark.parametrize(
    "other",
    [
        event("a", note="x"),
        event("a", reported="2016-11-29"),
        event("a", "statement"),
        event("a", occurred="2016-11-28?"),
    ],
    ids=["note", "reported", "type", "flag"],
)
def test_one_id_with_two_contents_is_refused_with_both_places(path, other):
    path.write_bytes(lines(event("a"), event("b"), other))
    with pytest.raises(InvalidLog) as refused:
        read(path)
    assert str(refused.value).startswith(
        f"{path}:3: $.id: the id a stands on line 1 too, with other content"
    )
    assert refused.value.exit_code == 3


DAMAGE = {
    "an empty line": (b"\n", "an empty line; expected one JSON object (remove the line)"),
    "a blank line": (b"  \n", "an empty line"),
    "no JSON": (b"<html>\n", "not JSON at character 1"),
    "a merge conflict": (b"<<<<<<< HEAD\n", "not JSON at character 1"),
    "not UTF-8 in a text": (
        lines(event("x", note="Sakhour")).replace(b"Sakhour", b"Sakhou\xff"),
        "is not UTF-8",
    ),
    "not UTF-8 in a choice": (lines(event("x")).replace(b'"held"', b'"hel\xff"'), "is not UTF-8"),
    "not UTF-8 in a key": (lines(event("x")).replace(b'"ground"', b'"groun\xff"'), "is not UTF-8"),
    "a carriage return": (lines(event("x")).replace(b"\n", b"\r\n"), "a carriage return at byte"),
    "NUL": (b"\0\0\0\n", "a NUL byte at byte 1"),
    "a BOM": (b"\xef\xbb\xbf" + lines(event("x")), "a byte order mark"),
    "a misspelt key": (
        lines(event("x")).replace(b'"ground":"held"', b'"grond":"contested"'),
        'unknown field "grond"',
    ),
    "a repeated key": (
        lines(event("x")).replace(b'"ground":"held"', b'"place":"shaar"'),
        'the key "place" stands twice',
    ),
    "an unknown type": (
        lines(event("x")).replace(b"control_change", b"control_chance"),
        "unknown type",
    ),
    "two events": (lines(event("x")).replace(b"\n", b"") + lines(event("y")), "extra data"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_line_is_refused_with_its_number(path, name):
    damaged, phrase = DAMAGE[name]
    path.write_bytes(lines(event("a"), event("b")) + damaged + lines(event("c")))
    with pytest.raises(InvalidLog) as refused:
        read(path)
    assert str(refused.value).startswith(f"{path}:3: ")
    assert phrase in str(refused.value)


def test_a_check_lists_every_problem_and_keeps_what_can_be_read(path):
    wrong = (
        lines(event("x")).replace(b'"held"', b'"hold"').replace(b'"2016-11-28"', b'"2016-13"', 1)
    )
    path.write_bytes(lines(event("a")) + wrong + b"\n" + lines(event("b"), event("a", note="x")))
    log, problems = check(path)
    assert ids(log.events) == ["a", "b"]
    assert log.lines == {"a": 1, "b": 4}
    assert [(problem.where, problem.path) for problem in problems] == [
        (f"{path}:2", "$.occurred"),
        (f"{path}:2", "$.ground"),
        (f"{path}:3", ""),
        (f"{path}:5", "$.id"),
    ]


@pytest.mark.parametrize(
    "tail",
    [b"{", b"\0\0\0", b'{"id":"b","type":"contr', b"\xff", CODEC.encode(event("b"))],
    ids=repr,
)
def test_a_torn_tail_is_left_out_and_reported(path, tail):
    """Readers leave out even a whole event that lacks its newline, as it may be unfinished."""
    path.write_bytes(lines(event("a")) + tail)
    log = read(path)
    assert ids(log.events) == ["a"]
    assert str(log.torn) == f"{path}:2: an unfinished last line of {len(tail)} bytes is left out"


def test_a_log_that_is_nothing_but_a_torn_tail_holds_nothing(path):
    path.write_bytes(b'{"id"')
    assert read(path).events == ()
    assert str(read(path).torn).startswith(f"{path}:1: an unfinished last line of 5 bytes")


@times(2)
@given(logs(max_size=8), st.data())
def test_a_log_cut_off_anywhere_is_a_prefix(tmp_path_factory, log, data):
    """Wherever a write broke off, what was finished before it is read, and nothing else."""
    path = tmp_path_factory.mktemp("log") / "events.jsonl"
    whole = lines(*log)
    kept = whole[: data.draw(st.integers(0, len(whole)))]
    path.write_bytes(kept)
    assert read(path).events == log[: kept.count(b"\n")]
    assert (read(path).torn is None) == (not kept or kept.endswith(b"\n"))


# Appending ----------------------------------------------------------------------------------------


def now() -> datetime:
    return datetime.now(UTC)


def test_what_is_appended_is_stamped_and_read_again(path):
    before = now()
    receipt = append(path, [event("a"), event("b")])
    [first, second] = read(path).events
    assert receipt.written == (first, second)
    assert receipt.present == ()
    assert evolve(first, recorded=None) == event("a")
    assert first.recorded == second.recorded
    assert before.replace(microsecond=0) <= first.recorded.instant(UTC) <= now()
    assert path.read_bytes() == lines(first, second)


def test_appending_leaves_what_stood_there(path):
    append(path, [event("a")])
    stood = path.read_bytes()
    append(path, [event("b")])
    assert path.read_bytes().startswith(stood)


def test_records_never_go_back(path):
    """A clock that was set back does not: what is appended later was recorded no earlier."""
    tomorrow = (now() + timedelta(days=1)).replace(microsecond=0).isoformat()
    path.write_bytes(
        lines(event("a", recorded=tomorrow), event("b", recorded="2020-01-01T00:00:00Z"))
    )
    [written] = append(path, [event("c")]).written
    assert written.recorded.instant(UTC) == datetime.fromisoformat(tomorrow)
    append(path, [event("d")])
    recorded = [one.recorded.instant(UTC) for one in read(path).events]
    assert all(a <= b for a, b in pairwise(recorded[2:]))


def test_the_same_content_again_is_no_change(path):
    append(path, [event("a"), event("b")])
    stood = path.read_bytes()
    held = read(path).events
    receipt = append(path, [event("a"), held[1]])
    assert receipt.written == ()
    assert receipt.present == held
    assert path.read_bytes() == stood


def test_only_what_is_new_of_a_batch_is_written(path):
    append(path, [event("a")])
    receipt = append(path, [event("b"), event("a"), event("b")])
    assert (ids(receipt.written), ids(receipt.present)) == (["b"], ["a"])
    assert ids(read(path).events) == ["a", "b"]


def test_nothing_appended_is_nothing_written(path):
    path.write_bytes(lines(event("a")))
    assert append(path, []).written == ()
    assert path.read_bytes() == lines(event("a"))


def test_a_dry_run_says_what_it_would_do_and_does_nothing(path):
    receipt = append(path, [event("a")], dry_run=True)
    assert ids(receipt.written) == ["a"]
    assert path.read_bytes() == b""
    with pytest.raises(InvalidEvent):
        append(path, [event("b", supersedes="nobody")], dry_run=True)


def test_a_batch_may_refer_to_itself(path):
    """Events stand after those they refer to, so that a beginning of the batch can be read."""
    batch = [
        event("s", "statement", stance="agree", about=["a"]),
        event("b", supersedes="a"),
        event("a"),
        event("c"),
    ]
    assert ids(append(path, batch).written) == ["a", "s", "b", "c"]


@given(
    st.dictionaries(
        st.integers(0, 9), st.lists(st.integers(0, 9), min_size=1, max_size=3), max_size=10
    )
)
def test_what_is_referred_to_is_written_first(graph):
    """Each event is written once, and after those it speaks of unless they form a circle."""
    batch = [
        event(f"e{one}", "statement", stance="agree", about=[f"e{about}" for about in abouts])
        for one, abouts in graph.items()
    ]
    ordered = in_order(batch)
    assert sorted(ids(ordered)) == sorted(ids(batch))
    if all(about < one for one, abouts in graph.items() for about in abouts):
        assert all(
            about not in ids(ordered[place:])
            for place, one in enumerate(ordered)
            for about in one.about
        )


HELD = (event("a"), event("b"), retraction("r", "b"), event("s", "statement"))

REFUSED = {
    "a dangling target": (
        [retraction("x", "nobody")],
        ["x: $.target: no event nobody; expected the id of an event of this log"],
    ),
    "a dangling subject": (
        [event("x", "statement", stance="agree", about=["a", "nobody"])],
        ["x: $.about[1]: no event nobody"],
    ),
    "a dangling supersession": (
        [event("x", supersedes="nobody")],
        ["x: $.supersedes: no event nobody"],
    ),
    "a second retraction": (
        [retraction("x", "b")],
        ["x: $.target: b was retracted already, by r; expected an event that stands"],
    ),
    "two retractions in one batch": (
        [retraction("x", "a"), retraction("y", "a")],
        ["y: $.target: a was retracted already, by x"],
    ),
    "a retraction of a retraction": (
        [retraction("x", "r")],
        [
            "x: $.target: r is a retraction, which is final; "
            "expected another event (assert again what was retracted in error)"
        ],
    ),
    "a retraction of itself": (
        [retraction("x", "x")],
        ["x: $.target: x is a retraction, which is final"],
    ),
    "superseding a retraction": (
        [event("x", supersedes="r")],
        ["x: $.supersedes: r is a retraction, which is final"],
    ),
    "superseding what was retracted": (
        [event("x", supersedes="b")],
        ["x: $.supersedes: b was retracted already, by r"],
    ),
    "a statement superseding what was retracted": (
        [event("x", "statement", supersedes="b", stance="agree", about=["b"])],
        ["x: $.supersedes: b was retracted already, by r"],
    ),
    "a record of the user's own": (
        [event("x", recorded="2016-11-28T18:00:00Z")],
        ["x: $.recorded: recorded 2016-11-28T18:00:00Z; expected no such field: the log sets it"],
    ),
    "an id with other content": (
        [event("a", note="x")],
        ["a: $.id: the id a stands in the log too, with other content"],
    ),
    "one id twice in a batch": (
        [event("x"), event("x", note="x")],
        ["x: $.id: the id x stands in this batch too, with other content"],
    ),
    "several faults": (
        [
            event("x", supersedes="nobody"),
            retraction("y", "b"),
            event("a", note="x"),
            event("z", recorded="2016-11-28T18:00:00Z"),
        ],
        [
            "x: $.supersedes: no event nobody",
            "y: $.target: b was retracted already",
            "a: $.id: the id a stands",
            "z: $.recorded: ",
        ],
    ),
    "an empty text": ([evolve(event("x"), note="")], ["$.note: "]),
    "a blank text": ([evolve(event("x"), note=" \n")], ["$.note: "]),
    "a NUL in a text": ([evolve(event("x"), note="a\0b")], ["$.note: a NUL character"]),
    "half of a character": ([evolve(event("x"), note="\ud800")], [""]),
    "a line that is too long": (
        [evolve(event("x"), note="x" * (1 << 20))],
        ["expected at most 1048576"],
    ),
    "a number for a text": ([evolve(event("x"), note=3)], ["$.note: 3; expected a text"]),
    "an unknown word": ([evolve(event("x"), ground="hold")], ["$.ground: "]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_batch_with_any_fault_leaves_the_file_as_it_was(path, name):
    """A batch with a fault writes nothing, not even its good events."""
    batch, phrases = REFUSED[name]
    path.write_bytes(lines(*HELD))
    with pytest.raises(InvalidEvent) as refused:
        append(path, [event("good"), *batch])
    assert path.read_bytes() == lines(*HELD)
    for phrase in phrases:
        assert phrase in str(refused.value)
    assert len(refused.value.problems) == len(phrases)


@pytest.mark.parametrize(
    "one",
    [
        retraction("x", "a"),
        retraction("x", "s"),
        event("x", supersedes="a"),
        event("x", "statement", stance="disagree", about=["b", "r", "s"]),
    ],
    ids=[
        "retract",
        "retract a statement",
        "supersede",
        "speak of what was retracted, and of a retraction",
    ],
)
def test_what_may_be_said_of_other_events(path, one):
    path.write_bytes(lines(*HELD))
    append(path, [one])
    assert ids(read(path).events)[-1] == "x"


def test_what_was_replaced_may_be_retracted(path):
    """A replaced event may be retracted later, and the log can still be read and appended to."""
    append(path, [event("a")])
    append(path, [event("b", supersedes="a")])
    append(path, [retraction("r", "a")])
    append(path, [event("c")])
    log = read(path)
    assert ids(log.events) == ["a", "b", "r", "c"]
    assert not [*reference_problems(log.events, {one.id: one for one in log.events})]


def test_copies_of_a_log_that_were_merged_may_retract_one_event_twice(path):
    path.write_bytes(lines(event("a"), retraction("r", "a"), retraction("q", "a")))
    log = read(path)
    assert retractions(log.events) == {"a": ["r", "q"]}
    append(path, [event("c")])


def test_nothing_is_appended_to_a_damaged_log(path):
    path.write_bytes(lines(event("a")) + b"\n")
    with pytest.raises(InvalidLog, match="an empty line"):
        append(path, [event("c")])
    assert path.read_bytes() == lines(event("a")) + b"\n"


@times(2)
@given(logs(max_size=10), st.integers(1, 4))
def test_a_log_appended_in_batches_reads_as_it_was_meant(tmp_path_factory, log, size):
    path = tmp_path_factory.mktemp("log") / "events.jsonl"
    path.write_bytes(b"")
    fresh = [evolve(one, recorded=None) for one in log]
    append(path, fresh)
    for begin in range(0, len(fresh), size):
        assert append(path, fresh[begin : begin + size]).written == ()
    assert {one.id: evolve(one, recorded=None) for one in read(path).events} == {
        one.id: one for one in fresh
    }
    assert check(path)[1] == []


WRITER = """
import sys
from pathlib import Path
from timeline.log.writer import append
from timeline.log.codec import CODEC
path, name = Path(sys.argv[1]), sys.argv[2]
fields = {"type": "statement", "v": 1, "occurred": "2016", "reported": "2016", "source": name}
fields |= {"stance": "comment", "topic": "t"}
print("ready", flush=True)
sys.stdin.readline()
for number in range(20):
    append(path, [CODEC.structure(fields | {"id": f"{name}-{number}", "summary": "x" * 5000})])
"""


def test_writers_at_once_lose_and_mix_nothing(path):
    """Two processes begin together, and append twenty events each."""
    root = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": str(root)}
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, path, name],
            stdin=-1,
            stdout=-1,
            env=environment,
            text=True,
        )
        for name in ("first", "second")
    ]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    log = read(path)
    assert log.torn is None
    for name in ("first", "second"):
        assert [one.id for one in log.events if one.source == name] == [
            f"{name}-{number}" for number in range(20)
        ]
    assert len(log.events) == 40
    assert all(a.recorded.instant(UTC) <= b.recorded.instant(UTC) for a, b in pairwise(log.events))


def test_a_writer_waits_for_another_to_finish(path):
    """What one writer checks, no other can change before it has written."""
    with path.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        writer = Thread(target=append, args=(path, [event("a")]))
        writer.start()
        writer.join(0.3)
        assert writer.is_alive()
        assert path.read_bytes() == b""
    writer.join(30)
    assert ids(read(path).events) == ["a"]


@pytest.mark.parametrize("kind", EVENT_TYPES, ids=lambda kind: kind.type)
def test_a_new_id_is_a_slug_that_nobody_else_has(kind):
    made = {new_id(kind) for _ in range(100)}
    assert len(made) == 100
    assert all(is_slug(id) and id.startswith(kind.type.replace("_", "-")) for id in made)
