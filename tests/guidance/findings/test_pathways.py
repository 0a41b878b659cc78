"""Status epilepticus by minutes, and raised pressure. The arithmetic of doses stands in the comments."""

from __future__ import annotations

import re
from typing import Any

import pytest

from icans.guidance.findings.pathway import Act, Pathway, Stage, pressure_pathway, seizure_pathway
from icans.guidance.findings.pathway_file import pathway_rules
from made import table

ADULT = {"age": 60, "weight": 80}
CONVULSION = {"seizure_type": "clinical_generalized", "seizure_ongoing": "yes"}


def seizure(**stated: Any) -> Pathway:
    return seizure_pathway(table([stated]))


def pressure(**stated: Any) -> Pathway:
    return pressure_pathway(table([stated]))


def stage(pathway: Pathway, name: str) -> Stage:
    return next(s for s in (*pathway.stages, *pathway.variants) if s.applies.id == name)


def act(pathway: Pathway, name: str) -> Act:
    return next(a for s in (*pathway.stages, *pathway.variants) for a in s.acts if a.applies.id == name)


def amounts(act: Act) -> dict[str, tuple[float | None, float | None]]:
    return {f"{d.drug}/{d.scheme}": (d.low, d.high) for d in act.doses}


# --- when it begins ---


@pytest.mark.parametrize(
    ("stated", "trigger"),
    [
        ({"seizure_type": "clinical_focal", "seizure_longest_min": 5.1}, "se.trigger.long"),
        ({**CONVULSION, "seizure_minutes_now": 6}, "se.trigger.long"),
        ({"seizure_type": "clinical_generalized", "seizure_repetitive_no_return": "yes"}, "se.trigger.repeated"),
        ({"eeg_seizure": "yes", "eeg_seizure_longest_min": 10}, "se.trigger.eeg"),
        ({"eeg_pattern": "gpd", "eeg_pattern_hz": 3, "epileptic_encephalopathy": "no"}, "se.trigger.salzburg"),
    ],
)
def test_what_is_status(stated, trigger):
    found = seizure(**stated)
    assert found.applies is True
    assert [t.id for t in found.triggers if t.met] == [trigger]


@pytest.mark.parametrize(
    ("stated", "applies"),
    [
        ({"seizure_type": "clinical_focal"}, None),
        ({"seizure_type": "none"}, None),  # a status without clinical signs needs an EEG to be excluded
        ({"seizure_type": "none", "eeg_seizure": "no", "eeg_pattern": "none"}, False),
    ],
)
def test_what_may_be_status_and_what_is_not(stated, applies):
    assert seizure(**stated).applies is applies


def test_five_minutes_are_not_yet_more_than_five():
    quiet = {"eeg_seizure": "no", "eeg_pattern": "none", "seizure_repetitive_no_return": "no", "seizure_ongoing": "no"}
    assert seizure(seizure_type="clinical_focal", seizure_longest_min=5, **quiet).applies is False
    assert seizure(**{**CONVULSION, **quiet, "seizure_ongoing": "yes"}, seizure_minutes_now=5).triggers[0].met is None


def test_the_clock_runs_from_the_beginning_of_any_seizure():
    found = seizure(**CONVULSION, seizure_minutes_now=2, **ADULT)
    assert (found.running, found.minute) == (True, 2)
    assert [w.id for w in found.watch if w.met] == ["se.watch.seizure"]
    assert [s.applies.id for s in found.now] == ["se.0"]


# --- minutes ---


@pytest.mark.parametrize(
    ("minute", "phases"),
    [
        (0, ["now", "next", "next", "next"]),
        (4.9, ["now", "next", "next", "next"]),
        (5, ["past", "now", "next", "next"]),
        (20, ["past", "past", "now", "next"]),
        (39, ["past", "past", "now", "next"]),
        (40, ["past", "past", "past", "now"]),
        (600, ["past", "past", "past", "now"]),
        (None, ["open", "open", "open", "open"]),
    ],
)
def test_the_stages_follow_the_minutes(minute, phases):
    found = seizure(**CONVULSION, seizure_minutes_now=minute, **ADULT)
    assert [s.phase for s in found.stages] == phases
    assert [(s.start, s.end) for s in found.stages] == [(0, 5), (5, 20), (20, 40), (40, None)]


