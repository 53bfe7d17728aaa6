"""Replay from the log without holding it: law 5 for this path, with copies, batches and shares of any size, and damage."""

import json
import pickle
import subprocess
import sys
import tracemalloc
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from weakref import ref

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from strategies import CITY, CITY_FILE, cuts, cuts_around, logs

from projections import CONTROL, PROJECTIONS
from timeline.domain.events import Moment
from timeline.domain.timed_event import timed
from timeline.errors import InvalidLog, TimelineError
from timeline.index import processes, scratch, streaming
from timeline.index.gathered import Gathered
from timeline.index.survey import survey
from timeline.log.chunks import Unusual
from timeline.log.codec import CODEC
from timeline.replay import engine
from timeline.replay.policies import POLICIES
from timeline.temporal.as_of import AsOf
from timeline.timeline import Timeline


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("streaming")
    (folder / "city.toml").write_text(CITY_FILE, "utf-8")
    return folder / "events.jsonl"


@pytest.fixture(autouse=True)
def one_process(monkeypatch):
    """Do the work of every process here, and in little batches and parts, most of which is put aside in a file."""
    monkeypatch.setattr(streaming, "BATCH", 3)
    monkeypatch.setattr(streaming, "HELD", 5)
    monkeypatch.setattr(scratch, "HELD", 500)
    monkeypatch.setattr("timeline.index.survey.STEP", 700)
    monkeypatch.setattr("timeline.index.survey._PENDING", 100)
    monkeypatch.setattr(processes, "_pickled", lambda work: None)
    monkeypatch.setattr(processes, "_begin", lambda: None)
    monkeypatch.setattr(processes, "_end", lambda _: None)


def text_of(events) -> bytes:
    return b"".join(CODEC.encode(event) + b"\n" for event in events)


def plain_of(events):
    """Return events without the texts that may be left to the gate."""
    return [
        evolve(event, outlet=None, locator=None, wording=None, note=None, archive=None)
        for event in events
    ]


@st.composite
def copied(draw, events):
    """Draw a log in any order, with copies that were recorded at other times or never."""
    again = draw(st.lists(st.sampled_from(events), max_size=4)) if events else []
    times = st.sampled_from(
        (
            None,
            Moment("2015-01-01T00:00:00Z"),
            Moment("2016-06-01T00:00:00Z"),
            Moment("2019-01-01T00:00:00Z"),
        )
    )
    return draw(
        st.permutations([*events, *(evolve(event, recorded=draw(times)) for event in again)])
    )


@settings(max_examples=2 * settings().max_examples)
@given(data=st.data(), count=st.integers(1, 4))
def test_the_state_is_that_of_the_plain_replay(path, data: DataObject, count):
    events = plain_of(data.draw(logs()))
    log = data.draw(copied(events))
    path.write_bytes(text_of(log))
    cut = data.draw(cuts_around(events) | cuts())
    policy = data.draw(st.sampled_from(list(POLICIES)))
    places = data.draw(st.sampled_from((None, ["hill"], ["East", "station"])))
    streaming.replay(path, PROJECTIONS, CITY, cut, count=count)  # nothing of it is unusual
    ours = streaming.state(path, PROJECTIONS, CITY, cut, policy=policy, places=places, count=count)
    plain = Timeline.open(path, PROJECTIONS).state(cut=cut, policy=policy, places=places)
    assert json.dumps(ours.json()) == json.dumps(plain.json())


@settings(max_examples=2 * settings().max_examples)
@given(data=st.data(), seed=st.integers(0, 2**32))
def test_a_log_that_was_damaged_is_read_alike_or_refused_alike(path, data: DataObject, seed):
    """Lines are dropped, so that references lead nowhere, and bytes are changed."""
    random = Random(seed)  # noqa: S311  # a seed, not a secret
    lines = [
        line
        for line in text_of(data.draw(logs(min_size=1))).splitlines(keepends=True)
        if random.random() < 0.95
    ]
    text = b"".join(lines)
    for _ in range(random.choice((0, 1, 2))):
        at = random.randrange(len(text) + 1)
        text = (
            text[:at]
            + random.choice((b"", b"\n", b"x", b'"', b"\0"))
            + text[at + random.randint(0, 1) :]
        )
    path.write_bytes(text)
    assert outcome(lambda: streaming.state(path, PROJECTIONS, CITY, AsOf(), count=2)) == outcome(
        lambda: Timeline.open(path, PROJECTIONS).state()
    )


def outcome(call) -> str:
    try:
        return json.dumps(call().json())
    except TimelineError as error:
        return f"{type(error).__name__}: {error}"


LINE = (
    '{{"id":"{id}","type":"{type}","v":1,"occurred":"2016-11-01","reported":"2016-11-02","recorded":"2018-01-01T00:00:00Z",'
    '"source":"monitor",{own}}}\n'
)
HILL = '"place":"hill","actor":"government","ground":"held","how":"change"'


