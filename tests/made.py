"""States and records made for a test, out of the words a clinician would write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from icans.record.catalogue import catalogue
from icans.record.record import OBSERVATIONS, PATIENTS, THERAPIES, Records
from icans.record.states import to_states

INFUSION = datetime(2025, 3, 3, 10, tzinfo=UTC)
NORMAL: Mapping[str, object] = {
    "age": 58, "developmental_delay": "no", "temperature": 36.9, "fever_other_cause": "no", "crs_fever_earlier": "no",
    "fever_masking_therapy": "none", "systolic_pressure": 118, "hypotension": "no", "hypotension_other_cause": "no",
    "vasoactive_drugs": "none", "oxygen_device": "room_air", "hypoxia_other_cause": "no", "ice_orientation": 4,
    "ice_naming": 3, "ice_commands": 1, "ice_writing": 1, "ice_attention": 1, "ice_baseline": 10,
    "ice_other_cause": "no", "consciousness": "awake", "consciousness_other_cause": "no", "seizure_type": "none",
    "seizure_repetitive_no_return": "no", "seizure_other_cause": "no", "motor_deficit": "none",
    "motor_other_cause": "no", "edema_on_imaging": "none", "raised_icp_signs": "none", "edema_or_icp_other_cause": "no",
    "death_cause": "none",
}  # fmt: skip
"""An adult in whom everything was looked at and nothing found."""


def table(rows: Iterable[Mapping[str, object]]) -> pl.DataFrame:
    """A typed table of states; item -> value as written in a states table, None where it is unknown."""
    kinds = {"number": pl.Float64, "whole": pl.Float64}
    listed = list(rows)
    columns = {
        name: pl.Series([row[name] for row in listed], dtype=kinds.get(catalogue()[name].kind, pl.String))
        for name in listed[0]
    }
    return to_states(pl.DataFrame(columns)).typed


def state(background: Mapping[str, object] = NORMAL, /, **changed: object) -> pl.DataFrame:
    """One typed state: the background with some items changed."""
    return table([{**background, **changed}])


def at(hours: float) -> datetime:
    """The moment so many hours after the infusion."""
    return INFUSION + timedelta(hours=hours)


def record(
    *seen: tuple[float, str, object] | tuple[float, str, object, bool],
    given: Iterable[Mapping[str, Any]] = (),
    patient: str = "p",
    **facts: object,
) -> Records:
    """The record of one patient.

    seen   (hours after the infusion, item, value as written), perhaps with True or False: has another cause
    given  therapies: drug, start and perhaps end in hours after the infusion, rate, rate_unit
    facts  columns of the patients; infusion: the time of INFUSION unless told otherwise
    """
    rows = [
        (
            patient,
            at(hours),
            item,
            catalogue()[item].encode(value),
            cause[0] if cause else None,
            None,
            False,
            f"row {n}",
        )
        for n, (hours, item, value, *cause) in enumerate(seen, 1)
    ]
    who = {"patient": patient, "infusion": INFUSION, **facts}
    return Records(
        pl.DataFrame([who], schema_overrides=PATIENTS).select(
            pl.lit(None, dtype=kind).alias(name) if name not in who else pl.col(name).cast(kind)
            for name, kind in PATIENTS.items()
        ),
        pl.DataFrame(rows, schema=OBSERVATIONS, orient="row"),
        pl.DataFrame([_therapy(patient, therapy) for therapy in given], schema=THERAPIES, orient="row"),
    )


def _therapy(patient: str, told: Mapping[str, Any]) -> dict[str, Any]:
    times = {"start": at(told["start"]), "end": at(told["end"]) if "end" in told else None}
    return {**dict.fromkeys(THERAPIES), **told, **times, "patient": patient, "source": "therapies"}


def together(*records: Records) -> Records:
    """One record of several patients."""
    return Records(
        pl.concat([r.patients for r in records]),
        pl.concat([r.observations for r in records]),
        pl.concat([r.therapies for r in records]),
    )


def drip(drug: str, start: float, end: float | None = None, rate: float | None = None, unit: str | None = None) -> dict:
    """An infusion for `given`: from start to end in hours after the infusion of the cells, at a rate."""
    told = {"drug": drug, "start": start, "rate": rate, "rate_unit": unit}
    return told if end is None else {**told, "end": end}
