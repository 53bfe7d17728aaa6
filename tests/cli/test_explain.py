"""Why, since when, what differs, and how well it was known: explain, history, diff, hindsight."""

import json
import re
import tomllib
from datetime import datetime
from pathlib import Path

import pytest
from aleppo import CONTROL, DAY, EVENTS, INSTANT, ORIGIN, ROOT, as_bytes
from commandline import asked, give, run, table

from timeline.analysis.counterfactuals import TRIALS
from timeline.analysis.omissions import REASONS
from timeline.analysis.rules import RULES

pytestmark = pytest.mark.usefixtures("supposing")


SOURCES = tomllib.loads((ROOT / "city.toml").read_text("utf-8"))["sources"]

# Explain ------------------------------------------------------------------------------------------


EXPLAINED = [
    "projection",
    "key",
    "label",
    "answer",
    "for",
    "against",
    "unclear",
    "speakers",
    "rules",
    "would_change",
    "left_out",
]


STANDPOINT = ["event", "source", "says"]


SPEAKER = ["speaker", "name", "part", "sentence", "rule", "turned", "last_heard"]


WHO = ["label", "kind", "side", "interest"]


CHANGE = ["if", "text", "sources", "known", "then", "events"]


LEFT_OUT = ["id", "reason", "text", "by"]


SUBJECTS = {
    # what is asked about, its projection, and the labels of the explanations
    "sakhour": ("control", ["Sakhour"]),
    "الصاخور": ("control", ["Sakhour"]),
    "aleppo": ("control", ["Aleppo"]),
    "east-aleppo --of siege": ("siege", ["East Aleppo"]),
    "aleppo --of casualties": ("casualties", ["Aleppo, civilians"]),
    "east-aleppo --of conditions": (
        "conditions",
        [f"East Aleppo, {what}" for what in ("food", "hospitals", "schools", "shelter")],
    ),
    "east-aleppo --of displacement": ("displacement", ["from East Aleppo to West Aleppo"]),
    "--flow 'eastern Aleppo' west-aleppo": ("displacement", ["from East Aleppo to West Aleppo"]),
    "--flow - sheikh-maqsoud": ("displacement", ["to Sheikh Maqsoud"]),
    "--topic sakhour": ("statements", ["sakhour"]),
    "--aid un-aid-delivery": (
        "aid",
        [f"un-aid-delivery, {party}" for party in ("Government", "Opposition", "Russia")],
    ),
}
EVENING = pytest.mark.parametrize("known", ["", f"--known {DAY}"], ids=["known now", "known then"])


def sakhour(options: str) -> dict:
    """Return why Sakhour is held by its holder."""
    (explained,) = asked(f"explain sakhour {options}")["explained"]
    return explained


def ids(standpoints: list[dict]) -> list[str]:
    return [standpoint["event"]["id"] for standpoint in standpoints]


@EVENING
def test_the_explanation_of_the_worked_example(folder, known):
    """The Observatory says so, one official denies it, one is unsure, and so it is disputed."""
    why = sakhour(f"--at {DAY} {known}")
    sides = {name: ids(why[name]) for name in ("for", "against", "unclear")}
    assert sides == {
        "for": ["sakhour-seized-sohr"],
        "against": ["sakhour-fall-denied"],
        "unclear": ["sakhour-unclear"],
    }
    standpoints = [*why["for"], *why["against"], *why["unclear"]]
    interests = [standpoint["source"]["interest"] for standpoint in standpoints]
    assert interests == ["disinterested", "self_serving", "self_serving"]
    assert {rule["rule"]: rule["events"] for rule in why["rules"]} == {
        "newest_turn": ["sakhour-seized-sohr"],
        "barred": ["east-held-by-rebels"],
        "disputed": ["sakhour-fall-denied"],
    }
    assert why["answer"] == asked(f"state sakhour --at {DAY} {known}")["control"]["sakhour"]
    assert why["would_change"]
    reasons = {left["id"]: left["reason"] for left in why["left_out"]}
    assert reasons == {"east-held-by-rebels": "earlier_time"}


