"""Assessments held against the replay, written as sentences and as records."""

from datetime import UTC
from typing import Any

from timeline.analysis.assessments import Finding, Measured
from timeline.domain.city import City
from timeline.replay.answers import plain
from timeline.text import phrases


def record(finding: Finding) -> dict[str, Any]:
    """Return an assessment as JSON values, with its verdicts by districts and by area in km²."""
    names = ("id", "source", "measure", "actor", "place", "occurred", "since")
    fields = {name: getattr(finding.event, name) for name in names}
    measured = {"by_districts": finding.by_districts, "by_area": finding.by_area}
    return fields | {name: plain(value, UTC) for name, value in measured.items()}


def sentence(finding: Finding, city: City) -> str:
    """Return a finding in words: the claim of the source, and the verdict of the replay."""
    claim, districts = _claim(finding, city), _outcome(finding.by_districts, "districts")
    if finding.by_districts.replayed is None:
        return f"{claim}; {districts}"
    area = _outcome(finding.by_area, "km²")
    return f"{claim}; the replay finds {districts}; by area {area}"


def _claim(finding: Finding, city: City) -> str:
    event, claimed = finding.event, finding.by_districts.claimed
    source, actor = city.sources[event.source], city.actors[event.actor].label
    share, place = phrases.share(claimed.low, claimed.high), city.places[event.place].name
    says = f"{source.short or source.label} says that {actor}"
    if event.measure != "share_lost":
        return f"{says} held {share} of {place}"
    since = f" since {phrases.date(event.since)}" if event.since else ""
    return f"{says} lost {share} of what it held in {place}{since}"


def _outcome(measured: Measured, unit: str) -> str:
    verdict = measured.verdict + (f", for {measured.reason}" if measured.reason else "")
    if measured.replayed is None or measured.of is None:
        return verdict
    share = phrases.share(measured.replayed.low, measured.replayed.high)
    low, high = (f"{end:,.1f}".removesuffix(".0") for end in (measured.of.low, measured.of.high))
    whole = low if low == high else f"{low}–{high}"
    return f"{share} of {whole} {unit}: {verdict}"
