"""Assessments held against the replay, written as sentences and as records."""

from datetime import UTC
from typing import Any

from timeline.analysis.assessments import Finding, Measured
from timeline.domain.city import City
from timeline.replay.answers import plain
from timeline.text import phrases


def record(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON values: what the assessment says, and what came of it by districts and by area in km²."""
    event = finding.event
    told = {
        name: getattr(event, name)
        for name in ("id", "source", "measure", "actor", "place", "occurred", "since")
    }
    return told | {name: plain(getattr(finding, name), UTC) for name in ("by_districts", "by_area")}


def sentence(finding: Finding, city: City) -> str:
    """Return a finding in words: who says what, and what the replay finds by districts and by area."""
    event, source, claimed = (
        finding.event,
        city.sources[finding.event.source],
        finding.by_districts.claimed,
    )
    verb, held, since = (
        ("lost", "what it held in ", event.since)
        if event.measure == "share_lost"
        else ("held", "", None)
    )
    share = f"{phrases.share(claimed.low, claimed.high)} of {held}{city.places[event.place].name}"
    says = (
        f"{source.short or source.label} says that {city.actors[event.actor].label} {verb} {share}"
    )
    said = f"{says} since {phrases.date(since)}" if since else says
    if finding.by_districts.replayed is None:
        return f"{said}; {_outcome(finding.by_districts, 'districts')}"
    return f"{said}; the replay finds {_outcome(finding.by_districts, 'districts')}; by area {_outcome(finding.by_area, 'km²')}"


def _outcome(measured: Measured, unit: str) -> str:
    verdict = measured.verdict + (f", for {measured.reason}" if measured.reason else "")
    if measured.replayed is None or measured.of is None:
        return verdict
    low, high = (f"{end:,.1f}".removesuffix(".0") for end in (measured.of.low, measured.of.high))
    share = phrases.share(measured.replayed.low, measured.replayed.high)
    return f"{share} of {low if low == high else f'{low}–{high}'} {unit}: {verdict}"
