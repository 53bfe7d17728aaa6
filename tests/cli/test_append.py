"""Appending events and withdrawing them: the log, what is printed, and what is refused."""

import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest
from aleppo import CLAIM, EVENTS, as_bytes, claim, last, line, withdrawal
from commandline import give, refused, run

from timeline.domain.events import EVENT_TYPES

NEW = "--id new-1 --source SOHR --occurred '2016-11-29~' --reported 2016-11-30"
WRITTEN = {
    "id": "new-1",
    "v": 1,
    "occurred": "2016-11-29~",
    "reported": "2016-11-30",
    "source": "sohr",
}
APPENDS = {
    # options of each type, and the fields that stand in the log
    "control_change": (
        "--place الصاخور --actor Government --extent 0.33..0.4 --how observation",
        {
            "place": "sakhour",
            "actor": "government",
            "ground": "held",
            "extent": {"low": 0.33, "high": 0.4},
            "how": "observation",
        },
    ),
    "displacement": (
        "--origin 'eastern Aleppo' --parts SHAAR --parts haydariyah --destination 'حلب الغربية' "
        "--people ..2000",
        {
            "origin": "east-aleppo",
            "parts": ["shaar", "haydariyah"],
            "destination": "west-aleppo",
            "people": {"high": 2000},
            "measure": "flow",
        },
    ),
    "statement": (
        "--stance disagree --about hanano-captured --about jabal-badro-captured --topic hanano "
        "--summary لا",
        {
            "stance": "disagree",
            "about": ["hanano-captured", "jabal-badro-captured"],
            "topic": "hanano",
            "summary": "لا",
        },
    ),
    "aid_negotiation": (
        "--negotiation un-aid-delivery --party Russia --move accept_with_conditions "
        "--terms '48 hours'",
        {
            "negotiation": "un-aid-delivery",
            "party": "russia",
            "move": "accept_with_conditions",
            "terms": "48 hours",
        },
    ),
    "casualties": (
        "--place halab --killed 219.. --injured 1..2..3 --group civilians --cause shelling",
        {
            "place": "aleppo",
            "killed": {"low": 219},
            "injured": {"low": 1, "best": 2, "high": 3},
            "group": "civilians",
            "cause": "shelling",
            "measure": "flow",
        },
    ),
    "siege": (
        "--place 'East Aleppo' --move tighten --by government --trapped 250000",
        {
            "place": "east-aleppo",
            "move": "tighten",
            "by": "government",
            "trapped": {"best": 250000},
        },
    ),
    "condition": (
        "--place east-aleppo --subject water --level none --summary 'No water comes.'",
        {
            "place": "east-aleppo",
            "subject": "water",
            "level": "none",
            "summary": "No water comes.",
        },
    ),
    "assessment": (
        "--measure share_lost --actor opposition --place aleppo --share 0.4 --since 2016-11-21",
        {
            "measure": "share_lost",
            "actor": "opposition",
            "place": "aleppo",
            "share": {"low": 0.4, "high": 0.4},
            "since": "2016-11-21",
        },
    ),
    "retraction": (
        "--target hanano-captured --reason 'An error.'",
        {"target": "hanano-captured", "reason": "An error."},
    ),
}
EXTRAS = {
    "outlet": "The Guardian",
    "url": "https://example.org/a",
    "locator": "p. 2",
    "grade": "B2",
    "wording": "so",
    "note": "حاشية",
    "supersedes": "sakhour-seized-sohr",
}


def test_every_type_is_appended_below():
    """A new type needs a row in the table."""
    assert list(APPENDS) == [event_type.type for event_type in EVENT_TYPES]


@pytest.mark.parametrize("spelling", ["underscores", "hyphens"])
@pytest.mark.parametrize(
    ("event_type", "options", "fields"),
    [pytest.param(name, *row, id=name) for name, row in APPENDS.items()],
)
def test_every_type_is_appended_from_options(log, event_type, options, fields, spelling):
    """What options say stands in one line more, names as ids; the log stays valid."""
    before = log.read_bytes()
    tag = event_type if spelling == "underscores" else event_type.replace("_", "-")
    result = give(f"append {tag} {options} {NEW}")
    assert (result.stdout, result.stderr) == ("new-1\n", "")
    assert log.read_bytes().startswith(before)
    assert log.read_bytes().count(b"\n") == before.count(b"\n") + 1
    assert last(log) == WRITTEN | {"type": event_type} | fields
    run("check")
    assert "new-1" in run("show", "new-1").stdout


def test_the_whole_envelope_is_appended_from_options(log):
    """Where it was printed, its copy, its grade and a note, with an event that it replaces."""
    extras = [word for name, value in EXTRAS.items() for word in (f"--{name}", value)]
    archive = ["--archive-sha256", "0" * 64, "--archive-collector", "me"]
    run("append", *CLAIM.split(), *extras, *archive)
    event = last(log)
    assert event["archive"] == {"sha256": "0" * 64, "collector": "me"}
    assert {name: event[name] for name in EXTRAS} == EXTRAS


