"""What people write steers no terminal, is no formula to a spreadsheet and breaks no JSON; and what is only foreign stays whole."""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import click
import hostile
import pytest
from commandline import run, steering
from hostile import KIND, LABELS, NAMES, NUL, TEXTS

from cli import main
from projections import PROJECTIONS
from timeline.cli import completion
from timeline.text import tables
from timeline.text.document import Brief, Mark, Table, Tree
from timeline.timeline import Timeline

AT = "2016-11-28@2016-11-29"
STATES = [
    ["state", "--at", AT],
    ["state", "--at", AT, "p0", "p7"],
    ["state", "--at", AT, "--policy", "majority"],
]
QUESTIONS = ("control", "displacement", "casualties", "aid", "siege", "conditions", "statements")
TABLES = [
    *STATES,
    ["state", "--policy", "all"],
    ["log"],
    ["log", "--source", "s3"],
    *(["history", "--of", question] for question in QUESTIONS),
    ["history", "--along", "known", "--at", "2016-11-28"],
    ["diff", "2016-11-27", "2016-11-28"],
    ["diff", AT, "--without-source", "s0"],
    ["hindsight"],
    ["explain", "--aid", "n"],
    ["explain", "--topic", "t"],
    *(
        ["explain", f"p{number}", "--of", question]
        for number in (0, 25)
        for question in ("control", "siege", "conditions", "casualties")
    ),
]
"""What is asked of the whole log, in every way in which it can be written."""
FORMATS = ("--json", "--nl", "--csv", "--tsv")
WORDS = [
    *TABLES,
    ["check"],
    ["check", "--assessments"],
    ["check", "--assessments", "--json"],
    ["check", "--json"],
]
SHOWN = [f"{kind}-{number}" for kind in ("held", "denied", "not") for number in range(len(TEXTS))]
SMALL = """
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
STYLES = re.compile(r"\x1b\[[\d;]*m")
"""The only escapes that a terminal is sent: those for bold type and colours."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A log in which all free texts and labels are hostile or kind."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "city.toml").write_text(hostile.city(), "utf-8")
    (folder / "events.jsonl").touch()
    lines = "".join(json.dumps(event) + "\n" for event in hostile.events())
    run("append", "--log", str(folder / "events.jsonl"), "--file", "-", given=lines)
    return folder


@pytest.fixture(scope="module")
def once(folder) -> Timeline:
    """That log, opened; what is looked at here is what comes out, and not how it is read."""
    return Timeline.open(folder / "events.jsonl", PROJECTIONS)


@pytest.fixture
def here(folder, once, monkeypatch) -> Iterator[Path]:
    """That folder, where commands are given; afterwards nothing is in it that was not, for no text becomes a path."""
    monkeypatch.chdir(folder)
    monkeypatch.delenv("TIMELINE_LOG", raising=False)
    monkeypatch.setattr(Timeline, "open", lambda *_, **__: once)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    yield folder
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.fixture(scope="module")
def few(tmp_path_factory) -> Path:
    """A small city, and a log with one event."""
    folder = tmp_path_factory.mktemp("few")
    (folder / "city.toml").write_text(SMALL, "utf-8")
    event = hostile.SAID | {"id": "a", "type": "control_change", "place": "p1", "source": "s1"}
    (folder / "events.jsonl").write_text(json.dumps(event) + "\n", "utf-8")
    return folder


@pytest.fixture
def small(few, monkeypatch) -> Iterator[Path]:
    """That folder, where commands are given; afterwards it is as it was."""
    monkeypatch.chdir(few)
    monkeypatch.delenv("TIMELINE_LOG", raising=False)
    before = {path: path.read_bytes() for path in few.iterdir()}
    yield few
    assert {path: path.read_bytes() for path in few.iterdir()} == before


