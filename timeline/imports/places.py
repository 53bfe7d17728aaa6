"""Finding the place that a row means: by any name that the city file has for it, else as the nearest place that has coordinates."""

from collections.abc import Iterable, Iterator
from math import asin, cos, radians, sin, sqrt

from attrs import define, field

from timeline.domain.city import City, Place
from timeline.errors import Problem, UsageError

RADIUS = 6371.0088
"""The mean radius of the earth in kilometres (IUGG)."""


@define
class Finder:
    """The places of a city; what was asked once is remembered."""

    city: City
    _known: dict[tuple[str, ...], str | Problem] = field(factory=dict)

    def find(self, names: Iterable[str], lat: str = "", lon: str = "", within: float = 1.0) -> str:
        """Return the id of the place of the first name that is known, else of the nearest within so many kilometres; within 0, of none.

        Raises `UsageError` where there is neither, and for coordinates that are none, with what
        comes nearest.
        """
        names = tuple(names)
        asked = (*names, lat, lon, str(within))
        if asked not in self._known:
            if len(self._known) > 100_000:  # a table of coordinates alone must not fill the memory
                self._known.clear()
            self._known[asked] = self._find(names, lat, lon, within)
        found = self._known[asked]
        if isinstance(found, Problem):
            raise UsageError(found)
        return found

    def _find(self, names: tuple[str, ...], lat: str, lon: str, within: float) -> str | Problem:
        refused: Problem | None = None
        for name in names:
            try:
                return self.city.place(name).id
            except UsageError as error:
                refused = refused or error.problems[0]
        if not (lat and lon and within):
            return refused or Problem("no place is named", "a name or coordinates")
        try:
            here = coordinates(lat, lon)
        except UsageError as error:
            return error.problems[0]
        near = min(((distance(here, at), place.id) for place, at in self._located()), default=None)
        if near and near[0] <= within:
            return near[1]
        nearest = (
            f"{near[1]} is nearest, at {near[0]:.1f} km"
            if near
            else "no place of the city file has coordinates"
        )
        named = f"unknown place {names[0]!r}, and " if names else ""
        return Problem(f"{named}no place within {within:g} km of {lat}, {lon}", hint=nearest)

    def _located(self) -> Iterator[tuple[Place, tuple[float, float]]]:
        for place in self.city.places.values():
            if place.lat is not None and place.lon is not None:
                yield place, (place.lat, place.lon)


def coordinates(lat: str, lon: str) -> tuple[float, float]:
    """Return a latitude and a longitude in degrees; raise `UsageError` for what lies on no globe."""
    try:
        here = (float(lat), float(lon))
    except ValueError:
        raise UsageError(
            Problem(f"{lat!r}, {lon!r} are no coordinates", "degrees, as 36.2013, 37.1612")
        ) from None
    if not (abs(here[0]) <= 90 and abs(here[1]) <= 180):
        raise UsageError(
            Problem(
                f"{lat}, {lon} lies on no globe",
                "a latitude from -90 to 90 and a longitude from -180 to 180",
            )
        )
    return here


def distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the distance of two points on the sphere in kilometres (haversine)."""
    (lat, lon), (other_lat, other_lon) = (tuple(map(radians, point)) for point in (a, b))
    half = (
        sin((other_lat - lat) / 2) ** 2
        + cos(lat) * cos(other_lat) * sin((other_lon - lon) / 2) ** 2
    )
    return 2 * RADIUS * asin(sqrt(min(1.0, half)))
