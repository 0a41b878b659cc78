"""The course chart holds every grade of the course, hatches what is uncertain, and is complete on its own."""

from __future__ import annotations

import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from made_up_record import COURSE, CRS, INFUSION, at, course, observations, records

from icans.record.record import OBSERVATIONS, THERAPIES, Records, empty_records
from icans.report.chart import course_chart
from icans.report.series import stretches

SVG = "{http://www.w3.org/2000/svg}"


def drawn(review) -> ET.Element:
    return ET.fromstring(course_chart(review))


def grades(root: ET.Element) -> list[tuple[str, str, str, str, str]]:
    blocks = [e for e in root.iter(f"{SVG}g") if e.get("data-start")]
    keys = ("data-outcome", "data-min", "data-max", "data-start", "data-end")
    return [tuple(str(e.get(k)) for k in keys) for e in blocks]  # type: ignore[misc]


def only(records: Records, **tables: pl.DataFrame) -> Records:
    empty = {"observations": pl.DataFrame(schema=OBSERVATIONS), "therapies": pl.DataFrame(schema=THERAPIES)}
    whole = empty | tables
    return Records(records.patients, whole["observations"], whole["therapies"], records.log)


def test_every_stretch_of_the_course_is_in_the_picture(review):
    expected = [
        (s.outcome, str(s.min), str(s.max), s.start.isoformat(), s.end.isoformat())
        for outcome in ("crs", "icans")
        for s in stretches(review.course, outcome)
    ]
    assert grades(drawn(review)) == expected
    assert ("icans", "1", "3", at(5.5).isoformat(), at(6).isoformat()) in expected


def test_a_stretch_lasts_until_the_grade_changes():
    found = stretches(course(crs=((0, 0, 0), (1, 1, 1), (2, 1, 1), (3, 2, 2))), "crs")
    assert [(s.start, s.end, s.min) for s in found[:2]] == [(at(0), at(1), 0), (at(1), at(3), 1)]


def test_the_last_stretch_lasts_the_usual_step_and_12_hours_at_most():
    hourly = stretches(course(crs=((0, 0, 0), (1 / 24, 1, 1))), "crs")
    daily = stretches(course(crs=((0, 0, 0), (1, 1, 1))), "crs")
    assert hourly[-1].end - hourly[-1].start == timedelta(hours=1)
    assert daily[-1].end - daily[-1].start == timedelta(hours=12)


def test_uncertain_grades_are_hatched(review):
    picture = course_chart(review)
    assert re.search(r'fill="url\(#icans-hatch-3\)"', picture)
    assert "grade uncertain" in picture


def test_nothing_is_hatched_as_uncertain_where_every_grade_is_sure(made_up):
    picture = course_chart(made_up(course=course(crs=((0, 0, 0), (1, 2, 2), (3, 0, 0)))))
    assert not re.search(r"icans-hatch-\d", picture)
    assert "grade uncertain" not in picture


def test_an_interval_that_says_nothing_is_shown_as_not_known(made_up):
    root = drawn(made_up(course=course(icans=((0, 0, 0), (1, 0, 4), (13.9, 0, 0)))))
    block = next(e for e in root.iter(f"{SVG}g") if e.get("data-start") and e.get("data-max") == "4")
    assert [e.get("fill") for e in block] == ["url(#icans-hatch-unknown)"]


def test_a_gap_before_the_first_grade_after_the_infusion_is_shown(made_up):
    assert "nothing recorded" in course_chart(made_up(course=course(crs=((3, 1, 1), (5, 0, 0)))))


@pytest.mark.parametrize("outcome", ["crs", "icans"])
def test_one_outcome_alone(made_up, outcome):
    root = drawn(made_up(course=course(**{outcome: CRS})))
    assert {g[0] for g in grades(root)} == {outcome}


def test_an_empty_record_says_so(empty_review):
    assert "nothing recorded" in "".join(drawn(empty_review).itertext())


def test_a_single_point(made_up):
    seen = pl.DataFrame(
        [("p1", at(2), "temperature", 39.1, None, None, False, "row 2")], schema=OBSERVATIONS, orient="row"
    )
    root = drawn(made_up(records=only(records(), observations=seen), course=pl.DataFrame(schema=COURSE)))
    assert [e.get("data-item") for e in root.iter() if e.get("data-item")] == ["temperature"]
    assert len(list(root.iter(f"{SVG}circle"))) == 1
    assert "day 2, 2025-03-05 10:00 UTC: 39.1 °C (row 2)" in "".join(root.itertext())


def test_a_single_grade(made_up):
    assert len(grades(drawn(made_up(records=empty_records(), course=course(crs=((1, 2, 2),)))))) == 1


def test_without_a_known_infusion_days_count_from_the_first_entry(made_up):
    picture = course_chart(made_up(infusion=None))
    assert "days from the first entry (infusion not known)" in picture
    assert ">infusion<" not in picture


def test_panels_without_data_are_left_out(made_up):
    seen = observations().filter(pl.col("item") == "crp")
    words = "".join(drawn(made_up(records=only(records(), observations=seen))).itertext())
    assert "CRP" in words
    assert "Temperature" not in words
    assert "Tocilizumab" not in words


def test_an_implausible_value_is_hollow_and_does_not_stretch_the_axis(review):
    root = drawn(review)
    hollow = [e for e in root.iter(f"{SVG}circle") if e.get("data-implausible")]
    assert len(hollow) == 1
    assert "3.9 °C, implausible" in "".join(hollow[0].itertext())


def test_parts_of_ice_that_are_missing_show_as_a_span(review):
    spans = [(e.get("data-low"), e.get("data-high")) for e in drawn(review).iter() if e.get("data-low")]
    # Day 5: orientation 4, naming 3 and commands 0 are known; writing and attention, a point each, are not.
    assert spans == [("7", "9")]


def test_every_drug_is_named_with_its_doses(review):
    rows = {e.get("data-drug"): "".join(e.itertext()) for e in drawn(review).iter() if e.get("data-drug")}
    assert next(iter(rows)) == "Tocilizumab"
    assert rows["Tocilizumab"].endswith("8 mg/kg")
    assert rows["Dexamethasone"].endswith("10 → 4 mg")
    assert any(name.startswith("Norepinephrine") for name in rows if name)


def test_values_long_before_the_infusion_are_counted_not_drawn(made_up):
    early = pl.DataFrame(
        [("p1", INFUSION - timedelta(days=300), "crp", 4.0, None, None, False, "x")],
        schema=OBSERVATIONS,
        orient="row",
    )
    seen = pl.concat([observations(), early])
    assert "1 earlier or later entries lie outside" in course_chart(made_up(records=only(records(), observations=seen)))


def test_nothing_after_the_moment_of_the_review_is_drawn(made_up):
    root = drawn(made_up(now=at(2.5), course=course(crs=((0, 0, 0), (1, 1, 1), (2, 2, 2)))))
    assert "Dexamethasone" not in "".join(root.itertext())
    tips = [e.text or "" for e in root.iter(f"{SVG}title")]
    days = [float(t.split()[1].rstrip(",").replace("−", "-")) for t in tips if t.startswith("day")]
    assert 2.3 < max(days) <= 2.5


def test_what_the_record_says_is_escaped(made_up):
    seen = observations().with_columns(source=pl.lit("<script>alert(1)</script>\x00"))
    picture = course_chart(made_up(patient="<b>", records=only(records(), observations=seen)))
    ET.fromstring(picture)
    assert "<script" not in picture
    assert "&lt;script&gt;" in picture


def test_nothing_is_fetched_from_outside(review):
    picture = course_chart(review).replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "http" not in picture
    assert "href" not in picture
