"""From claims to an answer, a sentence of the rules at a time.

A claim here says that somebody holds the hill. The leading claim is mostly ``took``: the monitor
says that the government took it on 27 November, and said so on the 28th.
"""

import pytest
from attrs import evolve, frozen
from strategies import CITY

from timeline.domain.events import EventId, Grade, SourceId
from timeline.replay.cells import Claim, ids
from timeline.replay.policies import POLICIES, Verdict, settle
from timeline.replay.weighing import Case, speaks_of, weigh
from timeline.temporal.dates import TICK, Moment, When, Window


@frozen
class Holder:
    """That somebody holds the hill: the plainest thing to claim."""

    favours: str | None

    def rivals(self, other: "Holder") -> bool:
        return self != other

    def affirms(self, other: "Holder") -> bool:
        return self == other


class Neither(Holder):
    """That somebody holds some of the hill, which leaves room for others."""

    def rivals(self, other: Holder) -> bool:
        return False

    def affirms(self, other: Holder) -> bool:
        return False


def claim(
    id: str,
    voice: str,
    actor: str | None = "government",
    occurred: str = "2016-11-27",
    reported: str = "2016-11-28",
    mode: str = "change",
    about: Claim | None = None,
    grade: str | None = None,
    subject: str = "hill",
) -> Claim:
    """Return a voice's claim that an actor holds the hill."""
    return Claim(
        id=EventId(id),
        voice=SourceId(voice),
        window=When(occurred).window(CITY.zone),
        text=occurred,
        known=Moment(reported).instant(CITY.zone),
        subject=subject,
        mode=mode,
        question=(mode,),
        value=Holder(actor),
        about=about and about.id,
        grade=grade and Grade(grade),
    )


def observes(
    id: str,
    voice: str,
    actor: str | None = "government",
    occurred: str = "2016-11-27",
    reported: str = "2016-11-28",
) -> Claim:
    """Return a voice's claim that an actor held the hill then, as a map says it."""
    return claim(id, voice, actor, occurred, reported, mode="observation")


def stance(
    mode: str,
    id: str,
    voice: str,
    about: Claim,
    reported: str = "2016-11-28",
    grade: str | None = None,
) -> Claim:
    """Return a voice's stance on a claim, over that claim's window."""
    own = claim(
        id, voice, about.value.favours, reported=reported, mode=mode, about=about, grade=grade
    )
    return evolve(
        own, window=about.window, text=about.text, question=("stance", about.question, about.value)
    )


def denial(
    id: str, voice: str, about: Claim, reported: str = "2016-11-28", grade: str | None = None
) -> Claim:
    """Return a voice's denial of a claim."""
    return stance("disagree", id, voice, about, reported, grade)


def agreement(
    id: str, voice: str, about: Claim, reported: str = "2016-11-28", grade: str | None = None
) -> Claim:
    """Return a voice's agreement with a claim."""
    return stance("agree", id, voice, about, reported, grade)


def doubt(id: str, voice: str, about: Claim, reported: str = "2016-11-28") -> Claim:
    """Return a voice's word that a claim is not clear."""
    return stance("unclear", id, voice, about, reported)


def decide(*claims: Claim, policy: str = "latest") -> Verdict:
    """Return what a policy makes of claims."""
    return settle(claims, CITY, POLICIES[policy])


def case_of(*claims: Claim, policy: str = "latest") -> Case:
    """Return the case that the leading claim makes."""
    case = decide(*claims, policy=policy).case
    assert case is not None
    return case


def leader(*claims: Claim, policy: str = "latest") -> str | None:
    """Return the id of the claim that leads; None when none does or the answer is withheld."""
    verdict = decide(*claims, policy=policy)
    return verdict.case.leading.id if verdict.case and verdict.ruling == "accept" else None


def status(*claims: Claim) -> str:
    """Return how sure the leading claim is."""
    return case_of(*claims).status


def names(claims) -> set[str]:
    """Return the ids of claims."""
    return set(ids(claims))


TOOK = claim("took", "monitor")
OWN = claim("own", "state-tv")
"""The government's own television says that the government took the hill."""
EARLIER = claim("earlier", "paper", "opposition", "2012", "2013")
"""The Paper said long ago that the opposition took it."""


# To speak of that time, and to have been able to know ---------------------------------------------


def test_a_map_of_2012_does_not_dispute_a_capture_of_2016():
    case = case_of(TOOK, observes("map", "second-monitor", "opposition", "2012", "2012-12-31"))
    assert (case.leading, case.status, case.against) == (TOOK, "reported", ())


