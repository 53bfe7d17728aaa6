"""The laws of lines: what is written is read back, and copies of a line change nothing."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from attrs import evolve
from effort import times
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from strategies import events, logs

from timeline.domain.events import (
    ActorId,
    ControlChange,
    Event,
    EventId,
    PlaceId,
    Retraction,
    Share,
    SourceId,
)
from timeline.errors import InvalidEvent, InvalidLog
from timeline.log import fast_decode as admitted
from timeline.log.codec import CODEC
from timeline.log.reader import read
from timeline.log.writer import append
from timeline.temporal.dates import Moment, When

MANY = times(3)
"""For laws of one event, which are quick to try."""


# 6. Encoding --------------------------------------------------------------------------------------


A_THIRD = ControlChange(
    id=EventId("a"),
    occurred=When("2016"),
    reported=Moment("2016"),
    source=SourceId("monitor"),
    place=PlaceId("hill"),
    actor=ActorId("kurdish"),
    extent=Share(low=1 / 3),
)
"""An event with a number that no few digits can write."""


@MANY
@given(event=events() | events(kinds=(Retraction,)))
@example(event=A_THIRD)
def test_decoding_an_encoded_event_gives_it_back(event):
    assert CODEC.decode(CODEC.encode(event)) == event


@MANY
@given(event=events() | events(kinds=(Retraction,)))
@example(event=A_THIRD)
def test_encoding_a_decoded_line_gives_it_back(event):
    line = CODEC.encode(event)
    assert CODEC.encode(CODEC.decode(line)) == line


@MANY
@given(event=events() | events(kinds=(Retraction,)))
def test_the_fast_decoder_agrees_or_leaves_a_line_to_the_gate(event):
    assert admitted.decode(CODEC.encode(event)) in (event, None)


@given(log=logs(max_size=6))
def test_the_fast_decoder_takes_every_line_of_plain_words(log):
    assert [admitted.decode(CODEC.encode(event)) for event in log] == list(log)


# 7. Copies ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file for a log; every example writes it anew."""
    return tmp_path_factory.mktemp("laws") / "events.jsonl"


def write(path: Path, events: Iterable[Event]) -> bytes:
    """Write a log and return its bytes."""
    path.write_bytes(b"".join(CODEC.encode(event) + b"\n" for event in events))
    return path.read_bytes()


def recorded_again(event: Event, year: int = 2020) -> Event:
    """Return a copy of an event that was recorded elsewhere, in another year."""
    return evolve(event, recorded=Moment(f"{year}-01-01T00:00:00Z"))


@given(data=st.data())
def test_copies_of_lines_change_nothing(path, data: DataObject):
    events = data.draw(logs(min_size=1))
    copies = [recorded_again(event) for event in data.draw(st.lists(st.sampled_from(events)))]
    write(path, data.draw(st.permutations([*events, *copies])))
    assert {event.id: event for event in read(path).events} == {event.id: event for event in events}


@given(data=st.data())
def test_of_copies_the_earliest_recorded_counts(path, data: DataObject):
    event = data.draw(events())
    years = data.draw(st.lists(st.integers(2018, 2024), min_size=1))
    write(path, [recorded_again(event, year) for year in years])
    assert read(path).events == (recorded_again(event, min(years)),)


@given(data=st.data())
def test_other_content_under_an_id_is_refused(path, data: DataObject):
    events = data.draw(logs(min_size=1, max_size=6))
    changed = evolve(data.draw(st.sampled_from(events)), wording="Other words.", recorded=None)
    before = write(path, events)
    with pytest.raises(InvalidEvent, match="other content"):
        append(path, [changed])
    assert path.read_bytes() == before
    write(path, [*events, changed])
    with pytest.raises(InvalidLog, match="other content"):
        read(path)


@given(data=st.data())
def test_appending_what_is_there_already_writes_nothing(path, data: DataObject):
    events = data.draw(logs(min_size=1, max_size=6))
    before = write(path, events)
    again = data.draw(st.lists(st.sampled_from(events), min_size=1))
    assert append(path, [evolve(event, recorded=None) for event in again]).present == tuple(again)
    assert path.read_bytes() == before
