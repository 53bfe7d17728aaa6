"""The state of the city, the list of events, and one event whole."""

import json
import re
from datetime import datetime

import pytest
from aleppo import CONTROL, DAY, EVENTS, INSTANT, ORIGIN
from commandline import asked, give, refused, run, table
from formats import rows

from timeline.replay.policies import POLICIES

# The state ----------------------------------------------------------------------------------------


TOP = [
    "schema",
    *ORIGIN,
    "state_sha256",
    "control",
    "displacement",
    "casualties",
    "aid",
    "siege",
    "conditions",
    "statements",
]


def instants(value, name=""):
    """Yield every text under a key that holds an instant."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from instants(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from instants(item)
    elif name in ("at", "known", "recorded", "earliest", "latest") and value is not None:
        yield value


def test_the_worked_example(folder):
    """Sakhour as known that evening: the government's, which one denies and one is unsure of."""
    answer = asked("state sakhour --at 2016-11-28 --known 2016-11-28")
    assert answer["control"]["sakhour"] == {
        "holder": "government",
        "status": "disputed",
        "certain": True,
        "ground": "held",
        "shares": [{"actor": "government", "low": 1, "high": 1}],
        "since": {
            "text": "2016-11-27/2016-11-28",
            "earliest": "2016-11-27T00:00:00+02:00",
            "latest": "2016-11-29T00:00:00+02:00",
        },
        "before": None,
        "last_heard": "2016-11-28T23:59:59.999999+02:00",
        "rule": "newest_turn",
        "because": ["sakhour-seized-sohr"],
        "against": ["sakhour-fall-denied"],
        "unclear": ["sakhour-unclear"],
        "inherited_from": None,
    }


@pytest.mark.parametrize(
    "options",
    [
        "",
        "--at 2016-11-28",
        "--at 2016-11-27T12:00@2016-11-28",
        "--at 2016-11-28 --policy unanimous",
        "sakhour",
    ],
)
def test_the_state_as_json_has_its_keys_in_order(folder, options):
    """The outside contract: these keys, in this order, and every instant with its offset."""
    answer = asked(f"state {options}")
    assert list(answer) == TOP
    assert list(answer["cut"]) == ["at", "known", "recorded"]
    assert list(answer["log"]) == ["events", "sha256"]
    assert answer["control"]
    for place in answer["control"].values():
        assert list(place) == CONTROL
        assert all(list(share) == ["actor", "low", "high"] for share in place["shares"])
        assert place["since"] is None or list(place["since"]) == ["text", "earliest", "latest"]
    assert list(answer["displacement"]) == ["flows", "total"]
    texts = list(instants(answer))
    assert texts
    assert all(INSTANT.fullmatch(text) and datetime.fromisoformat(text).tzinfo for text in texts)


def test_what_was_long_not_heard_of_is_marked(folder):
    """Half a year later the last word on Sakhour is stale, on that evening it is not."""
    (row,) = rows_of("state sakhour --at 2017-05-28 --stale 90d")
    assert "28 Nov 2016, stale" in row
    (row,) = rows_of("state sakhour --at 2016-11-29 --stale 90d")
    assert "stale" not in row


def rows_of(command: str) -> list[str]:
    """Return the rows of a table about Sakhour."""
    return [line for line in give(command).stdout.splitlines() if line.startswith("Sakhour")]


@pytest.mark.parametrize("days", ["90", "0d", "-1d", "d", "90 d", "٩٠d", "123456d", ""])
def test_an_age_that_is_no_number_of_days_is_refused(folder, days):
    """The message names the option and shows the form."""
    refused(run("state", "--stale", days, code=2), [("--stale", "as 90d")])


def test_the_state_says_what_was_asked(folder):
    """The cut is written out: a date as its last instant in the city, null if none was asked."""
    answer = asked("state --at 2016-11-28@2016-12-01T18:00Z --policy cautious")
    assert answer["cut"] == {
        "at": "2016-11-28T23:59:59.999999+02:00",
        "known": "2016-12-01T20:00:00+02:00",
        "recorded": None,
    }
    assert (answer["city"], answer["policy"]) == ("aleppo", "cautious")
    assert answer["log"]["events"] == len(EVENTS)