def test_an_article_of_2016_that_tells_of_2012_does_not_dispute_it_either():
    case = case_of(TOOK, claim("article", "paper", "opposition", "2012-22", "2016-12-01"))
    assert (case.leading, case.status, case.against) == (TOOK, "reported", ())


def test_an_article_that_tells_of_2012_does_not_corroborate():
    case = case_of(TOOK, claim("article", "paper", "government", "2012-22", "2016-12-01"))
    assert (case.status, names(case.support)) == ("reported", {"took"})


def test_who_spoke_before_it_can_have_happened_could_not_have_known():
    foretold = observes("foretold", "second-monitor", "opposition", "2016-11-20/..", "2016-11-26")
    assert not speaks_of(foretold, TOOK)
    assert (
        case_of(
            TOOK,
            claim("early", "second-monitor", "opposition", "2016-11-20/2016-11-30", "2016-11-26"),
        ).status
        == "reported"
    )


def test_who_spoke_before_it_can_have_happened_does_not_corroborate():
    assert (
        status(
            TOOK,
            claim("early", "second-monitor", "government", "2016-11-20/2016-11-30", "2016-11-26"),
        )
        == "reported"
    )


def test_who_spoke_as_it_may_have_begun_could_have_known():
    at_once = evolve(
        observes("map", "paper", "opposition", "2016-11-20/2016-11-27"), known=TOOK.window.earliest
    )
    assert speaks_of(evolve(at_once, window=TOOK.window), TOOK)
    assert not speaks_of(
        evolve(at_once, window=TOOK.window, known=TOOK.window.earliest - TICK), TOOK
    )


def test_a_window_that_ends_as_the_claims_begins_does_not_speak_of_its_time():
    day_before = claim("before", "second-monitor", "opposition", "2016-11-26", "2016-12-01")
    assert not speaks_of(day_before, TOOK)
    assert speaks_of(
        evolve(day_before, window=Window(day_before.window.earliest, TOOK.window.earliest + TICK)),
        TOOK,
    )


def test_a_denial_spoken_before_the_claims_window_began_is_no_denial_of_it():
    assert status(TOOK, denial("no", "rebel-official", TOOK, "2016-11-26")) == "reported"


# How sure -----------------------------------------------------------------------------------------


def test_nobody_said_anything():
    assert decide().case is None


def test_only_the_beneficiary_says_so_it_is_claimed():
    assert status(OWN) == "claimed"


def test_one_disinterested_voice_says_so_it_is_reported():
    assert status(TOOK) == "reported"


def test_one_voice_against_its_own_interest_says_so_it_is_reported():
    assert status(claim("lost", "rebel-official")) == "reported"


def test_two_independent_voices_corroborate():
    assert status(TOOK, claim("also", "paper")) == "corroborated"


def test_the_beneficiary_and_a_disinterested_voice_are_two_independent_voices():
    assert status(OWN, TOOK) == "corroborated"


def test_an_agreement_corroborates_as_a_claim_does():
    assert status(TOOK, agreement("yes", "paper", TOOK)) == "corroborated"


def test_two_voices_of_one_side_are_one():
    assert status(OWN, claim("army-says", "army")) == "claimed"
    assert status(claim("lost", "rebel-official"), claim("lost-too", "rebel-council")) == "reported"


def test_one_voice_through_two_outlets_is_one():
    assert status(TOOK, claim("took-in-another-paper", "monitor")) == "reported"


def test_a_place_that_nobody_holds_favours_nobody():
    assert status(claim("left", "monitor", None)) == "reported"


# Disputes -----------------------------------------------------------------------------------------


def test_a_denial_of_the_very_claim_disputes_it():
    case = case_of(TOOK, denial("no", "rebel-official", TOOK))
    assert (case.leading, case.status, names(case.against)) == (TOOK, "disputed", {"no"})


def test_a_denial_of_what_another_voice_says_of_the_same_holder_and_time_disputes_it_too():
    also = claim("also", "paper")
    assert names(case_of(TOOK, also, denial("no", "rebel-official", also)).against) == {"no"}


def test_a_denial_of_another_holder_disputes_nothing():
    rival = claim("rival", "paper", "opposition", "2016-11-20")
    assert status(TOOK, rival, denial("no", "second-monitor", rival, "2016-12-01")) == "reported"


