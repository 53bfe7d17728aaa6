"""KML 2.2 (OGC 07-147r2) shows history and events with times in Google Earth and QGIS.

Balloons are HTML, so a description is escaped twice: once as HTML, once as XML.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from timeline.domain.city import Actor
from timeline.domain.events import ActorId
from timeline.exports import attribution
from timeline.exports.columns import Row
from timeline.exports.quotes import Quote
from timeline.exports.request import Export
from timeline.exports.serialization import cell, markup, paragraphs, point
from timeline.exports.spells import Spell
from timeline.exports.tables import change_row, event_row, quote_row
from timeline.replay.shares import holders, names
from timeline.reports.sentences import describe
from timeline.text.phrases import date

LOST = (
    "A TimeSpan has hard ends: a vague change is two placemarks, a pale one while it is only "
    "possible and a full one from when it is certain, and an event is shown from the first to the "
    "last instant at which it may have occurred. Disputed answers are pale, too. Of several who "
    "hold a place together the first lends the colour. Places and events without a point have no "
    "geometry, and are in the list alone."
)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">'
NOBODY = "888888"
FULL, PALE = "b3", "4d"
_BALLOON = "<BalloonStyle><text>$[description]</text></BalloonStyle>"
_COLOUR = re.compile(r"#([0-9A-Fa-f]{6})")


@frozen(kw_only=True)
class _Placemark:
    """A feature of a folder, with its balloon and row.

    Its times are RFC 3339 texts, the first instant and the one after the last; None for open ends.
    """

    name: str
    lines: Sequence[str]
    times: tuple[str | None, str | None]
    style: str
    row: Row
    geometry: Mapping[str, Any] | None


def write(export: Export) -> str:
    """Return the history and the events as KML."""
    mark = " – HYPOTHETICAL" if export.hypothetical else ""
    log = export.origin["log"]
    source = f"Log of {log['events']} events, SHA-256 {log['sha256']}"
    parts = [
        HEAD,
        "<Document>",
        f"<name>{markup(f'{export.heading}{mark}')}</name>",
        "<open>1</open>",
        f"<description>{markup(paragraphs([export.heading, LOST, source]))}</description>",
        *_styles(export),
        _data(_flat("", export.origin | {"along": export.along})),
        *_folder("Who held what", _spells(export), export),
        *_folder("What was said", _events(export), export),
        "</Document>",
        "</kml>",
    ]
    return "\n".join(parts)


def count(export: Export) -> int:
    """Return how many placemarks there are."""
    return len(export.spells) + sum(1 for _ in export.standing)


def _styles(export: Export) -> Iterator[str]:
    """Yield a full and a pale style for each actor and for nobody, named by numbers."""
    for number, actor in enumerate([None, *export.city.actors.values()]):
        colour = _colour(actor)
        for name, alpha in (("full", FULL), ("pale", PALE)):
            colours = (("Icon", "ff"), ("Line", "ff"), ("Poly", alpha))
            styles = "".join(_colour_style(part, f"{depth}{colour}") for part, depth in colours)
            yield f'<Style id="{name}-{number}">{styles}{_BALLOON}</Style>'
    yield f'<Style id="event">{_BALLOON}</Style>'


def _colour(actor: Actor | None) -> str:
    """Return the colour of an actor, with blue before red as KML writes it."""
    match = _COLOUR.fullmatch(actor.colour or "") if actor else None
    colour = match[1] if match else NOBODY
    return f"{colour[4:]}{colour[2:4]}{colour[:2]}".lower()


def _colour_style(part: str, colour: str) -> str:
    return f"<{part}Style><color>{colour}</color></{part}Style>"


def _folder(name: str, placemarks: Iterable[_Placemark], export: Export) -> Iterator[str]:
    yield f"<Folder><name>{name}</name>"
    for placemark in placemarks:
        yield _element(placemark, export)
    yield "</Folder>"


def _spells(export: Export) -> Iterator[_Placemark]:
    numbers = {id: number for number, id in enumerate(export.city.actors, 1)}
    for spell in export.spells:
        title = _title(spell, export)
        yield _Placemark(
            name=title,
            lines=[title, *_grounds(spell, export), export.hypothetical],
            times=(export.time(spell.start), export.time(spell.end)),
            style=f"{_shade(spell.answer)}-{_style_number(spell.answer, numbers)}",
            row=change_row(spell, export) | export.mark,
            geometry=export.geometry(spell.place),
        )


def _style_number(answer: Any, numbers: Mapping[ActorId, int]) -> int:
    """Return the number of the style of a holder; of several the first lends the colour."""
    first = holders(answer.holder)[:1]
    return numbers[first[0]] if first else 0


def _shade(answer: Any) -> str:
    sure = answer.certain and answer.status not in ("disputed", "unknown")
    return "full" if sure else "pale"


def _title(spell: Spell, export: Export) -> str:
    answer = spell.answer
    possible = "" if answer.certain else ", possible"
    return f"{spell.place.name}: {_holder(answer, export)}, {answer.status}{possible}"


def _holder(answer: Any, export: Export) -> str:
    if answer.holder:
        return names(answer.holder, export.city)
    return "contested" if answer.ground == "contested" else "nobody known"


def _grounds(spell: Spell, export: Export) -> Iterator[str]:
    """Yield since when an answer holds, when it was last heard, and the events that it rests on."""
    answer = spell.answer
    if answer.since:
        yield f"since {date(answer.since.text)} ({answer.since.text})"
    if answer.last_heard:
        yield f"last heard {date(export.local(answer.last_heard).date().isoformat())}"
    for name in ("because", "against", "unclear"):
        if ids := getattr(answer, name):
            yield f"{name}: {', '.join(ids)}"


def _events(export: Export) -> Iterator[_Placemark]:
    for quote in export.standing:
        sentence, window = describe(quote.event, export.city), quote.timed.window
        yield _Placemark(
            name=sentence,
            lines=[sentence, *attribution.lines(quote, export)],
            times=(export.time(window.earliest), export.time(window.latest)),
            style="event",
            row=event_row(quote.event) | quote_row(quote, export) | export.mark,
            geometry=_point(quote, export),
        )


def _point(quote: Quote, export: Export) -> dict[str, Any] | None:
    place = export.place(quote)
    return point(place.lat, place.lon) if place else None


def _element(placemark: _Placemark, export: Export) -> str:
    values = {key: value for key, value in placemark.row.items() if value not in (None, [])}
    data = _data({key: cell(value, export.city.zone) for key, value in values.items()})
    return (
        f"<Placemark><name>{markup(placemark.name)}</name>"
        f"<description>{markup(paragraphs(placemark.lines))}</description>"
        f"{_span(*placemark.times)}<styleUrl>#{placemark.style}</styleUrl>{data}"
        f"{_geometry(placemark.geometry)}</Placemark>"
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
    """Return nested objects as one, without nulls, the names of the parts joined with dots."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat |= _flat(f"{prefix}{name}.", value)
        elif isinstance(value, list):
            flat[f"{prefix}{name}"] = ", ".join(map(str, value))
        elif value is not None:
            flat[f"{prefix}{name}"] = value
    return flat


def _span(begin: str | None, end: str | None) -> str:
    first = f"<begin>{begin}</begin>" if begin else ""
    last = f"<end>{end}</end>" if end else ""
    return f"<TimeSpan>{first}{last}</TimeSpan>" if first or last else ""


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
    outer, *holes = rings
    inner = "".join(_boundary("innerBoundaryIs", ring) for ring in holes)
    return f"<Polygon>{_boundary('outerBoundaryIs', outer)}{inner}</Polygon>"


def _boundary(name: str, ring: Sequence[Sequence[float]]) -> str:
    return f"<{name}><LinearRing>{_coordinates(ring)}</LinearRing></{name}>"


def _coordinates(positions: Iterable[Sequence[float]]) -> str:
    return f"<coordinates>{' '.join(f'{lon!r},{lat!r}' for lon, lat in positions)}</coordinates>"
