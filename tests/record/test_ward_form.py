"""The ward form: what people write in a table is what the catalogue's items say."""

from __future__ import annotations

import polars as pl
import pytest

from icans.errors import DataError
from icans.grading.grade import grade_states
from icans.record.catalogue import catalogue
from icans.record.form import fields
from icans.record.states import read_states, to_states

WHOLE = {
    "age_years": "60", "temp_c": "38.5", "hypotension": "no", "vasopressors": "none", "oxygen_support": "room_air",
    "ice_score": "10", "arousal": "awake", "seizure": "none", "motor": "none", "icp_or_oedema": "none",
}  # fmt: skip


def typed(**cells: str) -> dict[str, object]:
    return to_states(pl.DataFrame({name: [cell] for name, cell in cells.items()})).typed.row(0, named=True)


def grades(**cells: str) -> tuple[int, ...]:
    states = to_states(pl.DataFrame({name: [cell] for name, cell in {**WHOLE, **cells}.items()}))
    return grade_states(states.typed).row(0)


@pytest.mark.parametrize(
    ("cell", "device", "flow"),
    [
        ("room_air", "room_air", None),
        ("low_flow_2L", "nasal_cannula", 2.0),
        ("high_flow_40L", "high_flow_nasal_cannula", 40.0),
        ("mask_8L", "face_mask", 8.0),
        ("low_flow_", "nasal_cannula", None),
    ],
)
def test_a_way_of_giving_oxygen_is_a_device_and_a_flow(cell, device, flow):
    found = typed(oxygen_support=cell)
    assert (found["oxygen_device"], found.get("oxygen_flow")) == (device, flow)


def test_neutrophils_per_microlitre_become_10_to_the_9_per_litre():
    assert typed(anc_per_uL="500")["neutrophils"] == 0.5


@pytest.mark.parametrize(("cell", "name"), [("YESCARTA", "axi-cel"), ("liso-cel", "liso-cel"), ("other", "other")])
def test_a_product_goes_by_any_of_its_names(cell, name):
    assert typed(vasopressors="none", product=cell)["car_t_product"] == name


def test_an_empty_cell_says_nothing_and_an_empty_cause_says_that_there_is_none():
    found = typed(vasopressors="", arousal="na", fever_other_cause="", hypotension_other_cause="septic shock, E. coli")
    assert found.get("vasoactive_drugs") is None
    assert found.get("consciousness") is None
    assert found["fever_other_cause"] is False
    assert found["hypotension_other_cause"] is True


@pytest.mark.parametrize(
    ("cell", "attributed"),
    [("no", False), ("None", False), ("n/a", False), ("0", False), ("", False), ("unknown", None), ("possible", None),
     ("septic shock", True), ("yes", True)],
)  # fmt: skip
def test_another_cause_is_named_only_by_words_that_name_one(cell, attributed):
    assert typed(vasopressors="none", hypotension_other_cause=cell).get("hypotension_other_cause") is attributed


# Grades by ASTCT 2019: fever alone 1; one vasopressor 3, two 4, vasopressin not counted; positive pressure for
# hypoxia 4.
@pytest.mark.parametrize(
    ("cells", "crs"),
    [
        ({}, 1),
        ({"hypotension": "yes"}, 2),
        ({"vasopressors": "one"}, 3),
        ({"vasopressors": "one+vasopressin"}, 3),
        ({"vasopressors": "vasopressin"}, 3),
        ({"vasopressors": "two"}, 4),
        ({"oxygen_support": "low_flow_3L"}, 2),
        ({"oxygen_support": "high_flow_40L"}, 3),
        ({"oxygen_support": "positive_pressure"}, 4),
        ({"oxygen_support": "home_cpap_no_hypoxia"}, 1),
        ({"oxygen_support": "intubated_airway_only"}, 1),
        ({"temp_c": "37.0"}, 0),
        ({"temp_c": "37.0", "oxygen_support": "low_flow_3L", "antipyretic_anticytokine_or_steroid_given": "yes"}, 2),
    ],
)
def test_the_form_is_graded_for_crs_as_its_words_mean(cells, crs):
    assert grades(**cells)[:2] == (crs, crs)


# ICANS: ICE 8 is grade 1; a brief seizure 3, a long or repeated one 4; focal oedema 3, signs of pressure 4; a bleed is
# not ICANS.
@pytest.mark.parametrize(
    ("cells", "icans"),
    [
        ({}, 0),
        ({"ice_score": "8"}, 1),
        ({"arousal": "tactile"}, 3),
        ({"arousal": "voice", "arousal_drug_caused": "yes"}, 0),
        ({"seizure": "brief_clinical"}, 3),
        ({"seizure": "ncs_resolved"}, 3),
        ({"seizure": "prolonged"}, 4),
        ({"seizure": "electrographic_status"}, 4),
        ({"icp_or_oedema": "focal_edema"}, 3),
        ({"icp_or_oedema": "cn6"}, 4),
        ({"motor": "deep_focal"}, 4),
        ({"ice_score": "0", "arousal": "unarousable", "intracranial_haemorrhage": "yes"}, 0),
    ],
)
def test_the_form_is_graded_for_icans_as_its_words_mean(cells, icans):
    assert grades(**cells)[2:] == (icans, icans)


def test_a_word_that_the_form_does_not_have_is_told_with_row_and_column(tmp_path):
    file = tmp_path / "ward.csv"
    file.write_text("vasopressors,anc_per_uL\none,500\nthree,many\n", encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_states(file)
    told = str(error.value)
    assert "row 3, column vasopressors: one of: none, one, one+vasopressin, vasopressin, two" in told
    assert "row 3, column anc_per_uL: a number" in told
    assert "three" not in told
    assert "many" not in told


def test_a_product_that_is_not_listed_is_a_problem_and_not_another_product():
    states = to_states(pl.DataFrame({"vasopressors": ["none"], "product": ["axi-cell"]}), "ward.csv")
    assert "car_t_product" not in states.typed.columns
    assert "column product: a CAR-T product by any of its names (axi-cel, " in states.log.problems[0]


def test_stand_ins_are_told():
    states = to_states(pl.DataFrame({"vasopressors": ["one"]}), "ward.csv")
    assert any("norepinephrine and epinephrine stand in" in notice for notice in states.log.notices)


def test_a_table_without_a_column_of_the_form_is_left_alone():
    states = to_states(pl.DataFrame({"temp_c": [38.5], "product": ["a trial name"]}))
    assert "car_t_product" not in states.typed.columns


def test_every_word_of_the_form_is_a_value_of_its_item():
    for one in fields().values():
        for says in (*one.words.values(), *(start["says"] for start in one.starts)):
            for item, word in says.items():
                catalogue()[item].encode(word)


def test_an_item_under_its_own_name_keeps_what_is_written_there():
    cells = pl.DataFrame(
        {
            "oxygen_support": ["low_flow_2L", "low_flow_2L", "room_air"],
            "oxygen_device": ["face_mask", "", None],
            "intracranial_haemorrhage": ["no", "no", "yes"],
            "ice_other_cause": ["yes", None, "no"],
        }
    )
    found = to_states(cells).typed
    assert found["oxygen_device"].to_list() == ["face_mask", "nasal_cannula", "room_air"]
    assert found["ice_other_cause"].to_list() == [True, False, True]