def test_nothing_is_due_where_no_seizure_can_be():
    quiet = {"eeg_seizure": "no", "eeg_pattern": "none", "seizure_ongoing": "no"}
    found = seizure(seizure_type="none", **quiet)
    assert (found.running, found.now, found.beside) == (False, (), ())


def test_what_is_done_at_each_stage():
    found = seizure(**CONVULSION, **ADULT)
    assert {s.applies.id: [a.applies.id for a in s.acts] for s in found.stages} == {
        "se.0": ["se.0.abc", "se.0.glucose", "se.0.thiamine", "se.0.laboratory"],
        "se.5": ["se.5.benzodiazepine"],
        "se.20": ["se.20.load"],
        "se.40": ["se.40.anaesthesia", "se.40.eeg"],
    }


# --- doses ---


def test_the_first_drug_is_one_of_three_by_weight():
    found = act(seizure(**CONVULSION, seizure_minutes_now=6, age=60, weight=30), "se.5.benzodiazepine")
    assert found.choose_one
    assert amounts(found) == {
        "lorazepam/status": (3, 3),  # 0.1 x 30
        "midazolam/status": (5, 5),  # 13 to 40 kg
        "diazepam/status": (4.5, 6),  # 0.15 to 0.2 x 30
    }


def test_the_first_drug_has_its_ceilings():
    found = act(seizure(**CONVULSION, **ADULT), "se.5.benzodiazepine")
    assert amounts(found) == {
        "lorazepam/status": (4, 4),  # 0.1 x 80 = 8, at most 4
        "midazolam/status": (10, 10),  # above 40 kg
        "diazepam/status": (10, 10),  # 12 to 16, at most 10
    }


@pytest.mark.parametrize(
    ("weight", "levetiracetam", "fosphenytoin", "valproate"),
    [(50, 3000, 1000, 2000), (80, 4500, 1500, 3000)],  # 60, 20, 40 mg/kg; at most 4500, 1500, 3000
)
def test_the_load_is_one_of_three_by_weight(weight, levetiracetam, fosphenytoin, valproate):
    found = act(seizure(**CONVULSION, age=60, weight=weight), "se.20.load")
    assert found.choose_one
    assert [d.low for d in found.doses] == [levetiracetam, fosphenytoin, valproate]


def test_without_a_weight_a_dose_is_a_formula_and_no_number():
    lorazepam = act(seizure(**CONVULSION, age=60), "se.5.benzodiazepine").doses[0]
    assert lorazepam.low is None
    assert "0.1 mg/kg" in lorazepam.words
    assert lorazepam.missing == ("weight",)


def test_a_weight_that_cannot_be_one_counts_as_not_known():
    assert act(seizure(**CONVULSION, age=60, weight=0), "se.5.benzodiazepine").doses[0].low is None


@pytest.mark.parametrize(("glucose", "met"), [(59, True), (60, False), (None, None)])
def test_thiamine_and_glucose_are_for_a_glucose_below_60(glucose, met):
    found = act(seizure(**CONVULSION, **ADULT, glucose=glucose), "se.0.thiamine")
    assert found.applies.met is met
    assert [d.drug for d in found.doses] == ["thiamine", "glucose"]  # thiamine first
    assert [d.low for d in found.doses] == [100, 50]


def test_the_rate_of_an_anaesthetic_is_not_made_up():
    assert act(seizure(**CONVULSION, **ADULT), "se.40.anaesthesia").doses == ()


# --- CARTOX ---