def test_unclear_alone_does_not_dispute():
    case = case_of(TOOK, doubt("hm", "rebel-official", TOOK))
    assert (case.status, names(case.unclear), case.against) == ("reported", {"hm"}, ())


def test_two_changes_that_name_different_holders_over_overlapping_windows_dispute_each_other():
    vague = claim("vague", "paper", "opposition", "2016-11-25/2016-11-30", "2016-12-01")
    assert names(case_of(TOOK, vague).against) == {"vague"}
    assert names(weigh(vague, [TOOK, vague], CITY).against) == {"took"}


def test_two_changes_that_name_different_holders_one_after_the_other_do_not():
    case = case_of(claim("first", "paper", "opposition", "2016-11-26", "2016-11-28"), TOOK)
    assert (case.leading, case.against) == (TOOK, ())


def test_a_place_that_nobody_holds_disputes_that_somebody_does():
    assert names(case_of(TOOK, claim("nobody", "paper", None)).against) == {"nobody"}


def test_an_observation_of_another_holder_at_that_time_disputes():
    assert (
        status(TOOK, observes("map", "paper", "opposition", "2016-11-26/2016-11-27")) == "disputed"
    )


def test_an_observation_of_the_same_holder_supports_but_does_not_say_since_when():
    case = case_of(TOOK, observes("map", "paper", occurred="2016-11-30", reported="2016-12-01"))
    assert (case.leading, case.status, names(case.support)) == (
        TOOK,
        "corroborated",
        {"took", "map"},
    )
    assert case.since == TOOK.window


def test_only_observations_do_not_say_since_when():
    case = case_of(observes("map", "paper"), observes("table", "monitor"))
    assert (case.status, case.since) == ("corroborated", None)


def test_since_is_the_hull_of_the_windows_of_the_supporting_changes():
    case = case_of(
        TOOK, claim("also", "paper", occurred="2016-11-25/2016-11-28", reported="2016-11-29")
    )
    assert case.since == When("2016-11-25/2016-11-28").window(CITY.zone)


def test_a_change_that_is_in_dispute_says_nothing_of_since_when():
    assert (
        case_of(TOOK, claim("rival", "paper", "opposition", "2016-11-20/2016-11-28")).since
        == TOOK.window
    )


# Lapse: its own side says otherwise later ---------------------------------------------------------


def test_a_dispute_lapses_once_its_own_voice_says_otherwise_later():
    assert (
        status(
            OWN,
            denial("no", "rebel-official", OWN),
            claim("lost", "rebel-official", reported="2016-11-30"),
        )
        == "corroborated"
    )


def test_a_dispute_lapses_once_another_voice_of_its_side_says_otherwise_later():
    case = case_of(
        OWN,
        denial("no", "rebel-official", OWN),
        agreement("yes", "rebel-council", OWN, "2016-11-30"),
    )
    assert (case.against, names(case.lapsed)) == ((), {"no"})


def test_a_doubt_lapses_once_its_side_says_otherwise_later():
    case = case_of(
        OWN,
        doubt("hm", "rebel-official", OWN),
        agreement("yes", "rebel-council", OWN, "2016-11-30"),
    )
    assert (case.unclear, names(case.lapsed)) == ((), {"hm"})


def test_a_doubt_of_its_own_side_does_not_make_a_dispute_lapse():
    assert (
        status(
            OWN,
            denial("no", "rebel-official", OWN),
            doubt("hm", "rebel-council", OWN, "2016-11-30"),
        )
        == "disputed"
    )


def test_a_dispute_does_not_lapse_by_what_its_side_said_before_or_at_the_same_time():
    for reported in ("2016-11-28", "2016-11-29"):
        yes = agreement("yes", "rebel-council", OWN, reported)
        assert status(OWN, yes, denial("no", "rebel-official", OWN, "2016-11-29")) == "disputed"


def test_a_dispute_does_not_lapse_because_another_side_says_otherwise_later():
    assert (
        status(
            TOOK,
            denial("no", "rebel-official", TOOK),
            agreement("yes", "state-tv", TOOK, "2016-11-30"),
        )
        == "disputed"
    )


def test_a_rival_claim_lapses_once_its_side_says_otherwise_later():
    rival = claim("ours", "rebel-official", "opposition")
    assert status(OWN, rival) == "disputed"
    assert case_of(OWN, rival, agreement("yes", "rebel-council", OWN, "2016-11-30")).against == ()


