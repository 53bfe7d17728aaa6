"""Files and folders that are not as they should be: what every command says of them."""

from pathlib import Path

import pytest
from aleppo import CLAIM, DAY, EVENTS, as_bytes, claim, line, snapshot, withdrawal
from commandline import asked, give, refused, run

pytestmark = pytest.mark.usefixtures("supposing")


# Files of events ----------------------------------------------------------------------------------


FILES = {
    "unknown type": (
        [line(type="displacemnt")],
        [("$.type", 'unknown type "displacemnt"', "did you mean displacement?")],
    ),
    "unknown field": (
        [claim(actr="government")],
        [('unknown field "actr"', "did you mean actor?")],
    ),
    "unknown part": ([line(people={"lowest": 1})], [("$.people", 'unknown field "lowest"')]),
    "unknown place": (
        [line(origin="masaken hananoo")],
        [("$.origin: unknown place", "did you mean masaken")],
    ),
    "unknown actor": (
        [claim(actor="governmnt")],
        [("$.actor: unknown actor", "did you mean government?")],
    ),
    "unknown source": ([line(source="shor")], [("$.source: unknown source", "did you mean sohr?")]),
    "part of nothing": ([line(parts=["midan"])], [("$.parts[0]", "midan does not lie in sakhour")]),
    "fraction of a person": (
        [line(people={"low": 3.9})],
        [("$.people.low: 3.9", "a whole number")],
    ),
    "true for a number": ([line(people={"low": True})], [("$.people.low: true", "a whole number")]),
    "null for a number": (
        [line(people={"low": None})],
        [("$.people.low: null", "the field left out")],
    ),
    "text for a number": ([line(people={"low": "3"})], [('$.people.low: "3"', "a whole number")]),
    "number for a text": ([line(note=5)], [("$.note: 5", "a text")]),
    "text for a list": ([line(parts="midan")], [("$.parts", "a list")]),
    "not a number": ([line(people={"low": float("nan")})], [("NaN", "a finite number")]),
    "low over high": (
        [line(people={"low": 5, "high": 3})],
        [("$.people: low 5 high 3", "low ≤ best ≤ high")],
    ),
    "reported before it occurred": (
        [line(reported="2016-11-28")],
        [("$.reported", "before 2016-11-29")],
    ),
    "no date": ([line(occurred="29-11-2016")], [("$.occurred", "does not begin with the year")]),
    "no id": ([line().replace('"id": "new-1", ', "")], [("$.id: missing",)]),
    "recorded by hand": (
        [line(recorded="2016-11-30T00:00:00Z")],
        [("$.recorded", "the log sets it")],
    ),
    "key twice": (
        [line()[:-1] + ', "note": "a", "note": "b"}'],
        [('the key "note" stands twice',)],
    ),
    "in place of no event": ([line(supersedes="xyzzy")], [("$.supersedes: no event xyzzy",)]),
    "retraction of no event": ([withdrawal("xyzzy")], [("$.target: no event xyzzy",)]),
    "a second retraction": (
        [withdrawal("hanano-captured"), withdrawal("hanano-captured", "new-2")],
        [("new-2: $.target", "retracted already, by new-1")],
    ),
    "retraction of a retraction": (
        [withdrawal("hanano-captured"), withdrawal("new-1", "new-2")],
        [("is a retraction, which is final",)],
    ),
    "id twice": (
        [line(), line(origin="shaar")],
        [("new-1: $.id", "in this batch too, with other content")],
    ),
    "id in the log": (
        [line(id="hanano-captured")],
        [("hanano-captured: $.id", "in the log too, with other content")],
    ),
    "an empty line": ([line(), "", line(id="new-2")], [(":2: an empty line",)]),
    "not JSON": (["hello"], [(":1: not JSON",)]),
    "not an object": (["[]"], [(":1: a JSON array",)]),
    "Windows newlines": ([line() + "\r"], [(":1: a carriage return",)]),
    "not UTF-8": (
        line(note="ü").encode("utf-8").replace(b"\\u00fc", b"\xfc") + b"\n",
        [(":1: byte", "(0xfc) is not UTF-8")],
    ),
    "byte order mark": (b"\xef\xbb\xbf" + line().encode() + b"\n", [(":1: a byte order mark",)]),
    "a NUL": (line().encode() + b"\0\n", [(":1: a NUL byte",)]),
    "all that is wrong": (
        [
            line(),
            line(origin="masaken hananoo", source="shor"),
            "hello",
            line(people={"low": 3.9, "high": True}),
        ],
        [
            (":2: $.origin", "hanano"),
            (":2: $.source", "sohr"),
            (":3: not JSON",),
            (":4: $.people.low",),
            (":4: $.people.high",),
        ],
    ),
}