def test_cartox_for_non_convulsive_status_of_an_adult():
    found = seizure(eeg_seizure="yes", eeg_seizure_longest_min=12, seizure_type="nonconvulsive_eeg", **ADULT)
    variant = stage(found, "se.cartox.nonconvulsive")
    assert variant.applies.met
    assert variant.applies.cited.mark == "verified"
    assert [v.applies.id for v in found.variants] == ["se.cartox.nonconvulsive"]
    assert {a.applies.id: amounts(a) for a in variant.acts} == {
        "se.cartox.nonconvulsive.first": {
            "levetiracetam/cartox_status": (500, 500),
            "lorazepam/cartox_status": (0.5, 0.5),
        },
        "se.cartox.nonconvulsive.persisting": {"phenobarbital/cartox_status": (60, 60)},
        "se.cartox.nonconvulsive.maintenance": {
            "lorazepam/cartox_maintenance": (0.5, 0.5),
            "levetiracetam/cartox_maintenance": (1000, 1000),
            "phenobarbital/cartox_maintenance": (30, 30),
        },
    }


def test_cartox_for_convulsive_status_of_an_adult():
    found = seizure(**CONVULSION, seizure_longest_min=8, **ADULT)
    variant = stage(found, "se.cartox.convulsive")
    assert variant.applies.met
    assert variant.applies.cited.mark == "from memory"
    first, then = (act(found, f"se.cartox.convulsive.{when}") for when in ("first", "maintenance"))
    assert amounts(first) == {
        "lorazepam/cartox_convulsive": (2, 2),
        "levetiracetam/cartox_status": (500, 500),
        "phenobarbital/cartox_convulsive": (1200, 1200),  # 15 x 80
    }
    assert amounts(then)["phenobarbital/cartox_convulsive_maintenance"] == (80, 240)  # 1 to 3 x 80


def test_cartox_is_not_for_a_seizure_that_is_no_status():
    quiet = {"eeg_seizure": "no", "eeg_pattern": "none", "seizure_repetitive_no_return": "no", "seizure_ongoing": "no"}
    assert seizure(seizure_type="clinical_focal", seizure_longest_min=1, **quiet).variants == ()
    convulsion = seizure(seizure_type="clinical_generalized", seizure_longest_min=1, **quiet)
    assert convulsion.variants == ()


def test_cartox_has_no_dose_for_a_child():
    found = act(seizure(**CONVULSION, seizure_longest_min=8, age=9, weight=30), "se.cartox.convulsive.first")
    assert {d.low for d in found.doses} == {None}


def test_the_steroid_of_grade_4_runs_beside_status():
    found = seizure(**CONVULSION, seizure_longest_min=8, **ADULT)
    assert [b.id for b in found.beside if b.met] == ["se.beside.steroid", "se.beside.search"]


@pytest.mark.parametrize(
    ("stated", "met"),
    [
        ({"seizure_type": "clinical_focal", "seizure_repetitive_no_return": "yes"}, True),
        ({"eeg_seizure": "yes", "eeg_seizure_longest_min": 10}, True),
        ({"seizure_type": "clinical_focal", "seizure_longest_min": 1, "seizure_ongoing": "yes",
          "seizure_minutes_now": 2, "seizure_repetitive_no_return": "no", "eeg_seizure": "no"}, False),
    ],
)  # fmt: skip
def test_the_steroid_of_grade_4_runs_beside_any_status(stated, met):
    found = [b.met for b in seizure(**stated).beside if b.id == "se.beside.steroid"]
    assert found == ([True] if met else [])


def test_the_steroid_does_not_run_beside_a_seizure_of_another_cause():
    found = seizure(**CONVULSION, seizure_longest_min=8, seizure_other_cause="yes", **ADULT)
    assert [b.id for b in found.beside] == ["se.beside.search"]


# --- raised pressure ---


@pytest.mark.parametrize(
    ("stated", "due"),
    [
        ({"papilledema_stage": 2, "csf_opening_pressure": 19, "edema_on_imaging": "none", "raised_icp_signs": "none",
          "mri_findings": "none"}, ["icp.early"]),
        ({"papilledema_stage": 2, "csf_opening_pressure": 20}, ["icp.high", "icp.any"]),
        ({"papilledema_stage": 3}, ["icp.high", "icp.any"]),
        ({"edema_on_imaging": "diffuse"}, ["icp.high", "icp.any"]),
        ({"papilledema_stage": 2, "csf_opening_pressure": 19, "edema_on_imaging": "none",
          "raised_icp_signs": "papilledema", "mri_findings": "none"}, ["icp.early"]),
        ({"raised_icp_signs": "papilledema"}, ["icp.any"]),
        ({"raised_icp_signs": "cn6_palsy"}, ["icp.any"]),
        ({"raised_icp_signs": "posturing"}, ["icp.any"]),
        ({"raised_icp_signs": "cushing_triad"}, ["icp.any"]),
        ({"mri_findings": "swelling"}, ["icp.high", "icp.any"]),
        ({"papilledema_stage": 0, "csf_opening_pressure": 12, "edema_on_imaging": "none", "raised_icp_signs": "none",
          "mri_findings": "none"}, []),
    ],
)  # fmt: skip
def test_what_raised_pressure_asks_for(stated, due):
    found = pressure(**stated)
    assert [s.applies.id for s in found.now] == due
    assert found.applies is bool(due)


