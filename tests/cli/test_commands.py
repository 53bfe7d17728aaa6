"""The command line: what is typed, what comes out on which stream, the exit code, and a log that no mistake touches."""

import csv
import hashlib
import io
import json
import os
import pty
import re
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from commandline import (
    CLAIM,
    CONTROL_FIELDS,
    INSTANT,
    RUDE,
    SEPARATE,
    Stdin,
    as_bytes,
    refused,
    run,
)
from jsonschema import Draft202012Validator

from cli import main
from timeline.domain.events import EVENT_TYPES, RECORD_TYPES

ROOT = Path(__file__).parents[2]

FLIGHT = [
    "displacement",
    "--origin",
    "sakhour",
    "--source",
    "sohr",
    "--occurred",
    "2016-11-29",
    "--reported",
    "2016-11-30",
]
WORD = [
    "statement",
    "--topic",
    "sakhour",
    "--summary",
    "Says so.",
    "--source",
    "sohr",
    "--occurred",
    "2016-11-29",
    "--reported",
    "2016-11-30",
]
HEAD = {
    "id": "new-1",
    "type": "displacement",
    "v": 1,
    "occurred": "2016-11-29",
    "reported": "2016-11-30",
    "source": "sohr",
}
KIND = "حلب می‌خواهم 👩‍👧"


@pytest.fixture
def log(folder) -> Path:
    """The log in that folder."""
    return folder / "events.jsonl"


def line(**fields) -> str:
    """Return a line about people who fled, with other fields."""
    return json.dumps(HEAD | {"origin": "sakhour"} | fields)


def claim(**fields) -> str:
    """Return a line about who holds Sakhour, with other fields."""
    return json.dumps(
        HEAD | {"type": "control_change", "place": "sakhour", "actor": "government"} | fields
    )


def withdrawal(target: str, id: str = "new-1") -> str:
    """Return a line that retracts an event."""
    return json.dumps(
        HEAD | {"id": id, "type": "retraction", "target": target, "reason": "An error."}
    )


def last(log: Path) -> dict:
    """Return the last event of a log, without when it was recorded."""
    event = json.loads(log.read_bytes().splitlines()[-1])
    assert datetime.fromisoformat(event.pop("recorded")).tzinfo
    return event


def ids(result) -> list[str]:
    return [record["id"] for record in json.loads(result.stdout)]


# Mistakes -----------------------------------------------------------------------------------------

MISTAKES = {
    # command line, exit code, messages
    "unknown command": (["stat"], 2, [("No such command", "state")]),
    "unknown option": (["state", "--jsn"], 2, [("No such option", "--json")]),
    "two formats": (["state", "--json", "--csv"], 2, ["--json and --csv; expected one of them"]),
    "two formats of a list": (["log", "--nl", "--tsv"], 2, ["--nl and --tsv; expected one of them"]),
    "day first": (["state", "--at", "31-11-2016"], 2, ["2016-11-31 is not a day"]),
    "month 13": (["state", "--at", "2016-13"], 2, ["2016-13 is not a month; expected 01 to 12"]),
    "day 31 of November": (["state", "--at", "2016-11-31"], 2, ["2016-11-31 is not a day"]),
    "vague time of asking": (["state", "--at", "2016-11~"], 2, ["2016-11~ is vague; expected one plain date"]),
    "no date": (["state", "--at", "soon"], 2, ["'soon' is not a date"]),
    "no date at all": (["state", "--at", ""], 2, ["'' is not a date"]),
    "no knowledge time": (["state", "--known", "lately"], 2, ["'lately' is not a date"]),
    "no record time": (["state", "--recorded", "24:00"], 2, ["24:00 is a time of day without its day"]),
    "two knowledge times": (
        ["state", "--at", "2016-11-28@2016-11-28", "--known", "2016-12-01"], 2, ["two knowledge times, 2016-11-28 and 2016-12-01"],
    ),
    "unknown policy": (["state", "--policy", "lates"], 2, [("unknown policy 'lates'", "cautious", "did you mean latest?")]),
    "unknown place of a state": (["state", "Masaken Hananoo"], 2, [("unknown place 'Masaken Hananoo'", "did you mean masaken")]),
    "place like no other": (["state", "xyzzy"], 2, ["unknown place 'xyzzy'; expected"]),
    "unknown place of a list": (["log", "--place", "masaken-hananoo"], 2, ["did you mean masaken"]),
    "unknown source of a list": (["log", "--source", "shor"], 2, [("unknown source 'shor'", "did you mean sohr?")]),
    "unknown actor of a list": (["log", "--actor", "governmnt"], 2, [("unknown actor 'governmnt'", "did you mean government?")]),
    "unknown type of a list": (["log", "--type", "contrl_change"], 2, [("contrl_change", "control_change")]),
    "window backwards": (["log", "--occurred", "2016-12-01/2016-11-01"], 2, ["2016-12-01/2016-11-01 ends before it begins"]),
    "no window": (["log", "--reported", "the other day"], 2, ["'the other day'"]),
    "nothing in the list": (["log", "--text", "xyzzy"], 4, ["no event like that"]),
    "nothing to show": (["show"], 2, ["Missing argument"]),
    "unknown event to show": (["show", "sakhour-siezed-sohr"], 4, ["no event sakhour-siezed-sohr (did you mean sakhour-seized-sohr?)"]),
    "unknown event to show as JSON": (["show", "xyzzy", "--json"], 4, ["no event xyzzy"]),
    "unknown event to retract": (["retract", "xyzzy", "--reason", "x", "--reported", "2016-12-01"], 4, ["no event xyzzy"]),
    "retraction without a reason": (["retract", "hanano-captured", "--reported", "2016-12-01"], 2, ["Missing option '--reason'"]),
    "retraction without a date": (["retract", "hanano-captured", "--reason", "x"], 2, ["Missing option '--reported'"]),
    "retraction by nobody known": (
        ["retract", "hanano-captured", "--reason", "x", "--reported", "2016-12-01", "--source", "shor"], 2, ["did you mean sohr?"],
    ),
    "nothing to append": (["append"], 2, ["nothing to append; expected a TYPE, or --file FILE"]),
    "unknown type to append": (["append", "contrl-change"], 2, [("unknown type 'contrl-change'", "did you mean control_change?")]),
    "unknown type to explain": (["types", "sieg"], 2, [("unknown type 'sieg'", "did you mean siege?")]),
    "no date to append": (["append", *CLAIM, "--occurred", "9-11-2016"], 2, ["9-11-2016 is 9 November 2016 or 11 September 2016"]),
    "unknown place to append": (["append", *CLAIM, "--place", "Masaken Hananoo"], 2, ["did you mean masaken"]),
    "several names unknown": (
        ["append", *CLAIM, "--place", "Masaken Hananoo", "--actor", "governmnt", "--source", "shor"],
        2,
        ["did you mean masaken", "did you mean government?", "did you mean sohr?"],
    ),
    "no choice": (["append", *CLAIM, "--ground", "taken"], 2, [("taken", "contested")]),
    "option missing": (["append", *CLAIM[:-2]], 2, ["Missing option '--reported'"]),
    "option of another type": (["append", *CLAIM, "--people", "5"], 2, ["No such option"]),
    "reported before it occurred": (["append", *CLAIM, "--reported", "2016-11-28"], 2, ["reported 2016-11-28, before 2016-11-29"]),
    "low over high": (["append", *FLIGHT, "--people", "10..5"], 2, [("low 10 high 5", "low ≤ best ≤ high")]),
    "best over high": (["append", *FLIGHT, "--people", "1..9..5"], 2, ["low ≤ best ≤ high"]),
    "share over one": (["append", *CLAIM, "--extent", "2"], 2, [("--extent", "0 ≤ low ≤ high ≤ 1")]),
    "half a person": (["append", *FLIGHT, "--people", "1.5"], 2, [("1.5", "a whole number")]),
    "no number": (["append", *FLIGHT, "--people", "many"], 2, [("--people: 'many'", "6000..10000")]),
    "more people than numbers": (["append", *FLIGHT, "--people", "9" * 20], 2, [("--people", "9007199254740991")]),
    "neither origin nor destination": (["append", FLIGHT[0], *FLIGHT[3:]], 2, ["neither origin nor destination"]),
    "about nothing": (["append", *WORD, "--stance", "disagree"], 2, ["disagree about nothing"]),
    "empty text": (["append", *CLAIM, "--note", ""], 2, [("--note", "an empty text")]),
    "no id": (["append", *CLAIM, "--id", "A B"], 2, [("--id", "lower-case letters")]),
    "no grade": (["append", *CLAIM, "--grade", "G7"], 2, [("--grade", "Admiralty")]),
    "no address": (["append", *CLAIM, "--url", "example.org"], 2, [("--url", "https://")]),
    "half an archive": (["append", *CLAIM, "--archive-url", "https://example.org"], 2, [("--archive-sha256", "missing")]),
    "about no event": (["append", *WORD, "--stance", "agree", "--about", "xyzzy"], 1, [("--about", "no event xyzzy")]),
    "in place of no event": (["append", *CLAIM, "--supersedes", "xyzzy"], 1, [("--supersedes", "no event xyzzy")]),
    "id used twice": (["append", *CLAIM, "--id", "sakhour-seized-sohr"], 1, ["with other content; expected one content for one id"]),
    "no file": (["append", "--file", "nowhere.jsonl"], 2, [("nowhere.jsonl", "No such file")]),
    "folder for a file": (["append", "--file", "."], 2, ["Is a directory"]),
    "folder for a log": (["state", "--log", "."], 1, ["Is a directory"]),
    "folder for a log to check": (["check", "--log", "."], 1, ["Is a directory"]),
    "folder for a log to append to": (["append", *CLAIM, "--log", "."], 1, ["Is a directory"]),
    "no log": (["state", "--log", "nowhere.jsonl"], 1, [("no log nowhere.jsonl", "timeline init")]),
    "no log to list": (["log", "--log", "nowhere.jsonl"], 1, ["no log nowhere.jsonl"]),
    "no log to check": (["check", "--log", "nowhere.jsonl"], 1, ["no log nowhere.jsonl"]),
    "no log to append to": (["append", *CLAIM, "--log", "nowhere.jsonl"], 1, ["no log nowhere.jsonl"]),
    "no city file": (["state", "--log", "nowhere/events.jsonl"], 1, [("no city file", "city.toml", "timeline init")]),
    "begin where a log is": (["init", "."], 1, ["events.jsonl is there already", "city.toml is there already"]),
    "begin without a zone": (["init", "new", "--timezone", "Asia/Aleppo"], 2, [("'Asia/Aleppo'", "tz database")]),
    "begin without a name": (["init", "new", "--name", "--"], 2, ["no id can be made of the name '--'"]),
    "begin nowhere": (["init"], 2, ["Missing argument"]),
}  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "code", "messages"),
    [pytest.param(*row, id=name) for name, row in MISTAKES.items()],
)
def test_a_mistake_is_told_in_a_sentence(log, arguments, code, messages):
    """One message for each problem, the exit code of its kind, nothing on stdout, and a log that is byte for byte as it was."""
    before = log.read_bytes()
    result = run(*arguments, code=code)
    refused(result, messages)
    assert result.stdout == ""
    assert log.read_bytes() == before


