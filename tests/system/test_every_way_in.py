"""Every door of a log takes the same lines and refuses the same lines for the same reason, and what is refused changes nothing.

The doors: a file to append, the same on stdin, the options of a form, the log itself, its check, a
hypothesis, and either side of a merge.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from attrs import frozen
from badlines import REFUSED, suite
from commandline import run, steering
from strategies import CITY_FILE

from timeline.errors import InvalidEvent
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
    """Return a line one more field of which holds a JSON text, as it stands; a number of people where the log would write it."""
    raw = value.encode() if isinstance(value, str) else value
    field = f',"{name}":'.encode() + raw
    measure = b',"measure":'
    return (
        event(id).replace(measure, field + measure)
        if name == "people"
        else event(id)[:-1] + field + b"}"
    )


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
"""By name: a line that is nearly an event, and what is said of it."""

LINES = {f"JSON: {name}": row for name, row in REFUSED.items() if b"\n" not in row[0]} | {
    f"event: {n}": row for n, row in EVENTS.items()
}


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
    return folder


Door = Callable[[Folder, bytes], tuple[str, str]]
"""Brings a line in, between two that are right; returns what was said, and the place that must be named."""


def by_file(folder: Folder, line: bytes) -> tuple[str, str]:
    return run(
        "append", "--file", folder.write("more.jsonl", FIRST, line, LAST), code=1
    ).stderr, "more.jsonl:2: "


def by_stdin(folder: Folder, line: bytes) -> tuple[str, str]:
    return run(
        "append", "--file", "-", given=b"\n".join([FIRST, line, LAST]), code=1
    ).stderr, "<stdin>:2: "


def by_log(folder: Folder, line: bytes) -> tuple[str, str]:
    return run(
        "state", "--log", folder.write("other.jsonl", FIRST, line, LAST), code=3
    ).stderr, "other.jsonl:2: "


def by_check(folder: Folder, line: bytes) -> tuple[str, str]:
    return run(
        "check", "--log", folder.write("other.jsonl", FIRST, line, LAST), code=3
    ).stdout, "other.jsonl:2: "


def by_appending_to_it(folder: Folder, line: bytes) -> tuple[str, str]:
    name = folder.write("other.jsonl", FIRST, line, LAST)
    return run(
        "append", "--log", name, "--file", "-", given=FIRST, code=3
    ).stderr, "other.jsonl:2: "


def by_supposing(folder: Folder, line: bytes) -> tuple[str, str]:
    return run(
        "state", "--with", folder.write("more.jsonl", FIRST, line, LAST), code=1
    ).stderr, "more.jsonl:2: "


def by_merging(folder: Folder, line: bytes) -> tuple[str, str]:
    return run(
        "merge", "events.jsonl", folder.write("theirs.jsonl", FIRST, line, LAST), code=3
    ).stderr, "theirs.jsonl:2: "


def by_being_merged_into(folder: Folder, line: bytes) -> tuple[str, str]:
    return run(
        "merge", folder.write("ours.jsonl", FIRST, line, LAST), "events.jsonl", code=3
    ).stderr, "ours.jsonl:2: "


DOORS: tuple[Door, ...] = (
    by_file,
    by_stdin,
    by_log,
    by_check,
    by_appending_to_it,
    by_supposing,
    by_merging,
    by_being_merged_into,
)


@pytest.mark.parametrize("name", LINES)
def test_every_door_refuses_a_bad_line_for_its_reason(folder, name):
    """With the line's number, one sentence, nothing written, and nothing in the message that steers a terminal."""
    line, phrase = LINES[name]
    before = folder.log
    for door in DOORS:
        said, place = door(folder, line)
        told = [one for one in said.splitlines() if phrase in one]
        assert told, (door.__name__, said)
        assert all(place in one for one in told), (door.__name__, said)
        assert not steering(said), door.__name__
        assert folder.log == before, door.__name__


# By the options of a form -------------------------------------------------------------------------

