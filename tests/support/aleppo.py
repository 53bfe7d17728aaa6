"""The shipped log of Aleppo, and events that may be added to it: as options, and as lines."""

import json
import re
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
EVENTS = [json.loads(line) for line in (ROOT / "events.jsonl").read_bytes().splitlines()]
DAY = "2016-11-28"

ENVELOPE = "--source sohr --occurred 2016-11-29 --reported 2016-11-30"
CLAIM = f"control_change --place sakhour --actor government {ENVELOPE}"
FLIGHT = f"displacement --origin sakhour {ENVELOPE}"
WORD = f"statement --topic sakhour --summary 'Says so.' {ENVELOPE}"
"""Events as they are typed behind `append`."""

RUDE = "a\x1b[31mb\u202ec\nd\x9be"
"""A text that could steer a terminal."""
KIND = "حلب می‌خواهم 👩‍👧"
"""A text of scripts that must stay whole."""
TEXT = f"{RUDE} {KIND}"

HEAD = {
    "id": "new-1",
    "v": 1,
    "occurred": "2016-11-29",
    "reported": "2016-11-30",
    "source": "sohr",
}

ORIGIN = ["city", "cut", "policy", "log"]
"""The keys of JSON by which an answer says what it comes from."""
CONTROL = [
    "holder",
    "status",
    "certain",
    "ground",
    "shares",
    "since",
    "before",
    "last_heard",
    "rule",
    "because",
    "against",
    "unclear",
    "inherited_from",
]
"""The keys of an answer about control."""
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")


def line(**fields) -> str:
    """Return a line about people who fled, with other fields."""
    return json.dumps(HEAD | {"type": "displacement", "origin": "sakhour"} | fields)


def claim(**fields) -> str:
    """Return a line about the government in Sakhour, with other fields."""
    held = {"type": "control_change", "place": "sakhour", "actor": "government"}
    return json.dumps(HEAD | held | fields)


def supposed(id: str = "new-1", **fields) -> str:
    """Return a line about the opposition in Sakhour, with other fields."""
    return claim(id=id, source="tv-reports", **{"actor": "opposition", **fields})


def remark(id: str = "new-1", **fields) -> str:
    """Return a line about a comment, with other fields."""
    comment = {"type": "statement", "stance": "comment", "topic": "t", "summary": "s"}
    return json.dumps(HEAD | {"id": id, "source": "tv-reports"} | comment | fields)


def withdrawal(target: str, id: str = "new-1") -> str:
    """Return a line that retracts an event."""
    retraction = {"id": id, "type": "retraction", "target": target, "reason": "An error."}
    return json.dumps(HEAD | retraction)


def as_bytes(content: bytes | list[str]) -> bytes:
    """Return a file of some lines, or of some bytes."""
    if isinstance(content, bytes):
        return content
    return "".join(f"{line}\n" for line in content).encode()


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return every file of a folder with its bytes and the time at which it was written."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def last(log: Path) -> dict:
    """Return the last event of a log, without the time at which it was recorded."""
    event = json.loads(log.read_bytes().splitlines()[-1])
    assert datetime.fromisoformat(event.pop("recorded")).tzinfo
    return event


def _rude_lines() -> list[str]:
    head = HEAD | {"source": "tv-reports"}
    texts = dict.fromkeys(("summary", "note", "wording", "outlet", "locator"), TEXT)
    water = {"type": "condition", "place": "sakhour", "subject": "water", "level": "none"}
    offer = {"type": "aid_negotiation", "negotiation": "n", "party": "un", "move": "propose"}
    dead = {"type": "casualties", "place": "sakhour", "killed": {"low": 1}}
    retraction = {"type": "retraction", "target": "jabal-badro-captured"}
    others = (
        water | {"id": "rude-2", "summary": TEXT},
        offer | {"id": "rude-3", "terms": TEXT},
        dead | {"id": "rude-4", "cause": TEXT},
        retraction | {"id": "rude-5", "reason": TEXT},
    )
    denial = remark("rude-1", stance="disagree", about=["sakhour-seized-sohr"], **texts)
    return [denial, *(json.dumps(head | other) for other in others)]


RUDE_LINES = _rude_lines()
"""Lines whose every free text could steer a terminal."""
