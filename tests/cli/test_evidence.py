"""The commands that make the log evidence, from the first seal to a proof far from the log."""

import json
import stat
import sys
from pathlib import Path

import pytest
from aleppo import CLAIM
from commandline import asked, give, refused, run
from timestamps import LINES, ORIGIN, ROOT, SHA256

from timeline.evidence.checkpoint import Note
from timeline.evidence.keys import SigningKey, VerifierKey

PROJECT = Path(__file__).parents[2]
KEY = SigningKey("example.org/aleppo", bytes(range(32)))
VERIFIER = str(KEY.verifier)


@pytest.fixture
def folder(folder) -> Path:
    """Return the folder where commands are given, with a private key."""
    (folder / "key").write_text(f"{KEY}\n")
    return folder


@pytest.fixture
def copy(folder) -> str:
    """Return the file of an archived copy."""
    Path("copies").mkdir()
    Path("copies/page.html").write_text("<p>")
    return "copies/page.html"


def test_from_a_first_seal_to_a_second(log):
    """Seal, publish, append, seal again, verify."""
    published = give("seal --sign key")
    assert "sealed, 39 of them new; SHA-256 of the checkpoint: " in published.stderr
    note = Note.parse(published.stdout)
    assert (note.checkpoint.origin, note.checkpoint.size) == ("example.org/aleppo", 39)
    assert KEY.verifier.signed(note)
    Path("held.txt").write_text(published.stdout)
    give(f"append {CLAIM} --id new-1")
    assert "40 lines, 39 sealed by 1 seal, not sealed: 40; 0 problems" in run("verify").stderr
    assert "40 lines sealed, 1 of them new" in give("seal --sign key").stderr
    verified = give(f"verify --since held.txt --key {VERIFIER}")
    assert verified.stdout == ""
    sealed, whole = (
        "40 lines, 40 sealed by 2 seals; 0 problems",
        "The whole log is what a checkpoint",
    )
    assert f"{sealed}\n{whole} says" in verified.stderr


def test_a_proof_is_checked_in_a_folder_without_a_log(log):
    away = log.parent / "away"
    away.mkdir()
    (away / "held.txt").write_text(give("seal --sign key").stdout)
    give(f"append {CLAIM}")
    give("seal --sign key")
    (away / "proof.json").write_text(give("prove sakhour-seized --since away/held.txt").stdout)
    log.unlink()
    check = "verify --proof away/proof.json"
    checked = give(f"{check} --since away/held.txt --key {VERIFIER}")
    assert json.loads(checked.stdout)["id"] == "sakhour-seized-sohr"
    assert "away/proof.json: line 1 of 40 of example.org/aleppo" in checked.stderr
    assert "no proof can show" not in checked.stderr
    assert "no proof can show" in give(check).stderr
    assert asked(check)["index"] == 0


def test_a_change_is_named_and_the_exit_code_is_3(log):
    run("seal")
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join([*lines[:6], *lines[7:]]))
    result = run("verify", code=3)
    removed = "a line was removed; expected the line that was sealed"
    assert result.stdout == f"events.jsonl:7: {removed} (as events.jsonl.seals:1 had it)\n"
    limits = (
        "What no chain of seals can show: whether the log was rewritten together with the seals."
    )
    assert limits in result.stderr
    findings = asked("verify", code=3)
    assert findings["problems"][0]["where"] == "events.jsonl:7"
    assert (findings["sealed"], findings["lines"], findings["intact"]) == (39, 38, 0)
    assert findings["limits"]


def test_a_log_is_called_after_its_city_where_nothing_else_names_it(log):
    assert run("seal").stdout.splitlines()[:2] == ["conflict-timeline/aleppo", "39"]
    expected = "expected conflict-timeline/aleppo, as the seals before have it"
    refused(give("seal --origin other", code=2), [f"the origin other; {expected}"])


def test_a_log_is_called_as_its_first_seal_says(log):
    assert give("seal --origin example.org/x").stdout.startswith("example.org/x\n39\n")
    assert give("seal --sign key").stdout.startswith("example.org/x\n39\n")


