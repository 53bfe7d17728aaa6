"""Mistakes on the command line: each is told in a sentence, and touches nothing."""

import pytest
from aleppo import CLAIM, FLIGHT, WORD, snapshot
from commandline import give, refused

pytestmark = pytest.mark.usefixtures("supposing")

# Command lines by the mistake in them: the exit code and the messages, each with its parts
MISTAKES = {
    "unknown command": ("stat", 2, [("No such command", "state")]),
    "unknown option": ("state --jsn", 2, [("No such option", "--json")]),
    "two formats": ("state --json --csv", 2, ["--json and --csv; expected one of them"]),
    "two formats of a list": ("log --nl --tsv", 2, ["--nl and --tsv; expected one of them"]),
    "day first": ("state --at 31-11-2016", 2, ["2016-11-31 is not a day"]),
    "month 13": ("state --at 2016-13", 2, ["2016-13 is not a month; expected 01 to 12"]),
    "day 31 of November": ("state --at 2016-11-31", 2, ["2016-11-31 is not a day"]),
    "vague time of asking": (
        "state --at '2016-11~'",
        2,
        ["2016-11~ is vague; expected one plain date"],
    ),
    "no date": ("state --at soon", 2, ["'soon' is not a date"]),
    "no date at all": ("state --at ''", 2, ["'' is not a date"]),
    "no knowledge time": ("state --known lately", 2, ["'lately' is not a date"]),
    "no record time": ("state --recorded 24:00", 2, ["24:00 is a time of day without its day"]),
    "two knowledge times": (
        "state --at 2016-11-28@2016-11-28 --known 2016-12-01",
        2,
        ["two knowledge times, 2016-11-28 and 2016-12-01"],
    ),
    "unknown policy": (
        "state --policy lates",
        2,
        [("unknown policy 'lates'", "cautious", "did you mean latest?")],
    ),
    "unknown place of a state": (
        "state 'Masaken Hananoo'",
        2,
        [("unknown place 'Masaken Hananoo'", "did you mean masaken")],
    ),
    "place like no other": ("state xyzzy", 2, ["unknown place 'xyzzy'; expected"]),
    "unknown place of a list": ("log --place masaken-hananoo", 2, ["did you mean masaken"]),
    "unknown source of a list": (
        "log --source shor",
        2,
        [("unknown source 'shor'", "did you mean sohr?")],
    ),
    "unknown actor of a list": (
        "log --actor governmnt",
        2,
        [("unknown actor 'governmnt'", "did you mean government?")],
    ),
    "unknown type of a list": (
        "log --type contrl_change",
        2,
        [("contrl_change", "control_change")],
    ),
    "window backwards": (
        "log --occurred 2016-12-01/2016-11-01",
        2,
        ["2016-12-01/2016-11-01 ends before it begins"],
    ),
    "no window": ("log --reported 'the other day'", 2, ["'the other day'"]),
    "nothing in the list": ("log --text xyzzy", 4, ["no event like that"]),
    "nothing to show": ("show", 2, ["Missing argument"]),
    "unknown event to show": (
        "show sakhour-siezed-sohr",
        4,
        ["no event sakhour-siezed-sohr (did you mean sakhour-seized-sohr?)"],
    ),
    "unknown event to show as JSON": ("show xyzzy --json", 4, ["no event xyzzy"]),
    "unknown event to retract": (
        "retract xyzzy --reason x --reported 2016-12-01",
        4,
        ["no event xyzzy"],
    ),
    "retraction without a reason": (
        "retract hanano-captured --reported 2016-12-01",
        2,
        ["Missing option '--reason'"],
    ),
    "retraction without a date": (
        "retract hanano-captured --reason x",
        2,
        ["Missing option '--reported'"],
    ),
    "retraction by nobody known": (
        "retract hanano-captured --reason x --reported 2016-12-01 --source shor",
        2,
        ["did you mean sohr?"],
    ),
    "nothing to append": ("append", 2, ["nothing to append; expected a TYPE, or --file FILE"]),
    "unknown type to append": (
        "append contrl-change",
        2,
        [("unknown type 'contrl-change'", "did you mean control_change?")],
    ),
    "unknown type to explain": ("types sieg", 2, [("unknown type 'sieg'", "did you mean siege?")]),
    "no date to append": (
        f"append {CLAIM} --occurred 9-11-2016",
        2,
        ["9-11-2016 is 9 November 2016 or 11 September 2016"],
    ),
    "unknown place to append": (
        f"append {CLAIM} --place 'Masaken Hananoo'",
        2,
        ["did you mean masaken"],
    ),
    "several names unknown": (
        f"append {CLAIM} --place 'Masaken Hananoo' --actor governmnt --source shor",
        2,
        ["did you mean masaken", "did you mean government?", "did you mean sohr?"],
    ),
    "no choice": (f"append {CLAIM} --ground taken", 2, [("taken", "contested")]),
    "option missing": (
        "append control_change --place sakhour --source sohr --occurred 2016-11-29",
        2,
        ["Missing option '--reported'"],
    ),
    "option of another type": (f"append {CLAIM} --people 5", 2, ["No such option"]),
    "reported before it occurred": (
        f"append {CLAIM} --reported 2016-11-28",
        2,
        ["reported 2016-11-28, before 2016-11-29"],
    ),
    "low over high": (
        f"append {FLIGHT} --people 10..5",
        2,
        [("low 10 high 5", "low ≤ best ≤ high")],
    ),
    "best over high": (f"append {FLIGHT} --people 1..9..5", 2, ["low ≤ best ≤ high"]),
    "share over one": (f"append {CLAIM} --extent 2", 2, [("--extent", "0 ≤ low ≤ high ≤ 1")]),
    "half a person": (f"append {FLIGHT} --people 1.5", 2, [("1.5", "a whole number")]),
    "no number": (f"append {FLIGHT} --people many", 2, [("--people: 'many'", "6000..10000")]),
    "more people than numbers": (
        f"append {FLIGHT} --people 99999999999999999999",
        2,
        [("--people", "9007199254740991")],
    ),
    "neither origin nor destination": (
        "append displacement --source sohr --occurred 2016-11-29 --reported 2016-11-30",
        2,
        ["neither origin nor destination"],
    ),
    "about nothing": (f"append {WORD} --stance disagree", 2, ["disagree about nothing"]),
    "empty text": (f"append {CLAIM} --note ''", 2, [("--note", "an empty text")]),
    "no id": (f"append {CLAIM} --id 'A B'", 2, [("--id", "lower-case letters")]),
    "no grade": (f"append {CLAIM} --grade G7", 2, [("--grade", "Admiralty")]),
    "no address": (f"append {CLAIM} --url example.org", 2, [("--url", "https://")]),
    "half an archive": (
        f"append {CLAIM} --archive-url https://example.org",
        2,
        [("--archive-sha256", "missing")],
    ),
    "about no event": (
        f"append {WORD} --stance agree --about xyzzy",
        1,
        [("--about", "no event xyzzy")],
    ),
    "in place of no event": (
        f"append {CLAIM} --supersedes xyzzy",
        1,
        [("--supersedes", "no event xyzzy")],
    ),
    "id used twice": (
        f"append {CLAIM} --id sakhour-seized-sohr",
        1,
        ["with other content; expected one content for one id"],
    ),
    "no file": ("append --file nowhere.jsonl", 2, [("nowhere.jsonl", "No such file")]),
    "folder for a file": ("append --file .", 2, ["Is a directory"]),
    "folder for a log": ("state --log .", 1, ["Is a directory"]),
    "folder for a log to check": ("check --log .", 1, ["Is a directory"]),
    "folder for a log to append to": (f"append {CLAIM} --log .", 1, ["Is a directory"]),
    "no log": ("state --log nowhere.jsonl", 1, [("no log nowhere.jsonl", "timeline init")]),
    "no log to list": ("log --log nowhere.jsonl", 1, ["no log nowhere.jsonl"]),
    "no log to check": ("check --log nowhere.jsonl", 1, ["no log nowhere.jsonl"]),
    "no log to append to": (f"append {CLAIM} --log nowhere.jsonl", 1, ["no log nowhere.jsonl"]),
    "no city file": (
        "state --log nowhere/events.jsonl",
        1,
        [("no city file", "city.toml", "timeline init")],
    ),
    "begin where a log is": (
        "init .",
        1,
        ["events.jsonl is there already", "city.toml is there already"],
    ),
    "begin without a zone": (
        "init new --timezone Asia/Aleppo",
        2,
        [("'Asia/Aleppo'", "tz database")],
    ),
    "begin without a name": ("init new --name --", 2, ["no id can be made of the name '--'"]),
    "begin nowhere": ("init", 2, ["Missing argument"]),
}
MISTAKEN_QUESTIONS = {
    "nothing to explain": (
        "explain",
        2,
        [("no one answer to explain", "PLACE", "--aid", "--flow")],
    ),
    "an empty place": ("explain ''", 2, ["unknown place ''"]),
    "a question about nothing": (
        "explain --of siege",
        2,
        [("no one answer to explain", "--of goes with PLACE")],
    ),
    "a place and a negotiation": (
        "explain sakhour --aid un-aid-delivery",
        2,
        ["no one answer to explain"],
    ),
    "two places": ("explain sakhour midan", 2, ["unexpected extra argument"]),
    "unknown place to explain": (
        "explain sakhuor",
        2,
        [("unknown place 'sakhuor'", "did you mean")],
    ),
    "unknown question to explain": (
        "explain sakhour --of sieg",
        2,
        [("unknown question 'sieg'", "did you mean siege?")],
    ),
    "unknown negotiation": (
        "explain --aid 'UN aid delivery'",
        4,
        [("negotiation UN aid delivery", "un-aid-delivery")],
    ),
    "half a flow": ("explain --flow sakhour", 2, ["requires 2 arguments"]),
    "a flow of which nobody spoke": (
        "explain --flow midan sakhour",
        4,
        [("nobody spoke of a flow", "East Aleppo")],
    ),
    "a flow from nowhere to nowhere": ("explain --flow - -", 4, ["nobody spoke of a flow"]),
    "a flow from an unknown place": ("explain --flow xyzzy midan", 2, ["unknown place 'xyzzy'"]),
    "a question of which nobody spoke": (
        "explain sakhour --of siege",
        4,
        [("nobody spoke of siege in sakhour", "East Aleppo")],
    ),
    "all policies explained": ("explain sakhour --policy all", 2, ["unknown policy 'all'"]),
    "two formats of an explanation": (
        "explain sakhour --json --csv",
        2,
        ["--json and --csv; expected one of them"],
    ),
    "three formats of a history": (
        "history --nl --csv --tsv",
        2,
        ["--nl and --csv and --tsv; expected one of them"],
    ),
    "two formats of a difference": (
        "diff 2016 2017 --csv --tsv",
        2,
        ["--csv and --tsv; expected one of them"],
    ),
    "two formats of hindsight": (
        "hindsight --json --nl",
        2,
        ["--json and --nl; expected one of them"],
    ),
    "unknown place of a history": ("history xyzzy", 2, ["unknown place 'xyzzy'"]),
    "no place of a history": ("history ''", 2, ["unknown place ''"]),
    "unknown question of a history": (
        "history --of sieges",
        2,
        [("unknown question 'sieges'", "did you mean siege?")],
    ),
    "unknown clock": ("history --along recorded", 2, [("recorded", "valid", "known", "both")]),
    "a day along the days": (
        "history --at 2016-11-28",
        2,
        [("--at with --along valid", "--from and --to")],
    ),
    "a day along both": ("history --at 2016-11-28 --along both", 2, ["--at with --along both"]),
    "from no date": ("history --from 'the other day'", 2, ["'the other day' is not a date"]),
    "from nothing": ("history --from ''", 2, ["'' is not a date"]),
    "a history of nothing": ("history --from 2030", 4, ["nothing changed"]),
    "no cut": ("diff", 2, ["Missing argument"]),
    "one cut": (
        "diff 2016",
        2,
        [("1 cut; expected two, or one and a hypothesis", "--without-source")],
    ),
    "three cuts": ("diff 2016 2017 2018", 2, ["3 cuts; expected two"]),
    "three cuts and a hypothesis": ("diff 2016 2017 2018 --without-event hanano-captured", 2, None),
    "a place for a cut": ("diff sakhour 2016", 2, ["'sakhour' is not a date"]),
    "two nothings": ("diff '' ''", 2, ["'' is not a date"]),
    "all policies compared": ("diff 2016 2017 --policy all", 2, ["unknown policy 'all'"]),
    "a day of hindsight": ("hindsight --at 2016", 2, ["No such option"]),
    "unknown place of hindsight": ("hindsight xyzzy", 2, ["unknown place 'xyzzy'"]),
    "hindsight of nothing": ("hindsight --known 2010", 4, ["nothing was claimed"]),
    "no assessment": ("check --assessments --known 2016-11-01", 4, ["no assessment stands"]),
    "assessments by an unknown policy": (
        "check --assessments --policy lates",
        2,
        ["did you mean latest?"],
    ),
    "a cut of a check": ("check --known 2016", 2, ["without --assessments"]),
    "a policy of a check": ("check --policy cautious", 2, ["without --assessments"]),
    "a hypothesis of a check": (
        "check --without-source sohr",
        2,
        ["a check reads the log as it is"],
    ),
    "assessments as a table": ("check --assessments --csv", 2, ["No such option"]),
    "unknown shell": ("completion tcsh", 2, [("tcsh", "bash", "zsh", "fish")]),
    "no file to suppose": ("state --with nowhere.jsonl", 2, [("nowhere.jsonl", "No such file")]),
    "no name of a file": ("state --with ''", 2, ["No such file"]),
    "a folder to suppose": ("state --with .", 2, ["Is a directory"]),
    "without an unknown source": (
        "explain sakhour --without-source shor",
        2,
        [("unknown source 'shor'", "did you mean sohr?")],
    ),
    "without no source": ("state --without-source ''", 2, ["unknown source ''"]),
    "without an unknown event": (
        "log --without-event sakhour-siezed-sohr",
        4,
        ["did you mean sakhour-seized-sohr?"],
    ),
    "without no event": ("state --without-event ''", 4, ["no event"]),
    "without one of four events": (
        "state --without-event sakhour",
        2,
        [("sakhour is the beginning of 4 ids", "sakhour-unclear")],
    ),
    "one of four events": (
        "show sakhour",
        2,
        [("sakhour is the beginning of 4 ids", "sakhour-unclear")],
    ),
    "the end of an id": ("show seized-sohr", 4, ["no event seized-sohr"]),
    "nothing known": ("state --at 2016@", 2, ["'' is not a date"]),
    "nothing but known": ("explain sakhour --at @2016", 2, ["'' is not a date"]),
    "nothing at all": ("state --at @", 2, ["'' is not a date"]),
    "two knowledge times in one": ("state --at 2016@2016@2016", 2, ["'2016@2016' is not a date"]),
    "no cut at all": ("diff a@b@c 2016", 2, ["'a' is not a date"]),
    "known twice": (
        "explain sakhour --at 2016-11-28@2016-11-28 --known 2016-11-28",
        2,
        ["two knowledge times, 2016-11-28 and 2016-11-28"],
    ),
    "two days or another two": (
        "state --at 1/2/2016",
        2,
        ["1/2/2016 is 1 February 2016 or 2 January 2016"],
    ),
    "a day without its year": ("diff '28 Nov' 2016", 2, ["28 Nov has no year"]),
    "about a day": (
        "state --at 'about 28 Nov 2016'",
        2,
        ["about 28 Nov 2016 is approximate; expected one plain date"],
    ),
    "since a day": (
        "hindsight --known 'since 28 Nov 2016'",
        2,
        ["since 28 Nov 2016 has an open end"],
    ),
    "a weekday alone": ("history --from Monday", 2, ["Monday does not say which one"]),
    "another weekday": (
        "explain sakhour --at 'Tue 28 Nov 2016'",
        2,
        ["28 November 2016 is a Monday, not a Tuesday"],
    ),
    "a question that is empty": ("explain sakhour --of ''", 2, ["unknown question ''"]),
    "a history of a question that is empty": ("history --of ''", 2, ["unknown question ''"]),
    "a window backwards": ("history --from 2017 --to 2016", 2, [("2017", "2016")]),
    "nearly all policies": ("state --policy al", 2, [("unknown policy 'al'", "unanimous, all")]),
}


@pytest.mark.parametrize(
    ("line", "code", "messages"),
    [pytest.param(*row, id=name) for name, row in (MISTAKES | MISTAKEN_QUESTIONS).items()],
)
def test_a_mistake_is_told_in_a_sentence(folder, line, code, messages):
    """One message for each problem, the exit code of its kind, no answer, an untouched folder."""
    before = snapshot(folder)
    result = give(line, code=code)
    if messages is not None:
        refused(result, messages)
    assert result.stdout == ""
    assert snapshot(folder) == before


def test_one_wrong_date_is_one_problem(folder):
    """A date that was typed once is refused once."""
    ended = give("retract hanano-captured --reason x --reported 1-12-2016", code=2)
    refused(ended, ["1 December 2016 or 12 January 2016"])
