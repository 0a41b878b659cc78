"""What is said beside each row: sentences that are true of their numbers, and none where nothing happens."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from made_up_story import frame, treated, untreated

from icans.report import story_bedside, story_captions
from icans.report.ribbon import Span
from icans.report.story import Dose, Story


def test_the_fire_is_told_in_the_order_of_its_peaks():
    said = story_captions.fire(untreated())
    assert said.startswith("First IFN-γ peaks (day 4.4), then IL-6 (5.0), then CRP and CAR T cells (6.8).")
    # 36.7 + 3 exp(-z²/2) = 38 at z = 1.293; the bump is 0.35 wide in the logarithm: days 3.18 to 7.86.
    assert "Fever from day 3.2 for 4.7 days." in said
    assert "Pressure falls from 90 to 64 mmHg." in said


def test_without_fever_the_caption_says_so():
    assert "No fever." in story_captions.fire(untreated(Temp=(36.7, 37.9, 5.0, 0.35)))


def test_a_blocked_receptor_explains_the_assay():
    warning = "After tocilizumab the assay reads more IL-6 than signals: its clearance is blocked."
    assert warning in story_captions.fire(treated())
    assert "blocked" not in story_captions.fire(untreated())


def test_a_blocker_that_was_not_given_before_the_end_explains_nothing():
    late = replace(treated(), doses=(Dose("tocilizumab", 40.0, "8 mg/kg"),))
    assert late.blocked() == []
    assert "assay" not in story_captions.fire(late)
    assert "Tocilizumab on day 40, after the end" in story_captions.drugs(late)


def test_after_a_blocker_the_peaks_and_the_storm_are_told_of_what_signals():
    assert "First IL-6 that signals peaks (day 3.0)" in story_captions.fire(treated())
    # z = ln(7.7/3)/0.2 = 4.71, so what signals is at (3 + 97 exp(-z²/2))/100 = 3.0% of its peak, 4.7 days earlier.
    said = story_captions.storm(treated())
    assert "In plasma the IL-6 that signals is then down to 3.0% of its peak, which was 4.7 days earlier." in said
    # The same curves with and without a blocker.
    blocked = replace(treated(), frame=frame())
    assert "more than the blood" in story_captions.storm(replace(blocked, blockers=()))
    assert "more than the blood" not in story_captions.storm(blocked)


def test_after_a_blocker_nothing_is_said_of_plasma_where_only_the_assay_is_known():
    blind = replace(treated(), frame=treated().frame.drop("u6"))
    assert "plasma" not in story_captions.storm(blind)
    assert "IL-6" not in story_captions.fire(blind).partition("After")[0]


def test_nothing_happening_is_said_in_one_sentence():
    rest = {"CART": 0.0, "IFN": 5.0, "IL6": 3.0, "CRP": 1.2, "Temp": 36.7, "MAP": 92.0, "J": 1.0}
    quiet = {name: (at, at, 5.0, 0.2) for name, at in rest.items()}
    still = untreated("x", **quiet, A2_A1=(0.2, 0.203, 5.0, 0.2), Qalb=(0.0055, 0.0056, 5.0, 0.2))
    assert story_captions.fire(still) == "Nothing moves in the blood: no fever, and pressure stays at 92 mmHg."
    assert story_captions.wall(still) == "The tight junctions hold."


def test_what_still_rises_at_the_end_has_not_peaked():
    early = untreated()
    early = replace(early, frame=early.frame.filter(pl.col("time") <= 4.0))
    said = story_captions.fire(early)
    assert said.startswith("Still rising at the end: IFN-γ, IL-6, CRP and CAR T cells.")
    assert story_captions.storm(replace(early, frame=untreated().frame.filter(pl.col("time") <= 7.0))).startswith(
        "IL-6 in the CSF still rises at the end."
    )


def test_two_peaks_on_a_day_are_plural():
    said = story_captions.fire(untreated(IFN=(5.0, 711.0, 5.0, 0.25)))
    assert said.startswith("First IFN-γ and IL-6 peak (day 5.0)")


def test_the_albumin_quotient_is_not_called_albumin():
    # 16.2 / 5.5 = 2.9
    assert "The albumin quotient rises 2.9-fold." in story_captions.wall(untreated())


def test_a_wall_that_is_open_before_the_infusion():
    said = story_captions.wall(untreated(J=(0.65, 0.33, 9.8, 0.25)))
    assert "are at 65% of their integrity before the infusion and at 33% on day 9.8." in said


def test_a_short_fever_is_told_in_minutes():
    # Above 38 °C between the rows of day 5.0 ± 0.1: by 0.1 of a bump so narrow that its neighbours are at 36.7.
    said = story_captions.fire(untreated(Temp=(36.7, 38.1, 5.0, 0.001)))
    # Straight lines from 36.7 to 38.1 °C in 0.1 days: 2 * 0.1 * 0.1 / 1.4 days = 20.6 minutes.
    assert "for 21 min." in said


def test_the_wall_holds_or_opens():
    assert "lose 50% of their integrity on day 6.5" in story_captions.wall(untreated())
    assert "The tight junctions hold." in story_captions.wall(untreated(J=(1.0, 0.95, 6.5, 0.25)))


def test_the_storm_says_what_plasma_does_not_show():
    # z = ln(7.7/5)/0.2 = 2.159, so plasma is at (3 + 693 exp(-z²/2))/696 = 10.1% of its peak.
    said = story_captions.storm(untreated())
    assert (
        "IL-6 in the CSF peaks on day 7.7. In plasma it is then down to 10% of its peak, which was 2.7 days earlier."
        in said
    )
    # 377 / 70.4 = 5.4
    assert "at its peak 5.4 times as much" in said


def test_a_quiet_csf_is_called_quiet():
    assert story_captions.storm(untreated(IL6c=(1.33, 2.0, 7.7, 0.2))) == "IL-6 stays low in the CSF."


def test_the_bedside_says_onsets_score_and_risk():
    said = story_bedside.bedside(untreated())
    # The items at their lowest: 1.4 + 0.8 + 0.6 + 0.1 + 0.1.
    assert "CRS from day 2.0, ICANS from day 5.5." in said
    assert "lowest on day 7.6 at 3.0." in said
    assert "The first item to fail is writing a sentence" in said


def test_a_patient_who_stays_well():
    whole = {name: (top, top, 7.6, 0.2) for name, top in (("ICE_orientation", 4.0), ("ICE_naming", 3.0))}
    whole |= dict.fromkeys(("ICE_command", "ICE_writing", "ICE_attention"), (1.0, 1.0, 7.6, 0.2))
    well = Story("x", "", frame(**whole), grades=(Span("crs", 0, 30, 0, 0), Span("icans", 0, 30, 0, 0)))
    said = story_bedside.bedside(well)
    assert said.startswith("Neither CRS nor ICANS. ICE stays at 10.0 or more. Chance")


@pytest.mark.parametrize(
    ("crs", "icans", "words"),
    [
        ((0, 0), (0, 0), "Neither CRS nor ICANS."),
        ((0, 2), (0, 0), "Whether there is CRS is not settled, no ICANS."),
        ((None, None), (1, 1), "Whether there is CRS is not settled, ICANS from day 0.0."),
        ((0, 0), (1, 2), "No CRS, ICANS from day 0.0."),
        ((1, 1), (0, 0), "CRS from day 0.0, no ICANS."),
    ],
)
def test_what_is_not_known_is_not_called_absent(crs, icans, words):
    spans = (Span("crs", 0, 30, *crs), Span("icans", 0, 30, *icans))
    assert story_bedside.bedside(Story("x", "", frame().select("time", "IL6"), grades=spans)) == words


def test_a_short_infusion_is_told_by_its_length():
    hour = replace(treated(), doses=(Dose("crystalloid", 3.0, "0.5 L", end=3.0 + 1 / 24),))
    assert story_captions.drugs(hour) == "Crystalloid on day 3 over 1 h."


def test_doses_are_told_with_their_days():
    said = story_captions.drugs(treated())
    assert "Tocilizumab on day 3; 0.20% of its level in plasma reaches the brain." in said
    assert "Dexamethasone from day 5 to 9." in said
    assert "Norepinephrine from day 4 to 6." in said


def test_a_fever_that_comes_twice_is_counted():
    once = untreated()
    again = once.frame.with_columns(pl.col("time") + 30.1)
    twice = replace(once, frame=pl.concat([once.frame, again]))
    # The 4.68 days of the first test, twice.
    assert "Fever from day 3.2 in 2 spells, 9.4 days in all." in story_captions.fire(twice)


def test_movement_that_is_lost_is_told_and_movement_that_is_kept_is_not():
    # 1 - 0.67 exp(-z²/2) = 0.6 at z = 1.016; the bump is 0.3 wide in the logarithm: from day 9 exp(-0.305) = 6.6.
    said = story_bedside.bedside(untreated(Fm=(1.0, 0.33, 9.0, 0.3)))
    assert "Movement falls below 0.6 on day 6.6, to 0.33 on day 9.0." in said
    assert "Movement" not in story_bedside.bedside(untreated())


def test_seizures_drawn_by_chance_are_told():
    assert "Seizures drawn by chance: day 7.1, 9.0." in story_bedside.bedside(
        replace(untreated(), seizures=(7.12, 9.0))
    )
    assert "drawn" not in story_bedside.bedside(untreated())
