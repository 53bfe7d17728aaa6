"""The legend: what each colour, pattern and line means, of those that occur in a picture alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import frozen

from timeline.domain.events import ActorId
from timeline.visual.map.plan import BROKEN, LOOSE
from timeline.visual.map.scene import Ground, Scene
from timeline.visual.map.style import Face, Palette
from timeline.visual.map.typesetting import isolated, shown

NOBODY_KNOWN = "nobody known"

LATER, LAST = 7, 8
"""The ranks of places that nobody holds, and of those that nobody has spoken of."""


@frozen
class Entry:
    """One line of the legend: a sample, drawn as a district or as a line, and what it means."""

    words: str
    face: Face | None = None
    letters: str = ""
    line: str = ""
    dashes: str | None = None


def entries(
    scenes: Sequence[Scene], ground: Ground, palette: Palette, labels: Mapping[ActorId, str]
) -> list[Entry]:
    """Return the entries of a legend: faces from sure to unknown, then lines."""
    faces = (patch.face for scene in scenes for patch in scene.patches)
    return [*of_faces(faces, palette, labels), *_lines(scenes), *_numbers(ground)]


def of_faces(drawn: Iterable[Face], palette: Palette, labels: Mapping[ActorId, str]) -> list[Entry]:
    """Return an entry for each kind of face that is drawn, from sure to unknown."""
    kinds = {_kind(face): face for face in drawn}
    order = {id: n for n, id in enumerate(palette.colours)}

    def place(face: Face) -> tuple[int, list[int]]:
        return _rank(face), [order.get(actor, 99) for actor in face.actors if actor]

    names: dict[ActorId | None, str]
    names = {id: isolated(shown(labels[id], 40)) for id in palette.colours}
    faces = sorted(kinds.values(), key=place)
    return [Entry(_words(face, names), face, face.letters) for face in faces]


def _kind(face: Face) -> tuple[object, ...]:
    """Return what faces of one entry have in common: shares differ from place to place."""
    letters = face.letters if face.kind == "plain" else ""
    look = face.kind, face.actors, face.colours, letters, face.disputed, face.light
    return *look, face.together


def _rank(face: Face) -> int:
    """Return how far from sure a face is."""
    if face.kind != "plain":
        return {"stripes": 2, "bands": 4, "checks": 5}[face.kind]
    if face.actors == (None,):
        return LAST if face.letters == "?" else LATER
    return int(face.light)


def _words(face: Face, names: Mapping[ActorId | None, str]) -> str:
    """Return what a face means."""
    every, count = [names.get(actor, NOBODY_KNOWN) for actor in face.actors], face.together or 1
    first, others = " and ".join(every[:count]), " and ".join(every[count:])
    if face.kind == "bands" and face.together:
        return f"{_plain(face, first)}, held together"
    if face.kind == "plain":
        return _plain(face, first)
    if face.kind == "stripes":
        return _striped(face, first, others)
    doubt = (", disputed" if face.disputed else "") + _uncertain(face)
    if face.kind == "bands":
        return f"divided between {first} and {others}, by share{doubt}"
    sides = " and ".join(names[actor] for actor in face.actors if actor)
    return f"fought over by {sides}{doubt}" if sides else f"fought over{doubt}"


def _uncertain(face: Face) -> str:
    return ", not certain" if face.light else ""


def _striped(face: Face, first: str, others: str) -> str:
    """Return what stripes mean: a holder whom others dispute, or several without a holder."""
    if "/" in face.letters and " / " not in face.letters:
        return f"claimed by {first} and {others}, no agreed holder"
    by = others if face.actors[-1] else "a voice of no side"
    return f"{first}, disputed by {by}{_uncertain(face)}"


def _plain(face: Face, holder: str) -> str:
    """Return what one colour means."""
    if face.actors == (None,):
        return "unknown: nobody had said" if face.letters == "?" else "nobody's"
    if "›" in face.letters:
        return f"{holder}, possible: it may not have happened yet (before › after)"
    if face.letters.endswith("?"):
        return f"{holder}, possible: it may not have happened yet"
    return f"{holder}, only claimed by its own side" if face.light else holder


def _lines(scenes: Iterable[Scene]) -> Iterator[Entry]:
    """Yield what the lines mean: sieges, then people on their way."""
    sieges = {siege.sure for scene in scenes for siege in scene.sieges}
    streams = {stream.arrow.loose for scene in scenes for stream in scene.streams}
    if True in sieges:
        yield Entry("besieged", line="siege")
    if False in sieges:
        yield Entry("besieged, not beyond doubt", line="siege", dashes=BROKEN)
    if False in streams:
        yield Entry("people displaced", line="arrow")
    if True in streams:
        yield Entry("people displaced, one end not named", line="arrow", dashes=LOOSE)


def _numbers(ground: Ground) -> Iterator[Entry]:
    """Yield what numbers in districts mean."""
    if any(label.number is not None for label in ground.labels.values()):
        face = Face("plain", ("#FFFFFF",), "1")
        yield Entry("names of numbered districts below", face, "1")