@pytest.fixture
def terminal(here, monkeypatch) -> Path:
    """That folder, with a terminal that is long enough to be no matter for a pager."""
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True, raising=False)
    for name, value in {
        "COLUMNS": "120",
        "LINES": "1000000",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return here


def written(*arguments: str, **options) -> str:
    """Return all that a command writes, on both streams."""
    result = run(*arguments, code=None, **options)
    assert result.exit_code in (0, 1, 2, 3, 4)
    return result.stdout + result.stderr


def inside(value) -> list[str]:
    """Return every text in a JSON value."""
    if isinstance(value, dict):
        return [text for item in value.values() for text in inside(item)]
    return (
        [text for item in value for text in inside(item)]
        if isinstance(value, list)
        else [value]
        if isinstance(value, str)
        else []
    )


def is_formula(cell: str) -> bool:
    """Return whether a spreadsheet might compute a cell: it begins as a formula does, blanks and what cannot be seen left out."""
    return re.match(
        r"[\s\u200b-\u200f\u2060\ufeff\u061c\u00ad]*[=+\-@＝＋－＠﹦﹢﹣﹫−]", cell
    ) is not None and not re.fullmatch(r"-?\d+", cell)


def test_there_are_eighty():
    """As many as were asked for, those that must stay whole not counted, and each of them once."""
    assert len(LABELS) - len(KIND) >= 80
    assert len({*LABELS.values()}) == len(LABELS)
    assert len(NAMES) == len(TEXTS)


# In a pipe ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", WORDS, ids=" ".join)
def test_no_answer_steers_a_terminal(here, arguments):
    """Nothing but newlines, where the answer has them, is sent that is no printed character."""
    said = written(*arguments)
    assert said
    assert steering(said) == set()


@pytest.mark.parametrize("id", SHOWN)
def test_no_event_that_is_shown_steers_a_terminal(here, id):
    """One event whole, a field a line: no text begins a line of its own."""
    said, event = run("show", id).stdout, json.loads(run("show", id, "--json").stdout)
    assert steering(said) == set()
    names = [*(name for name in event if name not in ("id", "v")), "who", "line", "see also"]
    assert {line[:12].rstrip() for line in said.splitlines()[3:]} <= set(names)
    text = TEXTS[NAMES[int(id.rpartition("-")[2])]]
    assert f"note        {text}\n" in said or text not in KIND.values()
    assert text in inside(event)


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_no_explanation_steers_a_terminal(here, number):
    """As a tree and as JSON."""
    said = written("explain", f"p{number}", "--at", AT)
    assert f"held-{number}" in said
    assert steering(said) == set()
    text = TEXTS[NAMES[number]]
    assert text not in KIND.values() or f"{text} p{number}: {text} a{number}" in said
    explained = run("explain", f"p{number}", "--at", AT, "--json").stdout
    assert steering(explained) == set()
    assert text in inside(json.loads(explained))


@pytest.mark.parametrize("option", FORMATS)
@pytest.mark.parametrize(
    "arguments",
    [one for one in TABLES if not {"p0", "all", "majority", "s3", "casualties"} & {*one}],
    ids=" ".join,
)
def test_every_format_reads_back(here, arguments, option):
    """JSON is JSON and holds no control raw; a sheet has as many cells in each row as it has columns, and none of them is a formula."""
    out = run(*arguments, option, code=None).stdout
    assert steering(out) <= ({"\t"} if option == "--tsv" else set())
    if option == "--json":
        assert json.loads(out)
    elif option == "--nl":
        assert all(json.loads(line) for line in out.splitlines())
    else:
        first, *rows = csv.reader(
            io.StringIO(out, newline=""), delimiter="," if option == "--csv" else "\t"
        )
        assert rows
        assert {len(row) for row in rows} == {len(first)}
        assert [cell for row in rows for cell in row if is_formula(cell)] == []


def test_json_gives_every_text_back(here):
    """A program gets what was written, whatever it is."""
    for out in (run("log", "--json").stdout, run("log", "--nl").stdout):
        held = (
            json.loads(out)
            if out.startswith("[")
            else [json.loads(line) for line in out.splitlines()]
        )
        notes = {event["id"]: event["note"] for event in held}
        assert [notes[f"held-{number}"] for number in range(len(TEXTS))] == list(TEXTS.values())


@pytest.mark.parametrize("option", ["--csv", "--tsv"])
def test_sheets_keep_what_is_only_foreign(here, option):
    """No apostrophe before it, nothing left out."""
    rows = csv.DictReader(
        io.StringIO(run("log", option).stdout, newline=""),
        delimiter="," if option == "--csv" else "\t",
    )
    assert set(KIND.values()) <= {row["note"] for row in rows}


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["state", "--at", AT], "{text} p{number}"),
        (["log"], "water none: {text}"),
        (["history"], "{text} a{number}"),
        (["hindsight"], "{text} s{number}"),
        (["explain", "--topic", "t"], "denies held-{number}: {text}"),
    ],
    ids=["state", "log", "history", "hindsight", "explain"],
)
def test_what_is_only_foreign_stays_whole(here, arguments, shown):
    """In a table and in a tree, as a label and as a text."""
    said = run(*arguments).stdout
    assert [
        name
        for name, text in KIND.items()
        if shown.format(text=text, number=NAMES.index(name)) not in said
    ] == []


