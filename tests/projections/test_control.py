"""Who holds a place: shares, contested ground, possible changes and what a district inherits."""

from typing import Any

import pytest
from attrs import evolve
from strategies import CITY

from projections.control import PROJECTION, Control, Hold, effects, standing_parts
from timeline.domain.city import Place
from timeline.domain.events import (
    ControlChange,
    Event,
    EventId,
    PlaceId,
    Retraction,
    Share,
    SourceId,
    Statement,
)
from timeline.domain.timed_event import timed
from timeline.log.admission import admit
from timeline.replay import engine
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context, Reader
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import Moment, When
from timeline.text.document import Brief, Mark, Table


def took(
    id: str,
    voice: str,
    actor: str | None,
    occurred: str = "2016-11-27",
    reported: str = "2016-11-28",
    share: Any = None,
    **own: Any,
) -> ControlChange:
    """Return a report that an actor took the hill, or a share of it: one number or two."""
    low, high = share if isinstance(share, tuple) else (share, share)
    own = {
        "place": "hill",
        "actor": actor,
        "extent": None if share is None else Share(low=low, high=high),
    } | own
    return ControlChange(
        id=EventId(id),
        source=SourceId(voice),
        occurred=When(occurred),
        reported=Moment(reported),
        **own,
    )


def fought_over(
    id: str, voice: str, occurred: str = "2016-11-27", reported: str = "2016-11-28"
) -> ControlChange:
    """Return a report that the hill is fought over."""
    return took(id, voice, None, occurred, reported, ground="contested")


def says(stance: str, id: str, voice: str, about: str, reported: str = "2016-11-28") -> Statement:
    """Return a statement about a report."""
    envelope = {
        "id": EventId(id),
        "source": SourceId(voice),
        "occurred": When(reported),
        "reported": Moment(reported),
    }
    return Statement(
        **envelope, stance=stance, about=(EventId(about),), topic="hill", summary="Says so."
    )


def control(
    *log: Event,
    place: str = "hill",
    at: str = "2016-12-31",
    known: str | None = None,
    policy: str = "latest",
) -> Control:
    """Return who holds a place, by a log."""
    context = Context(CITY, AsOf.parse(at, known, zone=CITY.zone), POLICIES[policy])
    facts = engine.visible([timed(admit(event, CITY), CITY.zone) for event in log], context.cut)
    cells = engine.replay(PROJECTION, facts.values(), facts.get, context.cut.instant)
    return engine.answer(PROJECTION, cells, context)[place]


def shares(answer: Control) -> dict[str, tuple[float, float]]:
    """Return the shares of an answer by actor."""
    return {share.actor: (round(share.low, 4), round(share.high, 4)) for share in answer.shares}


OURS = took("ours", "paper", "opposition", "2012", "2013")
"""The Paper said long ago that the opposition took the hill."""
TOOK = took("took", "monitor", "government")
HALF = took("half", "monitor", "government", share=0.5)


# Whole places -------------------------------------------------------------------------------------


def test_nothing_is_known_of_a_place_that_nobody_spoke_of():
    answer = control(place="garden")
    assert (answer.holder, answer.status, answer.certain, answer.ground, answer.shares) == (
        None,
        "unknown",
        False,
        "none",
        (),
    )


def test_a_change_hands_the_place_over_whole():
    answer = control(OURS, TOOK)
    assert (answer.holder, answer.status, answer.certain, answer.ground) == (
        "government",
        "reported",
        True,
        "held",
    )
    assert shares(answer) == {"government": (1, 1)}
    assert (answer.because, answer.against, answer.before) == (("took",), (), None)
    assert answer.since is not None
    assert answer.since.text == "2016-11-27"


def test_a_denial_makes_it_disputed_but_not_divided():
    answer = control(
        OURS,
        TOOK,
        says("disagree", "no", "rebel-official", "took"),
        says("unclear", "hm", "rebel-council", "took"),
    )
    assert (answer.holder, answer.status, answer.ground) == ("government", "disputed", "held")
    assert (answer.because, answer.against, answer.unclear) == (("took",), ("no",), ("hm",))


def test_to_agree_with_a_denial_is_no_word_on_the_place():
    answer = control(
        TOOK,
        says("disagree", "no", "rebel-official", "took"),
        says("agree", "quite-so", "resident", "no"),
    )
    assert (answer.status, answer.because, answer.against) == ("disputed", ("took",), ("no",))


