"""The look of answers: colours and patterns, and letters that say the same without colour.

Letters are dark or light by their ground, at a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3).
"""

import re
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, Literal

from attrs import frozen

from timeline.domain.city import Actor, City
from timeline.domain.events import ActorId, ControlChange, Event, EventId
from timeline.errors import Problem, TimelineError
from timeline.replay.shares import Holder, holders

Kind = Literal["plain", "stripes", "checks", "bands"]

Actors = tuple[ActorId | None, ...]
"""Those whose colours a face has; None for nobody known."""

PAPER, DARK, LIGHT, QUIET = "#FFFFFF", "#16181D", "#FFFFFF", "#4A4F5A"
"""The colours of the sheet, of dark and of light letters, and of small print."""

UNKNOWN, NOT_SAID, NOBODY = "#D8D8D4", "#B4B4AE", "#F6F4EC"
"""The colours of what nobody spoke of, of fighters whom nobody named, and of what is nobody's."""

ALARM = "#8A1C1C"
"""The colour of what must not be overlooked."""

LIGHTER = 0.58
"""How much paper is in the colour of a doubtful holder."""

GAP = 0.01
"""The share that may be missing before what nobody holds has a band of its own."""

_COLOUR = re.compile(r"#([0-9A-Fa-f]{3}){1,2}")
_NO_WORD = re.compile(r"\W")

SPARE = ("#7A68A6", "#5B8C5A", "#C9864A", "#4F5D75", "#B56B8F", "#8C8C46")
"""For actors without a colour, in the order of the city file."""


@frozen
class Face:
    """The look of a district.

    It is plain, striped where disputed, checked where fought over, in bands where divided, and
    light where only claimed or perhaps still to come. The holder's colour is first; `shares` sum to
    one, and stand in bands of equal width for several who hold it `together`, who are the first of
    `actors`. It is `disputed` if somebody who could know says otherwise.
    """

    kind: Kind
    colours: tuple[str, ...]
    letters: str
    actors: Actors = ()
    light: bool = False
    shares: tuple[float, ...] = ()
    disputed: bool = False
    together: int = 0

    @property
    def ways(self) -> tuple[str, ...]:
        """The letters, then shorter ways for less room: closely, the holder's alone, one letter."""
        after = self.letters.partition("›")[2] or self.letters
        holder = re.split(r"[/×|+]", after)[0].strip(" ?()")
        doubt = "?" if self.letters.endswith("?") and holder else ""
        closely = self.letters.replace(" ", "")
        return self.letters, closely, holder + doubt or "?", holder[:1] or "?"

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
        disputed, light = answer.status == "disputed", _doubtful(answer)
        if answer.status == "unknown":
            return Face("plain", (UNKNOWN,), "?", (None,))
        if answer.ground == "divided":
            return self._divided(answer)
        if answer.ground == "contested" or (answer.holder is None and disputed):
            against = _sides(answer.against, events, city)
            return self._between(answer, [*_said_to_hold(answer.because, events), *against])
        if answer.holder is None:
            return Face("plain", (NOBODY,), "–", (None,), light)
        if disputed:
            return self._disputed(answer, _sides(answer.against, events, city))
        return self._held(answer)

    def colour(self, actor: ActorId | None, *, light: bool = False) -> str:
        """Return the colour of an actor, or of nobody known."""
        plain = UNKNOWN if actor is None else self.colours[actor]
        return mixed(plain, PAPER, LIGHTER) if light else plain

    def letter(self, actor: ActorId | None) -> str:
        """Return the letter of an actor; a question mark for nobody known."""
        return "?" if actor is None else self.letters[actor]

    def holder(self, holder: Holder) -> str:
        """Return the letters of a holder, those of several joined by +; "?" for nobody known."""
        return "+".join(map(self.letter, holders(holder))) or "?"

    def _colours(self, actors: Iterable[ActorId | None], *, light: bool) -> tuple[str, ...]:
        return tuple(self.colour(actor, light=light) for actor in actors)

    def _held(self, answer: Any) -> Face:
        """Return the look of a place that has a holder, or several, whom nobody disputes."""
        actors, letters, light = holders(answer.holder), self._letters(answer), _doubtful(answer)
        colours = self._colours(actors, light=light)
        if len(actors) == 1:
            return Face("plain", colours, letters, actors, light)
        shares = tuple(1 / len(actors) for _ in actors)
        return Face("bands", colours, letters, actors, light, shares, together=len(actors))

    def _letters(self, answer: Any) -> str:
        """Return the letters of a place that has a holder, whom nobody disputes."""
        letter = self.holder(answer.holder)
        if not answer.certain:
            return f"{self.holder(answer.before)}›{letter}?" if answer.before else f"{letter}?"
        return f"({letter})" if answer.status == "claimed" else letter

    def _disputed(self, answer: Any, sides: Iterable[ActorId]) -> Face:
        """Return stripes of a holder and of up to two who dispute that."""
        held = holders(answer.holder)
        rivals = tuple(side for side in sides if side not in held)[:2]
        actors: Actors = (*held, *(rivals or (None,)))
        letters = f"{self.holder(answer.holder)} / {'/'.join(map(self.letter, rivals))}?"
        light = _doubtful(answer)
        colours = self._colours(actors, light=light)
        together = len(held) if len(held) > 1 else 0
        return Face("stripes", colours, letters, actors, light, disputed=True, together=together)

    def _between(self, answer: Any, sides: Iterable[ActorId]) -> Face:
        """Return the look of a place without a known holder: fought over, or claimed by several."""
        kind: Kind = "checks" if answer.ground == "contested" else "stripes"
        disputed, light = answer.status == "disputed", _doubtful(answer)
        sharing = [share.actor for share in answer.shares if share.actor]
        every = [*holders(answer.holder), *sharing, *sides]
        actors = tuple(dict.fromkeys(every))[:3]
        if not actors:
            letters = "×" if kind == "checks" else "?"
            return Face(kind, (UNKNOWN, NOT_SAID), letters, (None,), light, disputed=disputed)
        parties: Actors = actors if len(actors) > 1 else (*actors, None)
        doubt = "?" if disputed and parties[-1] else ""
        sign = "×" if kind == "checks" else "/"
        letters = sign.join(map(self.letter, parties)) + doubt
        colours = self._colours(parties, light=light)
        return Face(kind, colours, letters, parties, light, disputed=disputed)

    def _divided(self, answer: Any) -> Face:
        """Return bands by the middle of each share; what nobody holds has a band of its own."""
        disputed, light = answer.status == "disputed", _doubtful(answer)
        parts = [(share.actor, (share.low + share.high) / 2) for share in answer.shares]
        left = 1 - sum(share for _, share in parts)
        if left > GAP:
            parts.append((None, left))
        actors = tuple(actor for actor, _ in parts)
        whole = sum(share for _, share in parts)
        shares = tuple(share / whole for _, share in parts)
        doubt = "?" if disputed or not answer.certain else ""
        letters = "|".join(map(self.letter, actors[:3])) + doubt
        colours = self._colours(actors, light=light)
        return Face("bands", colours, letters, actors, light, shares, disputed=disputed)


