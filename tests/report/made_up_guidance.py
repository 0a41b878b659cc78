"""Made-up guidance with one line of every kind, for the made-up patient of `made_up_record`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
from made_up_record import INFUSION, NOW, at, records

from icans.endotype.answer import Endotype, Hypothesis, Level, Marker
from icans.guidance.advice import Advice, Advised, Deciding, Reason
from icans.guidance.cited import Cited
from icans.guidance.doses import Caution
from icans.guidance.findings import eeg, mri, pressure_pathway, prophylaxis, seizure_pathway
from icans.guidance.monitoring.answer import Check, Criterion, Due, Eligibility
from icans.guidance.sepsis.answer import INFECTION, UNKNOWN, Line, Sepsis, Standing
from icans.guidance.situation import Situation
from icans.guidance.workup.ledger import EXCLUDED, NOT_EXCLUDED, NOT_TESTED, GatedTest, Hold, Workup
from icans.guidance.workup.ledger import Line as Cause
from icans.patient_guidance import Guidance

ASCO = Cited("Guideline of the test", "CRS grade 2", "verified")
OURS = Cited("a choice of this platform", "", "convention", "G1")


def advised(code: str, does: str, strength: str, tier: str, rule: str, **changes: Any) -> Advised:
    """One action with one reason."""
    reason = Reason(rule, f"what {rule} says", strength, changes.get("certain", True), {"CRS grade": "2"}, ASCO)
    whole = Advised(code, does, does, strength, strength, True, tier, "", "", "", (reason,), (), ASCO)
    return replace(whole, **changes)


TOCI = advised(
    "TOCI", "Give tocilizumab", "MUST", "anticytokine", "T-2b", dose="560 mg, IV over 1 h",
    arithmetic="8 mg/kg × 70 kg = 560 mg",
)  # fmt: skip
ACTIONS = (
    advised("ABC_FIRST", "Airway, breathing, circulation first", "MUST", "life support", "T-1"),
    TOCI,
    advised("DEX10_Q6H", "Dexamethasone", "CONSIDER", "steroids", "T-3c", dose="10 mg, IV, every 6 h",
            label="Dexamethasone 10 mg every 6 h"),
    advised(
        "EEG", "Record an EEG", "MUST", "work-up", "T-0i", certain=False,
        decided_by=(Deciding("icans", "ICANS grade", "2", "1"),),
    ),
    advised("GM_CSF", "Give GM-CSF", "MUST_NOT", "supportive", "T-10"),
)  # fmt: skip
ADVICE = Advice(
    guideline="asco-2021",
    revision=1,
    title="ASCO 2021",
    citation="Guideline of the test, 2021",
    grades={"crs": (2, 2), "icans": (1, 2)},
    grades_note="",
    actions=ACTIONS,
    tocilizumab=("MUST",),
    steroid=(("CONSIDER", "DEX10_Q6H"),),
    icu=("NONE",),
    running="",
    taken=("A past seizure is taken as absent. (G6)",),
    cautions=(Caution("C-CEFEPIME", "MUST", "Adjust cefepime", ("cefepime",), False, ("creatinine",), {}, OURS),),
    notes=(),
    now=NOW,
    day=14.0,
)

OVERDUE = Check(
    id="blood-count", label="Blood count", short="Blood", status="overdue", how="every 12 h", every=(12, 12),
    last=at(13.4), due=at(13.9), missing=("Platelets",), certain=True, optional=False, depends=(), why="", cited=OURS,
)  # fmt: skip
DUE = Due(
    overdue=(OVERDUE,),
    now=(replace(OVERDUE, id="eeg", label="EEG now", status="now", last=None, due=None, certain=False,
                 depends=("icans",)),),
    next=(replace(OVERDUE, id="vitals", label="Vital signs", status="next", last=NOW, due=at(14.25), missing=()),),
    unseen=(replace(OVERDUE, id="head", label="Head of the bed", status="now", last=None, due=None, missing=()),),
    missed=(replace(OVERDUE, id="mri", label="MRI before the infusion"),),
    notes=("Not settled: ICANS grade.",),
)  # fmt: skip

HYPERCAPNIA = Cause(
    id="A-CO2", tier="A", label="hypercapnia", status=NOT_TESTED, suspected=False, weak=False, why="not known",
    inputs={}, missing=("Carbon dioxide",), old={}, tests=("blood gas",), act="ventilate", caution=None, note=None,
    evidence=(), cited=OURS,
)  # fmt: skip
CAUSES = (
    HYPERCAPNIA,
    replace(HYPERCAPNIA, id="A-GLUCOSE", label="hypoglycaemia", status=EXCLUDED),
    replace(HYPERCAPNIA, id="D-CEFEPIME", label="cefepime", tier="drugs", status=NOT_EXCLUDED, given=True,
            inputs={"doses": "Cefepime, last dose 4 h ago"}),
    replace(HYPERCAPNIA, id="D-IFOSFAMIDE", label="ifosfamide", tier="drugs"),
    replace(HYPERCAPNIA, id="I-MENINGITIS", label="meningitis", tier="infection", suspected=True),
)  # fmt: skip
BLOCKED = GatedTest("LP", "lumbar puncture", (Hold("platelets are too low", True, {"Platelets": "24"}, (), ASCO),))
WORKUP = Workup(
    patient="p1", now=NOW, asked=True, since=at(13), lines=CAUSES, attribution="provisional",
    says="ICANS stays provisional.", remain=(HYPERCAPNIA,), present=(), tests=(BLOCKED,), cited=OURS,
)  # fmt: skip

CULTURE = Line("S-1", "Blood culture", (), "known", INFECTION, "grew an organism", (), (), None, "", ASCO)
SEPSIS = Sepsis(
    patient="p1", now=NOW,
    standing=(Standing("S-ABX", "Antibiotics are never withheld", "MUST", (), True, {}, (), ASCO),),
    lines=(CULTURE, replace(CULTURE, id="S-2", finding="Procalcitonin", direction=UNKNOWN)),
    rates=(), posterior=None, no_posterior="No probability is given.", cautions=("Nothing excludes an infection.",),
    left_out=(),
)  # fmt: skip
ANG2 = Marker(
    "ang2", "Angiopoietin 2", "vessel wall", "known", "3000 pg/mL", NOW, "above 2500 pg/mL", True, "",
    (Level("controls", 1188, 660),), "", OURS,
)  # fmt: skip
ENDOTYPE = Endotype(
    patient="p1", now=NOW, reading="endothelial", possible=("endothelial",), why=("The vessel wall is activated.",),
    decides=(), sides=(),
    markers=(ANG2, replace(ANG2, name="il6", label="Interleukin 6", status="unknown", words=None)),
    scores={"EASIX": "12.1"}, hypotheses=(Hypothesis("H-1", "Steroids early may help", OURS),),
    cautions=("A reading cancels nothing.", "The lines are ours."), left_out=(),
)  # fmt: skip
DISCHARGE = Eligibility(
    "discharge", "Discharge", False,
    (
        Criterion("DIS-crs", "No CRS", False, "CRS grade 2", OURS),
        Criterion("DIS-companion", "Companion trained", None, "to be asked: a record cannot show it", OURS),
    ),
)  # fmt: skip
STATE = pl.DataFrame({"weight": [70.0], "age": [61.0], "crs__lo": [2.0], "crs__hi": [2.0]}).with_columns(
    icans__lo=pl.lit(1.0), icans__hi=pl.lit(2.0)
)


def made_up_guidance(**changes: Any) -> Guidance:
    """The made-up guidance, with fields replaced by `changes`."""
    situation = Situation("p1", "axi-cel", INFUSION, NOW, 14.0, STATE, records(), pl.DataFrame())
    whole = Guidance(
        situation=situation, advice=ADVICE, due=DUE, discharge=DISCHARGE, workup=WORKUP, sepsis=SEPSIS,
        endotype=ENDOTYPE, prophylaxis=prophylaxis(situation), eeg=eeg(STATE), mri=mri(STATE),
        seizures=seizure_pathway(STATE), pressure=pressure_pathway(STATE),
    )  # fmt: skip
    return replace(whole, **changes)
