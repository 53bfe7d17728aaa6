"""The look of an answer: its colours, its pattern and letters that say the same without colour.

A colour never stands alone: each district has letters, doubt has a pattern, and letters are dark or
light by their ground, at a contrast of 4.5 to 1 or more (WCAG 2.2, 1.4.3).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from attrs import evolve, frozen

from timeline.domain.city import Actor, City
from timeline.domain.events import ActorId, ControlChange, Event, EventId
from timeline.errors import Problem, TimelineError

Kind = Literal["plain", "stripes", "checks", "bands"]
Actors = tuple[ActorId | None, ...]

PAPER, DARK, LIGHT, QUIET = "#FFFFFF", "#16181D", "#FFFFFF", "#4A4F5A"
"""The colours of the sheet, of dark and of light letters, and of small print."""

UNKNOWN, NOT_SAID, NOBODY, ALARM = "#D8D8D4", "#B4B4AE", "#F6F4EC", "#8A1C1C"
"""The colours of places without claims, of unnamed fighters, of nobody's places, and of alarms."""

SPARE = ("#7A68A6", "#5B8C5A", "#C9864A", "#4F5D75", "#B56B8F", "#8C8C46")
"""For actors without a colour, in the order of the city file."""


@frozen
class Face:
    """The look of a district.

    Attributes:
        kind: plain; striped where disputed; checked where fought over; in bands where divided.
        colours: its colours, the holder's first.
        letters: its holder in letters, with the same doubt.
        actors: whose colours they are; None for nobody known.
        light: whether it is drawn lighter, because it is only claimed or may not have happened yet.
        shares: how wide each band is; together one.
        disputed: whether somebody who could know says otherwise.
    """

    kind: Kind
    colours: tuple[str, ...]
    letters: str
    actors: Actors = ()
    light: bool = False
    shares: tuple[float, ...] = ()
    disputed: bool = False

    @property
    def ways(self) -> tuple[str, ...]:
        """The letters, then shorter: closely, the holder's with the doubt, one alone."""
        first = re.split(r"[/×|]", self.letters.partition("›")[2] or self.letters)[0].strip(" ?()")
        doubt = "?" if self.letters.endswith("?") and first else ""
        close = self.letters.replace(" ", "")
        return self.letters, close, f"{first}{doubt}" or "?", first[:1] or "?"

    @property
    def ink(self) -> str:
        """The colour of letters on it; on a pattern they are dark and have a light edge."""
        return ink(self.colours[0]) if self.kind == "plain" else DARK

    @property
    def edged(self) -> bool:
        """Whether letters on it need a light edge to be read."""
        return self.kind != "plain"


