"""Answers about a log of hostile texts steer no terminal, hold no formula and break no JSON.

What is only foreign stays whole.
"""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import hostile
import pytest
from commandline import run, steering, written
from hostile import KIND, LABELS, NAMES, TEXTS

from cli import main
from projections import PROJECTIONS
from timeline.cli import completion
from timeline.text import tables
from timeline.text.document import Brief, Mark, Table, Tree
from timeline.text.terminal import laid_out
from timeline.timeline import Timeline

AT = "2016-11-28@2016-11-29"
QUESTIONS = ("control", "displacement", "casualties", "aid", "siege", "conditions", "statements")
READ_BACK = [
    f"state --at {AT}",
    "log",
    *(f"history --of {question}" for question in QUESTIONS if question != "casualties"),
    "history --along known --at 2016-11-28",
    "diff 2016-11-27 2016-11-28",
    f"diff {AT} --without-source s0",
    "hindsight",
    "explain --aid n",
    "explain --topic t",
    *(f"explain p25 --of {question}" for question in ("control", "siege", "conditions")),
]
"""Questions about the whole log that are answered in every format."""
ANSWERED = [
    *READ_BACK,
    f"state --at {AT} p0 p7",
    f"state --at {AT} --policy majority",
    "state --policy all",
    "log --source s3",
    "history --of casualties",
    "explain p0 --of control",
    "explain p25 --of casualties",
    "check",
    "check --assessments",
    "check --assessments --json",
    "check --json",
]
SHEETS = {"--csv": ",", "--tsv": "\t"}
SHOWN = [f"{kind}-{number}" for kind in ("held", "denied", "not") for number in range(len(TEXTS))]
STYLES = re.compile(r"\x1b\[[\d;]*m")
"""The only escapes that a terminal is sent: those for bold type and colours."""
UNSEEN = r"[\s\u200b-\u200f\u2060\ufeff\u061c\u00ad]*"
FORMULA = re.compile(rf"(?!-?\d+\Z){UNSEEN}[=+\-@＝＋－＠﹦﹢﹣﹫−]")
"""The beginning of a cell that a spreadsheet might compute, behind blanks and what is not seen."""
TERMINAL = {
    "COLUMNS": "120",
    "LINES": "1000000",  # so long that nothing is paged
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Return the folder of a log in which all free texts and labels are hostile or kind."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "city.toml").write_text(hostile.city(), "utf-8")
    (folder / "events.jsonl").touch()
    lines = "".join(json.dumps(event) + "\n" for event in hostile.events())
    run("append", "--log", str(folder / "events.jsonl"), "--file", "-", given=lines)
    return folder


@pytest.fixture(scope="module")
def once(folder) -> Timeline:
    """Return that log, opened: how it is read is tested elsewhere."""
    return Timeline.open(folder / "events.jsonl", PROJECTIONS)


@pytest.fixture
def here(folder, once, monkeypatch) -> Iterator[Path]:
    """Enter that folder, in which nothing changes afterwards, for no text becomes a path."""
    monkeypatch.chdir(folder)
    monkeypatch.delenv("TIMELINE_LOG", raising=False)
    monkeypatch.setattr(Timeline, "open", lambda *_, **__: once)
    before = contents(folder)
    yield folder
    assert contents(folder) == before


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def terminal(here, monkeypatch) -> Path:
    """Enter that folder with a terminal on the standard output."""
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True, raising=False)
    for name, value in TERMINAL.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return here


