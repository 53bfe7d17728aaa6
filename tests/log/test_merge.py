"""A merge of two logs loses nothing, chooses nothing and gives the same in either order."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from attrs import evolve
from commandline import run
from hypothesis import given
from hypothesis import strategies as st
from strategies import CITY, CITY_FILE, logs

from timeline.domain.events import Event
from timeline.errors import InvalidLog, TimelineError
from timeline.log import admission
from timeline.log.check import check
from timeline.log.codec import CODEC
from timeline.log.merge import Conflicting, merge
from timeline.log.reader import read
from timeline.log.writer import append
from timeline.storage.disk import System
from timeline.temporal.dates import Moment
from timeline.timeline import Timeline

HEAD = {
    "type": "control_change",
    "v": 1,
    "occurred": "2016-11-28",
    "reported": "2016-11-28",
    "source": "monitor",
}
HEAD |= {"place": "hill", "actor": "government"}
STATEMENT = {
    "type": "statement",
    "v": 1,
    "occurred": "2016-11-28",
    "reported": "2016-11-28",
    "source": "army",
    "topic": "t",
}
EARLY, LATE = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"


def event(id: str, **fields) -> Event:
    return CODEC.structure(HEAD | {"id": id} | fields)


def says(id: str, *about: str, **fields) -> Event:
    return CODEC.structure(
        STATEMENT
        | {"id": id, "stance": "agree", "about": list(about), "summary": "Says so."}
        | fields
    )


def withdraws(id: str, target: str, **fields) -> Event:
    own = {"type": "retraction", "target": target, "reason": "An error."}
    return CODEC.structure(
        {name: HEAD[name] for name in ("v", "occurred", "reported", "source")}
        | own
        | {"id": id}
        | fields
    )


def lines(*events: Event) -> bytes:
    return b"".join(CODEC.encode(one) + b"\n" for one in events)


class Logs:
    """Two logs of one city in a folder."""

    def __init__(self, folder: Path, ours: bytes = b"", theirs: bytes = b"") -> None:
        (folder / "city.toml").write_text(CITY_FILE, "utf-8")
        self.ours, self.theirs = folder / "ours.jsonl", folder / "theirs.jsonl"
        self.ours.write_bytes(ours)
        self.theirs.write_bytes(theirs)

    def merge(self, **options):
        return merge(self.ours, self.theirs, CITY, **options)


@pytest.fixture
def two(tmp_path):
    return lambda ours=b"", theirs=b"": Logs(tmp_path, ours, theirs)


def understood(path: Path) -> dict[str, Event]:
    """Return the events of a log by id, names as ids."""
    return {one.id: admission.admit(one, CITY) for one in read(path).events}


def contents(path: Path) -> dict[str, Event]:
    """Return the events of a log by id, names as ids, whenever they were recorded."""
    return {id: evolve(one, recorded=None) for id, one in understood(path).items()}


def instants(path: Path) -> dict[str, datetime | None]:
    """Return when the events of a log were recorded."""
    return {id: one.recorded and one.recorded.instant(UTC) for id, one in understood(path).items()}


# Laws ---------------------------------------------------------------------------------------------

STAMPS = st.sampled_from(
    (None, *map(Moment, (EARLY, LATE, "2026-01-02T02:00:00+02:00", "2026-01-03T00:00:00Z")))
)
ENDS = st.binary(max_size=20).filter(lambda data: b"\n" not in data)


@st.composite
def copies(draw):
    """Draw two logs that grew apart, which share some events but not their times or order."""
    whole = draw(logs(max_size=12))
    sides = [draw(st.sampled_from(("ours", "theirs", "both", "both"))) for _ in whole]
    drawn = []
    for side in ("ours", "theirs"):
        mine = [one for one, where in zip(whole, sides, strict=True) if where in (side, "both")]
        drawn.append(draw(st.permutations([evolve(one, recorded=draw(STAMPS)) for one in mine])))
    return drawn


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    return lambda ours, theirs: Logs(tmp_path_factory.mktemp("logs"), ours, theirs)


@given(copies())
def test_a_merged_log_reads_as_both_files_together(fresh, pair):
    """A merged log reads like the lines of both files, whichever of them begins."""
    ours, theirs = (lines(*log) for log in pair)
    one, other, union = fresh(ours, theirs), fresh(theirs, ours), fresh(ours + theirs, b"")
    one.merge()
    other.merge()
    assert instants(one.ours) == instants(other.ours) == instants(union.ours)
    assert contents(one.ours) == contents(other.ours) == contents(union.ours)


@given(copies())
def test_a_merge_adds_and_touches_nothing(fresh, pair):
    """Our lines stay, the added lines are theirs byte for byte, and their file is unchanged."""
    ours, theirs = (lines(*log) for log in pair)
    two = fresh(ours, theirs)
    two.merge()
    merged = two.ours.read_bytes()
    assert merged.startswith(ours)
    assert two.theirs.read_bytes() == theirs
    added = merged.removeprefix(ours).splitlines(keepends=True)
    assert len(set(added)) == len(added)
    assert set(added) <= set(theirs.splitlines(keepends=True))


@given(copies())
def test_a_merge_again_is_no_change(fresh, pair):
    """Neither the same again, nor the way back and again."""
    two = fresh(*(lines(*log) for log in pair))
    two.merge()
    merged = two.ours.read_bytes()
    again = two.merge()
    assert two.ours.read_bytes() == merged
    assert again.joined.lines == ()
    merge(two.theirs, two.ours, CITY)
    assert (contents(two.theirs), instants(two.theirs)) == (contents(two.ours), instants(two.ours))
    two.merge()
    assert two.ours.read_bytes() == merged


@given(logs(max_size=9), st.data())
def test_three_copies_come_together_in_any_order(fresh, whole, data):
    """However three logs are merged one after another, they hold the same in the end."""
    parts = [
        lines(*data.draw(st.lists(st.sampled_from(whole), unique=True))) if whole else b""
        for _ in range(3)
    ]
    rest = lines(*whole)
    results = []
    for first, second, third in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
        two = fresh(rest, parts[first])
        two.merge()
        for part in (second, third):
            two.theirs.write_bytes(parts[part])
            two.merge()
        results.append(understood(two.ours))
    assert results[0] == results[1] == results[2]


@given(copies(), st.data())
def test_every_conflict_is_named_and_nothing_is_written(fresh, pair, data):
    """A merge reports every id with two contents, with both lines, and adds nothing."""
    ours, theirs = pair
    shared = sorted({one.id for one in ours} & {one.id for one in theirs})
    changed = (
        set(data.draw(st.lists(st.sampled_from(shared), min_size=1, unique=True)))
        if shared
        else set()
    )
    altered = [evolve(one, note="Something else.") if one.id in changed else one for one in theirs]
    two = fresh(lines(*ours), lines(*altered))
    if not changed:
        two.merge()
        return
    for dry_run in (True, False):
        with pytest.raises(Conflicting) as refused:
            two.merge(dry_run=dry_run)
        assert {conflict.ours.event.id for conflict in refused.value.conflicts} == changed
        for conflict in refused.value.conflicts:
            assert (
                conflict.ours.raw
                == two.ours.read_bytes().splitlines()[conflict.ours.copy.number - 1]
            )
            assert (
                conflict.theirs.raw
                == two.theirs.read_bytes().splitlines()[conflict.theirs.copy.number - 1]
            )
    assert (two.ours.read_bytes(), two.theirs.read_bytes()) == (lines(*ours), lines(*altered))


@given(copies(), ENDS, ENDS)
def test_torn_ends_lose_nothing(fresh, pair, mine, other):
    """A merge leaves out their torn end, records ours, and keeps every whole line."""
    ours, theirs = (lines(*log) for log in pair)
    whole, torn = fresh(ours, theirs), fresh(ours + mine, theirs + other)
    whole.merge()
    merged = torn.merge()
    assert understood(torn.ours) == understood(whole.ours)
    assert bool(merged.theirs.torn) == bool(other)
    assert (merged.repaired is not None) == bool(mine and merged.joined.lines)
    assert torn.ours.read_bytes().startswith(ours + mine)


# What comes of one line ---------------------------------------------------------------------------


def test_what_is_referred_to_comes_first(two):
    """Each line stands after those it refers to, so any beginning of a merge can be read."""
    logs = two(
        b"",
        lines(
            withdraws("r", "c"),
            says("s", "b", "a"),
            event("c"),
            event("b", supersedes="a"),
            event("a"),
        ),
    )
    assert [line.event.id for line in logs.merge().joined.new] == ["c", "r", "a", "b", "s"]
    whole = logs.ours.read_bytes().splitlines(keepends=True)
    for end in range(len(whole)):
        logs.ours.write_bytes(b"".join(whole[:end]))
        Timeline.open(logs.ours, ())


def test_what_was_recorded_earlier_counts(two):
    """Our line stays, theirs is added if it is earlier, and readers take the earlier time."""
    logs = two(lines(event("a", recorded=LATE)), lines(event("a", recorded=EARLY)))
    assert [line.event.id for line in logs.merge().joined.sooner] == ["a"]
    assert logs.ours.read_bytes() == lines(event("a", recorded=LATE), event("a", recorded=EARLY))
    assert read(logs.ours).events == (event("a", recorded=EARLY),)
    merge(logs.theirs, logs.ours, CITY)
    assert logs.theirs.read_bytes() == lines(event("a", recorded=EARLY))


def test_of_their_copies_the_earliest_recorded_is_taken(two):
    """One line for each event, and the one that counts."""
    logs = two(b"", lines(event("a", recorded=LATE), event("a", recorded=EARLY), event("a")))
    logs.merge()
    assert logs.ours.read_bytes() == lines(event("a", recorded=EARLY))


def test_names_of_one_place_are_one_place(two):
    """Two names of one place make one event, and our line is added with their time."""
    ours, theirs = (
        event("a", place="التل", recorded=LATE),
        event("a", place="al-Tell", source="the monitor", recorded=EARLY),
    )
    logs = two(lines(ours), lines(theirs))
    assert logs.merge().joined.present == ("a",)
    assert logs.ours.read_bytes() == lines(ours, evolve(ours, recorded=theirs.recorded))
    assert check(logs.ours).problems == ()
    again = logs.ours.read_bytes()
    logs.merge()
    assert logs.ours.read_bytes() == again


def test_lines_of_any_hand_come_over_as_they_are(two):
    """Blanks and another order of keys are the other's own."""
    line = (
        json.dumps(
            dict(reversed(CODEC.unstructure(event("a")).items())), separators=(" ,\t", " : ")
        ).encode()
        + b"  \n"
    )
    logs = two(b"", line)
    logs.merge()
    assert logs.ours.read_bytes() == line