def test_an_unfinished_line_is_told(log):
    log.write_bytes(log.read_bytes() + b'{"id"')
    assert "Warning: events.jsonl ends in 5 bytes that are not sealed" in run("seal").stderr
    assert "5 bytes of an unfinished line; 0 problems" in run("verify").stderr


def test_a_key_is_made_for_its_owner_alone(folder):
    shown = give("seal --sign new --new-key example.org/aleppo").stdout
    verifier = VerifierKey.parse(shown.strip())
    assert SigningKey.parse(Path("new").read_text().strip()).verifier == verifier
    assert stat.S_IMODE(Path("new").stat().st_mode) == 0o600
    assert not Path("events.jsonl.seals").exists()
    again = give("seal --sign new --new-key again", code=1)
    refused(again, ["new cannot be made: File exists"])
    give("seal --sign new")
    run("verify", "--key", str(verifier))


def test_a_missing_and_a_bad_signature(log):
    run("seal")
    unsigned = give(f"verify --key {VERIFIER}", code=3)
    assert "no good signature by example.org/aleppo" in unsigned.stdout
    Path("held.txt").write_text(give("seal --sign key").stdout)
    give(f"verify --key {VERIFIER}")
    held = Path("held.txt")
    held.write_text(held.read_text().replace("\n39\n", "\n38\n"))
    problems = give(f"verify --since held.txt --key {VERIFIER}", code=3).stdout
    assert "held.txt: the root of 38 lines is not that of this log" in problems
    assert "held.txt: the signature by example.org/aleppo is not one of this text" in problems


def test_without_the_library_a_signature_is_not_made_or_checked(log, monkeypatch):
    Path("held.txt").write_text(give("seal --sign key").stdout)
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric.ed25519", None)
    message = ["this needs the library cryptography (pip install 'conflict-timeline[seals]')"]
    refused(give("seal --sign key", code=1), message)
    refused(give(f"verify --key {VERIFIER}", code=1), message)
    run("seal")
    give("verify --since held.txt")


def test_a_time_stamp_from_elsewhere(log):
    log.write_bytes(b"".join(line + b"\n" for line in LINES))
    Path("reply.tsr").write_bytes(SHA256)
    Path("root.pem").write_bytes(ROOT)
    refused(give("seal --timestamp-token reply.tsr", code=3), ["a time stamp for something else"])
    digest = run("seal", "--origin", ORIGIN).stderr.split()[-1]
    assert digest == Note.parse(run("seal").stdout).checkpoint.digest.hex()
    stamped = give("seal --timestamp-token reply.tsr")
    assert stamped.stderr == "the time stamp is kept with the seal of 3 lines\n"
    assert "The whole log is what a checkpoint says" in give("verify --authority root.pem").stderr
    Path("reply.tsr").write_bytes(SHA256[:-1])
    refused(give("seal --timestamp-token reply.tsr", code=3), ["no time stamp"])


def test_an_archived_copy_is_recorded_once_and_changes_nothing_else(log, copy):
    before, state = log.read_bytes(), give("state --json --at 2016-11-28").stdout
    command = f"archive {copy} --event sakhour-seized --url https://example.org"
    digest = give(command).stdout.strip()
    assert give(command).stdout.strip() == digest
    [record] = map(json.loads, Path("events.jsonl.archives").read_text().splitlines())
    assert (record["sha256"], record["path"]) == (digest, copy)
    assert record["event"] == "sakhour-seized-sohr"
    assert log.read_bytes() == before
    assert give("state --json --at 2016-11-28").stdout == state


def test_an_archived_copy_that_was_altered_is_told_where_it_is_read(log, copy):
    give(f"archive {copy} --event sakhour-seized")
    run("seal")
    give("verify --archives")
    Path(copy).write_text("<p>\x1b[31m")
    assert f"{copy}: the archived copy was altered" in give("verify --archives", code=3).stdout
    run("verify")