def test_a_comment_takes_no_side():
    assert control(TOOK, says("comment", "well", "rebel-official", "took")).status == "reported"


def test_the_holder_of_long_ago_is_the_answer_of_long_ago():
    assert control(OURS, TOOK, at="2016-11-26").holder == "opposition"


def test_a_claim_that_is_not_yet_known_changes_nothing():
    assert control(OURS, TOOK, at="2016-11-28", known="2016-11-27").holder == "opposition"
    assert control(OURS, TOOK, at="2016-11-28", known="2016-11-28").holder == "government"


def test_a_retraction_gives_the_place_back():
    gone = Retraction(
        id="gone",
        source="monitor",
        occurred=When("2016-12-05"),
        reported=Moment("2016-12-05"),
        target="took",
        reason="An error.",
    )
    assert control(OURS, TOOK, gone, known="2016-12-04").holder == "government"
    assert control(OURS, TOOK, gone, known="2016-12-05").holder == "opposition"


def test_a_later_observation_of_the_same_holder_leaves_since_as_the_change_says():
    own_map = took("map", "monitor", "government", "2016-12-10", "2016-12-10", how="observation")
    answer = control(TOOK, own_map)
    assert (answer.because, answer.since and answer.since.text, answer.status) == (
        ("took", "map"),
        "2016-11-27",
        "reported",
    )


def test_a_place_that_was_left_is_nobodys():
    answer = control(OURS, took("left", "monitor", None))
    assert (answer.holder, answer.status, answer.ground, answer.shares) == (
        None,
        "reported",
        "none",
        (),
    )


# Possible and certain -----------------------------------------------------------------------------


WEEKEND = took("weekend", "monitor", "government", "2016-11-26/2016-11-27")


def test_inside_its_window_a_change_is_possible_and_the_holder_before_is_told():
    answer = control(OURS, WEEKEND, at="2016-11-26T18:00")
    assert (answer.holder, answer.certain, answer.before) == ("government", False, "opposition")


def test_from_the_end_of_its_window_a_change_is_certain():
    answer = control(OURS, WEEKEND, at="2016-11-27")
    assert (answer.certain, answer.before) == (True, None)
    assert not control(OURS, WEEKEND, at="2016-11-27T23:59:59").certain


def test_nobody_is_known_before_where_nothing_certain_was_said():
    answer = control(WEEKEND, at="2016-11-26T18:00")
    assert (answer.holder, answer.certain, answer.before) == ("government", False, None)


def test_the_holder_before_is_read_with_the_same_policy():
    own = took("own", "state-tv", "government", "2015", "2016-01-01")
    kurds = took("kurds", "monitor", "kurdish", "2016-11-26/2016-11-27")
    assert control(OURS, own, kurds, at="2016-11-26").before == "government"
    assert control(OURS, own, kurds, at="2016-11-26", policy="cautious").before == "opposition"


def test_a_voices_possible_change_does_not_supersede_its_certain_one():
    ours = took("ours", "monitor", "opposition", "2012", "2013")
    assert control(ours, WEEKEND, at="2016-11-26T18:00").before == "opposition"


def test_the_holder_before_a_possible_change_is_not_who_took_it():
    vaguer = took("vaguer", "paper", "government", "2016-11-26/2016-11-28", "2016-11-29")
    answer = control(OURS, WEEKEND, vaguer, at="2016-11-27")
    assert answer.certain or answer.before == "opposition"


# Shares -------------------------------------------------------------------------------------------


def test_a_half_taken_place_that_all_agree_on_is_divided_and_corroborated():
    answer = control(OURS, HALF, took("half-too", "second-monitor", "government", share=0.5))
    assert (answer.ground, answer.status) == ("divided", "corroborated")
    assert shares(answer) == {"government": (0.5, 0.5), "opposition": (0.5, 0.5)}
    assert set(answer.because) == {"half", "half-too", "ours"}


def test_the_holder_of_a_divided_place_needs_more_than_half_for_certain():
    assert control(OURS, took("most", "monitor", "government", share=0.51)).holder == "government"
    assert control(OURS, HALF).holder == "opposition"
    assert (
        control(OURS, took("perhaps", "monitor", "government", share=(0.4, 0.9))).holder
        == "opposition"
    )