def test_two_ways_to_write_a_cut(folder):
    """``AT@KNOWN`` is ``--at AT --known KNOWN``."""
    one = give("state --at 2016-11-28@2016-11-27 --json").stdout
    assert one == give("state --at 2016-11-28 --known 2016-11-27 --json").stdout
    assert one != give("state --at 2016-11-28 --json").stdout


def test_every_place_by_any_name(folder):
    """A place is named as people name it, and several may be asked of at once."""
    answers = [run("state", name, "--json").stdout for name in ("sakhour", "SAKHOUR", "الصاخور")]
    assert len(set(answers)) == 1
    assert list(asked("state midan sakhour")["control"]) == ["sakhour", "midan"]


@pytest.mark.parametrize("option", ["--nl", "--csv", "--tsv"])
def test_the_state_as_records(folder, option):
    """Who holds what, a place a row, as the JSON has it."""
    control = asked("state --at 2016-11-28")["control"]
    text = give(f"state --at 2016-11-28 {option}").stdout
    if option == "--nl":
        records = {record["place"]: record for record in map(json.loads, text.splitlines())}
    else:
        records = {record["place"]: record for record in rows(text, option)}
    holders = {place: answer["holder"] for place, answer in control.items()}
    assert {place: record["holder"] or None for place, record in records.items()} == holders
    sakhour = {
        "status": "disputed",
        "since": "2016-11-27/2016-11-28",
        "shares": "government all",
        "because": "sakhour-seized-sohr",
    }
    assert records["sakhour"].items() >= sakhour.items()


def test_the_state_as_text(folder):
    """A heading that says what it is the state of, and who holds what on whose word."""
    lines = give("state --at 2016-11-28@2016-12-01 --policy cautious").stdout.splitlines()
    heading, (row,) = lines[0], [line for line in lines if line.startswith("Sakhour")]
    for part in ("Aleppo", "on 28 Nov 2016", "as known on 1 Dec 2016", "cautious"):
        assert part in heading
    for part in ("Government", "disputed", "27–28 Nov 2016", "SOHR", "against: a rebel official"):
        assert part in row


def test_policies_side_by_side(folder):
    """Only what they disagree about, each answer as that policy alone gives it."""
    answer = asked(f"state --policy all --at {DAY}")
    assert list(answer) == [*ORIGIN, "disagreements"]
    assert answer["policy"] == "all"
    for disagreement in answer["disagreements"]:
        assert list(disagreement) == ["projection", "key", "label", "answers"]
        assert list(disagreement["answers"]) == list(POLICIES)
        assert len(set(map(json.dumps, disagreement["answers"].values()))) > 1
    (held,) = (one for one in answer["disagreements"] if one["projection"] == "control")
    assert held["key"] == "sakhour"
    for policy in POLICIES:
        alone = asked(f"state sakhour --at {DAY} --policy {policy}")
        assert alone["control"]["sakhour"] == held["answers"][policy]
    text = give(f"state --policy all --at {DAY}").stdout
    assert "policy all" in text.splitlines()[0]
    assert table(text)[0][:2] == ["Sakhour", "Control"]


def test_policies_that_agree_are_told_so(folder):
    agreed = give("state --policy all --at 2010")
    assert (agreed.stdout, agreed.stderr) == ("", "all policies give the same answers\n")
    assert asked("state --policy all --at 2010")["disagreements"] == []


# The list of events -------------------------------------------------------------------------------


