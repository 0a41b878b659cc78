"""How fast advice is: one million states against ASCO 2021, and everything the review says of one patient.

    python benchmarks/guidance.py [--rows 1000000] [--write docs/performance-guidance.md]

Everything is measured in one run on one machine; quote the ratios. The states are made up here with a fixed seed and
have no gaps, because the plain function reads whole states; the table is timed once more with 10 % of the cells empty.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from icans.grading.grade import grade_states
from icans.guidance import library
from icans.guidance.advise import advise as advise_one
from icans.guidance.situation_of import situation_of
from icans.guidance.table import advise_states
from icans.patient_guidance import guidance
from icans.record.read import read
from icans.record.states import to_states
from plain_asco import Plain, advise

SEED = 20260302
MISSING = 0.1
PLAIN_ROWS = 20_000
GUIDELINE = "asco-2021"
LIMIT = 30
ROOT = Path(__file__).parents[1]
# Column -> its words or numbers, and how often each is drawn.
DRAWN: Mapping[str, tuple[tuple[Any, ...], tuple[float, ...]]] = {
    "age_years": ((7, 15, 45, 60, 72), (1, 1, 3, 4, 3)),
    "weight": ((22.0, 29.9, 55.0, 70.0, 85.5, 110.0), (1, 1, 4, 6, 4, 2)),
    "car_t_product": (("axi-cel", "brexu-cel", "tisa-cel", "liso-cel", "ide-cel", "cilta-cel"), (4, 1, 2, 3, 1, 2)),
    "day_after_infusion": ((1, 3, 5, 8, 20), (2, 4, 4, 3, 1)),
    "temp_c": ((36.8, 37.6, 38.0, 38.6, 39.8), (6, 3, 2, 4, 2)),
    "fever_hours": ((4, 20, 60, 72, 90), (4, 4, 2, 1, 2)),
    "fever_refractory": (("no", "yes"), (9, 1)),
    "fever_other_cause": (("no", "yes"), (19, 1)),
    "crs_fever_earlier": (("no", "yes"), (1, 2)),
    "hypotension": (("no", "yes"), (3, 1)),
    "hypotension_other_cause": (("no", "yes"), (19, 1)),
    "fluid_boluses": ((0, 1, 2, 3), (5, 2, 2, 1)),
    "vasoactive_drugs": (
        ("none", "norepinephrine", "norepinephrine;vasopressin", "norepinephrine;epinephrine"), (85, 9, 4, 2),
    ),
    "oxygen_device": (
        ("room_air", "nasal_cannula", "high_flow_nasal_cannula", "face_mask", "cpap", "invasive_ventilation"),
        (70, 15, 5, 4, 3, 3),
    ),
    "oxygen_flow_l_min": ((2, 6, 8, 40), (5, 3, 1, 1)),
    "positive_pressure_reason": (("hypoxia", "airway_protection_neuro", "baseline_home_use"), (6, 2, 2)),
    "hypoxia_other_cause": (("no", "yes"), (19, 1)),
    "neutrophils": ((0.2, 0.5, 1.8), (3, 1, 6)),
    "ice_total": ((10, 9, 8, 6, 3, 2, 0), (50, 8, 8, 8, 6, 4, 3)),
    "capd_total_0_32": ((0, 5, 9, 15), (6, 2, 1, 1)),
    "consciousness": (("awake", "to_voice", "to_tactile", "vigorous_tactile", "unarousable"), (85, 8, 4, 1, 2)),
    "consciousness_other_cause": (("no", "yes"), (19, 1)),
    "sedated": (("no", "yes"), (19, 1)),
    "seizure_type": (("none", "clinical_focal", "clinical_generalized", "nonconvulsive_eeg"), (94, 2, 2, 2)),
    "seizure_longest_min": ((1, 5, 7), (4, 1, 1)),
    "seizure_repetitive_no_return": (("no", "yes"), (49, 1)),
    "motor_deficit": (("none", "deep_focal"), (99, 1)),
    "edema_on_imaging": (("none", "focal", "diffuse"), (97, 2, 1)),
    "raised_icp_signs": (("none", "papilledema", "posturing;cushing_triad"), (97, 2, 1)),
    "intracranial_hemorrhage": (("no", "yes"), (99, 1)),
    "bleeding_risk_blocks_lp": (("no", "yes"), (9, 1)),
    "current_steroid": (("none", "dex10_q12h", "dex10_q6h", "mp500_q12h", "mp1000_1_2x_day"), (12, 3, 3, 1, 1)),
    "response_to_steroid": (("improved", "no_improvement"), (1, 1)),
    "past_seizure": (("no", "yes"), (19, 1)),
    "cns_disease": (("no", "yes"), (9, 1)),
    "high_tumor_burden": (("no", "yes"), (3, 1)),
    "crs2_within_72h": (("no", "yes"), (4, 1)),
    "delayed_movement_signs": (("none", "masked_face;tremor"), (49, 1)),
    "sodium": ((138, 131, 120), (18, 2, 1)),
    "platelets": ((150, 40, 12), (5, 3, 2)),
    "organ_toxicity_grade": ((0, 1, 3), (6, 2, 1)),
}  # fmt: skip
# Doses in 24 h, in all, hours since the last and the first, response: what can be together.
TOCI = {
    "toci_doses_last_24h": (0, 1, 1, 1, 1, 3, 1),
    "toci_doses_total": (0, 1, 1, 1, 2, 3, 4),
    "hours_since_last_toci": (None, 5, 9, 9, 9, 9, 20),
    "hours_since_first_toci": (None, 5, 9, 9, 25, 20, 90),
    "response_since_last_toci": (
        None, "no_improvement", "improved", "no_improvement", "no_improvement", "no_improvement", "no_improvement",
    ),
}  # fmt: skip
TOCI_WEIGHTS = (12, 2, 2, 3, 2, 1, 1)


def made_up_states(rows: int) -> pl.DataFrame:
    """`rows` whole states, drawn with a fixed seed; the columns are those of a states table."""
    draw = np.random.default_rng(SEED)
    columns: dict[str, pl.Series] = {}
    for name, (values, weights) in DRAWN.items():
        columns[name] = _picked(values, weights, draw, rows)
    places = pl.Series(draw.choice(len(TOCI_WEIGHTS), rows, p=_shares(TOCI_WEIGHTS)))
    for name, values in TOCI.items():
        columns[name] = pl.Series(values)[places]
    masked = pl.select(
        pl.when(pl.lit(columns["toci_doses_total"]) > 0).then(pl.lit("tocilizumab")).otherwise(pl.lit("acetaminophen"))
    )
    return pl.DataFrame({**columns, "fever_masking_therapy": masked.to_series()})


def _picked(values: tuple[Any, ...], weights: tuple[float, ...], draw: np.random.Generator, rows: int) -> pl.Series:
    kind = pl.String if isinstance(values[0], str) else pl.Float64
    return pl.Series(values, dtype=kind, strict=False)[pl.Series(draw.choice(len(values), rows, p=_shares(weights)))]


def _shares(weights: tuple[float, ...]) -> np.ndarray:
    return np.array(weights) / sum(weights)


def with_gaps(typed: pl.DataFrame) -> pl.DataFrame:
    """The same states with a tenth of the cells empty."""
    draw = np.random.default_rng(SEED + 1)
    kept = (pl.Series(draw.random(typed.height) >= MISSING) for _ in typed.columns)
    return typed.select(pl.when(pl.lit(k)).then(pl.col(n)).alias(n) for n, k in zip(typed.columns, kept, strict=True))


def timed(work: Callable[[], object], runs: int) -> float:
    """Median seconds of `runs` runs after one that is not counted."""
    work()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def measure_table(rows: int) -> dict[str, float]:
    """Medians in seconds for `rows` states, and the peak memory in GiB."""
    frame = made_up_states(rows)
    sample = frame.head(PLAIN_ROWS).to_dicts()
    typed = to_states(frame).typed
    del frame
    gapped = with_gaps(typed)
    figures = {
        "grade": timed(lambda: grade_states(typed), 5),
        "advise": timed(lambda: advise_states(typed, GUIDELINE), 5),
        "with gaps": timed(lambda: advise_states(gapped, GUIDELINE), 1),
    }
    figures["plain, a row"] = timed(lambda: [advise(row) for row in sample], 3) / len(sample)
    check_same([advise(row) for row in sample], advise_states(typed, GUIDELINE).head(PLAIN_ROWS))
    figures["peak GiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return figures


def check_same(plain: list[Plain], fast: pl.DataFrame) -> None:
    """A benchmark of a wrong answer is worth nothing: both must give the same cells in every row."""
    for row, (slow, quick) in enumerate(zip(plain, fast.iter_rows(named=True), strict=True)):
        if differs := {n: (cell, quick[n]) for n, cell in vars(slow).items() if cell != quick[n]}:
            raise SystemExit(f"row {row}: the plain function and the table differ: {differs}")


def measure_patient() -> dict[str, float]:
    """Median milliseconds for one example patient, once everything is loaded: each step as the review takes it."""
    records = read(ROOT / "examples" / "patient-007")
    situation = situation_of(records)
    asco = library.guideline(GUIDELINE)
    steps: dict[str, Callable[[], object]] = {
        "the advice of one guideline": lambda: advise_one(situation, asco),
        "everything the review says of what to do": lambda: guidance(situation),
        "grading the record and working out the treatment so far": lambda: situation_of(records),
    }
    return {name: 1000 * timed(step, 15) for name, step in steps.items()}


def report(rows: int, table: Mapping[str, float], patient: Mapping[str, float]) -> str:
    """The figures as the page of the manual."""
    plain = table["plain, a row"] * rows
    lines = [
        "# Performance of guidance",
        "",
        f"Measured by `python benchmarks/guidance.py --write docs/performance-guidance.md` in one run: "
        f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, Polars {pl.__version__}. "
        "Medians; quote the ratios, the absolute times belong to the machine.",
        "",
        f"## {rows:,} states against ASCO 2021",
        "",
        f"Made-up states with a fixed seed, {len(DRAWN) + len(TOCI) + 1} items each. Both give grades, tocilizumab "
        "with its dose, steroid, intensive care, and the lists of what is due, an option and forbidden.",
        "",
        "| what | seconds | against |",
        "|---|---|---|",
        f"| a plain Python function a row (measured on {PLAIN_ROWS:,} rows, scaled) | {plain:.1f} | 1 |",
        f"| the table in one pass, with the rules that decided | {table['advise']:.2f} | "
        f"{plain / table['advise']:.0f} × faster than the plain function |",
        f"| the same with {MISSING:.0%} of the cells empty | {table['with gaps']:.2f} | the plain function cannot |",
        f"| grading alone | {table['grade']:.2f} | {table['advise'] / table['grade']:.1f} × less than with advice |",
        "",
        f"The cells of both are the same in every one of the {PLAIN_ROWS:,} compared rows, in order too; the benchmark "
        f"stops otherwise. Peak memory of the process: {table['peak GiB']:.1f} GiB. The aim is {LIMIT} times.",
        "",
        "## One patient, in process, after loading",
        "",
        "The example patient `patient-007`; the aim for the whole advice is 50 ms.",
        "",
        "| what | ms |",
        "|---|---|",
        *(f"| {name} | {ms:.0f} |" for name, ms in patient.items()),
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and write the page if asked."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--write", type=Path)
    chosen = options.parse_args()
    text = report(chosen.rows, measure_table(chosen.rows), measure_patient())
    print(text)
    if chosen.write:
        chosen.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