def test_the_last_whole_holder_is_left_the_rest():
    assert shares(control(OURS, took("third", "monitor", "government", share=0.3))) == {
        "opposition": (0.7, 0.7),
        "government": (0.3, 0.3),
    }
    assert shares(control(OURS, took("vague", "monitor", "government", share=(0.2, 0.5)))) == {
        "opposition": (0.5, 0.8),
        "government": (0.2, 0.5),
    }


def test_shares_of_several_actors_all_come_off_the_last_whole_holders():
    answer = control(
        OURS,
        took("a", "monitor", "government", share=0.25),
        took("b", "monitor", "kurdish", share=0.25),
    )
    assert shares(answer) == {
        "opposition": (0.5, 0.5),
        "government": (0.25, 0.25),
        "kurdish": (0.25, 0.25),
    }
    assert answer.holder == "opposition"


def test_shares_that_add_up_to_more_than_the_place_leave_nothing_and_never_less():
    answer = control(
        OURS,
        took("a", "monitor", "government", share=0.7),
        took("b", "paper", "kurdish", share=0.7),
    )
    assert "opposition" not in shares(answer)


def test_where_no_one_holds_the_whole_and_none_has_more_than_half_there_is_no_holder():
    answer = control(HALF)
    assert (answer.holder, answer.ground, shares(answer)) == (
        None,
        "divided",
        {"government": (0.5, 0.5)},
    )


def test_the_greatest_share_comes_first():
    assert [
        share.actor
        for share in control(OURS, took("third", "monitor", "government", share=0.3)).shares
    ] == [
        "opposition",
        "government",
    ]


def test_a_share_of_all_is_the_whole():
    assert control(OURS, took("all", "monitor", "government", share=1.0)).ground == "held"


def test_an_actors_later_share_takes_the_place_of_its_earlier_one():
    answer = control(
        OURS,
        took("third", "monitor", "government", "2016-11-25", share=0.3),
        took("most", "monitor", "government", share=0.6),
    )
    assert shares(answer) == {"government": (0.6, 0.6), "opposition": (0.4, 0.4)}


def test_two_voices_shares_of_one_time_make_one_range():
    answer = control(
        OURS,
        took("third", "monitor", "government", share=0.3),
        took("more", "paper", "government", share=0.4),
    )
    assert shares(answer)["government"] == (0.3, 0.4)


def test_of_two_voices_shares_of_one_actor_the_one_that_follows_counts():
    answer = control(
        OURS,
        took("third", "paper", "government", "2016-11-25", share=0.3),
        took("most", "monitor", "government", share=0.6),
    )
    assert shares(answer) == {"government": (0.6, 0.6), "opposition": (0.4, 0.4)}


def test_two_voices_shares_of_one_actor_that_cannot_be_equal_do_not_corroborate_each_other():
    less, more = (
        took("less", "monitor", "government", share=0.1),
        took("more", "paper", "government", share=0.4),
    )
    assert control(OURS, less, more).status == "reported"
    assert (
        control(OURS, less, took("vague", "paper", "government", share=(0.1, 0.4))).status
        == "corroborated"
    )


def test_the_whole_holder_may_be_left_a_share_of_its_own():
    answer = control(
        took("all", "paper", "government", "2015", "2016-01-01"),
        took("most", "monitor", "government", share=0.6),
    )
    assert (shares(answer), answer.holder, answer.ground) == (
        {"government": (0.6, 0.6)},
        "government",
        "divided",
    )


def test_what_is_left_is_never_less_than_nothing():
    two = (
        took("a", "monitor", "government", share=(0.4, 0.7)),
        took("b", "monitor", "kurdish", share=(0.4, 0.7)),
    )
    assert shares(control(OURS, *two))["opposition"] == (0, 0.2)


def test_what_is_left_of_a_share_written_as_a_decimal_is_one_too():
    ours = next(
        share
        for share in control(OURS, took("most", "monitor", "government", share=0.9)).shares
        if share.actor == "opposition"
    )
    assert (ours.low, ours.high) == (0.1, 0.1)


def test_shares_that_do_not_fit_into_one_place_dispute_each_other():
    rest = took("rest", "paper", "opposition", share=0.5)
    assert control(HALF, rest).status == "reported"
    assert control(HALF, took("most", "paper", "opposition", share=0.6)).status == "disputed"


