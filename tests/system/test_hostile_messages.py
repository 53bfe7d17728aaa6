"""Messages quote hostile texts so that they steer no terminal, and foreign ones as they are."""

import json
from collections.abc import Iterator
from pathlib import Path

import hostile
import pytest
from commandline import run, steering, written
from hostile import KIND, LABELS, NUL, TEXTS

CITY = """
[city]
id = "town"
name = "Town"
timezone = "UTC"
[places]
p1 = { name = "Place" }
[actors]
a1 = { label = "Actor" }
[sources]
s1 = { label = "Source", kind = "media" }
"""
TAKEN = hostile.SAID | {"type": "control_change", "source": "s1", "place": "p1"}
WHEN_AND_WHO = "--source s1 --occurred 2016-11-28 --reported 2016-11-29"
CLAIM = f"append control_change --place p1 {WHEN_AND_WHO}"
FLIGHT = f"append displacement --origin p1 {WHEN_AND_WHO}"
WORD = f"append statement --stance agree --topic t {WHEN_AND_WHO}"
MISTAKES = {
    "place": "state TEXT",
    "policy": "state --policy TEXT",
    "date": "state --at TEXT",
    "two knowledge times": "state --at 2016@TEXT --known TEXT",
    "event": "show TEXT",
    "event left out": "log --without-event TEXT",
    "source left out": "log --without-source TEXT",
    "type": "log --type TEXT",
    "words": "log --text TEXTTEXTTEXT",
    "question": "history --of TEXT",
    "negotiation": "explain --aid TEXT",
    "topic": "explain --topic TEXT",
    "flow": "explain --flow TEXT TEXT",
    "type to append": "append TEXT",
    "choice": f"{CLAIM} --ground TEXT",
    "names": f"append control_change --place TEXT --actor TEXT {WHEN_AND_WHO}",
    "number": f"{FLIGHT} --people TEXT",
    "id": f"{FLIGHT} --id TEXT!",
    "grade": f"{FLIGHT} --grade TEXT",
    "address": f"{FLIGHT} --url TEXT",
    "digest": f"{FLIGHT} --archive-sha256 TEXT",
    "subject": f"{WORD} --summary TEXT --about TEXT!",
    "file": "append --file no-TEXT/x",
    "log": "state --log no-TEXT/events.jsonl",
    "log to check": "check --log no-TEXT",
    "hypothesis": "state --with no-TEXT",
    "other log": "merge events.jsonl no-TEXT",
    "folder": "init new --name SIGNS",
    "zone": "init new --timezone TEXT",
    "command": "xTEXT",
    "option": "state --TEXT",
    "option before a command": "--TEXT state",
    "shell": "completion TEXT",
    "too much": "show a TEXT",
}
"""Commands that are wrong because of a text, or of the signs in it that no id is made of."""
CHANGED = ("choice", "command", "option", "option before a command", "shell", "words", "folder")
"""Mistakes that click quotes as Python writes texts, and those that quote no text whole."""
PATHS = ("file", "log", "log to check", "hypothesis", "other log")
"""Mistakes in a path, which can hold no NUL."""


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> Path:
    """Return the folder of a small city and a log with one event."""
    folder = tmp_path_factory.mktemp("town")
    (folder / "city.toml").write_text(CITY, "utf-8")
    (folder / "events.jsonl").write_text(json.dumps(TAKEN | {"id": "a"}) + "\n", "utf-8")
    return folder


@pytest.fixture
def here(town, monkeypatch) -> Iterator[Path]:
    """Enter that folder, in which nothing changes."""
    monkeypatch.chdir(town)
    monkeypatch.delenv("TIMELINE_LOG", raising=False)
    before = {path: path.read_bytes() for path in town.iterdir()}
    yield town
    assert {path: path.read_bytes() for path in town.iterdir()} == before


def filled(command: str, text: str) -> list[str]:
    """Return the words of a command with a text put in."""
    signs = "".join(c for c in text if not (c.isascii() and c.isalnum())) or "-"
    return [word.replace("TEXT", text).replace("SIGNS", signs) for word in command.split()]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_no_message_steers_a_terminal(here, mistake):
    for name, text in (TEXTS if mistake in PATHS else LABELS).items():
        message = written(*filled(MISTAKES[mistake], text))
        assert steering(message) == set(), name
        assert "Traceback" not in message
        assert mistake in CHANGED or name not in KIND or text in message, name


def test_what_is_appended_is_shown_safely(here):
    """The lines of a dry run say the same, and steer nothing."""
    for text in TEXTS.values():
        shown = run(*CLAIM.split(), "--note", text, "--dry-run")
        assert steering(shown.stdout + shown.stderr) == set()
        assert json.loads(shown.stdout)["note"] == text