def test_a_voice_that_takes_its_agreement_back_disputes():
    case = case_of(
        TOOK,
        agreement("yes", "rebel-official", TOOK),
        denial("no", "rebel-official", TOOK, "2016-11-30"),
    )
    assert (case.status, names(case.support), names(case.against)) == ("disputed", {"took"}, {"no"})


def test_a_side_that_takes_its_agreement_back_does_not_support_any_more():
    case = case_of(
        TOOK,
        agreement("yes", "rebel-council", TOOK),
        denial("no", "rebel-official", TOOK, "2016-11-30"),
    )
    assert (case.status, names(case.support), names(case.lapsed)) == ("disputed", {"took"}, {"yes"})


def test_a_voice_takes_its_own_claim_back_only_by_what_it_says_later():
    assert leader(EARLIER, TOOK, denial("not-yet", "monitor", TOOK)) == "took"


def test_a_voice_that_takes_its_own_claim_back_leads_no_more():
    assert (
        leader(EARLIER, TOOK, denial("not-after-all", "monitor", TOOK, "2016-11-30")) == "earlier"
    )


# Lapse: two independent voices not of the holder's side -------------------------------------------


def after(*support: Claim, denied: str = "2016-11-29") -> str:
    """Return the status of the monitor's claim of the 28th, denied on a day, with more support."""
    return status(TOOK, denial("no", "rebel-official", TOOK, denied), *support)


def test_a_dispute_lapses_once_two_independent_voices_assert_the_holder_one_of_them_after_it():
    assert after(claim("also", "paper", reported="2016-11-30")) == "corroborated"


def test_a_dispute_does_not_lapse_when_both_spoke_before_it():
    assert after(claim("also", "paper", reported="2016-11-28")) == "disputed"


def test_a_dispute_does_not_lapse_when_the_other_spoke_at_the_same_time():
    assert after(claim("also", "paper", reported="2016-11-29")) == "disputed"


def test_a_dispute_does_not_lapse_by_one_voice_alone_however_often_it_speaks():
    assert (
        after(observes("again", "monitor", occurred="2016-11-29", reported="2016-11-30"))
        == "disputed"
    )


def test_a_dispute_does_not_lapse_when_one_of_the_two_is_of_the_holders_side():
    assert after(claim("also", "army", reported="2016-11-30")) == "disputed"
    assert (
        after(
            claim("also", "army", reported="2016-11-30"),
            claim("too", "state-tv", reported="2016-11-30"),
        )
        == "disputed"
    )


def test_a_voice_of_the_holders_side_after_the_dispute_does_not_help_one_that_spoke_before():
    assert (
        after(claim("also", "paper"), claim("again", "army", reported="2016-11-30")) == "disputed"
    )


def test_two_voices_of_one_side_do_not_outweigh_a_dispute():
    took = claim("took", "rebel-official")
    assert (
        status(
            took,
            denial("no", "monitor", took),
            claim("too", "rebel-council", reported="2016-11-30"),
        )
        == "disputed"
    )


def test_each_dispute_lapses_by_what_was_said_after_it():
    again = denial("no-again", "resident", TOOK, "2016-12-02")
    case = case_of(
        TOOK,
        denial("no", "rebel-official", TOOK, "2016-11-29"),
        claim("also", "paper", reported="2016-11-30"),
        again,
    )
    assert (names(case.against), names(case.lapsed)) == ({"no-again"}, {"no"})


# Which claim leads --------------------------------------------------------------------------------


def test_the_newest_change_leads_whoever_says_so():
    assert leader(EARLIER, OWN) == "own"


def test_a_change_that_another_follows_does_not_lead_even_when_it_was_reported_later():
    assert leader(TOOK, evolve(EARLIER, known=Moment("2017").instant(CITY.zone))) == "took"


def test_of_changes_over_one_window_the_one_reported_last_leads_and_at_a_tie_the_last_id():
    assert leader(TOOK, claim("a", "paper", reported="2016-11-29")) == "a"
    assert leader(TOOK, claim("a", "paper")) == "took"


def test_an_observation_leads_where_no_change_is_known():
    assert leader(observes("map", "paper")) == "map"


def test_the_change_leads_that_a_later_observation_confirms():
    assert (
        leader(
            EARLIER, TOOK, observes("map", "paper", occurred="2016-12-31", reported="2016-12-31")
        )
        == "took"
    )


