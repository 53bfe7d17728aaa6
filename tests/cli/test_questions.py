"""Why, since when, what differs, what if: explain, history, diff, hindsight, assessments, policies side by side, and hypotheses."""

import csv
import io
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from commandline import CONTROL_FIELDS, INSTANT, RUDE, as_bytes, refused, run

from timeline.analysis.counterfactuals import TRIALS
from timeline.analysis.omissions import REASONS
from timeline.analysis.rules import RULES

ROOT = Path(__file__).parents[2]
CITY = tomllib.loads((ROOT / "city.toml").read_text("utf-8"))
EVENTS = [json.loads(one) for one in (ROOT / "events.jsonl").read_bytes().splitlines()]
DAY = "2016-11-28"
ORIGIN = ["city", "cut", "policy", "log"]
FORMATS = ("--json", "--nl", "--csv", "--tsv")
UNSAFE = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
SAID = {"v": 1, "occurred": "2016-11-29", "reported": "2016-11-30", "source": "tv-reports"}
TEXT = f"{RUDE} حلب می‌خواهم 👩‍👧"


def supposed(id: str = "new-1", **fields) -> str:
    """Return a line that says that the opposition holds Sakhour, with other fields."""
    return json.dumps(
        {
            "id": id,
            "type": "control_change",
            **SAID,
            "place": "sakhour",
            "actor": "opposition",
            **fields,
        }
    )


def said(id: str = "new-1", **fields) -> str:
    """Return a line that says something, with other fields."""
    return json.dumps(
        {
            "id": id,
            "type": "statement",
            **SAID,
            "stance": "comment",
            "topic": "t",
            "summary": "s",
            **fields,
        }
    )


RUDE_LINES = [
    said(
        "rude-1",
        stance="disagree",
        about=["sakhour-seized-sohr"],
        summary=TEXT,
        note=TEXT,
        wording=TEXT,
        outlet=TEXT,
        locator=TEXT,
    ),
    json.dumps(
        {
            "id": "rude-2",
            "type": "condition",
            **SAID,
            "place": "sakhour",
            "subject": "water",
            "level": "none",
            "summary": TEXT,
        }
    ),
    json.dumps(
        {
            "id": "rude-3",
            "type": "aid_negotiation",
            **SAID,
            "negotiation": "n",
            "party": "un",
            "move": "propose",
            "terms": TEXT,
        }
    ),
    json.dumps(
        {
            "id": "rude-4",
            "type": "casualties",
            **SAID,
            "place": "sakhour",
            "killed": {"low": 1},
            "cause": TEXT,
        }
    ),
    json.dumps(
        {
            "id": "rude-5",
            "type": "retraction",
            **SAID,
            "target": "jabal-badro-captured",
            "reason": TEXT,
        }
    ),
]


