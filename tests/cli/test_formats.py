"""The same answer in every format, and texts that no format spoils."""

import json

import pytest
from aleppo import CLAIM, KIND, RUDE, TEXT
from commandline import asked, give, run
from formats import EVERY, FORMATS, records_of, rows, unsafe

pytestmark = pytest.mark.usefixtures("supposing")

# Records ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "formats"),
    [param for param in EVERY if param.values[1] is FORMATS and param.id != "log"],
)
def test_every_format_holds_the_same_records(folder, command, formats):
    """A line each, CSV and TSV read back as the same records; lists and objects are JSON."""
    question = f"{command} --with rude.jsonl"
    records = records_of(give(f"{question} --nl").stdout, "--nl")
    assert records
    assert len(set(map(tuple, records))) == 1
    for wanted in ("--csv", "--tsv"):
        cells = rows(give(f"{question} {wanted}").stdout, wanted)
        assert list(map(list, cells)) == list(map(list, records))
        for row, record in zip(cells, records, strict=True):
            for name, value in record.items():
                assert read(row[name]) == sheet(value), name


def read(cell: str):
    """Return what a cell holds: JSON where it is JSON, else its text."""
    is_json = cell in ("true", "false") or cell[:1] in ("{", "[") or cell.lstrip("-").isdigit()
    try:
        return json.loads(cell) if is_json else cell
    except ValueError:
        return cell


def sheet(value):
    """Return a value as a sheet shows it: what a spreadsheet would run is behind an apostrophe."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    shown = "".join(f"\\u{ord(c):04x}" if unsafe(c) or c in "\n\t" else c for c in value)
    return f"'{shown}" if shown[:1] in ("=", "+", "-", "@") else shown


@pytest.mark.parametrize("command", ["log", "log --type displacement", "types siege"])
def test_a_list_in_every_format_holds_the_same_records(folder, command):
    """JSON, a line each, CSV and TSV read back as the same records, with nothing on stderr."""
    records = asked(command)
    assert records
    assert records_of(give(f"{command} --nl").stdout, "--nl") == records
    expected = [{name: cell(value) for name, value in one.items()} for one in records]
    for option in ("--csv", "--tsv"):
        result = give(f"{command} {option}")
        assert result.stderr == ""
        assert list(map(filled, rows(result.stdout, option))) == list(map(filled, expected))


def cell(value) -> str:
    """Return a value as a cell holds it."""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def filled(row: dict[str, str]) -> dict[str, str]:
    """Return the cells of a row that hold something."""
    return {name: value for name, value in row.items() if value}


@pytest.mark.parametrize(
    "command", ["history --from 2030", "log --text xyzzy", "hindsight --known 2010"]
)
def test_no_record_is_no_line(folder, command):
    """Newline-delimited JSON has one line for each record."""
    assert give(f"{command} --nl", code=4).stdout == ""


@pytest.mark.parametrize("option", ["--csv", "--tsv"])
def test_formulas_reach_no_spreadsheet(log, option):
    """A note that a spreadsheet would run stands behind an apostrophe."""
    formula = '=HYPERLINK("http://example.org")'
    give(f"append {CLAIM} --id new-1 --note '{formula}' --wording +1 --outlet @x")
    row = rows(give(f"log {option}").stdout, option)[-1]
    assert (row["note"], row["wording"], row["outlet"]) == (f"'{formula}", "'+1", "'@x")


# Texts --------------------------------------------------------------------------------------------

SHOWING = [f"show rude-{number}" for number in range(6)]
READING = [*SHOWING, "log", "log --csv", "log --tsv", "state", "state --csv", "state sakhour"]


@pytest.mark.parametrize("command", READING)
def test_no_text_reaches_a_terminal_raw(rude, command):
    """Escapes, overrides of direction and newlines in a text are shown by their numbers."""
    out = give(command).stdout
    assert [raw for raw in ("\x1b", "\u202e", "\x9b", "c\nd") if raw in out] == []
    if command in SHOWING:
        assert "a\\u001b[31mb\\u202ec\\u000ad\\u009be" in out


@pytest.mark.parametrize("command", ["show rude-1", "log", "log --json", "log --nl", "log --csv"])
def test_every_script_stays_whole(rude, command):
    """Arabic, joiners and emoji are not touched."""
    assert KIND in give(command).stdout


@pytest.mark.parametrize(
    "command", ["log --json", "log --nl", "show rude-0 --json", "state --json"]
)
def test_json_gives_texts_back_as_they_are(rude, command):
    """A program gets what the log holds; no escape is in it raw."""
    out = give(command).stdout
    assert "\x1b" not in out
    documents = out.splitlines() if "--nl" in command else [out]
    assert TEXT in texts(list(map(json.loads, documents)))


@pytest.mark.parametrize("command", ["history --of statements", "diff 2016-12-01"])
def test_records_give_texts_back_as_they_are(folder, command):
    """A program gets what a supposed event says."""
    out = give(f"{command} --with rude.jsonl --nl").stdout
    assert TEXT in texts(records_of(out, "--nl"))


def texts(value) -> str:
    """Return every text in a JSON value, one behind the other."""
    if isinstance(value, dict):
        value = list(value.values())
    return "\n".join(map(texts, value)) if isinstance(value, list) else str(value)


@pytest.mark.parametrize("command", ["log", "show rude-1", "show rude-1 --json", "explain --aid n"])
def test_no_supposed_text_reaches_a_terminal_raw(folder, command):
    """Supposed events cannot steer a terminal, and other scripts stay whole."""
    out = give(f"{command} --with rude.jsonl").stdout
    assert unsafe(out) == []
    assert KIND in out


@pytest.mark.parametrize(
    "command",
    [
        ["state", RUDE],
        ["state", "--at", RUDE],
        ["state", "--policy", RUDE],
        ["state", "--with", RUDE],
        ["show", RUDE],
        ["append", RUDE],
        ["explain", "sakhour", RUDE],
    ],
    ids=lambda command: " ".join(command[:-1]),
)
def test_what_was_typed_reaches_no_terminal_raw(folder, command):
    """It is quoted in the message that refuses it, our own or that of the library."""
    result = run(*command, code=4 if command[0] == "show" else 2)
    assert unsafe(result.output) == []