def test_a_reference_may_lead_into_the_other_log(two):
    """A line may refer to the other log; a reference that neither log holds stops the merge."""
    logs = two(lines(event("a"), says("t", "b")), lines(says("s", "a"), event("b")))
    logs.merge()
    assert {one.id for one in Timeline.open(logs.ours, ()).events} == {"a", "b", "s", "t"}
    logs = two(lines(event("a")), lines(event("b"), says("s", "a", "nobody"), says("u", "no-one")))
    with pytest.raises(InvalidLog) as refused:
        logs.merge()
    assert [str(problem)[: len(str(logs.theirs)) + 30] for problem in refused.value.problems] == [
        f"{logs.theirs}:2: $.about[1]: no event nobody"[: len(str(logs.theirs)) + 30],
        f"{logs.theirs}:3: $.about[0]: no event no-one"[: len(str(logs.theirs)) + 30],
    ]
    assert logs.ours.read_bytes() == lines(event("a"))
    logs = two(lines(says("t", "nobody")), lines(event("b")))
    with pytest.raises(InvalidLog, match=r"ours\.jsonl:1: \$\.about\[0\]: no event nobody"):
        logs.merge()


def test_two_withdrawals_of_one_event_come_together(two):
    """Each was right where it was made; a check says that there are two."""
    logs = two(lines(event("a"), withdraws("r", "a")), lines(event("a"), withdraws("q", "a")))
    logs.merge()
    assert check(logs.ours).problems == ()
    assert any(
        "a is retracted by r and by q" in str(warning) for warning in check(logs.ours).warnings
    )