def test_a_form_without_answers_shows_itself(log):
    """A type alone asks for its fields: it is a mistake, and the answer is the help."""
    before = log.read_bytes()
    assert "--occurred DATE" in run("append", "control_change", code=2).output
    assert log.read_bytes() == before


def test_no_command_shows_the_commands():
    """``timeline`` alone lists what there is."""
    assert "Commands:" in run(code=2).output


# Mistakes in a file: its lines, or its bytes, and the messages
FILES = {
    "unknown type": ([line(type="displacemnt")], [("$.type", 'unknown type "displacemnt"', "did you mean displacement?")]),
    "unknown field": ([claim(actr="government")], [('unknown field "actr"', "did you mean actor?")]),
    "unknown part": ([line(people={"lowest": 1})], [("$.people", 'unknown field "lowest"')]),
    "unknown place": ([line(origin="masaken hananoo")], [("$.origin: unknown place", "did you mean masaken")]),
    "unknown actor": ([claim(actor="governmnt")], [("$.actor: unknown actor", "did you mean government?")]),
    "unknown source": ([line(source="shor")], [("$.source: unknown source", "did you mean sohr?")]),
    "part of nothing": ([line(parts=["midan"])], [("$.parts[0]", "midan does not lie in sakhour")]),
    "fraction of a person": ([line(people={"low": 3.9})], [("$.people.low: 3.9", "a whole number")]),
    "true for a number": ([line(people={"low": True})], [("$.people.low: true", "a whole number")]),
    "null for a number": ([line(people={"low": None})], [("$.people.low: null", "the field left out")]),
    "text for a number": ([line(people={"low": "3"})], [('$.people.low: "3"', "a whole number")]),
    "number for a text": ([line(note=5)], [("$.note: 5", "a text")]),
    "text for a list": ([line(parts="midan")], [("$.parts", "a list")]),
    "not a number": ([line(people={"low": float("nan")})], [("NaN", "a finite number")]),
    "low over high": ([line(people={"low": 5, "high": 3})], [("$.people: low 5 high 3", "low ≤ best ≤ high")]),
    "reported before it occurred": ([line(reported="2016-11-28")], [("$.reported", "before 2016-11-29")]),
    "no date": ([line(occurred="29-11-2016")], [("$.occurred", "does not begin with the year")]),
    "no id": ([line().replace('"id": "new-1", ', "")], [("$.id: missing",)]),
    "recorded by hand": ([line(recorded="2016-11-30T00:00:00Z")], [("$.recorded", "the log sets it")]),
    "key twice": ([line()[:-1] + ', "note": "a", "note": "b"}'], [('the key "note" stands twice',)]),
    "in place of no event": ([line(supersedes="xyzzy")], [("$.supersedes: no event xyzzy",)]),
    "retraction of no event": ([withdrawal("xyzzy")], [("$.target: no event xyzzy",)]),
    "a second retraction": (
        [withdrawal("hanano-captured"), withdrawal("hanano-captured", "new-2")], [("new-2: $.target", "retracted already, by new-1")],
    ),
    "retraction of a retraction": ([withdrawal("hanano-captured"), withdrawal("new-1", "new-2")], [("is a retraction, which is final",)]),
    "id twice": ([line(), line(origin="shaar")], [("new-1: $.id", "in this batch too, with other content")]),
    "id in the log": ([line(id="hanano-captured")], [("hanano-captured: $.id", "in the log too, with other content")]),
    "an empty line": ([line(), "", line(id="new-2")], [(":2: an empty line",)]),
    "not JSON": (["hello"], [(":1: not JSON",)]),
    "not an object": (["[]"], [(":1: a JSON array",)]),
    "Windows newlines": ([line() + "\r"], [(":1: a carriage return",)]),
    "not UTF-8": (line(note="ü").encode("utf-8").replace(b"\\u00fc", b"\xfc") + b"\n", [(":1: byte", "(0xfc) is not UTF-8")]),
    "byte order mark": (b"\xef\xbb\xbf" + line().encode() + b"\n", [(":1: a byte order mark",)]),
    "a NUL": (line().encode() + b"\0\n", [(":1: a NUL byte",)]),
    "all that is wrong": (
        [line(), line(origin="masaken hananoo", source="shor"), "hello", line(people={"low": 3.9, "high": True})],
        [(":2: $.origin", "hanano"), (":2: $.source", "sohr"), (":3: not JSON",), (":4: $.people.low",), (":4: $.people.high",)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("by", ["file", "stdin"])
@pytest.mark.parametrize(
    ("content", "messages"), [pytest.param(*row, id=name) for name, row in FILES.items()]
)
def test_a_file_with_a_mistake_is_refused_whole(log, content, messages, by):
    """Every problem of every line is told at once, by line, and not even the lines that are right are written."""
    before = log.read_bytes()
    (log.parent / "more.jsonl").write_bytes(as_bytes(content))
    result = (
        run("append", "--file", "more.jsonl", code=1)
        if by == "file"
        else run("append", "--file", "-", given=as_bytes(content), code=1)
    )
    refused(result, messages, hint_of_usage=False)
    assert result.stdout == ""
    assert log.read_bytes() == before


# What may be wrong with a folder: the file, its content, the exit code and the message, for each
# command that reads it
NAMELESS, DANGLING = line(origin="xyzzy").encode() + b"\n", withdrawal("xyzzy").encode() + b"\n"
CITY = '[city]\nid = "a"\nname = "A"\ntimezone = "UTC"\n'
FOLDERS = {
    "an empty line in the log": ("events.jsonl", b"%s\n\n", 3, ("events.jsonl:2: an empty line", "remove the line")),
    "a log that is not UTF-8": ("events.jsonl", b"%s\n\xff\xfe\n", 3, ("events.jsonl:2: byte 1 (0xff) is not UTF-8",)),
    "a log with an unknown place": ("events.jsonl", NAMELESS, 3, ("events.jsonl:1: $.origin", "unknown place")),
    "a log with a reference to nothing": ("events.jsonl", DANGLING, 3, ("events.jsonl:1: $.target: no event xyzzy",)),
    "a log with an id twice": ("events.jsonl", as_bytes([line(), line(origin="shaar")]), 3, ("events.jsonl:2: $.id", "on line 1 too")),
    "no city file": ("city.toml", None, 1, ("no city file city.toml", "timeline init")),
    "a city file that is not TOML": ("city.toml", b"[city\n", 1, ("city.toml: not TOML",)),
    "a city file that is not UTF-8": ("city.toml", b"\xff", 1, ("city.toml cannot be read",)),
    "a city file without a city": ("city.toml", b"", 1, ("city.toml: [city]: missing",)),
    "a city without a zone": ("city.toml", CITY.replace("UTC", "Asia/Aleppo").encode(), 1, ("city.timezone: 'Asia/Aleppo'",)),
    "a city with an unknown key": ("city.toml", CITY.encode() + b"nam = 5", 1, ("unknown key 'nam'", "did you mean name?")),
    "a place in no place": ("city.toml", CITY.encode() + b'[places]\nb = {name = "B", parent = "x"}', 1, ("places.b.parent: x",)),
    "a place in itself": ("city.toml", CITY.encode() + b'[places]\nb = {name = "B", parent = "b"}', 1, ("b in b",)),
    "a source of no kind": ("city.toml", CITY.encode() + b'[sources]\ns = {label = "S", kind = "montor"}', 1, ("did you mean monitor?",)),
}  # fmt: skip
READERS = {
    "state": ["state"],
    "log": ["log"],
    "show": ["show", "hanano-captured"],
    "append": ["append", *CLAIM],
    "retract": ["retract", "hanano-captured", "--reason", "x", "--reported", "2016-12-01"],
}


def spoil(folder: Path, name: str, content: bytes | None) -> None:
    """Write or remove a file; ``%s`` in it is a line that is right."""
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content.replace(b"%s", line().encode()))


SPOILT = [
    pytest.param(name, command, id=f"{name}-{by}")
    for name in FOLDERS
    for by, command in READERS.items()
    if by != "append"
    or name
    not in (
        "a log with an unknown place",
        "a log with a reference to nothing",
    )  # the next line may mend it
]


@pytest.mark.parametrize(("mistake", "command"), SPOILT)
def test_a_folder_with_a_mistake_is_told_of_by_every_command(log, mistake, command):
    """A log or city file that may not be as it is stops every command that reads it, with the file, the line and the reason."""
    name, content, code, message = FOLDERS[mistake]
    spoil(log.parent, name, content)
    before = log.read_bytes()
    result = run(*command, code=code)
    refused(result, [message], hint_of_usage=False)
    assert result.stdout == ""
    assert log.read_bytes() == before


@pytest.mark.parametrize("text", ['city = "aleppo"', "city = 5", "[[city]]", "city = true"])
def test_a_city_that_is_no_table_is_told_of(folder, text):
    """The first line that a newcomer writes wrong is answered in a sentence."""
    (folder / "city.toml").write_text(text)
    refused(run("state", code=1), [("city.toml", "[city]")])


def test_an_empty_log_holds_nothing_yet(log):
    """An empty log is no error of its own: there is nothing to find in it, and nothing wrong with it."""
    log.write_bytes(b"")
    refused(run("state", code=4), [("holds no events yet", "timeline append")])
    refused(run("log", code=4), ["no event"])
    refused(run("show", "a", code=4), ["no event a"])
    assert run("check").stdout == ""
    assert json.loads(run("state", "--json", code=4).stdout)["log"]["events"] == 0


def test_a_torn_tail_is_left_out_and_said(log):
    """Readers go on without the line that was never finished, and change nothing; the next writer records it, and then nobody minds."""
    whole = run("state", "--at", "2016-11-28")
    with log.open("ab") as file:
        file.write(b'{"id":"torn')
    before = log.read_bytes()
    torn = run("state", "--at", "2016-11-28")
    assert torn.stdout == whole.stdout
    place = f"events.jsonl:{len(shipped()) + 1}"
    assert torn.stderr == f"Warning: {place}: an unfinished last line of 11 bytes is left out\n"
    assert "would be recorded" in run("append", *CLAIM, "--dry-run").stderr
    assert log.read_bytes() == before
    appended = run("append", *CLAIM)
    assert (
        appended.stderr
        == "events.jsonl: 11 bytes at the end were never finished; they stay, and that they are no event was recorded\n"
    )
    assert log.read_bytes().startswith(before)
    assert run("state", "--at", "2016-11-28").stderr == ""
    checked = run("check")
    assert (checked.stdout, checked.stderr) == (
        "",
        f"events.jsonl: {len(shipped()) + 1} events, 0 problems, 1 torn end recorded\n",
    )
    [repair] = json.loads(run("check", "--json").stdout)["repairs"]
    assert (repair["length"], repair["sha256"]) == (11, hashlib.sha256(b'{"id":"torn').hexdigest())


def test_only_the_log_writes_of_itself(log):
    """No door takes a record of a repair from outside."""
    line = (
        b'{"id":"r","type":"log_repaired","v":1,"recorded":"2016-11-28T00:00:00Z","offset":0,"length":1,"sha256":"%s"}\n'
        % (b"0" * 64)
    )
    Path("repair.jsonl").write_bytes(line)
    before = log.read_bytes()
    refused(
        run("append", "--file", "repair.jsonl", code=1),
        [("repair.jsonl:1", "$.type", "only the log writes it")],
    )
    refused(run("append", "log_repaired", "--id", "r", code=2), ["only the log writes it"])
    assert log.read_bytes() == before


def test_one_wrong_date_is_one_problem(folder):
    """What was typed once is refused once."""
    refused(
        run("retract", "hanano-captured", "--reason", "x", "--reported", "1-12-2016", code=2),
        ["1 December 2016 or 12 January 2016"],
    )


def test_the_same_retraction_twice(log):
    """What was retracted is retracted for good."""
    withdraw = ["retract", "hanano-captured", "--reason", "An error.", "--reported", "2016-12-01"]
    run(*withdraw, "--id", "not-so")
    before = log.read_bytes()
    refused(run(*withdraw, code=1), ["hanano-captured was retracted already, by not-so"])
    refused(
        run("retract", "not-so", "--reason", "x", "--reported", "2016-12-02", code=1),
        ["not-so is a retraction, which is final"],
    )
    assert log.read_bytes() == before


# Appending ----------------------------------------------------------------------------------------

ENVELOPE = [
    "--id",
    "new-1",
    "--source",
    "SOHR",
    "--occurred",
    "2016-11-29~",
    "--reported",
    "2016-11-30",
]
WRITTEN = {
    "id": "new-1",
    "v": 1,
    "occurred": "2016-11-29~",
    "reported": "2016-11-30",
    "source": "sohr",
}
APPENDS = {
    "control_change": (
        ["--place", "الصاخور", "--actor", "Government", "--extent", "0.33..0.4", "--how", "observation"],
        {"place": "sakhour", "actor": "government", "ground": "held", "extent": {"low": 0.33, "high": 0.4}, "how": "observation"},
    ),
    "displacement": (
        ["--origin", "eastern Aleppo", "--parts", "SHAAR", "--parts", "haydariyah", "--destination", "حلب الغربية", "--people", "..2000"],
        {
            "origin": "east-aleppo", "parts": ["shaar", "haydariyah"], "destination": "west-aleppo", "people": {"high": 2000},
            "measure": "flow",
        },
    ),
    "statement": (
        ["--stance", "disagree", "--about", "hanano-captured", "--about", "jabal-badro-captured", "--topic", "hanano", "--summary", "لا"],
        {"stance": "disagree", "about": ["hanano-captured", "jabal-badro-captured"], "topic": "hanano", "summary": "لا"},
    ),
    "aid_negotiation": (
        ["--negotiation", "un-aid-delivery", "--party", "Russia", "--move", "accept_with_conditions", "--terms", "48 hours"],
        {"negotiation": "un-aid-delivery", "party": "russia", "move": "accept_with_conditions", "terms": "48 hours"},
    ),
    "casualties": (
        ["--place", "halab", "--killed", "219..", "--injured", "1..2..3", "--group", "civilians", "--cause", "shelling"],
        {
            "place": "aleppo", "killed": {"low": 219}, "injured": {"low": 1, "best": 2, "high": 3}, "group": "civilians",
            "cause": "shelling", "measure": "flow",
        },
    ),
    "siege": (
        ["--place", "East Aleppo", "--move", "tighten", "--by", "government", "--trapped", "250000"],
        {"place": "east-aleppo", "move": "tighten", "by": "government", "trapped": {"best": 250000}},
    ),
    "condition": (
        ["--place", "east-aleppo", "--subject", "water", "--level", "none", "--summary", "Nothing comes out of the tap."],
        {"place": "east-aleppo", "subject": "water", "level": "none", "summary": "Nothing comes out of the tap."},
    ),
    "assessment": (
        ["--measure", "share_lost", "--actor", "opposition", "--place", "aleppo", "--share", "0.4", "--since", "2016-11-21"],
        {"measure": "share_lost", "actor": "opposition", "place": "aleppo", "share": {"low": 0.4, "high": 0.4}, "since": "2016-11-21"},
    ),
    "retraction": (["--target", "hanano-captured", "--reason", "An error."], {"target": "hanano-captured", "reason": "An error."}),
}  # fmt: skip
EXTRAS = [
    ("--outlet", "The Guardian"), ("--url", "https://example.org/a"), ("--locator", "p. 2"), ("--archive-sha256", "0" * 64),
    ("--archive-collector", "me"), ("--grade", "B2"), ("--wording", "so"), ("--note", "حاشية"),
]  # fmt: skip


def test_every_type_is_appended_below():
    """A new type needs a row in the table."""
    assert list(APPENDS) == [event_type.type for event_type in EVENT_TYPES]


@pytest.mark.parametrize("spelling", ["underscores", "hyphens"])
@pytest.mark.parametrize(
    ("event_type", "options", "fields"),
    [pytest.param(name, *row, id=name) for name, row in APPENDS.items()],
)
def test_every_type_is_appended_from_options(log, event_type, options, fields, spelling):
    """What options say stands in the log, names as ids, in one line more; the id is printed, and the log stays valid."""
    before = log.read_bytes()
    tag = event_type if spelling == "underscores" else event_type.replace("_", "-")
    result = run("append", tag, *options, *ENVELOPE)
    assert (result.stdout, result.stderr) == ("new-1\n", "")
    assert log.read_bytes().startswith(before)
    assert log.read_bytes().count(b"\n") == before.count(b"\n") + 1
    assert last(log) == WRITTEN | {"type": event_type} | fields
    run("check")
    assert "new-1" in run("show", "new-1").stdout


def test_the_whole_envelope_is_appended_from_options(log):
    """Where it was printed, its copy, its grade and a note, with an event that it replaces."""
    run(
        "append",
        *CLAIM,
        *(word for pair in EXTRAS for word in pair),
        "--supersedes",
        "sakhour-seized-sohr",
    )
    event = last(log)
    assert event["archive"] == {"sha256": "0" * 64, "collector": "me"}
    assert [event[name.removeprefix("--")] for name, _ in EXTRAS if "archive" not in name] == [
        v for k, v in EXTRAS if "archive" not in k
    ]
    assert event["supersedes"] == "sakhour-seized-sohr"


def test_ids_are_random_when_not_given(log):
    """Two events alike are two events."""
    first, second = run("append", *CLAIM).stdout.strip(), run("append", *CLAIM).stdout.strip()
    assert first != second
    assert all(re.fullmatch(r"control-change-[0-9a-f]{15}", id) for id in (first, second))


def test_the_same_event_twice_is_written_once(log):
    """Appending again what the log holds changes nothing, and says so."""
    run("append", *CLAIM, "--id", "new-1")
    before = log.read_bytes()
    result = run("append", *CLAIM, "--id", "new-1")
    assert (result.stdout, result.stderr) == ("", "new-1 is in the log already\n")
    assert log.read_bytes() == before


def test_a_file_is_appended_whole_and_twice_is_once(log):
    """Several events go in at once and in order; those that are there are left alone, and the rest are written."""
    lines = [line(), line(id="new-2", origin="eastern aleppo"), withdrawal("new-1", "new-3")]
    (log.parent / "more.jsonl").write_text(
        "\n".join(lines), encoding="utf-8"
    )  # no newline at the end
    assert run("append", "--file", "more.jsonl").stdout.split() == ["new-1", "new-2", "new-3"]
    before = log.read_bytes()
    again = run("append", "--file", "-", given=as_bytes([*lines, claim(id="new-4")]))
    assert again.stdout.split() == ["new-4"]
    assert [text.split()[0] for text in again.stderr.splitlines()] == ["new-1", "new-2", "new-3"]
    assert log.read_bytes().startswith(before)
    run("check")


def test_the_log_itself_is_in_the_log_already(log):
    """What `log --nl` writes can be appended to the log that it came from: nothing is new in it."""
    before = log.read_bytes()
    assert run("append", "--file", "-", given=run("log", "--nl").stdout).stdout == ""
    assert log.read_bytes() == before


@pytest.mark.parametrize("given_", [b"", b"\n"], ids=["no byte", "one newline"])
def test_a_file_of_nothing(log, given_):
    """No line is no event; an empty line is a mistake."""
    before = log.read_bytes()
    assert run("append", "--file", "-", given=given_, code=1 if given_ else 0).stdout == ""
    assert log.read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["append", *CLAIM],
        ["retract", "hanano-captured", "--reason", "x", "--reported", "2016-12-01"],
    ],
)
def test_a_dry_run_writes_nothing(log, arguments):
    """It shows the line that would be written, on stdout, and says on stderr that nothing was."""
    before = log.read_bytes()
    result = run(*arguments, "--dry-run")
    assert json.loads(result.stdout)["source"]
    assert result.stderr == "1 event would be written; nothing was\n"
    assert log.read_bytes() == before


