"""Verifying tells whether a log is still what was sealed, and what nobody can tell from that.

Every line is hashed once. Each seal and published checkpoint must have the root of the log's first
lines today; where one has not, the sealed leaves name the first line that differs.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from attrs import asdict, field, frozen

from timeline.errors import NothingFound, NotVerified, Problem, TimelineError, UsageError
from timeline.evidence import archives, seals
from timeline.evidence import timestamps as stamps
from timeline.evidence.checkpoint import Checkpoint, Note
from timeline.evidence.keys import VerifierKey
from timeline.evidence.merkle import Frontier, leaf_hashes
from timeline.evidence.seals import Seal
from timeline.evidence.sidecar import chunks, records
from timeline.log import reader as reading
from timeline.storage.paths import archives_path, seals_path
from timeline.text import phrases


@frozen
class Claim:
    """A checkpoint, the place where it stands, and its seal; None for a published checkpoint."""

    where: str
    note: Note
    seal: Seal | None = None

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint."""
        return self.note.checkpoint


@frozen
class Mark:
    """The first lines of a log as they are today: their length in bytes and their tree."""

    length: int = 0
    frontier: Frontier = field(factory=Frontier)

    def after(self, lines: Sequence[bytes]) -> "Mark":
        """Return the mark behind some lines more."""
        length = sum(map(len, lines)) + len(lines)
        return Mark(self.length + length, self.frontier.extend(leaf_hashes(lines)))


@frozen(kw_only=True)
class Findings:
    """The result of verifying a log, its lengths in lines, `unfinished` in bytes.

    `intact` ends what is as sealed or published, `vouched` what somebody vouches for who cannot
    have been rewritten with the log. `warnings` say what could not be checked.
    """

    lines: int
    sealed: int
    intact: int
    seals: int
    vouched: int
    unfinished: int
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...]

    @property
    def summary(self) -> str:
        """A sentence about all that was verified."""
        lines, seals = phrases.count(self.lines, "line"), phrases.count(self.seals, "seal")
        torn = f", {self.unfinished} bytes of an unfinished line" if self.unfinished else ""
        problems = phrases.count(len(self.problems), "problem")
        return f"{lines}, {self.sealed} sealed by {seals}{self._unsealed}{torn}; {problems}"

    @property
    def _unsealed(self) -> str:
        first, last = self.sealed + 1, self.lines
        if first > last:
            return ""
        return f", not sealed: {last}" if first == last else f", not sealed: {first} to {last}"

    @property
    def limits(self) -> str:
        """A sentence about all that this cannot show."""
        if self.lines and self.vouched == self.lines:
            return (
                "The whole log is what a checkpoint says that was published, or that was signed or "
                "stamped by somebody whom you trust."
            )
        after = f"the lines after {self.vouched} were" if self.vouched else "the log was"
        return (
            f"What no chain of seals can show: whether {after} rewritten together with the seals. "
            "Only a checkpoint held elsewhere can (--since), or one signed (--key) or time-stamped "
            "(--authority) by somebody else."
        )

    def json(self) -> dict[str, Any]:
        """Return the findings as JSON values."""
        values = asdict(self, recurse=False) | {"warnings": list(self.warnings)}
        values["problems"] = [_nonempty(problem) for problem in self.problems]
        return values | {"limits": self.limits}


def _nonempty(problem: Problem) -> dict[str, str]:
    return {name: text for name, text in asdict(problem).items() if text}


def verify(
    log: Path,
    *,
    since: Note | None = None,
    since_name: str = "the checkpoint",
    keys: Sequence[VerifierKey] = (),
    authority: bytes | None = None,
    copies: bool = False,
) -> Findings:
    """Return all that is no longer as it was sealed, in a log and in the files beside it.

    The log must extend `since`, a published checkpoint. Each key must have signed it and the last
    seal. One of the `authority`'s certificates in PEM must vouch for every time stamp. With
    `copies`, archived copies are read again. Raises `NothingFound` for a log that nobody sealed.
    """
    held, damaged = _held(log)
    claims = [*held, Claim(since_name, since)] if since else held
    if not claims and not damaged:
        hint = "`timeline seal` makes one; --since compares with a checkpoint that you hold"
        raise NothingFound.because(f"{log} has no seal", hint=hint)
    contents = _compare(log, claims)
    signed, unsigned = _signed(claims, held, keys)
    stamped, unstamped, warnings = _stamped(held, authority)
    vouched = signed | stamped
    if not keys:
        vouched |= {claim for claim in claims if claim.seal is None}
    altered = _altered(log) if copies else ()
    wrong = (damaged, contents.problems, unsigned, unstamped, _uncovered(log, claims), altered)
    return Findings(
        lines=contents.end.frontier.size,
        sealed=_reach(held),
        intact=_reach(contents.good),
        seals=len(held),
        vouched=_reach(claim for claim in contents.good if claim in vouched),
        unfinished=log.stat().st_size - contents.end.length,
        problems=tuple(chain.from_iterable(wrong)),
        warnings=tuple(warnings),
    )


