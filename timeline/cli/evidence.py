"""The commands that make the log evidence: they seal, verify, prove and record archived copies."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click

from timeline.cli.completion import EVENTS
from timeline.cli.console import hand_over, say, tell
from timeline.cli.options import with_log
from timeline.domain import city_file
from timeline.domain.events import EventId
from timeline.errors import Problem, TimelineError, UsageError
from timeline.evidence import archives, seals
from timeline.evidence.checkpoint import Note
from timeline.evidence.keys import SigningKey, VerifierKey
from timeline.evidence.proofs import Proof
from timeline.evidence.proofs import prove as prove_event
from timeline.evidence.verify import Findings
from timeline.evidence.verify import verify as verify_log
from timeline.log import reader
from timeline.log.ids import find_id
from timeline.storage.paths import city_path
from timeline.text import phrases, tables
from timeline.timeline import index_of

FILE = click.Path(path_type=Path)
"""A file that is named; whether it can be read is seen where it is."""


@click.command()
@with_log
@click.option(
    "--sign",
    "key_file",
    type=FILE,
    metavar="FILE",
    help="Sign the checkpoint with the private key in FILE.",
)
@click.option(
    "--new-key",
    "name",
    metavar="NAME",
    help="Only make a key of that name, in the file of --sign, and print its verifier key.",
)
@click.option(
    "--origin",
    metavar="NAME",
    help="What the log is called in its checkpoints, as example.org/aleppo; "
    "fixed by the first seal.",
)
@click.option(
    "--timestamp-token",
    "token",
    type=FILE,
    metavar="FILE",
    help="Keep a time stamp (RFC 3161) with the seal that it is for.",
)
def seal(
    path: str, key_file: Path | None, name: str | None, origin: str | None, token: Path | None
) -> None:
    """Seal the log as it is now, and print its checkpoint.

    That is the text to publish, to have signed or to have stamped. The seal is kept beside the log,
    in events.jsonl.seals. Only the lines since the last seal are read. The SHA-256 on stderr is
    what a time stamp is asked for; nothing here opens a connection.

    \b
    timeline seal > checkpoint.txt
    timeline seal --sign aleppo.key --new-key example.org/aleppo
    timeline seal --sign aleppo.key
    timeline seal --timestamp-token reply.tsr
    """
    flags = {"--new-key": name, "--origin": origin, "--timestamp-token": token}
    given = [flag for flag, value in flags.items() if value is not None]
    if token and key_file and len(given) == 1:
        given.insert(0, "--sign")
    if len(given) > 1:
        raise UsageError(Problem(" and ".join(given), "one of them"))
    if name is not None:
        say(_new_key(name, key_file))
    elif token is not None:
        stamped = seals.stamp(Path(path), _read(token))
        size = phrases.count(stamped.checkpoint.size, "line")
        tell(f"the time stamp is kept with the seal of {size}")
    else:
        _seal(Path(path), key_file, origin)


def _seal(log: Path, key_file: Path | None, origin: str | None) -> None:
    if key_file:
        keys = [SigningKey.parse(_text(key_file).removesuffix("\n"))]
        otherwise = keys[0].name
    else:
        keys = []
        otherwise = f"conflict-timeline/{city_file.load(city_path(log)).id}"
    done = seals.seal(log, origin=origin, otherwise=otherwise, keys=keys)
    hand_over(str(done.seal.note).removesuffix("\n"))
    checkpoint = done.seal.checkpoint
    sealed = f"{phrases.count(checkpoint.size, 'line')} sealed, {done.added} of them new"
    tell(f"{sealed}; SHA-256 of the checkpoint: {checkpoint.digest.hex()}")
    _tell_rest(log, done.seal.length)


def _tell_rest(log: Path, length: int) -> None:
    """Warn of bytes at the end of a log that are not sealed."""
    rest = log.stat().st_size - length
    if rest:
        unsealed = f"{log} ends in {rest} bytes that are not sealed"
        tell(f"Warning: {unsealed}: an unfinished line, or what was appended since")


def _new_key(name: str, file: Path | None) -> str:
    """Make a private key in a new file that only its owner can read; return its verifier key."""
    if file is None:
        expected = "--sign FILE, the file in which the key is made"
        raise UsageError(Problem("--new-key without --sign", expected))
    key = SigningKey.new(name)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8") as created:
            created.write(f"{key}\n")
    except OSError as error:
        raise TimelineError(Problem(f"{file} cannot be made: {error.strerror}")) from None
    return str(key.verifier)


@click.command()
@with_log
@click.option(
    "--since",
    "since",
    type=FILE,
    metavar="FILE",
    help="The checkpoint in FILE, which was published, must be one of this log.",
)
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="VERIFIER",
    help="This key must have signed the last seal, as name+id+base64.",
)
@click.option(
    "--authority",
    type=FILE,
    metavar="FILE",
    help="One of the certificates in FILE (PEM) must vouch for every time stamp.",
)
@click.option(
    "--archives",
    "copies",
    is_flag=True,
    help="Read the archived copies again, and compare them with their digests.",
)
@click.option(
    "--proof",
    "proof",
    type=FILE,
    metavar="FILE",
    help="Check the proof of one event that `prove` wrote; the log is not read.",
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def verify(
    path: str,
    since: Path | None,
    keys: Sequence[str],
    authority: Path | None,
    copies: bool,
    proof: Path | None,
    as_json: bool,
) -> None:
    """Check that the log is still what was sealed; exit 3 and name the first differing line if not.

    What no chain of seals can show is said each time: whether a log was rewritten together with its
    seals.

    \b
    timeline verify
    timeline verify --since checkpoint.txt --key 'example.org/aleppo+1f3c0a55+AQ…'
    timeline verify --proof hanano-captured.json --since checkpoint.txt
    """
    verifiers = [VerifierKey.parse(key) for key in keys]
    if proof is None:
        _verify_log(Path(path), since, verifiers, authority, copies, as_json)
    elif copies or authority:
        other = "--archives" if copies else "--authority"
        raise UsageError(Problem(f"--proof and {other}", "one of them"))
    else:
        _verify_proof(proof, since, verifiers, as_json)


def _verify_log(
    log: Path,
    since: Path | None,
    keys: Sequence[VerifierKey],
    authority: Path | None,
    copies: bool,
    as_json: bool,
) -> None:
    published = _note(since) if since else None
    certificates = _read(authority) if authority else None
    findings = verify_log(
        log,
        since=published,
        since_name=str(since),
        keys=keys,
        authority=certificates,
        copies=copies,
    )
    if as_json:
        hand_over(tables.to_json(findings.json()))
    else:
        _write_findings(findings, log)
    if findings.problems:
        sys.exit(3)


def _write_findings(findings: Findings, log: Path) -> None:
    for problem in findings.problems:
        say(str(problem))
    for warning in findings.warnings:
        tell(f"Warning: {warning}")
    tell(f"{log}: {findings.summary}")
    tell(findings.limits)
    for problem in _index_problems(log):
        tell(f"Warning: {problem}")


def _index_problems(log: Path) -> Sequence[Problem]:
    """Return the faults of the index of a log, with both read; none without index or city."""
    with suppress(TimelineError):
        index = index_of(log, click.get_current_context().obj)
        if index.path is not None and index.path.exists():
            return index.check()
    return ()


def _verify_proof(
    file: Path, since: Path | None, keys: Sequence[VerifierKey], as_json: bool
) -> None:
    proof = Proof.decode(_read(file), str(file))
    proof.check(keys=keys, since=_note(since) if since else None)
    if as_json:
        hand_over(tables.to_json(proof.json()))
        return
    say(proof.event)
    checkpoint = proof.checkpoint
    tell(f"{file}: line {proof.index + 1} of {checkpoint.size} of {checkpoint.origin}")
    if not (since or keys):
        tell("Whether this checkpoint is the log's own, no proof can show: see --since and --key.")


@click.command()
@click.argument("id", shell_complete=EVENTS)
@with_log
@click.option(
    "--since",
    "since",
    type=FILE,
    metavar="FILE",
    help="Prove too that the log extends the older checkpoint in FILE.",
)
def prove(id: str, path: str, since: Path | None) -> None:
    """Print a proof that an event stands in the sealed log, as JSON.

    `verify --proof` checks it without the log.

    \b
    timeline prove hanano-captured > hanano-captured.json
    timeline verify --proof hanano-captured.json --since checkpoint.txt
    """
    proof = prove_event(Path(path), id, _note(since) if since else None)
    hand_over(str(proof).removesuffix("\n"))


@click.command()
@click.argument("file", type=FILE)
@click.option(
    "--event",
    "event",
    metavar="ID",
    shell_complete=EVENTS,
    help="The event whose source it is a copy of.",
)
@click.option("--url", metavar="URL", help="Where the copy was made from.")
@click.option("--collector", metavar="NAME", help="Who made it.")
@with_log
def archive(
    file: Path, event: str | None, url: str | None, collector: str | None, path: str
) -> None:
    """Record the digest of an archived copy of a source; the next seal covers it.

    It is kept in events.jsonl.archives. The log stays as it is, and so does every answer. `verify
    --archives` reads the copies again.

    \b
    timeline archive copies/guardian-2016-11-28.html --event sakhour-seized-sohr
    """
    log = Path(path)
    id = _archived(log, event, file) if event is not None else None
    copy, new = archives.archive(log, file, event=id, url=url, collector=collector)
    say(copy.sha256)
    if not new:
        tell(f"{copy.path} is recorded already")


def _archived(log: Path, id: str, file: Path) -> EventId:
    """Return the id of an event of the log.

    Raises `TimelineError` where the event names the digest of another copy than the file's.
    """
    content = reader.read(log)
    whole_id = find_id(id, list(content.lines))
    event = next(event for event in content.events if event.id == whole_id)
    if event.archive is not None:
        digest, _ = archives.digest(file)
        if digest != event.archive.sha256:
            expected = f"{event.archive.sha256}, which {whole_id} names"
            raise TimelineError(Problem(f"the SHA-256 of {file} is {digest}", expected))
    return whole_id


def _note(file: Path) -> Note:
    return Note.decode(_read(file), str(file))


def _text(file: Path) -> str:
    try:
        return _read(file).decode()
    except UnicodeDecodeError:
        raise UsageError(Problem(f"{file} is not UTF-8", "a text")) from None


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(Problem(f"{file} cannot be read: {error.strerror}")) from None
