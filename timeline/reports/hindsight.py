"""What was known at the time against what is known now, written as tables and records."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from attrs import frozen

from timeline.analysis.hindsight import OUTCOMES, Gap, Judged, Score, score
from timeline.replay.answers import plain
from timeline.replay.projection import Projection
from timeline.reports.changes import Changes, listed
from timeline.temporal.dates import FUTURE, PAST, rfc3339
from timeline.text import phrases
from timeline.text.document import Brief, Table

HEADINGS = ("Claims", "Upheld", "Overturned", "Open", "Retracted", "Replaced", "Median delay")


@frozen
class Hindsight:
    """The gaps and the claims of one projection, with the words to write them."""

    projection: Projection[Any, Any]
    gaps: tuple[Gap, ...]
    claims: tuple[Judged, ...]
    words: Changes

    def briefs(self) -> Iterator[Brief]:
        """Yield the gaps, then the scores by place and by source."""
        yield Brief(
            "",
            table=Table(
                ("Where", "From", "Until", "Known then", "Known now", "For"),
                tuple(self._gap_rows()),
            ),
        )
        places = tuple(
            (self.words.label(self.projection, key), *_score(one))
            for key, one in self.by_place().items()
        )
        yield Brief("", table=Table(("Place", *HEADINGS), places))
        sources = self.words.reader.city.sources
        voices = tuple((sources[id].label, *_score(one)) for id, one in self.by_source().items())
        yield Brief("", table=Table(("Source", *HEADINGS), voices))

    def json(self) -> dict[str, Any]:
        """Return gaps, scores and claims as JSON values."""
        return {
            "gaps": list(self.records()),
            "by_place": {str(key): _score_json(one) for key, one in self.by_place().items()},
            "by_source": {str(key): _score_json(one) for key, one in self.by_source().items()},
            "claims": [self._claim(one) for one in self.claims],
        }

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield the gaps as JSON values; lengths in seconds."""
        for gap in self.gaps:
            yield {
                "key": plain(gap.key, self.zone),
                "label": self.words.label(self.projection, gap.key),
                "begin": self._instant(gap.begin),
                "end": self._instant(gap.end),
                "seconds": _seconds(gap.length),
                "then": plain(gap.then, self.zone),
                "now": plain(gap.now, self.zone),
            }

    def by_place(self) -> dict[Any, Score]:
        """Return the scores by key, in order of key."""
        return {
            key: score(one for one in self.claims if one.key == key)
            for key in sorted({one.key for one in self.claims}, key=str)
        }

    def by_source(self) -> dict[Any, Score]:
        """Return the scores by source, in order of id."""
        return {
            id: score(one for one in self.claims if one.source == id)
            for id in sorted({one.source for one in self.claims})
        }

    @property
    def zone(self) -> Any:
        """The time zone of the city."""
        return self.words.zone

    def _claim(self, one: Judged) -> dict[str, Any]:
        judged = {"outcome": one.outcome, "delay_seconds": _seconds(one.delay)}
        return {"id": one.event, "source": one.source, "key": plain(one.key, self.zone), **judged}

    def _gap_rows(self) -> Iterator[tuple[str, ...]]:
        alike: dict[tuple[Any, ...], list[Gap]] = {}
        for gap in self.gaps:
            told = (
                self.words.words(self.projection, gap.then),
                self.words.words(self.projection, gap.now),
            )
            alike.setdefault((gap.begin, gap.end, *told), []).append(gap)
        for (begin, end, then, now), gaps in sorted(alike.items(), key=lambda item: item[0][:2]):
            where = listed(
                [
                    self.words.label(self.projection, gap.key)
                    for gap in self.words.widest_first(gaps)
                ]
            )
            yield (
                where,
                self.words.moment(begin),
                self._until(end),
                then,
                now,
                _length(gaps[0].length),
            )

    def _until(self, end: datetime) -> str:
        return "now" if end == FUTURE else self.words.moment(end)

    def _instant(self, instant: datetime) -> str | None:
        return None if instant in (PAST, FUTURE) else rfc3339(instant, self.zone)


def _score(one: Score) -> tuple[str, ...]:
    counts = (str(one.outcomes[outcome]) for outcome in OUTCOMES)
    return (str(one.claims), *counts, _length(one.delay) if one.delay is not None else "–")


def _score_json(one: Score) -> dict[str, Any]:
    counts: dict[str, Any] = {outcome: one.outcomes[outcome] for outcome in OUTCOMES}
    return {"claims": one.claims, **counts, "median_delay_seconds": _seconds(one.delay)}


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else round(length.total_seconds())


def _length(length: timedelta | None) -> str:
    """Return a length of time in its two largest units: ``4 years 180 days``, ``2 days``, ``5 hours``."""
    if length is None:
        return "ever"
    minutes = round(length.total_seconds() / 60)
    units = (("year", 365 * 1440), ("day", 1440), ("hour", 60), ("minute", 1))
    parts = []
    for name, size in units:
        number, minutes = divmod(minutes, size)
        if number:
            parts.append(phrases.count(number, name))
    return " ".join(parts[:2]) or "no time"
