"""Small battles, each a kind of mistake that a careful analyst does not make."""

import pytest
from harbour import (
    ALLIED,
    GUILD_DOCKS,
    answers,
    context,
    dated,
    denied,
    fates,
    holder,
    saw,
    since,
    took,
)

from projections import CONTROL
from timeline.replay.projection import Reader
from timeline.text.document import text_of

QUAY_TAKEN = (
    took("quay-courier", "courier", "quay", "fleet", "2016-05-01"),
    took("quay-lookout", "lookout", "quay", "fleet", "2016-05-01"),
)
"""Two outsiders tell that the Fleet took the Quay on 1 May."""


class TestWideSentences:
    """A sentence about the whole is one word more, and never a better one."""

    log = (
        GUILD_DOCKS,
        *QUAY_TAKEN,
        took("all", "fleet-staff", "docks", "fleet", "2016-05-16"),
        denied("not-all", "guild-staff", "all", "2016-05-17"),
    )

    def test_a_boast_about_the_whole_moves_no_date_and_its_denial_is_about_the_rest(self) -> None:
        quay = holder(self.log, "quay", "2016-05-20")
        assert (quay.holder, quay.status, quay.against) == ("fleet", "corroborated", ())
        assert since(quay) == "2016-05-01"

    def test_where_nothing_closer_is_said_the_boast_leads_disputed(self) -> None:
        ropewalk = holder(self.log, "ropewalk", "2016-05-20")
        assert (ropewalk.holder, ropewalk.status) == ("fleet", "disputed")
        assert (since(ropewalk), ropewalk.against) == ("2016-05-16", ("not-all",))

    def test_a_victory_speech_makes_nothing_less_sure_of_what_was_held_all_along(self) -> None:
        held = took("hill", "gazette", "hilltop", "fleet", "2012", "2015-01-01")
        speech = took("speech", "fleet-staff", "harbour", "fleet", "2016-05-22")
        abbey = holder([held, speech], "abbey", "2016-05-23")
        assert (abbey.holder, abbey.status) == ("fleet", "corroborated")
        assert (since(abbey), abbey.against) == ("2012", ())

    def test_it_takes_no_place_from_a_third_party_whom_outsiders_report_there(self) -> None:
        first = took("theirs", "lookout", "island", "islanders", "2016-04-01")
        second = took("theirs-2", "courier", "island", "islanders", "2016-04-01", "2016-04-02")
        speech = took("speech", "fleet-staff", "harbour", "fleet", "2016-05-22")
        island = holder([first, second, speech], "island", "2016-05-23")
        assert (island.holder, island.status) == ("islanders", "disputed")
        assert (since(island), island.against) == ("2016-04-01", ("speech",))

    def test_an_outsider_who_saw_the_place_bars_it(self) -> None:
        seen = saw("seen", "relief", "ropewalk", "guild", "2016-05-13")
        all_ours = took("all", "fleet-staff", "docks", "fleet", "2016-05-13")
        ropewalk = holder([GUILD_DOCKS, seen, all_ours], "ropewalk", "2016-05-14")
        assert (ropewalk.holder, ropewalk.status) == ("guild", "disputed")
        assert ropewalk.against == ("all",)

    def test_the_closer_word_of_who_gains_by_it_bars_nobody_and_disputes(self) -> None:
        window = "2016-05-06T18:00/2016-05-07T09:00"
        wide = [
            took("docks-lookout", "lookout", "docks", "fleet", window, "2016-05-07"),
            took("docks-fleet", "fleet-staff", "docks", "fleet", window, "2016-05-07"),
        ]
        ours = saw("still-ours", "guild-staff", "quay", "guild", "2016-05-07")
        quay = holder([GUILD_DOCKS, *wide, ours], "quay", "2016-05-08")
        assert (quay.holder, quay.status, quay.against) == ("fleet", "disputed", ("still-ours",))

    def test_in_one_report_the_closer_look_excepts_its_place_from_the_wider_sentence(self) -> None:
        whole = took("whole", "gazette", "harbour", "guild", "2012", "2015-01-01")
        fallen = took("fallen", "relief", "docks", "fleet", "2016-05-19/2016-05-20", "2016-05-21")
        pocket = saw("pocket", "relief", "quay", "guild", "2016-05-21")
        quay = holder([whole, fallen, pocket], "quay", "2016-05-22")
        assert (quay.holder, quay.status, quay.against) == ("guild", "corroborated", ())
        assert since(quay) == "2012"

    def test_a_sentence_says_nothing_of_the_places_that_it_excepts(self) -> None:
        but = took("but", "lookout", "docks", "fleet", "2016-05-16", excepting=("quay",))
        assert holder([GUILD_DOCKS, but], "quay", "2016-05-17").holder == "guild"
        assert holder([GUILD_DOCKS, but], "ropewalk", "2016-05-17").holder == "fleet"


