"""Links lead from one entry of the city file to another: always, or between two dates."""

from collections.abc import Callable, Iterable
from datetime import datetime

from attrs import frozen

from timeline.temporal.dates import FUTURE, PAST


@frozen
class Link:
    """A side, an alliance or a reliance, from an instant on and until before another.

    Attributes:
        of: the id of the entry that it leads to.
        since: the instant in UTC from which it holds; None for always.
        until: the instant in UTC at which it holds no more; None for never.
    """

    of: str
    since: datetime | None = None
    until: datetime | None = None

    def holds_at(self, instant: datetime) -> bool:
        """Return whether the link holds at an instant."""
        return self._begin <= instant and (self.until is None or instant < self.until)

    def overlaps(self, other: "Link") -> bool:
        """Return whether both links hold at some instant."""
        return self._begin < other.end and other._begin < self.end

    @property
    def end(self) -> datetime:
        """The instant at which it holds no more, the end of time for one without end."""
        return self.until or FUTURE

    @property
    def _begin(self) -> datetime:
        return self.since or PAST


def linked(links: Iterable[Link], at: datetime) -> str | None:
    """Return where the first link that holds at an instant leads; None where none holds."""
    return next((link.of for link in links if link.holds_at(at)), None)


def newest(links: Iterable[Link]) -> str | None:
    """Return where the link that holds longest leads; None without links."""
    last = max(links, key=lambda link: link.end, default=None)
    return None if last is None else last.of


def followed(first: str, links_of: Callable[[str], Iterable[Link]], at: datetime) -> str:
    """Return the id to which links lead in the end at an instant, the least one of a circle."""
    line = [first]
    while (following := linked(links_of(line[-1]), at)) is not None:
        if following in line:
            return min(line[line.index(following) :])
        line.append(following)
    return line[-1]
