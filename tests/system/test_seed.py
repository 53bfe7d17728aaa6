"""The log of Aleppo holds every row of its article, and answers what the article lets it answer.

Each answer is asked twice, of the library and of the command, for people rely on both.
"""

import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from commandline import run

from projections import PROJECTIONS
from timeline import Timeline
from timeline.replay.policies import POLICIES

FOLDER = Path(__file__).parents[2]
LOG = FOLDER / "events.jsonl"
DAY = "2016-11-28"
DAMASCUS = "+02:00"

Ask = Callable[..., dict[str, Any]]

ROWS: dict[int, tuple[str, ...]] = {
    1: ("sakhour-seized-sohr",),
    2: ("sakhour-fall-denied",),
    3: ("sakhour-unclear",),
    4: ("third-lost-sohr", "over-a-third-lost-sohr"),
    5: ("biggest-defeat-sohr",),
    6: ("hanano-captured",),
    7: ("jabal-badro-captured",),
    8: ("corridor-left-for-rebels",),
    9: ("northern-sector-to-fall",),
    10: ("mass-retreat-damascus",),
    11: ("reached-west-damascus",),
    12: ("fled-to-sheikh-maqsoud",),
    13: ("sheikh-maqsoud-kurdish",),
    14: ("safer-areas-muslim",),
    15: ("hanano-debris-cleared-tv", "hanano-in-ruins-tv"),
    16: ("hanano-taken-by-rebels",),
    17: ("east-held-by-rebels", "west-held-by-government"),
    18: ("killed-on-sunday-sohr",),
    19: ("toll-may-be-higher", "few-hospitals-work"),
    20: ("fled-from-three-districts-sohr",),
    21: ("russian-plan-for-aleppo",),
    22: ("us-advisers",),
    23: ("french-candidate",),
    24: ("de-mistura-diplomacy-failed",),
    25: ("food-runs-low-egeland", "no-plan-b-egeland"),
    26: ("aid-terms-accepted-egeland",),
    27: ("aid-no-answer-russia", "aid-no-answer-government"),
    28: ("aid-acceptance-doubted-russia",),
    29: ("siege-of-the-east",),
    30: ("life-underground", "hospitals-exposed", "schools-exposed"),
    31: ("sakhour-would-cut-east",),
}
"""Which events stand for which row of the list of what the article states."""


def command(*words: str, log: Path = LOG) -> Any:
    """Return what a command writes as JSON."""
    return json.loads(run(*words, "--log", str(log), "--json").stdout)


def library(log: Path = LOG, **cut: str) -> dict[str, Any]:
    """Return the state that the library gives, as JSON."""
    return json.loads(json.dumps(Timeline.open(log, PROJECTIONS).state(**cut).json()))


def typed(log: Path = LOG, **cut: str) -> dict[str, Any]:
    """Return the state that the command writes."""
    return command("state", *options(cut), log=log)


def options(fields: dict[str, str]) -> list[str]:
    return [word for name, value in fields.items() for word in (f"--{name}", value)]


