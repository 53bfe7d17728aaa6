"""The vocabulary: every type of event that a log may hold, as frozen classes with an explicit tag and a schema version.

An event is what somebody said about the city, never what is true of it. The envelope (`Event`) says
who, when and where it was printed; each type adds its own fields. Beside the events stands one
record of the log's own (`LogRepaired`). The classes hold every rule that an event can break by
itself; whether its names exist is the city's matter, and whether its references exist is the log's.
The tag and the version are written to the log; class names never are.
"""

import re
from functools import cache
from typing import Any, ClassVar, Literal, NewType, get_args

from attrs import field, fields, frozen

from timeline.errors import InvalidEvent, Problem, quoted
from timeline.temporal.dates import Moment, When

EventId = NewType("EventId", str)
"""A slug that names one event for good: readable when a person writes it, random when generated."""
PlaceId = NewType("PlaceId", str)
ActorId = NewType("ActorId", str)
SourceId = NewType("SourceId", str)
Slug = NewType("Slug", str)
"""A short name of a topic or negotiation, in lower-case letters, digits and single marks ``- _ . :`` between them."""
Text = NewType("Text", str)
Url = NewType("Url", str)
Grade = NewType("Grade", str)
"""An Admiralty code (NATO AJP-2.1, annex): reliability of the source A to F, credibility of the information 1 to 6."""

Ground = Literal["held", "contested"]
How = Literal["change", "observation"]
Measure = Literal["flow", "cumulative", "stock"]
Stance = Literal["agree", "disagree", "unclear", "comment", "predict"]
AidMove = Literal[
    "propose",
    "accept",
    "accept_with_conditions",
    "reject",
    "no_answer",
    "withdraw",
    "sign",
    "suspend",
    "resume",
    "deliver",
    "fail",
]
SiegeMove = Literal["begin", "tighten", "open_corridor", "close_corridor", "lift"]
Group = Literal["civilians", "combatants", "unspecified"]
Subject = Literal[
    "food", "water", "hospitals", "schools", "shelter", "communications", "infrastructure"
]
Level = Literal["normal", "strained", "critical", "none"]
AssessmentMeasure = Literal["share_held", "share_lost"]

MAX_INTEGER = 2**53 - 1
"""The largest number that every JSON reader keeps exactly (RFC 8259, section 6)."""
_SLUG = re.compile(r"[a-z0-9]+(?:[-_.:][a-z0-9]+)*", re.ASCII)
_URL = re.compile(r"https?://[^\s]+")
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_GRADES = frozenset(letter + digit for letter in "ABCDEF" for digit in "123456")


def is_slug(text: str) -> bool:
    """Return whether a text may name an event, a topic or a negotiation."""
    return len(text) <= 120 and _SLUG.fullmatch(text) is not None


def _told(help: str, **options: Any) -> Any:
    """Declare a field with the sentence that `timeline types` and the command line show for it."""
    return field(metadata={"help": help}, **options)


def _refuse(path: str, found: str, expected: str, hint: str = "") -> InvalidEvent:
    return InvalidEvent(Problem(found, expected, path=path, hint=hint))


@frozen(kw_only=True)
class Estimate:
    """A number of people as UCDP writes it: ``low ≤ best ≤ high``, each of which may be missing; a missing `high` is unbounded."""

    low: int | None = _told("the fewest, 0 when missing", default=None)
    best: int | None = _told("the most likely", default=None)
    high: int | None = _told("the most; unbounded when missing", default=None)

    def __attrs_post_init__(self) -> None:
        given = [n for n in (self.low, self.best, self.high) if n is not None]
        if given and min(given) < 0:
            raise _refuse("", f"{self}", "whole numbers, 0 or more")
        if given != sorted(given):
            raise _refuse("", f"{self}", "low ≤ best ≤ high")

    def __str__(self) -> str:
        return (
            " ".join(
                f"{f.name} {n}"
                for f in fields(Estimate)
                if (n := getattr(self, f.name)) is not None
            )
            or "no number"
        )