def _reach(claims: Iterable[Claim]) -> int:
    """Return how many lines some claims cover."""
    return max((claim.checkpoint.size for claim in claims), default=0)


def _held(log: Path) -> tuple[list[Claim], list[Problem]]:
    """Return the seals that can be read, and the problems of the others."""
    claims: list[Claim] = []
    problems: list[Problem] = []
    for record in records(seals_path(log)):
        try:
            seal = Seal.read(record)
            claims.append(Claim(record.where, seal.note, seal))
        except NotVerified as error:
            problems += error.problems
    return claims, problems


def measure(log: Path, sizes: Iterable[int]) -> tuple[dict[int, Mark], Mark]:
    """Return a log's marks behind some numbers of lines, as far as it goes, and behind the last."""
    todo = sorted(set(sizes), reverse=True)
    mark, marks = Mark(), {0: Mark()}
    for chunk in chunks(log):
        lines = chunk
        while todo and todo[-1] <= mark.frontier.size + len(lines):
            count = todo.pop() - mark.frontier.size
            mark, lines = mark.after(lines[:count]), lines[count:]
            marks[mark.frontier.size] = mark
        mark = mark.after(lines)
    return marks, mark


# The contents -------------------------------------------------------------------------------------


@frozen
class _Contents:
    """The mark behind a log's last line, the claims that the log fits, and the problems."""

    end: Mark
    good: list[Claim]
    problems: list[Problem]


def _compare(log: Path, claims: Sequence[Claim]) -> _Contents:
    """Return how the lines of a log compare with what some claims say of them."""
    marks, end = measure(log, (claim.checkpoint.size for claim in claims))
    good: list[Claim] = []
    bad: list[Claim] = []
    for claim in claims:
        mark = marks.get(claim.checkpoint.size)
        fits = mark is not None and mark.frontier.root() == claim.checkpoint.root
        (good if fits else bad).append(claim)
    differing = _differing(log, bad, _reach(good))
    return _Contents(end, good, [*differing, *_disagreeing(claims, good, marks)])


def _differing(log: Path, bad: Sequence[Claim], intact: int) -> Iterator[Problem]:
    """Yield the first line that is not as it was sealed, and the checkpoints of another log."""
    beyond = [claim for claim in bad if claim.checkpoint.size > intact]
    if beyond:
        yield _first_line(log, sorted(beyond, key=lambda claim: claim.checkpoint.size), intact)
    hint = "this checkpoint was altered, or is one of another log"
    for claim in bad:
        if claim.checkpoint.size <= intact:
            root = f"the root of {phrases.count(claim.checkpoint.size, 'line')}"
            found = f"{root} is not that of this log, which fits a later checkpoint"
            yield Problem(found, where=claim.where, hint=hint)


def _first_line(log: Path, claims: Sequence[Claim], intact: int) -> Problem:
    """Return the problem of the first line that is not as claimed, if the leaves can tell it."""
    names = " and ".join(claim.where for claim in claims[:3])
    covering = f"as {names}{' and others' if len(claims) > 3 else ''} had it"
    for claim in reversed(claims):
        before = seals.sealed_leaves(log, claim.checkpoint)
        if before is not None:
            today = [leaf for lines in chunks(log) for leaf in leaf_hashes(lines)]
            number, change = difference(before, today)
            expected, where = "the line that was sealed", f"{log}:{number}"
            return Problem(change, expected, where=where, hint=covering)
    size = claims[0].checkpoint.size
    found = f"something from line {intact + 1} to line {size} is not what was sealed"
    lost = "the leaves that would name the line are missing, or are of another log"
    return Problem(found, where=str(log), hint=f"{covering}; {lost}")