def test_a_dry_run_refuses_what_a_run_refuses(log):
    """It is the run without its last step."""
    refused(
        run("append", *CLAIM, "--dry-run", "--id", "hanano-captured", code=1),
        ["with other content"],
    )


def test_what_a_dry_run_shows_can_be_appended(log):
    """The lines of a dry run go through a pipe into the log, or into a file to be looked at first."""
    lines = run("append", *CLAIM, "--id", "new-1", "--dry-run").stdout
    assert run("append", "--file", "-", given=lines).stdout == "new-1\n"


def test_a_dry_run_may_be_asked_for_before_the_type(log):
    """``append --dry-run TYPE`` is a dry run, or a mistake; it never writes."""
    before = log.read_bytes()
    CliRunner(**SEPARATE).invoke(main, ["append", "--dry-run", *CLAIM])
    assert log.read_bytes() == before


def test_a_log_may_be_named_before_the_type(log):
    """``append --log PATH TYPE`` writes to that log, or is a mistake; it never writes to another."""
    shutil.copytree(log.parent, log.parent / "other")
    before = log.read_bytes()
    CliRunner(**SEPARATE).invoke(main, ["append", "--log", "other/events.jsonl", *CLAIM])
    assert log.read_bytes() == before


def test_a_file_and_a_type_are_one_too_many(log):
    """Either the events of a file or one event of a type: both at once is a mistake, not half of it."""
    before = log.read_bytes()
    result = CliRunner(**SEPARATE).invoke(
        main, ["append", "--file", "-", *CLAIM], input=Stdin(line().encode())
    )
    assert (result.exit_code, log.read_bytes()) == (2, before)