@frozen(kw_only=True)
class Share:
    """A share of a place, from 0 to 1, as a range: what is missing is 0 below and 1 above."""

    low: float | None = _told("the least share, 0 when missing", default=None)
    high: float | None = _told("the greatest share, 1 when missing", default=None)

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.least <= self.most <= 1:
            raise _refuse("", f"a share from {self.least:g} to {self.most:g}", "0 ≤ low ≤ high ≤ 1")

    @property
    def least(self) -> float:
        """The lower bound."""
        return 0.0 if self.low is None else self.low

    @property
    def most(self) -> float:
        """The upper bound."""
        return 1.0 if self.high is None else self.high


@frozen(kw_only=True)
class Archive:
    """An archived copy of what was printed, by which anyone can tell whether they hold the same bytes."""

    sha256: Text = _told("SHA-256 of the copy, 64 hexadecimal digits in lower case")
    collected_at: Moment | None = _told("when the copy was made", default=None)
    collector: Text | None = _told("who made it", default=None)
    url: Url | None = _told("where the copy can be had", default=None)

    def __attrs_post_init__(self) -> None:
        if not _SHA256.fullmatch(self.sha256):
            raise _refuse("$.sha256", quoted(self.sha256), "64 hexadecimal digits in lower case")
        if self.url is not None:
            _check_url("$.url", self.url)


@frozen(kw_only=True)
class Record:
    """What every line of a log has: a tag, its version, and a name of its own."""

    type: ClassVar[str]
    v: ClassVar[int] = 1

    id: EventId = _told(
        "unique name of the event: lower-case letters, digits and - _ . : between them"
    )


@frozen(kw_only=True)
class Event(Record):
    """The envelope: what every event says about who said it, when, and where it can be read."""

    occurred: When = _told("when it became true in the city, as exactly as it was said")
    reported: Moment = _told("when the source made it public")
    recorded: Moment | None = _told("when it was appended; set by the log", default=None)
    source: SourceId = _told("who says so")
    outlet: Text | None = _told("who printed it", default=None)
    url: Url | None = _told("where it was printed", default=None)
    locator: Text | None = _told("where in it: page, paragraph, minute", default=None)
    archive: Archive | None = _told("an archived copy", default=None)
    grade: Grade | None = _told(
        "Admiralty code, reliability A–F and credibility 1–6, as B2", default=None
    )
    wording: Text | None = _told(
        "a few of the source's own words, where the exact word matters", default=None
    )
    note: Text | None = _told("the recorder's note", default=None)
    supersedes: EventId | None = _told("the event that this one replaces", default=None)

    def __attrs_post_init__(self) -> None:
        _check_slug("$.id", self.id)
        if self.supersedes is not None:
            _check_slug("$.supersedes", self.supersedes)
            if self.supersedes == self.id:
                raise _refuse(
                    "$.supersedes", f"{self.id} supersedes itself", "the id of an earlier event"
                )
        if self.grade is not None and self.grade not in _GRADES:
            raise _refuse(
                "$.grade", quoted(self.grade), "an Admiralty code, A to F and 1 to 6, as B2"
            )
        if self.recorded is not None and not self.recorded.exact:
            raise _refuse(
                "$.recorded", str(self.recorded), "a time with an offset, as 2016-11-28T18:00:00Z"
            )
        if self.url is not None:
            _check_url("$.url", self.url)
        self._check()

    def _check(self) -> None:
        """Raise `InvalidEvent` for what breaks a rule of this type."""


@frozen(kw_only=True)
class ControlChange(Event):
    """Somebody says who holds a place: that it changed hands, or that it was so when they looked."""

    type: ClassVar[str] = "control_change"

    place: PlaceId = _told("the place")
    actor: ActorId | None = _told("who holds it; nobody when missing", default=None)
    ground: Ground = _told("held, or contested: fought over, no one holds it", default="held")
    extent: Share | None = _told(
        "the share of the place that the actor holds; all of it when missing", default=None
    )
    how: How = _told(
        "change: it became so then; observation: it was so then, as maps and tables say",
        default="change",
    )

    def _check(self) -> None:
        if self.actor is not None and self.ground == "contested":
            raise _refuse(
                "$.actor",
                f"{self.actor} on contested ground",
                "no actor: nobody holds a place that is fought over",
            )
        if self.actor is None and self.extent is not None:
            raise _refuse("$.extent", "a share of nobody's", "an actor who holds the share")


