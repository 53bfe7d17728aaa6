"""The point on the three clocks that a question is asked from."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Protocol

from attrs import frozen

from timeline.errors import Problem, UsageError
from timeline.temporal.dates import END_OF_TIME, Moment


class Timed(Protocol):
    """An event as far as a cut sees it: when it was made public and appended, in UTC."""

    @property
    def known(self) -> datetime:
        """When it was made public."""

    @property
    def recorded(self) -> datetime | None:
        """When it was appended; None for a line that does not say."""


@frozen
class AsOf:
    """The point that a question is asked from, on three clocks; None is no cut on a clock.

    Attributes:
        at: valid time: the state of the city at this instant.
        known: knowledge time: only what had been made public by then.
        recorded: record time: only what had been appended by then.
    """

    at: datetime | None = None
    known: datetime | None = None
    recorded: datetime | None = None

    @property
    def instant(self) -> datetime:
        """The instant asked about; without one, a point after every dated event."""
        return END_OF_TIME if self.at is None else self.at

    def sees(self, event: "Timed") -> bool:
        """Return whether an event had been made public and appended by then."""
        return self.knows(event.known) and self.recorded_by(event)

    def knows(self, report: datetime) -> bool:
        """Return whether a report of an instant had been made public by then."""
        return self.known is None or report <= self.known

    def recorded_by(self, event: "Timed") -> bool:
        """Return whether an event had been appended by then."""
        if self.recorded is None:
            return True
        return event.recorded is not None and event.recorded <= self.recorded

    @classmethod
    def parse(
        cls,
        at: str | None,
        known: str | None = None,
        recorded: str | None = None,
        *,
        zone: tzinfo,
        read: Callable[[str], Moment] = Moment,
    ) -> "AsOf":
        """Return the cut that texts describe; `at` may be ``AT@KNOWN``.

        `read` makes moments of dates; those without an offset are in `zone`. Raises `UsageError`
        for what is no date, and for two knowledge times.
        """
        at, known = _split(at, known)
        texts = {"at": at, "known": known, "recorded": recorded}
        given = {clock: text for clock, text in texts.items() if text is not None}
        return cls(**{clock: read(text).instant(zone) for clock, text in given.items()})


def _split(at: str | None, known: str | None) -> tuple[str | None, str | None]:
    """Return valid and knowledge time of ``AT@KNOWN``, which leaves no room for another `known`."""
    if at is None or "@" not in at:
        return at, known
    at, _, inside = at.partition("@")
    if known is not None:
        found = f"two knowledge times, {inside} and {known}"
        raise UsageError(Problem(found, "one", hint="write AT@KNOWN or --known"))
    return at, inside