def test_names_of_another_city_are_told_all_at_once(two, tmp_path):
    """Unknown names are reported together, and the log of another city is never merged."""
    logs = two(b"", lines(event("a", place="sakhour"), event("b"), event("c", source="sohr")))
    with pytest.raises(InvalidLog) as refused:
        logs.merge()
    assert [problem.where for problem in refused.value.problems] == [
        f"{logs.theirs}:1",
        f"{logs.theirs}:3",
    ]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    other = Logs(elsewhere, b"", lines(event("b")))
    merge(logs.ours, other.theirs, CITY, dry_run=True)
    (elsewhere / "city.toml").write_text(
        CITY_FILE.replace('id = "testopolis"', 'id = "homs"'), "utf-8"
    )
    with pytest.raises(TimelineError, match="is a log of homs; expected one of testopolis"):
        merge(logs.ours, other.theirs, CITY)
    assert logs.ours.read_bytes() == b""


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_a_damaged_log_is_not_merged(two, side):
    """Neither is anything added to damage, nor taken from it."""
    damaged = {
        "ours": (b"\n" + lines(event("a")), lines(event("b"))),
        "theirs": (lines(event("a")), b"\n" + lines(event("b"))),
    }[side]
    logs = two(*damaged)
    with pytest.raises(InvalidLog, match=rf"{side}\.jsonl:1: an empty line"):
        logs.merge()
    assert (logs.ours.read_bytes(), logs.theirs.read_bytes()) == damaged