@frozen(kw_only=True)
class Displacement(Event):
    """People left one place for another."""

    type: ClassVar[str] = "displacement"

    origin: PlaceId | None = _told("where they came from; not said when missing", default=None)
    parts: tuple[PlaceId, ...] = _told(
        "the districts within the origin that were named", default=()
    )
    destination: PlaceId | None = _told("where they went; not said when missing", default=None)
    people: Estimate | None = _told("how many; no number was given when missing", default=None)
    measure: Measure = _told(
        "flow: these people, once; cumulative: all so far; stock: those there now", default="flow"
    )

    def _check(self) -> None:
        if self.origin is None and self.destination is None:
            raise _refuse("$.origin", "neither origin nor destination", "at least one of them")
        if self.parts and self.origin is None:
            raise _refuse("$.parts", "parts of no origin", "the origin that they lie in")


@frozen(kw_only=True)
class Statement(Event):
    """Somebody said something; what it is about may be another event, which it then supports, denies or doubts."""

    type: ClassVar[str] = "statement"

    stance: Stance = _told(
        "agree, disagree or unclear about other events; comment; predict (recorded, never state)"
    )
    about: tuple[EventId, ...] = _told("the events that it speaks of", default=())
    topic: Slug = _told("what it is about, in a word")
    summary: Text = _told("what was said, in the recorder's words")

    def _check(self) -> None:
        _check_slug("$.topic", self.topic)
        for index, about in enumerate(self.about):
            _check_slug(f"$.about[{index}]", about)
        if not self.about and self.stance in ("agree", "disagree", "unclear"):
            raise _refuse(
                "$.about", f"{self.stance} about nothing", "the ids of the events that it speaks of"
            )


@frozen(kw_only=True)
class AidNegotiation(Event):
    """A party made a move in a negotiation over aid."""

    type: ClassVar[str] = "aid_negotiation"

    negotiation: Slug = _told("which negotiation")
    party: ActorId = _told("whose move")
    move: AidMove = _told("what the party did")
    terms: Text | None = _told("the terms, in the recorder's words", default=None)

    def _check(self) -> None:
        _check_slug("$.negotiation", self.negotiation)


@frozen(kw_only=True)
class Casualties(Event):
    """People were killed or injured."""

    type: ClassVar[str] = "casualties"

    place: PlaceId = _told("where")
    killed: Estimate | None = _told("how many were killed; not said when missing", default=None)
    injured: Estimate | None = _told("how many were injured; not said when missing", default=None)
    group: Group = _told("civilians, combatants or unspecified", default="unspecified")
    cause: Text | None = _told("by what, in a word or two", default=None)
    measure: Measure = _told(
        "flow: these people, once; cumulative: all so far; stock: not used for deaths",
        default="flow",
    )

    def _check(self) -> None:
        if self.killed is None and self.injured is None:
            raise _refuse("$.killed", "neither killed nor injured", "at least one of them")
        if self.measure == "stock":
            raise _refuse("$.measure", "a stock of casualties", "flow or cumulative")


@frozen(kw_only=True)
class Siege(Event):
    """A move in the siege of a place."""

    type: ClassVar[str] = "siege"

    place: PlaceId = _told("the place besieged")
    move: SiegeMove = _told("begin, tighten, open or close a corridor, lift")
    by: ActorId | None = _told("the besieger; not said when missing", default=None)
    trapped: Estimate | None = _told(
        "how many people are trapped; not said when missing", default=None
    )


@frozen(kw_only=True)
class Condition(Event):
    """How one thing that people need is faring in a place."""

    type: ClassVar[str] = "condition"

    place: PlaceId = _told("where")
    subject: Subject = _told("what")
    level: Level = _told("how it is: normal, strained, critical or none left")
    summary: Text | None = _told("how it was described, in the recorder's words", default=None)


@frozen(kw_only=True)
class Assessment(Event):
    """Somebody's figure about the whole; it is recorded beside the replay and never applied to it."""

    type: ClassVar[str] = "assessment"

    measure: AssessmentMeasure = _told(
        "share_held now, or share_lost since a date, of what was held then"
    )
    actor: ActorId = _told("whose share")
    place: PlaceId = _told("of which place")
    share: Share = _told("the share, from 0 to 1")
    since: When | None = _told("since when, for share_lost", default=None)