# On a terminal ------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", WORDS, ids=" ".join)
def test_a_terminal_is_sent_styles_and_nothing_else(terminal, arguments):
    """Where tables are laid out, all escapes are those for bold type and colours."""
    sent = written(*arguments)
    assert steering(STYLES.sub("", sent)) == set()
    assert STYLES.search(sent) or arguments[0] == "check"


@pytest.mark.parametrize("columns", [24, 40, 100, 5000])
@pytest.mark.parametrize("name", TEXTS)
def test_what_is_laid_out_is_safe_and_whole(monkeypatch, name, columns):
    """In cells, marks, lines, trees and headings of any width; where a long one is folded, no cluster of characters is cut."""
    for variable, value in {
        "COLUMNS": str(columns),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
    }.items():
        monkeypatch.setenv(variable, value)
    text = TEXTS[name]
    briefs = [
        Brief(text, (text, f"{text} {text}")),
        Brief(text, table=Table((text, "B"), ((text, Mark(text, "#A93F3F")), (Mark(text), "x")))),
        Brief("", tree=Tree(text, (Tree(text, style="dim"),), "bold")),
    ]
    sent, plain = STYLES.sub("", tables.laid_out(briefs)), tables.briefing(briefs)
    assert steering(sent) == steering(plain) == set()
    if name in KIND:
        assert plain.count(text) >= 6
        assert text in sent or columns < 100
        assert not any(
            line.lstrip(" │└├─■")[:1] and _joins(line.lstrip(" │└├─■")[0])
            for line in sent.splitlines()
        )


def _joins(character: str) -> bool:
    """Return whether a character belongs to the one before it."""
    return (
        character == "\u200d"
        or unicodedata.category(character) == "Mn"
        or character in "🏻🏼🏽🏾🏿"
    )


# In messages --------------------------------------------------------------------------------------

FORM = ["--source", "s1", "--occurred", "2016-11-28", "--reported", "2016-11-29"]
MISTAKES = {
    "place": lambda text: ["state", text],
    "policy": lambda text: ["state", "--policy", text],
    "date": lambda text: ["state", "--at", text],
    "two knowledge times": lambda text: ["state", "--at", f"2016@{text}", "--known", text],
    "event": lambda text: ["show", text],
    "event left out": lambda text: ["log", "--without-event", text],
    "source left out": lambda text: ["log", "--without-source", text],
    "type": lambda text: ["log", "--type", text],
    "words": lambda text: ["log", "--text", f"{text}{text}{text}"],
    "question": lambda text: ["history", "--of", text],
    "negotiation": lambda text: ["explain", "--aid", text],
    "topic": lambda text: ["explain", "--topic", text],
    "flow": lambda text: ["explain", "--flow", text, text],
    "type to append": lambda text: ["append", text],
    "choice": lambda text: ["append", "control_change", "--place", "p1", "--ground", text, *FORM],
    "names": lambda text: ["append", "control_change", "--place", text, "--actor", text, *FORM],
    "number": lambda text: ["append", "displacement", "--origin", "p1", "--people", text, *FORM],
    "id": lambda text: ["append", "displacement", "--origin", "p1", "--id", f"{text}!", *FORM],
    "grade": lambda text: ["append", "displacement", "--origin", "p1", "--grade", text, *FORM],
    "address": lambda text: ["append", "displacement", "--origin", "p1", "--url", text, *FORM],
    "digest": lambda text: [
        "append",
        "displacement",
        "--origin",
        "p1",
        "--archive-sha256",
        text,
        *FORM,
    ],
    "subject": lambda text: [
        "append",
        "statement",
        "--stance",
        "agree",
        "--topic",
        "t",
        "--summary",
        text,
        "--about",
        f"{text}!",
        *FORM,
    ],
    "file": lambda text: ["append", "--file", f"no-{text}/x"],
    "log": lambda text: ["state", "--log", f"no-{text}/events.jsonl"],
    "log to check": lambda text: ["check", "--log", f"no-{text}"],
    "hypothesis": lambda text: ["state", "--with", f"no-{text}"],
    "other log": lambda text: ["merge", "events.jsonl", f"no-{text}"],
    "folder": lambda text: [
        "init",
        "new",
        "--name",
        "".join(c for c in text if not (c.isascii() and c.isalnum())) or "-",
    ],
    "zone": lambda text: ["init", "new", "--timezone", text],
    "command": lambda text: [f"x{text}"],
    "option": lambda text: ["state", f"--{text}"],
    "option before a command": lambda text: [f"--{text}", "state"],
    "shell": lambda text: ["completion", text],
    "too much": lambda text: ["show", "a", text],
}
QUOTED_BY_CLICK = ("choice", "command", "option", "option before a command", "shell")
"""What click itself refuses stands in its messages as Python writes it, joiners and all by their numbers."""


