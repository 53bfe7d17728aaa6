"""The log of Aleppo: every row of the seed article is in it, and it answers what the article lets it answer.

Each answer is asked twice, of the library and of the command, for people rely on both.
"""

import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli import main
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
    result = CliRunner().invoke(main, [*words, "--log", str(log), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def library(log: Path = LOG, **cut: str) -> dict[str, Any]:
    """Return the state that the library gives, as JSON."""
    return json.loads(json.dumps(Timeline.open(log, PROJECTIONS).state(**cut).json()))


def typed(log: Path = LOG, **cut: str) -> dict[str, Any]:
    """Return the state that the command writes."""
    return command(
        "state", *(word for clock, text in cut.items() for word in (f"--{clock}", text)), log=log
    )


@pytest.fixture(params=[library, typed], ids=["library", "command"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Return a way to ask the log for its state."""
    return request.param


def events() -> Iterator[dict[str, Any]]:
    """Yield the lines of the log."""
    return map(json.loads, LOG.read_text("utf-8").splitlines())


# What the log holds -------------------------------------------------------------------------------


@pytest.mark.parametrize("row", range(1, 32))
def test_every_row_of_the_article_has_its_events(row: int):
    assert ROWS[row]
    assert set(ROWS[row]) <= {event["id"] for event in events()}


def test_no_event_is_of_no_row():
    assert sorted(id for ids in ROWS.values() for id in ids) == sorted(
        event["id"] for event in events()
    )


@pytest.mark.parametrize("field", ["outlet", "locator", "grade"])
def test_every_event_says_where_it_can_be_read_and_how_well_it_was_graded(field: str):
    assert [event["id"] for event in events() if not event.get(field)] == []


def test_what_is_foretold_is_recorded_as_a_prediction():
    assert {event["id"] for event in events() if event.get("stance") == "predict"} == {
        "northern-sector-to-fall",
        "russian-plan-for-aleppo",
    }


def test_the_garbled_sentence_is_noted():
    (killed,) = [event for event in events() if event["id"] == "killed-on-sunday-sohr"]
    assert "garbled" in killed["note"]


def test_the_log_has_nothing_wrong_with_it():
    assert command("check")["problems"] == []


def test_two_spellings_are_one_place():
    by_name = command("state", "Jabal Badra", "--at", DAY)["control"]
    assert (
        list(by_name)
        == ["jabal-badro"]
        == list(command("state", "Jabal Badro", "--at", DAY)["control"])
    )


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
    assert (answer["holder"], answer["certain"], answer["ground"], answer["against"]) == (
        "government",
        True,
        "held",
        [],
    )
    assert because in answer["because"]
    assert answer["since"]["text"] == "2016-11-26/2016-11-27"


def test_the_television_pictures_corroborate_that_masaken_hanano_was_taken(ask: Ask):
    control = ask(at=DAY)["control"]
    assert control["masaken-hanano"]["status"] == "corroborated"
    assert control["masaken-hanano"]["because"] == ["hanano-debris-cleared-tv", "hanano-captured"]
    assert control["jabal-badro"]["status"] == "reported"


def test_sheikh_maqsoud_is_kurdish(ask: Ask):
    answer = ask(at=DAY)["control"]["sheikh-maqsoud"]
    assert (answer["holder"], answer["status"], answer["certain"]) == ("kurdish", "reported", True)
    assert answer["since"]["earliest"] is None


@pytest.mark.parametrize("place", ["shaar", "haydariyah"])
def test_shaar_and_haydariyah_are_the_oppositions_inherited_from_the_east(ask: Ask, place: str):
    answer = ask(at=DAY)["control"][place]
    assert (answer["holder"], answer["inherited_from"], answer["status"]) == (
        "opposition",
        "east-aleppo",
        "reported",
    )


def test_the_siege_traps_a_quarter_of_a_million(ask: Ask):
    siege = ask(at=DAY)["siege"]["east-aleppo"]
    assert (siege["besieged"], siege["by"], siege["certain"], siege["trapped"]["best"]) == (
        True,
        "government",
        True,
        250_000,
    )
    assert (siege["corridor"]["open"], siege["corridor"]["status"]) == (True, "claimed")


def test_displaced(ask: Ask):
    displacement = ask(at=DAY)["displacement"]
    people = {flow["destination"]: flow["people"] for flow in displacement["flows"]}
    assert people == {
        "west-aleppo": {"low": 0, "best": None, "high": 2000},
        "sheikh-maqsoud": {"low": 6000, "best": None, "high": 10_000},
    }
    assert displacement["total"] == {"low": 6000, "best": None, "high": 12_000}


def test_those_who_reached_the_west_came_from_three_districts(ask: Ask):
    (west,) = [
        flow
        for flow in ask(at=DAY)["displacement"]["flows"]
        if flow["destination"] == "west-aleppo"
    ]
    assert (west["origin"], set(west["parts"])) == (
        "east-aleppo",
        {"haydariyah", "shaar", "jabal-badro"},
    )
    assert set(west["because"]) == {"reached-west-damascus", "fled-from-three-districts-sohr"}


def test_the_aid_is_not_agreed(ask: Ask):
    aid = ask(at=DAY)["aid"]["un-aid-delivery"]
    assert aid["status"] == "not_agreed"
    assert {party: stand["move"] for party, stand in aid["parties"].items()} == {
        "opposition": "accept",
        "russia": "no_answer",
        "government": "no_answer",
    }
    opposition = aid["parties"]["opposition"]
    assert (opposition["status"], opposition["against"]) == (
        "disputed",
        ["aid-acceptance-doubted-russia"],
    )


def test_the_envoys_diplomacy_failed(ask: Ask):
    assert ask(at=DAY)["aid"]["de-mistura-diplomacy"]["status"] == "failed"


def test_killed_on_sunday(ask: Ask):
    killed = ask(at="2016-11-27")["casualties"]["aleppo"]["killed"]
    assert (killed["low"], killed["high"]) == (219, None)
    assert ask(at="2016-11-26")["casualties"] == {}


def test_conditions(ask: Ask):
    levels = {
        place: {name: one["level"] for name, one in of.items()}
        for place, of in ask(at=DAY)["conditions"].items()
    }
    assert levels["east-aleppo"] == {
        "food": "critical",
        "hospitals": "critical",
        "schools": "critical",
        "shelter": "critical",
    }
    assert (levels["masaken-hanano"], levels["aleppo"]) == (
        {"infrastructure": "critical"},
        {"hospitals": "critical"},
    )


def test_predictions_are_not_in_the_state(ask: Ask):
    state = ask(at=DAY)
    assert "northern-sector-to-fall" not in json.dumps(state)
    assert "russian-plan-for-aleppo" not in json.dumps(state)


# Other days ---------------------------------------------------------------------------------------


def test_on_the_weekend_masaken_hanano_is_only_possibly_the_governments(ask: Ask):
    answer = ask(at="2016-11-26T18:00")["control"]["masaken-hanano"]
    assert (answer["holder"], answer["certain"], answer["before"]) == (
        "government",
        False,
        "opposition",
    )


def test_before_anybody_reported_nothing_was_known(ask: Ask):
    state = ask(at=DAY, known="2016-11-01")
    assert {answer["status"] for answer in state["control"].values()} == {"unknown"}
    assert {answer["holder"] for answer in state["control"].values()} == {None}
    assert state["displacement"] == {"flows": [], "total": {"low": 0, "best": 0, "high": 0}}
    assert [
        state[section] for section in ("casualties", "aid", "siege", "conditions", "statements")
    ] == [{}] * 5


def test_on_24_november_only_the_united_nations_had_spoken(ask: Ask):
    state = ask(at="2016-11-24", known="2016-11-24")
    assert {answer["status"] for answer in state["control"].values()} == {"unknown"}
    assert list(state["aid"]) == ["un-aid-delivery"]
    assert state["conditions"]["east-aleppo"]["food"]["because"] == ["food-runs-low-egeland"]


def test_mid_november_sakhour_is_the_oppositions(ask: Ask):
    answer = ask(at="2016-11-15")["control"]["sakhour"]
    assert (answer["holder"], answer["inherited_from"], answer["since"]["text"]) == (
        "opposition",
        "east-aleppo",
        "2012-22",
    )


def test_before_the_division_nobody_is_said_to_hold_anything_but_the_kurdish_district(ask: Ask):
    control = ask(at="2012-05-01")["control"]
    assert {place for place, answer in control.items() if answer["status"] != "unknown"} == {
        "sheikh-maqsoud"
    }
    assert not control["sheikh-maqsoud"]["certain"]


def test_in_2015_the_east_is_the_oppositions_and_the_west_the_governments(ask: Ask):
    control = ask(at="2015-01-01")["control"]
    assert (control["east-aleppo"]["holder"], control["west-aleppo"]["holder"]) == (
        "opposition",
        "government",
    )
    assert control["east-aleppo"]["certain"]
    assert control["sakhour"]["holder"] == control["masaken-hanano"]["holder"] == "opposition"


def test_the_siege_is_none_then_possible_then_certain(ask: Ask):
    assert "east-aleppo" not in ask(at="2016-08-20")["siege"]
    possible, certain = (ask(at=at)["siege"]["east-aleppo"] for at in ("2016-08-25", "2016-09-15"))
    assert (possible["besieged"], possible["certain"]) == (True, False)
    assert (certain["besieged"], certain["certain"], certain["trapped"]["best"]) == (
        True,
        True,
        250_000,
    )


# Late reports, premature claims, other orders -----------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the log, beside its city file."""
    shutil.copy(FOLDER / "city.toml", tmp_path)
    return Path(shutil.copy(LOG, tmp_path))


def write(log: Path, **event: Any) -> None:
    """Append an event to a log."""
    kind = event.pop("type")
    words = [word for name, value in event.items() for word in (f"--{name}", value)]
    result = CliRunner().invoke(main, ["append", kind, *words, "--log", str(log)])
    assert result.exit_code == 0, result.output


def seized(
    log: Path,
    id: str,
    source: str,
    place: str = "sakhour",
    occurred: str = DAY,
    reported: str = DAY,
) -> None:
    """Append a report that the government took a place."""
    write(
        log,
        type="control_change",
        id=id,
        place=place,
        actor="government",
        source=source,
        occurred=occurred,
        reported=reported,
    )


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
    assert (answer["status"], answer["against"]) == ("corroborated", [])
    assert answer["because"] == ["sakhour-seized-sohr", "sakhour-seized-tv"]


def test_its_retraction_restores_the_earlier_answer_from_that_day_on(ask: Ask, late: Path):
    words = ["sakhour-seized-tv", "--reason", "Filmed elsewhere.", "--reported", "2016-12-10"]
    assert CliRunner().invoke(main, ["retract", *words, "--log", str(late)]).exit_code == 0
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
    denial = {
        "stance": "disagree",
        "about": "shaar-fallen",
        "topic": "shaar",
        "summary": "Denies it.",
    }
    write(
        copy,
        type="statement",
        id="shaar-holds",
        source="rebel-official",
        occurred=DAY,
        reported=DAY,
        **denial,
    )
    answer = ask(copy, at=DAY)["control"]["shaar"]
    assert (answer["status"], answer["against"]) == ("disputed", ["shaar-holds"])
    assert ask(copy, at=DAY, policy="cautious")["control"]["shaar"]["holder"] == "opposition"
    assert ask(copy, at=DAY, policy="unanimous")["control"]["shaar"]["holder"] is None
