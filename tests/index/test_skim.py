"""Passing over what cannot count: the law that allows it, and states as the plain replay has them."""

import json
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest
from attrs import evolve, fields
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from strategies import CITY, CITY_FILE, events, logs

from projections import CASUALTIES, CONTROL, PROJECTIONS
from timeline.domain.event_fields import own_names
from timeline.domain.events import TYPES, ControlChange, EventId, Moment
from timeline.domain.timed_event import timed
from timeline.errors import InvalidLog
from timeline.index import streaming
from timeline.index.skim import Skim
from timeline.log.admission import admit
from timeline.log.codec import CODEC
from timeline.replay import engine
from timeline.temporal.dates import AsOf, When
from timeline.timeline import Timeline

BEGIN = datetime(2016, 2, 27, 23, 57, tzinfo=UTC)
MINUTES = st.sampled_from((0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 1500, 2880))
"""Minutes around the end of a day, and of a February with 29 days."""
FORMS = (
    "{0:%Y-%m-%dT%H:%M}:30Z", "{0:%Y-%m-%dT%H:%M}+02:00", "{0:%Y-%m-%dT%H:%M}", "{0:%Y-%m-%d}", "{0:%Y-%m-%d}~", "{0:%Y-%m}",
    "{0:%Y-%m-%dT%H:%M}Z/{1:%Y-%m-%dT%H:%M}Z", "{0:%Y-%m-%d}/{1:%Y-%m-%d}", "{0:%Y-%m-%d}/..", "../{0:%Y-%m-%d}",
)  # fmt: skip
"""How a time may be written that is not to the minute in UTC."""
REPLACING = [
    pytest.param(one, kind, id=f"{one.name}-{kind.type}")
    for one in PROJECTIONS
    for kind in one.replaced
]


def at(minutes: int, seconds: int = 0) -> datetime:
    return BEGIN + timedelta(minutes=minutes, seconds=seconds)


def text(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M}Z"


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("skim")
    (folder / "city.toml").write_text(CITY_FILE, "utf-8")
    return folder / "events.jsonl"


@st.composite
def repeating(draw):
    """Draw a log in which the same things are said again and again, at times to the minute or vaguer, and known soon or later."""
    said = draw(logs(min_size=1, max_size=6))
    again = draw(st.lists(st.sampled_from(said), max_size=20))
    log = []
    for number, event in enumerate([*said, *again]):
        occurred = draw(MINUTES)
        id = event.id if number < len(said) else EventId(f"{event.id}-{number}")
        occurs = When(
            draw(st.just("{0:%Y-%m-%dT%H:%M}Z") | st.sampled_from(FORMS)).format(
                at(occurred), at(occurred + draw(MINUTES))
            )
        )
        begun = max(occurs.window(CITY.zone).earliest, at(-9000)) + timedelta(seconds=59)
        once = {} if number < len(said) else {"supersedes": None}
        log.append(
            evolve(
                event,
                id=id,
                occurred=occurs,
                reported=Moment(text(begun + draw(MINUTES) * timedelta(minutes=1))),
                **once,
            )
        )
    return draw(st.permutations(log))


@st.composite
def cuts(draw):
    """Draw a cut at such a time, or a second off."""
    instants = st.none() | st.builds(at, MINUTES, st.sampled_from((-1, 0, 0, 1, 59)))
    return AsOf(draw(instants), draw(instants))


@settings(max_examples=4 * settings().max_examples)
@given(log=repeating(), cut=cuts(), count=st.integers(1, 3), most=st.sampled_from((1, 2, 50_000)))
def test_a_log_that_is_skimmed_has_the_state_of_the_plain_replay(path, log, cut, count, most):
    path.write_bytes(b"".join(CODEC.encode(event) + b"\n" for event in log))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("timeline.index.processes._pickled", lambda work: None)
        patch.setattr("timeline.index.processes._begin", lambda: None)
        patch.setattr("timeline.index.processes._end", lambda _: None)
        patch.setattr("timeline.index.skim.MOST", most)
        patch.setattr("timeline.index.survey.STEP", 700)
        ours = streaming.state(path, PROJECTIONS, CITY, cut, count=count)
    assert json.dumps(ours.json()) == json.dumps(
        Timeline.open(path, PROJECTIONS).state(cut=cut).json()
    )