def _doubtful(answer: Any) -> bool:
    """Return whether an answer is only claimed, or may not have come about yet."""
    return bool(answer.status == "claimed" or not answer.certain)


def _said_to_hold(ids: Iterable[EventId], events: Mapping[EventId, Event]) -> list[ActorId]:
    """Return the actors that events say to hold something."""
    claims = (events[id] for id in ids if id in events)
    said = (event.actors for event in claims if isinstance(event, ControlChange))
    return list(chain.from_iterable(said))


def _sides(ids: Iterable[EventId], events: Mapping[EventId, Event], city: City) -> list[ActorId]:
    """Return the actors that events against an answer speak for, each once."""
    sides = (_spoken_for(events[id], city) for id in ids if id in events)
    return list(dict.fromkeys(chain.from_iterable(sides)))


def _spoken_for(event: Event, city: City) -> tuple[ActorId, ...]:
    """Return who is said to hold the place, or whose cause a denial serves."""
    if isinstance(event, ControlChange):
        return event.actors
    side = city.side_of(event.source, event.reported.instant(city.zone))
    return () if side is None else (side,)


def mixed(colour: str, other: str, share: float) -> str:
    """Return a colour with a share of another in it, from 0 to 1."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def ink(ground: str) -> str:
    """Return the first of dark, light and black with a contrast of 4.5; one of them always has."""
    return max((DARK, LIGHT, "#000000"), key=lambda colour: min(contrast(colour, ground), 4.5))


def contrast(a: str, b: str) -> float:
    """Return the contrast of two colours, from 1 to 21 (WCAG 2.2, contrast ratio)."""
    dark, light = sorted((_luminance(a), _luminance(b)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """Return how bright a colour is, from 0 to 1 (WCAG 2.2, relative luminance)."""
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
    if not _COLOUR.fullmatch(actor.colour):
        where = f"actors.{actor.id}.colour"
        raise TimelineError(
            Problem(repr(actor.colour), "a colour as #A93F3F", where, hint="in city.toml")
        )
    digits = actor.colour[1:]
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return f"#{digits}".upper()


def _letters(actors: Iterable[Actor]) -> dict[ActorId, str]:
    """Return each actor's letters: its own, else as much of its name as tells it from others."""
    letters: dict[ActorId, str] = {}
    for actor in actors:
        label = _NO_WORD.sub("", actor.label) or actor.id
        own = _NO_WORD.sub("", actor.letter or "")[:3]
        beginnings = [label[:n].capitalize() for n in (1, 2, 3)]
        ways = [own, *beginnings] if own else beginnings
        free = (way for way in ways if way not in letters.values())
        letters[actor.id] = next(free, f"{ways[0]}{len(letters)}")
    return letters
