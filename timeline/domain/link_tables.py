"""Links are written in the city file as an id, or as a list of ids and of dated tables."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, tzinfo
from itertools import combinations
from typing import Any

from attrs import frozen

from timeline.domain.links import Link
from timeline.domain.toml_tables import Section
from timeline.errors import UsageError, nearest
from timeline.temporal.dates import Moment, When


@frozen
class LinkKey:
    """A key of the city file whose values are links.

    Attributes:
        name: the key itself.
        word: the key of a dated table that holds the id of the other entry.
        noun: what the other entry is, as a fault has it.
        rivals: whether only one link may hold at a time, whomever it leads to.
        inward: whether it leads to an entry of the same table, and so never to its own.
    """

    name: str
    word: str
    noun: str
    rivals: bool = True
    inward: bool = True

    def read(
        self, section: Section, owner: str, ids: Sequence[str] | None, zone: tzinfo
    ) -> tuple[Link, ...]:
        """Return the links of an entry, noting their faults; `owner` is its id."""
        value = section.take(self.name)
        items = {self.name: value}
        if isinstance(value, list):
            items = {f"{self.name}[{index}]": item for index, item in enumerate(value)}
        links: dict[str, Link] = {}
        for path, item in items.items():
            if link := self._link(section, path, item, zone):
                where = f"{path}.{self.word}" if isinstance(item, dict) else path
                self._check_end(section, where, link.of, owner, ids)
                links[path] = link
        self._check_overlaps(section, links)
        return tuple(links.values())

    def _link(self, section: Section, path: str, item: Any, zone: tzinfo) -> Link | None:
        if section.fits(item, str):
            return Link(item)
        if isinstance(item, dict):
            return self._dated(section.inner(path, item), zone)
        expected = f"{self.noun}, or a list of {{ {self.word}, from, until }}"
        section.wrong(path, section.shown(item), expected)
        return None

    def _dated(self, table: Section, zone: tzinfo) -> Link | None:
        of = table.text(self.word)
        since, until = (_first_instant(table, key, zone) for key in ("from", "until"))
        table.done()
        if since and until and until <= since:
            shown = table.shown(_text(table.raw["until"]))
            table.wrong("until", shown, f"a date after {_text(table.raw['from'])}")
            until = None
        return Link(of, since, until) if of else None

    def _check_end(
        self, section: Section, path: str, end: str, owner: str, ids: Sequence[str] | None
    ) -> None:
        """Note a link that leads nowhere, or to its own entry."""
        if ids is not None and end not in ids:
            section.wrong(path, end, f"{self.noun} of this file", nearest(end, ids))
        elif self.inward and end == owner:
            section.wrong(path, f"{end} itself", f"another than {owner}")

    def _check_overlaps(self, section: Section, links: Mapping[str, Link]) -> None:
        for later, earlier in _overlapping(links):
            link, other = links[later], links[earlier]
            if self.rivals or link.of == other.of:
                found = f"{link.of} at the same time as {other.of} ({earlier})"
                section.wrong(later, found, "one at a time")


def _overlapping(links: Mapping[str, Link]) -> Iterator[tuple[str, str]]:
    """Yield the paths of two links that hold at one time, the later first."""
    for earlier, later in combinations(links, 2):
        if links[earlier].overlaps(links[later]):
            yield later, earlier


def _first_instant(table: Section, key: str, zone: tzinfo) -> datetime | None:
    """Return the first instant of a date in UTC; None where none is given, or for a fault."""
    value = table.take(key, None)
    if value is None:
        return None
    text = _text(value)
    if isinstance(text, str):
        try:
            return When(Moment(text)).window(zone).earliest
        except UsageError:
            pass
    table.wrong(key, table.shown(value), "a date, as 2024-10-20")
    return None


def _text(value: Any) -> Any:
    """Return a date of TOML as text, anything else as it is."""
    return value.isoformat() if isinstance(value, date) else value


LINK_KEYS: Mapping[str, LinkKey] = {
    key.name: key
    for key in (
        LinkKey("side", "of", "an actor", inward=False),
        LinkKey("allied", "with", "an actor"),
        LinkKey("relies_on", "of", "a source", rivals=False),
    )
}
"""The keys of the city file whose values are links."""