def test_at_every_instant_the_cells_are_those_of_the_plain_replay(path):
    """One voice says the same four times; what it says last is known before what it said in between."""
    path.write_bytes(line("a", 0, 0) + line("b", 2, 6) + line("c", 3, 8) + line("d", 5, 5))
    facts = Timeline.open(path, (CONTROL,)).dated
    instants = [at(minute, second) for minute in range(1, 9) for second in (-1, 0, 1)]
    for cut in (AsOf(when, known) for when in instants for known in (None, *instants[::2])):
        standing = engine.standing(facts, cut)
        _, cells = streaming.replay(path, (CONTROL,), CITY, cut, count=1)
        assert cells["control"] == engine.replay(
            CONTROL, standing.values(), standing.get, cut.instant
        ), cut


DAYS = st.sampled_from((0, 1, 2, 700, 1440, 1441, 2880, 4320, 7000))


@settings(max_examples=4 * settings().max_examples)
@given(
    said=st.lists(
        st.tuples(
            st.sampled_from(("{0:%Y-%m-%dT%H:%M}Z", *FORMS)), DAYS, DAYS, MINUTES, st.booleans()
        ),
        min_size=4,
        max_size=14,
    ),
    cut=st.builds(AsOf, st.none() | st.builds(at, DAYS), st.none() | st.builds(at, DAYS)),
)
def test_what_a_voice_says_vaguely_again_and_again_counts_as_in_the_plain_replay(path, said, cut):
    """Windows of all widths, one before the other, within it or across it; nothing of such a log is unusual."""
    lines = []
    for number, (form, start, width, delay, other) in enumerate(said):
        occurred = form.format(at(start), at(start + width))
        begun = max(When(occurred).window(CITY.zone).earliest, at(-9000)) + timedelta(
            seconds=59, minutes=delay
        )
        lines.append(
            line(
                f"e{number}",
                occurred=occurred,
                reported=text(begun),
                actor=("government", "opposition")[other],
            )
        )
    path.write_bytes(b"".join(lines))
    standing = engine.standing(Timeline.open(path, (CONTROL,)).dated, cut)
    _, cells = streaming.replay(path, (CONTROL,), CITY, cut, count=1)
    assert cells["control"] == engine.replay(CONTROL, standing.values(), standing.get, cut.instant)


@pytest.mark.parametrize(("projection", "kind"), REPLACING)
@given(data=st.data())
def test_of_two_events_alike_the_earlier_changes_nothing(projection, kind, data: DataObject):
    """The law that `Projection.replaced` states: it must hold whatever else the envelope says."""
    first = admit(data.draw(events(kinds=(kind,))), CITY)
    envelope = data.draw(events(kinds=(ControlChange,)))
    other = {
        name: getattr(envelope, name)
        for name in ("outlet", "url", "locator", "grade", "wording", "note", "recorded")
    }
    start, later = data.draw(MINUTES), data.draw(st.integers(1, 3))
    times = [
        (When(text(at(minute))), Moment(text(at(minute + data.draw(MINUTES)))))
        for minute in (start, start + later)
    ]
    a = evolve(first, id=EventId("a"), supersedes=None, occurred=times[0][0], reported=times[0][1])
    b = evolve(
        first, id=EventId("b"), supersedes=None, occurred=times[1][0], reported=times[1][1], **other
    )
    facts = [timed(event, CITY.zone) for event in (a, b)]
    cut = AsOf(at(start + later + 1))
    assert engine.replay(projection, facts, {}.get, cut.instant) == engine.replay(
        projection, facts[1:], {}.get, cut.instant
    )