class TestShares:
    """A share of the whole says nothing about a part, and the parts of one place are one."""

    def test_a_share_of_the_docks_changes_nothing_on_the_quay(self) -> None:
        half = took("half", "relief", "docks", "fleet", "2016-05-13", share=0.5)
        log = [GUILD_DOCKS, *QUAY_TAKEN, half]
        quay, docks = (holder(log, place, "2016-05-14") for place in ("quay", "docks"))
        assert (quay.holder, quay.status, quay.ground) == ("fleet", "corroborated", "held")
        assert docks.ground == "divided"
        assert holder(log, "ropewalk", "2016-05-14").holder == "guild"

    @pytest.mark.parametrize(
        ("claims", "shares"),
        [
            pytest.param(
                (
                    took("b", "guild-staff", "quay", "guild", "2016-05-05", share=(0.4, 0.9)),
                    took("r", "relief", "quay", "fleet", "2016-05-13", share=(0.94, 0.96)),
                ),
                {"fleet": (0.94, 0.96), "guild": (0.04, 0.06)},
                id="the newest fixes and the rest is cut",
            ),
            pytest.param(
                (
                    took("r", "fleet-staff", "quay", "fleet", "2016-05-03"),
                    took("r2", "fleet-staff", "quay", "fleet", "2016-05-11", share=(0.8, 0.85)),
                ),
                {"fleet": (0.8, 0.85), "guild": (0.15, 0.2)},
                id="what its holder does not claim any more is the last other holder's",
            ),
            pytest.param(
                (
                    took("half", "fleet-staff", "quay", "fleet", "2016-05-04", share=0.5),
                    saw("most", "courier", "docks", "fleet", "2016-05-04", share=(0.74, 0.76)),
                ),
                {"fleet": (0.5, 0.5), "guild": (0.5, 0.5)},
                id="shares of two places are not one range",
            ),
        ],
    )
    def test_shares(self, claims: tuple, shares: dict) -> None:
        quay = holder([GUILD_DOCKS, *claims], "quay", "2016-05-20")
        assert {share.actor: (share.low, share.high) for share in quay.shares} == shares

    def test_what_nobody_names_is_unknowns(self) -> None:
        part = took("part", "relief", "island", "fleet", "2016-05-04", share=0.7)
        shares = holder([part], "island", "2016-05-05").shares
        assert {share.actor: (share.low, share.high) for share in shares} == {
            "fleet": (0.7, 0.7),
            None: (0.3, 0.3),
        }


