"""The review of a made-up patient, with every part of a page in it, and the review of an empty record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from made_up_guidance import made_up_guidance
from made_up_record import COURSE, CRS, ICANS, INFUSION, LOG, NOW, at, course, records

from icans.grading.answer import Answer, DomainAnswer, Episode, Hit, Score, WhatIf
from icans.grading.related import Related
from icans.patient_review import Review
from icans.record.record import ReadingLog, empty_records

HIT = Hit(
    id="icans.ice.grade1",
    says="ICE score 7 to 9",
    grade=(1, 1),
    inputs={"ICE, orientation": "4", "ICE, writing": "0"},
    source="Lee DW, et al. Biol Blood Marrow Transplant 2019;25:625-638",
    where="table 4",
    mark="verified",
)


def answer(outcome: str, low: int, high: int) -> Answer:
    seizure = Hit(
        id="icans.seizure.any",
        says="any clinical seizure that resolves rapidly",
        grade=(low, high),
        inputs={"Seizure": "not recorded"},
        source="S5",
        where="table 2",
        mark="from memory",
        convention="C7",
        certain=False,
    )
    status = replace(seizure, id="icans.seizure.status", says="repetitive seizures", grade=(4, 4), inputs={})
    what_if = WhatIf(
        "seizure_type",
        "EEG or seizure",
        (("none", 2, 2), ("nonconvulsive on EEG", 3, 3)),
        "EEG not done: grade stays 2 or becomes 3",
    )
    return Answer(
        scale=f"astct-2019-{outcome}",
        outcome=outcome,
        title=f"ASTCT 2019 {outcome.upper()}",
        min=low,
        max=high,
        domains=(
            DomainAnswer("ice", "Encephalopathy (ICE)", 1, 1, (HIT,), ()),
            DomainAnswer("seizure", "Seizure", low, high, (status, seizure), ("seizure_type",)),
        ),
        decided_by=(HIT, status, seizure) if low != high else (HIT,),
        what_if=(what_if,) if low != high else (),
        conventions=(("C7", "A seizure nobody looked for is unknown, not absent"),),
        assumed=("no intracranial hemorrhage: nothing was recorded on it",),
        notices=(),
        time=NOW,
        day=14.0,
    )


def episode(outcome: str, onset: float, peak: tuple[int, int], peak_day: float, end: float) -> Episode:
    hours = (end - onset) * 24
    return Episode(
        outcome, at(onset), onset, False, peak, at(peak_day), peak_day, last_sign=at(end), last_sign_day=end,
        resolution=at(end), resolution_day=end, resolution_uncertain=False, duration_hours=hours, ongoing=False,
        settled=True,
    )  # fmt: skip


EASIX = Score(
    name="easix",
    title="EASIX",
    min=3.21,
    max=3.21,
    band="high",
    formula="LDH (U/L) × creatinine (mg/dL) / platelets (10⁹/L)",
    inputs={"LDH": "310 U/L", "Creatinine": "0.9 mg/dL", "Platelets": "87 10⁹/L"},
    missing=(),
    source="Luft T, Blood Adv 2020",
    mark="verified",
    time=NOW,
    day=14.0,
)
CAR_HT = replace(
    EASIX,
    name="car-hematotox",
    title="CAR-HEMATOTOX",
    min=2.0,
    max=None,
    band=None,
    inputs={"CRP": "20 mg/L"},
    missing=("hemoglobin",),
    mark="from memory",
)


@pytest.fixture
def review() -> Review:
    return made_up_review()


@pytest.fixture
def made_up() -> Callable[..., Review]:
    return made_up_review


def made_up_review(every_hours: float = 4, label: str = "Patient 007", **changes: Any) -> Review:
    """The made-up patient, with fields replaced by `changes`."""
    whole = Review(
        patient="p1",
        label=label,
        product="axi-cel",
        age=61.0,
        infusion=INFUSION,
        now=NOW,
        day=14.0,
        records=records(every_hours, label),
        states=pl.DataFrame(),
        course=course(crs=CRS, icans=ICANS),
        current={"crs": answer("crs", 0, 0), "icans": answer("icans", 2, 3)},
        since={"crs": at(6), "icans": at(7.5)},
        peak={"crs": (3, 3, at(3)), "icans": (3, 3, at(6.5))},
        episodes=(episode("crs", 1, (3, 3), 3, 6), episode("icans", 5, (3, 3), 6.5, 9)),
        related=Related(
            scores=(EASIX, CAR_HT),
            present=(replace(answer("icaht", 2, 2), title="Early ICAHT"),),
            absent=("Cairo-Bishop TLS",),
            unsettled=(("IEC-HS criteria", 0, 1),),
        ),
        notices=("Tocilizumab within 24 h: fever may be masked",),
        log=LOG,
        conventions={"C1": True, "C7": True, "C12": False},
        guidance=made_up_guidance(),
    )
    return replace(whole, **changes)


def nothing_recorded() -> Mapping[str, Any]:
    """What changes where the record is empty."""
    return {
        "product": None,
        "age": None,
        "infusion": None,
        "label": None,
        "day": None,
        "records": empty_records(),
        "course": pl.DataFrame(schema=COURSE),
        "current": {},
        "since": {},
        "peak": {},
        "episodes": (),
        "related": Related((), (), (), ()),
        "notices": (),
        "log": ReadingLog(),
        "conventions": {},
        "guidance": None,
    }


@pytest.fixture
def empty_review() -> Review:
    return made_up_review(**nothing_recorded())
