"""The forty worked cases through `icans advise`, as a user runs it: a CSV in, the same rows advised out.

The cases stand in tests/spec/guidance. All of them are written as a table of states here, each item in its column, and
five of them by hand as a ward would write its form.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from test_commands import icans

from guidance_states import cases, row

CASES: dict[str, dict[str, Any]] = {case["id"]: case for case in cases()}

# A bed a row: early neutropenic fever (MC-02); oxygen 25 h after tocilizumab (MC-13); three doses in 18 h (MC-16); both
# toxicities (MC-30); a convulsion of 8 minutes (MC-33). The last column is a note of the ward, not interpreted.
WARD = """\
case_id,age_years,weight_kg,product,day_post_infusion,temp_c,fever_hours,fever_refractory,antipyretic_anticytokine_or_steroid_given,hypotension,fluid_boluses,vasopressors,oxygen_support,anc_per_uL,ice_score,arousal,arousal_drug_caused,seizure,motor,icp_or_oedema,intracranial_haemorrhage,bleeding_risk_blocks_lp,toci_doses_last_24h,toci_doses_total,hours_since_last_toci,hours_since_first_toci,response_since_last_toci,current_steroid,response_to_steroid,note
MC-02,60,80,Breyanzi,4,38.9,4,no,no,no,0,none,room_air,200,10,awake,no,none,none,none,no,no,0,0,,,na,none,na,bed 4
MC-13,60,80,liso-cel,5,36.9,20,no,yes,no,0,none,low_flow_3L,1500,10,awake,no,none,none,none,no,no,1,2,9,25,no_improvement,none,na,please give nothing
MC-16,60,80,liso-cel,5,38.5,12,no,yes,yes,2,none,room_air,1500,10,awake,no,none,none,none,no,no,3,3,2,18,no_improvement,none,na,
MC-30,60,80,liso-cel,5,38.5,12,no,no,no,0,none,low_flow_4L,1500,1,awake,no,none,none,none,no,no,0,0,,,na,none,na,
MC-33,60,80,liso-cel,5,37.2,0,no,no,no,0,none,room_air,1500,0,unarousable,no,prolonged,none,none,no,no,0,0,,,na,none,na,
"""  # noqa: E501


# One case (MC-37) says that ICE has another cause. In a column that is there an empty cell is unknown, so the others
# say that it has none.
SAID_BY_EVERY_ROW = {"ice_other_cause": "no"}


def as_table(folder: Path) -> None:
    """All forty cases as one table of states; an empty cell is what nobody recorded."""
    rows = [{"case_id": case["id"], **SAID_BY_EVERY_ROW, **row(case["state"])} for case in CASES.values()]
    columns = list(dict.fromkeys(name for one in rows for name in one))
    with (folder / "file.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def advised(folder: Path) -> dict[str, dict[str, str]]:
    """What the command makes of file.csv, a row a case."""
    done = icans("advise", "file.csv", "--guideline", "asco-2021", "--out", "x.csv", cwd=folder)
    assert done.returncode == 0, done.stderr
    with (folder / "x.csv").open(encoding="utf-8", newline="") as file:
        return {one["case_id"]: one for one in csv.DictReader(file)}


@pytest.fixture(scope="module")
def forty(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, str]]:
    folder = tmp_path_factory.mktemp("forty")
    as_table(folder)
    return advised(folder)


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, str]]:
    folder = tmp_path_factory.mktemp("ward")
    (folder / "file.csv").write_text(WARD, encoding="utf-8")
    return advised(folder)


def agrees(found: Mapping[str, str], expected: Mapping[str, Any]) -> None:
    """One row says what its case expects."""
    grades, tocilizumab, steroid = (expected[name] for name in ("grades", "tocilizumab", "steroid"))
    assert (found["crs_grade"], found["icans_grade"]) == (str(grades["crs"]), str(grades["icans"]))
    assert found["toci"] == tocilizumab["level"]
    assert (float(found["toci_mg"]) if found["toci_mg"] else None) == tocilizumab.get("mg")
    assert (found["steroid_level"], found["steroid_regimen"]) == (steroid["level"], steroid["regimen"])
    assert found["icu"] == expected["intensive_care"]
    due, options, banned = (codes(found[name]) for name in ("must_do", "should_consider", "must_not"))
    assert set(expected["must_do"]) - due == set()
    assert set(expected["should_consider"]) - options == set()
    assert set(expected["must_not"]) - banned == set()
    assert set(expected["must_not"]) & (due | options) == set()


def codes(cell: str) -> set[str]:
    return {code for code in cell.split(";") if code}


@pytest.mark.parametrize("case", CASES)
def test_a_case_of_the_table(case: str, forty: Mapping[str, Mapping[str, str]]):
    agrees(forty[case], CASES[case]["expected"])


@pytest.mark.parametrize("case", [line.partition(",")[0] for line in WARD.splitlines()[1:]])
def test_a_case_of_the_ward_form(case: str, ward: Mapping[str, Mapping[str, str]]):
    agrees(ward[case], CASES[case]["expected"])


def test_every_row_comes_back_in_its_order_with_what_it_had(forty: Mapping[str, Mapping[str, str]]):
    assert list(forty) == list(CASES)
    assert [float(one["temp_c"]) for one in forty.values()] == [c["state"]["temperature"] for c in CASES.values()]


def test_every_row_names_the_rules_it_comes_from(forty: Mapping[str, Mapping[str, str]]):
    assert [case for case, one in forty.items() if not one["rule_ids"]] == []
    assert {"ASCO-CRS-2d", "ASCO-CRS-3c"} <= codes(forty["MC-13"]["rule_ids"])


def test_the_note_of_the_ward_is_kept_and_changes_nothing(ward: Mapping[str, Mapping[str, str]]):
    assert [one["note"] for one in ward.values()] == ["bed 4", "please give nothing", "", "", ""]
    assert ward["MC-13"]["toci"] == "GIVE"
