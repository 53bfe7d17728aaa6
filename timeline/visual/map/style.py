"""How an answer looks: its colours, its pattern and the letters that say the same without colour.

What the engine answers is translated, and nothing is weighed again. A colour never stands alone:
each district has letters, doubt has a pattern, and letters are dark or light by what they stand on,
at a contrast of 4.5 to 1 or more (WCAG 2.2, 1.4.3).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from attrs import frozen

from timeline.domain.city import Actor, City
from timeline.domain.events import ActorId, ControlChange, Event, EventId
from timeline.errors import Problem, TimelineError

Kind = Literal["plain", "stripes", "checks", "bands"]

PAPER, DARK, LIGHT, QUIET = "#FFFFFF", "#16181D", "#FFFFFF", "#4A4F5A"
"""The colours of the sheet, of dark and of light letters, and of small print."""

UNKNOWN, NOT_SAID, NOBODY, ALARM = "#D8D8D4", "#B4B4AE", "#F6F4EC", "#8A1C1C"
"""Where nobody said anything; those who fight over a place and whom nobody named; what is nobody's; what must not be overlooked."""

SPARE = ("#7A68A6", "#5B8C5A", "#C9864A", "#4F5D75", "#B56B8F", "#8C8C46")
"""For actors without a colour, in the order of the city file."""


@frozen
class Face:
    """How a district looks.

    Attributes:
        kind: plain; striped where disputed; checked where fought over; in bands where divided.
        colours: of what it consists, the holder's first.
        letters: who holds it, in letters, with the same doubt.
        actors: whose colours they are; None for nobody known.
        light: whether it is drawn lighter, because it is only claimed or may not have happened yet.
        shares: how wide each band is; together one.
        disputed: whether somebody who could know says otherwise.
    """

    kind: Kind
    colours: tuple[str, ...]
    letters: str
    actors: tuple[ActorId | None, ...] = ()
    light: bool = False
    shares: tuple[float, ...] = ()
    disputed: bool = False

    @property
    def ways(self) -> tuple[str, ...]:
        """The letters, then ways to write less where there is little room: closely, the holder's with the doubt, one letter alone."""
        first = re.split(r"[/×|]", self.letters.partition("›")[2] or self.letters)[0].strip(" ?()")
        doubt = "?" if self.letters.endswith("?") and first else ""
        return (
            self.letters,
            self.letters.replace(" ", ""),
            f"{first}{doubt}" or "?",
            first[:1] or "?",
        )

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
        """Return how a control answer looks; `events` are those that it names."""
        if answer.status == "unknown":
            return Face("plain", (UNKNOWN,), "?", (None,))
        light = answer.status == "claimed" or not answer.certain
        if answer.ground == "contested" or (answer.holder is None and answer.status == "disputed"):
            return self._between(
                answer,
                [*_holders(answer.because, events), *_sides(answer.against, events, city)],
                light,
            )
        if answer.ground == "divided":
            return self._divided(answer, light)
        if answer.holder is None:
            return Face(
                "plain", (NOBODY,), "–?" if answer.status == "disputed" else "–", (None,), light
            )
        if answer.status == "disputed":
            return self._disputed(
                answer,
                [side for side in _sides(answer.against, events, city) if side != answer.holder],
                light,
            )
        return Face(
            "plain",
            (self.colour(answer.holder, light=light),),
            self._held(answer),
            (answer.holder,),
            light,
        )

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

    def _disputed(self, answer: Any, rivals: Sequence[ActorId], light: bool) -> Face:
        actors: tuple[ActorId | None, ...] = (
            (answer.holder, *rivals[:2]) if rivals else (answer.holder, None)
        )
        letters = f"{self.letter(answer.holder)} / {'/'.join(map(self.letter, rivals[:2]))}?"
        return Face(
            "stripes",
            tuple(self.colour(one, light=light) for one in actors),
            letters,
            actors,
            light,
            disputed=True,
        )

    def _between(self, answer: Any, sides: Sequence[ActorId], light: bool) -> Face:
        """Return how a place looks that nobody is said to hold: fought over, or claimed by several with none to be believed."""
        named = list(
            dict.fromkeys(
                [
                    *([answer.holder] if answer.holder else []),
                    *(share.actor for share in answer.shares),
                    *sides,
                ]
            )
        )[:3]
        kind: Kind = "checks" if answer.ground == "contested" else "stripes"
        disputed = answer.status == "disputed"
        if not named:
            return Face(
                kind,
                (UNKNOWN, NOT_SAID),
                "×" if kind == "checks" else "?",
                (None,),
                light,
                disputed=disputed,
            )
        actors: tuple[ActorId | None, ...] = tuple(named) if len(named) > 1 else (*named, None)
        letters = ("×" if kind == "checks" else "/").join(map(self.letter, actors)) + (
            "?" if disputed and actors[-1] else ""
        )
        return Face(
            kind,
            tuple(self.colour(one, light=light) for one in actors),
            letters,
            actors,
            light,
            disputed=disputed,
        )

    def _divided(self, answer: Any, light: bool) -> Face:
        """Return bands by the middle of each actor's share; what nobody is said to hold has a band of its own."""
        middles = [(share.actor, (share.low + share.high) / 2) for share in answer.shares]
        left = 1 - sum(share for _, share in middles)
        parts = [*middles, *([(None, left)] if left > 0.01 else [])]
        whole = sum(share for _, share in parts)
        doubt = "?" if answer.status == "disputed" or not answer.certain else ""
        letters = "|".join(self.letter(actor) for actor, _ in parts[:3]) + doubt
        actors, shares = (
            tuple(actor for actor, _ in parts),
            tuple(share / whole for _, share in parts),
        )
        colours = tuple(self.colour(one, light=light) for one in actors)
        return Face(
            "bands", colours, letters, actors, light, shares, disputed=answer.status == "disputed"
        )


