"""What is asked: hypotheses, and dates and ids as people type them."""

import json
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from aleppo import DAY, ORIGIN, as_bytes, remark, snapshot, supposed
from commandline import asked, give, refused, run
from formats import EVERY, MARKED, records_of, unsafe

pytestmark = pytest.mark.usefixtures("supposing")


# Hypotheses ---------------------------------------------------------------------------------------


WHAT_IFS = {
    "--with more.jsonl": "with 1 event more",
    "--without-source 'the Russian defence ministry'": "without the Russian defence ministry",
    "--without-event sakhour-fall": "without sakhour-fall-denied",
    "--with more.jsonl --without-source damascus --without-event sakhour-unclear": (
        "with 1 event more, without the Syrian government, without sakhour-unclear"
    ),
}


@pytest.mark.parametrize(("what_if", "message"), WHAT_IFS.items(), ids=WHAT_IFS)
def test_every_kind_of_hypothesis_is_told(folder, what_if, message):
    """Sources by their names, events by their ids, what is added by its number."""
    assert give(f"state sakhour {what_if}").stderr == f"HYPOTHETICAL: {message}\n"


@pytest.mark.parametrize(("command", "formats"), EVERY)
def test_what_is_supposed_is_told_and_never_written(folder, command, formats):
    """On stderr, once; nothing in the folder is touched, not even the time of writing."""
    what_if, message = list(WHAT_IFS.items())[-1]
    before = snapshot(folder)
    first, *_ = give(f"{command} {what_if}").stderr.splitlines()
    assert first == f"HYPOTHETICAL: {message}"
    assert snapshot(folder) == before


@pytest.mark.parametrize(("command", "wanted"), MARKED)
def test_a_hypothetical_answer_is_marked_in_every_format(folder, command, wanted):
    """On stderr and on stdout: in the heading, in the JSON, in every record.

    The supposed events cannot steer a terminal, and nothing is written.
    """
    before = snapshot(folder)
    option = "" if wanted == "text" else wanted
    result = give(f"{command} --with rude.jsonl {option}")
    assert snapshot(folder) == before
    output = result.output.replace("\t", "") if wanted == "--tsv" else result.output
    assert unsafe(output) == []
    assert result.stderr.count("HYPOTHETICAL: with 5 events more\n") == 1
    if wanted == "text":
        assert "HYPOTHETICAL: with 5 events more" in result.stdout.splitlines()[0]
    elif wanted == "--json":
        answer = json.loads(result.stdout)
        record = answer[0] if isinstance(answer, list) else answer.get("to", answer)
        assert record["hypothetical"]
    else:
        records = records_of(result.stdout, wanted)
        assert records
        assert {str(record["hypothetical"]).lower() for record in records} == {"true"}


@pytest.mark.parametrize(("command", "formats"), EVERY)
def test_an_answer_of_the_log_is_not_marked(folder, command, formats):
    """Without a hypothesis the word is nowhere."""
    second_cut = "2016-12-02" if command == "diff 2016-12-01" else ""
    output = give(f"{command} {second_cut} {formats[-1]}").output
    assert "hypothetical" not in output.casefold()


def test_the_hypothesis_stands_behind_the_log_in_json(folder):
    """The keys of an answer keep their order; the hypothesis names everything by its id."""
    what_if = "--with more.jsonl --without-source SOHR --without-event sakhour-unc"
    answer = asked(f"state sakhour {what_if}")
    assert list(answer)[:7] == ["schema", *ORIGIN, "hypothetical", "state_sha256"]
    assert answer["hypothetical"] == {
        "with": ["new-1"],
        "without_sources": ["sohr"],
        "without_events": ["sakhour-unclear"],
    }
    commands = ("explain sakhour", "history", "hindsight", "state --policy all")
    answers = [asked(f"{command} {what_if}") for command in commands]
    answers.append(asked(f"check --assessments {what_if}", code=4))
    for answer in answers:
        assert list(answer)[: len(ORIGIN) + 1] == [*ORIGIN, "hypothetical"]