@pytest.mark.parametrize("by", ["file", "stdin"])
@pytest.mark.parametrize(
    ("content", "messages"), [pytest.param(*row, id=name) for name, row in FILES.items()]
)
def test_a_file_with_a_mistake_is_refused_whole(log, content, messages, by):
    """Every problem of every line is told at once, and not even good lines are written."""
    before, given = log.read_bytes(), as_bytes(content)
    (log.parent / "more.jsonl").write_bytes(given)
    name = "more.jsonl" if by == "file" else "-"
    result = give(f"append --file {name}", given=given, code=1)
    refused(result, messages, hint_of_usage=False)
    assert result.stdout == ""
    assert log.read_bytes() == before


# Folders ------------------------------------------------------------------------------------------


NAMELESS, DANGLING = as_bytes([line(origin="xyzzy")]), as_bytes([withdrawal("xyzzy")])
CITY = '[city]\nid = "a"\nname = "A"\ntimezone = "UTC"\n'
LOGS = {
    # content of a log, where %s is a line that is right, and the message
    "an empty line": (b"%s\n\n", ("events.jsonl:2: an empty line", "remove the line")),
    "not UTF-8": (b"%s\n\xff\xfe\n", ("events.jsonl:2: byte 1 (0xff) is not UTF-8",)),
    "an unknown place": (NAMELESS, ("events.jsonl:1: $.origin", "unknown place")),
    "a reference to nothing": (DANGLING, ("events.jsonl:1: $.target: no event xyzzy",)),
    "an id twice": (
        as_bytes([line(), line(origin="shaar")]),
        ("events.jsonl:2: $.id", "on line 1 too"),
    ),
}
CITIES = {
    # content of a city file, and the message
    "missing": (None, ("no city file city.toml", "timeline init")),
    "not TOML": ("[city\n", ("city.toml: not TOML",)),
    "not UTF-8": (b"\xff", ("city.toml cannot be read",)),
    "without a city": ("", ("city.toml: [city]: missing",)),
    "without a zone": (CITY.replace("UTC", "Asia/Aleppo"), ("city.timezone: 'Asia/Aleppo'",)),
    "with an unknown key": (f"{CITY}nam = 5", ("unknown key 'nam'", "did you mean name?")),
    "a place in no place": (
        f'{CITY}[places]\nb = {{name = "B", parent = "x"}}',
        ("places.b.parent: x",),
    ),
    "a place in itself": (f'{CITY}[places]\nb = {{name = "B", parent = "b"}}', ("b in b",)),
    "a source of no kind": (
        f'{CITY}[sources]\ns = {{label = "S", kind = "montor"}}',
        ("did you mean monitor?",),
    ),
    "a text for a city": ('city = "aleppo"', ("city.toml", "[city]")),
    "a number for a city": ("city = 5", ("city.toml", "[city]")),
    "a list for a city": ("[[city]]", ("city.toml", "[city]")),
    "true for a city": ("city = true", ("city.toml", "[city]")),
}
READERS = {
    "state": "state",
    "log": "log",
    "show": "show hanano-captured",
    "append": f"append {CLAIM}",
    "retract": "retract hanano-captured --reason x --reported 2016-12-01",
}
MENDED = ("an unknown place", "a reference to nothing")
"""Faults of a log that do not stop `append`, since the next line may mend them."""
DAMAGED = [(fault, by) for fault in LOGS for by in READERS if by != "append" or fault not in MENDED]


@pytest.mark.parametrize(("fault", "by"), DAMAGED)
def test_a_damaged_log_is_told_of_by_every_command(log, fault, by):
    """It stops every command that reads it, with the file, the line and the reason."""
    content, message = LOGS[fault]
    damaged = content.replace(b"%s", line().encode())
    log.write_bytes(damaged)
    result = give(READERS[by], code=3)
    refused(result, [message], hint_of_usage=False)
    assert result.stdout == ""
    assert log.read_bytes() == damaged


