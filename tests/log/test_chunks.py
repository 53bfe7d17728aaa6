"""Logs in parts, and several processes: the same events as the plain way of reading, and the same results as one process."""

import os
import pickle
import signal
import time
from functools import partial
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import logs

from projections import CONTROL, PROJECTIONS
from timeline.errors import InvalidLog, Problem, TimelineError, UsageError
from timeline.index import processes
from timeline.log import chunks as bulk
from timeline.log import reader as log
from timeline.log.chunks import Unusual
from timeline.log.codec import CODEC


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("bulk")


def written(folder: Path, data: bytes) -> Path:
    path = folder / "events.jsonl"
    path.write_bytes(data)
    return path


def text_of(events) -> bytes:
    return b"".join(CODEC.encode(event) + b"\n" for event in events)


# Parts --------------------------------------------------------------------------------------------


@given(events=logs(), step=st.integers(1, 2000))
def test_the_parts_of_a_log_hold_its_events_in_order(folder, events, step):
    plain = [evolve(event, outlet=None) for event in events]
    path = written(folder, text_of(plain))
    together = bulk.parts(path, step=step)
    assert [part.begin for part in together] == [0, *(part.end for part in together)][
        : len(together)
    ]
    found = [pair for part in together for pair in bulk.decoded(part)]
    assert [event for _, event in found] == list(log.read(path).events)
    assert [path.read_bytes()[offset:].partition(b"\n")[0] for offset, _ in found] == [
        CODEC.encode(event) for event in plain
    ]


@given(
    events=logs(), cut=st.integers(0, 10_000), byte=st.binary(max_size=2), step=st.integers(1, 2000)
)
@example(events=(), cut=0, byte=b"\n", step=1)
def test_what_is_read_in_parts_is_what_the_plain_reader_finds(folder, events, cut, byte, step):
    """A log that was damaged anywhere is either read alike, or left to the plain way of reading."""
    data = text_of(events)
    at = cut % (len(data) + 1)
    path = written(folder, data[:at] + byte + data[at + len(byte) :])
    try:
        found = [event for part in bulk.parts(path, step=step) for _, event in bulk.decoded(part)]
    except Unusual:
        return
    read = log.read(path)
    assert read.torn is None
    assert found == list(read.events)


@given(events=logs(min_size=1), count=st.integers(1, 9), step=st.integers(1, 500))
def test_parts_joined_are_the_same_log(folder, events, count, step):
    path = written(folder, text_of(events))
    joined = bulk.divided(bulk.parts(path, step=step), count)
    assert len(joined) <= count
    assert b"".join(line for part in joined for line in bulk.lines(part)) == path.read_bytes()


def test_nothing_was_added(folder):
    path = written(folder, b"")
    assert bulk.parts(path) == []
    assert bulk.divided([], 4) == []


def test_a_tail_is_read_from_where_the_last_reading_ended(folder):
    path = written(folder, b"a\nbb\nccc\n")
    assert [(part.begin, part.end) for part in bulk.parts(path, since=2, step=1)] == [
        (2, 5),
        (5, 9),
    ]
    assert bulk.parts(path, since=9) == []


def test_an_unfinished_line_is_left_to_the_plain_reader(folder):
    with pytest.raises(Unusual):
        bulk.parts(written(folder, b"a\nb"))


def test_a_log_that_became_shorter_or_another_is_noticed(folder):
    path = written(folder, b"a\nb\n")
    (part,) = bulk.parts(path)
    path.write_bytes(b"a\n")
    with pytest.raises(Unusual):
        list(bulk.lines(part))
    other = folder / "other"
    other.write_bytes(b"a\nb\n")
    other.replace(path)
    with pytest.raises(Unusual):
        list(bulk.lines(part))


# Processes ----------------------------------------------------------------------------------------


def test_results_come_in_the_order_of_the_parts():
    assert list(processes.mapped(partial(pow, 3), range(20), processes=3)) == [
        3**n for n in range(20)
    ]


def test_nothing_to_do_and_one_to_do_start_no_process(monkeypatch):
    monkeypatch.setattr(processes, "_start", None)
    assert list(processes.mapped(partial(pow, 3), [], processes=3)) == []
    assert list(processes.mapped(partial(pow, 3), [2], processes=3)) == [9]
    assert list(processes.mapped(partial(pow, 3), [2, 3], processes=1)) == [9, 27]