@pytest.mark.parametrize("kind", list(TYPES.values()))
@given(data=st.data())
def test_no_rule_looks_at_the_source_and_at_own_fields(kind, data: DataObject):
    """What makes a line valid whose source stands in one valid line, and whose own fields stand in another."""
    a, b = (admit(data.draw(events(kinds=(kind,))), CITY) for _ in "ab")
    assert admit(evolve(a, source=b.source), CITY)


@pytest.mark.parametrize(("one", "other"), list(combinations(TYPES.values(), 2)))
def test_own_fields_of_two_types_never_read_alike(one, other):
    """So what was admitted of one type is never taken for what another says: one of them always writes a field that the other has not."""
    always = [
        {f.name for f in fields(kind) if f.name in own_names(kind) and f.default not in (None, ())}
        for kind in (one, other)
    ]
    assert not (always[0] <= set(own_names(other)) and always[1] <= set(own_names(one)))


def line(id="a", began=0, known=None, **more) -> bytes:
    """Return a line of a claim to the hill, with some values other than they are mostly."""
    values = {
        "id": id,
        "type": "control_change",
        "v": 1,
        "occurred": text(at(began)),
        "reported": text(at(began + 1 if known is None else known)),
        "source": "paper",
    }
    own = {"place": "hill", "actor": "government", "ground": "held", "how": "change"}
    return (
        json.dumps(values | own | more, ensure_ascii=False, separators=(",", ":")) + "\n"
    ).encode()


def passed(*lines: bytes) -> list[bool]:
    """Return which lines are passed over."""
    skim = Skim.of(PROJECTIONS, AsOf(), CITY.zone)
    return [skim.passes(one, number) for number, one in enumerate(lines)]


def test_most_of_what_is_said_again_is_passed_over():
    """A skim that passes nothing over would be right, and of no use; this one leaves what is new, and the 29th of February."""
    assert sum(passed(*(line(f"e{number}", number, number) for number in range(2000)))) == 1442


INVALID = {
    "an id that is none": line("A-", 1, 1),
    "an id that is too long": line("a" * 121, 1, 1),
    "a day that is not there": line("b", 1, 1, occurred="2016-02-30T00:00Z"),
    "a vague day that is not there": line("b", 1, 1, occurred="2016-02-30"),
    "a month that is not there": line("b", 1, 1, occurred="2016-1X"),
    "a day of another script": line("b", 1, 1, occurred="2016-02-٠١"),
    "a report before the day of the fact": line("b", 1, 1, occurred="2016-02-29"),
    "a report before the second of the fact": line("b", 1, 1, occurred="2016-02-27T23:58:30Z"),
    "a day of a month that is not there": line("b", 1, 1, occurred="2016-13-01T00:00Z"),
    "a time that is not there": line("b", 1, 1, occurred="2016-02-01T24:00Z"),
    "recorded on no day": line("b", 1, 1, reported=text(at(9)), recorded="2016-04-31T00:00:00Z"),
    "a report before the fact": line("b", 9, 1),
    "a grade that is none": line("b", 1, 1, grade="G7"),
    "a blank note": line("b", 1, 1, note=" "),
    "a note of nothing": line("b", 1, 1, note=""),
    "a note with a control character": line("b", 1, 1, note="x?").replace(b"?", b"\x01"),
    "a line that is too long": line("b", 1, 1, note="x" * (1 << 20)),
    "bytes that are not UTF-8": line("b", 1, 1, note="x").replace(b'"x"', b'"x\xff"'),
    "a field that is unknown": line("b", 1, 1, colour="red"),
    "an address that is none": line("b", 1, 1, url="nowhere"),
    "a digit of another script": line("b", 1, 1, occurred="٢٠١٦-02-01T00:00Z"),
}


@pytest.mark.parametrize("name", INVALID)
def test_no_invalid_line_is_passed_over(name, path):
    """Not even where what it says was seen before in a line that is valid."""
    assert passed(line("a", 0, 0), INVALID[name]) == [False, False]
    path.write_bytes(line("a", 0, 0) + INVALID[name] + line("z", 3, 3))
    with pytest.raises(InvalidLog, match=r"events\.jsonl:2"):
        streaming.state(path, PROJECTIONS, CITY, AsOf())