def inside(value: Any) -> Iterator[str]:
    """Yield every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from inside(item)


def test_there_are_eighty():
    """Those that must stay whole are not counted, and each stands there once."""
    assert len(LABELS) - len(KIND) >= 80
    assert len({*LABELS.values()}) == len(LABELS)
    assert len(NAMES) == len(TEXTS)


# In a pipe ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ANSWERED)
def test_no_answer_steers_a_terminal(here, command):
    text = written(*command.split())
    assert text
    assert steering(text) == set()


@pytest.mark.parametrize("id", SHOWN)
def test_no_event_that_is_shown_steers_a_terminal(here, id):
    """One event whole, a field a line: no text begins a line of its own."""
    shown, event = run("show", id).stdout, json.loads(run("show", id, "--json").stdout)
    assert steering(shown) == set()
    names = {*event, "who", "line", "see also"} - {"id", "v"}
    assert {line[:12].rstrip() for line in shown.splitlines()[3:]} <= names
    text = TEXTS[NAMES[int(id.rpartition("-")[2])]]
    assert f"note        {text}\n" in shown or text not in KIND.values()
    assert text in inside(event)


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_no_explanation_steers_a_terminal(here, number):
    """Neither as a tree nor as JSON."""
    tree = written("explain", f"p{number}", "--at", AT)
    assert f"held-{number}" in tree
    assert steering(tree) == set()
    text = TEXTS[NAMES[number]]
    assert text not in KIND.values() or f"{text} p{number}: {text} a{number}" in tree
    explained = run("explain", f"p{number}", "--at", AT, "--json").stdout
    assert steering(explained) == set()
    assert text in inside(json.loads(explained))


@pytest.mark.parametrize("command", READ_BACK)
def test_json_reads_back(here, command):
    """It is JSON, whole or line by line, and holds no control character raw."""
    whole, lines = (
        run(*command.split(), option, code=None).stdout for option in ("--json", "--nl")
    )
    assert json.loads(whole)
    assert all(json.loads(line) for line in lines.splitlines())
    assert steering(whole) | steering(lines) == set()


@pytest.mark.parametrize("command", READ_BACK)
def test_sheets_read_back(here, command):
    """Each row has as many cells as there are columns, and none of them is a formula."""
    for option, delimiter in SHEETS.items():
        out = run(*command.split(), option, code=None).stdout
        assert steering(out) <= {delimiter}
        first, *rows = csv.reader(io.StringIO(out, newline=""), delimiter=delimiter)
        assert rows
        assert {len(row) for row in rows} == {len(first)}
        assert not [cell for row in rows for cell in row if FORMULA.match(cell)]


def test_json_gives_every_text_back(here):
    """A program gets what was written, whatever it is."""
    lines = run("log", "--nl").stdout.splitlines()
    for events in (json.loads(run("log", "--json").stdout), list(map(json.loads, lines))):
        notes = {event["id"]: event["note"] for event in events}
        assert [notes[f"held-{number}"] for number in range(len(TEXTS))] == list(TEXTS.values())


@pytest.mark.parametrize(("option", "delimiter"), SHEETS.items())
def test_sheets_keep_what_is_only_foreign(here, option, delimiter):
    """No apostrophe stands before it, and nothing is left out."""
    sheet = io.StringIO(run("log", option).stdout, newline="")
    assert set(KIND.values()) <= {row["note"] for row in csv.DictReader(sheet, delimiter=delimiter)}


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (f"state --at {AT}", "{text} p{number}"),
        ("log", "water none: {text}"),
        ("history", "{text} a{number}"),
        ("hindsight", "{text} s{number}"),
        ("explain --topic t", "denies held-{number}: {text}"),
    ],
)
def test_what_is_only_foreign_stays_whole(here, command, shown):
    """In a table and in a tree, as a label and as a text."""
    out = run(*command.split()).stdout
    for name, text in KIND.items():
        assert shown.format(text=text, number=NAMES.index(name)) in out, name


# On a terminal ------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ANSWERED)
def test_a_terminal_is_sent_styles_and_nothing_else(terminal, command):
    """Where tables are laid out, all escapes are those for bold type and colours."""
    sent = written(*command.split())
    assert steering(STYLES.sub("", sent)) == set()
    assert STYLES.search(sent) or command.startswith("check")


@pytest.mark.parametrize("columns", [24, 40, 100, 5000])
@pytest.mark.parametrize("name", TEXTS)
def test_what_is_laid_out_is_safe_and_whole(monkeypatch, name, columns):
    """In cells, marks, trees and headings of any width; no cluster of characters is cut."""
    for variable, value in (TERMINAL | {"COLUMNS": str(columns)}).items():
        monkeypatch.setenv(variable, value)
    text = TEXTS[name]
    briefs = [
        Brief(text, (text, f"{text} {text}")),
        Brief(text, table=Table((text, "B"), ((text, Mark(text, "#A93F3F")), (Mark(text), "x")))),
        Brief("", tree=Tree(text, (Tree(text, style="dim"),), "bold")),
    ]
    sent, plain = STYLES.sub("", laid_out(briefs)), tables.briefing(briefs)
    assert steering(sent) == steering(plain) == set()
    if name in KIND:
        assert plain.count(text) >= 6
        assert text in sent or columns < 100
        begins = {line.lstrip(" │└├─■")[:1] for line in sent.splitlines()} - {""}
        assert not any(map(_joins, begins))


def _joins(character: str) -> bool:
    """Return whether a character belongs to the one before it."""
    return unicodedata.category(character) == "Mn" or character in "\u200d🏻🏼🏽🏾🏿"


# Elsewhere ----------------------------------------------------------------------------------------


def test_conflicts_are_shown_safely(here, tmp_path):
    """Both lines of each, as they stand, by numbers where they would steer."""
    ours, theirs = tmp_path / "ours.jsonl", here / "events.jsonl"
    (tmp_path / "city.toml").write_text(hostile.city(), "utf-8")
    early = theirs.read_bytes().replace(b'"occurred":"2016-11-28"', b'"occurred":"2016-11-27"')
    ours.write_bytes(early)
    conflicts = run("merge", str(ours), str(theirs), code=1)
    assert steering(conflicts.stdout + conflicts.stderr) == set()
    assert conflicts.stderr.count("Error: ") >= len(TEXTS)


def test_a_dry_run_of_a_merge_shows_the_lines_that_it_would_add(here, tmp_path):
    ours, theirs = tmp_path / "ours.jsonl", here / "events.jsonl"
    (tmp_path / "city.toml").write_text(hostile.city(), "utf-8")
    ours.touch()
    dry = run("merge", str(ours), str(theirs), "--dry-run")
    assert steering(dry.stdout + dry.stderr) == set()
    shown, held = dry.stdout.splitlines(), theirs.read_bytes().splitlines()
    assert list(map(json.loads, shown)) == list(map(json.loads, held))


def test_completion_offers_nothing_that_steers(here):
    """What a shell shows beside an id is a label or a sentence."""
    context = click.Context(main, obj=main.context_settings["obj"])
    for offers in (completion.PLACES, completion.ACTORS, completion.SOURCES, completion.EVENTS):
        items = offers(context, None, "")
        helps = [item.help or "" for item in items]
        assert len(items) >= len(TEXTS)
        assert steering("".join([*(item.value for item in items), *helps])) == set()
        assert not any("\n" in text for text in helps)
