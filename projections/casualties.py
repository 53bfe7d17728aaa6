"""Who was killed or injured where: numbers by place and by group, as ranges."""

from collections.abc import Hashable, Iterable, Mapping

from attrs import frozen

from timeline.domain.choices import Group
from timeline.domain.city import City
from timeline.domain.events import Casualties, EventId, PlaceId
from timeline.domain.timed_event import TimedEvent
from timeline.replay.projection import Cells, Context, Effect, Presentation, Reader
from timeline.replay.tallies import (
    Figure,
    People,
    Tally,
    TallyProjection,
    tally,
    tally_effect,
    total,
)
from timeline.text import phrases
from timeline.text.document import Brief

PlaceGroup = tuple[PlaceId, Group]
HEADINGS = ("killed", "injured")


@frozen
class Toll:
    """The casualties of one place, or of one group in it; None for a number that nobody gave."""

    killed: People | None
    injured: People | None
    because: tuple[EventId, ...]


@frozen
class PlaceToll:
    """The casualties of one place, all groups together and each by itself."""

    killed: People | None
    injured: People | None
    because: tuple[EventId, ...]
    groups: Mapping[Group, Toll]


Tolls = Mapping[PlaceId, PlaceToll]
"""The casualties by place."""


class CasualtiesProjection(TallyProjection[PlaceGroup, Toll, Tolls]):
    """The killed and injured of each group in each place."""

    name = "casualties"
    listens = (Casualties,)
    values = (Figure,)

    def counted(self, timed: TimedEvent) -> Iterable[Effect]:
        """Yield the numbers killed and injured that are given, under the place and group."""
        event = timed.event
        assert isinstance(event, Casualties)
        key = event.place, event.group
        for heading in HEADINGS:
            estimate = getattr(event, heading)
            if estimate is not None:
                yield tally_effect(timed, key, heading, estimate, event.measure)

    def read(self, key: PlaceGroup, cells: Cells, context: Context) -> Toll:
        """Return the casualties of one group in one place."""
        killed, injured = (tally(cells, context, heading) for heading in HEADINGS)
        return Toll(killed.people, injured.people, _because(killed, injured))

    def gather(self, answers: Mapping[PlaceGroup, Toll], context: Context) -> Tolls:
        """Return the casualties by place; groups are added up, for nobody is in two."""
        places: dict[PlaceId, dict[Group, Toll]] = {}
        for (place, group), toll in answers.items():
            places.setdefault(place, {})[group] = toll
        return {place: _all_groups(groups) for place, groups in places.items()}

    def substance(self, answer: Toll) -> Hashable:
        """Return the numbers."""
        return answer.killed, answer.injured

    def places(self, key: PlaceGroup) -> Iterable[PlaceId]:
        """Return the place."""
        return (key[0],)

    @property
    def presentation(self) -> Presentation[PlaceGroup, Toll, Tolls]:
        """The casualties in words."""
        return Presentation(brief=brief, label=label, words=words)


def _all_groups(groups: Mapping[Group, Toll]) -> PlaceToll:
    """Return the casualties of a place from those of its groups."""
    tolls = groups.values()
    killed = _sum(toll.killed for toll in tolls)
    injured = _sum(toll.injured for toll in tolls)
    return PlaceToll(killed, injured, _because(*tolls), groups)


def _sum(numbers: Iterable[People | None]) -> People | None:
    """Return the sum of the numbers that were given; None where nobody gave one."""
    given = [number for number in numbers if number]
    return total(given) if given else None


def _because(*answers: Tally | Toll) -> tuple[EventId, ...]:
    return tuple(dict.fromkeys(id for answer in answers for id in answer.because))


def brief(section: Tolls, reader: Reader) -> Iterable[Brief]:
    """Yield the killed and the injured, a line for each place."""
    for heading in HEADINGS:
        tolls = [(place, toll) for place, toll in section.items() if getattr(toll, heading)]
        lines = tuple(_line(place, heading, toll, reader) for place, toll in tolls)
        if lines:
            yield Brief(heading.title(), lines)


def label(key: PlaceGroup, city: City) -> str:
    """Return where and of whom: ``Aleppo, civilians``."""
    place, group = key
    return city.places[place].name + ("" if group == "unspecified" else f", {group}")


def words(toll: Toll, _: Reader) -> str:
    """Return how many were killed and injured."""
    numbers = {heading: getattr(toll, heading) for heading in HEADINGS}
    given = [(people, heading) for heading, people in numbers.items() if people]
    return ", ".join(f"{phrases.number_of(people)} {heading}" for people, heading in given)


def _line(place: PlaceId, heading: str, toll: PlaceToll, reader: Reader) -> str:
    groups = {group: part for group, part in toll.groups.items() if getattr(part, heading)}
    only = next(iter(groups)) if len(groups) == 1 else "unspecified"
    number = phrases.number_of(getattr(toll, heading), "" if only == "unspecified" else only)
    where, voices = reader.city.places[place].name, reader.voices(_because(*groups.values()))
    return f"{number} in {where} – {voices}"


PROJECTION = CasualtiesProjection()
