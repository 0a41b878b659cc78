"""A simulated patient as a record: `icans.read` takes it, and its grades follow section 4 of the literature review."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from icans.errors import DataError
from icans.mechanism.bedside.chart import MADE_UP, Facts
from icans.mechanism.bedside.record_folder import write_record
from icans.mechanism.bedside.signs import chart
from icans.mechanism.simulation.in_silico import simulate
from icans.mechanism.treatment.drugs import drugs as model_drugs
from icans.mechanism.treatment.regimen import orders
from icans.mechanism.treatment.scenarios import scenario
from icans.patient_review import Review, review
from icans.record.catalogue import drugs as catalogue_drugs
from icans.record.read import read
from icans.record.record import Records
from mechanism.made_course import MadeCourse

INFUSION = Facts().infusion


def record(place: Path, course: MadeCourse, about: str = "", **asked: Any) -> Records:
    write_record(place / "sim", chart(course, Facts(about=about), **asked))
    return read(place / "sim")  # raises where the reader finds a problem


def grades(found: Review, outcome: str) -> dict[float, tuple[int | None, int | None]]:
    """Hours after infusion -> the lowest and highest grade that the record leaves."""
    rows = found.course.filter(pl.col("outcome") == outcome).select("time", "min", "max").iter_rows()
    return {(time - INFUSION) / timedelta(hours=1): (low, high) for time, low, high in rows}


def rule_of_section_4(ice: float, arousal: float) -> int:
    """ICANS: ICE 7 to 9 grade 1, 3 to 6 grade 2, 0 to 2 grade 3; grade 4 where arousal is below 0.3."""
    if arousal < 0.3:
        return 4
    return 0 if ice >= 10 else 1 if ice >= 7 else 2 if ice >= 3 else 3


def test_a_healthy_patient_has_settled_grades_of_0_throughout(tmp_path):
    found = review(record(tmp_path, MadeCourse()))
    for outcome in ("crs", "icans"):
        assert set(grades(found, outcome).values()) == {(0, 0)}
    assert len(grades(found, "icans")) == 41  # every 6 h for 10 days, both ends


@pytest.mark.parametrize("seed", [None, 3])
def test_icans_follows_ice_and_arousal(seed, tmp_path):
    course = MadeCourse(
        20.0,
        ice=lambda t: np.minimum(np.abs(10.2 - t), 10.0),
        Fr=lambda t: np.where((t > 9) & (t < 12), 0.25, 0.9),
    )  # ICE falls from 10 to 0.2 on day 10 and comes back
    records = record(tmp_path, course, seed=seed)
    got = grades(review(records), "icans")
    items = records.observations.filter(pl.col("item").str.starts_with("ice_"))
    totals = items.group_by("time").agg(pl.col("value").sum(), pl.len()).sort("time")
    assert totals["len"].to_list() == [5] * 41
    for time, ice, _ in totals.iter_rows():
        day = (time - INFUSION) / timedelta(days=1)
        grade = rule_of_section_4(ice, 0.25 if 9 < day < 12 else 0.9)
        assert got[day * 24] == (grade, grade)
        if seed is None and not 9 < day < 12:
            assert ice == round(min(abs(10.2 - day), 10.0))
    assert {low for low, _ in got.values()} == {0, 1, 2, 3, 4}


def from_day_0(warm: float, until: float = 99.0) -> Any:
    """A temperature that is normal at the infusion itself and then `warm`."""
    return lambda t: np.where((t > 0) & (t < until), warm, 36.7)


@pytest.mark.parametrize(
    ("warm", "changed", "order", "grade"),
    [
        (38.0, {}, "", 1),
        (37.9, {}, "", 0),
        (39.0, {"MAP": 64.0}, "", 2),
        (39.0, {"MAP": 65.0}, "", 1),
        (39.0, {"SpO2": 90.0}, "", 2),  # nasal cannula at 2 L/min
        (39.0, {"SpO2": 55.0}, "", 3),  # a mask
        (39.0, {}, "norepinephrine 0.05 ug/kg/min day 0 to 10", 3),
        (36.7, {"MAP": 60.0, "SpO2": 85.0}, "", 0),  # never any fever: not CRS
    ],
)
def test_crs_follows_fever_pressure_and_oxygen(warm, changed, order, grade, tmp_path):
    given = orders(order) if order else ()
    got = grades(review(record(tmp_path, MadeCourse(3.0, Temp=from_day_0(warm), **changed), orders=given)), "crs")
    assert {value for hours, value in got.items() if 0 < hours < 72} == {(grade, grade)}


def test_a_fever_that_was_there_at_the_infusion_is_not_crs_and_the_next_one_is(tmp_path):
    course = MadeCourse(
        4.0,
        Temp=lambda t: np.select([t < 0.6, t < 2.1], [38.4, 37.0], 38.4),
        MAP=lambda t: np.where(t > 3.1, 60.0, 92.0),
    )
    got = grades(review(record(tmp_path, course)), "crs")
    assert {value for hours, value in got.items() if hours <= 48} == {(0, 0)}
    assert (got[54.0], got[72.0], got[78.0]) == ((1, 1), (1, 1), (2, 2))


def test_a_fever_that_never_ends_is_of_another_cause_for_a_day_and_then_open(tmp_path):
    records = record(tmp_path, MadeCourse(3.0, Temp=38.4))
    said = records.observations.filter(pl.col("item") == "fever_other_cause")
    assert said["value"].to_list() == [1.0]
    got = grades(review(records), "crs")
    assert {value for hours, value in got.items() if hours < 24} == {(0, 0)}
    assert {value for hours, value in got.items() if 24 < hours < 72} == {(0, 1)}


def test_of_a_normal_temperature_at_the_infusion_no_cause_is_charted():
    assert not [s for s in chart(MadeCourse(Temp=from_day_0(39.0))).signs if s.item == "fever_other_cause"]


def test_a_fever_hidden_by_tocilizumab_leaves_the_pressure_to_decide(tmp_path):
    course = MadeCourse(4.0, Temp=from_day_0(39.0, until=2.0), MAP=60.0)
    hidden = grades(review(record(tmp_path, course, orders=orders("tocilizumab 8 mg/kg day 2"))), "crs")
    assert hidden[60.0] == (2, 2)
    # Without it the publication of the scale leaves open what signs without fever mean (convention C10).
    assert grades(review(record(tmp_path, course)), "crs")[60.0] == (0, 2)


@pytest.mark.parametrize(
    ("order", "stated"),
    [("", True), ("levetiracetam 750 mg day 0", True), ("dexamethasone 0 mg day 0", True),
     ("crystalloid 0.5 L over 1 h day 0", True), ("dexamethasone 10 mg day 0", False), ("anakinra 100 mg day 0", False),
     ("lenzilumab 1800 mg day 0", False)],
)  # fmt: skip
def test_that_nothing_masks_a_fever_is_stated_only_where_it_is_so(order, stated):
    signs = chart(MadeCourse(1.0), orders=orders(order) if order else ()).signs
    assert [s.value for s in signs if s.item == "fever_masking_therapy"] == ["none"] * (5 if stated else 0)


def test_whether_a_drug_masks_a_fever_that_no_catalogue_knows_is_not_stated():
    (order,) = orders("levetiracetam 750 mg day 0")
    unknown = replace(order, drug=replace(order.drug, name="examplimab"))
    assert not [s for s in chart(MadeCourse(1.0), orders=[unknown]).signs if s.item == "fever_masking_therapy"]


@pytest.mark.parametrize("name", sorted(model_drugs()))
def test_every_drug_of_the_model_is_in_the_catalogue_of_records(name):
    assert name in catalogue_drugs()


def test_a_seizure_is_charted_once_and_is_grade_3_until_a_round_finds_none_since(tmp_path):
    # The integral of the hazard jumps by 0.7 in 6 minutes of day 3.3: one draw of it, and that one then, in patient 0.
    course = MadeCourse(Hz=lambda t: 0.7 * np.clip((t - 3.3) * 240, 0, 1))
    seed = next(s for s in range(50) if len(_seizures(course, s)) == 1)
    records = record(tmp_path, course, seed=seed)
    rows = records.observations.filter(pl.col("item") == "seizure_type")["value"].to_list()
    assert (sum(value > 0 for value in rows), sum(value == 0 for value in rows)) == (1, 21)  # 21 rounds in 10 days
    got = grades(review(records), "icans")
    at = next(hours for hours, (low, _) in got.items() if low == 3)
    assert at == pytest.approx(3.3 * 24, abs=0.15)
    assert got[84.0] == (0, 0)  # the round of day 3.5
    assert {hours: value for hours, value in got.items() if value != (0, 0)} == {at: (3, 3)}


def test_a_seizure_in_the_minute_of_a_round_stands_for_it():
    # The integral jumps within half a second of day 3: the seizure is in the minute of that round.
    course = MadeCourse(Hz=lambda t: np.where(t < 3, 0.0, 0.7))
    course.times = np.sort(np.append(course.times, 3 - 5e-6))
    seed = next(s for s in range(50) if len(_seizures(course, s)) == 1)
    signs = [s for s in chart(course, seed=seed).signs if s.item == "seizure_type"]
    assert len(signs) == 21
    assert [s.time for s in signs if s.value != "none"] == [INFUSION + timedelta(days=3)]


def _seizures(course: MadeCourse, seed: int) -> list[str]:
    return [s.value for s in chart(course, seed=seed).signs if s.item == "seizure_longest_min"]


def test_swelling_of_the_brain_is_grade_4(tmp_path):
    got = grades(review(record(tmp_path, MadeCourse(ICP=lambda t: np.where(t < 5, 25.0, 25.1)))), "icans")
    assert (got[96.0], got[144.0]) == ((0, 0), (4, 4))


def test_with_swelling_the_signs_of_raised_pressure_are_not_denied():
    signs = chart(MadeCourse(ICP=lambda t: np.where(t < 5, 25.0, 25.1))).signs
    said = {s.time: s.value for s in signs if s.item == "raised_icp_signs"}
    swollen = {s.time for s in signs if (s.item, s.value) == ("edema_on_imaging", "diffuse")}
    assert set(said.values()) == {"none"}
    assert len(swollen) == 11  # the rounds of day 5 to 10
    assert not swollen & said.keys()
    assert len(swollen | said.keys()) == 21


def test_slowed_movement_has_no_grade_and_is_no_icans(tmp_path):
    # Section 4 says from where on it is seen, and not how much it then is.
    records = record(tmp_path, MadeCourse(Fm=lambda t: np.where(t < 5, 0.6, 0.59)))
    seen = records.observations.filter(pl.col("item") == "ctcae_extrapyramidal_disorder")
    assert seen["value"].to_list() == [0.0] * 10  # none, at the rounds before day 5
    assert set(grades(review(records), "icans").values()) == {(0, 0)}


@pytest.mark.parametrize("seed", range(1, 7))
def test_who_has_no_tumour_never_has_icans_for_a_month(seed, tmp_path):
    course = simulate({"burden": 0.0}, days=30.0, times=np.linspace(0.0, 30.0, 121))
    write_record(tmp_path / "sim", chart(course, seed=seed))
    found = grades(review(read(tmp_path / "sim")), "icans")
    assert max(found) == 720.0
    assert set(found.values()) == {(0, 0)}


def test_the_record_says_that_it_is_made_up(tmp_path):
    fact = record(tmp_path, MadeCourse(), about="tocilizumab on day 3").patients.row(0, named=True)
    assert fact["label"] == f"{MADE_UP}: tocilizumab on day 3"
    assert "imulated" in MADE_UP
    assert "made up" in MADE_UP
    assert (fact["infusion"].isoformat(), fact["age"], fact["weight"]) == ("2026-01-05T10:00:00+00:00", 60.0, 80.0)


def test_the_rounds(tmp_path):
    seen = record(tmp_path, MadeCourse(2.0)).observations
    times = {item: seen.filter(pl.col("item") == item)["time"].sort() for item in seen["item"].unique()}
    gaps = {item: (t[1] - t[0]) / timedelta(hours=1) for item, t in times.items() if len(t) > 1}
    for item in ("temperature", "mean_arterial_pressure"):
        assert gaps[item] == 6
    for item in ("oxygen_saturation", "oxygen_device", "ice_naming", "consciousness", "seizure_type"):
        assert gaps[item] == 12
    for item in ("il6", "crp", "ferritin"):
        assert gaps[item] == 24
        assert (times[item][0], times[item][-1]) == (INFUSION, INFUSION + timedelta(days=2))


def test_the_drugs_are_charted_as_they_were_given(tmp_path):
    text = (
        "tocilizumab 8 mg/kg over 1 h day 3; dexamethasone 10 mg q6h day 5 to 9; dexamethasone 0 mg day 1; "
        "norepinephrine 0.1 ug/kg/min day 3 to 4; levetiracetam 750 mg oral once day 20"
    )
    given = record(tmp_path, MadeCourse(), orders=orders(text), antipyretics=[2.0]).therapies
    counts = dict(given.group_by("drug").len().iter_rows())
    # Day 20 is after the end of the course.
    assert counts == {"tocilizumab": 1, "dexamethasone": 16, "norepinephrine": 1, "acetaminophen": 1}
    toci = given.filter(pl.col("drug") == "tocilizumab").row(0, named=True)
    assert (toci["dose"], toci["unit"], toci["end"] - toci["start"]) == (640.0, "mg", timedelta(hours=1))
    ne = given.filter(pl.col("drug") == "norepinephrine").row(0, named=True)
    assert (ne["rate"], ne["rate_unit"], ne["end"] - ne["start"]) == (0.1, "ug/kg/min", timedelta(days=1))


def test_beyond_the_assay_a_value_is_written_with_its_sign():
    values = [
        s.value for s in chart(MadeCourse(2.0, IL6=lambda t: np.where(t < 0.5, 1.0, 2e4))).signs if s.item == "il6"
    ]
    assert values == ["<2", ">5000", ">5000"]


def test_a_patient_is_charted_alike_whoever_else_was_simulated():
    alone = chart(MadeCourse(Hz=lambda t: 0.2 * t), Facts(number=2), seed=5)
    among = chart(MadeCourse(patients=4, Hz=lambda t: 0.2 * t), Facts(number=2), place=3, seed=5)
    assert alone == among
    assert alone.signs != chart(MadeCourse(Hz=lambda t: 0.2 * t), Facts(number=3), seed=5).signs


def test_a_simulation_that_broke_off_has_no_record():
    with pytest.raises(DataError, match="simulated-0: the simulation broke off before its end"):
        chart(MadeCourse(Fr=lambda t: np.where(t < 9, 1.0, np.nan)))


@pytest.mark.parametrize("name", ["untreated", "tocilizumab", "dexamethasone", "tocilizumab-dexamethasone"])
def test_a_patient_of_the_model_has_the_grades_of_section_4(name, tmp_path):
    what = scenario(name)
    course = simulate({"burden": 200.0}, what.changes(80.0), days=15.0, times=np.linspace(0.0, 15.0, 361))
    write_record(tmp_path / "sim", chart(course, Facts(about=what.label), orders=what.orders()))
    found = review(read(tmp_path / "sim"))
    icans = grades(found, "icans")
    for day in np.arange(0.0, 15.5, 0.5):
        ice = round(float(np.interp(day, course.times, course["ICE"][0])))
        grade = rule_of_section_4(ice, float(np.interp(day, course.times, course["Fr"][0])))
        assert icans[day * 24] == (grade, grade)
    # Nothing is open for want of a value, only where signs outlast the fever unmasked: convention C10.
    low = [low for low, high in grades(found, "crs").values() if low != high]
    assert all(value == 0 for value in low)
    assert bool(low) == (name == "untreated")
    assert found.log.problems == ()
