"""The page as one file: what it holds, its style and its script in a template, and a policy that lets nothing else run or load.

Texts of the log stand in the data block alone, as JSON, or compressed where there are many; the
script enters them into the page as texts. The few names in the template itself are escaped by it.
"""

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import Any

from attrs import frozen

from timeline.errors import TimelineError, needing
from timeline.evidence.seals import held, latest
from timeline.text import phrases
from timeline.visual.page.content import Progress, Request, content

SCRIPTS = (
    "data",
    "times",
    "lookup",
    "parts",
    "filters",
    "map",
    "charts",
    "panel",
    "compare",
    "save",
    "main",
)
"""The parts of the script, in the order in which they stand in the page."""
WATCH = "watch"
"""The part that asks whether the log has grown, of a page that is served."""

READABLE = 160_000
"""Up to how many characters of data stand in the page as they are, to be read and searched by people."""

_COMMENT = re.compile(r"^[ ]*/\*.*?\*/$", re.MULTILINE | re.DOTALL)
"""A comment that stands alone."""

GZIP, SMALL_BLOCKS = 31, 5
"""What zlib calls the format, and how much memory it is given: with less it suits its code to each column, and 3 % fewer bytes come out."""

PLAIN, PACKED = "application/json", "application/gzip"


@frozen
class Made:
    """A page, and its content security policy."""

    text: str
    policy: str


def page(request: Request, progress: Progress = lambda _: None) -> str:
    """Return the page of a timeline: HTML that loads nothing, and looks the same to the byte when it is made again.

    Raises `TimelineError` where the extra `pictures` is not installed, and what drawing a map
    raises.
    """
    return made(request, progress).text


def made(
    request: Request, progress: Progress = lambda _: None, *, version: str | None = None
) -> Made:
    """Return the page of a timeline and its policy; one that is served knows its `version`, and asks whether there is another."""
    with needing("jinja2", "pictures"):
        import jinja2
    holds = content(request, progress)
    patterns = holds.pop("patterns")
    style, script = _part("page.css"), _script(SCRIPTS if version is None else (*SCRIPTS, WATCH))
    policy = _policy(style, script, asks=version is not None)
    kind, data = _block(holds)
    template = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True
    )
    safe = jinja2.utils.markupsafe.Markup  # type: ignore[attr-defined]  # jinja2 re-exports the whole module
    text = template.from_string(_part("page.html.j2")).render(
        **_told(request, holds),
        served=version,
        policy=policy,
        style=safe(style),
        script=safe(script),
        patterns=safe(patterns),
        data=safe(data),
        data_type=kind,
    )
    return Made(text, policy)


def _told(request: Request, holds: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the template itself tells of the page."""
    city = request.timeline.city
    root = city.places[city.id]
    name = phrases.safe(city.name)
    return {
        "title": f"{name}: who held which district when, as it was known when",
        "city": {"name": name, "arabic": phrases.safe(root.arabic or ""), "zone": str(city.zone)},
        "supposed": holds["supposed"],
        "origin": holds["origin"],
        "policy_summary": holds["policy"]["summary"],
        "every": request.step,
        "rules": holds["rules"],
        "schematic": holds["map"]["schematic"],
        "seal": _seal(request),
        "version": _version(),
    }


def _seal(request: Request) -> str:
    """Return what is sealed of the log, in words."""
    log = request.timeline.log
    try:
        seal = latest(held(log.path))
    except TimelineError:
        return "damaged; `timeline verify` tells more"
    if seal is None:
        return "none; `timeline seal` makes one"
    root = base64.b64encode(seal.checkpoint.root).decode()
    return f"the first {phrases.count(seal.checkpoint.size, 'line')}, root {root}, as {phrases.safe(seal.checkpoint.origin)}"


def _version() -> str:
    try:
        return version("conflict-timeline")
    except PackageNotFoundError:
        return "from its source"


def _block(holds: Mapping[str, Any]) -> tuple[str, str]:
    """Return the data for its block in the page, with its kind: JSON in which no mark of HTML stands, or that compressed."""
    text = json.dumps(holds, ensure_ascii=False, separators=(",", ":"))
    if len(text) <= READABLE:
        for mark in ("<", ">", "&", "\u2028", "\u2029"):
            text = text.replace(mark, f"\\u{ord(mark):04x}")
        return PLAIN, text
    packer = zlib.compressobj(9, zlib.DEFLATED, GZIP, SMALL_BLOCKS)
    packed = packer.compress(text.encode()) + packer.flush()
    return PACKED, base64.b85encode(packed).decode().replace(
        "<", ","
    )  # so that it begins no tag; the comma stands for nothing else


def _policy(style: str, script: str, *, asks: bool) -> str:
    """Return the content security policy: this style and this script, and nothing from anywhere else but, where it asks, its server."""
    own = [
        base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()
        for part in (style, script)
    ]
    rules = {
        "default-src": "'none'",
        "style-src": f"'sha256-{own[0]}'",
        "script-src": f"'sha256-{own[1]}'",
        "img-src": "data: blob:",
        **({"connect-src": "'self'"} if asks else {}),
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _script(names: Sequence[str]) -> str:
    """Return the script: its parts one after another, in a scope of their own, without what only explains them or sets them in."""
    parts = "\n".join(_part(f"script/{name}.js") for name in names)
    bare = _COMMENT.sub("", parts)
    lines = (line.strip() for line in bare.splitlines())
    return (
        '(() => {{\n"use strict"; // with comments: timeline/visual/page/script\n{}\n}})();'.format(
            "\n".join(filter(None, lines))
        )
    )


def _part(name: str) -> str:
    return files("timeline.visual.page").joinpath(name).read_text("utf-8")