@pytest.fixture
def folder(folder) -> Path:
    """A folder with a copy of the shipped log and its city, and files with events to suppose, where commands are given."""
    (folder / "more.jsonl").write_bytes(as_bytes([supposed()]))
    (folder / "rude.jsonl").write_bytes(as_bytes(RUDE_LINES))
    return folder


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return every file of a folder with its bytes and the time at which it was written."""
    return {
        str(path): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def asked(*arguments: str, code: int = 0):
    """Return what a command answers as JSON."""
    return json.loads(run(*arguments, "--json", code=code).stdout, parse_constant=pytest.fail)


def unsafe(text: str) -> list[str]:
    """Return what in a text could steer a terminal, or turn text round."""
    return UNSAFE.findall(text)


def table(text: str) -> list[list[str]]:
    """Return the rows of the first table that a command writes into a pipe, cell by cell."""
    lines = text.splitlines()
    rule = next(number for number, one in enumerate(lines) if one.startswith("──"))
    starts = [match.start() for match in re.finditer(r"─+", lines[rule])] + [None]
    body = lines[rule + 1 :][: ([*lines[rule + 1 :], ""]).index("")]
    return [[one[a:b].strip() for a, b in pairwise(starts)] for one in body]


# Explain ------------------------------------------------------------------------------------------

EXPLAINED = [
    "projection",
    "key",
    "label",
    "answer",
    "for",
    "against",
    "unclear",
    "rules",
    "would_change",
    "left_out",
]
STANDPOINT = ["event", "source", "says"]
WHO = ["label", "kind", "side", "interest"]
CHANGE = ["if", "text", "sources", "known", "then", "events"]
LEFT_OUT = ["id", "reason", "text", "by"]
SUBJECTS = {
    # what is asked, its projection, and the labels of what is explained
    "who holds a place": (["sakhour"], "control", ["Sakhour"]),
    "a place by its Arabic name": (["الصاخور"], "control", ["Sakhour"]),
    "a place of which nobody spoke": (["aleppo"], "control", ["Aleppo"]),
    "a siege": (["east-aleppo", "--of", "siege"], "siege", ["East Aleppo"]),
    "the dead": (["aleppo", "--of", "casualties"], "casualties", ["Aleppo, civilians"]),
    "all that is short": (
        ["east-aleppo", "--of", "conditions"], "conditions",
        ["East Aleppo, food", "East Aleppo, hospitals", "East Aleppo, schools", "East Aleppo, shelter"],
    ),
    "who fled from a place": (["east-aleppo", "--of", "displacement"], "displacement", ["from East Aleppo to West Aleppo"]),
    "a flow": (["--flow", "eastern Aleppo", "west-aleppo"], "displacement", ["from East Aleppo to West Aleppo"]),
    "a flow from nowhere said": (["--flow", "-", "sheikh-maqsoud"], "displacement", ["to Sheikh Maqsoud"]),
    "what was said on a topic": (["--topic", "sakhour"], "statements", ["sakhour"]),
    "a negotiation": (
        ["--aid", "un-aid-delivery"], "aid",
        ["un-aid-delivery, Government", "un-aid-delivery, Opposition", "un-aid-delivery, Russia"],
    ),
}  # fmt: skip


def sakhour(*options: str) -> dict:
    """Return why Sakhour is held by whom it is held."""
    (one,) = asked("explain", "sakhour", *options)["explained"]
    return one


def ids(standpoints: list[dict]) -> list[str]:
    return [one["event"]["id"] for one in standpoints]


@pytest.mark.parametrize("known", [[], ["--known", DAY]], ids=["known now", "known that evening"])
def test_the_explanation_of_the_worked_example(folder, known):
    """Sakhour on 28 November 2016: the Observatory says so, one official denies it, one is unsure, and so it is disputed."""
    one = sakhour("--at", DAY, *known)
    assert (ids(one["for"]), ids(one["against"]), ids(one["unclear"])) == (
        ["sakhour-seized-sohr"], ["sakhour-fall-denied"], ["sakhour-unclear"],
    )  # fmt: skip
    assert [side["source"]["interest"] for name in ("for", "against", "unclear") for side in one[name]] == [
        "disinterested", "self_serving", "self_serving",
    ]  # fmt: skip
    assert {rule["rule"]: rule["events"] for rule in one["rules"]} == {
        "newest_change": ["sakhour-seized-sohr"], "disputed": ["sakhour-fall-denied"],
    }  # fmt: skip
    assert one["answer"] == asked("state", "sakhour", "--at", DAY, *known)["control"]["sakhour"]
    assert one["would_change"]
    assert {left["id"]: left["reason"] for left in one["left_out"]} == {
        "east-held-by-rebels": "earlier_time"
    }


@pytest.mark.parametrize("known", [[], ["--known", DAY]], ids=["known now", "known that evening"])
def test_what_would_change_the_answer_does(folder, known):
    """The events of each change, written one a line and supposed, give the answer that was foretold, and another than stands."""
    one = sakhour("--at", DAY, *known)
    before = [one["answer"][name] for name in ("holder", "status")]
    possible = [
        change for change in one["would_change"] if set(change["sources"]) <= set(CITY["sources"])
    ]
    assert {"withdrawn", "comes_round", "confirmed", "taken_back"} <= {
        change["if"] for change in possible
    }
    for change in possible:
        Path("change.jsonl").write_text(
            "".join(json.dumps(event) + "\n" for event in change["events"]), "utf-8"
        )
        later = ["--known", change["known"]] if known and change["known"] else known
        answer = asked("state", "sakhour", "--at", DAY, *later, "--with", "change.jsonl")[
            "control"
        ]["sakhour"]
        assert answer == change["then"], change["text"]
        assert [answer[name] for name in ("holder", "status")] != before, change["text"]


def test_a_change_says_from_when_it_is_known_where_the_cut_knows_less(folder):
    """As known that evening a voice that speaks later is news of the next day; a voice that takes back what it said is not."""
    assert {change["known"] for change in sakhour("--at", DAY)["would_change"]} == {None}
    later = {
        change["if"]: change["known"]
        for change in sakhour("--at", DAY, "--known", DAY)["would_change"]
    }
    assert later["withdrawn"] is None
    assert later["confirmed"] == "2016-11-29T00:00:00+02:00"


@pytest.mark.parametrize(
    ("arguments", "projection", "labels"),
    [pytest.param(*row, id=name) for name, row in SUBJECTS.items()],
)
def test_an_explanation_as_json_has_its_keys_in_order(folder, arguments, projection, labels):
    """What an answer comes from, then each subject with its answer, its events, its rules, what would change it, what is left out."""
    answer = asked("explain", *arguments, "--at", DAY)
    assert list(answer) == [*ORIGIN, "explained"]
    assert [(one["projection"], one["label"]) for one in answer["explained"]] == [
        (projection, label) for label in labels
    ]
    for one in answer["explained"]:
        assert list(one) == EXPLAINED
        sides = [side for name in ("for", "against", "unclear") for side in one[name]]
        assert all((list(side), list(side["source"])) == (STANDPOINT, WHO) for side in sides)
        assert [side["event"] for side in sides if side["event"] not in EVENTS] == []
        assert one["rules"]
        assert all(
            (list(rule), rule["text"]) == (["rule", "text", "events"], RULES[rule["rule"]])
            for rule in one["rules"]
        )
        assert all(
            list(change) == CHANGE and change["if"] in TRIALS and change["events"]
            for change in one["would_change"]
        )
        assert all(
            (list(left), left["text"]) == (LEFT_OUT, REASONS[left["reason"]])
            for left in one["left_out"]
        )


@pytest.mark.parametrize(
    ("arguments", "labels"),
    [pytest.param(row[0], row[2], id=name) for name, row in SUBJECTS.items()],
)
def test_an_explanation_as_text(folder, arguments, labels):
    """A tree for each subject, under a heading, with every id, rule and change that the JSON has."""
    text = run("explain", *arguments, "--at", DAY).stdout
    assert text.startswith("Aleppo on 28 Nov 2016 · policy latest · 39 events\n\n")
    assert [
        one for one in labels if not re.search(rf"^{re.escape(one)}: ", text, re.MULTILINE)
    ] == []
    for one in asked("explain", *arguments, "--at", DAY)["explained"]:
        told = [*ids(one["for"]), *ids(one["against"]), *(rule["text"] for rule in one["rules"])]
        told += [change["text"] for change in one["would_change"]] + [
            left["text"] for left in one["left_out"]
        ]
        assert [part for part in told if part not in text] == []


def test_an_explanation_as_records(folder):
    """Every event that concerns the answer a row, with what it is to it or why it is left out."""
    rows = [
        json.loads(one)
        for one in run("explain", "sakhour", "--at", DAY, "--nl").stdout.splitlines()
    ]
    assert list(rows[0]) == [
        "about",
        "is",
        "reason",
        "id",
        "source",
        "occurred",
        "reported",
        "grade",
        "outlet",
        "locator",
    ]
    assert [(row["is"], row["id"]) for row in rows] == [
        ("for", "sakhour-seized-sohr"), ("against", "sakhour-fall-denied"), ("unclear", "sakhour-unclear"),
        ("left out", "east-held-by-rebels"),
    ]  # fmt: skip


def test_what_was_not_known_is_left_out_for_that_reason(folder):
    """An answer of an earlier day says which events it could not know."""
    one = sakhour("--at", "2016-11-24", "--known", "2016-11-24")
    assert one["answer"]["status"] == "unknown"
    assert [rule["rule"] for rule in one["rules"]] == ["nobody"]
    assert {left["reason"] for left in one["left_out"]} == {"not_known"}


def test_a_policy_explains_its_own_answer(folder):
    """Where a policy gives no answer, the rule says so."""
    rules = [rule["rule"] for rule in sakhour("--at", DAY, "--policy", "unanimous")["rules"]]
    assert rules[-1] == "withheld"
    assert (
        "under the policy unanimous"
        in run("explain", "sakhour", "--at", DAY, "--policy", "unanimous").stdout
    )


# History ------------------------------------------------------------------------------------------

CHANGED = ["when", "projection", "key", "label", "before", "after", "because"]
QUESTIONS = ["control", "displacement", "casualties", "aid", "siege", "conditions", "statements"]


def test_what_was_believed_of_one_day_from_report_to_report(folder):
    """Of 28 November nobody had said anything of Sakhour before that evening, when three voices spoke at once."""
    (change,) = asked("history", "sakhour", "--along", "known", "--at", DAY)["changes"]
    assert change["when"] == "2016-11-28T23:59:59.999999+02:00"
    assert [change[side][name] for side in ("before", "after") for name in ("holder", "status")] == [
        None, "unknown", "government", "disputed",
    ]  # fmt: skip
    assert change["because"] == ["sakhour-fall-denied", "sakhour-seized-sohr", "sakhour-unclear"]
    text = run("history", "sakhour", "--along", "known", "--at", DAY).stdout
    (row,) = table(text)
    assert row[:4] == ["28 Nov 2016", "Sakhour", "Government", "disputed"]
    assert "on 28 Nov 2016, from report to report" in text.splitlines()[0]


@pytest.mark.parametrize("along", ["valid", "known", "both"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_history_as_json_has_its_keys_in_order(folder, question, along):
    """Each change with when, what it is about, the answer before and after, and the events behind it; the answers join."""
    answer = asked("history", "--of", question, "--along", along)
    assert list(answer) == [*ORIGIN, "along", "changes"]
    assert answer["along"] == along
    assert answer["changes"]
    last: dict = {}
    for one in answer["changes"]:
        assert list(one) == CHANGED
        assert one["projection"] == question
        assert one["when"] is None or INSTANT.fullmatch(one["when"])
        assert one["because"]
        key = json.dumps(one["key"])
        assert one["before"] != one["after"]
        assert last.setdefault(key, one["before"]) == one["before"]
        last[key] = one["after"]
    instants = [datetime.fromisoformat(one["when"]) for one in answer["changes"] if one["when"]]
    assert instants == sorted(instants)


def test_the_last_change_is_the_state(folder):
    """Day by day, the answer after the changes up to a date is that of the state on that date."""
    changes = asked("history", "sakhour")["changes"]
    for day in ("2012-07-01", "2012-09-01", "2016-11-26", "2016-11-27", DAY):
        end = asked("state", "--at", day)["cut"]["at"]
        told = [
            one["after"]
            for one in changes
            if datetime.fromisoformat(one["when"]) <= datetime.fromisoformat(end)
        ]
        assert told[-1] == asked("state", "sakhour", "--at", day)["control"]["sakhour"], day


def test_from_and_to_narrow_what_is_shown(folder):
    """Both ends belong to it, as a date or as people type one."""
    every = asked("history", "sakhour")["changes"]
    assert asked("history", "sakhour", "--from", "2016")["changes"] == every[2:]
    assert asked("history", "sakhour", "--to", "2016-11-27")["changes"] == every[:3]
    assert (
        asked("history", "sakhour", "--from", "27 Nov 2016", "--to", "27 Nov 2016")["changes"]
        == every[2:3]
    )
    assert asked("history", "sakhour", "--from", "2017", code=4)["changes"] == []


def test_several_places_have_one_history(folder):
    """The changes of each, in order of time."""
    both = asked("history", "sakhour", "jabal badro")["changes"]
    assert {one["key"] for one in both} == {"sakhour", "jabal-badro"}
    assert [one for one in both if one["key"] == "sakhour"] == asked("history", "sakhour")[
        "changes"
    ]


@pytest.mark.parametrize(
    "question",
    QUESTIONS,
)
def test_no_change_reads_like_what_was_there_before(folder, question):
    """Of one place, two rows that follow each other say two things."""
    last: dict = {}
    for _, where, *told, _ in table(run("history", "--of", question).stdout):
        assert last.get(where) != told, where
        last[where] = told


# Diff ---------------------------------------------------------------------------------------------

DIFFERENCE = ["projection", "key", "label", "before", "after", "because"]
DIFFS = {
    # cuts and options, and whether anything differs
    "two days": (["2016-11-26", DAY], True),
    "one day": ([DAY, DAY], False),
    "known then, and now": ([f"{DAY}@2016-11-24", DAY], True),
    "known then, and a year later": ([f"{DAY}@{DAY}", f"{DAY}@2017-11-28"], False),
    "without a source": ([DAY, "--without-source", "sohr"], True),
    "without an event": ([DAY, "--without-event", "sakhour-fall-denied"], True),
    "without an event that came later": (
        ["2016-11-20", "--without-event", "sakhour-fall-denied"],
        False,
    ),
    "with a file": (["2016-11-30", "--with", "more.jsonl"], True),
    "with a file of what is there": (["2016-11-30", "--with", "events.jsonl"], False),
    "two days under a hypothesis": ([DAY, "2016-11-30", "--with", "more.jsonl"], True),
    "the same under a hypothesis": ([DAY, DAY, "--with", "more.jsonl"], False),
    "in words": (["26 Nov 2016", f"{DAY}@yesterday"], True),
}


@pytest.mark.parametrize(
    ("arguments", "differs"), [pytest.param(*row, id=name) for name, row in DIFFS.items()]
)
def test_a_difference_is_told_and_counted(folder, arguments, differs):
    """As text and as JSON, whose keys are in order; the exit code says whether anything differs only where it is asked for."""
    plain = run("diff", *arguments)
    assert bool(plain.stdout) == differs
    assert ("nothing differs" in plain.stderr) == (not differs)
    told = run("diff", *arguments, "--exit-code", "--json", code=int(differs))
    answer = json.loads(told.stdout)
    assert list(answer) == ["from", "to", "changes"]
    assert [list(answer[side])[:4] for side in ("from", "to")] == [ORIGIN, ORIGIN]
    assert all(INSTANT.fullmatch(answer[side]["cut"]["at"]) for side in ("from", "to"))
    assert bool(answer["changes"]) == differs
    for one in answer["changes"]:
        assert list(one) == DIFFERENCE
        assert one["before"] != one["after"]
        assert one["because"]


def test_a_difference_is_that_of_two_states(folder):
    """Before is what the state of the first cut says, after what that of the second says."""
    changes = [
        one for one in asked("diff", "2016-11-26", DAY)["changes"] if one["projection"] == "control"
    ]
    before, after = (asked("state", "--at", day)["control"] for day in ("2016-11-26", DAY))
    assert {one["key"]: (one["before"], one["after"]) for one in changes} == {
        place: (before[place], after[place]) for place in before if before[place] != after[place]
    }


def test_a_hypothesis_is_compared_with_the_log(folder):
    """With one cut the first side is the log as it is, the second what is supposed."""
    answer = asked("diff", DAY, "--without-source", "sohr")
    assert "hypothetical" not in answer["from"]
    assert answer["to"]["hypothetical"] == {
        "with": [],
        "without_sources": ["sohr"],
        "without_events": [],
    }
    rows = table(run("diff", DAY, "--without-source", "sohr").stdout)
    assert rows[0][:4] == ["Control", "Sakhour", "Government, disputed", "Opposition, reported"]


# Hindsight, assessments, policies -----------------------------------------------------------------


def test_hindsight_as_json_has_its_keys_in_order(folder):
    """Gaps between what was known then and what is known now, scores by place and by source, and each claim."""
    answer = asked("hindsight")
    assert list(answer) == [*ORIGIN, "gaps", "by_place", "by_source", "claims"]
    assert answer["gaps"]
    for gap in answer["gaps"]:
        assert list(gap) == ["key", "label", "begin", "end", "seconds", "then", "now"]
        assert list(gap["then"]) == list(gap["now"]) == CONTROL_FIELDS
        assert gap["begin"] is None or INSTANT.fullmatch(gap["begin"])
    counts = [
        "claims",
        "upheld",
        "overturned",
        "open",
        "retracted",
        "replaced",
        "median_delay_seconds",
    ]
    assert all(
        list(one) == counts for name in ("by_place", "by_source") for one in answer[name].values()
    )
    assert all(
        list(one) == ["id", "source", "key", "outcome", "delay_seconds"] for one in answer["claims"]
    )
    for name in ("by_place", "by_source"):
        assert sum(one["claims"] for one in answer[name].values()) == len(answer["claims"])


def test_hindsight_of_the_worked_example(folder):
    """For two days the government may have held Sakhour and nobody had said so."""
    gap = asked("hindsight", "sakhour")["gaps"][-1]
    assert [gap[name] for name in ("begin", "end", "seconds")] == [
        "2016-11-27T00:00:00+02:00", "2016-11-28T23:59:59.999999+02:00", 2 * 86400,
    ]  # fmt: skip
    assert [gap[side]["holder"] for side in ("then", "now")] == [None, "government"]
    assert [
        "Sakhour",
        "27 Nov 2016 at 00:00",
        "28 Nov 2016",
        "unknown",
        "Government",
        "2 days",
    ] in table(run("hindsight", "sakhour").stdout)


def test_assessments_as_json_have_their_keys_in_order(folder):
    """Each with what it claims and what the replay finds, by districts and by area."""
    answer = asked("check", "--assessments")
    assert list(answer) == [*ORIGIN, "assessments"]
    assert [one["id"] for one in answer["assessments"]] == [
        "over-a-third-lost-sohr",
        "third-lost-sohr",
    ]
    for one in answer["assessments"]:
        assert list(one) == [
            "id",
            "source",
            "measure",
            "actor",
            "place",
            "occurred",
            "since",
            "by_districts",
            "by_area",
        ]
        for measured in (one["by_districts"], one["by_area"]):
            assert list(measured) == ["verdict", "claimed", "replayed", "of", "reason"]
            assert measured["verdict"] == "disagrees"
    text = run("check", "--assessments")
    assert [one.partition(": ")[0] for one in text.stdout.splitlines()] == [
        "over-a-third-lost-sohr",
        "third-lost-sohr",
    ]
    assert text.stderr == ""


def test_policies_side_by_side(folder):
    """Only what they disagree about, each answer as that policy alone gives it."""
    answer = asked("state", "--policy", "all", "--at", DAY)
    assert list(answer) == [*ORIGIN, "disagreements"]
    assert answer["policy"] == "all"
    policies = ["latest", "cautious", "reliable", "majority", "unanimous"]
    for one in answer["disagreements"]:
        assert list(one) == ["projection", "key", "label", "answers"]
        assert list(one["answers"]) == policies
        assert len({json.dumps(each) for each in one["answers"].values()}) > 1
    (held,) = (one for one in answer["disagreements"] if one["projection"] == "control")
    assert held["key"] == "sakhour"
    for policy in policies:
        assert (
            asked("state", "sakhour", "--at", DAY, "--policy", policy)["control"]["sakhour"]
            == held["answers"][policy]
        )
    text = run("state", "--policy", "all", "--at", DAY).stdout
    assert "policy all" in text.splitlines()[0]
    assert table(text)[0][:2] == ["Sakhour", "Control"]
    agreed = run("state", "--policy", "all", "--at", "2010")
    assert (agreed.stdout, agreed.stderr) == ("", "all policies give the same answers\n")
    assert asked("state", "--policy", "all", "--at", "2010")["disagreements"] == []


# What if ------------------------------------------------------------------------------------------

READERS = {
    # every command that reads, and the formats that it writes
    "state": (["state", "--at", "2016-11-30"], FORMATS),
    "state of a place": (["state", "sakhour"], FORMATS),
    "policies": (["state", "--policy", "all"], FORMATS),
    "explain": (["explain", "sakhour"], FORMATS),
    "explain aid": (["explain", "--aid", "un-aid-delivery"], FORMATS),
    "history": (["history"], FORMATS),
    "history of flows": (["history", "--of", "displacement"], FORMATS),
    "history of statements": (["history", "--of", "statements", "--along", "both"], FORMATS),
    "diff": (["diff", "2016-11-24", "2016-12-01"], FORMATS),
    "diff of a hypothesis": (["diff", "2016-12-01"], FORMATS),
    "hindsight": (["hindsight"], FORMATS),
    "log": (["log"], FORMATS),
    "show": (["show", "hanano-captured"], ("--json",)),
    "assessments": (["check", "--assessments"], ("--json",)),
}
WHAT_IFS = {
    "with": (["--with", "more.jsonl"], "with 1 event more"),
    "without a source": (
        ["--without-source", "the Russian defence ministry"],
        "without the Russian defence ministry",
    ),
    "without an event": (["--without-event", "sakhour-fall"], "without sakhour-fall-denied"),
    "all at once": (
        [
            "--with",
            "more.jsonl",
            "--without-source",
            "damascus",
            "--without-event",
            "sakhour-unclear",
        ],
        "with 1 event more, without the Syrian government, without sakhour-unclear",
    ),
}
EVERY = [pytest.param(*row, id=name) for name, row in READERS.items()]
MARKED = [
    pytest.param(command, wanted, id=f"{name} as {wanted.removeprefix('--')}")
    for name, (command, formats) in READERS.items()
    for wanted in ("text", *formats)
]


@pytest.mark.parametrize(
    ("what_if", "told"), [pytest.param(*row, id=name) for name, row in WHAT_IFS.items()]
)
def test_every_kind_of_hypothesis_is_told(folder, what_if, told):
    """Sources by their names, events by their ids, what is added by its number."""
    assert run("state", "sakhour", *what_if).stderr == f"HYPOTHETICAL: {told}\n"


@pytest.mark.parametrize(("command", "formats"), EVERY)
def test_what_is_supposed_is_told_and_never_written(folder, command, formats):
    """On stderr, once; nothing in the folder is touched, not even the time of writing."""
    what_if, told = WHAT_IFS["all at once"]
    before = snapshot(folder)
    assert run(*command, *what_if).stderr.splitlines()[0] == f"HYPOTHETICAL: {told}"
    assert snapshot(folder) == before


@pytest.mark.parametrize(("command", "wanted"), MARKED)
def test_a_hypothetical_answer_is_marked_in_every_format(folder, command, wanted):
    """On stderr and on stdout, where whoever reads it later sees it: in the heading, in the JSON, in every record.

    What the supposed events say cannot steer a terminal, and nothing is written.
    """
    before = snapshot(folder)
    result = run(*command, "--with", "rude.jsonl", *(() if wanted == "text" else (wanted,)))
    assert snapshot(folder) == before
    assert unsafe(result.output if wanted != "--tsv" else result.output.replace("\t", "")) == []
    assert result.stderr.count("HYPOTHETICAL: with 5 events more\n") == 1
    if wanted == "text":
        assert "HYPOTHETICAL: with 5 events more" in result.stdout.splitlines()[0]
    elif wanted == "--json":
        whole = json.loads(result.stdout)
        record = whole[0] if isinstance(whole, list) else whole.get("to", whole)
        assert record["hypothetical"]
    else:
        records = (
            [json.loads(one) for one in result.stdout.splitlines()]
            if wanted == "--nl"
            else rows(result.stdout, wanted)
        )
        assert records
        assert {str(record["hypothetical"]).lower() for record in records} == {"true"}


@pytest.mark.parametrize(("command", "formats"), EVERY)
def test_an_answer_of_the_log_is_not_marked(folder, command, formats):
    """Without a hypothesis the word is nowhere."""
    cuts = ["2016-12-02"] if command == ["diff", "2016-12-01"] else []
    assert "hypothetical" not in run(*command, *cuts, formats[-1]).output.casefold()


def test_the_hypothesis_stands_behind_the_log_in_json(folder):
    """The keys of an answer keep their order; the hypothesis has its own place and names everything by its id."""
    options = ["--with", "more.jsonl", "--without-source", "SOHR", "--without-event", "sakhour-unc"]
    answer = asked("state", "sakhour", *options)
    assert list(answer)[:6] == [*ORIGIN, "hypothetical", "state_sha256"]
    assert answer["hypothetical"] == {
        "with": ["new-1"],
        "without_sources": ["sohr"],
        "without_events": ["sakhour-unclear"],
    }
    for command in (
        ["explain", "sakhour"],
        ["history"],
        ["hindsight"],
        ["state", "--policy", "all"],
        ["check", "--assessments"],
    ):
        told = asked(*command, *options, code=4 if command[0] == "check" else 0)
        assert list(told)[:5] == [*ORIGIN, "hypothetical"]


def test_what_is_supposed_is_answered_as_if_it_were_so(folder):
    """A state with a file is the state after the file is appended, and that without a source is of what the others say."""
    supposing = [
        asked("state", "--at", "2016-11-30", "--with", name)["control"]
        for name in ("more.jsonl", "rude.jsonl")
    ]
    assert supposing[0]["sakhour"]["holder"] == "opposition"
    for name, answer in zip(("more.jsonl", "rude.jsonl"), supposing, strict=True):
        shutil.copy(ROOT / "events.jsonl", "events.jsonl")
        run("append", "--file", name)
        assert asked("state", "--at", "2016-11-30")["control"] == answer
    shutil.copy(ROOT / "events.jsonl", "events.jsonl")
    without = asked("state", "sakhour", "--at", DAY, "--without-source", "sohr")["control"][
        "sakhour"
    ]
    assert (without["holder"], without["inherited_from"]) == ("opposition", "east-aleppo")
    without = asked("state", "sakhour", "--at", DAY, "--without-event", "sakhour-fall-denied")[
        "control"
    ]["sakhour"]
    assert (without["holder"], without["status"]) == ("government", "reported")


def test_a_supposed_event_can_be_shown_and_left_out_again(folder):
    """It stands in no line, and has an id like any other."""
    assert re.search(
        r"^line +none: it is supposed$",
        run("show", "new-1", "--with", "more.jsonl").stdout,
        re.MULTILINE,
    )
    refused(run("show", "new-1", code=4), ["no event new-1"])
    assert "new-1" in run("log", "--with", "more.jsonl").stdout
    answer = asked("state", "sakhour", "--with", "more.jsonl", "--without-event", "new-1")
    assert answer["control"] == asked("state", "sakhour")["control"]


def test_what_is_supposed_may_come_from_a_pipe(folder):
    """A hyphen is stdin, so that what `append --dry-run` shows can be asked about before it is written."""
    claim = [
        "control_change",
        "--place",
        "sakhour",
        "--actor",
        "opposition",
        "--source",
        "sohr",
        "--occurred",
        "29 Nov 2016",
    ]
    lines = run("append", *claim, "--reported", "2016-11-30", "--id", "new-2", "--dry-run").stdout
    answer = json.loads(run("state", "sakhour", "--with", "-", "--json", given=lines).stdout)
    assert (answer["hypothetical"]["with"], answer["control"]["sakhour"]["holder"]) == (
        ["new-2"],
        "opposition",
    )


@pytest.mark.parametrize("name", ["empty.jsonl", "events.jsonl"], ids=["no line", "the log itself"])
def test_a_file_that_adds_nothing_is_told(folder, name):
    """It is still a hypothesis, and its answers are those of the log."""
    (folder / "empty.jsonl").write_bytes(b"")
    result = run("state", "sakhour", "--with", name, "--json")
    assert result.stderr == "HYPOTHETICAL: nothing more than the log holds\n"
    assert json.loads(result.stdout)["control"] == asked("state", "sakhour")["control"]


@pytest.mark.parametrize("recorded", ["2026-11-22", "2030"])
def test_what_is_supposed_counts_whatever_was_recorded_by_then(folder, recorded):
    """A hypothesis about what the log held on a day is a hypothesis: it changes the answer, as the explanation foretells, or is refused."""
    answer = asked("state", "sakhour", "--recorded", recorded, "--with", "more.jsonl")
    assert answer["control"]["sakhour"]["holder"] == "opposition"


def test_what_is_left_out_twice_is_told_once(folder):
    """A name and another name of the same source are one source."""
    told = run("state", "sakhour", "--without-source", "sohr", "--without-source", "SOHR").stderr
    assert told.count("Observatory") == 1


WITH = {
    # the lines or bytes of a file, the exit code and the messages
    "bytes": (b"\x00\xff\xfe\n\xad\n", [("what.jsonl:1", "NUL"), ("what.jsonl:2", "0xad")]),
    "a torn last line": ([supposed(), '{"id":"new-2'], [("what.jsonl:2", "not JSON")]),
    "an empty line": ([supposed(), ""], [("what.jsonl:2", "an empty line")]),
    "Windows newlines": ([supposed() + "\r"], [("what.jsonl:1", "a carriage return")]),
    "an id of the log": (
        [supposed("sakhour-seized-sohr")],
        [("sakhour-seized-sohr", "in the log too, with other content")],
    ),
    "an id twice": (
        [supposed(), supposed(place="shaar")],
        [("new-1", "in this batch too, with other content")],
    ),
    "about no event": ([said(about=["xyzzy"])], [("new-1: $.about[0]", "no event xyzzy")]),
    "in place of no event": (
        [supposed(supersedes="xyzzy")],
        [("new-1: $.supersedes", "no event xyzzy")],
    ),
    "an unknown place": ([supposed(place="sakhuor")], [("what.jsonl:1: $.place", "did you mean")]),
    "recorded by hand": (
        [supposed(recorded="2016-12-01T00:00:00Z")],
        [("$.recorded", "the log sets it")],
    ),
    "an answer for an event": (['{"city": "aleppo"}'], [("what.jsonl:1: $.type", "missing")]),
}


@pytest.mark.parametrize("command", [["state"], ["diff", DAY]], ids=lambda one: one[0])
@pytest.mark.parametrize(
    ("content", "messages"), [pytest.param(*row, id=name) for name, row in WITH.items()]
)
def test_what_may_not_be_appended_may_not_be_supposed(folder, content, messages, command):
    """The same rules, the same sentences, the exit code of what may not enter the log; nothing on stdout, nothing written."""
    (folder / "what.jsonl").write_bytes(as_bytes(content))
    before = snapshot(folder)
    result = run(*command, "--with", "what.jsonl", code=1)
    refused(result, messages, hint_of_usage=False)
    assert result.stdout == ""
    assert snapshot(folder) == before


# Mistakes -----------------------------------------------------------------------------------------

NO_DATE = "is not a date"
MISTAKES = {
    # command line, exit code, messages
    "nothing to explain": (["explain"], 2, [("no one answer to explain", "PLACE", "--aid", "--flow")]),
    "an empty place": (["explain", ""], 2, ["unknown place ''"]),
    "a question about nothing": (["explain", "--of", "siege"], 2, [("no one answer to explain", "--of goes with PLACE")]),
    "a place and a negotiation": (["explain", "sakhour", "--aid", "un-aid-delivery"], 2, ["no one answer to explain"]),
    "two places": (["explain", "sakhour", "midan"], 2, ["unexpected extra argument"]),
    "unknown place to explain": (["explain", "sakhuor"], 2, [("unknown place 'sakhuor'", "did you mean")]),
    "unknown question to explain": (["explain", "sakhour", "--of", "sieg"], 2, [("unknown question 'sieg'", "did you mean siege?")]),
    "unknown negotiation": (["explain", "--aid", "UN aid delivery"], 4, [("negotiation UN aid delivery", "un-aid-delivery")]),
    "half a flow": (["explain", "--flow", "sakhour"], 2, ["requires 2 arguments"]),
    "a flow of which nobody spoke": (["explain", "--flow", "midan", "sakhour"], 4, [("nobody spoke of a flow", "East Aleppo")]),
    "a flow from nowhere to nowhere": (["explain", "--flow", "-", "-"], 4, ["nobody spoke of a flow"]),
    "a flow from an unknown place": (["explain", "--flow", "xyzzy", "midan"], 2, ["unknown place 'xyzzy'"]),
    "a question of which nobody spoke": (["explain", "sakhour", "--of", "siege"], 4, [("nobody spoke of siege in sakhour", "East Aleppo")]),
    "all policies explained": (["explain", "sakhour", "--policy", "all"], 2, ["unknown policy 'all'"]),
    "two formats of an explanation": (["explain", "sakhour", "--json", "--csv"], 2, ["--json and --csv; expected one of them"]),
    "three formats of a history": (["history", "--nl", "--csv", "--tsv"], 2, ["--nl and --csv and --tsv; expected one of them"]),
    "two formats of a difference": (["diff", "2016", "2017", "--csv", "--tsv"], 2, ["--csv and --tsv; expected one of them"]),
    "two formats of hindsight": (["hindsight", "--json", "--nl"], 2, ["--json and --nl; expected one of them"]),
    "unknown place of a history": (["history", "xyzzy"], 2, ["unknown place 'xyzzy'"]),
    "no place of a history": (["history", ""], 2, ["unknown place ''"]),
    "unknown question of a history": (["history", "--of", "sieges"], 2, [("unknown question 'sieges'", "did you mean siege?")]),
    "unknown clock": (["history", "--along", "recorded"], 2, [("recorded", "valid", "known", "both")]),
    "a day along the days": (["history", "--at", DAY], 2, [("--at with --along valid", "--from and --to")]),
    "a day along both": (["history", "--at", DAY, "--along", "both"], 2, ["--at with --along both"]),
    "from no date": (["history", "--from", "the other day"], 2, [f"'the other day' {NO_DATE}"]),
    "from nothing": (["history", "--from", ""], 2, [f"'' {NO_DATE}"]),
    "a history of nothing": (["history", "--from", "2030"], 4, ["nothing changed"]),
    "no cut": (["diff"], 2, ["Missing argument"]),
    "one cut": (["diff", "2016"], 2, [("1 cut; expected two, or one and a hypothesis", "--without-source")]),
    "three cuts": (["diff", "2016", "2017", "2018"], 2, ["3 cuts; expected two"]),
    "three cuts and a hypothesis": (["diff", "2016", "2017", "2018", "--without-event", "hanano-captured"], 2, None),
    "a place for a cut": (["diff", "sakhour", "2016"], 2, [f"'sakhour' {NO_DATE}"]),
    "two nothings": (["diff", "", ""], 2, [f"'' {NO_DATE}"]),
    "all policies compared": (["diff", "2016", "2017", "--policy", "all"], 2, ["unknown policy 'all'"]),
    "a day of hindsight": (["hindsight", "--at", "2016"], 2, ["No such option"]),
    "unknown place of hindsight": (["hindsight", "xyzzy"], 2, ["unknown place 'xyzzy'"]),
    "hindsight of nothing": (["hindsight", "--known", "2010"], 4, ["nothing was claimed"]),
    "no assessment": (["check", "--assessments", "--known", "2016-11-01"], 4, ["no assessment stands"]),
    "assessments by an unknown policy": (["check", "--assessments", "--policy", "lates"], 2, ["did you mean latest?"]),
    "a cut of a check": (["check", "--known", "2016"], 2, ["without --assessments"]),
    "a policy of a check": (["check", "--policy", "cautious"], 2, ["without --assessments"]),
    "a hypothesis of a check": (["check", "--without-source", "sohr"], 2, ["a check reads the log as it is"]),
    "assessments as a table": (["check", "--assessments", "--csv"], 2, ["No such option"]),
    "unknown shell": (["completion", "tcsh"], 2, [("tcsh", "bash", "zsh", "fish")]),
    "no file to suppose": (["state", "--with", "nowhere.jsonl"], 2, [("nowhere.jsonl", "No such file")]),
    "no name of a file": (["state", "--with", ""], 2, ["No such file"]),
    "a folder to suppose": (["state", "--with", "."], 2, ["Is a directory"]),
    "without an unknown source": (["explain", "sakhour", "--without-source", "shor"], 2, [("unknown source 'shor'", "did you mean sohr?")]),
    "without no source": (["state", "--without-source", ""], 2, ["unknown source ''"]),
    "without an unknown event": (["log", "--without-event", "sakhour-siezed-sohr"], 4, ["did you mean sakhour-seized-sohr?"]),
    "without no event": (["state", "--without-event", ""], 4, ["no event"]),
    "without one of four events": (["state", "--without-event", "sakhour"], 2, [("sakhour is the beginning of 4 ids", "sakhour-unclear")]),
    "one of four events": (["show", "sakhour"], 2, [("sakhour is the beginning of 4 ids", "sakhour-unclear")]),
    "the end of an id": (["show", "seized-sohr"], 4, ["no event seized-sohr"]),
    "nothing known": (["state", "--at", "2016@"], 2, [f"'' {NO_DATE}"]),
    "nothing but known": (["explain", "sakhour", "--at", "@2016"], 2, [f"'' {NO_DATE}"]),
    "nothing at all": (["state", "--at", "@"], 2, [f"'' {NO_DATE}"]),
    "two knowledge times in one": (["state", "--at", "2016@2016@2016"], 2, [f"'2016@2016' {NO_DATE}"]),
    "no cut at all": (["diff", "a@b@c", "2016"], 2, [f"'a' {NO_DATE}"]),
    "known twice": (["explain", "sakhour", "--at", f"{DAY}@{DAY}", "--known", DAY], 2, [f"two knowledge times, {DAY} and {DAY}"]),
    "two days or another two": (["state", "--at", "1/2/2016"], 2, ["1/2/2016 is 1 February 2016 or 2 January 2016"]),
    "a day without its year": (["diff", "28 Nov", "2016"], 2, ["28 Nov has no year"]),
    "about a day": (["state", "--at", "about 28 Nov 2016"], 2, ["about 28 Nov 2016 is approximate; expected one plain date"]),
    "since a day": (["hindsight", "--known", "since 28 Nov 2016"], 2, ["since 28 Nov 2016 has an open end"]),
    "a weekday alone": (["history", "--from", "Monday"], 2, ["Monday does not say which one"]),
    "another weekday": (["explain", "sakhour", "--at", "Tue 28 Nov 2016"], 2, ["28 November 2016 is a Monday, not a Tuesday"]),
    "a question that is empty": (["explain", "sakhour", "--of", ""], 2, ["unknown question ''"]),
    "a history of a question that is empty": (["history", "--of", ""], 2, ["unknown question ''"]),
    "a window backwards": (["history", "--from", "2017", "--to", "2016"], 2, [("2017", "2016")]),
    "nearly all policies": (["state", "--policy", "al"], 2, [("unknown policy 'al'", "unanimous, all")]),
}  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "code", "messages"),
    [pytest.param(*row, id=name) for name, row in MISTAKES.items()],
)
def test_a_mistake_is_told_in_a_sentence(folder, arguments, code, messages):
    """One message for each problem, the exit code of its kind, nothing on stdout, and a folder that is as it was."""
    before = snapshot(folder)
    result = run(*arguments, code=code)
    if messages is not None:
        refused(result, messages)
    assert result.stdout == ""
    assert snapshot(folder) == before


ASKING = {
    "explain": ["explain", "sakhour"],
    "history": ["history", "sakhour"],
    "diff": ["diff", "2016-11-26", DAY],
    "hindsight": ["hindsight", "sakhour"],
    "assessments": ["check", "--assessments"],
    "policies": ["state", "--policy", "all"],
    "hypothesis": ["state", "sakhour", "--with", "more.jsonl"],
}


@pytest.mark.parametrize("command", ASKING.values(), ids=ASKING)
def test_a_log_that_cannot_be_read_is_told_of(folder, command):
    """Missing, a folder, damaged: the sentence and the exit code that every command has for it."""
    refused(
        run(*command, "--log", "nowhere.jsonl", code=1), [("no log nowhere.jsonl", "timeline init")]
    )
    refused(run(*command, "--log", ".", code=1), ["Is a directory"])
    with (folder / "events.jsonl").open("ab") as file:
        file.write(b"hello\n")
    result = run(*command, code=3)
    refused(result, [(f"events.jsonl:{len(EVENTS) + 1}: not JSON", "timeline check")])
    assert result.stdout == ""


@pytest.mark.parametrize("command", ASKING.values(), ids=ASKING)
def test_a_torn_tail_changes_no_answer(folder, command):
    """It is left out, and said on stderr."""
    whole = run(*command).stdout
    with (folder / "events.jsonl").open("ab") as file:
        file.write(b'{"id":"torn')
    torn = run(*command)
    assert torn.stdout == whole
    assert torn.stderr.startswith(
        f"Warning: events.jsonl:{len(EVENTS) + 1}: an unfinished last line"
    )


EMPTY = {
    "state": (["state"], 4, "holds no events yet"),
    "policies": (["state", "--policy", "all"], 4, "holds no events yet"),
    "explain a negotiation": (["explain", "--aid", "a"], 4, "negotiation a"),
    "explain a flow": (["explain", "--flow", "-", "town"], 4, "nobody spoke of a flow"),
    "history": (["history"], 4, "nothing changed"),
    "hindsight": (["hindsight"], 4, "nothing was claimed"),
    "assessments": (["check", "--assessments"], 4, "no assessment stands"),
    "diff": (["diff", "2016", "2017", "--exit-code"], 0, "nothing differs"),
}


@pytest.mark.parametrize(("command", "code", "message"), EMPTY.values(), ids=EMPTY)
def test_a_timeline_that_has_just_begun(tmp_path, monkeypatch, command, code, message):
    """There is nothing to find in it, which is told in a sentence; nothing is on stdout but the frame of a JSON answer."""
    monkeypatch.chdir(tmp_path)
    run("init", "town", "--name", "Town")
    result = run(*command, "--log", "town/events.jsonl", code=code)
    assert result.stdout == ""
    assert message in result.stderr


def test_nobody_is_known_to_hold_a_place_of_a_timeline_that_has_just_begun(tmp_path, monkeypatch):
    """The city itself is there to be asked about, and nobody has said anything."""
    monkeypatch.chdir(tmp_path)
    run("init", "town", "--name", "Town")
    (one,) = asked("explain", "town", "--log", "town/events.jsonl")["explained"]
    assert (
        one["answer"]["status"],
        [rule["rule"] for rule in one["rules"]],
        one["would_change"],
    ) == ("unknown", ["nobody"], [])


def test_a_folder_that_may_not_be_written_can_be_asked(folder):
    """No command that reads needs to write, beside the log or anywhere in its folder."""
    before = snapshot(folder)
    for name in before:
        Path(name).chmod(0o444)
    folder.chmod(0o555)
    try:
        for command in ASKING.values():
            assert run(*command).stdout
    finally:
        folder.chmod(0o755)
    assert snapshot(folder) == before


# Dates and ids as people type them ----------------------------------------------------------------

TYPED = {
    # what is typed for --at, what is understood, and the cut
    "28 Nov 2016": ("2016-11-28", "2016-11-28T23:59:59.999999+02:00"),
    "28 November 2016": ("2016-11-28", "2016-11-28T23:59:59.999999+02:00"),
    "November 28th, 2016": ("2016-11-28", "2016-11-28T23:59:59.999999+02:00"),
    "28.11.2016": ("2016-11-28", "2016-11-28T23:59:59.999999+02:00"),
    "Mon 28 Nov 2016": ("2016-11-28", "2016-11-28T23:59:59.999999+02:00"),
    "28 Nov 2016 18:00": ("2016-11-28T18:00", "2016-11-28T18:00:00+02:00"),
    "28 Nov 2016 6 pm": ("2016-11-28T18:00", "2016-11-28T18:00:00+02:00"),
    "late Aug 2016": ("2016-08-31", "2016-08-31T23:59:59.999999+03:00"),
    "26–27 Nov 2016": ("2016-11-27", "2016-11-27T23:59:59.999999+02:00"),
    "summer 2012": ("2012-08-31", "2012-08-31T23:59:59.999999+03:00"),
    "Nov 2016": ("2016-11", "2016-11-30T23:59:59.999999+02:00"),
}
TAKING = [
    ["state", "sakhour", "--at"], ["explain", "sakhour", "--at"], ["explain", "sakhour", "--known"], ["history", "sakhour", "--to"],
    ["history", "sakhour", "--along", "known", "--at"], ["hindsight", "sakhour", "--known"], ["diff", "2016-11-26"],
    ["check", "--assessments", "--known"], ["log", "--reported"], ["log", "--occurred"], ["state", "--policy", "all", "--at"],
]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "meant", "at"), [pytest.param(name, *row, id=name) for name, row in TYPED.items()]
)
def test_a_date_may_be_typed_as_people_write_it(folder, typed, meant, at):
    """What was understood is told on stderr, and the answer is that of the date."""
    result = run("state", "sakhour", "--at", typed, "--json")
    assert result.stderr == f"{typed} is read as {meant}\n"
    assert result.stdout == run("state", "sakhour", "--at", meant, "--json").stdout
    assert json.loads(result.stdout)["cut"]["at"] == at


@pytest.mark.parametrize("command", TAKING, ids=" ".join)
def test_every_option_that_takes_a_date_takes_it_as_people_write_it(folder, command):
    """One grammar everywhere; and a date of the log's own grammar is not commented on."""
    typed, plain = (run(*command, date) for date in ("28 Nov 2016", DAY))
    assert typed.stdout == plain.stdout
    assert "28 Nov 2016 is read as 2016-11-28" in typed.stderr.splitlines()
    assert "is read as" not in plain.stderr