def test_a_partial_claim_does_not_hide_the_same_voices_claim_for_another_actor():
    answer = control(
        took("a", "monitor", "government", "2016-11-20", share=0.25),
        took("b", "monitor", "opposition", share=0.75),
    )
    assert shares(answer) == {"opposition": (0.75, 0.75), "government": (0.25, 0.25)}


# A voice's partial claim on top of its whole one --------------------------------------------------


def whole(occurred: str, reported: str) -> ControlChange:
    """Return the monitor's claim that the opposition took all of the hill."""
    return took("whole", "monitor", "opposition", occurred, reported)


def test_a_partial_claim_counts_when_it_follows_the_whole_one():
    assert control(whole("2016-11-26", "2016-12-01"), HALF).ground == "divided"


def test_a_partial_claim_does_not_count_when_the_whole_one_follows_it():
    answer = control(
        whole("2016-11-28", "2016-11-28"),
        took("half", "monitor", "government", reported="2016-12-01", share=0.5),
    )
    assert (answer.ground, answer.holder, answer.status) == ("held", "opposition", "reported")


def test_of_an_overlapping_partial_and_whole_claim_the_later_reported_one_counts():
    assert control(whole("2016-11-27/2016-11-28", "2016-11-27"), HALF).ground == "divided"
    assert control(whole("2016-11-27/2016-11-28", "2016-11-29"), HALF).ground == "held"


def test_a_share_that_its_own_voice_took_back_does_not_count_on_top_of_another_voices_whole():
    other = took("other", "paper", "opposition", "2016-11-26", "2016-11-26")
    assert control(other, HALF).ground == "divided"
    assert control(other, HALF, whole("2016-11-20/2016-11-28", "2016-11-29")).ground == "held"


def test_at_a_tie_the_whole_claim_counts():
    answer = control(whole("2016-11-27/2016-11-28", "2016-11-28"), HALF)
    assert (answer.ground, answer.holder) == ("held", "opposition")


def test_a_partial_claim_that_does_not_count_does_not_dispute_its_own_voices_whole_one():
    assert control(whole("2016-11-27/2016-11-28", "2016-11-28"), HALF).status == "reported"


def test_a_partial_claim_does_not_count_on_top_of_a_later_whole_one_of_another_voice():
    answer = control(OURS, HALF, took("all", "paper", "government", "2016-12-05", "2016-12-05"))
    assert (answer.ground, shares(answer)) == ("held", {"government": (1, 1)})


# Contested ground ---------------------------------------------------------------------------------


def test_ground_that_is_fought_over_is_contested_and_nobodys():
    answer = control(OURS, fought_over("fight", "monitor"))
    assert (answer.holder, answer.ground, answer.status, answer.shares) == (
        None,
        "contested",
        "reported",
        (),
    )


def test_a_voice_that_says_it_is_fought_over_makes_it_contested_though_another_leads():
    answer = control(
        took("took", "state-tv", "government", reported="2016-11-29"),
        fought_over("fight", "monitor"),
    )
    assert (answer.holder, answer.ground, answer.status) == ("government", "contested", "disputed")
    assert answer.against == ("fight",)


def test_to_agree_that_it_is_fought_over_is_to_say_so():
    fight, yes = (
        fought_over("fight", "paper", reported="2016-11-27"),
        says("agree", "yes", "monitor", "fight"),
    )
    answer = control(fight, yes, took("not-any-more", "paper", "government", reported="2016-11-29"))
    assert (answer.holder, answer.against, answer.ground) == ("government", ("yes",), "contested")


def test_nobody_holds_ground_that_is_fought_over_whoever_has_a_share_of_it():
    most = took("most", "paper", "government", "2016-11-26/2016-11-28", "2016-12-01", share=0.6)
    answer = control(fought_over("fight", "monitor"), most)
    assert (answer.holder, answer.ground) == (None, "contested")


def test_that_it_was_left_does_not_corroborate_that_it_is_fought_over():
    assert (
        control(fought_over("fight", "monitor"), took("left", "paper", None)).status
        != "corroborated"
    )


def test_a_fight_of_long_ago_does_not_make_it_contested_today():
    assert control(fought_over("fight", "paper", "2012", "2013"), TOOK).ground == "held"


def test_a_denial_that_it_is_fought_over_does_not_make_it_contested():
    fight = fought_over("fight", "paper", "2016-11-26/2016-11-27", "2016-11-27")
    again = took("again", "paper", "government", "2016-11-27", "2016-11-29")
    assert control(fight, says("disagree", "no", "monitor", "fight"), again).ground == "held"