@pytest.mark.parametrize("name", ["more.jsonl", "rude.jsonl"])
def test_what_is_supposed_is_answered_as_if_it_were_appended(folder, name):
    """A state with a file is the state after the file is appended."""
    answer = asked(f"state --at 2016-11-30 --with {name}")["control"]
    assert (answer["sakhour"]["holder"] == "opposition") == (name == "more.jsonl")
    give(f"append --file {name}")
    assert asked("state --at 2016-11-30")["control"] == answer


def test_what_is_left_out_is_answered_as_if_it_had_not_been_said(folder):
    """A state without a source is what the others say."""
    question = f"state sakhour --at {DAY}"
    answer = asked(f"{question} --without-source sohr")["control"]["sakhour"]
    assert (answer["holder"], answer["inherited_from"]) == ("opposition", "east-aleppo")
    answer = asked(f"{question} --without-event sakhour-fall-denied")["control"]["sakhour"]
    assert (answer["holder"], answer["status"]) == ("government", "reported")


def test_a_supposed_event_can_be_shown_and_left_out_again(folder):
    """It stands in no line, and has an id like any other."""
    shown = give("show new-1 --with more.jsonl").stdout
    assert re.search(r"^line +none: it is supposed$", shown, re.MULTILINE)
    refused(run("show", "new-1", code=4), ["no event new-1"])
    assert "new-1" in give("log --with more.jsonl").stdout
    answer = asked("state sakhour --with more.jsonl --without-event new-1")
    assert answer["control"] == asked("state sakhour")["control"]


def test_what_is_supposed_may_come_from_a_pipe(folder):
    """A hyphen is stdin, so that the lines of `append --dry-run` can be asked about."""
    claim = "control_change --place sakhour --actor opposition --source sohr"
    dates = "--occurred '29 Nov 2016' --reported 2016-11-30"
    lines = give(f"append {claim} {dates} --id new-2 --dry-run").stdout
    answer = asked("state sakhour --with -", given=lines)
    assert answer["hypothetical"]["with"] == ["new-2"]
    assert answer["control"]["sakhour"]["holder"] == "opposition"


@pytest.mark.parametrize("name", ["empty.jsonl", "events.jsonl"], ids=["no line", "the log itself"])
def test_a_file_that_adds_nothing_is_told(folder, name):
    """It is still a hypothesis, and its answers are those of the log."""
    (folder / "empty.jsonl").write_bytes(b"")
    result = run("state", "sakhour", "--with", name, "--json")
    assert result.stderr == "HYPOTHETICAL: nothing more than the log holds\n"
    assert json.loads(result.stdout)["control"] == asked("state sakhour")["control"]


@pytest.mark.parametrize("recorded", ["2026-11-22", "2030"])
def test_what_is_supposed_counts_whatever_was_recorded_by_then(folder, recorded):
    """A hypothesis about the log of a day changes the answer too."""
    answer = asked(f"state sakhour --recorded {recorded} --with more.jsonl")
    assert answer["control"]["sakhour"]["holder"] == "opposition"


def test_what_is_left_out_twice_is_told_once(folder):
    """A name and another name of the same source are one source."""
    message = give("state sakhour --without-source sohr --without-source SOHR").stderr
    assert message.count("Observatory") == 1