def test_a_change_that_another_follows_does_not_lead_again_because_an_observation_confirms_it():
    retaken = claim("retaken", "paper", "opposition", "2016-11-29", "2016-11-30")
    assert (
        leader(
            TOOK,
            retaken,
            observes("map", "second-monitor", occurred="2016-12-31", reported="2016-12-31"),
        )
        != "took"
    )


def test_the_leading_claim_is_taken_from_the_changes():
    case = case_of(TOOK, observes("map", "paper", "opposition", "2016-11-30", "2016-12-01"))
    assert (case.leading.id, case.status, names(case.against)) == ("took", "disputed", {"map"})


# A voice's last word ------------------------------------------------------------------------------


def test_of_a_voices_own_overlapping_claims_the_last_reported_counts():
    corrected = claim("corrected", "monitor", "opposition", "2016-11-26/2016-11-28", "2016-11-30")
    case = case_of(TOOK, corrected)
    assert (case.leading, case.status) == (corrected, "reported")


def test_of_a_voices_own_overlapping_claims_of_one_report_the_last_id_counts():
    case = case_of(TOOK, claim("b", "monitor", "opposition"))
    assert (case.leading, case.status) == (TOOK, "reported")


def test_a_voice_that_dates_the_same_change_anew_means_its_last_date():
    case = case_of(
        TOOK, claim("corrected", "monitor", occurred="2016-11-25/2016-11-27", reported="2016-11-30")
    )
    assert (names(case.support), case.since) == (
        {"corrected"},
        When("2016-11-25/2016-11-27").window(CITY.zone),
    )


def test_of_two_stances_in_one_report_the_last_id_counts():
    case = case_of(TOOK, agreement("a-yes", "paper", TOOK), denial("b-no", "paper", TOOK))
    assert (names(case.support), names(case.against)) == ({"took"}, {"b-no"})


def test_what_a_voice_says_in_one_report_without_contradicting_itself_all_stays():
    case = case_of(TOOK, claim("too", "monitor", occurred="2016-11-27/2016-11-28"))
    assert names(case.support) == {"took", "too"}


def test_a_claim_on_the_place_itself_goes_before_one_of_the_same_report_on_a_place_around_it():
    around = claim("zone", "monitor", "opposition", subject="east")
    assert leader(TOOK, around) == "took"


# Policies -----------------------------------------------------------------------------------------


def test_the_default_is_latest():
    assert next(iter(POLICIES)) == "latest"
    assert list(POLICIES) == ["latest", "cautious", "reliable", "majority", "unanimous"]


def test_cautious_leaves_the_earlier_holder_while_only_the_beneficiary_says_so():
    assert leader(EARLIER, OWN, policy="cautious") == "earlier"
    assert leader(EARLIER, OWN, claim("again", "army"), policy="cautious") == "earlier"


def test_cautious_leaves_the_earlier_holder_also_when_that_is_inherited():
    assert leader(evolve(EARLIER, subject="east"), OWN, policy="cautious") == "earlier"


def test_cautious_counts_a_change_once_it_is_reported_even_while_it_is_disputed():
    assert leader(EARLIER, TOOK, policy="cautious") == "took"
    assert leader(EARLIER, OWN, TOOK, policy="cautious") == "took"
    assert leader(EARLIER, TOOK, denial("no", "rebel-official", TOOK), policy="cautious") == "took"
    assert leader(EARLIER, claim("lost", "rebel-official"), policy="cautious") == "lost"


def test_cautious_knows_nobody_where_only_the_beneficiary_ever_spoke():
    verdict = decide(OWN, policy="cautious")
    assert (verdict.case, verdict.set_aside) == (None, (OWN,))


def test_what_cautious_sets_aside_is_still_in_the_answer_against():
    case = case_of(EARLIER, OWN, policy="cautious")
    assert (names(case.overruled), case.status) == ({"own"}, "disputed")


def test_reliable_follows_the_better_grade():
    took = evolve(TOOK, grade=Grade("C3"))
    rival = claim("rival", "paper", "opposition", "2016-11-26/2016-11-27", grade="B2")
    assert leader(took, rival, policy="latest") == "took"
    assert leader(took, rival, policy="reliable") == "rival"
    assert leader(evolve(took, grade=Grade("A1")), rival, policy="reliable") == "took"


def test_reliable_lets_the_newest_lead_where_grades_are_alike():
    rival = claim("rival", "paper", "opposition", "2016-11-26/2016-11-27", grade="B2")
    assert leader(evolve(TOOK, grade=Grade("B2")), rival, policy="reliable") == "took"