# What a district inherits -------------------------------------------------------------------------


EAST = took("east", "paper", "opposition", "2012", "2016-11-28", place="east")


def test_a_district_inherits_from_its_sector_while_nobody_says_more():
    answer = control(EAST)
    assert (answer.holder, answer.status, answer.inherited_from) == (
        "opposition",
        "reported",
        "east",
    )


def test_a_district_inherits_from_the_city_through_its_sector():
    city = took("city", "paper", "opposition", "2012", place="testopolis")
    assert control(city).inherited_from == "testopolis"
    assert control(city, place="east").inherited_from == "testopolis"
    assert control(city, place="testopolis").inherited_from is None


def test_a_sector_inherits_nothing_from_its_districts_nor_one_district_from_another():
    assert control(TOOK, place="east").status == control(TOOK, place="market").status == "unknown"


def test_a_district_of_the_other_sector_inherits_nothing():
    assert control(EAST, place="garden").status == "unknown"


def test_what_is_said_of_the_district_leads_over_an_earlier_claim_on_the_sector():
    answer = control(EAST, TOOK)
    assert (answer.holder, answer.inherited_from, answer.status) == ("government", None, "reported")
    assert control(EAST, TOOK, place="market").holder == "opposition"


def test_a_later_claim_on_the_sector_by_the_same_voice_supersedes_its_earlier_one_on_the_district():
    fell = took("fell", "monitor", "opposition", "2016-12-10", "2016-12-10", place="east")
    answer = control(TOOK, fell)
    assert (answer.holder, answer.inherited_from, answer.against) == ("opposition", "east", ())


def test_a_denial_of_a_claim_on_the_sector_is_inherited_with_it():
    answer = control(EAST, says("disagree", "no", "state-tv", "east"))
    assert (answer.status, answer.against) == ("disputed", ("no",))


def test_two_places_of_a_voice_in_one_report_are_told_by_the_closer_one():
    both = took("both", "monitor", "opposition", place="east")
    answer = control(both, TOOK)
    assert (answer.holder, answer.status, answer.inherited_from) == ("government", "reported", None)


def test_a_share_of_the_district_divides_what_is_inherited():
    answer = control(EAST, HALF)
    assert (answer.ground, answer.holder, answer.inherited_from) == ("divided", "opposition", None)
    assert shares(answer) == {"government": (0.5, 0.5), "opposition": (0.5, 0.5)}


# Policies -----------------------------------------------------------------------------------------


OWN = took("own", "state-tv", "government")


def test_cautious_leaves_the_earlier_holder_of_the_sector():
    answer = control(EAST, OWN, policy="cautious")
    assert (answer.holder, answer.status, answer.inherited_from, answer.against) == (
        "opposition",
        "disputed",
        "east",
        ("own",),
    )


def test_cautious_knows_no_holder_where_only_the_beneficiary_speaks_but_names_the_claim():
    answer = control(OWN, policy="cautious")
    assert (answer.holder, answer.status) == (None, "unknown")
    assert "own" in (*answer.because, *answer.against, *answer.unclear)


def test_cautious_leaves_the_earlier_holder_also_when_the_same_voice_told_of_it():
    lost = took("lost", "state-tv", "opposition", "2012", "2013")
    assert control(lost, OWN, policy="cautious").holder == "opposition"


def test_cautious_does_not_take_the_holder_from_a_whole_claim_that_only_the_beneficiary_makes():
    fifth = took("fifth", "monitor", "government", reported="2016-11-29", share=(0.2, 0.3))
    assert control(OURS, OWN, fifth, policy="cautious").holder == "opposition"


def test_unanimous_names_nobody_where_somebody_disputes_but_says_who_does():
    answer = control(
        OURS, TOOK, says("disagree", "no", "rebel-official", "took"), policy="unanimous"
    )
    assert (answer.holder, answer.status, answer.shares) == (None, "disputed", ())
    assert (answer.because, answer.against) == (("took",), ("no",))


def test_two_premature_claims_of_one_side_are_never_plain_fact():
    army = took("army-took", "army", "government")
    assert control(EAST, OWN, army).status == "claimed"
    denied = control(EAST, OWN, army, says("disagree", "no", "rebel-official", "own"))
    assert denied.status == "disputed"


