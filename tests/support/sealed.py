"""A log of numbered statements, and the keys that sign it, for the tests of seals and of proofs."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from timeline.domain.events import Event
from timeline.evidence.keys import SigningKey
from timeline.evidence.seals import Sealed, seal
from timeline.evidence.verify import Findings
from timeline.log.codec import CODEC

ORIGIN = "example.org/log"
KEY, OTHER = SigningKey("aleppo", bytes(range(32))), SigningKey("other", bytes(32))
FIELDS = {
    "type": "statement",
    "v": 1,
    "occurred": "2016",
    "reported": "2016",
    "source": "s",
    "stance": "comment",
    "topic": "t",
}


def event(number: int) -> Event:
    """Return the statement of that number."""
    return CODEC.structure(FIELDS | {"id": f"e-{number}", "summary": f"S{number}."})


LINES = [CODEC.encode(event(number)) for number in range(50)]


def whole(lines: Iterable[bytes]) -> bytes:
    """Return lines as they stand in a file."""
    return b"".join(line + b"\n" for line in lines)


def grow(log: Path, lines: Iterable[bytes], **options: Any) -> Sealed:
    """Add lines to a log and seal it."""
    with log.open("ab") as file:
        file.write(whole(lines))
    return seal(log, otherwise=ORIGIN, **options)


def messages(findings: Findings) -> list[str]:
    """Return the problems that verifying found, as they are shown."""
    return list(map(str, findings.problems))
