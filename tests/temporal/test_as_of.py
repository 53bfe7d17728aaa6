"""Cuts: the texts that name a point on the three clocks, and those that are refused."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from timeline.errors import UsageError
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import END_OF_TIME, Moment

DAMASCUS = ZoneInfo("Asia/Damascus")


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ((None,), (None, None, None)),
        (("2016-11-28",), ("2016-11-28", None, None)),
        (("2016-11-28", "2016-12"), ("2016-11-28", "2016-12", None)),
        (("2016-11-28@2016-12",), ("2016-11-28", "2016-12", None)),
        ((None, "2016-12"), (None, "2016-12", None)),
        (
            ("2016-11-28@2016-12", None, "2026-01-01T00:00Z"),
            ("2016-11-28", "2016-12", "2026-01-01T00:00Z"),
        ),
        (("2016-11-28T18:00@2016-11-28T18:00Z",), ("2016-11-28T18:00", "2016-11-28T18:00Z", None)),
    ],
    ids=str,
)
def test_a_cut_is_read_from_texts(texts, expected):
    instants = [text and Moment(text).instant(DAMASCUS) for text in expected]
    assert AsOf.parse(*texts, zone=DAMASCUS) == AsOf(*instants)


def test_a_cut_is_read_by_the_reader_that_is_given():
    def read(text):
        return Moment(text.removeprefix("on "))

    parsed = AsOf.parse("on 2016-11-28@on 2016-12", zone=DAMASCUS, read=read)
    assert parsed == AsOf.parse("2016-11-28", "2016-12", zone=DAMASCUS)


@pytest.mark.parametrize(
    ("texts", "phrase"),
    [
        (
            ("2016-11-28@2016-12", "2017"),
            "two knowledge times, 2016-12 and 2017; expected one (write AT@KNOWN or --known)",
        ),
        (("2016-11-28@",), "'' is not a date"),
        (("@2016",), "'' is not a date"),
        (("2016@2017@2018",), "'2017@2018' is not a date"),
        (("2016-13",), "2016-13 is not a month"),
        ((None, "2016~"), "2016~ is vague"),
        ((None, None, "yesterday"), "'yesterday' is not a date"),
        (("",), "'' is not a date"),
    ],
    ids=str,
)
def test_a_cut_that_makes_no_sense_is_refused(texts, phrase):
    with pytest.raises(UsageError) as refused:
        AsOf.parse(*texts, zone=DAMASCUS)
    assert phrase in str(refused.value)


def test_a_cut_without_a_time_asks_about_the_end_of_time():
    instant = datetime(2016, 11, 28, 18, tzinfo=UTC)
    assert AsOf().instant == END_OF_TIME
    assert AsOf(at=instant).instant == instant