@EVENING
def test_what_would_change_the_answer_does(folder, known):
    """The events of each change, once supposed, give the answer foretold, which is another."""
    why = sakhour(f"--at {DAY} {known}")
    before = [why["answer"][name] for name in ("holder", "status")]
    possible = [change for change in why["would_change"] if set(change["sources"]) <= set(SOURCES)]
    kinds = {change["if"] for change in possible}
    assert kinds >= {"withdrawn", "comes_round", "confirmed", "taken_back"}
    for change in possible:
        Path("change.jsonl").write_bytes(as_bytes(list(map(json.dumps, change["events"]))))
        later = f"--known {change['known']}" if known and change["known"] else known
        state = asked(f"state sakhour --at {DAY} {later} --with change.jsonl")
        answer = state["control"]["sakhour"]
        assert answer == change["then"], change["text"]
        assert [answer[name] for name in ("holder", "status")] != before, change["text"]


def test_a_change_says_from_when_it_is_known_where_the_cut_knows_less(folder):
    """As known that evening, a voice that speaks later is news; one that takes back is not."""
    assert {change["known"] for change in sakhour(f"--at {DAY}")["would_change"]} == {None}
    changes = sakhour(f"--at {DAY} --known {DAY}")["would_change"]
    later = {change["if"]: change["known"] for change in changes}
    assert later["withdrawn"] is None
    assert later["confirmed"] == "2016-11-29T00:00:00+02:00"


@pytest.mark.parametrize("subject", SUBJECTS)
def test_an_explanation_as_json_has_its_keys_in_order(folder, subject):
    """Its origin, then each subject with its answer, events, rules, changes and omissions."""
    projection, labels = SUBJECTS[subject]
    answer = asked(f"explain {subject} --at {DAY}")
    assert list(answer) == [*ORIGIN, "explained"]
    assert [why["projection"] for why in answer["explained"]] == [projection] * len(labels)
    assert [why["label"] for why in answer["explained"]] == labels
    for why in answer["explained"]:
        assert list(why) == EXPLAINED
        assert_standpoints(why)
        assert_speakers(why)
        assert_reasons(why)


def assert_standpoints(why: dict) -> None:
    """Hold that each side of an explanation has events of the log, and who says so."""
    for standpoint in (*why["for"], *why["against"], *why["unclear"]):
        assert (list(standpoint), list(standpoint["source"])) == (STANDPOINT, WHO)
        assert standpoint["event"] in EVENTS


def assert_speakers(why: dict) -> None:
    """Hold that each speaker has its sentence, and that a rule stands by the leader alone."""
    for stand in why["speakers"]:
        assert list(stand) == SPEAKER
        assert INSTANT.fullmatch(stand["last_heard"])
        assert (stand["rule"] is not None) == (stand["part"] == "leads")


def assert_reasons(why: dict) -> None:
    """Hold that rules, changes and omissions are those that the method knows, in its words."""
    assert why["rules"]
    for rule in why["rules"]:
        assert (list(rule), rule["text"]) == (["rule", "text", "events"], RULES[rule["rule"]])
    for change in why["would_change"]:
        assert list(change) == CHANGE
        assert change["if"] in TRIALS
        assert change["events"]
    for left in why["left_out"]:
        assert (list(left), left["text"]) == (LEFT_OUT, REASONS[left["reason"]])


@pytest.mark.parametrize("subject", SUBJECTS)
def test_an_explanation_as_text(folder, subject):
    """A tree for each subject, under a heading, with every id, rule and change of the JSON."""
    text = give(f"explain {subject} --at {DAY}").stdout
    assert text.startswith("Aleppo on 28 Nov 2016 · policy latest · 39 events\n\n")
    for label in SUBJECTS[subject][1]:
        assert re.search(rf"^{re.escape(label)}: ", text, re.MULTILINE)
    for why in asked(f"explain {subject} --at {DAY}")["explained"]:
        for id in ids([*why["for"], *why["against"]]):
            assert id in text
        for part in (*why["rules"], *why["would_change"], *why["left_out"]):
            assert part["text"] in text


def test_an_explanation_as_records(folder):
    """Each event that concerns the answer is a row, with its bearing or why it is left out."""
    lines = give(f"explain sakhour --at {DAY} --nl").stdout.splitlines()
    records = list(map(json.loads, lines))
    envelope = ["id", "source", "occurred", "reported", "grade", "outlet", "locator"]
    assert list(records[0]) == ["about", "is", "reason", *envelope]
    assert [(record["is"], record["id"]) for record in records] == [
        ("for", "sakhour-seized-sohr"),
        ("against", "sakhour-fall-denied"),
        ("unclear", "sakhour-unclear"),
        ("left out", "east-held-by-rebels"),
    ]


def test_what_was_not_known_is_left_out_for_that_reason(folder):
    """An answer of an earlier day says which events it could not know."""
    why = sakhour("--at 2016-11-24 --known 2016-11-24")
    assert why["answer"]["status"] == "unknown"
    assert [rule["rule"] for rule in why["rules"]] == ["nobody"]
    assert {left["reason"] for left in why["left_out"]} == {"not_known"}