def test_yesterday_is_the_day_before_in_the_city(folder):
    """Counted by the city's calendar, not by that of who asks."""
    today = datetime.now(ZoneInfo("Asia/Damascus")).date()
    (meant,) = re.findall(
        r"yesterday is read as (\S+)\n", run("state", "sakhour", "--at", "yesterday").stderr
    )
    assert datetime.fromisoformat(meant).date() in (
        today - timedelta(1),
        today,
    )  # a day may end while the command runs


def test_both_halves_of_a_cut_may_be_typed(folder):
    """``AT@KNOWN``, each with what was understood."""
    result = run("diff", "26 Nov 2016@28 Nov 2016", "2016-11-28@1 Dec 2016", "--json")
    assert result.stderr.splitlines() == [
        "26 Nov 2016 is read as 2016-11-26", "28 Nov 2016 is read as 2016-11-28", "1 Dec 2016 is read as 2016-12-01",
    ]  # fmt: skip
    assert json.loads(result.stdout)["to"]["cut"]["known"] == "2016-12-01T23:59:59.999999+02:00"


@pytest.mark.parametrize(
    "command",
    [
        ["show"],
        ["state", "sakhour", "--json", "--without-event"],
        ["diff", DAY, "--nl", "--without-event"],
    ],
    ids=" ".join,
)
def test_an_id_may_be_cut_short(folder, command):
    """Where one id alone begins so, it is meant."""
    assert run(*command, "sakhour-se").stdout == run(*command, "sakhour-seized-sohr").stdout


