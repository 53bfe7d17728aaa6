"""The patches of the page: the last that covers a cut holds the answer of the plain replay."""

from datetime import date, datetime, timedelta
from itertools import product

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from strategies import CITY, cities, cuts, cuts_around, logs

from projections import AID, CASUALTIES, CONTROL, DISPLACEMENT, PROJECTIONS
from timeline.domain.timed_event import timed
from timeline.replay import engine
from timeline.replay.lifetimes import NEVER
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import END_OF_TIME, PAST, TICK
from timeline.visual.page import patches as points

EVERY_PROJECTION = pytest.mark.parametrize(
    "projection", PROJECTIONS, ids=lambda projection: projection.name
)


def answers(projection, events, context):
    """Return the answers of the plain replay, by key."""
    visible = engine.visible(events, context.cut)
    cells = engine.replay(projection, visible.values(), visible.get, context.cut.instant)
    editions = engine.editions(visible.values(), context.city, context.cut.instant)
    return engine.read(projection, cells, evolve(context, editions=editions))


def looked_up(patches, cut):
    """Return the answers of the patches of all keys at a cut."""
    known = END_OF_TIME if cut.known is None else cut.known
    by_key = {key: points.answer_at(plane, cut.instant, known) for key, plane in patches.items()}
    return {key: answer for key, answer in by_key.items() if answer is not None}


def patched(projection, events, context, **options):
    return points.patches(projection, events, context, projection.read, **options)


@EVERY_PROJECTION
@given(data=st.data())
def test_the_last_patch_that_covers_a_cut_is_the_answer_of_the_replay(projection, data: DataObject):
    log = data.draw(logs(kinds=projection.listens, max_size=12) | logs(max_size=12))
    events = [timed(event, CITY.zone) for event in log]
    city, policy = data.draw(cities()), data.draw(st.sampled_from(list(POLICIES.values())))
    patches = patched(projection, events, Context(city, AsOf(), policy))
    edges = {instant for plane in patches.values() for patch in plane for instant in patch[:3]}
    stops = sorted(edge for edge in edges if PAST < edge < END_OF_TIME)
    near = [instant for stop in stops for instant in (stop - TICK, stop, stop + TICK)]
    around = st.sampled_from(near or [END_OF_TIME])
    on_edges = st.builds(AsOf, around, around | st.none())
    for drawn in data.draw(st.lists(cuts_around(log) | cuts() | on_edges, min_size=1, max_size=4)):
        cut = AsOf(drawn.at, drawn.known)
        assert looked_up(patches, cut) == answers(projection, events, Context(city, cut, policy))


@EVERY_PROJECTION
@given(data=st.data())
def test_on_a_grid_of_days_the_ends_of_days_have_the_answer_of_the_replay(
    projection, data: DataObject
):
    log = data.draw(logs(kinds=projection.listens, max_size=12))
    events = [timed(event, CITY.zone) for event in log]
    context = Context(data.draw(cities()), AsOf(), POLICIES["latest"])
    grid = points.ends_of_days(CITY.zone)
    patches = patched(projection, events, context, grid=grid)
    dates = st.dates(date(2016, 1, 1), date(2017, 12, 31))
    for at, known in product(data.draw(st.lists(dates, min_size=2, max_size=2)), repeat=2):
        cut = AsOf.parse(at.isoformat(), known.isoformat(), zone=CITY.zone)
        assert (grid(cut.at), grid(cut.known)) == (cut.at, cut.known)
        assert looked_up(patches, cut) == answers(projection, events, evolve(context, cut=cut))


@pytest.mark.parametrize(
    "projection", [DISPLACEMENT, CASUALTIES, AID], ids=lambda projection: projection.name
)
@given(data=st.data())
def test_what_all_answers_come_to_is_gathered_at_every_cut(projection, data: DataObject):
    log = data.draw(logs(kinds=projection.listens, max_size=12))
    events = [timed(event, CITY.zone) for event in log]
    context = Context(CITY, AsOf(), POLICIES["latest"])
    planes = patched(projection, events, context)
    summary = points.gathered(planes, lambda by_key, _: projection.gather(by_key, context), 10_000)
    for drawn in data.draw(st.lists(cuts_around(log) | cuts(), min_size=1, max_size=4)):
        here = Context(CITY, AsOf(drawn.at, drawn.known), POLICIES["latest"])
        section = projection.gather(answers(projection, events, here), here)
        answer = points.answer_at(summary, here.cut.instant, here.cut.known or END_OF_TIME)
        assert section == (projection.gather({}, here) if answer is None else answer)


@given(data=st.data())
def test_patches_come_in_order_and_say_something_new(data: DataObject):
    log = data.draw(logs(kinds=CONTROL.listens, max_size=12))
    events = [timed(event, CITY.zone) for event in log]
    for plane in patched(CONTROL, events, Context(CITY, AsOf(), POLICIES["latest"])).values():
        assert plane == sorted(plane, key=lambda patch: patch.known)
        for number, patch in enumerate(plane):
            assert patch.begin < patch.end <= NEVER
            assert points.answer_at(plane[:number], patch.begin, patch.known) != patch.answer


@given(instant=st.datetimes(datetime(2016, 1, 1), datetime(2017, 12, 31)))
def test_a_day_of_the_grid_ends_where_its_date_does(instant):
    at = instant.replace(tzinfo=CITY.zone)
    end = points.ends_of_days(CITY.zone)(at)
    assert end == AsOf.parse(at.date().isoformat(), zone=CITY.zone).at
    assert points.ends_of_days(CITY.zone)(end) == end
    assert end - at < timedelta(hours=26)
