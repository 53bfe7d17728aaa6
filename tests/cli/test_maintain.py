"""Looking after a timeline: check, assessments, types, init, the log that is named."""

import json
import re
from pathlib import Path

import pytest
from aleppo import CLAIM, EVENTS, ORIGIN, as_bytes, line, withdrawal
from commandline import asked, give, refused, run
from jsonschema import Draft202012Validator

from timeline.domain.events import RECORD_TYPES

# Check --------------------------------------------------------------------------------------------


def test_the_shipped_log_is_valid(folder):
    """Nothing is wrong with it."""
    result = run("check")
    assert result.stdout == ""
    assert result.stderr == f"events.jsonl: {len(EVENTS)} events, 0 problems\n"
    empty = {"problems": [], "warnings": [], "repairs": []}
    assert asked("check") == {"events": len(EVENTS), **empty}


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
    first = len(EVENTS) + 1
    with log.open("ab") as file:
        file.write(b"".join(text + b"\n" for text, _ in PROBLEMS))
    result = run("check", code=3)
    lines = result.stdout.splitlines()
    assert len(lines) == len(PROBLEMS)
    places = [f"events.jsonl:{number}" for number, _ in enumerate(PROBLEMS, first)]
    for place, (_, message) in zip(places, PROBLEMS, strict=True):
        (problem,) = (line for line in lines if line.startswith(f"{place}: "))
        assert message in problem
    assert result.stderr.endswith(f"{len(PROBLEMS)} problems\n")
    listed = asked("check", code=3)["problems"]
    assert {problem["where"] for problem in listed} == set(places)
    assert all(problem["found"] for problem in listed)


def test_what_is_merely_odd_is_a_warning(log):
    """Two retractions of one event, as after a merge, and a torn tail are told on stderr."""
    twice = [withdrawal("hanano-captured"), withdrawal("hanano-captured", "new-2")]
    with log.open("ab") as file:
        file.write(as_bytes(twice) + b'{"id":"torn')
    result = run("check")
    assert result.stdout == ""
    for warning in (
        "hanano-captured is retracted by new-1 and by new-2; the earliest report counts",
        f"events.jsonl:{len(EVENTS) + 3}: an unfinished last line",
        "hanano-debris-cleared-tv speaks of hanano-captured, which was withdrawn by",
    ):
        assert warning in result.stderr
    lines = result.stderr.splitlines()
    assert all(line.startswith(("Warning: ", "events.jsonl: ")) for line in lines)
    report = asked("check")
    assert (report["problems"], len(report["warnings"])) == ([], 3)


ASSESSMENT = [
    "id",
    "source",
    "measure",
    "actor",
    "place",
    "occurred",
    "since",
    "by_districts",
    "by_area",
]


def test_assessments_as_json_have_their_keys_in_order(folder):
    """Each with what it claims and what the replay finds, by districts and by area."""
    answer = asked("check --assessments")
    assert list(answer) == [*ORIGIN, "assessments"]
    ids = ["over-a-third-lost-sohr", "third-lost-sohr"]
    assert [assessment["id"] for assessment in answer["assessments"]] == ids
    for assessment in answer["assessments"]:
        assert list(assessment) == ASSESSMENT
        for measured in (assessment["by_districts"], assessment["by_area"]):
            assert list(measured) == ["verdict", "claimed", "replayed", "of", "reason"]
            assert measured["verdict"] == "disagrees"
    text = give("check --assessments")
    assert [line.partition(": ")[0] for line in text.stdout.splitlines()] == ids
    assert text.stderr == ""


# Types --------------------------------------------------------------------------------------------


def test_types_are_explained(folder):
    """Every type with its sentence and its fields; or one of them."""
    text = run("types").stdout
    for kind in RECORD_TYPES:
        assert f"{kind.type}, version {kind.v}\n{kind.__doc__}" in text
    one = run("types", "siege").stdout
    assert "trapped" in one
    assert "control_change" not in one
    assert run("types", "control-change").stdout == run("types", "control_change").stdout


def test_types_as_records(folder):
    """A field a record, each with its type."""
    chosen, every = asked("types siege casualties"), asked("types")
    assert {record["type"] for record in chosen} == {"siege", "casualties"}
    assert {record["type"] for record in every} == {kind.type for kind in RECORD_TYPES}


def test_the_json_schema_takes_the_log_and_refuses_what_is_broken(folder):
    """Another program can check a line before it sends it."""
    validator = Draft202012Validator(json.loads(run("types", "--json-schema").stdout))
    for event in EVENTS:
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


# Init ---------------------------------------------------------------------------------------------


def test_a_walk_from_nothing_to_a_state(tmp_path, monkeypatch):
    """Begin a timeline, name its places and voices, append a claim, ask."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIMELINE_LOG", raising=False)
    paths = give("init town --name 'Mill Town' --timezone Europe/London").stdout.split()
    assert [Path(path).name for path in paths] == ["events.jsonl", "city.toml", ".gitattributes"]
    monkeypatch.chdir(tmp_path / "town")
    refused(run("state", code=4), ["holds no events yet"])
    refused(give(f"append {CLAIM}", code=2), ["unknown place", "unknown actor", "unknown source"])
    uncomment(Path("city.toml"))
    run("check")
    claim = "control-change --place Millhill --actor government --source 'The Observatory'"
    give(f"append {claim} --occurred 2020-01 --reported 2020-02-01 --id taken")
    answer = asked("state mill-hill --at 2020-02")["control"]["mill-hill"]
    assert (answer["holder"], answer["status"]) == ("government", "reported")
    assert answer["because"] == ["taken"]
    assert "Mill Hill" in run("state").stdout
    names = ["events.jsonl", "city.toml", ".gitattributes"]
    refused(run("init", ".", code=1), [f"{name} is there already" for name in names])


def uncomment(city: Path) -> None:
    """Take the examples of a new city file for its places, actors and sources."""
    text = re.sub(r"^# (\w[\w-]* = \{)", r"\1", city.read_text("utf-8"), flags=re.MULTILINE)
    city.write_text(text, "utf-8")


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
    give("check --log town/events.jsonl")
    assert asked("state --log town/events.jsonl", code=4)["city"]


# The program --------------------------------------------------------------------------------------


def test_the_log_may_be_named_by_the_environment(folder, monkeypatch, tmp_path_factory):
    """``TIMELINE_LOG`` stands for ``--log``, which goes before it."""
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    refused(run("state", code=1), ["no city file"])
    path = str(folder / "events.jsonl")
    by_option = run("state", "--json", "--log", path).stdout
    assert run("state", "--json", TIMELINE_LOG=path).stdout == by_option
    refused(give("state --log here.jsonl", code=1, TIMELINE_LOG=path), ["no city file"])
    before = (folder / "events.jsonl").read_bytes()
    assert give(f"append {CLAIM} --id new-1", TIMELINE_LOG=path).stdout == "new-1\n"
    assert (folder / "events.jsonl").read_bytes().startswith(before)


def test_the_version():
    """The name and the number."""
    assert re.fullmatch(r"timeline, version \d+\.\d+\.\d+\S*\n", run("--version").stdout)