def test_an_event_that_is_retracted_by_the_beginning_of_its_id_is_written_whole(folder):
    """The log holds ids and no abbreviations."""
    told = run(
        "retract", "sakhour-se", "--reason", "x", "--reported", "1 Dec 2016", "--dry-run"
    ).stdout
    assert [json.loads(told)[name] for name in ("target", "reported")] == [
        "sakhour-seized-sohr",
        "2016-12-01",
    ]


# For other programs -------------------------------------------------------------------------------


def rows(text: str, wanted: str) -> list[dict[str, str]]:
    """Return the rows of a CSV or TSV as a strict reader has them."""
    reader = csv.DictReader(
        io.StringIO(text, newline=""), delimiter="\t" if wanted == "--tsv" else ",", strict=True
    )
    found = list(reader)
    assert all(None not in row and None not in row.values() for row in found)
    return found


@pytest.mark.parametrize(
    ("command", "formats"),
    [param for param in EVERY if param.values[1] is FORMATS and param.id != "log"],
)
def test_every_format_holds_the_same_records(folder, command, formats):
    """A line each, CSV and TSV read back as the same records; lists and objects are JSON in a cell, or words between spaces."""
    records = [
        json.loads(one) for one in run(*command, "--with", "rude.jsonl", "--nl").stdout.splitlines()
    ]
    assert records
    assert len({tuple(record) for record in records}) == 1
    for wanted in ("--csv", "--tsv"):
        cells = rows(run(*command, "--with", "rude.jsonl", wanted).stdout, wanted)
        assert [list(row) for row in cells] == [list(record) for record in records]
        for row, record in zip(cells, records, strict=True):
            for name, value in record.items():
                assert cell(row[name]) == (
                    sheet(value) if isinstance(value, str) else "" if value is None else value
                ), name