class TestTakingBack:
    """A side that says otherwise has not held what it announced."""

    twice = (
        GUILD_DOCKS,
        took("taken-1", "fleet-staff", "quay", "fleet", "2016-04-30"),
        denied("repelled", "guild-staff", "taken-1", "2016-04-30"),
        took("taken-2", "fleet-radio", "quay", "fleet", "2016-05-12"),
        took("taken-3", "lookout", "quay", "fleet", "2016-05-12"),
    )

    def test_a_capture_that_is_announced_twice_and_was_denied_was_none(self) -> None:
        assert holder(self.twice, "quay", "2016-05-05").holder == "guild"
        assert fates(self.twice)["taken-1"] == "overturned"

    def test_it_led_disputed_as_long_as_nobody_knew(self) -> None:
        quay = holder(self.twice, "quay", "2016-05-05", "2016-05-05")
        assert (quay.holder, quay.status, quay.against) == ("fleet", "disputed", ("repelled",))

    def test_the_second_capture_dates_the_tenure_and_outlives_the_denial(self) -> None:
        quay = holder(self.twice, "quay", "2016-05-13")
        assert (quay.holder, quay.status) == ("fleet", "corroborated")
        assert (since(quay), quay.before) == ("2016-05-12", None)

    def test_a_denial_of_one_of_a_sides_claims_is_one_of_all_that_it_claims_of_that_time(
        self,
    ) -> None:
        also = took("taken-too", "fleet-radio", "quay", "fleet", "2016-04-30")
        assert holder([*self.twice, also], "quay", "2016-05-05").holder == "guild"

    admitted = (
        GUILD_DOCKS,
        took("taken", "fleet-staff", "quay", "fleet", "2016-04-30"),
        saw("admitted", "fleet-radio", "quay", "guild", "2016-05-07"),
    )

    def test_an_admission_that_tells_of_no_loss_takes_the_capture_back(self) -> None:
        assert holder(self.admitted, "quay", "2016-05-10").holder == "guild"
        assert holder(self.admitted, "quay", "2016-05-03").holder == "guild"
        assert fates(self.admitted)["taken"] == "overturned"

    def test_with_two_outsiders_beside_it_nothing_is_disputed(self) -> None:
        seen = saw("seen-1", "lookout", "quay", "guild", "2016-05-07")
        also = saw("seen-2", "relief", "quay", "guild", "2016-05-08")
        quay = holder([*self.admitted, seen, also], "quay", "2016-05-10")
        assert (quay.holder, quay.status, quay.against) == ("guild", "corroborated", ())

    def test_an_admission_of_years_later_takes_nothing_back(self) -> None:
        late = saw("map", "fleet-radio", "quay", "guild", "2018-03-01")
        log = [*self.admitted[:2], late]
        quay = holder(log, "quay", "2017-06-01")
        assert (quay.holder, quay.status) == ("fleet", "claimed")
        assert fates(log)["taken"] == "open"

    def test_a_capture_that_an_outsider_told_of_is_not_taken_back(self) -> None:
        told = took("told", "courier", "quay", "fleet", "2016-05-01")
        assert holder([*self.admitted, told], "quay", "2016-05-05").holder == "fleet"

    def test_who_tells_of_a_loss_between_takes_nothing_back(self) -> None:
        lost = took("lost", "fleet-radio", "quay", "guild", "2016-05-06")
        log = [*self.admitted[:2], lost]
        assert holder(log, "quay", "2016-05-03").holder == "fleet"

    def test_that_it_holds_the_place_does_not_take_back_that_the_enemy_left_it(self) -> None:
        log = [
            GUILD_DOCKS,
            took("left", "fleet-radio", "quay", None, "2016-05-02"),
            saw("ours", "fleet-staff", "quay", "fleet", "2016-05-05"),
        ]
        quay = holder(log, "quay", "2016-05-03")
        assert (quay.holder, quay.status, quay.because) == (None, "claimed", ("left",))

    def test_that_the_enemy_left_is_no_second_thought(self) -> None:
        gone = took("gone", "fleet-radio", "quay", None, "2016-05-03")
        log = [*self.twice[:3], gone, *self.twice[3:]]
        assert fates(log)["taken-1"] == "overturned"