def test_a_retraction(log):
    """It stands from the day on which it was made public; by default its source is that of the event."""
    claimed = json.loads(run("show", "hanano-captured", "--json").stdout)
    result = run(
        "retract",
        "hanano-captured",
        "--reason",
        "An error.",
        "--reported",
        "2016-12-01",
        "--note",
        "n",
        "--id",
        "not-so",
    )
    assert result.stdout == "not-so\n"
    assert last(log) == {
        "id": "not-so", "type": "retraction", "v": 1, "occurred": "2016-12-01", "reported": "2016-12-01", "source": claimed["source"],
        "target": "hanano-captured", "reason": "An error.", "note": "n",
    }  # fmt: skip
    asked = ["state", "masaken-hanano", "--at", "2016-11-28", "--json", "--known"]
    known = {
        day: json.loads(run(*asked, day).stdout)["control"]["masaken-hanano"]["because"]
        for day in ("2016-11-30", "2016-12-01")
    }
    assert "hanano-captured" in known["2016-11-30"]
    assert "hanano-captured" not in known["2016-12-01"]
    assert "withdrawn" in run("log", "--type", "control_change", "--place", "masaken-hanano").stdout
    assert "not-so" in run("show", "hanano-captured").stdout


def test_a_retraction_by_somebody_else(log):
    """Who withdraws it and when it was withdrawn may be said."""
    run(
        "retract",
        "hanano-captured",
        "--reason",
        "x",
        "--reported",
        "2016-12-02",
        "--occurred",
        "2016-12-01",
        "--source",
        "SOHR",
    )
    assert [last(log)[name] for name in ("source", "occurred", "reported")] == [
        "sohr",
        "2016-12-01",
        "2016-12-02",
    ]