def test_reliable_takes_the_best_grade_on_each_side():
    took = evolve(TOOK, grade=Grade("D4"))
    rival = claim("rival", "paper", "opposition", "2016-11-26/2016-11-27", grade="B2")
    assert (
        leader(took, rival, agreement("yes", "relief", took, grade="A1"), policy="reliable")
        == "took"
    )


def test_reliable_trusts_what_has_no_grade_least():
    rival = claim("rival", "paper", "opposition", "2016-11-26/2016-11-27", grade="E5")
    assert leader(TOOK, rival, policy="reliable") == "rival"
    assert (
        leader(evolve(TOOK, grade=Grade("E5")), evolve(rival, grade=None), policy="reliable")
        == "took"
    )


def test_reliable_asks_only_those_who_could_have_known():
    took = evolve(TOOK, grade=Grade("C3"))
    assert leader(took, evolve(EARLIER, grade=Grade("A1")), policy="reliable") == "took"
    unknowing = claim(
        "unknowing",
        "second-monitor",
        "opposition",
        "2016-11-20/2016-11-30",
        "2016-11-26",
        grade="A1",
    )
    assert leader(took, unknowing, policy="reliable") == "took"


def test_reliable_gives_the_place_back_to_the_earlier_holder_when_a_better_source_denies():
    took = evolve(TOOK, grade=Grade("C3"))
    assert (
        leader(EARLIER, took, denial("no", "relief", took, grade="A1"), policy="reliable")
        == "earlier"
    )


def rivals(*voices: str) -> list[Claim]:
    """Return the claims of voices that the opposition took the hill about then."""
    return [
        claim(f"rival-{voice}", voice, "opposition", "2016-11-26/2016-11-27") for voice in voices
    ]


def test_majority_counts_independent_voices():
    assert leader(TOOK, *rivals("paper", "relief"), policy="majority") == "rival-relief"
    assert (
        leader(
            TOOK,
            claim("also", "second-monitor"),
            claim("too", "resident"),
            *rivals("paper", "relief"),
            policy="majority",
        )
        == "took"
    )


def test_majority_counts_two_voices_of_one_side_once():
    assert leader(TOOK, *rivals("rebel-official", "rebel-council"), policy="majority") == "took"
    assert (
        leader(OWN, claim("again", "army"), *rivals("paper", "relief"), policy="majority")
        == "rival-relief"
    )


def test_majority_lets_the_newest_lead_at_a_tie():
    assert leader(TOOK, *rivals("paper"), policy="majority") == "took"


def test_what_majority_sets_aside_does_not_come_back_by_what_supports_it():
    again = observes("again", "monitor", occurred="2016-11-30", reported="2016-12-01")
    assert leader(TOOK, again, *rivals("paper", "relief"), policy="majority") == "rival-relief"


def test_majority_counts_denials():
    denials = [denial(f"no-{voice}", voice, TOOK) for voice in ("paper", "relief")]
    assert leader(EARLIER, TOOK, *denials, policy="majority") == "earlier"


def test_majority_does_not_prefer_a_holder_that_fewer_voices_name():
    kurdish = [
        claim(f"kurdish-{voice}", voice, "kurdish", "2016-11-26/2016-11-27")
        for voice in ("army", "resident")
    ]
    case = case_of(
        *(claim(f"took-{voice}", voice) for voice in ("monitor", "second-monitor", "relief")),
        *rivals("paper", "rebel-official"),
        *kurdish,
        policy="majority",
    )
    assert case.leading.value.favours == "government"


def test_unanimous_names_a_holder_only_where_nobody_disputes():
    assert leader(TOOK, policy="unanimous") == "took"
    assert leader(TOOK, doubt("hm", "paper", TOOK), policy="unanimous") == "took"
    assert leader(EARLIER, TOOK, denial("no", "rebel-official", TOOK), policy="unanimous") is None


def test_unanimous_still_says_who_disputes():
    case = case_of(TOOK, denial("no", "rebel-official", TOOK), policy="unanimous")
    assert (names(case.support), names(case.against)) == ({"took"}, {"no"})


def test_unanimous_names_a_holder_once_the_dispute_has_lapsed():
    yes = agreement("yes", "rebel-council", TOOK, "2016-11-30")
    assert leader(TOOK, denial("no", "rebel-official", TOOK), yes, policy="unanimous") == "took"