class TestDenials:
    """A denial stands until somebody else supports what is denied."""

    def test_saying_it_again_sheds_no_denial(self) -> None:
        log = [
            GUILD_DOCKS,
            took("ours", "fleet-staff", "docks", "fleet", "2016-05-13"),
            denied("not", "guild-staff", "ours", "2016-05-14"),
            denied("nor", "relief", "ours", "2016-05-14"),
            took("ours-again", "fleet-radio", "docks", "fleet", "2016-05-16"),
        ]
        quay = holder(log, "quay", "2016-05-17")
        assert (quay.holder, quay.status) == ("fleet", "disputed")
        assert set(quay.against) == {"not", "nor"}

    def test_who_denies_its_own_word_has_said_nothing(self) -> None:
        log = [
            took("ours", "fleet-staff", "quay", "fleet", "2016-05-13"),
            denied("not-so", "fleet-radio", "ours", "2016-05-14"),
        ]
        assert holder(log, "quay", "2016-05-15").status == "unknown"

    def test_a_denial_fares_as_its_claim_does_not(self) -> None:
        log = [
            took("taken", "fleet-staff", "quay", "fleet", "2016-05-01"),
            denied("not-taken", "guild-staff", "taken", "2016-05-02"),
            took("quay-lookout", "lookout", "quay", "fleet", "2016-05-01"),
            took("quay-courier", "courier", "quay", "fleet", "2016-05-01", "2016-05-03"),
        ]
        assert (fates(log)["taken"], fates(log)["not-taken"]) == ("upheld", "overturned")


class TestWhoLooked:
    """Who looked later knows more than who tells of an earlier time."""

    def test_an_old_word_does_not_dispute_a_fresh_look(self) -> None:
        old = took("old", "gazette", "hilltop", "fleet", "2012", "2015-01-01")
        seen = saw("seen", "relief", "abbey", "guild", "2016-05-13")
        abbey = holder([old, seen], "abbey", "2016-05-14")
        assert (abbey.holder, abbey.status, abbey.against) == ("guild", "reported", ())

    @pytest.mark.parametrize(
        ("day", "held_by", "rule"),
        [("2016-07-29", "fleet", "newest_turn"), ("2016-07-31", "guild", "stale")],
    )
    def test_a_look_leads_over_a_change_of_which_nobody_has_told_for_ninety_days(
        self, day: str, held_by: str, rule: str
    ) -> None:
        log = [
            took("taken", "courier", "quay", "fleet", "2016-05-01"),
            saw("seen", "relief", "quay", "guild", "2016-05-13"),
        ]
        quay = holder(log, "quay", day)
        assert (quay.holder, quay.rule, quay.status) == (held_by, rule, "disputed")

    def test_a_late_report_of_an_old_look_does_not_outweigh_who_looked_since(self) -> None:
        log = [
            GUILD_DOCKS,
            took("taken", "lookout", "quay", "fleet", "2016-05-10"),
            saw("seen", "relief", "quay", "guild", "2016-05-20"),
            took("told-late", "courier", "quay", "fleet", "2016-05-10", "2016-05-25"),
        ]
        quay = holder(log, "quay", "2016-05-26")
        assert (quay.holder, quay.status, quay.against) == ("fleet", "disputed", ("seen",))
        assert since(quay) == "2016-05-10"

    map_of_two_days_ago = (
        GUILD_DOCKS,
        took("taken", "fleet-staff", "quay", "fleet", "2016-05-07"),
        *(
            saw(f"map-{day:02}", "lookout", "quay", "guild", f"2016-05-{day:02}")
            for day in (6, 7, 8)
        ),
        *(
            saw(f"map-{day:02}", "lookout", "quay", "fleet", f"2016-05-{day:02}")
            for day in (9, 10, 11)
        ),
    )

    def test_a_map_that_lags_agrees_once_it_has_come_round(self) -> None:
        quay = holder(self.map_of_two_days_ago, "quay", "2016-05-12")
        assert (quay.holder, quay.status, quay.against) == ("fleet", "corroborated", ())
        assert since(quay) == "2016-05-07"

    def test_until_then_its_later_look_leads_over_who_gains_by_the_capture(self) -> None:
        quay = holder(self.map_of_two_days_ago, "quay", "2016-05-08")
        assert (quay.holder, quay.status, quay.against) == ("guild", "disputed", ("taken",))
        assert quay.rule == "seen_later"

    def test_who_told_of_a_capture_and_saw_otherwise_since_tells_of_a_turn_between(self) -> None:
        log = [
            GUILD_DOCKS,
            took("taken", "lookout", "quay", "fleet", "2016-05-01"),
            saw("seen", "lookout", "quay", "guild", "2016-05-10"),
        ]
        quay = holder(log, "quay", "2016-05-11")
        assert (quay.holder, quay.status, quay.against) == ("guild", "reported", ())
        assert (since(quay), quay.rule) == ("2016-05-01/2016-05-10", "seen_since")

    def test_what_was_so_throughout_a_time_does_not_dispute_a_change_on_its_last_day(self) -> None:
        window = "2016-01-15/2016-05-26"
        log = [
            took("taken", "fleet-staff", "quay", "fleet", "2016-05-26"),
            took("held", "courier", "quay", "guild", window, "2016-05-26", how="throughout"),
        ]
        quay = holder(log, "quay", "2016-05-27")
        assert (quay.holder, quay.status) == ("fleet", "claimed")

    def test_a_look_on_the_day_of_a_capture_that_only_who_gains_tells_of_disputes_it(self) -> None:
        log = [
            took("taken", "fleet-staff", "quay", "fleet", "2016-05-07"),
            saw("fighting", "courier", "quay", None, "2016-05-07", ground="contested"),
        ]
        quay = holder(log, "quay", "2016-05-08")
        assert (quay.status, quay.against, quay.ground) == ("disputed", ("fighting",), "contested")