def test_a_policy_explains_its_own_answer(folder):
    """Where a policy gives no answer, the rule says so."""
    options = f"--at {DAY} --policy unanimous"
    assert sakhour(options)["rules"][-1]["rule"] == "withheld"
    assert "under the policy unanimous" in give(f"explain sakhour {options}").stdout


# History ------------------------------------------------------------------------------------------


CHANGED = ["when", "projection", "key", "label", "before", "after", "because"]


QUESTIONS = ["control", "displacement", "casualties", "aid", "siege", "conditions", "statements"]


def test_what_was_believed_of_one_day_from_report_to_report(folder):
    """Nobody had said anything of Sakhour before that evening, when three voices spoke at once."""
    options = f"sakhour --along known --at {DAY}"
    (change,) = asked(f"history {options}")["changes"]
    assert change["when"] == "2016-11-28T23:59:59.999999+02:00"
    before, after = change["before"], change["after"]
    assert (before["holder"], before["status"]) == (None, "unknown")
    assert (after["holder"], after["status"]) == ("government", "disputed")
    assert change["because"] == ["sakhour-fall-denied", "sakhour-seized-sohr", "sakhour-unclear"]
    text = give(f"history {options}").stdout
    (row,) = table(text)
    assert row[:4] == ["28 Nov 2016", "Sakhour", "Government", "disputed"]
    assert "on 28 Nov 2016, from report to report" in text.splitlines()[0]