def cell(text: str):
    """Return what a cell holds: JSON where it is JSON, else its text."""
    try:
        return (
            json.loads(text)
            if text[:1] in ("{", "[") or text in ("true", "false") or text.lstrip("-").isdigit()
            else text
        )
    except ValueError:
        return text


def sheet(text: str) -> str:
    """Return a text as a sheet shows it: what a spreadsheet would run stands behind an apostrophe."""
    shown = "".join(f"\\u{ord(c):04x}" if unsafe(c) or c in "\n\t" else c for c in text)
    return f"'{shown}" if shown[:1] in ("=", "+", "-", "@") else shown


@pytest.mark.parametrize(
    "command",
    [["log"], ["show", "rude-1"], ["show", "rude-1", "--json"], ["explain", "--aid", "n"]],
    ids=" ".join,
)
def test_no_text_reaches_a_terminal_raw(folder, command):
    """What a supposed event says cannot steer a terminal, and what is no more than another script stays whole."""
    out = run(*command, "--with", "rude.jsonl").stdout
    assert unsafe(out) == []
    assert "حلب می‌خواهم 👩‍👧" in out


@pytest.mark.parametrize(
    "command", [["history", "--of", "statements"], ["diff", "2016-12-01"]], ids=" ".join
)
def test_json_gives_texts_back_as_they_are(folder, command):
    """A program gets what the event says."""
    out = run(*command, "--with", "rude.jsonl", "--nl").stdout
    assert TEXT in "\n".join(texts(json.loads(one)) for one in out.splitlines())


