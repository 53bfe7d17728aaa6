"""Every way into a log takes the same lines, and refuses the same lines for the same reason.

What is refused changes nothing. The ways are a file to append, the same on stdin, the options of a
form, the log itself, its check, a hypothesis, and either side of a merge.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from attrs import frozen
from badlines import REFUSED, SUITE, suite
from commandline import run, steering
from strategies import CITY_FILE

from timeline.domain.events import Event
from timeline.errors import InvalidEvent, Problem
from timeline.log.codec import CODEC
from timeline.log.reader import read

HEAD = {
    "type": "displacement",
    "v": 1,
    "occurred": "2016-11-28",
    "reported": "2016-11-29",
    "source": "monitor",
    "origin": "hill",
}


def event(id: str) -> bytes:
    """Return a line as the log writes it, which its readers decode the fast way."""
    return CODEC.encode(CODEC.structure(HEAD | {"id": id}))


EVENT, FIRST, LAST = event("bad"), event("first"), event("last")


def with_field(value: str | bytes, name: str = "note", id: str = "bad") -> bytes:
    """Return a line in which one more field holds a JSON text, as it stands.

    A number of people stands where the log would write it.
    """
    raw = value.encode() if isinstance(value, str) else value
    field = f',"{name}":'.encode() + raw
    behind = b',"measure":' if name == "people" else b"}"
    head, mark, tail = event(id).rpartition(behind)
    return head + field + mark + tail


BEYOND, TOO_MANY = "a number beyond 9007199254740991", "9" * 5000
EVENTS: Mapping[str, tuple[bytes, str]] = {
    "a number beyond": (
        with_field('{"low":9007199254740992}', "people"),
        f"$.people.low: {BEYOND}",
    ),
    "a number beyond, below nought": (
        with_field('{"high":-9007199254740992}', "people"),
        f"$.people.high: {BEYOND}",
    ),
    "a number beyond, with an exponent": (
        with_field('{"best":1e300}', "people"),
        f"$.people.best: {BEYOND}",
    ),
    "a number of many digits": (
        with_field(f'{{"best":{TOO_MANY}}}', "people"),
        f"$.people.best: {BEYOND}",
    ),
    "a number that overflows": (with_field('{"best":1e999}', "people"), "1e999 overflows"),
    "no number": (with_field('{"best":NaN}', "people"), "NaN; expected a finite number"),
    "infinity": (with_field('{"best":-Infinity}', "people"), "-Infinity; expected a finite number"),
    "half a person": (
        with_field('{"best":1.5}', "people"),
        "$.people.best: 1.5; expected a whole number",
    ),
    "below nought": (with_field('{"best":-1}', "people"), "whole numbers, 0 or more"),
    "true for one": (
        with_field('{"best":true}', "people"),
        "$.people.best: true; expected a whole number",
    ),
    "null": (with_field("null"), "$.note: null"),
    "a number for a text": (with_field("5"), "$.note: 5; expected a text"),
    "an empty text": (with_field('""'), '$.note: "", an empty text'),
    "a NUL": (with_field('"a\\u0000"'), "$.note: a NUL character"),
    "half of a character": (with_field('"\\ud800"'), "$.note: half of a character"),
    "the same key again": (with_field('"market"', "origin"), 'the key "origin" stands twice'),
    "the same key again, escaped": (
        with_field('"market"', "\\u006frigin"),
        'the key "origin" stands twice',
    ),
    "an unknown key": (with_field('"x"', "notes"), 'unknown field "notes"'),
    "a key that is nearly another": (with_field('"x"', "no\u200bte"), "unknown field"),
    "too deep": (with_field("[" * 40 + "1" + "]" * 40), "nested too deep"),
    "too long": (with_field('"' + "x" * (1 << 20) + '"'), "expected at most 1048576"),
    "a carriage return at the end": (EVENT + b"\r", "a carriage return"),
    "a byte order mark": (b"\xef\xbb\xbf" + EVENT, "a byte order mark"),
    "another encoding": (with_field('"é"'.encode("latin-1")), "is not UTF-8"),
    "another version": (EVENT.replace(b'"v":1', b'"v":2'), "$.v: version 2"),
    "the log's own": (EVENT.replace(b"displacement", b"log_repair"), "unknown type"),
    "two objects": (EVENT * 2, "extra data"),
}
"""By name: a line that is nearly an event, and a part of the message."""

LINES = {f"JSON: {name}": row for name, row in REFUSED.items() if b"\n" not in row[0]}
LINES |= {f"event: {name}": row for name, row in EVENTS.items()}


@frozen
class Folder:
    """A log with one event, and what stands beside it."""

    path: Path

    def write(self, name: str, *lines: bytes) -> str:
        """Write lines to a file and return its name."""
        (self.path / name).write_bytes(b"".join(line + b"\n" for line in lines))
        return name

    @property
    def log(self) -> bytes:
        """The bytes of the log."""
        return (self.path / "events.jsonl").read_bytes()


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Folder:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIMELINE_LOG", raising=False)
    (tmp_path / "city.toml").write_text(CITY_FILE, "utf-8")
    folder = Folder(tmp_path)
    folder.write("events.jsonl", event("held"))
    folder.write("first.jsonl", FIRST)
    return folder


@frozen
class Way:
    """A command that is given a file of lines, or the same lines on stdin.

    Attributes:
        words: the command.
        code: how it ends where a line is refused.
        file: how messages call the file.
    """

    words: str
    code: int
    file: str = "more.jsonl"

    def refuses(self, folder: Folder, *lines: bytes) -> str:
        """Return what is written about lines of which some are refused."""
        folder.write("more.jsonl", *lines)
        before = folder.log
        result = run(*self.words.split(), given=b"\n".join(lines), code=self.code)
        assert folder.log == before
        return result.stdout + result.stderr


WAYS = {
    "file": Way("append --file more.jsonl", 1),
    "stdin": Way("append --file -", 1, "<stdin>"),
    "log": Way("state --log more.jsonl", 3),
    "check": Way("check --log more.jsonl", 3),
    "log to append to": Way("append --log more.jsonl --file first.jsonl", 3),
    "hypothesis": Way("state --with more.jsonl", 1),
    "merge": Way("merge events.jsonl more.jsonl", 3),
    "log to merge into": Way("merge more.jsonl events.jsonl", 3),
}


@pytest.mark.parametrize("name", LINES)
def test_every_way_in_refuses_a_bad_line_for_its_reason(folder, name):
    """Between two that are right, with the number of the line and one sentence."""
    line, phrase = LINES[name]
    for way in WAYS.values():
        message = way.refuses(folder, FIRST, line, LAST)
        about = [text for text in message.splitlines() if phrase in text]
        assert about, (way, message)
        assert all(f"{way.file}:2: " in text for text in about), (way, message)
        assert not steering(message), way


# By the options of a form -------------------------------------------------------------------------

FORM = (
    "append displacement --origin hill --source monitor"
    " --occurred 2016-11-28 --reported 2016-11-29 --id bad"
)
OPTIONS = {
    "a number beyond": (["--people", "9007199254740992"], ("--people", BEYOND)),
    "a number beyond, at an end": (["--people", "0..9007199254740992"], ("--people", BEYOND)),
    "a number of many digits": (["--people", TOO_MANY], ("--people", BEYOND)),
    "a number of many digits and a point": (["--people", f"{'9' * 400}.5"], ("--people", BEYOND)),
    "an exponent": (["--people", "1e999"], ("--people", "1e999")),
    "no number": (["--people", "NaN"], ("--people", "NaN")),
    "infinity": (["--people", "Infinity"], ("--people", "Infinity")),
    "half a person": (["--people", "1.5"], ("--people", "a whole number")),
    "below nought": (["--people", "-1"], ("--people", "-1")),
    "an empty text": (["--note", ""], ("--note", "an empty text")),
    "a blank text": (["--note", " \t\n"], ("--note", "an empty text")),
    "a NUL": (["--note", "a\0"], ("--note", "a NUL character")),
    "half of a character": (["--note", "a\udcff"], ("--note", "half of a character")),
    "half of a character in a name": (
        ["--origin", "hill\udcff"],
        ("--origin", "half of a character"),
    ),
    "too long": (["--note", "x" * (1 << 20)], ("expected at most 1048576",)),
    "what only the log sets": (["--recorded", "2016-11-28T00:00:00Z"], ("--recorded",)),
}


@pytest.mark.parametrize(
    ("options", "phrases"), [pytest.param(*row, id=name) for name, row in OPTIONS.items()]
)
def test_a_form_refuses_what_a_line_may_not_hold(folder, options, phrases):
    """What is typed is held to the rules of what is read, and the option is named."""
    before = folder.log
    message = run(*FORM.split(), *options, code=2).stderr
    assert all(phrase in message for phrase in phrases), message
    assert folder.log == before


# The JSON parsing test suite ----------------------------------------------------------------------

QUICK_WAYS = [WAYS[name] for name in ("file", "stdin", "check", "hypothesis")]
"""Ways in that list every line that they refuse."""


@pytest.mark.parametrize("file", suite("n_*.json"), ids=lambda file: file.stem)
def test_no_log_takes_a_wrong_text_of_the_suite(folder, file):
    """Neither as a line of its own nor as the value of a field; the reader stops at that line."""
    for line in (file.read_bytes(), with_field(file.read_bytes())):
        assert "more.jsonl:2: " in WAYS["merge"].refuses(folder, FIRST, line, LAST)


@pytest.mark.parametrize("way", QUICK_WAYS, ids=lambda way: way.words)
def test_every_wrong_text_of_the_suite_is_refused_among_others(folder, way):
    """Each line is named, and the right ones before and behind them are not."""
    texts = texts_of("n_*.json")
    lines = b"\n".join([FIRST, *texts, *map(with_field, texts), LAST]).split(b"\n")
    message = way.refuses(folder, *lines)
    numbers = range(1, len(lines) + 1)
    unnamed = [number for number in numbers if f"{way.file}:{number}: " not in message]
    assert unnamed == [1, len(lines)]
    assert steering(message) == set()


def texts_of(pattern: str) -> list[bytes]:
    """Return the texts of the suite; skip the test where it is not here."""
    texts = [file.read_bytes() for file in sorted(SUITE.glob(pattern))]
    return texts or pytest.skip("the JSON parsing test suite is not here")


def right() -> Iterator[bytes]:
    """Yield the right texts of the suite as lines, and as the values of a field and a number."""
    texts = [text.replace(b"\n", b" ") for text in texts_of("y_*.json")]
    arrays = [text.strip() for text in texts if text.strip().startswith(b"[") and b"," not in text]
    inner = [array[1:-1] for array in arrays if array[1:-1].strip()]
    yield from texts
    for number, text in enumerate([*filter(bytes.strip, texts), *inner]):
        yield with_field(text, id=f"y{number}")
    for number, text in enumerate(inner):
        yield with_field(b'{"low":' + text + b"}", "people", id=f"n{number}")


def judged(lines: Iterator[bytes]) -> tuple[Mapping[bytes, Event], Mapping[bytes, Problem]]:
    """Return the lines that the codec takes, and those that it refuses with its first reason."""
    taken: dict[bytes, Event] = {}
    refused: dict[bytes, Problem] = {}
    for line in lines:
        try:
            taken[line] = CODEC.decode(line)
        except InvalidEvent as error:
            refused[line] = error.problems[0]
    return taken, refused


def test_every_way_in_judges_a_right_text_of_the_suite_as_the_codec_does(folder):
    """It is taken everywhere and read back the same, or refused everywhere in the same words."""
    taken, refused = judged(right())
    assert len(taken) > 40, "most texts are taken"
    for way in (*QUICK_WAYS, WAYS["merge"]):
        for line, problem in refused.items():
            message = way.refuses(folder, FIRST, line, LAST)
            assert f"{way.file}:2: " in message
            assert problem.expected.split("\n")[0] in message
    assert_all_take(folder, list(taken), list(taken.values()))


def assert_all_take(folder: Folder, lines: Sequence[bytes], events: Sequence[Event]) -> None:
    more, other = folder.write("more.jsonl", *lines), folder.write("other.jsonl", *lines)
    held = folder.log
    assert f"with {len(events)} events more" in run("state", "--with", more).stderr
    assert run("check", "--log", other).stdout == ""
    assert read(Path(other)).events == tuple(events)
    assert len(run("merge", "events.jsonl", other).stdout.split()) == len(events)
    assert folder.log == held + b"".join(line + b"\n" for line in lines)
    folder.write("events.jsonl", held.strip())
    assert len(run("append", "--file", more).stdout.split()) == len(events)
    appended = read(folder.path / "events.jsonl").events[1:]
    assert notes(appended) == notes(events)


def notes(events: Sequence[Event]) -> list[str | None]:
    return [event.note for event in events]