# Reading ------------------------------------------------------------------------------------------

LISTS = {
    # options of `log`, and which events they choose
    "type": (["--type", "siege"], lambda e: e["type"] == "siege"),
    "types": (
        ["--type", "siege", "--type", "casualties"],
        lambda e: e["type"] in ("siege", "casualties"),
    ),
    "source": (["--source", "sohr"], lambda e: e["source"] == "sohr"),
    "source by its name": (
        ["--source", "the guardian's report"],
        lambda e: e["source"] == "guardian",
    ),
    "sources": (
        ["--source", "sohr", "--source", "damascus"],
        lambda e: e["source"] in ("sohr", "damascus"),
    ),
    "actor": (
        ["--actor", "Kurdish forces"],
        lambda e: "kurdish" in (e.get("actor"), e.get("party"), e.get("by")),
    ),
    "place": (["--place", "sakhour"], lambda e: "sakhour" in places(e)),
    "place in Arabic": (["--place", "الصاخور"], lambda e: "sakhour" in places(e)),
    "place that people fled to": (["--place", "west-aleppo"], lambda e: "west-aleppo" in places(e)),
    "place and what lies in it": (
        ["--place", "east-aleppo"],
        lambda e: (
            set(places(e))
            & {"east-aleppo", "sakhour", "masaken-hanano", "jabal-badro", "haydariyah", "shaar"}
        ),
    ),
    "places": (
        ["--place", "sakhour", "--place", "sheikh-maqsoud"],
        lambda e: set(places(e)) & {"sakhour", "sheikh-maqsoud"},
    ),
    "reported on a day": (["--reported", "2016-11-24"], lambda e: e["reported"] == "2016-11-24"),
    "reported between": (
        ["--reported", "2016-11-24/2016-11-27"],
        lambda e: e["reported"] < "2016-11-28",
    ),
    "reported in a month": (["--reported", "2016-11"], lambda e: True),
    "reported since": (["--reported", "2016-11-28/.."], lambda e: e["reported"] >= "2016-11-28"),
    "occurred in a summer": (
        ["--occurred", "2012-07"],
        lambda e: e["occurred"] == "2012-22" or e["occurred"].startswith(".."),
    ),
    "occurred on a day": (
        ["--occurred", "2016-11-24"],
        lambda e: (
            e["occurred"] == "2016-11-24"
            or e["occurred"].startswith(("2016-11-21/", "2016-11/", ".."))
        ),
    ),
    "occurred on a weekend": (
        ["--occurred", "2016-11-26/2016-11-27", "--type", "control_change"],
        lambda e: (
            e["type"] == "control_change"
            and e["occurred"][:10] in ("2016-11-26", "2016-11-27", "../2016-11")
        ),
    ),
    "text": (["--text", "DEBRIS"], lambda e: "debris" in json.dumps(e)),
    "text in Latin letters with accents": (
        ["--text", "françois"],
        lambda e: e["id"] == "french-candidate",
    ),
    "text and source": (
        ["--text", "hospital", "--source", "guardian"],
        lambda e: "hospital" in json.dumps(e).casefold(),
    ),
    "type and place": (
        ["--type", "control_change", "--place", "east-aleppo"],
        lambda e: (
            e["type"] == "control_change" and e["place"] not in ("west-aleppo", "sheikh-maqsoud")
        ),
    ),
    "everything": ([], lambda e: True),
}


def places(event: dict) -> list[str]:
    return [
        event.get("place"),
        event.get("origin"),
        event.get("destination"),
        *event.get("parts", []),
    ]


def shipped() -> list[dict]:
    return [json.loads(one) for one in (ROOT / "events.jsonl").read_bytes().splitlines()]


@pytest.mark.parametrize(
    ("options", "chosen"), [pytest.param(*row, id=name) for name, row in LISTS.items()]
)
def test_a_list_is_narrowed_by_options(folder, options, chosen):
    """Options of one kind widen the choice, those of several kinds narrow it, and the order is that of the log."""
    expected = [event for event in shipped() if chosen(event)]
    assert expected
    assert json.loads(run("log", *options, "--json").stdout) == expected
    text = run("log", *options)
    assert [row.split()[0] for row in text.stdout.splitlines()[2:]] == [
        event["id"] for event in expected
    ]
    assert text.stderr == f"{len(expected)} event{'' if len(expected) == 1 else 's'}\n"


@pytest.mark.parametrize("words", ['"id":', "locator", "control_change\", \"v"])  # fmt: skip
def test_words_are_looked_for_in_what_fields_hold(folder, words):
    """The name of a field is not in any field."""
    run("log", "--text", words, code=4)


def test_words_in_quotation_marks_are_found(folder):
    """What `show` shows can be looked for."""
    assert '"late August" is read' in run("show", "siege-of-the-east").stdout
    run("log", "--text", '"late August" is read')


def test_a_type_may_be_written_with_hyphens_everywhere(folder):
    """One spelling of a type is as good as another in every command."""
    assert (
        run("log", "--type", "control-change", "--nl").stdout
        == run("log", "--type", "control_change", "--nl").stdout
    )


@pytest.mark.parametrize(
    "command", [["log"], ["log", "--type", "displacement"], ["types", "siege"]], ids=" ".join
)
def test_every_format_holds_the_same_records(folder, command):
    """JSON, a line each, CSV and TSV read back as the same records, with nothing on stderr."""
    records = json.loads(run(*command, "--json").stdout)
    assert records
    assert [json.loads(text) for text in run(*command, "--nl").stdout.splitlines()] == records
    for option, delimiter in (("--csv", ","), ("--tsv", "\t")):
        result = run(*command, option)
        rows = list(csv.DictReader(io.StringIO(result.stdout, newline=""), delimiter=delimiter))
        assert result.stderr == ""
        for row, record in zip(rows, records, strict=True):
            cells = {
                name: json.dumps(v, ensure_ascii=False) if isinstance(v, dict | list) else str(v)
                for name, v in record.items()
            }
            assert {name: value for name, value in row.items() if value} == {
                name: value for name, value in cells.items() if value
            }