def line(id, type="control_change", own=HILL):
    return LINE.format(id=id, type=type, own=own)


UNUSUAL = {
    "a line as people type it": line("a").replace(":", ": "),
    "a retraction of no event": line("a") + line("b", "retraction", '"target":"c","reason":"x"'),
    "a retraction of a retraction": line("a")
    + line("b", "retraction", '"target":"a","reason":"x"')
    + line("c", "retraction", '"target":"b","reason":"x"'),
    "a denial of no event": line("a")
    + line("b", "statement", '"stance":"disagree","about":["c"],"topic":"t","summary":"x"'),
    "an id with two contents": line("a") + line("a", own=HILL.replace("hill", "market")),
    "an unknown place": line("a", own=HILL.replace("hill", "nowhere")),
    "a torn tail": line("a") + '{"id":"b',
    "a report before the fact": line("a").replace("2016-11-02", "2016-10-02"),
    "a day of no month": line("a").replace("2016-11-01", "2016-11-31"),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_what_the_plain_way_must_judge_is_left_to_it(path, name):
    path.write_text(UNUSUAL[name], "utf-8")
    with pytest.raises(Unusual):
        streaming.replay(path, PROJECTIONS, CITY, AsOf())
    ours = outcome(lambda: streaming.state(path, PROJECTIONS, CITY, AsOf()))
    assert ours == outcome(lambda: Timeline.open(path, PROJECTIONS).state())


REPAIRED = (
    '{"id":"r","type":"log_repaired","v":1,"recorded":"2018-01-01T00:00:00Z","offset":1,"length":1,"sha256":"%s"}\n'
    % ("0" * 64)
)


@pytest.mark.parametrize(
    "odd",
    [
        line("b").replace(":", ": "),
        " " + line("b"),
        line("b").replace('"v":1,', "", 1)[1:],
        REPAIRED,
    ],
)
def test_a_line_that_does_not_begin_as_ours_is_noticed_before_anything_is_replayed(path, odd):
    path.write_text(line("a") + odd, "utf-8")
    with pytest.raises(Unusual):
        survey(path)


def test_an_empty_log_has_a_state(path):
    path.write_bytes(b"")
    assert (
        streaming.state(path, PROJECTIONS, CITY, AsOf()).json()
        == Timeline.open(path, PROJECTIONS).state().json()
    )


def test_a_statement_about_another_batch_finds_what_it_denies(path):
    """The survey says where the claim begins; it is read there, once."""
    denial = line(
        "z", "statement", '"stance":"disagree","about":["a","n4"],"topic":"t","summary":"x"'
    ).replace("monitor", "paper")
    path.write_text(
        denial + "".join(line(f"n{number}") for number in range(9)) + line("a"), "utf-8"
    )
    answer = streaming.state(path, PROJECTIONS, CITY, AsOf(), count=3)[CONTROL]["hill"]
    assert answer == Timeline.open(path, PROJECTIONS).state()[CONTROL]["hill"]
    assert "z" in answer.against


def test_a_projection_that_looks_further_than_a_statement_is_left_to_the_plain_replay(path):
    curious = evolve(
        CONTROL, name="curious", effects=lambda fact, lookup: filter(None, [lookup("elsewhere")])
    )
    path.write_text(line("a"), "utf-8")
    with pytest.raises(Unusual):
        streaming.replay(path, (curious,), CITY, AsOf())


def test_of_copies_the_earliest_recorded_counts(path):
    path.write_text(
        line("a") + line("b") + line("a").replace("2018-01-01T", "2017-01-01T"), "utf-8"
    )
    found = survey(path)
    assert found.events == 2
    assert list(found.idle) == [0]


def test_there_are_as_many_processes_as_a_log_is_worth(path, monkeypatch):
    started = []
    monkeypatch.setattr(processes, "_begin", lambda: started.append(1))
    monkeypatch.setattr(processes, "processors", lambda: 64)
    path.write_text(line("a") + line("b"), "utf-8")
    for size, others in ((1 << 20, 0), (path.stat().st_size, 1), (path.stat().st_size // 3, 3)):
        monkeypatch.setattr(streaming, "LARGE", size)
        streaming.replay(path, PROJECTIONS, CITY, AsOf())
        assert len(started) == others
        started.clear()


def test_real_processes_answer_alike(path):
    ours = subprocess.run(
        [sys.executable, "-c", REAL, str(path)], capture_output=True, text=True, check=False
    )
    assert (ours.returncode, ours.stderr) == (0, "")


REAL = r"""
import sys
from itertools import cycle
from pathlib import Path
from projections import PROJECTIONS
from timeline import streaming, survey
from timeline.timeline import Timeline
from timeline.temporal.dates import Cut
path = Path(sys.argv[1])
place = (b'"place":"%b"' % name for name in cycle((b"hill", b"market", b"station")))
path.write_bytes(b"".join(
    b'{"id":"e%d","type":"control_change","v":1,"occurred":"2016-11-01","reported":"2016-11-02","source":"monitor",%b,'
    b'"actor":"government","ground":"held","how":"change"}\n'
    b'{"id":"s%d","type":"statement","v":1,"occurred":"2016-11-01","reported":"2016-11-02","source":"paper",'
    b'"stance":"disagree","about":["e%d"],"topic":"t","summary":"x"}\n' % (number, next(place), number, number) for number in range(100)))
survey.STEP = 1000
streaming.HELD = 3
plain = Timeline.open(path, PROJECTIONS)
ours = streaming.state(path, PROJECTIONS, plain.city, Cut(), count=2)
assert ours.json() == plain.state().json()
"""


def test_the_events_of_a_log_are_not_held(path, monkeypatch):
    """While a batch is replayed, no event but its own is there."""
    monkeypatch.setattr(streaming, "BATCH", 10)
    path.write_text("".join(line(f"n{number}") for number in range(200)), "utf-8")
    seen, most = [], []

    def effects(fact, lookup):
        seen.append(ref(fact.event))
        most.append(sum(one() is not None for one in seen))
        return ()

    streaming.replay(path, (evolve(CONTROL, effects=effects),), CITY, AsOf())
    assert len(seen) == 200
    assert max(most) <= 20


def test_a_log_that_may_not_be_read_is_told(tmp_path):
    with pytest.raises(TimelineError, match="no log"):
        streaming.state(tmp_path / "none", PROJECTIONS, CITY, AsOf())


def test_the_error_of_the_plain_way_names_the_line(path):
    path.write_text(line("a") + line("b", own=HILL.replace("hill", "nowhere")), "utf-8")
    with pytest.raises(InvalidLog, match=r"events\.jsonl:2"):
        streaming.state(path, PROJECTIONS, CITY, AsOf())


@given(log=logs(), data=st.data())
def test_cells_that_are_packed_and_put_aside_are_the_same(log, data: DataObject):
    """However the events are divided, whatever is put aside, and by whichever process."""
    facts = [timed(event, CITY.zone) for event in plain_of(log)]
    standing = engine.standing(facts, AsOf())
    for projection in PROJECTIONS:
        mine, theirs = Gathered(), Gathered()
        for id, fact in standing.items():
            one = data.draw(st.sampled_from((mine, theirs)), label=id)
            one.take(engine.replay(projection, [fact], standing.get, AsOf().instant))
            if data.draw(st.booleans()):
                one.put_aside()
        mine.join(pickle.loads(pickle.dumps(theirs)))  # noqa: S301
        assert mine == engine.replay(projection, standing.values(), standing.get, AsOf().instant)
        assert len(mine) == len([*mine])


def test_a_key_of_which_nothing_is_said_is_not_there():
    with pytest.raises(KeyError):
        Gathered()["hill"]


def test_cells_beyond_some_are_put_aside(path):
    """Voices and places are not bounded by a batch; what is there as objects is."""
    said = [
        (place, voice, how)
        for place in CITY.places
        for voice in ("monitor", "paper")
        for how in ("change", "observation")
    ]
    own = HILL.replace("change", "{2}").replace("hill", "{0}")
    lines = (
        line(f"n{number}", own=own.format(*one)).replace("monitor", one[1])
        for number, one in enumerate(said)
    )
    path.write_text("".join(lines), "utf-8")
    _, cells = streaming.replay(path, PROJECTIONS, CITY, AsOf(), count=1)
    assert sum(map(len, cells["control"].values())) == len(said)
    assert sum(one.held for one in cells.values()) <= streaming.HELD + streaming.BATCH < len(said)


def told_of(number: int) -> str:
    """Return two lines: who holds a place, minute by minute, and how many were killed there."""
    killed = f'"place":"hill","killed":{{"low":{number % 7}}},"group":"civilians","measure":"flow"'
    minute = f"{datetime(2016, 1, 1) + timedelta(minutes=number):%Y-%m-%dT%H:%MZ}"
    return line(f"n{number}").replace("2016-11-01", minute).replace("2016-11-02", minute) + line(
        f"k{number}", "casualties", killed
    )


def test_memory_does_not_grow_with_events(path, monkeypatch):
    """Ten times the events of the same places and voices take no more; in memory are neither ids nor lines nor events."""
    monkeypatch.setattr("timeline.index.survey._PENDING", 1000)
    monkeypatch.setattr("timeline.index.survey.STEP", 1 << 16)
    monkeypatch.setattr(streaming, "BATCH", 100)
    few, many = peak(path, 1_500), peak(path, 15_000)
    assert many < 1.3 * few


def peak(path, count: int) -> int:
    """Return how many bytes a replay takes at most."""
    path.write_text("".join(told_of(number) for number in range(count)), "utf-8")
    streaming.replay(path, PROJECTIONS, CITY, AsOf())
    tracemalloc.start()
    streaming.replay(path, PROJECTIONS, CITY, AsOf())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most