@frozen
class Palette:
    """The colour and the letters of each actor."""

    colours: Mapping[ActorId, str]
    letters: Mapping[ActorId, str]

    @classmethod
    def of(cls, city: City) -> "Palette":
        """Return the palette of a city; raise `TimelineError` for a colour that is none."""
        spare = iter(SPARE * (len(city.actors) // len(SPARE) + 1))
        colours = {id: _colour(actor) or next(spare) for id, actor in city.actors.items()}
        return cls(colours, _letters(city.actors.values()))

    def face(self, answer: Any, events: Mapping[EventId, Event], city: City) -> Face:
        """Return the face of a control answer; `events` are those that it names."""
        if answer.status == "unknown":
            return Face("plain", (UNKNOWN,), "?", (None,))
        light = answer.status == "claimed" or not answer.certain
        disputed = answer.status == "disputed"
        if answer.ground == "contested" or (disputed and answer.holder is None):
            sides = _sides(answer.against, events, city)
            return self._between(answer, [*_holders(answer.because, events), *sides], light)
        if answer.ground == "divided":
            return self._divided(answer, light)
        if answer.holder is None:
            return Face("plain", (NOBODY,), "–", (None,), light)
        if disputed:
            return self._disputed(answer, _sides(answer.against, events, city), light)
        return self._painted("plain", self._held(answer), (answer.holder,), light)

    def colour(self, actor: ActorId | None, *, light: bool = False) -> str:
        """Return the colour of an actor, or of nobody known."""
        plain = UNKNOWN if actor is None else self.colours[actor]
        return mixed(plain, PAPER, 0.58) if light else plain

    def letter(self, actor: ActorId | None) -> str:
        """Return the letter of an actor; a question mark for nobody known."""
        return "?" if actor is None else self.letters[actor]

    def _held(self, answer: Any) -> str:
        letter = self.letter(answer.holder)
        if not answer.certain:
            return f"{self.letter(answer.before)}›{letter}?" if answer.before else f"{letter}?"
        return f"({letter})" if answer.status == "claimed" else letter

    def _painted(self, kind: Kind, letters: str, actors: Actors, light: bool) -> Face:
        """Return a face in the colours of actors."""
        colours = tuple(self.colour(actor, light=light) for actor in actors)
        return Face(kind, colours, letters, actors, light)

    def _disputed(self, answer: Any, sides: Sequence[ActorId], light: bool) -> Face:
        """Return stripes of the holder and of up to two rivals."""
        rivals = [side for side in sides if side != answer.holder][:2]
        letters = f"{self.letter(answer.holder)} / {'/'.join(map(self.letter, rivals))}?"
        actors: Actors = (answer.holder, *rivals) if rivals else (answer.holder, None)
        face = self._painted("stripes", letters, actors, light)
        return evolve(face, disputed=True)

    def _between(self, answer: Any, sides: Sequence[ActorId], light: bool) -> Face:
        """Return the face of a place between several actors: fought over, or claimed by each."""
        disputed = answer.status == "disputed"
        kind: Kind = "stripes"
        mark, nobody = "/", "?"
        if answer.ground == "contested":
            kind, mark, nobody = "checks", "×", "×"
        holders = [answer.holder] if answer.holder else []
        named = dict.fromkeys([*holders, *(share.actor for share in answer.shares), *sides])
        if not named:
            return Face(kind, (UNKNOWN, NOT_SAID), nobody, (None,), light, disputed=disputed)
        actors = tuple(named)[:3] if len(named) > 1 else (*named, None)
        doubt = "?" if disputed and actors[-1] else ""
        letters = mark.join(map(self.letter, actors)) + doubt
        return evolve(self._painted(kind, letters, actors, light), disputed=disputed)

    def _divided(self, answer: Any, light: bool) -> Face:
        """Return bands by the middle of each actor's share, and one for the rest."""
        disputed = answer.status == "disputed"
        actors: list[ActorId | None] = [share.actor for share in answer.shares]
        widths = [(share.low + share.high) / 2 for share in answer.shares]
        rest = 1 - sum(widths)
        if rest > 0.01:
            actors, widths = [*actors, None], [*widths, rest]
        doubt = "?" if disputed or not answer.certain else ""
        letters = "|".join(map(self.letter, actors[:3])) + doubt
        whole = sum(widths)
        shares = tuple(width / whole for width in widths)
        face = self._painted("bands", letters, tuple(actors), light)
        return evolve(face, shares=shares, disputed=disputed)


def _holders(ids: Iterable[EventId], events: Mapping[EventId, Event]) -> list[ActorId]:
    """Return the actors that events say to hold something."""
    named = (events[id] for id in ids if id in events)
    return [event.actor for event in named if isinstance(event, ControlChange) and event.actor]


def _sides(ids: Iterable[EventId], events: Mapping[EventId, Event], city: City) -> list[ActorId]:
    """Return the actors that events against an answer speak for, as holders or by their source."""
    named = (events[id] for id in ids if id in events)
    sides = dict.fromkeys(_side(event, city) for event in named)
    return [side for side in sides if side]


def _side(event: Event, city: City) -> ActorId | None:
    return event.actor if isinstance(event, ControlChange) else city.sources[event.source].side


def mixed(colour: str, other: str, share: float) -> str:
    """Return a colour with a share of another in it, from 0 to 1."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def ink(ground: str) -> str:
    """Return the first of dark, light and black with a contrast of 4.5 to a colour."""
    return max((DARK, LIGHT, "#000000"), key=lambda colour: min(contrast(colour, ground), 4.5))


def contrast(a: str, b: str) -> float:
    """Return the contrast of two colours, from 1 to 21 (WCAG 2.2, contrast ratio)."""
    dark, light = sorted((_luminance(a), _luminance(b)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """Return the brightness of a colour, from 0 to 1 (WCAG 2.2, relative luminance)."""
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def _colour(actor: Actor) -> str | None:
    """Return an actor's colour as six digits; None where it has none."""
    if actor.colour is None:
        return None
    if not re.fullmatch(r"#([0-9A-Fa-f]{3}){1,2}", actor.colour):
        where = f"actors.{actor.id}.colour"
        problem = Problem(repr(actor.colour), "a colour as #A93F3F", where, hint="in city.toml")
        raise TimelineError(problem)
    digits = actor.colour[1:].upper()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def _letters(actors: Iterable[Actor]) -> dict[ActorId, str]:
    """Return each actor's letters: its own, or enough of its name to tell it from those before."""
    letters: dict[ActorId, str] = {}
    for actor in actors:
        label = re.sub(r"\W", "", actor.label) or actor.id
        own = re.sub(r"\W", "", actor.letter or "")
        ways = [label[:n].capitalize() for n in (1, 2, 3)]
        if own:
            ways.insert(0, own[:3])
        free = (way for way in ways if way not in letters.values())
        letters[actor.id] = next(free, f"{ways[0]}{len(letters)}")
    return letters