@pytest.mark.parametrize("option", ["--json", "--nl", "--csv", "--tsv"])
def test_a_list_of_nothing_in_every_format(folder, option):
    """A program gets an empty list, and the exit code that says so."""
    result = run("log", "--text", "xyzzy", option, code=4)
    assert result.stdout.strip() in ("", "[]")
    refused(result, ["no event like that"])


def test_formulas_reach_no_spreadsheet(log):
    """A note that a spreadsheet would run stands behind an apostrophe, in the list as in the state."""
    run(
        "append",
        *CLAIM,
        "--id",
        "new-1",
        "--note",
        '=HYPERLINK("http://example.org")',
        "--wording",
        "+1",
        "--outlet",
        "@x",
    )
    for option, delimiter in (("--csv", ","), ("--tsv", "\t")):
        rows = list(
            csv.DictReader(io.StringIO(run("log", option).stdout, newline=""), delimiter=delimiter)
        )
        assert [rows[-1][name] for name in ("note", "wording", "outlet")] == [
            '\'=HYPERLINK("http://example.org")',
            "'+1",
            "'@x",
        ]


def test_an_event_is_shown_whole(folder):
    """Every field, the line, and who speaks of it."""
    shown = run("show", "sakhour-seized-sohr").stdout
    number, event = next(
        (n, one) for n, one in enumerate(shipped(), 1) if one["id"] == "sakhour-seized-sohr"
    )
    fields = {name: value for name, value in event.items() if name not in ("id", "v")}
    assert [
        name
        for name, value in fields.items()
        if not re.search(rf"^{name} +{re.escape(value)}$", shown, re.MULTILINE)
    ] == []
    assert "Syrian Observatory for Human Rights, monitor" in shown
    assert re.search(rf"^line +{number}$", shown, re.MULTILINE)
    assert re.search(
        r"^see also +sakhour-fall-denied: a rebel official denies", shown, re.MULTILINE
    )


@pytest.mark.parametrize("id", [event["id"] for event in shipped()])
def test_every_event_of_the_log_can_be_shown(folder, id):
    """As text, and as JSON as it stands in the log."""
    assert run("show", id).stdout.startswith(f"{id}\n")
    assert json.loads(run("show", id, "--json").stdout) == next(
        event for event in shipped() if event["id"] == id
    )


# The state ----------------------------------------------------------------------------------------

TOP = [
    "city",
    "cut",
    "policy",
    "log",
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
    """Sakhour on 28 November 2016, as known that evening: the government's, says the Observatory; one denies it, one is unsure."""
    answer = json.loads(
        run("state", "sakhour", "--at", "2016-11-28", "--known", "2016-11-28", "--json").stdout
    )
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
        "because": ["sakhour-seized-sohr"],
        "against": ["sakhour-fall-denied"],
        "unclear": ["sakhour-unclear"],
        "inherited_from": None,
    }


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--at", "2016-11-28"],
        ["--at", "2016-11-27T12:00@2016-11-28"],
        ["--at", "2016-11-28", "--policy", "unanimous"],
        ["sakhour"],
    ],
    ids=" ".join,
)
def test_the_state_as_json_has_its_keys_in_order(folder, options):
    """The outside contract: these keys, in this order, and every instant with its offset."""
    answer = json.loads(run("state", *options, "--json").stdout)
    assert list(answer) == TOP
    assert list(answer["cut"]) == ["at", "known", "recorded"]
    assert list(answer["log"]) == ["events", "sha256"]
    assert answer["control"]
    for place in answer["control"].values():
        assert list(place) == CONTROL_FIELDS
        assert all(list(share) == ["actor", "low", "high"] for share in place["shares"])
        assert place["since"] is None or list(place["since"]) == ["text", "earliest", "latest"]
    assert list(answer["displacement"]) == ["flows", "total"]
    found = list(instants(answer))
    assert found
    assert [
        text
        for text in found
        if not INSTANT.fullmatch(text) or datetime.fromisoformat(text).tzinfo is None
    ] == []


def test_the_state_says_what_was_asked(folder):
    """The cut is written out: a date as its last instant in the city's time zone; what was not asked is null."""
    answer = json.loads(
        run(
            "state", "--at", "2016-11-28@2016-12-01T18:00Z", "--policy", "cautious", "--json"
        ).stdout
    )
    assert answer["cut"] == {
        "at": "2016-11-28T23:59:59.999999+02:00",
        "known": "2016-12-01T20:00:00+02:00",
        "recorded": None,
    }
    assert (answer["city"], answer["policy"], answer["log"]["events"]) == (
        "aleppo",
        "cautious",
        len(shipped()),
    )


def test_two_ways_to_write_a_cut(folder):
    """``AT@KNOWN`` is ``--at AT --known KNOWN``."""
    one = run("state", "--at", "2016-11-28@2016-11-27", "--json").stdout
    assert one == run("state", "--at", "2016-11-28", "--known", "2016-11-27", "--json").stdout
    assert one != run("state", "--at", "2016-11-28", "--json").stdout


def test_every_place_by_any_name(folder):
    """A place is named as people name it, and several may be asked of at once."""
    answers = [run("state", name, "--json").stdout for name in ("sakhour", "SAKHOUR", "الصاخور")]
    assert len(set(answers)) == 1
    assert list(json.loads(run("state", "midan", "sakhour", "--json").stdout)["control"]) == [
        "sakhour",
        "midan",
    ]


@pytest.mark.parametrize("option", ["--nl", "--csv", "--tsv"])
def test_the_state_as_records(folder, option):
    """Who holds what, a place a row, as the JSON has it."""
    control = json.loads(run("state", "--at", "2016-11-28", "--json").stdout)["control"]
    text = run("state", "--at", "2016-11-28", option).stdout
    if option == "--nl":
        rows = [json.loads(one) for one in text.splitlines()]
    else:
        rows = list(
            csv.DictReader(
                io.StringIO(text, newline=""), delimiter="," if option == "--csv" else "\t"
            )
        )
    assert {row["place"]: row["holder"] or None for row in rows} == {
        place: answer["holder"] for place, answer in control.items()
    }
    (sakhour,) = (row for row in rows if row["place"] == "sakhour")
    assert [sakhour[name] for name in ("status", "since", "shares", "because")] == [
        "disputed", "2016-11-27/2016-11-28", "government all", "sakhour-seized-sohr",
    ]  # fmt: skip


def test_the_state_as_text(folder):
    """A heading that says what it is the state of, and who holds what on whose word."""
    text = run("state", "--at", "2016-11-28@2016-12-01", "--policy", "cautious").stdout
    heading, row = (
        text.splitlines()[0],
        next(row for row in text.splitlines() if row.startswith("Sakhour")),
    )
    assert all(
        part in heading
        for part in ("Aleppo", "on 28 Nov 2016", "as known on 1 Dec 2016", "cautious")
    )
    assert all(
        part in row
        for part in (
            "Government",
            "disputed",
            "27–28 Nov 2016",
            "SOHR",
            "against: a rebel official",
        )
    )


# Checking -----------------------------------------------------------------------------------------


def test_the_shipped_log_is_valid(folder):
    """Nothing is wrong with it."""
    result = run("check")
    assert result.stdout == ""
    assert result.stderr == f"events.jsonl: {len(shipped())} events, 0 problems\n"
    assert json.loads(run("check", "--json").stdout) == {
        "events": len(shipped()),
        "problems": [],
        "warnings": [],
        "repairs": [],
    }


