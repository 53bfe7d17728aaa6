"""Batches: a log that is replayed piece by piece has the cells of the plain replay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from strategies import CITY, cuts, cuts_around, logs

from projections import PROJECTIONS
from timeline.domain.timed_event import timed
from timeline.replay import batches
from timeline.replay.store import replayed


@given(log=logs(), size=st.integers(1, 4), data=st.data())
def test_a_replay_in_batches_has_the_cells_of_the_plain_replay(log, size, data: DataObject):
    """Whatever the size of a batch, and whichever of a claim and its denial comes first."""
    events = [timed(event, CITY.zone) for event in log]
    cut = data.draw(cuts() | cuts_around(log))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "SIZE", size)
        found = batches.replayed(PROJECTIONS, lambda: events, cut)
    assert found == replayed(PROJECTIONS, events, cut)