def _holders(ids: Iterable[EventId], events: Mapping[EventId, Event]) -> list[ActorId]:
    """Return the actors that events say to hold something."""
    named = (events[id] for id in ids if id in events)
    return [event.actor for event in named if isinstance(event, ControlChange) and event.actor]


def _sides(ids: Iterable[EventId], events: Mapping[EventId, Event], city: City) -> list[ActorId]:
    """Return the actors that events against an answer speak for: who is said to hold the place, or whose cause a denial serves."""
    named = (events[id] for id in ids if id in events)
    sides = (
        event.actor if isinstance(event, ControlChange) else city.sources[event.source].side
        for event in named
    )
    return [side for side in dict.fromkeys(sides) if side]


def mixed(colour: str, other: str, share: float) -> str:
    """Return a colour with a share of another in it, from 0 to 1."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def ink(ground: str) -> str:
    """Return the first of dark, light and black that has a contrast of 4.5 with a colour; light or black always has."""
    return max((DARK, LIGHT, "#000000"), key=lambda colour: min(contrast(colour, ground), 4.5))


def contrast(a: str, b: str) -> float:
    """Return the contrast of two colours, from 1 to 21 (WCAG 2.2, contrast ratio)."""
    dark, light = sorted((_luminance(a), _luminance(b)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """Return how bright a colour is, from 0 to 1 (WCAG 2.2, relative luminance)."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def _colour(actor: Actor) -> str | None:
    """Return an actor's colour as six digits; None where it has none."""
    if actor.colour is None:
        return None
    if not re.fullmatch(r"#([0-9A-Fa-f]{3}){1,2}", actor.colour):
        raise TimelineError(
            Problem(
                repr(actor.colour),
                "a colour as #A93F3F",
                f"actors.{actor.id}.colour",
                hint="in city.toml",
            )
        )
    digits = actor.colour[1:]
    return "#" + ("".join(digit * 2 for digit in digits) if len(digits) == 3 else digits).upper()


def _letters(actors: Iterable[Actor]) -> dict[ActorId, str]:
    """Return each actor's letters: its own, else as many of its name as tell it from those before."""
    given: dict[ActorId, str] = {}
    for actor in actors:
        label, own = (
            re.sub(r"\W", "", actor.label) or actor.id,
            re.sub(r"\W", "", actor.letter or ""),
        )
        ways = [*([own[:3]] if own else []), *(label[:n].capitalize() for n in (1, 2, 3))]
        given[actor.id] = next(
            (way for way in ways if way not in given.values()), f"{ways[0]}{len(given)}"
        )
    return given