class TestWhoSpeaks:
    """A side has one voice, and so has a source with whoever passes its word on."""

    def test_what_rests_on_anothers_word_is_no_second_voice(self) -> None:
        citing = {"cites": ("lookout",)}
        log = [
            GUILD_DOCKS,
            took("own", "lookout", "quay", "fleet", "2016-05-10"),
            took("copy", "courier", "quay", "fleet", "2016-05-10", "2016-05-11", **citing),
            took("muddled", "gazette", "quay", "islanders", "2016-05-10", "2016-05-12", **citing),
        ]
        quay = holder(log, "quay", "2016-05-13")
        assert (quay.holder, quay.status, quay.against) == ("fleet", "reported", ())

    def test_a_word_that_is_passed_on_twice_is_its_first_speakers(self) -> None:
        log = [
            took("own", "lookout", "quay", "fleet", "2016-05-10"),
            took("copy", "courier", "quay", "fleet", "2016-05-10", cites=("lookout",)),
            took("copied", "relief", "quay", "fleet", "2016-05-11", cites=("courier",)),
        ]
        assert holder(log, "quay", "2016-05-13").status == "reported"

    def test_a_side_that_takes_a_place_does_not_make_it_contested(self) -> None:
        log = [
            took("held", "courier", "quay", "guild", "2016-05-01"),
            saw("fought", "fleet-staff", "quay", None, "2016-05-10", ground="contested"),
        ]
        quay = holder(log, "quay", "2016-05-11")
        assert quay.against == ("fought",)
        assert (quay.holder, quay.ground) == ("guild", "held")

    def test_an_allys_forces_are_the_sides_and_the_head_is_named(self) -> None:
        log = [
            took("marines", "marine-staff", "quay", "marines", "2016-05-20"),
            took("fleet", "fleet-staff", "quay", "fleet", "2016-05-20"),
            took("courier", "courier", "quay", "fleet", "2016-05-20"),
        ]
        quay = holder(log, "quay", "2016-05-21", city=ALLIED)
        assert (quay.holder, quay.status, quay.against) == ("fleet", "corroborated", ())

    def test_allied_sides_are_no_two_voices(self) -> None:
        log = [
            took("marines", "marine-staff", "quay", "fleet", "2016-05-20"),
            took("fleet", "fleet-staff", "quay", "fleet", "2016-05-20"),
        ]
        assert holder(log, "quay", "2016-05-21", city=ALLIED).status == "claimed"

    def test_that_the_enemy_left_serves_who_says_it(self) -> None:
        left = took("left", "fleet-radio", "ropewalk", None, "2016-05-12")
        ropewalk = holder([GUILD_DOCKS, left], "ropewalk", "2016-05-14")
        assert (ropewalk.holder, ropewalk.status, ropewalk.ground) == (None, "claimed", "none")

    def test_that_it_is_fought_over_serves_who_lost_it(self) -> None:
        log = [
            took("ours", "fleet-staff", "quay", "fleet", "2016-05-12"),
            took("fought", "guild-staff", "quay", None, "2016-05-13", ground="contested"),
        ]
        quay = holder(log, "quay", "2016-05-14")
        assert (quay.ground, quay.status) == ("contested", "claimed")

    def test_several_hold_a_place_together(self) -> None:
        both = took("both", "lookout", "quay", ("fleet", "marines"), "2016-05-12")
        quay = holder([GUILD_DOCKS, both], "quay", "2016-05-14")
        assert (quay.holder, quay.ground) == (("fleet", "marines"), "held")


