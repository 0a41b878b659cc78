"""Contraindications and interactions, each as a patient and a drug that sets it off, and one that does not."""

from __future__ import annotations

import polars as pl
import pytest

from icans.errors import RuleError
from icans.guidance.doses import cautions
from icans.guidance.doses.caution import caution_rules, read_cautions

CALM = {
    "crs__lo": 0.0, "crs__hi": 0.0, "icans__lo": 0.0, "icans__hi": 0.0, "gfr": 90.0, "glucose": 100.0, "ammonia": 30.0,
    "sodium": 140.0, "osmolality": 290.0, "active_diverticular_disease": False, "seizure_type": "none",
}  # fmt: skip
"""A patient with nothing that would set a caution off."""


def state(**values: object) -> pl.DataFrame:
    seizures = pl.Enum(["none", "nonconvulsive_eeg", "clinical_focal", "clinical_generalized"])
    row = {**CALM, **values}
    if "icans" in row:
        row["icans__lo"] = row["icans__hi"] = row.pop("icans")
    return pl.DataFrame([row], schema_overrides={"seizure_type": seizures})


@pytest.mark.parametrize(
    ("drug", "values", "caution", "strength"),
    [
        ("tocilizumab", {"active_diverticular_disease": True}, "CAUTION-TOCI-DIVERTICULA", "CONSIDER"),
        ("cefepime", {"icans": 1.0}, "CAUTION-CEFEPIME-ENCEPHALOPATHY", "CONSIDER"),
        ("cefepime", {"gfr": 49.0}, "CAUTION-CEFEPIME-KIDNEY", "MUST"),
        ("lorazepam", {"icans": 1.0}, "CAUTION-SEDATION", "MUST_NOT"),
        ("morphine", {"icans": 2.0}, "CAUTION-SEDATION", "MUST_NOT"),
        ("valproate", {"ammonia": 101.0}, "CAUTION-VALPROATE-AMMONIA", "MUST"),
        ("levetiracetam", {"icans": 1.0}, "CAUTION-LEVETIRACETAM-BEHAVIOUR", "CONSIDER"),
        ("hypertonic_saline", {"sodium": 155.0}, "CAUTION-SALINE-SODIUM", "MUST"),
        ("mannitol", {"osmolality": 320.0}, "CAUTION-MANNITOL-OSMOLALITY", "MUST"),
    ],
)
def test_a_drug_in_a_state_sets_it_off(drug: str, values: dict[str, object], caution: str, strength: str):
    found = {c.id: c for c in cautions(state(**values), [drug])}
    assert found[caution].strength == strength
    assert found[caution].drugs == (drug,)
    assert found[caution].certain
    assert found[caution].inputs
    assert caution not in {c.id for c in cautions(state(), [drug])}  # nothing in the state
    assert caution not in {c.id for c in cautions(state(**values), [])}  # no drug


@pytest.mark.parametrize(
    ("drug", "caution", "strength"),
    [
        ("sargramostim", "CAUTION-GM-CSF", "MUST_NOT"),
        ("dexamethasone", "CAUTION-STEROID-FUNGI", "CONSIDER"),
        ("levetiracetam", "CAUTION-LEVETIRACETAM-KIDNEY", "MUST"),
    ],
)
def test_some_drugs_ask_for_something_whatever_the_state(drug: str, caution: str, strength: str):
    assert {c.id: c.strength for c in cautions(state(), [drug])} == {caution: strength}


def test_g_csf_is_allowed():
    assert cautions(state(), ["filgrastim"]) == ()


def test_a_drug_that_is_planned_counts_like_one_that_runs():
    assert cautions(state(gfr=30.0), [], ["cefepime"]) == cautions(state(gfr=30.0), ["cefepime"])


def test_an_antifungal_drug_settles_the_prophylaxis():
    assert cautions(state(), ["dexamethasone", "posaconazole"]) == ()


def test_thiamine_comes_before_glucose_in_a_seizure_or_icans():
    low = {"glucose": 59.0}
    assert [c.id for c in cautions(state(**low, seizure_type="clinical_focal"), [])] == ["CAUTION-THIAMINE-FIRST"]
    assert [c.id for c in cautions(state(**low, icans=1.0), [])] == ["CAUTION-THIAMINE-FIRST"]
    assert cautions(state(**low, icans=1.0), ["thiamine"]) == ()
    assert cautions(state(**low), []) == ()
    assert cautions(state(glucose=60.0, icans=1.0), []) == ()


def test_what_is_unknown_leaves_a_caution_possible_and_names_what_is_missing():
    (found,) = cautions(state(gfr=None), ["cefepime"])
    assert (found.id, found.certain, found.missing) == ("CAUTION-CEFEPIME-KIDNEY", False, ("gfr",))


def test_a_grade_that_is_open_leaves_it_possible():
    found = {c.id: c.certain for c in cautions(state(icans__lo=0.0, icans__hi=2.0), ["morphine"])}
    assert found == {"CAUTION-SEDATION": False}


def test_a_table_without_the_columns_is_a_table_of_unknowns():
    found = cautions(pl.DataFrame({"temperature": [37.0]}), ["tocilizumab"])
    assert [(c.id, c.certain) for c in found if c.drugs] == [("CAUTION-TOCI-DIVERTICULA", False)]


def test_every_caution_is_cited():
    assert all(rule.cited.source and rule.cited.where and rule.cited.mark for rule in caution_rules())


GOOD = """\
sources: {S: a source}
cautions:
  - {id: C, drugs: [cefepime], when: gfr < 50, strength: MUST, says: x, source: {key: S, where: y}, mark: verified}
"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("cefepime", "cefepim", "C: 'cefepim' is not in the list of drugs. Is it 'cefepime'?"),
        ("gfr < 50", "gfr_now < 50", "gfr_now"),
        ("gfr < 50", "gfr", "is a number where a condition is needed"),
        ("strength: MUST", "strength: SHOULD", "strength is one of: MUST, CONSIDER, MUST_NOT"),
        ("says: x, ", "", "needs 'says', and 'drugs', 'classes' or 'when'"),
        ("drugs: [cefepime], when: gfr < 50, ", "", "needs 'says', and 'drugs', 'classes' or 'when'"),
        ("says: x", "say: x", "'say' means nothing here"),
        ("key: S,", "key: T,", "cites 'T', which is not among the sources"),
        ("mark: verified", "mark: sure", "mark is one of"),
        (
            "drugs: [cefepime]",
            "classes: [antibiotics]",
            "'antibiotics' is not in the list of drugs. Is it 'antibiotic'?",
        ),
    ],
)
def test_a_broken_file_says_what_is_wrong(old: str, new: str, words: str):
    read_cautions(GOOD, "cautions.yaml")
    with pytest.raises(RuleError) as error:
        read_cautions(GOOD.replace(old, new), "cautions.yaml")
    assert any(
        problem.startswith("cautions.yaml, line 3: C: ") and words in problem for problem in error.value.problems
    )


def test_an_id_stands_once():
    line = GOOD.splitlines()[-1]
    with pytest.raises(RuleError, match=r"C: the id is used twice"):
        read_cautions(f"{GOOD}{line}\n", "cautions.yaml")
