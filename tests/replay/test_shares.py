"""Who holds a share of a place, and which shares count on top of which claims."""

import pytest
from attrs import evolve
from claims import vantage
from holdings import EAST, HALF, OURS, TOOK, control, says, shares, took
from hypothesis import given
from hypothesis import strategies as st
from strategies import CITY, told
from tellings import Telling

from projections.control import PROJECTION
from timeline.domain.events import ControlChange, SourceId
from timeline.domain.timed_event import timed
from timeline.replay.policies import POLICIES
from timeline.replay.shares import Hold, codes, divided

CITED = (SourceId("rebel-official"), SourceId("relief"))

# Shares -------------------------------------------------------------------------------------------


def test_a_half_taken_place_that_all_agree_on_is_divided_and_corroborated():
    answer = control(OURS, HALF, took("half-too", "second-monitor", "government", share=0.5))
    assert (answer.ground, answer.status) == ("divided", "corroborated")
    assert shares(answer) == {"government": (0.5, 0.5), "opposition": (0.5, 0.5)}
    assert set(answer.because) == {"half", "half-too", "ours"}


def test_the_holder_of_a_divided_place_needs_more_than_half_for_certain():
    assert control(OURS, took("most", "monitor", "government", share=0.51)).holder == "government"
    assert control(OURS, HALF).holder is None
    perhaps = took("perhaps", "monitor", "government", share=(0.4, 0.9))
    assert control(OURS, perhaps).holder is None
    some = took("some", "monitor", "government", share=(0.2, 0.4))
    assert control(OURS, some).holder == "opposition"


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
    assert answer.holder is None


def test_of_shares_that_add_up_to_more_than_the_place_the_newest_told_fixes_the_others():
    older, newer = (
        took("a", "monitor", "government", reported="2016-11-27", share=0.7),
        took("b", "paper", "kurdish", share=0.6),
    )
    answer = control(OURS, older, newer)
    assert shares(answer) == {"kurdish": (0.6, 0.6), "government": (0.4, 0.4)}
    assert (answer.holder, answer.status, answer.against) == ("kurdish", "disputed", ("a",))


def test_shares_told_together_that_add_up_to_more_than_the_place_are_cut_to_one_another():
    together = (
        took("a", "monitor", "government", share=0.7),
        took("b", "paper", "kurdish", share=0.7),
    )
    given = shares(control(OURS, *together))
    assert given["government"] == given["kurdish"] == (0.3, 0.7)