def difference(before: Sequence[bytes], today: Sequence[bytes]) -> tuple[int, str]:
    """Return the number of the first line that changed, and the change, as its leaf tells it."""
    pairs = enumerate(zip_longest(before, today[: len(before)]))
    index = next(index for index, (old, new) in pairs if old != new)
    number = index + 1
    if index == len(today):
        sealed = phrases.count(len(before), "line")
        return number, f"the log ends before line {number}, and {sealed} were sealed"
    is_gone, is_new = before[index] not in today[index:], today[index] not in before[index:]
    if is_gone:
        return number, "the line was altered" if is_new else "a line was removed"
    if not is_new:
        return number, "the lines stand in another order"
    if today[index] in before[:index]:
        return number, f"a line was inserted, a copy of line {before.index(today[index]) + 1}"
    return number, "a line was inserted"


def _disagreeing(
    claims: Sequence[Claim], good: Sequence[Claim], marks: Mapping[int, Mark]
) -> Iterator[Problem]:
    """Yield the seals that do not agree with each other, or with the length of the log."""
    for claim in claims:
        origin, expected = claim.checkpoint.origin, claims[0].checkpoint.origin
        if origin != expected:
            yield Problem(f"a checkpoint of {origin}", expected, where=claim.where)
    for claim in good:
        length = marks[claim.checkpoint.size].length
        if claim.seal and claim.seal.length != length:
            found = f"a seal over {claim.seal.length} bytes"
            yield Problem(found, f"{length}, which its lines take", where=claim.where)


# Who vouches for it -------------------------------------------------------------------------------


def _signed(
    claims: Sequence[Claim], held: Sequence[Claim], keys: Sequence[VerifierKey]
) -> tuple[set[Claim], list[Problem]]:
    """Return the claims that a key signed, and the signatures that are bad or missing."""
    last = _reach(held)
    needed = [claim for claim in claims if claim.seal is None or claim.checkpoint.size == last]
    signed: set[Claim] = set()
    problems: list[Problem] = []
    for key in keys:
        by_key: list[Claim] = []
        for claim in claims:
            try:
                by_key += [claim] if key.signed(claim.note) else []
            except NotVerified as error:
                problems += error.located(where=claim.where).problems
        signed.update(by_key)
        problems += _missing(needed, by_key, key)
    return signed, problems


def _missing(
    needed: Sequence[Claim], signed: Sequence[Claim], key: VerifierKey
) -> Iterator[Problem]:
    """Yield the checkpoints that a key should have signed; of a seal, one record is enough."""
    done = {(claim.seal is None, claim.checkpoint.size) for claim in signed}
    asked = {(claim.seal is None, claim.checkpoint.size): claim for claim in needed}
    for checkpoint, claim in asked.items():
        if checkpoint not in done:
            yield Problem(f"no good signature by {key.name}", f"one by {key}", where=claim.where)


def _stamped(
    held: Sequence[Claim], authority: bytes | None
) -> tuple[set[Claim], list[Problem], list[str]]:
    """Return the seals that an authority stamped, the bad stamps, and those not checked."""
    stamped: set[Claim] = set()
    problems: list[Problem] = []
    warnings: list[str] = []
    tokens = [(claim, data) for claim in held if claim.seal for data in claim.seal.stamps]
    for claim, data in tokens:
        try:
            _check_stamp(claim, data, authority)
            stamped |= {claim} if authority else set()
        except NotVerified as error:
            problems += error.located(where=claim.where).problems
        except UsageError:
            raise
        except TimelineError as error:
            warnings.append(f"{claim.where}: a time stamp is not checked: {error}")
    return stamped, problems, warnings


def _check_stamp(claim: Claim, data: bytes, authority: bytes | None) -> None:
    token = stamps.read(data)
    if not token.covers(claim.checkpoint):
        raise NotVerified.because("a time stamp for something else", "one for this checkpoint")
    if authority:
        stamps.trust(token, authority)


# Archived copies ----------------------------------------------------------------------------------


def _uncovered(log: Path, claims: Sequence[Claim]) -> Iterator[Problem]:
    path = str(archives_path(log))
    for claim in claims:
        if not archives.covered(log, claim.checkpoint):
            found = "not the list of archived copies that was sealed"
            yield Problem(found, where=path, hint=f"by {claim.where}")


def _altered(log: Path) -> Iterator[Problem]:
    try:
        yield from archives.problems(log, reading.read(log).lines)
    except TimelineError as error:
        yield from error.problems