PROBLEMS = [
    (b"hello", "not JSON"),
    (b"", "an empty line"),
    (b"\xff", "is not UTF-8"),
    (line(id="p-1", type="displacemnt").encode(), "did you mean displacement?"),
    (line(id="p-2", people={"low": 3.9}).encode(), "$.people.low: 3.9"),
    (line(id="p-3", origin="xyzzy").encode(), "$.origin: unknown place 'xyzzy'"),
    (line(id="p-4", source="shor").encode(), "did you mean sohr?"),
    (line(id="p-5", reported="2016-11-01").encode(), "$.reported"),
    (line(id="hanano-captured").encode(), "with other content"),
    (withdrawal("xyzzy", "p-6").encode(), "$.target: no event xyzzy"),
    (line(id="p-7")[:-1].encode() + b',"note":"a","note":"b"}', 'the key "note" stands twice'),
    (b"", "an empty line"),
]


def test_everything_that_is_wrong_is_listed_at_once(log):
    """A log with many kinds of problems: each is told with its line, and the exit code is 3."""
    first = len(shipped()) + 1
    with log.open("ab") as file:
        file.write(b"".join(text + b"\n" for text, _ in PROBLEMS))
    result = run("check", code=3)
    found = result.stdout.splitlines()
    assert len(found) == len(PROBLEMS)
    for number, (_, message) in enumerate(PROBLEMS, first):
        (told,) = (text for text in found if text.startswith(f"events.jsonl:{number}: "))
        assert message in told
    assert result.stderr.endswith(f"{len(PROBLEMS)} problems\n")
    listed = json.loads(run("check", "--json", code=3).stdout)["problems"]
    assert {problem["where"] for problem in listed} == {
        f"events.jsonl:{first + index}" for index in range(len(PROBLEMS))
    }
    assert all(problem["found"] for problem in listed)


def test_what_is_merely_odd_is_a_warning(log):
    """Two retractions of one event, as a merge of two copies leaves them, and a torn tail: said on stderr, and no problem."""
    with log.open("ab") as file:
        file.write(
            as_bytes([withdrawal("hanano-captured"), withdrawal("hanano-captured", "new-2")])
            + b'{"id":"torn'
        )
    result = run("check")
    assert result.stdout == ""
    assert (
        "hanano-captured is retracted by new-1 and by new-2; the earliest report counts"
        in result.stderr
    )
    assert f"events.jsonl:{len(shipped()) + 3}: an unfinished last line" in result.stderr
    assert (
        "hanano-debris-cleared-tv speaks of hanano-captured, which was withdrawn by"
        in result.stderr
    )
    told = json.loads(run("check", "--json").stdout)
    assert (told["problems"], len(told["warnings"])) == ([], 3)
    assert all(
        text.startswith(("Warning: ", "events.jsonl: ")) for text in result.stderr.splitlines()
    )


# Types --------------------------------------------------------------------------------------------


def test_types_are_explained(folder):
    """Every type with its sentence and its fields; or one of them."""
    text = run("types").stdout
    assert all(
        f"{event_type.type}, version {event_type.v}\n{event_type.__doc__}" in text
        for event_type in RECORD_TYPES
    )
    one = run("types", "siege").stdout
    assert "trapped" in one
    assert "control_change" not in one
    assert run("types", "control-change").stdout == run("types", "control_change").stdout


def test_types_as_records(folder):
    """A field a record, each with its type."""
    records = json.loads(run("types", "siege", "casualties", "--json").stdout)
    assert {record["type"] for record in records} == {"siege", "casualties"}
    assert {record["type"] for record in json.loads(run("types", "--json").stdout)} == {
        event_type.type for event_type in RECORD_TYPES
    }


def test_the_json_schema_takes_the_log_and_refuses_what_is_broken(folder):
    """Another program can check a line before it sends it."""
    validator = Draft202012Validator(json.loads(run("types", "--json-schema").stdout))
    for event in shipped():
        assert [error.message for error in validator.iter_errors(event)] == []
    for change in (
        {"type": "sieg"},
        {"v": "1"},
        {"people": {"low": 3.9}},
        {"actr": "x"},
        {"source": None},
    ):
        assert not validator.is_valid(json.loads(line(**change)))


@pytest.mark.parametrize("option", ["--json", "--csv"])
def test_a_schema_in_another_format_is_a_mistake(folder, option):
    """Two formats are one too many here as elsewhere."""
    run("types", "--json-schema", option, code=2)


# A walk, and what surrounds the commands ----------------------------------------------------------