def test_where_no_one_holds_the_whole_and_none_has_more_than_half_there_is_no_holder():
    answer = control(HALF)
    assert (answer.holder, answer.ground, shares(answer)) == (
        None,
        "divided",
        {"government": (0.5, 0.5), None: (0.5, 0.5)},
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


def test_an_actors_earlier_share_counts_no_more_though_it_was_told_later_unless_they_overlap():
    most = took("most", "monitor", "government", share=0.6)
    before = took("before", "monitor", "government", "2016-11-25", "2016-12-02", share=0.3)
    assert shares(control(OURS, before, most))["government"] == (0.6, 0.6)
    vague = took("vague", "monitor", "government", "2016-11-25/2016-11-28", "2016-12-02", 0.3)
    assert shares(control(OURS, vague, most))["government"] == (0.3, 0.3)


def test_who_agrees_with_two_overlapping_shares_at_once_stands_by_the_one_that_begins_later():
    half = took("half", "monitor", "government", "2016-11-26/2016-11-27", share=0.5)
    most = took("most", "second-monitor", "government", share=0.6)
    both = evolve(says("agree", "both", "relief", "half", "2016-11-29"), about=("half", "most"))
    answer = control(OURS, half, most, both)
    assert (answer.status, shares(answer)["government"]) == ("corroborated", (0.6, 0.6))


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


def test_what_a_whole_holder_claims_no_more_is_the_last_other_holders_or_nobody_knows_whose():
    log = (
        took("all", "paper", "government", "2015", "2016-01-01"),
        took("most", "monitor", "government", share=0.6),
    )
    answer = control(*log)
    assert (answer.holder, answer.ground) == ("government", "divided")
    assert shares(answer) == {"government": (0.6, 0.6), None: (0.4, 0.4)}
    assert shares(control(OURS, *log)) == {"government": (0.6, 0.6), "opposition": (0.4, 0.4)}


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


def test_a_holder_as_data_names_all_who_hold_it_together_and_of_nobody_nothing():
    assert codes(("government", "kurdish")) == "government + kurdish"
    assert codes("government") == "government"
    assert codes(None) is None


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
    head = vantage().head
    one, other = Hold(("government",), "held", *a), Hold(("government",), "held", *b)
    assert (one.affirms(other, head), other.affirms(one, head)) == (equal, equal)
    assert not evolve(one, actors=("kurdish",)).affirms(other, head)


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
    head = vantage().head
    one, other = Hold(("government",), "held", *a), Hold(("kurdish",), "held", *b)
    assert (one.rivals(other, head), other.rivals(one, head)) == (not fit, not fit)
    assert not evolve(one, actors=("kurdish",)).rivals(other, head)


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


def test_who_names_two_shares_that_do_not_fit_into_one_place_does_not_dispute_himself():
    answer = control(
        took("a", "monitor", "government", share=0.7),
        took("b", "monitor", "kurdish", share=0.7),
    )
    assert (answer.ground, answer.status, answer.against) == ("divided", "reported", ())


def test_whose_word_is_passed_on_is_the_same_for_shares_and_for_the_whole():
    """Relief, of the two that are cited, spoke here itself, if only of a share."""
    cited = took("all", "paper", "opposition", "2016-12-01", "2016-12-02", cites=CITED)
    half = took("half", "relief", "government", "2016-11-20", "2016-11-21", 0.5)
    (verdict,) = Telling(PROJECTION, (cited, half), "2016-12-31").verdicts("hill")
    assert list(verdict.testimonies.speakers.stands) == ["@relief"]


def test_who_agrees_with_an_earlier_whole_after_telling_of_a_share_does_not_dispute_himself():
    whole = took("all", "paper", "opposition", "2016-11-20", "2016-11-21")
    seen = evolve(HALF, how="observation")
    answer = control(whole, seen, says("agree", "yes", "monitor", "all", "2016-11-30"))
    assert (answer.ground, "yes" in answer.against) == ("divided", False)


def test_every_share_that_counts_is_a_ground_of_the_answer():
    answer = control(
        OURS,
        took("a", "monitor", "government", share=0.25),
        took("b", "monitor", "kurdish", share=0.25),
    )
    assert set(answer.because) == {"ours", "a", "b"}


def test_a_rival_claim_to_the_whole_is_no_share():
    seen = took("seen", "paper", "opposition", "2016-11-30", "2016-12-01", how="observation")
    answer = control(TOOK, seen)
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
    events = [timed(event, CITY.zone, number) for number, event in enumerate(log, 1)]
    cells = [effect.cell for event in events for effect in PROJECTION.effects(event, {}.get)]
    holds = [claim for cell in cells for claim in cell.claims]
    division = divided(holds, vantage(), POLICIES["latest"])
    return {part.claim.id for part in division.parts}


def test_a_share_counts_on_top_of_the_whole_claim_that_leads_and_of_its_own_voices():
    leads = took("leads", "paper", "opposition", "2016-11-26", "2016-11-26")
    assert parts_of(leads, HALF) == {"half"}
    assert parts_of(leads, HALF, whole("2016-11-20/2016-11-28", "2016-11-29")) == set()
    assert parts_of(
        leads, HALF, evolve(whole("2016-11-20/2016-11-28", "2016-11-29"), source="relief")
    ) == {"half"}


def test_a_majority_for_shares_that_count_on_top_of_the_whole_does_not_set_it_aside():
    most = took("most", "monitor", "government", share=0.6)
    too = took("too", "second-monitor", "government", share=0.6)
    answer = control(OURS, most, too, policy="majority")
    assert shares(answer) == {"government": (0.6, 0.6), "opposition": (0.4, 0.4)}
    assert set(answer.because) == {"ours", "most", "too"}


def test_a_share_that_has_not_begun_by_then_counts_for_nothing():
    answer = control(HALF, at="2016-11-20")
    assert (answer.holder, answer.status, answer.shares) == (None, "unknown", ())


def test_cautious_counts_no_share_that_only_its_holder_claims_but_names_it():
    answer = control(took("half", "state-tv", "government", share=0.5), policy="cautious")
    assert (answer.holder, answer.status, answer.shares, answer.unclear) == (
        None,
        "unknown",
        (),
        ("half",),
    )


def test_what_a_share_is_set_aside_for_names_it_against_where_the_two_cannot_both_be_true():
    answer = control(OURS, took("most", "state-tv", "government", share=0.6), policy="cautious")
    assert (answer.holder, answer.status, answer.against) == ("opposition", "disputed", ("most",))


# What a share of a whole says of its parts --------------------------------------------------------


def test_a_share_of_a_whole_says_nothing_about_a_part():
    most = took("most", "army", "government", "2016-12-01", "2016-12-01", 0.75, place="east")
    assert control(EAST, most, place="hill") == control(EAST, place="hill")
    assert control(EAST, most, place="east").ground == "divided"


def test_a_sentence_about_a_wider_place_does_not_speak_of_what_it_excepts():
    but_one = took("but-one", "monitor", "government", place="testopolis", excepting=("east",))
    assert control(but_one, place="garden").holder == "government"
    assert control(but_one, place="testopolis").holder == "government"
    for place in ("east", "hill"):
        assert control(but_one, place=place).status == "unknown"


# What is always true of shares --------------------------------------------------------------------


@given(log=told(ControlChange, 8), policy=st.sampled_from(list(POLICIES)))
def test_shares_of_one_place_are_parts_of_one(log, policy):
    """0 ≤ Σ low ≤ 1 ≤ Σ high, for every place by every policy."""
    answers = Telling(PROJECTION, log, "2016-12-20", policy=policy).answers
    for answer in answers.values():
        if answer.shares:
            lows = sum(share.low for share in answer.shares)
            highs = sum(share.high for share in answer.shares)
            assert 0 <= lows <= 1 + 1e-9
            assert highs >= 1 - 1e-9
        assert all(0 <= share.low <= share.high <= 1 for share in answer.shares)