def test_what_has_no_name_is_done_here():
    assert list(processes.mapped(lambda n: (n, os.getpid()), [1, 2], processes=2)) == [
        (1, os.getpid()),
        (2, os.getpid()),
    ]
    nameless = evolve(CONTROL, name="mine")
    assert list(processes.mapped(partial(first, (nameless,)), [1, 2], processes=2)) == [
        nameless,
        nameless,
    ]


def first(them, _):
    return them[0]


def test_a_projection_goes_by_its_name():
    assert [
        pickle.loads(processes._pickled(partial(first, (one,)))).args[0][0] for one in PROJECTIONS
    ] == list(PROJECTIONS)  # noqa: S301


@pytest.mark.parametrize(
    "error",
    [
        InvalidLog(Problem("this", "that", where="here")),
        UsageError([Problem("a"), Problem("b")]),
        Unusual(),
    ],
)
def test_what_a_part_raises_is_raised_here(error):
    results = processes.mapped(partial(fail, error), [1, 2], processes=2)
    with pytest.raises(type(error)) as caught:
        list(results)
    assert getattr(caught.value, "problems", None) == getattr(error, "problems", None)


def fail(error, _):
    raise error


def test_a_process_that_is_killed_is_told_of():
    with pytest.raises(TimelineError, match="ended with code -9"):
        list(processes.mapped(killed, [1, 2], processes=2))


def killed(_):
    os.kill(os.getpid(), signal.SIGKILL)


def test_results_that_nobody_takes_leave_no_process(monkeypatch):
    started = []
    start = processes._start
    monkeypatch.setattr(
        processes, "_start", lambda orders: started.append(start(orders)) or started[-1]
    )
    results = processes.mapped(partial(pow, 3), range(9), processes=2)
    assert next(results) == 1
    results.close()
    assert [worker.returncode is not None for worker in started] == [True, True]


# A crew -------------------------------------------------------------------------------------------


def test_a_crew_does_one_task_after_the_other():
    """Every part is done once, by this process and by others, whatever the task before was."""
    with processes.crew(3) as crew:
        for base in (3, 5):
            assert sorted(crew.shared(partial(pow, base), range(20))) == [
                (n, base**n) for n in range(20)
            ]
        who = dict(crew.shared(partial(worker, 0.02), range(30)))
        assert os.getpid() in who.values()
        assert len(set(who.values())) > 1
        assert list(crew.shared(partial(pow, 2), [])) == []
        assert list(crew.shared(lambda n: os.getpid(), [1, 2])) == [
            (0, os.getpid()),
            (1, os.getpid()),
        ]


def worker(seconds, _):
    time.sleep(seconds)
    return os.getpid()


def test_as_many_parts_as_processes_are_one_for_each():
    with processes.crew(2) as crew:
        assert len({who for _, who in crew.shared(partial(worker, 0), [1, 2])}) == 2


def test_what_a_crew_raises_is_raised_here_and_no_process_is_left(monkeypatch):
    started, begin = [], processes._begin
    monkeypatch.setattr(processes, "_begin", lambda: started.append(begin()) or started[-1])
    with pytest.raises(Unusual), processes.crew(2) as crew:
        list(crew.shared(partial(elsewhere, os.getpid()), range(9)))
    assert [one.returncode is not None for one in started] == [True]


def elsewhere(here, number):
    if os.getpid() != here:
        raise Unusual
    return number


def test_a_crew_of_one_starts_no_process(monkeypatch):
    monkeypatch.setattr(processes, "_begin", None)
    with processes.crew(1) as crew:
        assert list(crew.shared(partial(pow, 3), [2, 3])) == [(0, 9), (1, 27)]


def test_where_pipes_cannot_be_watched_they_are_waited_for(monkeypatch):
    def refuse(*_):
        raise ValueError("filedescriptor out of range in select()")

    monkeypatch.setattr(processes.select, "select", refuse)
    with processes.crew(2) as crew:
        assert sorted(crew.shared(partial(pow, 3), range(9))) == [(n, 3**n) for n in range(9)]
