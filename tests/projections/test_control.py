"""Who holds a place: whole, contested, possible, inherited, and by each policy."""

from holdings import EAST, HALF, OURS, OWN, TOOK, WEEKEND, control, fought_over, says, shares, took

from timeline.domain.events import Retraction
from timeline.temporal.dates import Moment, When

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


def test_ground_that_is_fought_over_is_contested_whoever_has_a_share_of_it():
    most = took("most", "paper", "government", "2016-11-26/2016-11-28", "2016-12-01", share=0.6)
    answer = control(fought_over("fight", "monitor"), most)
    assert (answer.ground, answer.status, answer.against) == ("contested", "disputed", ("fight",))


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
    assert (answer.ground, answer.holder, answer.inherited_from) == ("divided", None, None)
    assert shares(answer) == {"government": (0.5, 0.5), "opposition": (0.5, 0.5)}


# Policies -----------------------------------------------------------------------------------------


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


# What may not have happened yet -------------------------------------------------------------------


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
    assert [share.actor for share in control(*alike).shares] == [None, "government", "kurdish"]


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