def test_a_copy_that_is_not_the_one_that_an_event_names(log, copy):
    zeros = "0" * 64
    give(f"append {CLAIM} --id new-1 --archive-sha256 {zeros}")
    message = (f"the SHA-256 of {copy} is ", f"{zeros}, which new-1 names")
    refused(give(f"archive {copy} --event new-1", code=1), [message])
    assert not Path("events.jsonl.archives").exists()


MISTAKES = {
    # command line, exit code, messages
    "no seal to verify": ("verify", 4, ["events.jsonl has no seal (`timeline seal` makes one"]),
    "no seal to prove under": (
        "prove hanano-captured",
        3,
        ["hanano-captured is not sealed yet (`timeline seal` seals it)"],
    ),
    "unknown event to prove": ("prove xyzzy", 4, ["no event xyzzy"]),
    "no log to seal": ("seal --log nowhere/events.jsonl", 1, ["no city file"]),
    "no log to verify": ("verify --log nowhere.jsonl --since held", 1, ["no log nowhere.jsonl"]),
    "no checkpoint": (
        "verify --since nowhere",
        2,
        ["nowhere cannot be read: No such file or directory"],
    ),
    "something else for a checkpoint": ("verify --since city.toml", 3, ["city.toml: "]),
    "no key": ("verify --key hello", 2, ["the key hello; expected name+id+base64"]),
    "no name of a key": ("verify --key ''", 2, ["the name '' of a key"]),
    "private key to verify with": (
        f"verify --key {KEY}",
        2,
        ["a private key; expected the verifier key"],
    ),
    "verifier key to sign with": (
        "seal --sign verifier",
        2,
        ["no private key; expected PRIVATE+KEY+name+id+base64"],
    ),
    "no file to sign with": ("seal --sign nowhere", 2, ["nowhere cannot be read"]),
    "folder to sign with": ("seal --sign .", 2, ["Is a directory"]),
    "no file for a new key": (
        "seal --new-key x",
        2,
        ["--new-key without --sign; expected --sign FILE"],
    ),
    "name with a space": ("seal --new-key 'a b' --sign new", 2, ["a name without spaces and plus"]),
    "two things at once": (
        "seal --new-key x --origin y",
        2,
        ["--new-key and --origin; expected one of them"],
    ),
    "stamp and sign at once": (
        "seal --sign key --timestamp-token x",
        2,
        ["--sign and --timestamp-token"],
    ),
    "origin of two lines": ("seal --origin 'a\nb'", 3, ["a checkpoint"]),
    "no time stamp": (
        "seal --timestamp-token city.toml",
        3,
        ["no time stamp; expected a token of RFC 3161"],
    ),
    "no proof": ("verify --proof city.toml", 3, ["city.toml: "]),
    "no file of a proof": ("verify --proof nowhere", 2, ["nowhere cannot be read"]),
    "proof and copies": (
        "verify --proof x --archives",
        2,
        ["--proof and --archives; expected one of them"],
    ),
    "no copy": (
        "archive nowhere.html",
        1,
        ["nowhere.html cannot be read: No such file or directory"],
    ),
    "folder for a copy": ("archive .", 1, ["Is a directory"]),
    "copy of no event": ("archive city.toml --event xyzzy", 4, ["no event xyzzy"]),
    "nothing to archive": ("archive", 2, ["Missing argument"]),
}


@pytest.mark.parametrize(
    ("line", "code", "messages"),
    [pytest.param(*row, id=name) for name, row in MISTAKES.items()],
)
def test_a_mistake_is_told_in_a_sentence(log, line, code, messages):
    """One message for each problem, the exit code of its kind, and nothing left beside the log."""
    Path("verifier").write_text(VERIFIER)
    Path("held").write_text("example.org/x\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")
    before = {path: path.read_bytes() for path in Path().iterdir()}
    refused(give(line, code=code), messages)
    left = {path: path.read_bytes() for path in Path().iterdir() if path.stat().st_size}
    assert left == before