def test_ids_are_random_when_not_given(log):
    """Two events alike are two events."""
    first, second = give(f"append {CLAIM}").stdout.strip(), give(f"append {CLAIM}").stdout.strip()
    assert first != second
    assert all(re.fullmatch(r"control-change-[0-9a-f]{15}", id) for id in (first, second))


def test_the_same_event_twice_is_written_once(log):
    """Appending again what the log holds changes nothing, and says so."""
    give(f"append {CLAIM} --id new-1")
    before = log.read_bytes()
    result = give(f"append {CLAIM} --id new-1")
    assert (result.stdout, result.stderr) == ("", "new-1 is in the log already\n")
    assert log.read_bytes() == before


def test_a_file_is_appended_whole_and_twice_is_once(log):
    """Several events go in at once and in order; those that are there are left alone."""
    lines = [line(), line(id="new-2", origin="eastern aleppo"), withdrawal("new-1", "new-3")]
    without_end = "\n".join(lines)
    (log.parent / "more.jsonl").write_text(without_end, encoding="utf-8")
    assert give("append --file more.jsonl").stdout.split() == ["new-1", "new-2", "new-3"]
    before = log.read_bytes()
    again = give("append --file -", given=as_bytes([*lines, claim(id="new-4")]))
    assert again.stdout.split() == ["new-4"]
    assert [text.split()[0] for text in again.stderr.splitlines()] == ["new-1", "new-2", "new-3"]
    assert log.read_bytes().startswith(before)
    run("check")


def test_the_log_itself_is_in_the_log_already(log):
    """What `log --nl` writes can be appended to the log that it came from: nothing is new in it."""
    before = log.read_bytes()
    assert give("append --file -", given=run("log", "--nl").stdout).stdout == ""
    assert log.read_bytes() == before


@pytest.mark.parametrize("given_", [b"", b"\n"], ids=["no byte", "one newline"])
def test_a_file_of_nothing(log, given_):
    """No line is no event; an empty line is a mistake."""
    before = log.read_bytes()
    assert give("append --file -", given=given_, code=1 if given_ else 0).stdout == ""
    assert log.read_bytes() == before


# Dry runs -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [f"append {CLAIM}", "retract hanano-captured --reason x --reported 2016-12-01"],
)
def test_a_dry_run_writes_nothing(log, command):
    """It shows the line that would be written, on stdout, and says on stderr that nothing was."""
    before = log.read_bytes()
    result = give(f"{command} --dry-run")
    assert json.loads(result.stdout)["source"]
    assert result.stderr == "1 event would be written; nothing was\n"
    assert log.read_bytes() == before


def test_a_dry_run_refuses_what_a_run_refuses(log):
    """It is the run without its last step."""
    ended = give(f"append {CLAIM} --dry-run --id hanano-captured", code=1)
    refused(ended, ["with other content"])


def test_what_a_dry_run_shows_can_be_appended(log):
    """The lines of a dry run go through a pipe into the log, or into a file to be read first."""
    lines = give(f"append {CLAIM} --id new-1 --dry-run").stdout
    assert give("append --file -", given=lines).stdout == "new-1\n"


def test_a_dry_run_may_be_asked_for_before_the_type(log):
    """``append --dry-run TYPE`` never writes."""
    before = log.read_bytes()
    give(f"append --dry-run {CLAIM}")
    assert log.read_bytes() == before


def test_a_log_may_be_named_before_the_type(log):
    """``append --log PATH TYPE`` writes to that log, and never to another."""
    other = log.parent / "other"
    shutil.copytree(log.parent, other)
    before = log.read_bytes()
    give(f"append --log other/events.jsonl {CLAIM} --id new-1")
    assert log.read_bytes() == before
    assert last(other / "events.jsonl")["id"] == "new-1"


def test_a_file_and_a_type_are_one_too_many(log):
    """Either the events of a file or one event of a type: both at once is a mistake."""
    before = log.read_bytes()
    give(f"append --file - {CLAIM}", given=line(), code=2)
    assert log.read_bytes() == before


# Retractions --------------------------------------------------------------------------------------