FORM = [
    "displacement",
    "--origin",
    "hill",
    "--source",
    "monitor",
    "--occurred",
    "2016-11-28",
    "--reported",
    "2016-11-29",
    "--id",
    "bad",
]
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
    """What is typed goes through the same gate as what is read, and the option is named."""
    before = folder.log
    said = run("append", *FORM, *options, code=2).stderr
    assert all(phrase in said for phrase in phrases), said
    assert folder.log == before


# The JSON parsing test suite, at the doors --------------------------------------------------------


@pytest.mark.parametrize("file", suite("n_*.json"), ids=lambda file: file.stem)
def test_no_log_takes_a_wrong_text_of_the_suite(folder, file):
    """Neither as a line of its own nor as the value of a field; the reader stops at that line."""
    before = folder.log
    for line in (file.read_bytes(), with_field(file.read_bytes())):
        said, place = by_merging(folder, line)
        assert place in said
        assert folder.log == before


@pytest.mark.parametrize(
    "door", [by_file, by_stdin, by_check, by_supposing], ids=lambda door: door.__name__
)
def test_no_door_takes_a_wrong_text_of_the_suite(folder, door):
    """Of all of them together each line is refused, none is written, and no door breaks on one."""
    texts = [file.read_bytes() for file in suite("n_*.json") if isinstance(file, Path)]
    if not texts:
        pytest.skip("the JSON parsing test suite is not here")
    before, lines = folder.log, b"\n".join([*texts, *map(with_field, texts)])
    said, place = door(folder, lines)
    name = place.partition(":")[0]
    assert {
        number for number in range(2, lines.count(b"\n") + 3) if f"{name}:{number}: " not in said
    } == set()
    assert f"{name}:1: " not in said
    assert steering(said) == set()
    assert folder.log == before


def right() -> list[bytes]:
    """Return the right texts of the suite as lines: as they are, and as what a field and a number hold."""
    texts = [
        file.read_bytes().replace(b"\n", b" ")
        for file in suite("y_*.json")
        if isinstance(file, Path)
    ]
    inner = [
        text.strip()[1:-1] for text in texts if text.strip().startswith(b"[") and b"," not in text
    ]
    held = [
        with_field(text, id=f"y{number}")
        for number, text in enumerate([*texts, *inner])
        if text.strip()
    ]
    counted = [
        with_field(b'{"low":' + text + b"}", "people", id=f"n{number}")
        for number, text in enumerate(inner)
        if text.strip()
    ]
    return [*texts, *held, *counted]


def test_every_door_takes_a_right_text_of_the_suite_as_the_codec_says(folder):
    """What the codec takes is taken everywhere and read back the same; what it refuses is refused everywhere, with its words."""
    taken, refused = {}, {}
    for line in right():
        try:
            event = CODEC.decode(line)
            taken[line] = event
        except InvalidEvent as error:
            refused[line] = error.problems
    if not (taken or refused):
        pytest.skip("the JSON parsing test suite is not here")
    assert len(taken) > 40, "most texts are taken"
    for door in (by_file, by_stdin, by_check, by_supposing, by_merging):
        for line, problems in refused.items():
            said, place = door(folder, line)
            assert place in said
            assert problems[0].expected.split("\n")[0] in said
    _all_take(folder, list(taken), list(taken.values()))


def _all_take(folder: Folder, lines: list[bytes], events: list) -> None:
    more, other = folder.write("more.jsonl", *lines), folder.write("other.jsonl", *lines)
    held = folder.log
    assert f"with {len(events)} events more" in run("state", "--with", more).stderr
    assert run("check", "--log", other).stdout == ""
    assert read(Path(other)).events == tuple(events)
    assert len(run("merge", "events.jsonl", other).stdout.split()) == len(events)
    assert folder.log == held + b"".join(line + b"\n" for line in lines)
    folder.write("events.jsonl", held.strip())
    assert len(run("append", "--file", more).stdout.split()) == len(events)
    assert [one.note for one in read(folder.path / "events.jsonl").events[1:]] == [
        one.note for one in events
    ]