def texts(value) -> str:
    """Return every text in a JSON value, one behind the other."""
    if isinstance(value, dict | list):
        return "\n".join(map(texts, value.values() if isinstance(value, dict) else value))
    return str(value)


@pytest.mark.parametrize(
    "command",
    [["history", "--from", "2030"], ["log", "--text", "xyzzy"], ["hindsight", "--known", "2010"]],
)
def test_no_record_is_no_line(folder, command):
    """Newline-delimited JSON has one line for each record."""
    assert run(*command, "--nl", code=4).stdout == ""


@pytest.mark.parametrize(
    "command", [["explain", "sakhour", RUDE], ["state", "--with", RUDE]], ids=["argument", "file"]
)
def test_what_was_typed_reaches_no_terminal_raw(folder, command):
    """Nor does it in the messages of the library that reads the command line."""
    assert unsafe(run(*command, code=2).stderr) == []


# Processes and terminals --------------------------------------------------------------------------

PROGRAM = [sys.executable, "-c", "from cli import run; run()"]


def process(folder: Path, *arguments: str, **options) -> subprocess.CompletedProcess[str]:
    """Run a command as a process of its own."""
    settings = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    return subprocess.run(
        [*PROGRAM, *arguments], cwd=folder, env=settings, text=True, check=False, **options
    )