def test_what_was_never_seen_is_decoded():
    assert passed(
        line("a"), line("b", 1), line("c", 2, actor="opposition"), line("d", 3, actor="opposition")
    ) == [False, True, False, True]
    assert passed(line("a"), line("b", source="monitor"), line("c", 2, source="monitor")) == [
        False,
        False,
        True,
    ]


def test_vague_dates_are_passed_over_where_windows_do_not_meet():
    """What lies wholly before what is kept counts no more, what lies wholly after it is kept instead, and the rest is given out."""
    days = ("2016-03-03", "2016-03-01", "2016-03-03", "2016-03-05", "2016-03-04")
    lines = [
        line("a"),
        *(line(f"b{number}", 0, 20_000, occurred=day) for number, day in enumerate(days)),
    ]
    skim = Skim.of(PROJECTIONS, AsOf(), CITY.zone)
    assert [skim.passes(one, number) for number, one in enumerate(lines)] == [
        False,
        True,
        True,
        False,
        True,
        True,
    ]
    assert [number for number, _ in skim.kept()] == [4]


def test_many_vague_dates_are_not_all_remembered(monkeypatch):
    monkeypatch.setattr("timeline.index.skim.DATES", 2)
    skim = Skim.of(PROJECTIONS, AsOf(), CITY.zone)
    lines = [
        line("a"),
        *(
            line(f"b{day}", 1440 * day, 1440 * day + 2000, occurred=f"2016-03-0{day}")
            for day in range(1, 8)
        ),
    ]
    assert [skim.passes(one, number) for number, one in enumerate(lines)] == [False, *[True] * 7]
    assert len(skim._dates) <= 2


def test_what_two_sources_say_is_seen_where_both_were_seen():
    """It is kept for each of them."""
    lines = [
        line("a"),
        line("b", source="monitor", actor="opposition"),
        line("c", 1, source="monitor"),
        line("d", 2),
    ]
    skim = Skim.of(PROJECTIONS, AsOf(), CITY.zone)
    assert [skim.passes(one, number) for number, one in enumerate(lines)] == [
        False,
        False,
        True,
        True,
    ]
    assert [number for number, _ in skim.kept()] == [2, 3]


def test_a_long_text_is_not_remembered():
    """What is remembered is bounded in bytes too."""
    long = line("a", wording="x", actor="a" * 200), line("b", 1, wording="x", actor="a" * 200)
    assert passed(*long) == [False, False]


def test_what_replaces_another_or_tells_more_is_decoded():
    assert passed(
        line("a"), line("b", 1, supersedes="a"), line("c", 2, url="https://example.org/")
    ) == [False, False, False]


def test_a_projection_that_says_nothing_of_it_sees_every_event():
    curious = evolve(CASUALTIES, name="curious", listens=(ControlChange,))
    skim = Skim.of((CONTROL, curious), AsOf(), CITY.zone)
    assert [skim.passes(line(id, minute), minute) for minute, id in enumerate("abc")] == [False] * 3


def test_a_cut_of_record_time_is_not_skimmed():
    skim = Skim.of(PROJECTIONS, AsOf(recorded=BEGIN), CITY.zone)
    assert [skim.passes(line(id, minute), minute) for minute, id in enumerate("abc")] == [False] * 3


def test_of_those_kept_at_one_minute_all_are_given_out():
    """Of two at one minute the one is kept, and the other given out at once; what does not count is not kept."""
    skim = Skim.of(PROJECTIONS, AsOf(), CITY.zone)
    lines = [line("a", 0), line("b", 1), line("c", 2), line("d", 2), line("w", 3), line("e", 1)]
    assert [skim.passes(one, number, one is not lines[4]) for number, one in enumerate(lines)] == [
        False,
        True,
        True,
        False,
        True,
        True,
    ]
    assert list(skim.kept()) == [(2, len(lines[2]))]
    assert list(skim.kept()) == []
