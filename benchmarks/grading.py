"""How fast grading is: one million states against a plain function a row and against just reading the file.

    python benchmarks/grading.py [--rows 1000000] [--write docs/performance.md]

Everything is measured in one run on one machine; quote the ratios. The states are made up here with a fixed
seed: every ASTCT item, 10 % of the cells missing at random.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import polars as pl

from icans.grading.grade import grade_states
from icans.record.states import read_states
from plain_astct import grade_interval

SEED = 20260302
MISSING = 0.1
PLAIN_ROWS = 20_000
_LEVELS = {
    "fever_other_cause": (["no", "yes"], [9, 1]),
    "crs_fever_earlier": (["no", "yes"], [1, 1]),
    "fever_masking_therapy": (["none", "tocilizumab", "acetaminophen;dexamethasone"], [6, 2, 2]),
    "hypotension": (["no", "yes"], [3, 1]),
    "hypotension_other_cause": (["no", "yes"], [19, 1]),
    "vasoactive_drugs": (
        ["none", "norepinephrine", "norepinephrine;vasopressin", "norepinephrine;epinephrine"],
        [85, 9, 4, 2],
    ),
    "oxygen_device": (
        ["room_air", "nasal_cannula", "high_flow_nasal_cannula", "face_mask", "cpap", "invasive_ventilation"],
        [70, 15, 5, 4, 3, 3],
    ),
    "hypoxia_other_cause": (["no", "yes"], [19, 1]),
    "positive_pressure_reason": (["hypoxia", "airway_protection_neuro", "baseline_home_use"], [6, 2, 2]),
    "developmental_delay": (["no", "yes"], [49, 1]),
    "ice_other_cause": (["no", "yes"], [19, 1]),
    "capd_other_cause": (["no", "yes"], [19, 1]),
    "consciousness": (["awake", "to_voice", "to_tactile", "vigorous_tactile", "unarousable"], [80, 10, 5, 3, 2]),
    "consciousness_other_cause": (["no", "yes"], [19, 1]),
    "seizure_type": (["none", "clinical_focal", "clinical_generalized", "nonconvulsive_eeg"], [94, 2, 2, 2]),
    "seizure_repetitive_no_return": (["no", "yes"], [49, 1]),
    "seizure_other_cause": (["no", "yes"], [19, 1]),
    "motor_deficit": (["none", "mild_or_generalized", "deep_focal"], [95, 4, 1]),
    "motor_other_cause": (["no", "yes"], [19, 1]),
    "edema_on_imaging": (["none", "focal", "diffuse"], [97, 2, 1]),
    "raised_icp_signs": (["none", "papilledema", "posturing;cushing_triad"], [97, 2, 1]),
    "edema_or_icp_other_cause": (["no", "yes"], [19, 1]),
    "death_cause": (["none", "crs", "icans", "other"], [97, 1, 1, 1]),
}  # fmt: skip
_NUMBERS: dict[str, Callable[[random.Random], float]] = {
    "age_years": lambda r: round(r.uniform(1, 80), 1),
    "day_after_infusion": lambda r: r.randrange(30),
    "temp_c": lambda r: round(r.gauss(37.6, 1.0), 1),
    "sbp_mmhg": lambda r: round(r.gauss(110, 18)),
    "map_mmhg": lambda r: round(r.gauss(78, 12)),
    "oxygen_flow_l_min": lambda r: r.choice([1, 2, 3, 4, 6, 8, 15, 40]),
    "ice_orientation_0_4": lambda r: r.choice([0, 1, 2, 3, 4, 4, 4, 4]),
    "ice_naming_0_3": lambda r: r.choice([0, 1, 2, 3, 3, 3, 3]),
    "ice_commands_0_1": lambda r: r.choice([0, 1, 1, 1]),
    "ice_writing_0_1": lambda r: r.choice([0, 1, 1]),
    "ice_attention_0_1": lambda r: r.choice([0, 1, 1]),
    "ice_baseline_total": lambda r: r.choice([9, 10, 10, 10]),
    "capd_total_0_32": lambda r: r.randrange(20),
    "capd_baseline_total": lambda r: r.choice([0, 0, 0, 4]),
    "seizure_longest_min": lambda r: r.choice([1, 2, 5, 7]),
}


def made_up_states(rows: int) -> pl.DataFrame:
    """`rows` states with every ASTCT item, drawn with a fixed seed; the columns are those of a states table."""
    rng = random.Random(SEED)
    columns: dict[str, list] = {}
    for name, (words, weights) in _LEVELS.items():
        columns[name] = rng.choices(words, weights, k=rows)
    for name, draw in _NUMBERS.items():
        columns[name] = [draw(rng) for _ in range(rows)]
    return pl.DataFrame({n: [None if rng.random() < MISSING else v for v in values] for n, values in columns.items()})


def timed(work: Callable[[], object], runs: int) -> list[float]:
    """Seconds of each of `runs` runs after one that is not counted."""
    work()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return seconds


def measure_table(folder: Path, rows: int) -> dict[str, float]:
    """Medians in seconds for `rows` states, and the peak memory in GiB."""
    path = folder / "states.parquet"
    frame = made_up_states(rows)
    frame.write_parquet(path)
    sample = frame.head(PLAIN_ROWS).to_dicts()
    del frame
    typed = read_states(path).typed
    figures = {
        "read": statistics.median(timed(lambda: pl.read_parquet(path), 7)),
        "type": statistics.median(timed(lambda: read_states(path), 5)),
        "grade": statistics.median(timed(lambda: grade_states(typed), 7)),
        "grade with reasons": statistics.median(timed(lambda: grade_states(typed, reasons=True), 3)),
    }
    start = time.perf_counter()
    plain = [grade_interval(row) for row in sample]
    figures["plain, a row"] = (time.perf_counter() - start) / len(sample)
    check_same(plain, grade_states(typed.head(PLAIN_ROWS)))
    figures["peak GiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return figures


def check_same(plain: list[tuple[int, int, int, int]], fast: pl.DataFrame) -> None:
    """A benchmark of a wrong answer is worth nothing: both must agree on every row."""
    for row, (slow, quick) in enumerate(zip(plain, fast.rows(), strict=True)):
        if slow != quick:
            raise SystemExit(f"row {row}: the plain function gives {slow}, the table {quick}")


def long_record(folder: Path, observations: int = 2000) -> Path:
    """A CSV folder of one made-up patient with so many observations."""
    home = folder / "patient"
    home.mkdir()
    begin = datetime(2026, 3, 2, 10, tzinfo=UTC)
    (home / "patient.csv").write_text(
        f"patient,product,infusion,age,weight\np1,axi-cel,{begin.isoformat()},58,70\n", encoding="utf-8"
    )
    rng = random.Random(SEED)
    items: list[tuple[str, str, Callable[[], float]]] = [
        ("temperature", "Cel", lambda: round(rng.gauss(37.8, 0.9), 1)),
        ("systolic_pressure", "mm[Hg]", lambda: rng.randrange(85, 130)),
        ("oxygen_saturation", "%", lambda: rng.randrange(90, 100)),
        ("heart_rate", "/min", lambda: rng.randrange(60, 120)),
        ("ice_total", "", lambda: rng.randrange(4, 11)),
        ("crp", "mg/L", lambda: rng.randrange(1, 200)),
    ]
    lines = ["time,item,value,unit,attribution"]
    for i in range(observations):
        name, unit, draw = items[i % len(items)]
        lines.append(f"{(begin + timedelta(minutes=10 * i)).isoformat()},{name},{draw()},{unit},")
    (home / "observations.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (home / "therapies.csv").write_text(
        f"start,end,drug,dose,unit,route\n{(begin + timedelta(days=2)).isoformat()},,tocilizumab,560,mg,iv\n",
        encoding="utf-8",
    )
    return home


def measure_commands(folder: Path) -> dict[str, float]:
    """Whole-process seconds, medians: importing the package, the version, one patient reviewed, all states graded."""
    home = long_record(folder)
    python = sys.executable
    grade = [python, "-m", "icans", "grade", str(folder / "states.parquet"), "--out", str(folder / "graded.parquet")]
    commands = {
        "import icans": [python, "-c", "import icans"],
        "icans --version": [python, "-m", "icans", "--version"],
        "icans review, 2,000 observations": [python, "-m", "icans", "review", str(home)],
        "icans grade, all states, without reasons": [*grade, "--no-reasons"],
        "icans grade, all states, each with its reasons and the conventions that decided": grade,
    }
    figures = {}
    for name, command in commands.items():
        runs = 3 if "grade" in name else 7
        figures[name] = statistics.median(timed(partial(_run, command, folder), runs))
    return figures


def _run(command: list[str], folder: Path) -> None:
    # As installed: with its compiled modules kept, whatever the shell says.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, check=True, capture_output=True, cwd=folder, env=environment)


def report(rows: int, table: dict[str, float], commands: dict[str, float]) -> str:
    """The figures as the page of the manual."""
    plain = table["plain, a row"] * rows
    whole = table["type"] + table["grade"]
    lines = [
        "# Performance",
        "",
        f"Measured by `python benchmarks/grading.py --write docs/performance.md` in one run: {os.cpu_count()} cores "
        f"({platform.machine()}), Python {platform.python_version()}, Polars {pl.__version__}. "
        "Medians; quote the ratios, the absolute times belong to the machine.",
        "",
        f"## {rows:,} states, every ASTCT item, {MISSING:.0%} of the cells missing",
        "",
        "| what | seconds | against |",
        "|---|---|---|",
        f"| Polars only reads the Parquet file | {table['read']:.3f} | |",
        f"| grading (CRS and ICANS, intervals) of the typed table | {table['grade']:.3f} | "
        f"{table['grade'] / table['read']:.1f} × reading; "
        f"{plain / table['grade']:,.0f} × faster than the plain function |",
        f"| reading, checking and typing every cell, then grading | {whole:.3f} | "
        f"{whole / table['read']:.1f} × reading; {plain / whole:,.0f} × faster than the plain function |",
        f"| grading with the reason of each grade in words | {table['grade with reasons']:.3f} | "
        f"{table['grade with reasons'] / table['read']:.1f} × reading |",
        f"| a plain Python function a row (measured on {PLAIN_ROWS:,} rows, scaled) | {plain:.1f} | 1 |",
        "",
        f"Peak memory of the whole benchmark process: {table['peak GiB']:.2f} GiB. On the rows of the plain function "
        "both gave the same interval for every row; the benchmark stops otherwise.",
        "",
        "## Whole process, from a cold start",
        "",
        "| command | seconds |",
        "|---|---|",
        *(f"| {name} | {seconds:.2f} |" for name, seconds in commands.items()),
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and write the page if asked."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--write", type=Path)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = report(chosen.rows, measure_table(folder, chosen.rows), measure_commands(folder))
    print(text)
    if chosen.write:
        chosen.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