def on_terminal(
    folder: Path, *arguments: str, columns: int = 80, lines: int = 500, **environment: str
) -> str:
    """Return what a command sends to a terminal that it also reads from; nothing is typed."""
    inner, outer = pty.openpty()
    settings = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "NO_COLOR": "1",
    }
    settings |= {"COLUMNS": str(columns), "LINES": str(lines), "PAGER": "cat"} | environment
    with subprocess.Popen(
        [*PROGRAM, *arguments],
        cwd=folder,
        stdin=outer,
        stdout=outer,
        stderr=subprocess.DEVNULL,
        env=settings,
    ):
        os.close(outer)
        sent = b""
        try:
            while chunk := os.read(inner, 65536):
                sent += chunk
        except OSError:  # the other end was closed
            pass
    os.close(inner)
    return sent.decode().replace("\r\n", "\n")


def plain(text: str) -> str:
    """Return a text without what sets its type."""
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def test_a_process_keeps_answers_and_messages_apart(folder):
    """Answers are on stdout, messages on stderr, and the exit code is that of the command."""
    answer = process(
        folder,
        "explain",
        "sakhour",
        "--at",
        "28 Nov 2016",
        "--with",
        "more.jsonl",
        "--json",
        capture_output=True,
    )
    assert json.loads(answer.stdout)["explained"][0]["label"] == "Sakhour"
    assert answer.stderr.splitlines() == [
        "HYPOTHETICAL: with 1 event more",
        "28 Nov 2016 is read as 2016-11-28",
    ]
    differs = process(folder, "diff", "2016-11-26", DAY, "--exit-code", "--nl", capture_output=True)
    assert (differs.returncode, differs.stderr) == (1, "")
    nothing = process(folder, "history", "--from", "2030", capture_output=True)
    assert (nothing.returncode, nothing.stdout, nothing.stderr) == (
        4,
        "",
        "Error: nothing changed\n",
    )