# Shares that can be equal, and shares that fit ----------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "equal"),
    [
        ((0.5, 0.5), (0.5, 0.5), True),
        ((0.2, 0.5), (0.5, 0.9), True),
        ((0.2, 0.5), (0.4, 0.9), True),
        ((0.1, 0.9), (0.4, 0.5), True),
        ((0.1, 0.2), (0.6, 0.6), False),
        ((0.1, 0.4), (0.5, 0.9), False),
    ],
)
def test_two_claims_of_one_actors_share_say_the_same_where_their_ranges_meet(a, b, equal):
    one, other = Hold("government", "held", *a), Hold("government", "held", *b)
    assert (one.affirms(other), other.affirms(one)) == (equal, equal)
    assert not evolve(one, actor="kurdish").affirms(other)


@pytest.mark.parametrize(
    ("a", "b", "fit"),
    [
        ((0.5, 0.5), (0.5, 0.5), True),
        ((0.4, 0.9), (0.5, 0.5), True),
        ((0.1, 1.0), (0.2, 1.0), True),
        ((0.6, 0.6), (0.5, 0.5), False),
        ((0.6, 0.9), (0.5, 0.7), False),
    ],
)
def test_two_actors_shares_are_rivals_where_even_the_least_do_not_fit_into_one_place(a, b, fit):
    one, other = Hold("government", "held", *a), Hold("kurdish", "held", *b)
    assert (one.rivals(other), other.rivals(one)) == (not fit, not fit)
    assert not evolve(one, actor="kurdish").rivals(other)


def test_two_voices_vague_shares_make_one_range_whichever_is_wider():
    half, vague = (
        took("a", "monitor", "government", share=0.4),
        took("b", "paper", "government", share=(0.2, 0.5)),
    )
    assert shares(control(OURS, half, vague))["government"] == (0.2, 0.5)
    assert shares(control(OURS, evolve(half, id="c"), vague))["government"] == (0.2, 0.5)


def test_the_greatest_share_is_that_which_may_be_greatest():
    answer = control(
        took("a", "monitor", "government", share=(0.1, 0.9)),
        took("b", "monitor", "kurdish", share=(0.4, 0.5)),
    )
    assert [share.actor for share in answer.shares] == ["government", "kurdish"]


def test_every_share_that_counts_is_a_ground_of_the_answer():
    answer = control(
        OURS,
        took("a", "monitor", "government", share=0.25),
        took("b", "monitor", "kurdish", share=0.25),
    )
    assert set(answer.because) == {"ours", "a", "b"}


def test_a_rival_claim_to_the_whole_is_no_share():
    answer = control(
        TOOK, took("vague", "paper", "opposition", "2016-11-25/2016-11-30", "2016-12-01")
    )
    assert (answer.holder, answer.ground, answer.status, shares(answer)) == (
        "government",
        "held",
        "disputed",
        {"government": (1, 1)},
    )


# What a partial claim counts on top of ------------------------------------------------------------


def test_a_share_that_was_only_observed_counts_on_top_of_the_change_before():
    answer = control(OURS, took("map", "monitor", "government", share=0.5, how="observation"))
    assert (answer.ground, answer.status, answer.against) == ("divided", "reported", ())
    assert answer.because == ("ours", "map")


def test_a_share_that_does_not_count_on_top_of_another_voices_claim_disputes_it():
    answer = control(
        HALF, took("all", "paper", "opposition", "2016-11-27/2016-11-28", "2016-11-29")
    )
    assert (answer.holder, answer.ground, answer.status, answer.against) == (
        "opposition",
        "held",
        "disputed",
        ("half",),
    )


def test_a_share_that_somebody_denies_is_disputed_and_the_denial_is_no_share():
    answer = control(OURS, HALF, says("disagree", "no", "rebel-official", "half"))
    assert (answer.status, answer.because, answer.against) == (
        "disputed",
        ("ours", "half"),
        ("no",),
    )


def test_a_voice_that_speaks_of_anothers_whole_claim_makes_none_of_its_own():
    other = took("other", "paper", "opposition", "2016-11-27/2016-11-28", "2016-11-27")
    assert (
        control(other, HALF, says("disagree", "no", "monitor", "other", "2016-11-29")).ground
        == "divided"
    )