def test_their_repairs_stay_theirs(two):
    """A repair record belongs to its own file, so a merge takes over none of theirs."""
    logs = two(lines(event("a")), lines(event("a")) + b'{"id":"torn')
    append(logs.theirs, [event("b")])
    assert len(read(logs.theirs).repairs) == 1
    merged = logs.merge()
    assert len(merged.theirs.repairs) == 1
    assert (read(logs.ours).repairs, read(logs.ours).strays) == ((), ())
    assert (check(logs.ours).problems, check(logs.ours).warnings) == ((), ())
    assert set(understood(logs.ours)) == {"a", "b"}


def test_a_log_is_merged_with_itself(two):
    """Nothing is lacking, and nobody waits for a lock of their own."""
    logs = two(lines(event("a")))
    assert merge(logs.ours, logs.ours, CITY).joined.present == ("a",)
    assert logs.ours.read_bytes() == lines(event("a"))


def test_a_dry_run_changes_nothing(two):
    logs = two(lines(event("a")), lines(event("b")))
    assert [line.event.id for line in logs.merge(dry_run=True).joined.new] == ["b"]
    assert logs.ours.read_bytes() == lines(event("a"))


# The disk -----------------------------------------------------------------------------------------


class Watched(System):
    """A disk that tells what was asked of it, and may take only a part of what is written."""

    def __init__(self, takes: int | None = None) -> None:
        self.calls: list[str] = []
        self.takes = takes

    def open(self, path, *, writing):
        self.calls.append(f"open {path.stem}{' to write' if writing else ''}")
        return super().open(path, writing=writing)

    def lock(self, handle):
        self.calls.append("lock")
        super().lock(handle)

    def unlock(self, handle):
        self.calls.append("unlock")
        super().unlock(handle)

    def write(self, handle, data):
        self.calls.append("write")
        return os.write(handle, data if self.takes is None else data[: self.takes])

    def sync(self, handle):
        self.calls.append("sync")
        super().sync(handle)


