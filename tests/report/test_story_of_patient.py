"""From a simulated patient to his story: what was given, what is assumed of it, and whether he was ill before."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from made_up_story import frame

from icans.mechanism.bedside.chart import Chart, Facts, Sign
from icans.mechanism.definition.parameters import quantities, table
from icans.mechanism.simulation.trajectories import Trajectories
from icans.mechanism.treatment.drugs import drugs
from icans.mechanism.treatment.regimen import orders
from icans.report import story_of_patient
from icans.report.story import ASSUMED, Story
from icans.report.story_of_patient import GRADED, endotype_notes, ill_before, regrown, story
from icans.simulated_patient import SimulatedPatient


@pytest.fixture(autouse=True)
def ungraded(monkeypatch):
    """Grading needs a whole chart; what is tested here does not."""
    monkeypatch.setattr(story_of_patient, "grades", lambda _patient: [])


def told(*texts: str, **changed: tuple[float, float, float, float]) -> Story:
    """The story of a made-up course after these doses, with some of its curves changed."""
    columns = frame(**changed).drop("time")
    columns = columns.with_columns(Rb=pl.lit(0.1), Cd=pl.lit(1.0), Ct=pl.lit(1.0), tocb=pl.lit(1.0), Cs=pl.lit(1.0))
    course = Trajectories(np.array(frame()["time"]), tuple(columns.columns), columns.to_numpy()[None])
    given = tuple(order for text in texts for order in orders(text))
    return story(SimulatedPatient("x", {}, given, Facts(), course), "x", "y")


@pytest.mark.parametrize("drug", ["tocilizumab", "siltuximab"])
def test_a_drug_that_parts_the_assay_from_what_signals_is_a_blocker(drug):
    (blocker,) = told(f"{drug} 8 mg/kg day 3").blocked()
    assert (blocker.drug, blocker.assay, blocker.acting) == (drug, "IL6", "u6")


def test_the_facts_of_blockers_name_quantities_of_the_model():
    known = {quantity.name for quantity in quantities()}
    named = [name for d in drugs().values() if d.blocks for name in (d.blocks.assay, d.blocks.acting)]
    assert named
    assert set(named) <= known
    assert {d.effect for d in drugs().values() if d.effect} <= known


@pytest.mark.parametrize("text", ["tocilizumab 0 mg day 3", "tocilizumab 8 mg/kg day 40"])
def test_a_dose_of_nothing_or_after_the_end_blocks_nothing(text):
    assert told(text).blocked() == []


def test_a_dose_of_nothing_is_not_told():
    assert told("tocilizumab 0 mg day 3").doses == ()


def test_the_effect_of_a_steroid_in_the_brain_is_shown():
    (exposure,) = told("dexamethasone 10 mg day 5").exposures
    assert exposure.effect == "Rb"


def test_what_is_assumed_of_a_drug_is_told_with_it():
    said = " ".join(told("norepinephrine 0.1 ug/kg/min day 4 to 5", "crystalloid 0.5 L over 1 h day 3").notes)
    assert "Norepinephrine, assumed. Its effect on the pressure is a curve of our own" in said
    assert "Isotonic crystalloid, assumed." in said
    assert told("tocilizumab 8 mg/kg day 3").notes == (ASSUMED, GRADED)


def test_what_is_assumed_of_an_endotype_is_told():
    (said,) = endotype_notes("endotheliopathy")
    assert said.startswith("Endotype endotheliopathy, assumed.")
    assert "no clinical number exists" in said
    assert list(endotype_notes(None)) == []


def test_most_constants_are_assumed_as_the_foot_says():
    marks = [parameter.evidence for parameter in table()]
    assert marks.count("assumed") > len(marks) / 2
    assert ASSUMED.startswith("Most of the model's constants are assumed")


def first_row(**values: float) -> pl.DataFrame:
    return pl.DataFrame({name: [value, 0.0] for name, value in ({"time": 0.0} | values).items()})


def test_a_patient_who_is_ill_before_the_infusion_is_said_to_be():
    (said,) = ill_before(first_row(Temp=38.4, SpO2=90.2, J=0.65))
    expected = "a temperature of 38.4 °C, a saturation of 90%, tight junctions at 65% of their integrity"
    assert said == f"Already before the infusion: {expected}."
    ill = told(J=(0.65, 0.3, 6.0, 0.2)).notes
    assert "Already before the infusion: tight junctions at 65% of their integrity." in ill


def test_a_patient_who_is_well_before_the_infusion_gets_no_note():
    # The second row, ill with a saturation and tight junctions of 0, is after the infusion.
    assert list(ill_before(first_row(Temp=37.9, SpO2=92.0, J=0.9))) == []


def test_the_grades_say_what_they_cannot_show():
    assert "awake until the model calls him unarousable" in GRADED
    assert "low pressure alone cannot pass CRS grade 2" in GRADED


def patient(seed: int | None = None, age: float = 60.0) -> SimulatedPatient:
    """A made-up patient whose chart holds one seizure, on day 7.5, and two rounds without one."""
    course = Trajectories(np.array(frame()["time"]), tuple(frame().columns[1:]), frame().drop("time").to_numpy()[None])
    made = SimulatedPatient("x", {}, (), Facts(age=age), course, seed)
    kinds = ((7.0, "none"), (7.5, "clinical_generalized"), (8.0, "none"))
    signs = tuple(Sign(made.facts.time(day), "seizure_type", kind) for day, kind in kinds)
    made.__dict__["chart"] = Chart(made.facts, signs, ())
    return made


def test_a_seed_is_told_with_the_seizures_it_draws():
    told_of = story(patient(seed=3), "x", "y")
    assert told_of.seizures == (7.5,)
    assert any(words.startswith("Seed 3: the grades are those of a chart with errors") for words in told_of.notes)


def test_without_a_seed_nothing_is_said_of_chance():
    told_of = story(patient(), "x", "y")
    assert (told_of.seizures, told_of.notes) == ((), (ASSUMED, GRADED))


@pytest.mark.parametrize(("age", "told_of"), [(11.9, True), (12.0, False)])
def test_below_twelve_years_ice_does_not_apply(age, told_of):
    said = "ICE does not apply below 12 years, and the model has no CAPD."
    assert (said in story(patient(age=age), "x", "y").notes) == told_of


@pytest.mark.parametrize(("later", "told_of"), [(220.0, True), (100.0, False)])
def test_a_fever_that_returns_late_is_an_artefact(later, told_of):
    times = [0.0, 5.0, 10.0, later, later + 5]
    table = pl.DataFrame({"time": times, "Temp": [36.7, 39.0, 36.7, 39.0, 36.7]})
    assert [words.startswith("Beyond about 120 days") for words in regrown(table)] == [True] * told_of
