"""The page as one file: its data, style and script, and a policy that lets nothing else run.

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
"""The part of a served page that asks whether the log has grown."""

READABLE = 160_000
"""Up to how many characters of data stand in the page uncompressed, for people to read."""

_COMMENT = re.compile(r"^[ ]*/\*.*?\*/$", re.MULTILINE | re.DOTALL)
"""A comment that stands alone."""

GZIP, SMALL_BLOCKS = 31, 5
"""The format by its number in zlib, and its memory: little, so that each column has its code."""

PLAIN, PACKED = "application/json", "application/gzip"


@frozen
class Made:
    """A page, and its content security policy."""

    text: str
    policy: str


def page(request: Request, progress: Progress = lambda _: None) -> str:
    """Return the page of a timeline: HTML that loads nothing, the same for the same log.

    Raises `TimelineError` where the extra `pictures` is not installed, and the errors of drawing.
    """
    return made(request, progress).text


def made(
    request: Request, progress: Progress = lambda _: None, *, version: str | None = None
) -> Made:
    """Return the page of a timeline and its policy; with a `version`, it asks for newer ones."""
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
    text = template.from_string(_part("page.html.j2")).render(
        **_names(request, holds),
        served=version,
        policy=policy,
        style=style,
        script=script,
        patterns=patterns,
        data=data,
        data_type=kind,
    )
    return Made(text, policy)


def _names(request: Request, holds: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the names in the template."""
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
    """Return the sealed part of the log in words."""
    log = request.timeline.log
    try:
        seal = latest(held(log.path))
    except TimelineError:
        return "damaged; `timeline verify` tells more"
    if seal is None:
        return "none; `timeline seal` makes one"
    lines = phrases.count(seal.checkpoint.size, "line")
    root, origin = _base64(seal.checkpoint.root), phrases.safe(seal.checkpoint.origin)
    return f"the first {lines}, root {root}, as {origin}"


def _version() -> str:
    try:
        return version("conflict-timeline")
    except PackageNotFoundError:
        return "from its source"


def _block(holds: Mapping[str, Any]) -> tuple[str, str]:
    """Return the kind of the data block and its text: JSON without marks of HTML, or compressed."""
    text = json.dumps(holds, ensure_ascii=False, separators=(",", ":"))
    if len(text) <= READABLE:
        for mark in ("<", ">", "&", "\u2028", "\u2029"):
            text = text.replace(mark, f"\\u{ord(mark):04x}")
        return PLAIN, text
    packer = zlib.compressobj(9, zlib.DEFLATED, GZIP, SMALL_BLOCKS)
    packed = packer.compress(text.encode()) + packer.flush()
    text = base64.b85encode(packed).decode()
    return PACKED, text.replace("<", ",")  # begins no tag; the comma stands for nothing else


def _policy(style: str, script: str, *, asks: bool) -> str:
    """Return the policy: this style, this script, and no connection but to a server it asks."""
    rules = [
        "default-src 'none'",
        f"style-src '{_digest(style)}'",
        f"script-src '{_digest(script)}'",
        "img-src data: blob:",
        *(["connect-src 'self'"] if asks else []),
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join(rules)


def _digest(part: str) -> str:
    """Return the digest by which a policy allows a part of the page (CSP 3, hash-source)."""
    return f"sha256-{_base64(hashlib.sha256(part.encode()).digest())}"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _script(names: Sequence[str]) -> str:
    """Return the parts of the script in a scope of their own, without comments and indents."""
    parts = "\n".join(_part(f"script/{name}.js") for name in names)
    lines = (line.strip() for line in _COMMENT.sub("", parts).splitlines())
    head = '"use strict"; // with comments: timeline/visual/page/script'
    return "\n".join(["(() => {", head, *filter(None, lines), "})();"])


def _part(name: str) -> str:
    return files("timeline.visual.page").joinpath(name).read_text("utf-8")