def told(*claims: Claim, policy: str) -> set[str]:
    """Return the ids of all the claims that an answer names, on whatever side."""
    verdict = decide(*claims, policy=policy)
    case = verdict.case
    groups = (
        (case.support, case.seconded, case.against, case.overruled, case.unclear)
        if case
        else (verdict.set_aside,)
    )
    return set().union(*(names(group) for group in groups))


@pytest.mark.parametrize("policy", POLICIES)
def test_no_claim_that_speaks_of_the_time_is_lost_to_a_policy(policy):
    claims = (
        EARLIER,
        OWN,
        denial("no", "rebel-official", OWN),
        doubt("hm", "resident", OWN),
        *rivals("relief"),
    )
    assert told(*claims, policy=policy) >= {"own", "rival-relief"}


def test_no_claim_is_lost_to_a_policy_that_leaves_the_same_holder():
    assert "own" in told(evolve(EARLIER, value=Holder("government")), OWN, policy="cautious")


def test_no_stance_on_a_claim_is_lost_with_it():
    claims = (EARLIER, OWN, denial("no", "rebel-official", OWN), doubt("hm", "resident", OWN))
    assert told(*claims, policy="cautious") >= {"own", "no", "hm"}


def test_what_is_set_aside_and_neither_rivals_nor_affirms_the_leading_claim_is_unclear():
    other = evolve(OWN, value=Neither("government"))
    assert names(weigh(EARLIER, [EARLIER], CITY, [other]).unclear) == {"own"}


def test_what_its_own_voice_has_denied_since_disputes_nothing():
    claims = (EARLIER, TOOK, denial("not-so", "monitor", TOOK, "2016-11-30"))
    case = decide(*claims, policy="latest").case
    assert (case.leading.id, names(case.against), case.status) == (EARLIER.id, set(), "reported")


def test_a_leading_claim_is_its_own_support_whatever_was_barred():
    case = weigh(TOOK, [TOOK], CITY, [OWN])
    assert (names(case.support), case.overruled, case.strength) == ({"took"}, (), "reported")


def test_ids_are_told_in_the_order_in_which_they_became_known():
    assert ids([TOOK, EARLIER, OWN, TOOK]) == ("earlier", "own", "took")


# What a voice has since seen, and what it said last -----------------------------------------------


SEEN_SINCE = observes("map", "monitor", "opposition", "2016-12-10", "2016-12-10")
"""The monitor, which said that the government took the hill, has since seen others there."""


def test_what_a_voice_has_since_seen_otherwise_leads_where_nobody_tells_of_the_change():
    assert leader(TOOK, SEEN_SINCE) == "map"
    assert leader(EARLIER, TOOK, SEEN_SINCE) == "map"


def test_a_change_that_was_told_of_leads_before_what_a_voice_has_since_seen():
    retaken = claim("retaken", "relief", "opposition", "2016-12-05", "2016-12-06")
    assert leader(EARLIER, TOOK, SEEN_SINCE, retaken) == "retaken"


def test_a_change_that_began_before_what_it_reversed_tells_of_what_a_voice_has_since_seen_too():
    vague = claim("vague", "paper", "opposition", "2016-11-20/2016-11-30", "2016-12-01")
    assert leader(TOOK, SEEN_SINCE, vague) == "vague"


def test_a_change_to_another_holder_does_not_tell_of_what_a_voice_has_since_seen():
    kurds = claim("kurds", "paper", "kurdish", "2016-12-01", "2016-12-02")
    assert leader(TOOK, SEEN_SINCE, kurds) == "map"


def test_what_a_voice_saw_while_the_change_may_not_have_happened_yet_does_not_reverse_it():
    case = case_of(
        TOOK, observes("map", "monitor", "opposition", "2016-11-20/2016-11-28", "2016-11-29")
    )
    assert (case.leading, names(case.against)) == (TOOK, {"map"})


def test_what_a_voice_saw_before_is_followed_by_what_it_saw_next():
    took = claim("took", "paper", occurred="2016-11-24")
    theirs = [
        observes(f"theirs-{day}", "monitor", "opposition", f"2016-11-{day}") for day in (25, 26)
    ]
    case = case_of(took, *theirs, observes("ours", "monitor", "government", "2016-11-27"))
    assert (case.status, names(case.support), case.against) == (
        "corroborated",
        {"took", "ours"},
        (),
    )


