"""The events of a log are the same, and have the same numbers, read at once or one by one."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import CITY, logs

from timeline.domain.events import Event
from timeline.log import reader
from timeline.log.codec import CODEC
from timeline.log.load import EventFile, admitted_events, streamed


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    """A file for a log; every example writes it anew."""
    return tmp_path_factory.mktemp("load") / "events.jsonl"


def line_of(event: Event) -> bytes:
    return CODEC.encode(event) + b"\n"


@given(log=logs(max_size=12))
def test_a_log_is_the_same_whole_and_streamed(path, log):
    path.write_bytes(b"".join(map(line_of, log)))
    whole = list(admitted_events(reader.read(path), CITY))
    assert [timed.number for timed in whole] == list(range(1, len(log) + 1))
    assert [stored.timed for stored, _ in streamed(path, CITY)] == whole


@given(log=logs(max_size=12), data=st.data())
def test_the_rest_of_a_log_is_numbered_on(path, log, data):
    path.write_bytes(b"".join(map(line_of, log)))
    before = data.draw(st.integers(0, len(log)))
    size = sum(len(line_of(event)) for event in log[:before])
    rest = [stored.timed for stored, _ in streamed(path, CITY, since=size, before=before)]
    assert rest == list(admitted_events(reader.read(path), CITY))[before:]


@given(log=logs(max_size=12))
def test_an_event_that_is_read_anew_is_the_same(path, log):
    path.write_bytes(b"".join(map(line_of, log)))
    with EventFile(path, CITY) as file:
        for stored, _ in streamed(path, CITY):
            assert file.read(stored.timed.number, stored.begin, None) == stored.timed


@given(log=logs(min_size=1, max_size=6), data=st.data())
def test_copies_of_a_line_keep_the_number_of_the_first(path, log, data):
    copies = data.draw(st.lists(st.sampled_from(log), max_size=3))
    path.write_bytes(b"".join(map(line_of, [*log, *copies])))
    numbers = {timed.event.id: timed.number for timed in admitted_events(reader.read(path), CITY)}
    assert numbers == {event.id: number for number, event in enumerate(log, 1)}