@pytest.mark.parametrize(
    ("stated", "trigger"),
    [
        ({"papilledema_stage": 3}, "icp.trigger.high"),
        ({"csf_opening_pressure": 20}, "icp.trigger.high"),
        ({"edema_on_imaging": "focal"}, "icp.trigger.high"),
        ({"raised_icp_signs": "cushing_triad"}, "icp.trigger.sign"),
        ({"papilledema_stage": 1}, "icp.trigger.early"),
        ({"mri_findings": "swelling"}, "icp.trigger.high"),
    ],
)
def test_what_points_to_raised_pressure(stated, trigger):
    assert [t.id for t in pressure(**stated).triggers if t.met] == [trigger]


def test_what_is_done_about_raised_pressure():
    found = {s.applies.id: [a.applies.id for a in s.acts] for s in pressure(edema_on_imaging="diffuse").stages}
    assert found == {
        "icp.early": ["icp.early.bleed", "icp.early.acetazolamide"],
        "icp.high": [
            "icp.high.bleed", "icp.high.steroid", "icp.high.head", "icp.high.ventilation", "icp.high.osmotic",
            "icp.high.herniation", "icp.high.drain", "icp.high.suppression", "icp.high.watch",
        ],
        "icp.any": ["icp.any.neurosurgery", "icp.any.osmotic"],
    }  # fmt: skip


def test_acetazolamide_is_1000_mg_then_250_to_1000():
    found = act(pressure(papilledema_stage=1, **ADULT), "icp.early.acetazolamide")
    assert amounts(found) == {"acetazolamide/first": (1000, 1000), "acetazolamide/further": (250, 1000)}


def test_raised_pressure_is_excluded_without_an_mri_where_imaging_and_the_fundus_are_clear():
    clear = {"papilledema_stage": 0, "csf_opening_pressure": 12, "edema_on_imaging": "none", "raised_icp_signs": "none"}
    assert pressure(**clear).applies is False


def test_a_pressure_of_20_is_not_early():
    found = stage(pressure(papilledema_stage=2, csf_opening_pressure=20, edema_on_imaging="none"), "icp.early")
    assert found.applies.met is False


def test_early_papilloedema_without_an_opening_pressure_stays_open():
    found = stage(pressure(papilledema_stage=1, edema_on_imaging="none"), "icp.early").applies
    assert found.verdict == "cannot be judged"
    assert found.missing == ("Opening pressure of the cerebrospinal fluid",)


def test_the_doses_against_raised_pressure():
    found = pressure(edema_on_imaging="diffuse", **ADULT)
    osmotic = act(found, "icp.high.osmotic")
    assert osmotic.choose_one
    assert amounts(osmotic) == {
        "mannitol/first": (40, 80),  # 0.5 to 1 g/kg x 80
        "mannitol/further": (20, 80),  # 0.25 to 1 g/kg x 80
        "hypertonic_saline/first": (250, 250),
        "hypertonic_saline/further": (50, 75),
    }
    assert amounts(act(found, "icp.high.herniation")) == {"hypertonic_saline/herniation": (30, 30)}
    assert amounts(act(found, "icp.high.steroid")) == {"methylprednisolone/raised_icp": (1000, 1000)}