def test_a_walk_from_nothing_to_a_state(tmp_path, monkeypatch):
    """Begin a timeline, name its places and voices, append a claim, ask."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIMELINE_LOG", raising=False)
    paths = run("init", "town", "--name", "Mill Town", "--timezone", "Europe/London").stdout.split()
    assert [Path(path).name for path in paths] == ["events.jsonl", "city.toml", ".gitattributes"]
    monkeypatch.chdir(tmp_path / "town")
    refused(run("state", code=4), ["holds no events yet"])
    refused(run("append", *CLAIM, code=2), ["unknown place", "unknown actor", "unknown source"])
    city = Path("city.toml")
    city.write_text(
        re.sub(r"^# (\w[\w-]* = \{)", r"\1", city.read_text("utf-8"), flags=re.MULTILINE), "utf-8"
    )
    run("check")
    claim = [
        "append",
        "control-change",
        "--place",
        "Millhill",
        "--actor",
        "government",
        "--source",
        "The Observatory",
    ]
    run(*claim, "--occurred", "2020-01", "--reported", "2020-02-01", "--id", "taken")
    answer = json.loads(run("state", "mill-hill", "--at", "2020-02", "--json").stdout)["control"][
        "mill-hill"
    ]
    assert (answer["holder"], answer["status"], answer["because"]) == (
        "government",
        "reported",
        ["taken"],
    )
    assert "Mill Hill" in run("state").stdout
    refused(
        run("init", ".", code=1),
        [
            "events.jsonl is there already",
            "city.toml is there already",
            ".gitattributes is there already",
        ],
    )


def test_beginning_writes_nothing_where_a_file_is(tmp_path, monkeypatch):
    """A city file that somebody wrote is never written over, and no log is put beside it."""
    monkeypatch.chdir(tmp_path)
    Path("city.toml").write_text("mine")
    refused(run("init", ".", code=1), ["city.toml is there already (nothing was written)"])
    assert [path.name for path in tmp_path.iterdir()] == ["city.toml"]
    assert Path("city.toml").read_text() == "mine"


@pytest.mark.parametrize("name", ['Say "so"', "back\\slash", "Hal{eb}", "حلب Halab"])
def test_beginning_with_any_name(tmp_path, monkeypatch, name):
    """Whatever the name holds, the city file can be read."""
    monkeypatch.chdir(tmp_path)
    run("init", "town", "--name", name)
    run("check", "--log", "town/events.jsonl")
    assert json.loads(run("state", "--log", "town/events.jsonl", "--json", code=4).stdout)["city"]


def test_the_log_may_be_named_by_the_environment(folder, monkeypatch, tmp_path_factory):
    """``TIMELINE_LOG`` stands for ``--log``, which goes before it."""
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    refused(run("state", code=1), ["no city file"])
    path = str(folder / "events.jsonl")
    assert (
        run("state", "--json", TIMELINE_LOG=path).stdout
        == run("state", "--json", "--log", path).stdout
    )
    refused(run("state", "--log", "here.jsonl", code=1, TIMELINE_LOG=path), ["no city file"])
    before = (folder / "events.jsonl").read_bytes()
    assert run("append", *CLAIM, "--id", "new-1", TIMELINE_LOG=path).stdout == "new-1\n"
    assert (folder / "events.jsonl").read_bytes().startswith(before)


def test_the_version():
    """The name and the number."""
    assert re.fullmatch(r"timeline, version \d+\.\d+\.\d+\S*\n", run("--version").stdout)


def commands(command: click.Command, *names: str):
    """Yield every command with the words by which it is given."""
    yield names, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name="timeline")
        for name in command.list_commands(context):
            yield from commands(command.get_command(context, name), *names, name)


ALL = [
    pytest.param(names, command, id=" ".join(names) or "timeline")
    for names, command in commands(main)
]


@pytest.mark.parametrize(("names", "command"), ALL)
def test_every_command_and_every_option_has_help(names, command):
    """``-h`` works everywhere; each command says what it does, each option what it is for."""
    assert run(*names, "-h").stdout == run(*names, "--help").stdout
    assert run(*names, "-h").stdout.startswith("Usage: ")
    assert command.help
    context = click.Context(command, info_name="timeline", help_option_names=["-h", "--help"])
    options = [
        parameter
        for parameter in command.get_params(context)
        if isinstance(parameter, click.Option)
    ]
    assert [option.name for option in options if not option.help] == []
    assert all(flag in run(*names, "-h").stdout for option in options for flag in option.opts)


@pytest.mark.parametrize(("names", "command"), [one for one in ALL if one.id != "serve"])
def test_a_command_without_arguments_writes_lines(folder, names, command):
    """The help of a group or of a type of event is shown as a text, as is what is missing; no line end is quoted."""
    ended = run(*names, code=None)
    assert "\\u000a" not in ended.stdout + ended.stderr
    if command.no_args_is_help:
        assert ended.stdout + ended.stderr == run(*names, "--help").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["append", "--file", "no\nfile"],
        ["map", "-o", "a.svg", "--zoom", "1\nError: forged"],
        ["append", "control_change", "--how", "x\nError: forged"],
        ["completion", "x\nError: forged"],
    ],
    ids=" ".join,
)
def test_what_was_typed_begins_no_line_of_a_message(folder, arguments):
    """Its line ends are quoted in the messages that click writes about it."""
    lines = run(*arguments, code=2).stderr.splitlines()
    assert [line.startswith("Error: ") for line in lines].count(True) == 1
    assert "\\u000a" in lines[-1] or "\\n" in lines[-1]


# Texts that are not what they seem ----------------------------------------------------------------


@pytest.fixture
def rude(log) -> Path:
    """A log in which every free text holds what could steer a terminal, and every script that must stay whole."""
    text = f"{RUDE} {KIND}"
    lines = [
        claim(id="n-1", note=text, wording=text, outlet=text, locator=text),
        line(
            id="n-2", type="statement", stance="comment", topic="sakhour", summary=text, origin=None
        ).replace(', "origin": null', ""),
        line(
            id="n-3",
            type="condition",
            place="sakhour",
            subject="water",
            level="none",
            summary=text,
            origin=None,
        ),
        line(
            id="n-4",
            type="aid_negotiation",
            negotiation="n",
            party="un",
            move="propose",
            terms=text,
            origin=None,
        ),
        line(
            id="n-5", type="casualties", place="sakhour", killed={"low": 1}, cause=text, origin=None
        ),
    ]
    run(
        "append",
        "--file",
        "-",
        given=as_bytes([one.replace(', "origin": null', "") for one in lines]),
    )
    return log


READING = [
    ["log"],
    ["show", "n-1"],
    ["show", "n-2"],
    ["show", "n-3"],
    ["show", "n-4"],
    ["show", "n-5"],
    ["state"],
    ["state", "sakhour"],
]
SHEETS = [["log", "--csv"], ["log", "--tsv"], ["state", "--csv"]]


@pytest.mark.parametrize("arguments", [*READING, *SHEETS], ids=" ".join)
def test_no_text_reaches_a_terminal_raw(rude, arguments):
    """Escapes, overrides of direction and newlines in a text are shown by their numbers."""
    out = run(*arguments).stdout
    assert [raw for raw in ("\x1b", "\u202e", "\x9b", "c\nd") if raw in out] == []
    if arguments[0] == "show":
        assert "a\\u001b[31mb\\u202ec\\u000ad\\u009be" in out


@pytest.mark.parametrize(
    "arguments",
    [["show", "n-2"], ["log"], ["log", "--json"], ["log", "--nl"], ["log", "--csv"]],
    ids=" ".join,
)
def test_every_script_stays_whole(rude, arguments):
    """Arabic, joiners and emoji are not touched."""
    assert KIND in run(*arguments).stdout


@pytest.mark.parametrize(
    "arguments",
    [["log", "--json"], ["log", "--nl"], ["show", "n-1", "--json"], ["state", "--json"]],
    ids=" ".join,
)
def test_json_gives_texts_back_as_they_are(rude, arguments):
    """A program gets what the log holds; no escape is in it raw."""
    out = run(*arguments).stdout
    assert "\x1b" not in out
    assert RUDE in [text for one in out.splitlines() for text in texts_in(one)] or RUDE in "".join(
        texts_in(out)
    )


def texts_in(document: str) -> list[str]:
    """Return every text in a JSON document, or none of what is no document."""
    try:
        value = json.loads(document)
    except ValueError:
        return []
    found, left = [], [value]
    while left:
        one = left.pop()
        left += (
            list(one.values()) if isinstance(one, dict) else one if isinstance(one, list) else []
        )
        found += [one.partition(" ")[0]] if isinstance(one, str) else []
    return found


def test_a_wrong_name_reaches_no_terminal_raw(folder):
    """Nor does what was typed, in the message that refuses it."""
    for arguments in (
        ["state", RUDE],
        ["show", RUDE],
        ["state", "--at", RUDE],
        ["state", "--policy", RUDE],
        ["append", RUDE],
    ):
        result = CliRunner(**SEPARATE).invoke(main, arguments)
        assert result.exit_code in (2, 4)
        assert [raw for raw in ("\x1b", "\u202e", "\x9b") if raw in result.output] == []


def on_terminal(folder: Path, *arguments: str, **environment: str) -> str:
    """Return what a command sends to a terminal of 100 columns."""
    inner, outer = pty.openpty()
    settings = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "TERM": "xterm-256color",
        "COLUMNS": "100",
        "LANG": "C.UTF-8",
    }
    command = [sys.executable, "-c", "from cli import main; main()", *arguments]
    with subprocess.Popen(
        command, cwd=folder, stdout=outer, stderr=subprocess.DEVNULL, env=settings | environment
    ):
        os.close(outer)
        sent = b""
        try:
            while chunk := os.read(inner, 65536):
                sent += chunk
        except OSError:  # the other end was closed
            pass
    os.close(inner)
    return sent.decode()


@pytest.mark.parametrize(
    "arguments", [["log"], ["show", "n-2"], ["state", "--at", "2016-11-30"]], ids=" ".join
)
def test_a_terminal_gets_no_text_raw(rude, arguments):
    """On a terminal, too, where tables are laid out: no escape but those for bold type."""
    sent = on_terminal(rude.parent, *arguments, NO_COLOR="1")
    assert "\x1b[31m" not in sent
    assert set(re.findall(r"\x1b\[[\d;]*[A-Za-z]", sent)) <= {"\x1b[0m", "\x1b[1m"}
    assert [raw for raw in ("\u202e", "\x9b") if raw in sent] == []


def test_colours_on_a_terminal_and_none_where_none_are_wanted(folder):
    """A holder has a colour on a terminal; ``NO_COLOR`` is heeded, and a pipe gets none."""
    colour = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-8]|9[0-7]|4[0-8])(?:;\d+)*m")
    assert colour.search(on_terminal(folder, "state"))
    plain = on_terminal(folder, "state", NO_COLOR="1")
    assert "Sakhour" in plain
    assert not colour.search(plain)
    assert "\x1b" not in run("state").stdout


@pytest.mark.parametrize("closed", [">&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(
    "command", ["state", "log", "explain sakhour", "check", f"append {' '.join(CLAIM)}"]
)
def test_a_stream_that_is_closed_takes_nothing_and_is_no_reason_to_fail(folder, command, closed):
    """Nor does what is written to it get into the log, which would be the next file to be given its number."""
    before = (folder / "events.jsonl").read_bytes()
    line = f"{sys.executable} -c 'from cli import run; run()' {command} {closed}"
    settings = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder, env=settings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    after = (folder / "events.jsonl").read_bytes()
    assert after.startswith(before)
    assert len(after.splitlines()) - len(before.splitlines()) == command.startswith("append")
    assert run("check", "--log", str(folder / "events.jsonl")).exit_code == 0
