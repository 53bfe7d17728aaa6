"""Lines that need not be decoded to be known as valid: of most in a large log, all but the id and the dates stands in another line too.

A line in the plainest shape there is, whose source stands, byte for byte, in a line that was
decoded and admitted in full, and whose own fields do so too, is valid if its id and its dates are,
for no rule looks at both. Ids and times are held to patterns that no invalid one matches; what is
vaguer than a minute is read as any date is. Whoever reads lines remembers what was admitted, and
decodes every other line.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import tzinfo

from timeline.domain.event_fields import fields_of, own_names
from timeline.domain.events import Event, Text
from timeline.errors import UsageError
from timeline.log.fast_decode import members
from timeline.log.strict_json import MAX_LINE
from timeline.temporal.dates import When, Window

LONG = 200
"""How long own fields are at most that are remembered: what is longer is hardly said again."""

_DAY = r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
_TIME = rf"(?!000[01]|9999)[0-9]{{4}}-{_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]"
"""Times to the minute that are surely there; for the 29th of February one needs a calendar."""
_ID = r"(?=[^\"]{1,120}\")[a-z0-9]++(?:[-_.:][a-z0-9]++)*+"
_TEXT = r"[!#-\[\]-~][ !#-\[\]-~]*+"
"""A text of plain letters and marks; others are left to who knows more of them."""

Shapes = Mapping[str, "re.Pattern[str]"]
"""The plainest shape of the lines of some types, by the tag."""

SAYING = (2, 3, 4, 6, 7)
"""The groups that say when, since when and by whom what is said: minute, vague, reported, source and own; by number, for speed."""


def shapes(kinds: Iterable[type[Event]]) -> Shapes:
    """Return the shapes of types of event, with these groups in this order, each None where a line has no such thing.

    ``id``; when it occurred: ``minute``, a minute of UTC, or ``vague``, any other date;
    ``reported``, a minute of UTC; ``recorded``; the members ``source`` and ``own``, those of the
    type; the texts ``outlet`` and ``locator``; ``grade``; the texts ``wording`` and ``note``.
    """
    return {kind.type: _shape(kind) for kind in kinds if kind.v == 1}


def plain(known: Shapes, raw: bytes) -> "re.Match[str] | None":
    """Return what a line, with its newline, holds in one of the known shapes; None where it has none of them."""
    try:
        line = raw.decode()
    except UnicodeDecodeError:
        return None
    start = line.find('","type":"') + 10
    shape = known.get(line[start : line.find('"', start)])
    return shape.fullmatch(line) if shape and len(raw) <= MAX_LINE else None


def window(vague: str, zone: tzinfo) -> Window | None:
    """Return the window of any date; None for what is no date."""
    try:
        return When(vague).window(zone)
    except UsageError:
        return None


def _shape(kind: type[Event]) -> "re.Pattern[str]":
    """Return the pattern of a line of a type that has no more than texts in its envelope: its times, its source, what it says."""
    head = rf'\{{"id":"(?P<id>{_ID})","type":"{kind.type}","v":1,"occurred":"(?:(?P<minute>{_TIME}Z)|(?P<vague>[0-9X][^"\\]*+))"'
    times = rf',"reported":"(?P<reported>{_TIME}Z)"(?:,"recorded":"(?P<recorded>{_TIME}(?::[0-5][0-9])?+Z)")?+'
    content = f"(?P<source>{members(kind, ('source',))})(?P<own>{members(kind, own_names(kind))})"
    texts = {name: rf'(?:,"{name}":"(?P<{name}>{_TEXT})")?+' for name in fields_of(Event, Text)}
    grade = r'(?:,"grade":"(?P<grade>[A-F][1-6])")?+'
    tail = f"{texts['outlet']}{texts['locator']}{grade}{texts['wording']}{texts['note']}"
    return re.compile(rf"{head}{times}{content}{tail}\}}\n")