def test_one_write_and_one_sync_under_the_lock(two):
    """A merge only reads their log; it locks, writes and syncs ours once."""
    logs = two(lines(event("a")) + b"torn", lines(event("b"), event("c"), event("d")))
    disk = Watched()
    logs.merge(disk=disk)
    assert disk.calls == ["open theirs", "open ours to write", "lock", "write", "sync", "unlock"]
    disk = Watched()
    logs.merge(disk=disk)
    assert disk.calls == ["open theirs", "open ours to write", "lock", "sync", "unlock"]
    disk = Watched()
    logs.merge(disk=disk, dry_run=True)
    assert "sync" not in disk.calls


def test_a_merge_that_broke_off_is_completed_by_the_same_merge(two):
    """The same merge completes one that a full disk stopped, wherever it stopped."""
    ours, theirs = (
        lines(event("a")),
        lines(says("s", "b"), event("b"), withdraws("r", "b", reported="2016-11-29"), event("a")),
    )
    whole = two(ours, theirs)
    whole.merge()
    expected, length = understood(whole.ours), len(whole.ours.read_bytes()) - len(ours)
    for takes in range(0, length, 7):
        logs = two(ours, theirs)
        with pytest.raises(TimelineError, match=r"only \d+ of \d+ bytes were written"):
            logs.merge(disk=Watched(takes))
        assert set(understood(logs.ours)) <= set(expected)
        Timeline.open(logs.ours, ())
        logs.merge()
        assert understood(logs.ours) == expected


# The command --------------------------------------------------------------------------------------


def test_the_command_prints_what_was_added(two, monkeypatch):
    """Ids on stdout, all else on stderr; the lines themselves in a dry run."""
    logs = two(
        lines(event("a", recorded=LATE)),
        lines(event("b"), event("a", recorded=EARLY), event("c")) + b'{"id":"torn',
    )
    monkeypatch.chdir(logs.ours.parent)
    dry = run("merge", "ours.jsonl", "theirs.jsonl", "--dry-run")
    assert dry.stdout.encode() == lines(event("b"), event("c"), event("a", recorded=EARLY))
    assert (
        dry.stderr.splitlines()[-1]
        == "ours.jsonl: 2 events would be added, 1 event there already; nothing was written"
    )
    done = run("merge", "ours.jsonl", "theirs.jsonl")
    assert done.stdout == "b\nc\n"
    assert done.stderr.splitlines() == [
        "Warning: theirs.jsonl:4: an unfinished last line of 11 bytes is left out",
        f"a was recorded earlier in theirs.jsonl:2, {EARLY}: "
        "a line that says so was added, and counts",
        "ours.jsonl: 2 events added, 1 event there already",
    ]
    again = run("merge", "ours.jsonl", "theirs.jsonl")
    assert (again.stdout, again.stderr.splitlines()[-1]) == (
        "",
        "ours.jsonl: 0 events added, 3 events there already",
    )
    logs.theirs.write_bytes(lines(event("d", note="x\u202e")).replace(b",", b",\t"))
    assert run("merge", "ours.jsonl", "theirs.jsonl", "--dry-run").stdout.encode() == (
        lines(event("d", note="x\u202e"))
        .replace(b",", b", ")
        .replace("\u202e".encode(), b"\\u202e")
    )


def test_the_command_shows_every_conflict_with_both_lines(two, monkeypatch):
    """And ends with 1, having written nothing and chosen nothing."""
    ours, theirs = (
        lines(event("a"), event("b")),
        lines(event("c"), event("b", note="x\u202ey"), event("a", actor="opposition")),
    )
    logs = two(ours, theirs)
    monkeypatch.chdir(logs.ours.parent)
    refused = run("merge", "ours.jsonl", "theirs.jsonl", code=1)
    assert refused.stdout == ""
    said = refused.stderr.splitlines()
    for number, line in enumerate(ours.decode().splitlines(), 1):
        assert f"ours.jsonl:{number}: {line}" in said
    assert f"theirs.jsonl:3: {theirs.decode().splitlines()[2]}" in said
    assert any(line.startswith("theirs.jsonl:2: ") and "x\\u202ey" in line for line in said)
    errors = [line for line in said if line.startswith("Error: ")]
    assert len(errors) == 2
    assert (
        "theirs.jsonl:2: $.id: the id b stands at ours.jsonl:2 too, with other content" in errors[0]
    )
    assert "they differ in actor; give one of them an id of its own" in errors[1]
    assert (logs.ours.read_bytes(), logs.theirs.read_bytes()) == (ours, theirs)


