"""The library's front door opens, answers and appends, and repeats no old mistake."""

import shutil
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from projections import CONTROL, DISPLACEMENT, PROJECTIONS
from timeline import AsOf, InvalidEvent, InvalidLog, NothingFound, Timeline, UsageError
from timeline.domain.events import Event, Retraction
from timeline.log.check import check
from timeline.log.codec import CODEC
from timeline.text import phrases

ROOT = Path(__file__).parents[1]


@pytest.fixture
def aleppo(tmp_path: Path) -> Timeline:
    """Return a copy of the timeline of Aleppo."""
    for name in ("events.jsonl", "city.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return Timeline.open(tmp_path / "events.jsonl", PROJECTIONS)


def reopened(timeline: Timeline) -> Timeline:
    """Return the timeline as its file is now."""
    return Timeline.open(timeline.log.path, PROJECTIONS)


def event(type: str, **fields: object) -> Event:
    """Return an event of a type."""
    clocks = {"occurred": "2016-11-28", "reported": "2016-11-28", "source": "sohr"}
    return CODEC.structure({"id": "new", "type": type, "v": 1, **clocks, **fields})


def withdrawal(target: str, reported: str) -> Retraction:
    """Return a retraction that was made public on a date."""
    taken_back = event(
        "retraction", target=target, reason="An error.", occurred="2012", reported=reported
    )
    assert isinstance(taken_back, Retraction)
    return taken_back


def test_an_answer_is_typed_by_its_projection(aleppo):
    """A section is found by its projection, and the places in it by their ids."""
    state = aleppo.state(at="2016-11-28")
    assert state[CONTROL]["sakhour"].holder == "government"
    assert [flow.destination for flow in state[DISPLACEMENT].flows] == [
        "sheikh-maqsoud",
        "west-aleppo",
    ]


def test_without_a_time_the_whole_log_is_answered_and_nothing_open_is_certain(aleppo):
    """The end of the log is after every dated event and before every open end."""
    aleppo.append(
        [event("control_change", place="shaar", actor="government", occurred="2016-11-28/..")]
    )
    answer = reopened(aleppo).state()[CONTROL]["shaar"]
    assert (answer.holder, answer.certain, answer.before) == ("government", False, "opposition")


def test_places_are_asked_for_by_any_name_and_only_they_are_answered(aleppo):
    """Arabic, aliases and case do not matter."""
    assert list(aleppo.state("2016-11-28", places=["الصاخور", "BADRA"])[CONTROL]) == [
        "sakhour",
        "jabal-badro",
    ]


def test_an_unknown_policy_place_or_event_is_told_with_the_nearest(aleppo):
    """A slip of the pen is answered with the word that was probably meant."""
    with pytest.raises(UsageError, match="did you mean majority"):
        aleppo.state(policy="majorty")
    with pytest.raises(UsageError, match="did you mean sakhour"):
        aleppo.state(places=["sakhor"])
    with pytest.raises(NothingFound, match="did you mean hanano-captured"):
        aleppo.event("hanano-capturd")


def test_all_that_is_wrong_with_a_batch_is_told_by_event_and_nothing_is_written(aleppo):
    """One bad event keeps the whole batch out."""
    before = aleppo.log.path.read_bytes()
    good = event("control_change", place="shaar", actor="government")
    batch = [
        good,
        evolve(good, id="nowhere", place="nowhere"),
        evolve(good, id="nobody", actor="nobody"),
    ]
    with pytest.raises(InvalidEvent) as refused:
        aleppo.append(batch)
    assert [problem.where for problem in refused.value.problems] == ["nowhere", "nobody"]
    assert aleppo.log.path.read_bytes() == before


def test_a_copy_of_a_line_that_names_a_place_by_an_alias_is_no_second_event(aleppo):
    """An event written by hand with another spelling stays one event when appended again."""
    by_hand = event("control_change", place="Sakhur", actor="Opposition")
    with aleppo.log.path.open("ab") as file:
        file.write(CODEC.encode(by_hand) + b"\n")
    receipt = aleppo.append([by_hand])
    assert (receipt.written, [one.place for one in receipt.present]) == ((), ["sakhour"])


def test_nothing_is_withdrawn_before_it_was_made_public(aleppo):
    """A mistyped year would take an event from every answer, as if it had never been reported."""
    with pytest.raises(
        InvalidEvent, match=r"reported 2015-11-28, before hanano-captured was, 2016-11-28"
    ):
        aleppo.append([withdrawal("hanano-captured", "2015-11-28")])
    assert aleppo.append([withdrawal("hanano-captured", "2016-11-28")]).written


def test_sums_may_exceed_what_one_event_may_say(aleppo):
    """Two flows that each stand in a log add up, however large they are."""
    most = 2**53 - 1
    flow = event("displacement", origin="shaar", destination="west-aleppo", people={"low": most})
    aleppo.append([flow, evolve(flow, id="newer")])
    assert reopened(aleppo).state()[DISPLACEMENT].flows[0].people.low == 2 * most


def test_the_ends_of_the_calendar_can_be_asked_about(aleppo):
    """Years that no zone east of Greenwich can write are written in UTC."""
    for at in ("9999-12-31", "0001"):
        assert aleppo.state(at).json()["cut"]["at"].startswith(at[:4])


def test_a_fault_of_the_log_is_the_logs_and_not_that_of_what_is_appended(aleppo):
    """An unknown place on line 1 stops the writer with that line, as it stops every reader."""
    lines = aleppo.log.path.read_bytes().replace(b'"place":"sakhour"', b'"place":"sakhuor"', 1)
    aleppo.log.path.write_bytes(lines)
    with pytest.raises(InvalidLog, match=r"events\.jsonl:1: \$\.place: unknown place 'sakhuor'"):
        aleppo.append([event("control_change", place="shaar", actor="government")])
    assert aleppo.log.path.read_bytes() == lines


def test_what_only_a_hand_can_write_is_warned_of(aleppo):
    """A check warns of events that replace each other and of a withdrawal before the report."""
    pair = [event("condition", place="shaar", subject="food", level="strained", supersedes="two")]
    pair = [evolve(pair[0], id="one"), evolve(pair[0], id="two", supersedes="one")]
    with aleppo.log.path.open("ab") as file:
        for line in (*pair, withdrawal("hanano-captured", "2012")):
            file.write(CODEC.encode(line) + b"\n")
    told = "\n".join(map(str, check(aleppo.log.path).warnings))
    assert "one replaces itself, by way of two" in told
    assert "reported 2012, before hanano-captured was" in told


def test_a_time_at_the_end_of_the_calendar_can_be_told():
    """A heading never fails, whatever was asked about."""
    assert phrases.cut(
        AsOf.parse("9999", zone=ZoneInfo("Asia/Damascus")), ZoneInfo("Asia/Damascus")
    ).startswith("on 31 Dec 9999")