class TestTurns:
    """The newest turn leads, and no side tells of its own losses."""

    def test_two_sides_that_claim_one_day_leave_no_leader_whatever_the_order(self) -> None:
        claims = [
            took("fleet", "fleet-staff", "island", "fleet", "2016-05-10"),
            took("guild", "guild-staff", "island", "guild", "2016-05-10"),
        ]
        for log in (claims, claims[::-1]):
            island = holder(log, "island", "2016-05-11")
            assert (island.holder, island.status) == (None, "disputed")
            assert (set(island.against), island.rule) == ({"fleet", "guild"}, "tied")

    def test_an_outsider_decides_between_them(self) -> None:
        log = [
            took("fleet", "fleet-staff", "island", "fleet", "2016-05-10"),
            took("guild", "guild-staff", "island", "guild", "2016-05-10"),
            took("courier", "courier", "island", "guild", "2016-05-10"),
        ]
        island = holder(log, "island", "2016-05-11")
        assert (island.holder, island.rule) == ("guild", "more_outsiders")

    @pytest.mark.parametrize(
        ("day", "held_by", "status", "beginning"),
        [
            ("2016-05-04", "guild", "claimed", "2016-05-03"),
            ("2016-05-06", "fleet", "claimed", "2016-05-05"),
            ("2016-05-08", "fleet", "corroborated", "2016-05-05"),
        ],
    )
    def test_a_village_taken_three_times_in_a_week(
        self, day: str, held_by: str, status: str, beginning: str
    ) -> None:
        log = [
            GUILD_DOCKS,
            took("fleet-1", "fleet-staff", "quay", "fleet", "2016-05-01"),
            took("guild-2", "guild-staff", "quay", "guild", "2016-05-03"),
            took("fleet-3", "fleet-staff", "quay", "fleet", "2016-05-05"),
            saw("seen", "relief", "quay", "fleet", "2016-05-07"),
        ]
        quay = holder(log, "quay", day)
        assert (quay.holder, quay.status, since(quay)) == (held_by, status, beginning)

    def test_the_later_line_counts_of_two_claims_told_together(self) -> None:
        log = [
            took("row-9", "courier", "quay", "fleet", "2016-05-31"),
            took("row-10", "courier", "quay", "guild", "2016-05-31"),
        ]
        assert holder(log, "quay", "2016-06-01").holder == "guild"


class TestHindsight:
    """What is told of another time upholds nothing."""

    def test_background_upholds_no_claim_of_today(self) -> None:
        log = [GUILD_DOCKS, saw("ours", "guild-staff", "quay", "guild", "2016-05-07")]
        assert fates(log)["ours"] == "open"


