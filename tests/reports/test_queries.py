"""Questions as people type them: cuts in words, and names that are unknown."""

import pytest
from strategies import CITY, timeline_of

from projections import PROJECTIONS
from timeline.domain.events import ControlChange
from timeline.errors import UsageError
from timeline.reports import queries
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import Moment, When

TIMELINE = timeline_of([])


def test_a_cut_is_read_as_people_type_it():
    """Whoever asks is told how a date was understood that is no text of the grammar."""
    told: list[str] = []
    cut = queries.cut(TIMELINE, "28 Nov 2016@2016-12", tell=told.append)
    assert cut == AsOf.parse("2016-11-28", "2016-12", zone=CITY.zone)
    assert told == ["28 Nov 2016 is read as 2016-11-28"]


@pytest.mark.parametrize("at", ["2016-11-28@2016-12", "28 Nov 2016@Dec 2016"])
def test_a_second_knowledge_time_is_refused(at: str):
    """No other date is read before."""
    told: list[str] = []
    with pytest.raises(UsageError, match="two knowledge times"):
        queries.cut(TIMELINE, at, "2017", tell=told.append)
    assert told == []


def test_a_date_is_understood_as_a_date_of_its_kind():
    """A question needs one plain date, and an event may have a range."""
    assert queries.understood("26–27 Nov 2016", When, CITY.zone) == When("2016-11-26/2016-11-27")
    assert queries.understood("26–27 Nov 2016", Moment, CITY.zone) == Moment("2016-11-27")
    assert queries.moment(None, CITY.zone) is None
    assert queries.window(None, CITY.zone) is None


def test_names_are_found_or_refused_with_the_nearest():
    """Hyphens for underscores will do in a type, and no question is the first."""
    assert queries.known_type("control-change") is ControlChange
    assert queries.projection_of(None, TIMELINE) is PROJECTIONS[0]
    assert queries.projection_of("siege", TIMELINE).name == "siege"
    with pytest.raises(UsageError, match="did you mean siege"):
        queries.projection_of("seige", TIMELINE)
    with pytest.raises(UsageError, match="did you mean cautious"):
        queries.policy_or_all("cautios")
    with pytest.raises(UsageError, match="only the log writes it"):
        queries.known_type("log-repaired")