def test_a_denial_of_a_share_stands_whatever_its_voice_says_of_the_whole():
    held = took("held", "relief", "opposition", "2016-11-26", "2016-11-26")
    half, no = (
        took("half", "paper", "government", share=0.5),
        says("disagree", "no", "monitor", "half"),
    )
    answer = control(held, half, no, whole("2016-11-20/2016-11-28", "2016-11-29"))
    assert "no" in answer.against


def parts_of(*log: ControlChange) -> set[str]:
    """Return the ids of the partial claims that count on top of the whole one that leads."""
    facts = [timed(event, CITY.zone) for event in log]
    claims = [
        claim for fact in facts for effect in effects(fact, {}.get) for claim in effect.cell.claims
    ]
    return {claim.id for claim in standing_parts(claims, CITY)[1]}


def test_a_share_counts_on_top_of_the_whole_claim_that_leads_and_of_its_own_voices():
    leads = took("leads", "paper", "opposition", "2016-11-26", "2016-11-26")
    assert parts_of(leads, HALF) == {"half"}
    assert parts_of(leads, HALF, whole("2016-11-20/2016-11-28", "2016-11-29")) == set()
    assert parts_of(
        leads, HALF, evolve(whole("2016-11-20/2016-11-28", "2016-11-29"), source="relief")
    ) == {"half"}


def test_cautious_counts_no_share_that_only_its_holder_claims_but_names_it():
    answer = control(took("half", "state-tv", "government", share=0.5), policy="cautious")
    assert (answer.holder, answer.status, answer.shares, answer.unclear) == (
        None,
        "unknown",
        (),
        ("half",),
    )


def test_what_cautious_sets_aside_is_among_the_grounds_where_the_holder_is_the_same():
    before = took("before", "paper", "government", "2012", "2013")
    answer = control(before, OWN, policy="cautious")
    assert (answer.holder, answer.status, answer.because, answer.against) == (
        "government",
        "reported",
        ("before", "own"),
        (),
    )


# What may not have happened yet -------------------------------------------------------------------


@pytest.mark.parametrize(
    "more", [(), (took("tenth", "relief", "kurdish", "2016-11-25", share=0.1),)]
)
def test_what_a_voice_saw_is_not_followed_by_what_may_not_have_happened_yet(more):
    ours = took("ours", "monitor", "government", "2016-11-26", how="observation")
    lost = took("lost", "monitor", "opposition", "2016-11-27/2016-11-28", how="observation")
    log = took("took", "paper", "government", "2016-11-24"), ours, lost, *more
    answer = control(*log, at="2016-11-27T18:00")
    assert "ours" in (*answer.because, *answer.against)
    assert "ours" not in control(*log, at="2016-11-28").because


def test_of_shares_that_may_be_as_great_the_certain_one_comes_first_and_then_the_name():
    vague = (
        took("a", "monitor", "government", share=(0.1, 0.9)),
        took("b", "monitor", "kurdish", share=(0.4, 0.9)),
    )
    assert [share.actor for share in control(*vague).shares] == ["kurdish", "government"]
    alike = (
        took("a", "monitor", "kurdish", share=0.25),
        took("b", "monitor", "government", share=0.25),
    )
    assert [share.actor for share in control(*alike).shares] == ["government", "kurdish"]


def test_a_place_of_which_at_least_half_is_held_is_not_held_whole():
    answer = control(took("most", "monitor", "government", share=(0.6, None)))
    assert (answer.holder, answer.ground, shares(answer)) == (
        "government",
        "divided",
        {"government": (0.6, 1)},
    )


def test_of_two_possible_changes_neither_says_who_held_it_before():
    kurds = took("kurds", "relief", "kurdish", "2016-11-26/2016-11-28", "2016-11-29")
    answer = control(OURS, WEEKEND, kurds, at="2016-11-26T18:00")
    assert (answer.holder, answer.certain, answer.before) == ("kurdish", False, "opposition")


# In words -----------------------------------------------------------------------------------------


def told(
    *log: Event,
    at: str = "2016-12-31",
    policy: str = "latest",
    places: tuple[str, ...] | None = None,
) -> list[Brief]:
    """Return the briefing on control by a log, of all places or of some."""
    context = Context(CITY, AsOf.parse(at, zone=CITY.zone), POLICIES[policy])
    facts = engine.visible([timed(admit(event, CITY), CITY.zone) for event in log], context.cut)
    cells = engine.replay(PROJECTION, facts.values(), facts.get, context.cut.instant)
    speaker = {event.id: CITY.sources[event.source].label for event in log}.__getitem__
    reader = Reader(context=context, speaker=speaker, chosen=places is not None)
    return list(PROJECTION.brief(engine.answer(PROJECTION, cells, context, places), reader))


