"""All 40 worked management cases of the clinical reference, through `icans advise` as a user runs it.

The file lies beside the repository; ICANS_DATA names the folder of real data next to it. Its column `other_findings`
is a person's note and is not read: the cases that turn on it stand in tests/spec/guidance with that finding.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from guidance_states import cases
from icans.commands.advise import run

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("ICANS_DATA", ROOT.parent / "shared" / "data"))
CASES = DATA.parent / "clinical" / "management_cases.csv"
ANSWERS = {
    "crs_grade": "expected_crs_grade",
    "icans_grade": "expected_icans_grade",
    "toci": "expected_toci",
    "toci_mg": "expected_toci_mg",
    "steroid_level": "expected_steroid_level",
    "steroid_regimen": "expected_steroid_regimen",
    "icu": "expected_icu",
}
# What the note alone says: a sedative, bleeding with few platelets, a low sodium, late signs of movement.
ONLY_IN_THE_NOTE = {
    "MC-37": {"PLATELET_TRANSFUSION"},
    "MC-38": {"REGRADE_AFTER_WASHOUT"},
    "MC-39": {"CORRECT_NA_SLOW"},
    "MC-40": {"DELAYED_NEUROTOX_WORKUP", "NEURO_CONSULT", "NEUROIMAGING"},
}

pytestmark = pytest.mark.skipif(not CASES.exists(), reason=f"{CASES} is not there; set ICANS_DATA beside it")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def before() -> dict[str, dict[str, str]]:
    return {row["case_id"]: row for row in rows(CASES)}


@pytest.fixture(scope="module")
def advised(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """The advised table by case; what the input had under the same names is kept as `must_do_given` and the like."""
    out = tmp_path_factory.mktemp("advised") / "x.csv"
    run(
        CASES, guideline="asco-2021", patient=None, at=None, on=None, convention=[], mapping=None,
        out=out, html=None, json=None, keep_going=False,
    )  # fmt: skip
    return {row["case_id"]: row for row in rows(out)}


def codes(cell: str) -> set[str]:
    return {code for code in cell.split(";") if code}


def number(cell: str) -> str:
    """'640.0' and '640' are one dose."""
    return f"{float(cell):g}" if cell.replace(".", "").isdigit() else cell


def test_there_are_forty(advised: dict[str, dict[str, str]]):
    assert list(advised) == [f"MC-{n:02d}" for n in range(1, 41)]


def test_grades_tocilizumab_dose_steroid_and_intensive_care_agree_in_every_row(advised: dict[str, dict[str, str]]):
    wrong = {
        (case, name): (found[name], before()[case][expected])
        for case, found in advised.items()
        for name, expected in ANSWERS.items()
        if number(found[name]) != number(before()[case][expected])
    }
    assert wrong == {}


def test_every_due_action_is_there(advised: dict[str, dict[str, str]]):
    missing = {
        case: lacking
        for case, expected in before().items()
        if (lacking := codes(expected["must_do"]) - codes(advised[case]["must_do"]))
        and lacking != ONLY_IN_THE_NOTE.get(case)
    }
    assert missing == {}


def test_nothing_is_advised_that_must_not_be_done(advised: dict[str, dict[str, str]]):
    wrong = {}
    for case, expected in before().items():
        told = codes(advised[case]["must_do"]) | codes(advised[case]["should_consider"])
        if found := codes(expected["must_not"]) & told:
            wrong[case] = found
    assert wrong == {}


def test_every_row_names_its_rules(advised: dict[str, dict[str, str]]):
    assert [case for case, row in advised.items() if not row["rule_ids"]] == []


def test_the_readable_copies_say_the_same_as_the_table():
    copied = {case["id"]: case for case in cases()}
    assert sorted(copied) == sorted(before())
    for id, row in before().items():
        expected, case = copied[id]["expected"], copied[id]
        assert case["title"] == row["title"]
        assert expected["grades"] == {
            "crs": int(row["expected_crs_grade"]), "icans": int(row["expected_icans_grade"]),
        }  # fmt: skip
        assert str(expected["tocilizumab"].get("mg", "")) == row["expected_toci_mg"]
        assert expected["tocilizumab"]["level"] == row["expected_toci"]
        assert expected["intensive_care"] == row["expected_icu"]
        assert (expected["steroid"]["level"], expected["steroid"]["regimen"]) == (
            row["expected_steroid_level"], row["expected_steroid_regimen"],
        )  # fmt: skip
        for name in ("must_do", "should_consider", "must_not"):
            assert set(expected[name]) == codes(row[name])
