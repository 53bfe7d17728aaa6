"""A large log without an index: answered without being held, and alike in every word to a log that is read as a whole."""

import json
from pathlib import Path

import pytest
from commandline import run
from strategies import CITY_FILE

from projections import PROJECTIONS
from timeline import Timeline
from timeline.index import lifecycle as indexing
from timeline.index import opening as indexed

EVENT = {
    "type": "control_change",
    "v": 1,
    "occurred": "2016-11-28",
    "reported": "2016-11-29",
    "source": "monitor",
    "place": "hill",
}


def line(**fields) -> bytes:
    """Return a line about who holds the hill, with other fields."""
    event = {"id": "a", **EVENT, "actor": "government", "ground": "held", "how": "change"} | fields
    return (json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


@pytest.fixture
def path(tmp_path) -> Path:
    """A log of two events."""
    (tmp_path / "city.toml").write_text(CITY_FILE, "utf-8")
    (tmp_path / "events.jsonl").write_bytes(
        line(note="The hospital.") + line(id="b", place="market")
    )
    return tmp_path / "events.jsonl"


@pytest.fixture
def large(path, monkeypatch):
    """A log that counts as large, and whoever asks does without an index."""
    monkeypatch.setattr(indexing, "WORTHWHILE", 0)
    monkeypatch.setenv("TIMELINE_INDEX", "0")
    return path


@pytest.mark.parametrize(
    "arguments",
    [
        ("--json",),
        ("hill", "--csv"),
        ("--json", "--recorded", "2100"),
        ("--nl", "--policy", "cautious"),
    ],
)
def test_a_large_log_without_an_index_is_not_held_to_answer(large, arguments, monkeypatch):
    whole = run("state", *arguments, "--log", str(large))
    monkeypatch.setattr(indexing, "WORTHWHILE", 1 << 30)
    plain = run("state", *arguments, "--log", str(large))
    assert (whole.stdout, whole.stderr) == (plain.stdout, plain.stderr)
    monkeypatch.setattr(indexing, "WORTHWHILE", 0)
    monkeypatch.setattr(Timeline, "of", None)
    assert run("state", *arguments, "--log", str(large)).stdout == whole.stdout


@pytest.mark.parametrize(
    "arguments", [("state",), ("state", "--policy", "all"), ("log", "--search", "hospital")]
)
def test_other_answers_about_it_are_from_all_events(large, arguments, monkeypatch):
    whole = run(*arguments, "--log", str(large))
    monkeypatch.setattr(indexing, "WORTHWHILE", 1 << 30)
    assert whole.stdout == run(*arguments, "--log", str(large)).stdout


ODD = {
    "a torn tail": b'{"id":"torn',
    "a line that is none": b"nothing\n",
    "a place that is none": line(id="odd", place="nowhere"),
    "a reference to nothing": line(id="odd", supersedes="nothing"),
    "a line as people type it": line(id="odd").replace(b'":', b'": '),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_about_a_large_log_is_told_as_ever(large, name, monkeypatch):
    with large.open("ab") as file:
        file.write(ODD[name])
    ours = run("state", "--json", "--log", str(large), code=None)
    monkeypatch.setattr(indexing, "WORTHWHILE", 1 << 30)
    plain = run("state", "--json", "--log", str(large), code=None)
    assert (ours.exit_code, ours.stdout, ours.stderr) == (
        plain.exit_code,
        plain.stdout,
        plain.stderr,
    )
    assert (ours.stderr != "") == (name != "a line as people type it")


def test_a_large_log_of_no_event_holds_nothing(large):
    large.write_bytes(b"")
    assert "holds no events" in run("state", "--json", "--log", str(large), code=4).stderr


def test_a_library_that_asks_an_unread_log_for_its_events_gets_them(large):
    with indexed.opened(large, PROJECTIONS, unread=True) as timeline:
        assert (timeline.unread, timeline.count) == (large, 2)
        assert timeline.state().json() == Timeline.open(large, PROJECTIONS).state().json()
