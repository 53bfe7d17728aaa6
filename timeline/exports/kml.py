"""KML 2.2 (OGC 07-147r2): who held each place from when until when, and the events, each with a ``TimeSpan``, for Google Earth and QGIS.

Balloons are HTML, so a description is escaped twice: once as HTML, once as XML. ``ExtendedData``
holds the values as they are.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from timeline.exports import attribution as telling
from timeline.exports.request import Export, Spell
from timeline.exports.serialization import cell, markup, paragraphs
from timeline.exports.tables import Row, change_row, fields_of, told
from timeline.reports.sentences import describe
from timeline.text.phrases import date

LOST = (
    "A TimeSpan has hard ends: a vague change is two placemarks, a pale one while it is only possible and a full one from when it is "
    "certain, and an event is shown from the first to the last instant at which it may have occurred. Disputed answers are pale, too. "
    "Places and events without a point have no geometry, and are in the list alone."
)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">'
NOBODY = "888888"
FULL, PALE = "b3", "4d"
_SOLID = (("Icon", "ff"), ("Line", "ff"))
_BALLOON = "<BalloonStyle><text>$[description]</text></BalloonStyle>"
_COLOUR = re.compile(r"#([0-9A-Fa-f]{6})")


def write(export: Export) -> str:
    """Return the history and the events as KML."""
    title = f"{export.heading}{' – HYPOTHETICAL' if export.hypothetical else ''}"
    described = paragraphs(
        [
            export.heading,
            LOST,
            f"Log of {export.origin['log']['events']} events, SHA-256 {export.origin['log']['sha256']}",
        ]
    )
    parts = [
        HEAD,
        "<Document>",
        f"<name>{markup(title)}</name>",
        "<open>1</open>",
        f"<description>{markup(described)}</description>",
        *_styles(export),
        _data(_flat("", export.origin | {"along": export.along})),
        *_folder("Who held what", _spells(export)),
        *_folder("What was said", _events(export)),
        "</Document>",
        "</kml>",
    ]
    return "\n".join(parts)


def count(export: Export) -> int:
    """Return how many placemarks there are."""
    return len(export.spells) + sum(1 for _ in export.standing)


def _styles(export: Export) -> Iterator[str]:
    """Yield two styles for each actor and for nobody: full, and pale for what is possible or disputed; their names are numbers, not ids."""
    for number, actor in enumerate([None, *export.city.actors.values()]):
        match = _COLOUR.fullmatch(actor.colour or "") if actor else None
        colour = match[1] if match else NOBODY
        swapped = f"{colour[4:]}{colour[2:4]}{colour[:2]}".lower()  # KML writes blue before red
        for name, alpha in (("full", FULL), ("pale", PALE)):
            colours = "".join(
                f"<{part}Style><color>{depth}{swapped}</color></{part}Style>"
                for part, depth in (*_SOLID, ("Poly", alpha))
            )
            yield f'<Style id="{name}-{number}">{colours}{_BALLOON}</Style>'
    yield f'<Style id="event">{_BALLOON}</Style>'


def _folder(name: str, placemarks: Iterable[str]) -> Iterator[str]:
    yield f"<Folder><name>{name}</name>"
    yield from placemarks
    yield "</Folder>"


def _spells(export: Export) -> Iterator[str]:
    numbers = {id: number for number, id in enumerate(export.city.actors, 1)}
    for spell in export.spells:
        answer = spell.answer
        style = f"{'pale' if answer.status in ('disputed', 'unknown') or not answer.certain else 'full'}-{numbers.get(answer.holder, 0)}"
        row = change_row(spell, export) | _mark(export)
        span = _span(export.time(spell.start), export.time(spell.end))
        yield _placemark(
            _title(spell, export),
            _grounds(spell, export),
            span,
            style,
            row,
            export.geometry(spell.place),
            export,
        )


def _title(spell: Spell, export: Export) -> str:
    answer = spell.answer
    held = (
        export.city.actors[answer.holder].label
        if answer.holder
        else "contested"
        if answer.ground == "contested"
        else "nobody known"
    )
    return f"{spell.place.name}: {held}, {answer.status}{'' if answer.certain else ', possible'}"


def _grounds(spell: Spell, export: Export) -> list[str]:
    answer = spell.answer
    named = [
        f"{name}: {', '.join(ids)}"
        for name in ("because", "against", "unclear")
        if (ids := getattr(answer, name))
    ]
    since = [f"since {date(answer.since.text)} ({answer.since.text})"] if answer.since else []
    return [
        _title(spell, export),
        *since,
        *named,
        *([export.hypothetical] if export.hypothetical else []),
    ]


def _events(export: Export) -> Iterator[str]:
    for one in export.standing:
        said, window = describe(one.event, export.city), one.fact.window
        place = export.city.places[one.place] if one.place else None
        point = (
            {"type": "Point", "coordinates": [place.lon, place.lat]}
            if place and place.lat is not None and place.lon is not None
            else None
        )
        row = fields_of(one.event) | told(one, export) | _mark(export)
        span = _span(export.time(window.earliest), export.time(window.latest))
        yield _placemark(
            said, [said, *telling.lines(one, export)], span, "event", row, point, export
        )


def _placemark(
    name: str,
    lines: Iterable[str],
    span: str,
    style: str,
    row: Row,
    geometry: Mapping[str, Any] | None,
    export: Export,
) -> str:
    values = {key: value for key, value in row.items() if value not in (None, [])}
    data = _data({key: cell(value, export.city.zone) for key, value in values.items()})
    return (
        f"<Placemark><name>{markup(name)}</name><description>{markup(paragraphs(lines))}</description>{span}"
        f"<styleUrl>#{style}</styleUrl>{data}{_geometry(geometry)}</Placemark>"
    )


def _data(values: Mapping[str, Any]) -> str:
    pairs = (
        f'<Data name="{markup(name)}"><value>{markup(_text(value))}</value></Data>'
        for name, value in values.items()
    )
    return f"<ExtendedData>{''.join(pairs)}</ExtendedData>"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _flat(prefix: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object within objects as one, the names of the parts joined with dots; without what is null."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat |= _flat(f"{prefix}{name}.", value)
        elif value is not None:
            flat[f"{prefix}{name}"] = (
                ", ".join(map(str, value)) if isinstance(value, list) else value
            )
    return flat


def _span(begin: str | None, end: str | None) -> str:
    inner = f"{f'<begin>{begin}</begin>' if begin else ''}{f'<end>{end}</end>' if end else ''}"
    return f"<TimeSpan>{inner}</TimeSpan>" if inner else ""


def _geometry(geometry: Mapping[str, Any] | None) -> str:
    if geometry is None:
        return ""
    coordinates = geometry["coordinates"]
    if geometry["type"] == "Point":
        return f"<Point>{_coordinates([coordinates])}</Point>"
    if geometry["type"] == "Polygon":
        return _polygon(coordinates)
    return f"<MultiGeometry>{''.join(map(_polygon, coordinates))}</MultiGeometry>"


def _polygon(rings: Sequence[Sequence[Sequence[float]]]) -> str:
    names = ("outerBoundaryIs", *("innerBoundaryIs" for _ in rings[1:]))
    bounds = (
        f"<{name}><LinearRing>{_coordinates(ring)}</LinearRing></{name}>"
        for name, ring in zip(names, rings, strict=True)
    )
    return f"<Polygon>{''.join(bounds)}</Polygon>"


def _coordinates(positions: Iterable[Sequence[float]]) -> str:
    return f"<coordinates>{' '.join(f'{lon!r},{lat!r}' for lon, lat in positions)}</coordinates>"


def _mark(export: Export) -> dict[str, str]:
    return {"hypothetical": export.hypothetical} if export.hypothetical else {}