@pytest.mark.parametrize("along", ["valid", "known", "both"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_history_as_json_has_its_keys_in_order(folder, question, along):
    """Each change has its time, key, events, and the answers before and after, which join."""
    answer = asked(f"history --of {question} --along {along}")
    assert list(answer) == [*ORIGIN, "along", "changes"]
    assert answer["along"] == along
    assert answer["changes"]
    last: dict = {}
    for change in answer["changes"]:
        assert list(change) == CHANGED
        assert change["projection"] == question
        assert change["when"] is None or INSTANT.fullmatch(change["when"])
        assert change["because"]
        key = json.dumps(change["key"])
        assert change["before"] != change["after"]
        assert last.setdefault(key, change["before"]) == change["before"]
        last[key] = change["after"]
    times = [change["when"] for change in answer["changes"] if change["when"]]
    instants = list(map(datetime.fromisoformat, times))
    assert instants == sorted(instants)


def test_the_last_change_is_the_state(folder):
    """Day by day, the answer after the changes up to a date is that of the state on that date."""
    changes = asked("history sakhour")["changes"]
    for day in ("2012-07-01", "2012-09-01", "2016-11-26", "2016-11-27", DAY):
        state = asked(f"state sakhour --at {day}")
        end = datetime.fromisoformat(state["cut"]["at"])
        past = [one for one in changes if datetime.fromisoformat(one["when"]) <= end]
        assert past[-1]["after"] == state["control"]["sakhour"], day


def test_from_and_to_narrow_what_is_shown(folder):
    """Both ends belong to it, as a date or as people type one."""
    every = asked("history sakhour")["changes"]
    assert asked("history sakhour --from 2016")["changes"] == every[2:]
    assert asked("history sakhour --to 2016-11-27")["changes"] == every[:3]
    of_one_day = asked("history sakhour --from '27 Nov 2016' --to '27 Nov 2016'")["changes"]
    assert of_one_day == every[2:3]
    assert asked("history sakhour --from 2017", code=4)["changes"] == []


def test_several_places_have_one_history(folder):
    """The changes of each, in order of time."""
    both = asked("history sakhour 'jabal badro'")["changes"]
    assert {change["key"] for change in both} == {"sakhour", "jabal-badro"}
    of_sakhour = [change for change in both if change["key"] == "sakhour"]
    assert of_sakhour == asked("history sakhour")["changes"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_change_reads_like_what_was_there_before(folder, question):
    """Of one place, two rows that follow each other say two things."""
    last: dict = {}
    for _, where, *answer, _ in table(run("history", "--of", question).stdout):
        assert last.get(where) != answer, where
        last[where] = answer


# Diff ---------------------------------------------------------------------------------------------


DIFFERENCE = ["projection", "key", "label", "before", "after", "because"]


DIFFS = {
    # cuts and options, and whether anything differs
    f"2016-11-26 {DAY}": True,
    f"{DAY} {DAY}": False,
    f"{DAY}@2016-11-24 {DAY}": True,
    f"{DAY}@{DAY} {DAY}@2017-11-28": False,
    f"{DAY} --without-source sohr": True,
    f"{DAY} --without-event sakhour-fall-denied": True,
    "2016-11-20 --without-event sakhour-fall-denied": False,
    "2016-11-30 --with more.jsonl": True,
    "2016-11-30 --with events.jsonl": False,
    f"{DAY} 2016-11-30 --with more.jsonl": True,
    f"{DAY} {DAY} --with more.jsonl": False,
    f"'26 Nov 2016' {DAY}@yesterday": True,
}


@pytest.mark.parametrize(("arguments", "differs"), DIFFS.items(), ids=DIFFS)
def test_a_difference_is_told_and_counted(folder, arguments, differs):
    """As text and as JSON; the exit code says whether anything differs only if asked to."""
    text = give(f"diff {arguments}")
    assert bool(text.stdout) == differs
    assert ("nothing differs" in text.stderr) == (not differs)
    answer = asked(f"diff {arguments} --exit-code", code=int(differs))
    assert list(answer) == ["from", "to", "changes"]
    for side in (answer["from"], answer["to"]):
        assert list(side)[:4] == ORIGIN
        assert INSTANT.fullmatch(side["cut"]["at"])
    assert bool(answer["changes"]) == differs
    for change in answer["changes"]:
        assert list(change) == DIFFERENCE
        assert change["before"] != change["after"]
        assert change["because"]


def test_a_difference_is_that_of_two_states(folder):
    """Before is the state of the first cut, after that of the second."""
    before, after = (asked(f"state --at {day}")["control"] for day in ("2016-11-26", DAY))
    changed = [place for place in before if before[place] != after[place]]
    changes = asked(f"diff 2016-11-26 {DAY}")["changes"]
    of_control = [change for change in changes if change["projection"] == "control"]
    assert {change["key"] for change in of_control} == set(changed)
    for change in of_control:
        assert change["before"] == before[change["key"]]
        assert change["after"] == after[change["key"]]


def test_a_hypothesis_is_compared_with_the_log(folder):
    """With one cut the first side is the log as it is, the second is supposed."""
    answer = asked(f"diff {DAY} --without-source sohr")
    assert "hypothetical" not in answer["from"]
    without_sohr = {"with": [], "without_sources": ["sohr"], "without_events": []}
    assert answer["to"]["hypothetical"] == without_sohr
    rows = table(give(f"diff {DAY} --without-source sohr").stdout)
    assert rows[0][:4] == ["Control", "Sakhour", "Government, disputed", "Opposition, reported"]


# Hindsight ----------------------------------------------------------------------------------------


COUNTS = [
    "claims",
    "upheld",
    "overturned",
    "open",
    "retracted",
    "replaced",
    "median_delay_seconds",
]


def test_hindsight_as_json_has_its_keys_in_order(folder):
    """Gaps between what was known then and now, scores by place and by source, and each claim."""
    answer = asked("hindsight")
    assert list(answer) == [*ORIGIN, "gaps", "by_place", "by_source", "claims"]
    assert answer["gaps"]
    for gap in answer["gaps"]:
        assert list(gap) == ["key", "label", "begin", "end", "seconds", "then", "now"]
        assert list(gap["then"]) == list(gap["now"]) == CONTROL
        assert gap["begin"] is None or INSTANT.fullmatch(gap["begin"])
    for scores in (answer["by_place"], answer["by_source"]):
        assert all(list(score) == COUNTS for score in scores.values())
        assert sum(score["claims"] for score in scores.values()) == len(answer["claims"])
    for claim in answer["claims"]:
        assert list(claim) == ["id", "source", "key", "fate", "denies", "delay_seconds"]


def test_hindsight_of_the_worked_example(folder):
    """For two days the government may have held Sakhour and nobody had said so."""
    gap = asked("hindsight sakhour")["gaps"][-1]
    assert gap["begin"] == "2016-11-27T00:00:00+02:00"
    assert gap["end"] == "2016-11-28T23:59:59.999999+02:00"
    assert gap["seconds"] == 2 * 86400
    assert (gap["then"]["holder"], gap["now"]["holder"]) == (None, "government")
    ends = ["27 Nov 2016 at 00:00", "28 Nov 2016"]
    row = ["Sakhour", *ends, "unknown", "Government", "2 days"]
    assert row in table(give("hindsight sakhour").stdout)