def row(*log: Event, **asked: Any) -> tuple[str, ...]:
    """Return the row of the hill."""
    (brief,) = told(*log, places=("hill",), **asked)
    assert brief.table
    ((*cells,),) = brief.table.rows
    return tuple(cell.text if isinstance(cell, Mark) else cell for cell in cells)


def test_a_place_is_told_with_its_holder_since_when_how_sure_and_who_says_so():
    (brief, _) = told(TOOK)
    assert brief.heading == "Control"
    assert brief.table == Table(
        ("Place", "Held by", "How sure", "Since", "Who says so"),
        (
            (
                "Hill",
                Mark("Government", CITY.actors["government"].colour),
                "reported",
                "27 Nov 2016",
                "The Monitor",
            ),
        ),
    )


def test_who_disputes_and_who_doubts_is_told_with_the_place():
    log = (
        TOOK,
        says("disagree", "no", "rebel-official", "took"),
        says("unclear", "hm", "resident", "took"),
    )
    who = "The Monitor; against: A rebel official; unclear: A resident"
    assert row(*log) == ("Hill", "Government", "disputed", "27 Nov 2016", who)
    assert row(*log, policy="unanimous") == ("Hill", "no agreed holder", "disputed", "", who)


def test_a_change_that_is_only_possible_is_told_with_who_held_the_place_before():
    assert row(OURS, WEEKEND, at="2016-11-26T18:00")[1:4] == (
        "Government",
        "reported, possible; before: Opposition",
        "26–27 Nov 2016",
    )
    assert row(WEEKEND, at="2016-11-26T18:00")[2] == "reported, possible"


def test_how_the_ground_is_held_is_told():
    assert (
        row(OURS, took("third", "monitor", "government", share=0.3))[1]
        == "divided: Opposition 70 %, Government 30 %"
    )
    vague = took("vague", "monitor", "government", share=(0.2, 0.5))
    assert row(OURS, vague)[1] == "divided: Opposition 50–80 %, Government 20–50 %"
    assert row(fought_over("fight", "monitor"))[1] == "contested"
    assert (
        row(
            took("took", "state-tv", "government", reported="2016-11-29"),
            fought_over("fight", "monitor"),
        )[1]
        == "Government, contested"
    )
    assert row(took("left", "monitor", None))[1] == "nobody"
    assert row() == ("Hill", "unknown", "unknown", "", "")


def test_what_a_place_inherits_is_told_with_the_place_around_it_or_when_it_is_asked_for():
    districts = EAST, TOOK, took("garden", "paper", "kurdish", place="garden")
    rows = {row[0]: row[4] for row in told(*districts)[0].table.rows}
    assert rows == {
        "East, 2 of 3 districts": "The Paper",
        "Hill": "The Monitor",
        "Garden": "The Paper",
    }
    assert [row[0] for row in told(*districts, places=("market", "hill"))[0].table.rows] == [
        "Hill",
        "Market, as East",
    ]
    assert [row[0] for row in told(*districts, places=("east",))[0].table.rows] == ["East"]


def test_the_places_of_which_nobody_spoke_are_listed_but_for_the_city():
    assert told(EAST)[1:] == [Brief("Unknown", ("West, Garden, Station",))]
    assert told(EAST, took("west", "paper", "government", place="west"))[1:] == []


def test_of_many_places_of_which_nobody_spoke_six_are_named():
    city = evolve(
        CITY, places=CITY.places | {"port": Place(id=PlaceId("port"), name="Port", parent=CITY.id)}
    )
    reader = Reader(context=Context(city, AsOf(), POLICIES["latest"]), speaker=str)
    answers = {place: control(TOOK) if place == "garden" else control() for place in city.places}
    six = "East, West, Hill, Market, Quarry, Station"
    assert list(PROJECTION.brief(answers, reader))[1:] == [Brief("Unknown", (f"{six} and 1 more",))]
    del answers["port"]
    assert list(PROJECTION.brief(answers, reader))[1:] == [Brief("Unknown", (six,))]