IN_THE_EAST = {
    "east-aleppo",
    "sakhour",
    "masaken-hanano",
    "jabal-badro",
    "haydariyah",
    "shaar",
}
WEEKEND = ("2016-11-26", "2016-11-27", "../2016-11")
LISTS = {
    # options of `log`, and which events they choose
    "": lambda e: True,
    "--type siege": lambda e: e["type"] == "siege",
    "--type siege --type casualties": lambda e: e["type"] in ("siege", "casualties"),
    "--source sohr": lambda e: e["source"] == "sohr",
    '--source "the guardian\'s report"': lambda e: e["source"] == "guardian",
    "--source sohr --source damascus": lambda e: e["source"] in ("sohr", "damascus"),
    "--actor 'Kurdish forces'": lambda e: "kurdish" in actors(e),
    "--place sakhour": lambda e: "sakhour" in places(e),
    "--place الصاخور": lambda e: "sakhour" in places(e),
    "--place west-aleppo": lambda e: "west-aleppo" in places(e),
    "--place east-aleppo": lambda e: places(e) & IN_THE_EAST,
    "--place sakhour --place sheikh-maqsoud": lambda e: places(e) & {"sakhour", "sheikh-maqsoud"},
    "--reported 2016-11-24": lambda e: e["reported"] == "2016-11-24",
    "--reported 2016-11-24/2016-11-27": lambda e: e["reported"] < "2016-11-28",
    "--reported 2016-11": lambda e: True,
    "--reported 2016-11-28/..": lambda e: e["reported"] >= "2016-11-28",
    "--occurred 2012-07": lambda e: e["occurred"].startswith(("2012-22", "..")),
    "--occurred 2016-11-24": lambda e: e["occurred"].startswith(
        ("2016-11-24", "2016-11-21/", "2016-11/", "..")
    ),
    "--occurred 2016-11-26/2016-11-27 --type control_change": lambda e: (
        e["type"] == "control_change" and e["occurred"][:10] in WEEKEND
    ),
    "--text DEBRIS": lambda e: "debris" in json.dumps(e),
    "--text françois": lambda e: e["id"] == "french-candidate",
    "--text hospital --source guardian": lambda e: "hospital" in json.dumps(e).casefold(),
    "--type control_change --place east-aleppo": lambda e: (
        e["type"] == "control_change" and not places(e) & {"west-aleppo", "sheikh-maqsoud"}
    ),
}


def places(event: dict) -> set[str]:
    """Return the places that an event names."""
    named = {event.get(field) for field in ("place", "origin", "destination")}
    return {*named, *event.get("parts", [])}


def actors(event: dict) -> set[str]:
    """Return the actors that an event names."""
    return {event.get(field) for field in ("actor", "party", "by")}


@pytest.mark.parametrize("options", LISTS)
def test_a_list_is_narrowed_by_options(folder, options):
    """Options of one kind widen the choice, of several kinds narrow it, in the order of the log."""
    expected = [event for event in EVENTS if LISTS[options](event)]
    assert expected
    assert asked(f"log {options}") == expected
    text = give(f"log {options}")
    ids = [row.split()[0] for row in text.stdout.splitlines()[2:]]
    assert ids == [event["id"] for event in expected]
    assert text.stderr == f"{len(expected)} event{'s' if len(expected) > 1 else ''}\n"


@pytest.mark.parametrize("words", ['"id":', "locator", 'control_change", "v'])
def test_words_are_looked_for_in_what_fields_hold(folder, words):
    """The name of a field is not in any field."""
    run("log", "--text", words, code=4)


def test_words_in_quotation_marks_are_found(folder):
    """What `show` shows can be looked for."""
    assert '"late August" is read' in run("show", "siege-of-the-east").stdout
    give("log --text '\"late August\" is read'")


def test_a_type_may_be_written_with_hyphens_everywhere(folder):
    """One spelling of a type is as good as another in every command."""
    with_hyphens = give("log --type control-change --nl").stdout
    assert with_hyphens == give("log --type control_change --nl").stdout


@pytest.mark.parametrize("option", ["--json", "--nl", "--csv", "--tsv"])
def test_a_list_of_nothing_in_every_format(folder, option):
    """A program gets an empty list, and the exit code that says so."""
    result = run("log", "--text", "xyzzy", option, code=4)
    assert result.stdout.strip() in ("", "[]")
    refused(result, ["no event like that"])


# One event ----------------------------------------------------------------------------------------


def test_an_event_is_shown_whole(folder):
    """Every field, the line, and who speaks of it."""
    shown = run("show", "sakhour-seized-sohr").stdout
    ids = [event["id"] for event in EVENTS]
    number = ids.index("sakhour-seized-sohr")
    for name, value in EVENTS[number].items():
        if name not in ("id", "v"):
            assert re.search(rf"^{name} +{re.escape(value)}$", shown, re.MULTILINE)
    assert "Syrian Observatory for Human Rights, monitor" in shown
    assert re.search(rf"^line +{number + 1}$", shown, re.MULTILINE)
    denial = r"^see also +sakhour-fall-denied: a rebel official denies"
    assert re.search(denial, shown, re.MULTILINE)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event["id"])
def test_every_event_of_the_log_can_be_shown(folder, event):
    """As text, and as JSON as it stands in the log."""
    id = event["id"]
    assert run("show", id).stdout.startswith(f"{id}\n")
    assert asked(f"show {id}") == event
