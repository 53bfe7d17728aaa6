"""What is known of later times changes no earlier answer, but where a capture is in doubt."""

from datetime import timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from strategies import CITY, cities, cuts, cuts_around, logs

from projections import CONTROL
from timeline.domain.timed_event import timed
from timeline.replay import engine
from timeline.replay.moves import Editions
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context, claims
from timeline.replay.taking_back import in_doubt_from


@pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda policy: policy.name)
@given(data=st.data())
def test_before_any_capture_in_doubt_only_what_has_begun_is_weighed(policy, data: DataObject):
    city, log = data.draw(cities()), data.draw(logs(kinds=CONTROL.listens, max_size=16))
    facts = {fact.event.id: fact for fact in [timed(event, CITY.zone) for event in log]}
    at = data.draw(cuts_around(log) | cuts()).instant
    context = Context(city, evolve(data.draw(cuts()), at=at, known=None, recorded=None), policy)
    every = engine.replay(CONTROL, facts.values(), facts.get, at)
    begun = {id: fact for id, fact in facts.items() if fact.window.began(at)}
    said = engine.replay(CONTROL, begun.values(), facts.get, at)
    for place in city.places:
        cells = engine.cells_of(CONTROL, place, every, city)
        if in_doubt_from(claims(cells), city) > at:
            early = engine.cells_of(CONTROL, place, said, city)
            spoken = [claim for claim in claims(early) if claim.window.began(at)]
            if len(spoken) == len([one for one in claims(cells) if one.window.began(at)]):
                assert CONTROL.read(place, cells, context) == CONTROL.read(place, early, context)


@given(data=st.data())
def test_editions_at_a_cut_are_those_of_the_replay(data: DataObject):
    city, log = data.draw(cities()), data.draw(logs(max_size=16))
    events = [timed(event, CITY.zone) for event in log]
    cut = evolve(data.draw(cuts_around(log) | cuts()), recorded=None)
    visible = engine.visible(events, cut).values()
    assert Editions.of(events, city).at(cut) == engine.editions(visible, city, cut.instant)


def test_a_city_without_kept_maps_has_no_editions():
    sources = {id: evolve(one, maintained=False) for id, one in CITY.sources.items()}
    assert not Editions.of([], evolve(CITY, sources=sources, fresh=timedelta(days=1))).lifetimes
