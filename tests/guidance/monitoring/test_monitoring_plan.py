"""The plan: numbers from the publications named in the data files, dates by arithmetic from 2 March 2026, 10:00 UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from monitoring_made import INFUSION

from icans.errors import DataError
from icans.guidance.monitoring.answer import Plan, PlannedCheck
from icans.guidance.monitoring.plan import plan
from icans.guidance.monitoring.timing import timings
from icans.record.catalogue import products


def rule(found: Plan, what: str):
    return next(r for r in found.rules if r.what == what)


def check(found: Plan, name: str) -> PlannedCheck:
    return next(c for c in found.checks if c.id == name)


def words(found: Plan, name: str, day: float) -> list[str]:
    """How often a check is done on a day, leaving out what depends on something."""
    return [s.words for s in check(found, name).spans if s.sure and s.first_day <= day < s.last_day]


def window(found: Plan, name: str):
    return next(w for w in found.windows if w.id == name)


def test_crs_after_axi_cel_in_its_first_label_begins_on_day_2_and_lasts_7_days():
    first = plan("axi-cel", INFUSION).timing[0]
    onset, lasts, whole, severe = (first.figure("crs", what) for what in ("onset", "lasts", "any", "severe"))
    assert onset is not None
    assert lasts is not None
    assert whole is not None
    assert severe is not None
    assert (onset.words, lasts.words, whole.words) == ("day 2 (1 to 12)", "7 (2 to 58) days", "94 %")
    assert (severe.low, severe.cited.mark) == (13, "verified")


def test_a_number_recalled_from_memory_says_so_beside_verified_ones():
    first = plan("axi-cel", INFUSION).timing[0]
    severe = first.figure("icans", "severe")
    assert severe is not None
    assert (severe.low, severe.cited.mark) == (31, "from memory")


def test_what_is_not_certain_is_not_there():
    follicular = plan("axi-cel", INFUSION).timing[2]
    assert follicular.population == "follicular lymphoma"
    assert follicular.figure("icans", "any") is None
    assert all(t.figure(of, "onset") is None for t in plan("obe-cel", INFUSION).timing for of in ("crs", "icans"))


def test_every_product_of_the_catalogue_has_published_numbers():
    assert {t.product for t in timings()} == set(products())


@pytest.mark.parametrize(
    ("product", "days"),
    [
        ("axi-cel", (2, 5)), ("brexu-cel", (2, 5)), ("tisa-cel", (3, 8)), ("liso-cel", (3, 8)), ("ide-cel", (3, 8)),
        ("cilta-cel", (7, 8)), ("obe-cel", (3, 8)),
    ],
)  # fmt: skip
def test_crs_peaks_by_costimulation_and_late_after_cilta_cel(product, days):
    assert window(plan(product, INFUSION), "crs-peak").peak == days


@pytest.mark.parametrize("product", sorted(products()))
def test_the_peak_of_a_product_lies_within_its_own_window(product):
    for found in plan(product, INFUSION).windows:
        if found.peak:
            assert found.first_day <= found.peak[0] < found.peak[1] <= found.last_day, found.id
            assert (found.end - found.start).days == found.last_day - found.first_day


@pytest.mark.parametrize(("product", "last"), [("cilta-cel", 8), ("ide-cel", 8), ("axi-cel", 7)])
def test_the_days_of_crs_reach_to_the_end_of_the_peak(product, last):
    found = window(plan(product, INFUSION), "crs-peak")
    assert (found.first_day, found.last_day, found.label) == (2, last, "CRS rising to its peak")


@pytest.mark.parametrize("product", ["ide-cel", "cilta-cel"])
def test_late_movement_disorder_is_watched_from_the_day_on_which_it_counts_as_one(product):
    found = window(plan(product, INFUSION), "late-movement")
    assert (found.first_day, found.last_day, found.cited.mark) == (14, 365, "convention")
    assert "median onset of about day 27" in found.cited.where
    onset = next(f for t in timings() if t.product == "cilta-cel" and (f := t.figure("late", "onset")))
    assert found.first_day < onset.low  # day 27


def test_tumour_lysis_is_watched_for_the_first_72_hours():
    found = window(plan("axi-cel", INFUSION), "tumour-lysis")
    assert (found.first_day, found.last_day) == (0, 3)
    assert found.end == datetime(2026, 3, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize("product", sorted(products()))
def test_late_movement_disorder_is_watched_after_bcma_cells_only(product):
    found = plan(product, INFUSION)
    bcma = product in ("ide-cel", "cilta-cel")
    assert any(w.id == "late-movement" for w in found.windows) is bcma
    assert any(c.id == "late-examination" for c in found.checks) is bcma


def test_late_neurological_examinations_come_at_one_three_and_six_months():
    spans = check(plan("cilta-cel", INFUSION), "late-examination").spans
    assert [s.first_day for s in spans] == [30, 90, 180]
    assert spans[0].start == datetime(2026, 4, 1, 10, tzinfo=UTC)  # 29 days of March after the 2nd, and one


def test_after_the_infusion_vital_signs_are_taken_at_short_intervals_and_then_every_4_hours():
    spans = [(s.words, round(s.last_day * 24)) for s in check(plan("axi-cel", INFUSION), "vitals").spans[1:]]
    assert spans == [("every 15 min", 1), ("every 30 min", 2), ("every 4 h", 14 * 24)]


def test_a_patient_at_home_has_vital_signs_two_to_three_times_a_day():
    assert words(plan("axi-cel", INFUSION, inpatient=False), "vitals", 3) == [
        "every 8 to 12 h, and calls about symptoms"
    ]


@pytest.mark.parametrize(
    ("icans", "expected"),
    [(0, "every 12 h"), (1, "every 8 h"), (2, "every 4 h"), (3, "every 2 to 4 h, as arousal allows")],
)
def test_the_ice_score_is_taken_more_often_the_worse_icans_is(icans, expected):
    assert words(plan("axi-cel", INFUSION, icans=icans), "neurology", 5) == [expected]


def test_grade_4_is_watched_like_grade_3():
    assert words(plan("axi-cel", INFUSION, icans=4), "neurology", 5) == ["every 2 to 4 h, as arousal allows"]


def test_eeg_mri_and_lumbar_puncture_go_by_icans_and_the_echocardiogram_by_crs():
    crs, icans = plan("axi-cel", INFUSION, crs=3), plan("axi-cel", INFUSION, icans=3)
    for name in ("eeg", "mri", "lumbar-puncture", "fundoscopy"):
        assert words(crs, name, 5) == [], name
        assert words(icans, name, 5), name
    assert words(crs, "heart", 5) == ["at once"]
    assert words(icans, "heart", 5) == []


def test_blood_is_taken_daily_then_two_to_three_times_a_week_then_at_visits():
    found = plan("axi-cel", INFUSION)
    assert [words(found, "blood-count", day) for day in (3, 20, 100)] == [
        ["daily"], ["2 to 3 times a week"], ["at each visit"],
    ]  # fmt: skip


def test_more_frequent_bloods_against_tumour_lysis_depend_on_the_burden():
    spans = check(plan("axi-cel", INFUSION), "tumour-lysis").spans
    assert [(s.words, s.sure) for s in spans] == [
        ("daily", True), ("every 6 to 8 h, if the tumour burden is high", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("on", "near", "drive", "rems"),
    [
        (date(2025, 3, 1), 28, 56, "class REMS, only at certified centres"),
        (date(2025, 6, 30), 28, 56, "class REMS, only at certified centres"),
        (date(2025, 7, 1), 14, 14, "none; removed in June 2025 for the six products then approved"),
        (date(2026, 3, 2), 14, 14, "none; removed in June 2025 for the six products then approved"),
    ],
)
def test_us_rules_change_after_june_2025(on, near, drive, rems):
    found = plan("axi-cel", INFUSION, on=on)
    assert (rule(found, "near_centre").last_day, rule(found, "driving").last_day) == (near, drive)
    assert rule(found, "rems").words == rems


def test_the_day_of_the_infusion_decides_where_no_date_is_named():
    old = plan("tisa-cel", datetime(2024, 5, 1, 9, tzinfo=UTC))
    assert old.on == "2024-05-01"
    assert rule(old, "driving").until == datetime(2024, 6, 26, 9, tzinfo=UTC)  # 30 days of May and 26 of June: 56


@pytest.mark.parametrize("country", ["DE", "GB", "other"])
def test_another_country_gets_the_longer_rules_as_our_convention(country):
    found = plan("axi-cel", INFUSION, jurisdiction=country)
    assert rule(found, "driving").last_day == 56
    assert rule(found, "near_centre").last_day == 28
    assert {rule(found, w).cited.mark for w in ("driving", "near_centre")} == {"convention"}
    assert not any(r.what == "rems" for r in found.rules)


def test_obe_cel_never_had_a_rems_and_keeps_the_longer_rules():
    found = plan("obe-cel", INFUSION)
    assert rule(found, "rems").id == "US-REMS-OBE"
    assert rule(found, "driving").id == "OTHER-DRIVE-8W"


def test_a_driving_ban_lasts_longer_after_icans_or_a_seizure():
    assert rule(plan("axi-cel", INFUSION), "driving").extended.startswith("until ICE has been 10 for 7 days")


def test_brand_names_are_understood():
    assert plan("YESCARTA", INFUSION).product == "axi-cel"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"product": "axicell"}, "there is no product 'axicell'. Is it 'axi-cel'?"),
        ({"jurisdiction": "Germany"}, "expected the two letters of a country"),
        ({"infusion": datetime(2026, 3, 2, 10)}, "has no time zone"),
        ({"crs": 6}, "whole numbers from 0 to 5"),
    ],
)
def test_what_cannot_be_planned_is_refused_with_what_to_do(change, said):
    given = {"product": "axi-cel", "infusion": INFUSION, **change}
    with pytest.raises(DataError, match=said.replace("?", r"\?")):
        plan(given.pop("product"), given.pop("infusion"), **given)


def test_everything_in_a_plan_says_where_it_comes_from():
    for product in products():
        found = plan(product, INFUSION, crs=4, icans=4)
        cited = [w.cited for w in found.windows] + [r.cited for r in found.rules]
        cited += [s.cited for c in found.checks for s in c.spans] + [f.cited for t in found.timing for f in t.figures]
        assert all(c.source and c.mark in ("verified", "from memory", "convention") for c in cited)