class TestSince:
    """Since when is told by those who told of the change to this place."""

    def test_a_boast_does_not_date_what_an_outsider_saw_closer(self) -> None:
        log = [
            GUILD_DOCKS,
            took("all", "fleet-staff", "docks", "fleet", "2016-05-16"),
            saw("seen", "relief", "quay", "fleet", "2016-05-18"),
        ]
        quay = holder(log, "quay", "2016-05-20")
        assert (quay.holder, quay.status, since(quay)) == ("fleet", "corroborated", None)

    def test_an_outsiders_wider_sentence_does(self) -> None:
        log = [
            took("all", "lookout", "docks", "fleet", "2016-05-16"),
            saw("seen", "relief", "quay", "fleet", "2016-05-18"),
        ]
        assert since(holder(log, "quay", "2016-05-20")) == "2016-05-16"

    def test_who_says_that_it_was_so_by_some_day_dates_nothing_while_another_does(self) -> None:
        log = [
            took("taken", "fleet-staff", "quay", "fleet", "2016-05-04"),
            took("lost", "guild-staff", "quay", "fleet", "../2016-05-17", "2016-05-17"),
        ]
        quay = holder(log, "quay", "2016-05-20")
        assert (quay.status, since(quay)) == ("corroborated", "2016-05-04")

    by = took("lost", "guild-staff", "quay", "fleet", "../2016-05-17", "2016-05-17")

    @pytest.mark.parametrize(("day", "held_by"), [("2014-06-01", "guild"), ("2016-05-18", "fleet")])
    def test_what_was_so_by_some_day_leads_from_that_day_on(self, day: str, held_by: str) -> None:
        assert holder([GUILD_DOCKS, self.by], "quay", day).holder == held_by

    def test_what_was_so_by_some_day_follows_what_was_told_of_this_place(self) -> None:
        ours = took("ours", "gazette", "quay", "guild", "2012", "2015-01-01")
        assert holder([ours, self.by], "quay", "2016-05-18").holder == "fleet"

    def test_nobody_held_a_place_before_himself(self) -> None:
        log = [
            took("ours", "gazette", "quay", "fleet", "2012", "2015-01-01"),
            took("again", "courier", "quay", "fleet", "2016-05-01/2016-05-20", "2016-05-02"),
        ]
        assert holder(log, "quay", "2016-05-10").before is None


class TestAge:
    """What nobody tells of any more gives way to who has looked since."""

    @pytest.mark.parametrize(("day", "held_by"), [("2016-06-01", None), ("2016-12-01", "guild")])
    def test_a_share_grows_old_as_a_change_of_the_whole_does(
        self, day: str, held_by: str | None
    ) -> None:
        log = [
            GUILD_DOCKS,
            took("half", "courier", "quay", "fleet", "2016-05-01", share=0.5),
            saw("seen", "relief", "quay", "guild", "2016-05-20"),
        ]
        assert holder(log, "quay", day).holder == held_by

    def test_a_share_that_only_who_gains_tells_of_gives_way_at_once(self) -> None:
        log = [
            GUILD_DOCKS,
            took("half", "fleet-staff", "quay", "fleet", "2016-05-01", share=0.5),
            saw("seen", "relief", "quay", "guild", "2016-05-20"),
        ]
        assert holder(log, "quay", "2016-05-21").holder == "guild"


def table(log: list, place: str, day: str) -> list[tuple[str, ...]]:
    """Return the row of a place in the table of who holds what, as texts."""
    events = dated(log)
    here = context(day, events=events)
    found = answers(log, day)
    reader = Reader(context=here, speaker=str, chosen=True, inside={"control": found})
    (brief, *_) = CONTROL.presentation.brief({place: found[place]}, reader)
    return [tuple(map(text_of, row)) for row in brief.table.rows]


class TestTables:
    """What a table folds together is alike, and a share stands beside what its parts add up to."""

    @pytest.mark.parametrize(
        ("share", "said"),
        [
            (0.5, "divided: the Fleet 50 %, the Guild 50 %; of its 2 districts: "),
            (0.9, "divided: the Fleet 90 %, the Guild 10 %; of its 2 districts: "),
        ],
    )
    def test_a_share_stands_beside_what_the_districts_add_up_to(
        self, share: float, said: str
    ) -> None:
        part = took("part", "relief", "docks", "fleet", "2016-05-13", share=share)
        ((_, held_by, *_),) = table([GUILD_DOCKS, *QUAY_TAKEN, part], "docks", "2016-05-14")
        assert held_by.startswith(said)
        assert held_by.endswith(", which differs") == (share != 0.5)
