"""Finding the place that a row means: by any of its names, else as the nearest place."""

from collections.abc import Iterable, Iterator
from math import asin, cos, inf, radians, sin, sqrt

from attrs import define, field

from timeline.domain.city import City
from timeline.errors import Problem, UsageError

RADIUS = 6371.0088
"""The mean radius of the earth in kilometres (IUGG)."""


@define
class Finder:
    """The places of a city; what was asked once is remembered."""

    city: City
    _known: dict[tuple[str, ...], str | Problem] = field(factory=dict)

    def find(self, names: Iterable[str], lat: str = "", lon: str = "", within: float = 1.0) -> str:
        """Return the id of the first known name's place, else of the nearest place.

        `within` is in kilometres, 0 for names alone. Raises `UsageError` for no place and bad
        coordinates.
        """
        names = tuple(names)
        question = (*names, lat, lon, str(within))
        if question not in self._known:
            if len(self._known) > 100_000:  # a table of coordinates alone must not fill the memory
                self._known.clear()
            self._known[question] = self._find(names, lat, lon, within)
        place = self._known[question]
        if isinstance(place, Problem):
            raise UsageError(place)
        return place

    def _find(self, names: tuple[str, ...], lat: str, lon: str, within: float) -> str | Problem:
        problems: list[Problem] = []
        for name in names:
            try:
                return self.city.place(name).id
            except UsageError as error:
                problems += error.problems
        if lat and lon and within:
            return self._nearest(names, lat, lon, within)
        return problems[0] if problems else Problem("no place is named", "a name or coordinates")

    def _nearest(self, names: tuple[str, ...], lat: str, lon: str, within: float) -> str | Problem:
        try:
            here = coordinates(lat, lon)
        except UsageError as error:
            return error.problems[0]
        distances = ((distance(here, point), id) for id, point in self._located())
        off, id = min(distances, default=(inf, ""))
        if off <= within:
            return id
        hint = f"{id} is nearest, at {off:.1f} km"
        named = f"unknown place {names[0]!r}, and " if names else ""
        return Problem(
            f"{named}no place within {within:g} km of {lat}, {lon}",
            hint=hint if id else "no place of the city file has coordinates",
        )

    def _located(self) -> Iterator[tuple[str, tuple[float, float]]]:
        for place in self.city.places.values():
            if place.lat is not None and place.lon is not None:
                yield place.id, (place.lat, place.lon)


def coordinates(lat: str, lon: str) -> tuple[float, float]:
    """Return a latitude and a longitude in degrees; raise `UsageError` for what is on no globe."""
    try:
        here = (float(lat), float(lon))
    except ValueError:
        found = f"{lat!r}, {lon!r} are no coordinates"
        raise UsageError.because(found, "degrees, as 36.2013, 37.1612") from None
    if not (abs(here[0]) <= 90 and abs(here[1]) <= 180):
        expected = "a latitude from -90 to 90 and a longitude from -180 to 180"
        raise UsageError.because(f"{lat}, {lon} lies on no globe", expected)
    return here


def distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the distance of two points on the sphere in kilometres (haversine)."""
    lat, lon = map(radians, a)
    other_lat, other_lon = map(radians, b)
    north = sin((other_lat - lat) / 2) ** 2
    east = cos(lat) * cos(other_lat) * sin((other_lon - lon) / 2) ** 2
    return 2 * RADIUS * asin(sqrt(min(1.0, north + east)))