@pytest.fixture(params=[library, typed], ids=["library", "command"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Return a way to ask the log for its state."""
    return request.param


def events() -> Iterator[dict[str, Any]]:
    """Yield the lines of the log."""
    return map(json.loads, LOG.read_text("utf-8").splitlines())


def assert_fields(answer: dict[str, Any], **fields: Any) -> None:
    assert {name: answer[name] for name in fields} == fields


# What the log holds -------------------------------------------------------------------------------


@pytest.mark.parametrize("row", range(1, 32))
def test_every_row_of_the_article_has_its_events(row: int):
    assert ROWS[row]
    assert set(ROWS[row]) <= {event["id"] for event in events()}


def test_no_event_is_of_no_row():
    of_rows = [id for ids in ROWS.values() for id in ids]
    assert sorted(of_rows) == sorted(event["id"] for event in events())


@pytest.mark.parametrize("field", ["outlet", "locator", "grade"])
def test_every_event_says_where_it_can_be_read_and_how_well_it_was_graded(field: str):
    assert [event["id"] for event in events() if not event.get(field)] == []


def test_what_is_foretold_is_recorded_as_a_prediction():
    predictions = {event["id"] for event in events() if event.get("stance") == "predict"}
    assert predictions == {"northern-sector-to-fall", "russian-plan-for-aleppo"}


def test_the_garbled_sentence_is_noted():
    (killed,) = [event for event in events() if event["id"] == "killed-on-sunday-sohr"]
    assert "garbled" in killed["note"]


def test_the_log_has_nothing_wrong_with_it():
    assert command("check")["problems"] == []


def test_two_spellings_are_one_place():
    for name in ("Jabal Badra", "Jabal Badro"):
        assert list(command("state", name, "--at", DAY)["control"]) == ["jabal-badro"]


# 28 November 2016 ---------------------------------------------------------------------------------


def test_sakhour_is_held_and_disputed(ask: Ask):
    sakhour = ask(at=DAY, known=DAY)["control"]["sakhour"]
    assert sakhour == {
        "holder": "government",
        "status": "disputed",
        "certain": True,
        "ground": "held",
        "shares": [{"actor": "government", "low": 1, "high": 1}],
        "since": {
            "text": "2016-11-27/2016-11-28",
            "earliest": f"2016-11-27T00:00:00{DAMASCUS}",
            "latest": f"2016-11-29T00:00:00{DAMASCUS}",
        },
        "before": None,
        "last_heard": f"2016-11-28T23:59:59.999999{DAMASCUS}",
        "rule": "newest_turn",
        "because": ["sakhour-seized-sohr"],
        "against": ["sakhour-fall-denied"],
        "unclear": ["sakhour-unclear"],
        "inherited_from": None,
    }


@pytest.mark.parametrize(
    ("place", "because"),
    [("masaken-hanano", "hanano-captured"), ("jabal-badro", "jabal-badro-captured")],
)
def test_masaken_hanano_and_jabal_badro_are_the_governments_for_certain(
    ask: Ask, place: str, because: str
):
    answer = ask(at=DAY)["control"][place]
    assert_fields(answer, holder="government", certain=True, ground="held", against=[])
    assert because in answer["because"]
    assert answer["since"]["text"] == "2016-11-26/2016-11-27"


def test_the_television_pictures_corroborate_that_masaken_hanano_was_taken(ask: Ask):
    control = ask(at=DAY)["control"]
    because = ["hanano-debris-cleared-tv", "hanano-captured"]
    assert_fields(control["masaken-hanano"], status="corroborated", because=because)
    assert control["jabal-badro"]["status"] == "reported"


def test_sheikh_maqsoud_is_kurdish(ask: Ask):
    answer = ask(at=DAY)["control"]["sheikh-maqsoud"]
    assert_fields(answer, holder="kurdish", status="reported", certain=True)
    assert answer["since"]["earliest"] is None


@pytest.mark.parametrize("place", ["shaar", "haydariyah"])
def test_shaar_and_haydariyah_are_the_oppositions_inherited_from_the_east(ask: Ask, place: str):
    answer = ask(at=DAY)["control"][place]
    assert_fields(answer, holder="opposition", inherited_from="east-aleppo", status="reported")


def test_the_siege_traps_a_quarter_of_a_million(ask: Ask):
    siege = ask(at=DAY)["siege"]["east-aleppo"]
    assert_fields(siege, besieged=True, by="government", certain=True)
    assert_fields(siege["trapped"], best=250_000)
    assert_fields(siege["corridor"], open=True, status="claimed")


def test_displaced(ask: Ask):
    displacement = ask(at=DAY)["displacement"]
    people = {flow["destination"]: flow["people"] for flow in displacement["flows"]}
    assert people == {
        "west-aleppo": {"low": 0, "best": None, "high": 2000},
        "sheikh-maqsoud": {"low": 6000, "best": None, "high": 10_000},
    }
    assert displacement["total"] == {"low": 6000, "best": None, "high": 12_000}


def test_those_who_reached_the_west_came_from_three_districts(ask: Ask):
    flows = ask(at=DAY)["displacement"]["flows"]
    (west,) = [flow for flow in flows if flow["destination"] == "west-aleppo"]
    assert west["origin"] == "east-aleppo"
    assert set(west["parts"]) == {"haydariyah", "shaar", "jabal-badro"}
    assert set(west["because"]) == {"reached-west-damascus", "fled-from-three-districts-sohr"}


def test_the_aid_is_not_agreed(ask: Ask):
    aid = ask(at=DAY)["aid"]["un-aid-delivery"]
    assert aid["status"] == "not_agreed"
    assert {party: stand["move"] for party, stand in aid["parties"].items()} == {
        "opposition": "accept",
        "russia": "no_answer",
        "government": "no_answer",
    }
    against = ["aid-acceptance-doubted-russia"]
    assert_fields(aid["parties"]["opposition"], status="disputed", against=against)


def test_the_envoys_diplomacy_failed(ask: Ask):
    assert ask(at=DAY)["aid"]["de-mistura-diplomacy"]["status"] == "failed"


def test_killed_on_sunday(ask: Ask):
    killed = ask(at="2016-11-27")["casualties"]["aleppo"]["killed"]
    assert_fields(killed, low=219, high=None)
    assert ask(at="2016-11-26")["casualties"] == {}


def test_conditions(ask: Ask):
    conditions = ask(at=DAY)["conditions"]
    assert levels(conditions["east-aleppo"]) == dict.fromkeys(
        ("food", "hospitals", "schools", "shelter"), "critical"
    )
    assert levels(conditions["masaken-hanano"]) == {"infrastructure": "critical"}
    assert levels(conditions["aleppo"]) == {"hospitals": "critical"}


def levels(conditions: dict[str, Any]) -> dict[str, str]:
    return {subject: condition["level"] for subject, condition in conditions.items()}


def test_predictions_are_not_in_the_state(ask: Ask):
    state = ask(at=DAY)
    assert "northern-sector-to-fall" not in json.dumps(state)
    assert "russian-plan-for-aleppo" not in json.dumps(state)


# Other days ---------------------------------------------------------------------------------------


def test_on_the_weekend_masaken_hanano_is_only_possibly_the_governments(ask: Ask):
    answer = ask(at="2016-11-26T18:00")["control"]["masaken-hanano"]
    assert_fields(answer, holder="government", certain=False, before="opposition")


def test_before_anybody_reported_nothing_was_known(ask: Ask):
    state = ask(at=DAY, known="2016-11-01")
    assert {answer["status"] for answer in state["control"].values()} == {"unknown"}
    assert {answer["holder"] for answer in state["control"].values()} == {None}
    assert state["displacement"] == {"flows": [], "total": {"low": 0, "best": 0, "high": 0}}
    assert_fields(state, casualties={}, aid={}, siege={}, conditions={}, statements={})


def test_on_24_november_only_the_united_nations_had_spoken(ask: Ask):
    state = ask(at="2016-11-24", known="2016-11-24")
    assert {answer["status"] for answer in state["control"].values()} == {"unknown"}
    assert list(state["aid"]) == ["un-aid-delivery"]
    assert state["conditions"]["east-aleppo"]["food"]["because"] == ["food-runs-low-egeland"]


def test_mid_november_sakhour_is_the_oppositions(ask: Ask):
    answer = ask(at="2016-11-15")["control"]["sakhour"]
    assert_fields(answer, holder="opposition", inherited_from="east-aleppo")
    assert answer["since"]["text"] == "2012-22"


def test_before_the_division_nobody_is_said_to_hold_anything_but_the_kurdish_district(ask: Ask):
    control = ask(at="2012-05-01")["control"]
    known = {place for place, answer in control.items() if answer["status"] != "unknown"}
    assert known == {"sheikh-maqsoud"}
    assert not control["sheikh-maqsoud"]["certain"]


def test_in_2015_the_east_is_the_oppositions_and_the_west_the_governments(ask: Ask):
    control = ask(at="2015-01-01")["control"]
    assert_fields(control["east-aleppo"], holder="opposition", certain=True)
    assert_fields(control["west-aleppo"], holder="government")
    assert control["sakhour"]["holder"] == control["masaken-hanano"]["holder"] == "opposition"


def test_the_siege_is_none_then_possible_then_certain(ask: Ask):
    assert "east-aleppo" not in ask(at="2016-08-20")["siege"]
    possible, certain = (ask(at=at)["siege"]["east-aleppo"] for at in ("2016-08-25", "2016-09-15"))
    assert_fields(possible, besieged=True, certain=False)
    assert_fields(certain, besieged=True, certain=True)
    assert certain["trapped"]["best"] == 250_000


# Late reports, premature claims, other orders -----------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the log, beside its city file."""
    shutil.copy(FOLDER / "city.toml", tmp_path)
    return Path(shutil.copy(LOG, tmp_path))


def write(log: Path, kind: str, **fields: str) -> None:
    """Append an event of 28 November to a log."""
    dates = {"occurred": DAY, "reported": DAY}
    run("append", kind, *options(dates | fields), "--log", str(log))


def seized(log: Path, id: str, source: str, place: str = "sakhour", reported: str = DAY) -> None:
    """Append a report that the government took a place."""
    fields = {"id": id, "source": source, "place": place, "reported": reported}
    write(log, "control_change", actor="government", **fields)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_lines_does_not_matter(copy: Path, seed: int):
    before = [library(copy, at=DAY, policy=policy) for policy in POLICIES]
    lines = copy.read_bytes().splitlines(keepends=True)
    random.Random(seed).shuffle(lines)
    copy.write_bytes(b"".join(lines))
    after = [library(copy, at=DAY, policy=policy) for policy in POLICIES]
    assert [state["state_sha256"] for state in after] == [state["state_sha256"] for state in before]
    assert after[0]["log"]["sha256"] != before[0]["log"]["sha256"]


@pytest.fixture
def late(copy: Path) -> Path:
    """Return a log to which a second source about Sakhour came late."""
    seized(copy, "sakhour-seized-tv", "tv-reports", reported="2016-12-01")
    return copy


def sakhour(ask: Ask, log: Path, known: str) -> dict[str, Any]:
    """Return the answer about Sakhour on 28 November, as known on another day."""
    return ask(log, at=DAY, known=known)["control"]["sakhour"]


def test_a_late_report_changes_what_is_known_in_december_and_not_what_was_known_in_november(
    ask: Ask, late: Path
):
    for known in ("2016-11-28", "2016-11-30"):
        assert sakhour(ask, late, known) == sakhour(ask, LOG, known)
    answer = sakhour(ask, late, "2016-12-01")
    because = ["sakhour-seized-sohr", "sakhour-seized-tv"]
    assert_fields(answer, status="corroborated", against=[], because=because)


def test_its_retraction_restores_the_earlier_answer_from_that_day_on(ask: Ask, late: Path):
    words = ["sakhour-seized-tv", "--reason", "Filmed elsewhere.", "--reported", "2016-12-10"]
    run("retract", *words, "--log", str(late))
    assert sakhour(ask, late, "2016-12-09")["status"] == "corroborated"
    assert sakhour(ask, late, "2016-12-10") == sakhour(ask, LOG, "2016-12-10")
    assert sakhour(ask, late, "2016-11-28") == sakhour(ask, LOG, "2016-11-28")


def test_two_premature_claims_of_one_side_are_claimed_and_once_denied_disputed(
    ask: Ask, copy: Path
):
    seized(copy, "shaar-fallen", "damascus", "shaar")
    seized(copy, "shaar-fallen-too", "government-fighter", "shaar")
    assert ask(copy, at=DAY)["control"]["shaar"]["status"] == "claimed"
    assert ask(copy, at=DAY, policy="cautious")["control"]["shaar"]["holder"] == "opposition"
    denial = {"stance": "disagree", "about": "shaar-fallen", "topic": "shaar"}
    write(
        copy, "statement", id="shaar-holds", source="rebel-official", summary="Denies it.", **denial
    )
    answer = ask(copy, at=DAY)["control"]["shaar"]
    assert_fields(answer, status="disputed", against=["shaar-holds"])
    assert ask(copy, at=DAY, policy="cautious")["control"]["shaar"]["holder"] == "opposition"
    assert ask(copy, at=DAY, policy="unanimous")["control"]["shaar"]["holder"] is None
