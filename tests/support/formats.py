"""Every command that reads, the formats that it writes, and readers of these."""

import csv
import io
import json
import re

import pytest

FORMATS = ("--json", "--nl", "--csv", "--tsv")
READERS = {
    "state": ("state --at 2016-11-30", FORMATS),
    "state of a place": ("state sakhour", FORMATS),
    "policies": ("state --policy all", FORMATS),
    "explain": ("explain sakhour", FORMATS),
    "explain aid": ("explain --aid un-aid-delivery", FORMATS),
    "history": ("history", FORMATS),
    "history of flows": ("history --of displacement", FORMATS),
    "history of statements": ("history --of statements --along both", FORMATS),
    "diff": ("diff 2016-11-24 2016-12-01", FORMATS),
    "diff of a hypothesis": ("diff 2016-12-01", FORMATS),
    "hindsight": ("hindsight", FORMATS),
    "log": ("log", FORMATS),
    "show": ("show hanano-captured", ("--json",)),
    "assessments": ("check --assessments", ("--json",)),
}
EVERY = [pytest.param(line, formats, id=name) for name, (line, formats) in READERS.items()]
MARKED = [
    pytest.param(line, wanted, id=f"{name} as {wanted.removeprefix('--')}")
    for name, (line, formats) in READERS.items()
    for wanted in ("text", *formats)
]
"""Each of these commands in each format, as text too."""

UNSAFE = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def unsafe(text: str) -> list[str]:
    """Return the characters of a text that could steer a terminal, or turn text round."""
    return UNSAFE.findall(text)


def records_of(text: str, wanted: str) -> list[dict]:
    """Return the records of newline-delimited JSON, CSV or TSV."""
    return list(map(json.loads, text.splitlines())) if wanted == "--nl" else rows(text, wanted)


def rows(text: str, wanted: str) -> list[dict[str, str]]:
    """Return the rows of a CSV or TSV as a strict reader has them."""
    delimiter = {"--csv": ",", "--tsv": "\t"}[wanted]
    read = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    assert all(None not in row and None not in row.values() for row in read)
    return read
