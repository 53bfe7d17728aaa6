"""The legend: what each colour, pattern and line means, of those that occur in a picture and of no others."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import frozen

from timeline.domain.events import ActorId
from timeline.visual.map.plan import BROKEN, LOOSE
from timeline.visual.map.scene import Ground, Scene
from timeline.visual.map.style import Face, Palette
from timeline.visual.map.typesetting import apart, shown


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
    """Return the entries of a legend: faces from sure to unknown, then lines; `labels` names the actors."""
    shown_faces = of_faces(
        (patch.face for scene in scenes for patch in scene.patches), palette, labels
    )
    return [*shown_faces, *_lines(scenes), *_numbers(ground)]


def of_faces(drawn: Iterable[Face], palette: Palette, labels: Mapping[ActorId, str]) -> list[Entry]:
    """Return an entry for each kind of face that is drawn, from sure to unknown."""
    faces = {_alike(face): face for face in drawn}
    order = {id: n for n, id in enumerate(palette.colours)}
    ordered = sorted(
        faces.values(),
        key=lambda face: (_rank(face), [order.get(actor, 99) for actor in face.actors if actor]),
    )
    named = {id: apart(shown(labels[id], 40)) for id in palette.colours}
    return [Entry(_words(face, named), face, face.letters) for face in ordered]


def _alike(face: Face) -> tuple[object, ...]:
    """Return what faces that one entry stands for have in common: shares differ from place to place."""
    letters = face.letters if face.kind == "plain" else ""
    return face.kind, face.actors, face.colours, letters, face.disputed, face.light


def _rank(face: Face) -> int:
    if face.kind == "plain":
        if face.actors == (None,):
            return 8 if face.letters == "?" else 7
        return 1 if face.light else 0
    return {"stripes": 2, "bands": 4, "checks": 5}[face.kind]


def _words(face: Face, named: Mapping[ActorId, str]) -> str:
    """Return what a face means."""
    first, *rest = [named[actor] if actor else "nobody known" for actor in face.actors]
    if face.kind == "plain":
        return _plain(face, first)
    doubt = f"{', disputed' if face.disputed else ''}{', not certain' if face.light else ''}"
    if face.kind == "stripes":
        if face.letters.count("/") and " / " not in face.letters:
            return f"claimed by {first} and {' and '.join(rest)}, no agreed holder"
        by = " and ".join(rest) if face.actors[1] else "a voice of no side"
        return f"{first}, disputed by {by}{', not certain' if face.light else ''}"
    if face.kind == "bands":
        return f"divided between {first} and {' and '.join(rest)}, by share{doubt}"
    sides = " and ".join(named[actor] for actor in face.actors if actor)
    return f"fought over{f' by {sides}' if sides else ''}{doubt}"


def _plain(face: Face, holder: str) -> str:
    if face.actors == (None,):
        return (
            "unknown: nobody had said"
            if face.letters == "?"
            else f"nobody's{', disputed' if face.letters == '–?' else ''}"
        )
    if "›" in face.letters:
        return f"{holder}, possible: it may not have happened yet (before › after)"
    if face.letters.endswith("?"):
        return f"{holder}, possible: it may not have happened yet"
    return f"{holder}, only claimed by its own side" if face.light else holder


def _lines(scenes: Iterable[Scene]) -> Iterator[Entry]:
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
    if any(label.number is not None for label in ground.labels.values()):
        yield Entry(
            "names of numbered districts below", letters="1", face=Face("plain", ("#FFFFFF",), "1")
        )