def test_a_reader_that_stops_reading_is_no_failure(folder):
    """``| head -n 1`` leaves no traceback."""
    command = " ".join(f"'{part}'" for part in [*PROGRAM, "history", "--json"])
    settings = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    told = subprocess.run(
        ["bash", "-c", f"{command} | head -n 1"],
        cwd=folder,
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.stdout, told.stderr) == ("{\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_an_answer_that_cannot_be_written_is_a_failure_in_a_sentence(folder):
    """A full disk is told of as any other failure is."""
    with Path("/dev/full").open("w") as full:
        told = process(folder, "history", "--json", stdout=full, stderr=subprocess.PIPE)
    assert told.returncode == 1
    assert "Traceback" not in told.stderr


WIDE = {
    "explain": ["explain", "sakhour", "--at", DAY],
    "history": ["history", "sakhour"],
    "diff": ["diff", DAY, "--without-source", "sohr"],
    "hindsight": ["hindsight"],
    "policies": ["state", "--policy", "all", "--at", DAY],
}


@pytest.mark.parametrize(
    ("command", "columns"),
    [
        pytest.param(
            command,
            columns,
            id=f"{name} in {columns} columns",
        )
        for name, command in WIDE.items()
        for columns in (80, 120)
    ],
)
def test_a_terminal_shows_every_word(folder, command, columns):
    """What a pipe gets stands on a terminal too, in its width: no word is cut off and no column left out."""
    sent = plain(on_terminal(folder, *command, columns=columns))
    assert max(map(len, sent.splitlines()[2:])) <= columns
    shown, words = (
        Counter(one for one in text.split() if len(one) <= 10)
        for text in (sent, run(*command).stdout)
    )
    assert {
        word: number - shown[word]
        for word, number in words.items()
        if number > shown[word] and word.isascii()
    } == {}


def test_a_terminal_gets_no_text_raw(folder):
    """No escape but those that set bold and faint type."""
    for command in (["explain", "sakhour"], ["diff", "2016-12-01"]):
        sent = on_terminal(folder, *command, "--with", "rude.jsonl", columns=120)
        assert "حلب" in sent
        assert set(re.findall(r"\x1b\[[\d;]*[A-Za-z]", sent)) <= {"\x1b[0m", "\x1b[1m", "\x1b[2m"}
        assert unsafe(plain(sent)) == []


@pytest.fixture
def pager(tmp_path_factory) -> str:
    """A path on which `less` is a program that says how it was called and what it was given."""
    folder = tmp_path_factory.mktemp("pager")
    program = folder / "less"
    program.write_text('#!/bin/sh\nprintf "PAGED %s [%s]\\n" "$*" "$LESS"\ncat\n')
    program.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


@pytest.mark.parametrize("command", [["explain", "sakhour"], ["history"]], ids=lambda one: one[0])
def test_what_is_longer_than_a_terminal_is_paged(folder, pager, command):
    """Once, all of it, heading and all; and what fits is not."""
    paged, whole = (
        on_terminal(folder, *command, lines=lines, PAGER="less", PATH=pager) for lines in (10, 500)
    )
    assert (paged.count("PAGED"), whole.count("PAGED")) == (1, 0)
    assert plain(paged.partition("\n")[2]).rstrip() == plain(whole).rstrip()


def test_what_is_for_other_programs_is_not_paged(folder, pager):
    """Formats go through as they are."""
    sent = on_terminal(folder, "explain", "sakhour", "--json", lines=10, PAGER="less", PATH=pager)
    assert json.loads(sent)["explained"]


@pytest.mark.parametrize(
    "colour", [{"NO_COLOR": "1"}, {"NO_COLOR": ""}], ids=["plain", "in colour"]
)
def test_a_pager_shows_type_and_no_escapes(folder, pager, colour):
    """`less` is told to take escapes for what they are, unless it is given none."""
    sent = on_terminal(folder, "explain", "sakhour", lines=10, PAGER="less", PATH=pager, **colour)
    called, _, given = sent.partition("\n")
    assert "\x1b" not in given or "R" in called.removeprefix("PAGED")


def test_the_types_are_paged_as_one(folder, pager):
    """One answer is one text."""
    assert on_terminal(folder, "types", lines=24, PAGER="less", PATH=pager).count("PAGED") == 1