def test_the_command_tells_of_torn_ends(two, monkeypatch):
    """Ours is recorded, theirs is not taken over, and both are said."""
    logs = two(lines(event("a")) + b"torn", lines(event("a")) + b"torn, too")
    monkeypatch.chdir(logs.ours.parent)
    append(logs.theirs, [event("b")])
    said = run("merge", "ours.jsonl", "theirs.jsonl").stderr.splitlines()
    assert (
        said[0] == "theirs.jsonl: 1 torn end recorded there, "
        "which is said of that file and is not taken over"
    )
    assert (
        said[1] == "ours.jsonl: 4 bytes at the end were never finished; "
        "they stay, and that they are no event was recorded"
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [("", 2), ("ours.jsonl", 2), ("ours.jsonl none.jsonl", 1), ("no.jsonl ours.jsonl", 1)],
)
def test_two_logs_are_needed(two, monkeypatch, arguments, code):
    monkeypatch.chdir(two().ours.parent)
    assert "Error: " in run("merge", *arguments.split(), code=code).stderr


# What a check says of copies ----------------------------------------------------------------------

COPIES = {
    "the second is earlier": (
        [LATE, EARLY],
        "a stands on lines 1 and 2 with the same content; line 2 counts: it was recorded first, ",
    ),
    "the first is earlier": (
        [EARLY, LATE],
        "a stands on lines 1 and 2 with the same content; line 1 counts: it was recorded first, ",
    ),
    "one does not say": ([None, LATE], "line 2 counts: it was recorded first, "),
    "at the same time": (
        [EARLY, EARLY],
        f"line 1 counts: none was recorded before {EARLY}, and it stands first",
    ),
    "none says": (
        [None, None],
        "line 1 counts: none says when it was recorded, and it stands first",
    ),
    "three": (
        [LATE, EARLY, LATE],
        "a stands on lines 1, 2 and 3 with the same content; "
        "line 2 counts: it was recorded first, ",
    ),
    "three, of which two are early": (
        [LATE, EARLY, EARLY],
        "line 2 counts: none was recorded before",
    ),
}


@pytest.mark.parametrize(
    ("stamps", "told"), [pytest.param(*row, id=name) for name, row in COPIES.items()]
)
def test_a_check_says_which_copy_counts_and_why(two, stamps, told):
    """Copies with one content are no problem, and the check names the one that readers take."""
    logs = two(lines(*(event("a", **({"recorded": stamp} if stamp else {})) for stamp in stamps)))
    found = check(logs.ours)
    assert found.problems == ()
    [warning] = found.warnings
    assert told in warning.found
    number = int(warning.found.partition("line ")[2].partition(" ")[0])
    assert read(logs.ours).events[0].recorded == (stamps[number - 1] or None)


def test_a_check_says_what_to_do_about_two_contents(two, monkeypatch):
    """A check names both lines, their differences and a remedy that loses nothing and works."""
    logs = two(lines(event("a"), event("b"), event("a", note="x", actor="opposition")))
    monkeypatch.chdir(logs.ours.parent)
    [found] = run("check", "--log", "ours.jsonl", code=3).stdout.splitlines()
    assert found == (
        "ours.jsonl:3: $.id: the id a stands on line 1 too, with other content; "
        "expected one content for one id (they differ in actor, note; "
        "give one of them an id of its own, and then retract the one that is wrong, if one is)"
    )
    logs.ours.write_bytes(lines(event("a"), event("b"), event("a-2", note="x", actor="opposition")))
    run("retract", "a-2", "--reason", "Not so.", "--reported", "2016-11-29", "--log", "ours.jsonl")
    assert run("check", "--log", "ours.jsonl").stdout == ""
