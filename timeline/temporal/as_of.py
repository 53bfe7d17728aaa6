"""The point on the three clocks that a question is asked from."""

from datetime import datetime, tzinfo

from attrs import frozen

from timeline.errors import Problem, UsageError
from timeline.temporal.dates import END_OF_TIME, Moment


@frozen
class AsOf:
    """The point that a question is asked from, on all three clocks; None is no cut on that clock.

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

    @classmethod
    def parse(
        cls, at: str | None, known: str | None = None, recorded: str | None = None, *, zone: tzinfo
    ) -> "AsOf":
        """Read a cut as it is written on a command line; `at` may be ``AT@KNOWN``.

        Raises `UsageError` for what is no date, and for a knowledge time that is given twice.
        """
        if at is not None and "@" in at:
            at, _, inside = at.partition("@")
            if known is not None:
                raise UsageError(
                    Problem(
                        f"two knowledge times, {inside} and {known}",
                        "one",
                        hint="write AT@KNOWN or --known",
                    )
                )
            known = inside
        instants = (
            None if text is None else Moment(text).instant(zone) for text in (at, known, recorded)
        )
        return cls(*instants)