PATHS = ("file", "log", "log to check", "hypothesis", "other log")
"""What is a path holds no NUL: no system can hand one over."""


@pytest.mark.parametrize("mistake", MISTAKES)
def test_no_message_steers_a_terminal(small, mistake):
    """What was typed wrong stands in the message safely, and as it is where it is only foreign; nothing is written."""
    for name, text in (TEXTS if mistake in PATHS else LABELS).items():
        said = written(*MISTAKES[mistake](text))
        assert steering(said) == set(), name
        assert "Traceback" not in said
        if name in KIND and mistake not in (*QUOTED_BY_CLICK, "words", "folder"):
            assert text in said, name


WRONG_FIELDS = ("place", "source", "ground", "grade", "type", "url", "occurred", "id", "supersedes")
WRONG_CITIES = (
    "[{0}]\n",
    "{0} = 5\n",
    "[city]\nid = {0}\n",
    "[city]\nid = 'a'\nname = 'A'\ntimezone = {0}\n",
    "[city]\nid = 'a'\nname = 'A'\ntimezone = 'UTC'\n[places]\nb = {{ name = {0}, parent = {0} }}\n",
    "[city]\nid = 'a'\nname = 'A'\ntimezone = 'UTC'\n[places]\nb = {{ name = {0}, area = {0} }}\n",
    "[city]\nid = 'a'\nname = 'A'\ntimezone = 'UTC'\n[places]\nb = {{ name = {0}, aliases = {0} }}\n",
    "[city]\nid = 'a'\nname = {0}\ntimezone = 'UTC'\n[places]\nb = {{ name = {0} }}\n",
    "[city]\nid = 'a'\nname = 'A'\ntimezone = 'UTC'\n[sources]\nb = {{ label = {0}, kind = {0} }}\n",
    "[city]\nid = 'a'\nname = 'A'\ntimezone = 'UTC'\n[sources]\nb = {{ label = {0}, kind = 'un', side = {0} }}\n",
)