@pytest.mark.parametrize("command", READERS.values(), ids=READERS)
@pytest.mark.parametrize("fault", CITIES)
def test_a_damaged_city_file_is_told_of_by_every_command(log, fault, command):
    """It stops every command that reads it, with the reason."""
    content, message = CITIES[fault]
    city, before = log.with_name("city.toml"), log.read_bytes()
    city.unlink()
    if content is not None:
        city.write_bytes(content if isinstance(content, bytes) else content.encode())
    result = give(command, code=1)
    refused(result, [message], hint_of_usage=False)
    assert result.stdout == ""
    assert log.read_bytes() == before


ASKING = [
    "explain sakhour",
    "history sakhour",
    f"diff 2016-11-26 {DAY}",
    "hindsight sakhour",
    "check --assessments",
    "state --policy all",
    "state sakhour --with more.jsonl",
]


@pytest.mark.parametrize("command", ASKING)
def test_a_log_that_cannot_be_read_is_told_of(folder, command):
    """Missing, a folder, damaged: the sentence and the exit code that every command has for it."""
    missing = give(f"{command} --log nowhere.jsonl", code=1)
    refused(missing, [("no log nowhere.jsonl", "timeline init")])
    refused(give(f"{command} --log .", code=1), ["Is a directory"])
    with (folder / "events.jsonl").open("ab") as file:
        file.write(b"hello\n")
    result = give(command, code=3)
    refused(result, [(f"events.jsonl:{len(EVENTS) + 1}: not JSON", "timeline check")])
    assert result.stdout == ""


@pytest.mark.parametrize("command", ASKING)
def test_a_torn_tail_changes_no_answer(folder, command):
    """It is left out, and told on stderr."""
    whole = give(command).stdout
    with (folder / "events.jsonl").open("ab") as file:
        file.write(b'{"id":"torn')
    torn = give(command)
    assert torn.stdout == whole
    place = f"events.jsonl:{len(EVENTS) + 1}"
    assert torn.stderr.startswith(f"Warning: {place}: an unfinished last line")


def test_a_folder_that_may_not_be_written_can_be_asked(folder):
    """No command that reads needs to write, beside the log or anywhere in its folder."""
    before = snapshot(folder)
    for name in before:
        Path(name).chmod(0o444)
    folder.chmod(0o555)
    try:
        for command in ASKING:
            assert give(command).stdout
    finally:
        folder.chmod(0o755)
    assert snapshot(folder) == before


# Logs without events ------------------------------------------------------------------------------


def test_an_empty_log_holds_nothing_yet(log):
    """There is nothing to find in it, and nothing wrong with it."""
    log.write_bytes(b"")
    refused(run("state", code=4), [("holds no events yet", "timeline append")])
    refused(run("log", code=4), ["no event"])
    refused(run("show", "a", code=4), ["no event a"])
    assert run("check").stdout == ""
    assert asked("state", code=4)["log"]["events"] == 0


EMPTY = {
    # commands, the exit code and the message
    "state": (4, "holds no events yet"),
    "state --policy all": (4, "holds no events yet"),
    "explain --aid a": (4, "negotiation a"),
    "explain --flow - town": (4, "nobody spoke of a flow"),
    "history": (4, "nothing changed"),
    "hindsight": (4, "nothing was claimed"),
    "check --assessments": (4, "no assessment stands"),
    "diff 2016 2017 --exit-code": (0, "nothing differs"),
}


@pytest.fixture
def town(tmp_path, monkeypatch) -> str:
    """Return the option that names the log of a timeline that has just begun."""
    monkeypatch.chdir(tmp_path)
    give("init town --name Town")
    return "--log town/events.jsonl"


@pytest.mark.parametrize("command", EMPTY)
def test_a_timeline_that_has_just_begun_holds_nothing(town, command):
    """There is nothing to find in it, which is told in a sentence, and nothing is on stdout."""
    code, message = EMPTY[command]
    result = give(f"{command} {town}", code=code)
    assert result.stdout == ""
    assert message in result.stderr


def test_nobody_is_known_to_hold_a_place_of_a_timeline_that_has_just_begun(town):
    """The city itself is there to be asked about, and nobody has said anything."""
    (why,) = asked(f"explain town {town}")["explained"]
    assert why["answer"]["status"] == "unknown"
    assert [rule["rule"] for rule in why["rules"]] == ["nobody"]
    assert why["would_change"] == []
