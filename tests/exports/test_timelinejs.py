"""Slides are as TimelineJS documents them, on the days that were said."""

import json
from datetime import datetime

import jsonschema
from hypothesis import example, given
from hypothesis import strategies as st
from sample_exports import aleppo, export_of
from strategies import CITY, cuts_around, logs

from timeline.exports import timelinejs
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import PAST

TEXT = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"headline": {"type": "string"}, "text": {"type": "string"}},
}
DATE = {
    "type": "object",
    "required": ["year"],
    "additionalProperties": False,
    "properties": {
        "year": {"type": "integer"},
        "month": {"type": "integer", "minimum": 1, "maximum": 12},
        "day": {"type": "integer", "minimum": 1, "maximum": 31},
        "hour": {"type": "integer", "minimum": 0, "maximum": 23},
        "minute": {"type": "integer", "minimum": 0, "maximum": 59},
        "second": {"type": "integer", "minimum": 0, "maximum": 59},
        "millisecond": {"type": "integer"},
        "display_date": {"type": "string"},
    },
}
SLIDE = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "start_date": DATE,
        "end_date": DATE,
        "text": TEXT,
        "media": {"type": "object", "required": ["url"]},
        "group": {"type": "string"},
        "display_date": {"type": "string"},
        "background": {"type": "object"},
        "autolink": {"type": "boolean"},
        "unique_id": {"type": "string"},
    },
}
TIMELINE = {
    "type": "object",
    "required": ["events"],
    "additionalProperties": False,
    "properties": {
        "events": {"type": "array", "items": {**SLIDE, "required": ["start_date"]}},
        "title": SLIDE,
        "eras": {"type": "array"},
        "scale": {"enum": ["human", "cosmological"]},
    },
}
"""The JSON of TimelineJS 3, as timeline.knightlab.com/docs/json-format.html describes it."""


@given(st.data(), logs())
@example(None, ())
def test_slides_are_as_their_documentation_says(data, log):
    export = export_of(log, cut=data.draw(cuts_around(log)) if data else AsOf())
    document = json.loads(timelinejs.write(export))
    jsonschema.validate(document, TIMELINE)
    for slide, quote in zip(document["events"], export.standing, strict=True):
        assert slide["unique_id"] == quote.event.id
        start, end = (_wall_clock(slide.get(name)) for name in ("start_date", "end_date"))
        assert end is None or start < end
        first = quote.timed.window.earliest
        if first != PAST:
            assert start == first.astimezone(CITY.zone).replace(tzinfo=None, microsecond=0)


def _wall_clock(date):
    if date is None:
        return None
    names = ("year", "month", "day", "hour", "minute", "second")
    return datetime(*(date.get(name, 0) for name in names))


def test_slides_lie_on_the_days_that_were_said():
    """A window of whole days ends on its last day, and one day has no other end."""
    events = json.loads(timelinejs.write(aleppo()))["events"]
    slides = {slide["unique_id"]: slide for slide in events}
    taken, denied = slides["sakhour-seized-sohr"], slides["sakhour-fall-denied"]
    days = [{"year": 2016, "month": 11, "day": day} for day in (27, 28)]
    assert [taken["start_date"], taken["end_date"]] == days
    assert [denied["start_date"], denied.get("end_date")] == [days[1], None]
    assert taken["display_date"] == "27–28 Nov 2016"