@pytest.mark.parametrize(
    "sign",
    [{"edema_on_imaging": "focal"}, {"raised_icp_signs": "papilledema"}, {"mri_findings": "mass"},
     {"csf_opening_pressure": 25}],
)  # fmt: skip
def test_no_lumbar_puncture_with_a_sign_of_raised_pressure(sign):
    assert [n.met for n in pressure(**sign).never if n.id == "icp.never.puncture"] == [True]


@pytest.mark.parametrize(("sodium", "met"), [(155, [True]), (154, []), (None, [None])])
def test_hypertonic_saline_stops_at_a_sodium_of_155(sodium, met):
    found = pressure(edema_on_imaging="focal", sodium=sodium)
    assert [n.met for n in found.never if n.id == "icp.never.more-saline"] == met


BLEED = {"intracranial_hemorrhage": "yes"}
EARLY = {"papilledema_stage": 1, "csf_opening_pressure": 15, "edema_on_imaging": "none", "mri_findings": "none"}


def told(pathway: Pathway) -> dict[str, bool | None]:
    """What is told now, or may be, and whether it surely applies."""
    return {a.applies.id: a.applies.met for s in pathway.now for a in s.acts if a.applies.met is not False}


@pytest.mark.parametrize(
    "sign", [{"edema_on_imaging": "focal"}, {"edema_on_imaging": "diffuse"}, {"papilledema_stage": 4}]
)
def test_oedema_around_a_bleed_is_for_neurosurgery_and_no_methylprednisolone_is_told(sign):
    found = pressure(**sign, **BLEED, **ADULT)
    assert "icp.high.steroid" not in told(found)
    assert told(found)["icp.high.bleed"] is True
    assert act(found, "icp.high.bleed").applies.says == "oedema around a bleed: neurosurgery"
    assert told(found)["icp.any.neurosurgery"] is True


def test_early_papilloedema_with_a_bleed_is_for_neurosurgery_and_no_acetazolamide_is_told():
    assert told(pressure(**EARLY, **BLEED, **ADULT)) == {"icp.early.bleed": True}


@pytest.mark.parametrize("bleed", ["no", None])
def test_the_drugs_against_oedema_stay_where_no_bleed_is_known(bleed):
    high = told(pressure(edema_on_imaging="diffuse", intracranial_hemorrhage=bleed, **ADULT))
    assert high["icp.high.steroid"] is True
    assert "icp.high.bleed" not in high
    assert told(pressure(**EARLY, intracranial_hemorrhage=bleed, **ADULT)) == {"icp.early.acetazolamide": True}


def test_the_steroid_of_grade_4_does_not_run_beside_a_seizure_from_a_bleed():
    found = seizure(**CONVULSION, seizure_longest_min=8, **BLEED, **ADULT)
    assert [b.id for b in found.beside] == ["se.beside.search"]


# --- both ---


AMOUNT = re.compile(r"\d (mg|g|mL)\b(?!/)")  # of a drug; 60 mg/dL is a glucose


@pytest.mark.parametrize("name", ["status_epilepticus", "raised_pressure"])
def test_an_amount_of_a_drug_stands_in_its_dose_alone_which_knows_the_age(name):
    assert [c.id for c in pathway_rules(name).criteria() if AMOUNT.search(c.says)] == []


def test_a_child_is_told_no_fixed_amount_of_an_adult():
    child = {"age": 10, "weight": 30}
    icp = pressure(edema_on_imaging="diffuse", **child)
    status = seizure(**CONVULSION, seizure_longest_min=8, seizure_minutes_now=8, glucose=50, **child)
    acts = [act(icp, f"icp.high.{name}") for name in ("steroid", "osmotic", "herniation")]
    acts += [act(status, name) for name in ("se.0.thiamine", "se.cartox.convulsive.first")]
    doses = [d for one in acts for d in one.doses]
    assert {d.low for d in doses} == {None}
    assert {d.words for d in doses} == {"no dose is held here for such a patient"}
    assert {(d.interval, d.maximum) for d in doses} == {("", "")}


@pytest.mark.parametrize("name", ["status_epilepticus", "raised_pressure"])
def test_every_line_of_a_pathway_is_cited(name):
    assert all(c.cited.source and c.cited.mark for c in pathway_rules(name).criteria())
