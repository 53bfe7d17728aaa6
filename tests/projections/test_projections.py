"""The list of projections: what a reader of the state can ask for by name."""

from strategies import CITY

import projections
from timeline.replay import engine
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context, Reader
from timeline.temporal.as_of import AsOf
from timeline.text.document import Brief


def test_every_projection_can_be_imported_by_the_name_of_its_section():
    named = {projection.name.upper(): projection for projection in projections.PROJECTIONS}
    assert sorted(projections.__all__) == sorted([*named, "PROJECTIONS"])
    assert {name: getattr(projections, name) for name in named} == named


def test_where_nobody_said_anything_nothing_is_told_but_that():
    context = Context(CITY, AsOf(), POLICIES["latest"])
    reader = Reader(context=context, speaker=str)
    briefs = [
        brief
        for one in projections.PROJECTIONS
        for brief in one.presentation.brief(engine.answer(one, {}, context), reader)
    ]
    assert briefs == [Brief("Unknown", ("nobody had said who holds any place",))]