WITH = {
    # the lines or bytes of a file, and the messages
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
    "about no event": ([remark(about=["xyzzy"])], [("new-1: $.about[0]", "no event xyzzy")]),
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


@pytest.mark.parametrize("command", ["state", f"diff {DAY}"])
@pytest.mark.parametrize(
    ("content", "messages"), [pytest.param(*row, id=name) for name, row in WITH.items()]
)
def test_what_may_not_be_appended_may_not_be_supposed(folder, content, messages, command):
    """The same rules and sentences, and the exit code of what may not enter the log."""
    (folder / "what.jsonl").write_bytes(as_bytes(content))
    before = snapshot(folder)
    result = give(f"{command} --with what.jsonl", code=1)
    refused(result, messages, hint_of_usage=False)
    assert result.stdout == ""
    assert snapshot(folder) == before


# Dates and ids as people type them ----------------------------------------------------------------


EVENING = "2016-11-28T23:59:59.999999+02:00"
TYPED = {
    # a date as it is typed for --at, the date that is understood, and the cut
    "28 Nov 2016": ("2016-11-28", EVENING),
    "28 November 2016": ("2016-11-28", EVENING),
    "November 28th, 2016": ("2016-11-28", EVENING),
    "28.11.2016": ("2016-11-28", EVENING),
    "Mon 28 Nov 2016": ("2016-11-28", EVENING),
    "28 Nov 2016 18:00": ("2016-11-28T18:00", "2016-11-28T18:00:00+02:00"),
    "28 Nov 2016 6 pm": ("2016-11-28T18:00", "2016-11-28T18:00:00+02:00"),
    "late Aug 2016": ("2016-08-31", "2016-08-31T23:59:59.999999+03:00"),
    "26–27 Nov 2016": ("2016-11-27", "2016-11-27T23:59:59.999999+02:00"),
    "summer 2012": ("2012-08-31", "2012-08-31T23:59:59.999999+03:00"),
    "Nov 2016": ("2016-11", "2016-11-30T23:59:59.999999+02:00"),
}
TAKING = [
    "state sakhour --at",
    "state --policy all --at",
    "explain sakhour --at",
    "explain sakhour --known",
    "history sakhour --to",
    "history sakhour --along known --at",
    "hindsight sakhour --known",
    "diff 2016-11-26",
    "check --assessments --known",
    "log --reported",
    "log --occurred",
]


@pytest.mark.parametrize(
    ("typed", "meant", "at"), [pytest.param(name, *row, id=name) for name, row in TYPED.items()]
)
def test_a_date_may_be_typed_as_people_write_it(folder, typed, meant, at):
    """What was understood is told on stderr, and the answer is that of the date."""
    result = run("state", "sakhour", "--at", typed, "--json")
    assert result.stderr == f"{typed} is read as {meant}\n"
    assert result.stdout == run("state", "sakhour", "--at", meant, "--json").stdout
    assert json.loads(result.stdout)["cut"]["at"] == at


@pytest.mark.parametrize("command", TAKING)
def test_every_option_that_takes_a_date_takes_it_as_people_write_it(folder, command):
    """One grammar everywhere; and a date of the log's own grammar is not commented on."""
    typed, plain = give(f"{command} '28 Nov 2016'"), give(f"{command} {DAY}")
    assert typed.stdout == plain.stdout
    assert "28 Nov 2016 is read as 2016-11-28" in typed.stderr.splitlines()
    assert "is read as" not in plain.stderr


def test_yesterday_is_the_day_before_in_the_city(folder):
    """It is counted by the city's calendar, wherever the question is asked."""
    today = datetime.now(ZoneInfo("Asia/Damascus")).date()
    message = give("state sakhour --at yesterday").stderr
    (meant,) = re.findall(r"yesterday is read as (\S+)\n", message)
    ends = (today - timedelta(1), today)  # a day may end while the command runs
    assert datetime.fromisoformat(meant).date() in ends


def test_both_halves_of_a_cut_may_be_typed(folder):
    """``AT@KNOWN``, each with what was understood."""
    result = give("diff '26 Nov 2016@28 Nov 2016' '2016-11-28@1 Dec 2016' --json")
    assert result.stderr.splitlines() == [
        "26 Nov 2016 is read as 2016-11-26",
        "28 Nov 2016 is read as 2016-11-28",
        "1 Dec 2016 is read as 2016-12-01",
    ]
    assert json.loads(result.stdout)["to"]["cut"]["known"] == "2016-12-01T23:59:59.999999+02:00"


@pytest.mark.parametrize(
    "command",
    ["show", "state sakhour --json --without-event", f"diff {DAY} --nl --without-event"],
)
def test_an_id_may_be_cut_short(folder, command):
    """Where one id alone begins so, it is meant."""
    whole = give(f"{command} sakhour-seized-sohr").stdout
    assert give(f"{command} sakhour-se").stdout == whole