@frozen(kw_only=True)
class Retraction(Event):
    """An event is withdrawn for good; what was retracted in error is asserted again by a new event."""

    type: ClassVar[str] = "retraction"

    target: EventId = _told("the event that is withdrawn")
    reason: Text = _told("why")

    def _check(self) -> None:
        _check_slug("$.target", self.target)
        if self.supersedes is not None:
            raise _refuse(
                "$.supersedes",
                "a retraction that replaces an event",
                "only a target: a retraction withdraws, and is final",
            )


@frozen(kw_only=True)
class LogRepaired(Record):
    """The log was found with an unfinished end: the bytes right before this line are no event. Only the log writes it."""

    # Nobody said it of the city, so it is no `Event`: it has no source, no window and no report,
    # and no question is answered from it.
    type: ClassVar[str] = "log_repaired"

    recorded: Moment = _told("when it was appended; set by the log")
    offset: int = _told("how many bytes stood before them when it was appended")
    length: int = _told("how many bytes they are, without what was added to end their line")
    sha256: Text = _told("SHA-256 of them, 64 hexadecimal digits in lower case")

    def __attrs_post_init__(self) -> None:
        _check_slug("$.id", self.id)
        if not self.recorded.exact:
            raise _refuse(
                "$.recorded", str(self.recorded), "a time with an offset, as 2016-11-28T18:00:00Z"
            )
        if self.offset < 0 or self.length < 1:
            raise _refuse(
                "$.length", f"{self.length} bytes at {self.offset}", "1 or more at 0 or more"
            )
        if not _SHA256.fullmatch(self.sha256):
            raise _refuse("$.sha256", quoted(self.sha256), "64 hexadecimal digits in lower case")


EVENT_TYPES: tuple[type[Event], ...] = (
    ControlChange,
    Displacement,
    Statement,
    AidNegotiation,
    Casualties,
    Siege,
    Condition,
    Assessment,
    Retraction,
)
"""Every type of event, in the order in which they are documented."""

TYPES = {event_type.type: event_type for event_type in EVENT_TYPES}
"""Every type of event by its tag."""

RECORD_TYPES: tuple[type[Record], ...] = (*EVENT_TYPES, LogRepaired)
"""Everything that a line of a log may be: an event, which somebody said about the city, or what the log says of itself."""

HEAD = ("id", "occurred", "reported", "recorded", "source")
TAIL = ("outlet", "url", "locator", "archive", "grade", "wording", "note", "supersedes")
"""The envelope's fields before and after a type's own, in the order in which a line is written."""


def field_names(event_type: type[Record]) -> tuple[str, ...]:
    """Return the names of a type's fields in the order in which they are written to the log."""
    hashable: Any = event_type
    return _field_names(hashable)


@cache
def _field_names(event_type: Any) -> tuple[str, ...]:
    there = {f.name for f in fields(event_type)}
    return tuple(name for name in HEAD + own_names(event_type) + TAIL if name in there)


def own_names(event_type: type[Record]) -> tuple[str, ...]:
    """Return the names of the fields that a type adds to the envelope, in the order in which they are written."""
    return tuple(f.name for f in fields(event_type) if f.name not in HEAD + TAIL)


def fields_of(event_type: type[Event], *kinds: Any) -> tuple[str, ...]:
    """Return the names of the fields that hold one of `kinds`, alone, optional or several: ``fields_of(Siege, ActorId)`` is ``("by",)``."""
    hashable: Any = event_type
    return _fields_of(hashable, kinds)


@cache
def _fields_of(event_type: Any, kinds: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(
        f.name for f in fields(event_type) if f.type in kinds or set(get_args(f.type)) & set(kinds)
    )


def _check_slug(path: str, text: str) -> None:
    if not is_slug(text):
        raise _refuse(
            path,
            quoted(text),
            "lower-case letters, digits and single - _ . : between them, as sakhour-seized-sohr",
        )


def _check_url(path: str, text: str) -> None:
    if not _URL.fullmatch(text):
        raise _refuse(path, quoted(text), "an address that begins with https:// or http://")