def test_a_retraction(log):
    """It stands from the day on which it was made public; its source is that of the event."""
    claimed = json.loads(give("show hanano-captured --json").stdout)
    withdraw = "retract hanano-captured --reason 'An error.' --reported 2016-12-01"
    result = give(f"{withdraw} --note n --id not-so")
    assert result.stdout == "not-so\n"
    assert last(log) == {
        "id": "not-so",
        "type": "retraction",
        "v": 1,
        "occurred": "2016-12-01",
        "reported": "2016-12-01",
        "source": claimed["source"],
        "target": "hanano-captured",
        "reason": "An error.",
        "note": "n",
    }
    known = {}
    for day in ("2016-11-30", "2016-12-01"):
        state = give(f"state masaken-hanano --at 2016-11-28 --json --known {day}").stdout
        known[day] = json.loads(state)["control"]["masaken-hanano"]["because"]
    assert "hanano-captured" in known["2016-11-30"]
    assert "hanano-captured" not in known["2016-12-01"]
    assert "withdrawn" in give("log --type control_change --place masaken-hanano").stdout
    assert "not-so" in run("show", "hanano-captured").stdout


def test_a_retraction_by_somebody_else(log):
    """Who withdraws it and when it was withdrawn may be said."""
    withdraw = "retract hanano-captured --reason x --reported 2016-12-02"
    give(f"{withdraw} --occurred 2016-12-01 --source SOHR")
    fields = {"source": "sohr", "occurred": "2016-12-01", "reported": "2016-12-02"}
    assert last(log).items() >= fields.items()


def test_the_same_retraction_twice(log):
    """What was retracted is retracted for good."""
    withdraw = "retract hanano-captured --reason 'An error.' --reported 2016-12-01"
    give(f"{withdraw} --id not-so")
    before = log.read_bytes()
    refused(give(withdraw, code=1), ["hanano-captured was retracted already, by not-so"])
    again = give("retract not-so --reason x --reported 2016-12-02", code=1)
    refused(again, ["not-so is a retraction, which is final"])
    assert log.read_bytes() == before


def test_an_event_that_is_retracted_by_the_beginning_of_its_id_is_written_whole(folder):
    """The log holds ids and no abbreviations."""
    shown = give("retract sakhour-se --reason x --reported '1 Dec 2016' --dry-run").stdout
    event = json.loads(shown)
    assert (event["target"], event["reported"]) == ("sakhour-seized-sohr", "2016-12-01")


# Torn ends ----------------------------------------------------------------------------------------


def test_a_torn_tail_is_left_out_and_said(log):
    """Readers go on without the line that was never finished; the next writer records it."""
    whole = give("state --at 2016-11-28")
    with log.open("ab") as file:
        file.write(b'{"id":"torn')
    before = log.read_bytes()
    torn = give("state --at 2016-11-28")
    assert torn.stdout == whole.stdout
    place = f"events.jsonl:{len(EVENTS) + 1}"
    assert torn.stderr == f"Warning: {place}: an unfinished last line of 11 bytes is left out\n"
    assert "would be recorded" in give(f"append {CLAIM} --dry-run").stderr
    assert log.read_bytes() == before
    assert give(f"append {CLAIM}").stderr == (
        "events.jsonl: 11 bytes at the end were never finished; "
        "they stay, and that they are no event was recorded\n"
    )
    assert log.read_bytes().startswith(before)
    assert give("state --at 2016-11-28").stderr == ""
    checked, events = run("check"), f"{len(EVENTS) + 1} events"
    assert checked.stdout == ""
    assert checked.stderr == f"events.jsonl: {events}, 0 problems, 1 torn end recorded\n"
    [repair] = json.loads(run("check", "--json").stdout)["repairs"]
    assert (repair["length"], repair["sha256"]) == (11, hashlib.sha256(b'{"id":"torn').hexdigest())


def test_only_the_log_writes_of_itself(log):
    """No door takes a record of a repair from outside."""
    head = '"id":"r","type":"log_repaired","v":1,"recorded":"2016-11-28T00:00:00Z"'
    repair = f'{{{head},"offset":0,"length":1,"sha256":"{"0" * 64}"}}\n'
    Path("repair.jsonl").write_text(repair, "utf-8")
    before = log.read_bytes()
    message = ("repair.jsonl:1", "$.type", "only the log writes it")
    refused(give("append --file repair.jsonl", code=1), [message])
    refused(give("append log_repaired --id r", code=2), ["only the log writes it"])
    assert log.read_bytes() == before


def test_several_holders_places_left_out_and_whom_a_source_cites_are_given_one_by_one(log):
    """Each by any of its names."""
    claim = "append control_change --place 'eastern Aleppo' --how throughout --excepting SHAAR"
    give(f"{claim} --actor Russia --actor Government --cites Damascus {NEW}")
    stored = {name: last(log)[name] for name in ("actor", "excepting", "how", "cites")}
    assert stored == {
        "actor": ["russia", "government"],
        "excepting": ["shaar"],
        "how": "throughout",
        "cites": ["damascus"],
    }
    assert (
        "East Aleppo without Shaar: Russia and Government, throughout"
        in run("show", "new-1").stdout
    )