@pytest.mark.parametrize("reported", ["2016-11-28", "2016-11-29"])
def test_what_may_not_have_happened_yet_follows_nothing_that_the_voice_said(reported):
    claims = (
        claim("took", "paper", occurred="2016-11-24"),
        observes("ours", "monitor", "government", "2016-11-26"),
    )
    lost = observes("lost", "monitor", "opposition", "2016-11-27/2016-11-28", reported)
    case = settle(
        [*claims, lost], CITY, POLICIES["latest"], at=Moment("2016-11-27T18:00").instant(CITY.zone)
    ).case
    assert case is not None
    assert {"took", "ours"} <= names((*case.support, *case.lapsed))


def test_a_voice_that_says_its_own_claim_again_or_doubts_it_does_not_take_it_back():
    assert leader(EARLIER, TOOK, agreement("yes", "monitor", TOOK, "2016-11-30")) == "took"
    assert leader(EARLIER, TOOK, doubt("hm", "monitor", TOOK, "2016-11-30")) == "took"


def test_of_two_voices_reports_of_one_time_the_one_on_the_place_itself_leads():
    assert leader(TOOK, claim("zone", "paper", "opposition", subject="east")) == "took"


def test_a_leading_claim_stays_in_support_though_its_own_side_denies_it():
    case = case_of(OWN, denial("no", "army", OWN, "2016-11-29"))
    assert (case.status, names(case.support), names(case.against), case.lapsed) == (
        "disputed",
        {"own"},
        {"no"},
        (),
    )


def test_a_leading_claim_is_its_own_support_whenever_it_was_made_public():
    foretold = evolve(OWN, known=OWN.window.earliest - TICK)
    case = weigh(foretold, [foretold], CITY)
    assert (names(case.support), case.strength) == ({"own"}, "claimed")


# What a policy sets aside -------------------------------------------------------------------------


def test_who_agrees_with_what_was_set_aside_is_against_and_who_denies_it_is_for():
    case = case_of(
        EARLIER,
        OWN,
        agreement("yes", "army", OWN),
        denial("no", "resident", OWN),
        policy="cautious",
    )
    assert (case.leading, names(case.overruled), names(case.seconded)) == (
        EARLIER,
        {"own", "yes"},
        {"no"},
    )


def test_who_agrees_with_what_was_barred_from_the_start_is_against():
    yes = agreement("yes", "paper", OWN)
    case = weigh(EARLIER, [EARLIER, yes], CITY, [OWN])
    assert (names(case.overruled), case.seconded) == ({"own", "yes"}, ())


def test_what_was_set_aside_and_speaks_of_another_time_is_neither_for_nor_against():
    case = weigh(
        TOOK, [TOOK], CITY, [EARLIER, evolve(EARLIER, id=EventId("same"), value=TOOK.value)]
    )
    assert (case.overruled, case.seconded) == ((), ())


def test_what_supports_a_claim_that_is_set_aside_does_not_lead_in_its_place():
    vague = claim("vague", "army", occurred="2016-11-20/2016-11-28")
    before = claim("before", "paper", occurred="2016-11-20/2016-11-26")
    case = case_of(OWN, vague, before, policy="cautious")
    assert (case.leading, case.status, names(case.seconded)) == (
        before,
        "reported",
        {"own", "vague"},
    )


def test_the_voices_behind_what_was_set_aside_are_counted_by_side_too():
    case = case_of(EARLIER, OWN, claim("again", "army"), policy="cautious")
    assert (names(case.overruled), case.independent(case.overruled)) == ({"own", "again"}, 1)


def test_majority_asks_whether_any_one_other_holder_has_more_voices():
    both = TOOK, claim("also", "second-monitor")
    others = (
        *rivals("paper", "relief", "resident"),
        claim("kurdish", "rebel-official", "kurdish", "2016-11-26/2016-11-27"),
    )
    assert case_of(*both, *others, policy="majority").leading.value.favours == "opposition"


def test_reliable_trusts_what_has_no_grade_as_little_as_the_worst_grade():
    rival = claim("rival", "paper", "opposition", "2016-11-26/2016-11-27", grade="F6")
    assert leader(TOOK, rival, policy="reliable") == "took"


def test_a_source_that_is_called_as_an_actor_is_not_on_its_side():
    """The ids of sources and of actors are apart."""
    named_alike = evolve(CITY.sources["monitor"], id=SourceId("government"))
    city = evolve(CITY, sources={**CITY.sources, named_alike.id: named_alike})
    case = weigh(claim("took", "government"), [claim("took", "government")], city)
    assert case.strength == "reported"
