"""Knowledge of the time against knowledge of today, written as tables and records."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from attrs import frozen

from timeline.analysis.hindsight import OUTCOMES, Gap, Judged, Score, score
from timeline.replay.answers import plain
from timeline.replay.projection import Projection
from timeline.reports.changes import Changes
from timeline.temporal.dates import FUTURE, PAST, rfc3339
from timeline.text import phrases
from timeline.text.document import Brief, Table

HEADINGS = ("Claims", "Upheld", "Overturned", "Open", "Retracted", "Replaced", "Median delay")


@frozen
class Hindsight:
    """The gaps and the claims of one projection, with the words to write them."""

    projection: Projection[Any, Any, Any]
    gaps: tuple[Gap, ...]
    claims: tuple[Judged, ...]
    words: Changes

    def briefs(self) -> Iterator[Brief]:
        """Yield the gaps, then the scores by place and by source."""
        gaps = ("Where", "From", "Until", "Known then", "Known now", "For")
        yield Brief("", table=Table(gaps, tuple(self._gap_rows())))
        places = tuple(
            (self.words.label(self.projection, key), *_score(score))
            for key, score in self.by_place().items()
        )
        yield Brief("", table=Table(("Place", *HEADINGS), places))
        sources = self.words.reader.city.sources
        voices = tuple(
            (sources[id].label, *_score(score)) for id, score in self.by_source().items()
        )
        yield Brief("", table=Table(("Source", *HEADINGS), voices))

    def json(self) -> dict[str, Any]:
        """Return gaps, scores and claims as JSON values."""
        return {
            "gaps": list(self.records()),
            "by_place": _scores_json(self.by_place()),
            "by_source": _scores_json(self.by_source()),
            "claims": list(map(self._claim, self.claims)),
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
        return self._scores(lambda claim: claim.key)

    def by_source(self) -> dict[Any, Score]:
        """Return the scores by source, in order of id."""
        return self._scores(lambda claim: claim.source)

    @property
    def zone(self) -> Any:
        """The time zone of the city."""
        return self.words.zone

    def _scores(self, group: Callable[[Judged], Any]) -> dict[Any, Score]:
        groups: dict[Any, list[Judged]] = {}
        for claim in self.claims:
            groups.setdefault(group(claim), []).append(claim)
        return {key: score(groups[key]) for key in sorted(groups, key=str)}

    def _claim(self, claim: Judged) -> dict[str, Any]:
        return {
            "id": claim.event,
            "source": claim.source,
            "key": plain(claim.key, self.zone),
            "fate": claim.outcome,
            "denies": claim.denies,
            "delay_seconds": _seconds(claim.delay),
        }

    def _gap_rows(self) -> Iterator[tuple[str, ...]]:
        """Yield the gaps as rows; what was known alike, for the same time, stands in one."""
        groups: dict[tuple[datetime, datetime, str, str], list[Gap]] = {}
        for gap in self.gaps:
            then, now = (self.words.words(self.projection, told) for told in (gap.then, gap.now))
            groups.setdefault((gap.begin, gap.end, then, now), []).append(gap)
        for (begin, end, then, now), gaps in sorted(groups.items(), key=lambda item: item[0][:2]):
            where = self.words.places(self.projection, gaps)
            length = _length(gaps[0].length)
            yield where, self.words.moment(begin), self._until(end), then, now, length

    def _until(self, end: datetime) -> str:
        return "now" if end == FUTURE else self.words.moment(end)

    def _instant(self, instant: datetime) -> str | None:
        return None if instant in (PAST, FUTURE) else rfc3339(instant, self.zone)


def _score(score: Score) -> tuple[str, ...]:
    counts = (str(score.outcomes[outcome]) for outcome in OUTCOMES)
    return (str(score.claims), *counts, _length(score.delay) if score.delay is not None else "–")


def _scores_json(scores: Mapping[Any, Score]) -> dict[str, dict[str, Any]]:
    return {str(key): _score_json(score) for key, score in scores.items()}


def _score_json(score: Score) -> dict[str, Any]:
    counts: dict[str, int] = {outcome: score.outcomes[outcome] for outcome in OUTCOMES}
    return {
        "claims": score.claims,
        **counts,
        "median_delay_seconds": _seconds(score.delay),
    }


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else round(length.total_seconds())


def _length(length: timedelta | None) -> str:
    """Return a length of time in its two largest units: ``4 years 180 days``, ``5 hours``."""
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
