"""Whether a log is still what was sealed, and what nobody can tell from that.

Every line is hashed once. Each seal that is held, and a checkpoint that was published, must have
the root that the log's first lines have today. Where one has not, the leaves that were sealed name
the first line that differs.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from attrs import asdict, evolve, field, frozen

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
    """What somebody says that the log was: a checkpoint, where it stands, and the seal that it is of, None for one that was published."""

    where: str
    note: Note
    seal: Seal | None = None

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint."""
        return self.note.checkpoint


@frozen
class Mark:
    """The first lines of a log as they are today: how many bytes they take, and the tree over them."""

    length: int = 0
    frontier: Frontier = field(factory=Frontier)

    def after(self, lines: Sequence[bytes]) -> "Mark":
        """Return the mark behind some lines more."""
        return Mark(
            self.length + sum(map(len, lines)) + len(lines),
            self.frontier.extend(leaf_hashes(lines)),
        )


@frozen(kw_only=True)
class Findings:
    """What verifying found.

    Attributes:
        lines: how many whole lines the log has.
        sealed: how many lines its seals cover.
        intact: up to which line it is what was sealed or published.
        seals: how many seals are held.
        vouched: up to which line somebody vouches for it who cannot have been rewritten with the
            log.
        unfinished: how many bytes follow the last whole line.
        problems: what is not as it was sealed, signed, stamped or archived.
        warnings: what could not be checked.
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
        """What was verified, in a sentence."""
        first, last = self.sealed + 1, self.lines
        rest = (
            f", not sealed: {f'{first} to ' if first < last else ''}{last}" if first <= last else ""
        )
        torn = f", {self.unfinished} bytes of an unfinished line" if self.unfinished else ""
        sealed = f"{phrases.count(self.lines, 'line')}, {self.sealed} sealed by {phrases.count(self.seals, 'seal')}"
        return f"{sealed}{rest}{torn}; {phrases.count(len(self.problems), 'problem')}"

    @property
    def limits(self) -> str:
        """What this cannot show, in a sentence."""
        if self.lines and self.vouched == self.lines:
            return "The whole log is what a checkpoint says that was published, or that was signed or stamped by somebody whom you trust."
        after = f"the lines after {self.vouched} were" if self.vouched else "the log was"
        remedy = "Only a checkpoint held elsewhere can (--since), or one signed (--key) or time-stamped (--authority) by somebody else."
        return f"What no chain of seals can show: whether {after} rewritten together with the seals. {remedy}"

    def json(self) -> dict[str, Any]:
        """Return the findings as JSON values."""
        numbers = {
            name: getattr(self, name)
            for name in ("lines", "sealed", "intact", "seals", "vouched", "unfinished")
        }
        problems = [
            {name: text for name, text in asdict(problem).items() if text}
            for problem in self.problems
        ]
        return {
            **numbers,
            "problems": problems,
            "warnings": list(self.warnings),
            "limits": self.limits,
        }


def verify(
    log: Path,
    *,
    since: Note | None = None,
    since_name: str = "the checkpoint",
    keys: Sequence[VerifierKey] = (),
    authority: bytes | None = None,
    copies: bool = False,
) -> Findings:
    """Return what is no longer as it was sealed, of a log and of all that stands beside it.

    The log must extend `since`, a checkpoint that was published and stands in a file named
    `since_name`. Each of the `keys` must have signed the last seal and that checkpoint, and where
    it signed another one the signature must be good. One of the certificates in PEM of an
    `authority` must vouch for every time stamp. With `copies` the archived copies are read again.
    Raises `NothingFound` for a log that nobody sealed.
    """
    held, problems = _held(log)
    claims = [*held, *([Claim(since_name, since)] if since else [])]
    if not claims and not problems:
        hint = "`timeline seal` makes one; --since compares with a checkpoint that you hold"
        raise NothingFound(Problem(f"{log} has no seal", hint=hint))
    marks, end = measure(log, (claim.checkpoint.size for claim in claims))
    good, bad = _apart(claims, marks)
    intact = _reach(good)
    signed, unsigned = _signed(claims, held, keys)
    stamped, unstamped, warnings = _stamped(held, authority)
    trusted = [
        claim for claim in good if claim in signed | stamped or (claim.seal is None and not keys)
    ]
    problems += [
        *_differing(log, bad, intact),
        *_disagreeing(claims, good, marks),
        *unsigned,
        *unstamped,
    ]
    problems += [*_uncovered(log, claims), *(_altered(log) if copies else ())]
    return Findings(
        lines=end.frontier.size,
        sealed=_reach(held),
        intact=intact,
        seals=len(held),
        vouched=_reach(trusted),
        unfinished=log.stat().st_size - end.length,
        problems=tuple(problems),
        warnings=tuple(warnings),
    )


def _reach(claims: Iterable[Claim]) -> int:
    """Return how many lines some claims cover."""
    return max((claim.checkpoint.size for claim in claims), default=0)


def _held(log: Path) -> tuple[list[Claim], list[Problem]]:
    """Return the seals that can be read, and what is wrong with the others."""
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
    """Return the marks behind the first so many lines of a log, for each of some numbers that it reaches, and the one behind the last."""
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


def _apart(claims: Iterable[Claim], marks: Mapping[int, Mark]) -> tuple[list[Claim], list[Claim]]:
    """Return the claims that the log fits today, and the others."""
    good: list[Claim] = []
    bad: list[Claim] = []
    for claim in claims:
        mark = marks.get(claim.checkpoint.size)
        (good if mark and mark.frontier.root() == claim.checkpoint.root else bad).append(claim)
    return good, bad


# What differs -------------------------------------------------------------------------------------


def _differing(log: Path, bad: Sequence[Claim], intact: int) -> Iterator[Problem]:
    """Yield the first line that differs from what was sealed, and the checkpoints that belong to another log."""
    beyond = sorted(
        (claim for claim in bad if claim.checkpoint.size > intact),
        key=lambda claim: claim.checkpoint.size,
    )
    if beyond:
        yield _first_line(log, beyond, intact)
    for claim in bad:
        if claim.checkpoint.size <= intact:
            found = f"the root of {phrases.count(claim.checkpoint.size, 'line')} is not that of this log, which fits a later checkpoint"
            yield Problem(
                found,
                where=claim.where,
                hint="this checkpoint was altered, or is one of another log",
            )


def _first_line(log: Path, claims: Sequence[Claim], intact: int) -> Problem:
    """Return the problem that the lines of a log are not what some checkpoints say, with the first line that is not, if it can be told."""
    covering = f"as {' and '.join(claim.where for claim in claims[:3])}{' and others' if len(claims) > 3 else ''} had it"
    for claim in reversed(claims):
        before = seals.sealed_leaves(log, claim.checkpoint)
        if before is not None:
            today = [leaf for lines in chunks(log) for leaf in leaf_hashes(lines)]
            number, what = difference(before, today)
            return Problem(what, "the line that was sealed", where=f"{log}:{number}", hint=covering)
    size = claims[0].checkpoint.size
    found = f"something from line {intact + 1} to line {size} is not what was sealed"
    return Problem(
        found,
        where=str(log),
        hint=f"{covering}; the leaves that would name the line are missing, or are of another log",
    )


def difference(before: Sequence[bytes], today: Sequence[bytes]) -> tuple[int, str]:
    """Return the number of the first line that is not what it was, and what happened to it, as far as its leaf and the others tell."""
    index = next(
        index
        for index, (old, new) in enumerate(zip_longest(before, today[: len(before)]))
        if old != new
    )
    if index == len(today):
        return (
            index + 1,
            f"the log ends before line {index + 1}, and {phrases.count(len(before), 'line')} were sealed",
        )
    gone, new = before[index] not in today[index:], today[index] not in before[index:]
    copy = (
        f"a line was inserted, a copy of line {before.index(today[index]) + 1}"
        if today[index] in before[:index]
        else "a line was inserted"
    )
    what = {
        (True, True): "the line was altered",
        (True, False): "a line was removed",
        (False, True): copy,
        (False, False): "the lines stand in another order",
    }
    return index + 1, what[gone, new]


def _disagreeing(
    claims: Sequence[Claim], good: Sequence[Claim], marks: Mapping[int, Mark]
) -> Iterator[Problem]:
    """Yield the seals that do not agree with each other, or with the length of the log that they cover."""
    for claim in claims:
        if claim.checkpoint.origin != claims[0].checkpoint.origin:
            yield Problem(
                f"a checkpoint of {claim.checkpoint.origin}",
                claims[0].checkpoint.origin,
                where=claim.where,
            )
    for claim in good:
        length = marks[claim.checkpoint.size].length
        if claim.seal and claim.seal.length != length:
            yield Problem(
                f"a seal over {claim.seal.length} bytes",
                f"{length}, which its lines take",
                where=claim.where,
            )


# Who vouches for it -------------------------------------------------------------------------------


def _signed(
    claims: Sequence[Claim], held: Sequence[Claim], keys: Sequence[VerifierKey]
) -> tuple[set[Claim], list[Problem]]:
    """Return what one of the keys signed, and the signatures that are bad, or are missing where they are needed."""
    needed = [
        claim for claim in claims if claim.seal is None or claim.checkpoint.size == _reach(held)
    ]
    signed: set[Claim] = set()
    problems: list[Problem] = []
    for key in keys:
        by_key = []
        for claim in claims:
            try:
                by_key += [claim] if key.signed(claim.note) else []
            except NotVerified as error:
                problems += _here(claim, error)
        signed |= set(by_key)
        problems += _missing(needed, by_key, key)
    return signed, problems


def _here(claim: Claim, error: NotVerified) -> list[Problem]:
    return [evolve(problem, where=claim.where) for problem in error.problems]


def _missing(
    needed: Sequence[Claim], signed: Sequence[Claim], key: VerifierKey
) -> Iterator[Problem]:
    """Yield the checkpoints that a key should have signed, and of several records of one seal has signed none."""
    done = {(claim.seal is None, claim.checkpoint.size) for claim in signed}
    asked = {(claim.seal is None, claim.checkpoint.size): claim for claim in needed}
    for which, claim in asked.items():
        if which not in done:
            yield Problem(f"no good signature by {key.name}", f"one by {key}", where=claim.where)


def _stamped(
    held: Sequence[Claim], authority: bytes | None
) -> tuple[set[Claim], list[Problem], list[str]]:
    """Return the seals that an authority stamped, the stamps that are bad, and what could not be checked."""
    stamped: set[Claim] = set()
    problems: list[Problem] = []
    warnings: list[str] = []
    for claim in held:
        for data in claim.seal.stamps if claim.seal else ():
            try:
                _check_stamp(claim, data, authority)
                stamped |= {claim} if authority else set()
            except NotVerified as error:
                problems += _here(claim, error)
            except UsageError:
                raise
            except TimelineError as error:
                warnings.append(f"{claim.where}: a time stamp is not checked: {error}")
    return stamped, problems, warnings


def _check_stamp(claim: Claim, data: bytes, authority: bytes | None) -> None:
    read = stamps.read(data)
    if not read.covers(claim.checkpoint):
        raise NotVerified(Problem("a time stamp for something else", "one for this checkpoint"))
    if authority:
        stamps.trust(read, authority)


# Archived copies ----------------------------------------------------------------------------------


def _uncovered(log: Path, claims: Sequence[Claim]) -> Iterator[Problem]:
    for claim in claims:
        if not archives.covered(log, claim.checkpoint):
            yield Problem(
                "not the list of archived copies that was sealed",
                where=str(archives_path(log)),
                hint=f"by {claim.where}",
            )


def _altered(log: Path) -> Iterator[Problem]:
    try:
        yield from archives.problems(log, reading.read(log).lines)
    except TimelineError as error:
        yield from error.problems