@pytest.mark.parametrize("field", [*WRONG_FIELDS, "a field's name"])
def test_no_message_about_a_line_steers_a_terminal(tmp_path, monkeypatch, field):
    """A text that stands where it may not, in a log, in a file to append, in a hypothesis and in a merge: all are listed at once."""
    monkeypatch.chdir(tmp_path)
    head = hostile.SAID | {"type": "control_change", "source": "s1", "place": "p1"}
    lines = [
        json.dumps(head | {"id": f"e{n}"} | ({text: "x"} if " " in field else {field: text}))
        for n, text in enumerate(LABELS.values())
    ]
    Path("city.toml").write_text(SMALL, "utf-8")
    Path("events.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    Path("other.jsonl").touch()
    told = [
        ["check"],
        ["append", "--log", "other.jsonl", "--file", "events.jsonl"],
        ["state", "--log", "other.jsonl", "--with", "events.jsonl"],
    ]
    for arguments in told:
        said = written(*arguments)
        assert said.count("events.jsonl:") >= len(LABELS) - 1
        assert steering(said) == set()
        assert (
            field in ("grade", "occurred")
            or [name for name, text in KIND.items() if text not in said] == []
        )
    for line in lines:
        Path("events.jsonl").write_text(f"{line}\n", "utf-8")
        assert (
            steering(
                written("merge", "other.jsonl", "events.jsonl")
                + written("state")
                + written("check", "--json")
            )
            == set()
        )


@pytest.mark.parametrize("city", WRONG_CITIES)
def test_no_message_about_a_city_steers_a_terminal(tmp_path, monkeypatch, city):
    """A text that stands where it may not in a city file."""
    monkeypatch.chdir(tmp_path)
    Path("events.jsonl").touch()
    for text in LABELS.values():
        Path("city.toml").write_text(city.format(hostile.toml(text)), "utf-8")
        assert steering(written("check")) == set()


def test_what_is_appended_is_shown_safely(small):
    """Without being written: the lines of a dry run say the same, and steer nothing."""
    for text in TEXTS.values():
        shown = run("append", "control_change", "--place", "p1", "--note", text, *FORM, "--dry-run")
        assert steering(shown.stdout + shown.stderr) == set()
        assert json.loads(shown.stdout)["note"] == text


def test_conflicts_are_shown_safely(here, tmp_path):
    """Both lines of each, as they stand, by numbers where they would steer; and a dry run of a merge is the lines that it would add."""
    (tmp_path / "city.toml").write_text(hostile.city(), "utf-8")
    (tmp_path / "ours.jsonl").touch()
    ours, theirs = str(tmp_path / "ours.jsonl"), str(here / "events.jsonl")
    dry = run("merge", ours, theirs, "--dry-run")
    assert steering(dry.stdout + dry.stderr) == set()
    shown, held = dry.stdout.splitlines(), Path(theirs).read_bytes().splitlines()
    assert [
        number
        for number, (a, b) in enumerate(zip(shown, held, strict=True))
        if json.loads(a) != json.loads(b)
    ] == []
    (tmp_path / "ours.jsonl").write_bytes(
        Path(theirs)
        .read_bytes()
        .replace(b'"v":1,"occurred":"2016-11-28"', b'"v":1,"occurred":"2016-11-27"')
    )
    said = run("merge", ours, theirs, code=1)
    assert steering(said.stdout + said.stderr) == set()
    assert said.stderr.count("Error: ") >= len(TEXTS)


# Elsewhere ----------------------------------------------------------------------------------------


def test_completion_offers_nothing_that_steers(here):
    """What a shell shows beside an id is a label or a sentence."""
    context = click.Context(main, obj=main.context_settings["obj"])
    for complete in (completion.PLACES, completion.ACTORS, completion.SOURCES, completion.EVENTS):
        items = complete(context, None, "")
        assert len(items) >= len(TEXTS)
        assert steering("".join(f"{item.value}{item.help or ''}" for item in items)) == set()
        assert not any("\n" in (item.help or "") for item in items)


def test_nul_stays_out_of_the_log(small):
    """No text of an event holds one, so a label is the only place where it can be."""
    for text in NUL.values():
        assert (
            "a NUL character"
            in run(
                "append", "control_change", "--place", "p1", "--note", text, *FORM, code=2
            ).stderr
        )


COLOURS = [
    "link https://example.org",
    "red",
    "#12345",
    "#GGGGGG",
    "blink",
    "\x1b[31m",
    "on #123456",
    "#123456 link x",
]


@pytest.mark.parametrize("colour", COLOURS)
def test_a_colour_is_a_colour(tmp_path, monkeypatch, colour):
    """It becomes an escape on a terminal, so it may be nothing else: no link, no blinking."""
    monkeypatch.chdir(tmp_path)
    actor = f"[city]\nid = 'a'\nname = 'A'\ntimezone = 'UTC'\n[actors]\nb = {{ label = 'B', colour = {hostile.toml(colour)} }}\n"
    (tmp_path / "city.toml").write_text(actor, "utf-8")
    (tmp_path / "events.jsonl").touch()
    refused = run("check", code=1).stderr
    assert "actors.b.colour" in refused
    assert steering(refused) == set()