def test_nul_stays_out_of_the_log(here):
    """Only a label can hold one."""
    for text in NUL.values():
        assert "a NUL character" in run(*CLAIM.split(), "--note", text, code=2).stderr


# About files --------------------------------------------------------------------------------------

WRONG_FIELDS = ("place", "source", "ground", "grade", "type", "url", "occurred", "id", "supersedes")
QUOTING = {*WRONG_FIELDS, "a field's name"} - {"grade", "occurred"}
"""Faults whose message quotes the text."""
TOWN = "[city]\nid = 'a'\nname = 'A'\ntimezone = 'UTC'\n"
WRONG_CITIES = (
    "[TEXT]\n",
    "TEXT = 5\n",
    "[city]\nid = TEXT\n",
    "[city]\nid = 'a'\nname = 'A'\ntimezone = TEXT\n",
    "[city]\nid = 'a'\nname = TEXT\ntimezone = 'UTC'\n[places]\nb = { name = TEXT }\n",
    f"{TOWN}[places]\nb = {{ name = TEXT, parent = TEXT }}\n",
    f"{TOWN}[places]\nb = {{ name = TEXT, area = TEXT }}\n",
    f"{TOWN}[places]\nb = {{ name = TEXT, aliases = TEXT }}\n",
    f"{TOWN}[sources]\nb = {{ label = TEXT, kind = TEXT }}\n",
    f"{TOWN}[sources]\nb = {{ label = TEXT, kind = 'un', side = TEXT }}\n",
)
COLOURS = (
    "link https://example.org",
    "red",
    "#12345",
    "#GGGGGG",
    "blink",
    "\x1b[31m",
    "on #123456",
    "#123456 link x",
)


def wrong_lines(field: str) -> list[str]:
    """Return lines with each text in a field, or as the name of a field."""
    fields = [{field: text} if field in WRONG_FIELDS else {text: "x"} for text in LABELS.values()]
    return [json.dumps(TAKEN | {"id": f"e{n}"} | wrong) for n, wrong in enumerate(fields)]


@pytest.fixture
def logs(tmp_path, monkeypatch) -> Path:
    """Enter a folder with a city and a log without events beside the log that is to be written."""
    monkeypatch.chdir(tmp_path)
    Path("city.toml").write_text(CITY, "utf-8")
    Path("other.jsonl").touch()
    return tmp_path / "events.jsonl"


@pytest.mark.parametrize("field", [*WRONG_FIELDS, "a field's name"])
@pytest.mark.parametrize(
    "command",
    [
        "check",
        "append --log other.jsonl --file events.jsonl",
        "state --log other.jsonl --with events.jsonl",
    ],
)
def test_all_wrong_lines_are_listed_safely(logs, field, command):
    logs.write_text("".join(f"{line}\n" for line in wrong_lines(field)), "utf-8")
    message = written(*command.split())
    assert message.count("events.jsonl:") >= len(LABELS) - 1
    assert steering(message) == set()
    missing = [name for name, text in KIND.items() if text not in message]
    assert field not in QUOTING or missing == []


@pytest.mark.parametrize("start", range(len(WRONG_FIELDS) + 1))
def test_no_message_about_one_line_steers_a_terminal(logs, start):
    """Of a log that is read, checked or merged; every text is tried, in one field or another."""
    field = [*WRONG_FIELDS, "a field's name"][start]
    for line in wrong_lines(field)[start % 5 :: 5]:
        logs.write_text(f"{line}\n", "utf-8")
        for command in ("merge other.jsonl events.jsonl", "state", "check --json"):
            assert steering(written(*command.split())) == set()


@pytest.mark.parametrize("city", WRONG_CITIES)
def test_no_message_about_a_city_steers_a_terminal(tmp_path, monkeypatch, city):
    monkeypatch.chdir(tmp_path)
    Path("events.jsonl").touch()
    for text in LABELS.values():
        Path("city.toml").write_text(city.replace("TEXT", hostile.toml(text)), "utf-8")
        assert steering(written("check")) == set()


@pytest.mark.parametrize("colour", COLOURS)
def test_a_colour_is_a_colour(tmp_path, monkeypatch, colour):
    """It becomes an escape on a terminal, so it may be nothing else: no link, no blinking."""
    monkeypatch.chdir(tmp_path)
    actor = f"[actors]\nb = {{ label = 'B', colour = {hostile.toml(colour)} }}\n"
    Path("city.toml").write_text(f"{TOWN}{actor}", "utf-8")
    Path("events.jsonl").touch()
    message = run("check", code=1).stderr
    assert "actors.b.colour" in message
    assert steering(message) == set()
