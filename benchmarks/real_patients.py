"""Published data beside the model: a table, a figure, and in words where the model fits and where it does not.

    python benchmarks/real_patients.py [--data FOLDER] [--patients 2000] [--write docs]

FOLDER holds the calibration data, trials.csv and timecourses.csv: medians over many patients, taken from publications.
It is looked for beside the folder that ICANS_DATA names. Nothing of the model is fitted to them.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from icans.population.tables import digits
from icans.report.image import as_png
from real_patients_figure import GROUPS, figure
from real_patients_rows import (
    Comparison,
    Spread,
    Virtual,
    at_rest,
    expansion_cd28,
    inside,
    over_arms,
    peak_days,
    peaks,
    virtual,
)

ROOT = Path(__file__).parents[1]
FOLDER = Path(os.environ.get("ICANS_DATA", ROOT.parent / "shared" / "data")).parent / "mechanism" / "calibration"
NAMES = {"4-1bb": "4-1BB", "cd28": "CD28"}


@dataclass(frozen=True)
class Section:
    """A table of the page: its heading, in short whose data they are, and its rows."""

    head: str
    whose: str
    rows: list[Comparison]


def main() -> None:
    """Read the data, simulate, and print the page; write it and the figure with --write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=FOLDER)
    parser.add_argument("--patients", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", type=Path, help="the folder of the manual")
    chosen = parser.parse_args()
    if not (chosen.data / "trials.csv").exists():
        print("The calibration data are not here: name their folder with --data, or set ICANS_DATA.", file=sys.stderr)
        return
    trials, courses = read(chosen.data)
    people = {name: virtual(name, chosen.patients, chosen.seed) for name in NAMES}
    page = told(trials, courses, people)
    if chosen.write is None:
        print(page, end="")
        return
    drawn = figure(courses, people)
    (chosen.write / "mechanism-data.md").write_text(page, encoding="utf-8")
    (chosen.write / "images" / "mechanism-real-data.svg").write_text(drawn, encoding="utf-8")
    (chosen.write / "images" / "mechanism-real-data.png").write_bytes(as_png(drawn))


def read(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of trials.csv that are numbers, and timecourses.csv."""
    trials = pl.read_csv(folder / "trials.csv", infer_schema=False)
    trials = trials.filter(pl.col("unit") != "direction").with_columns(
        pl.col("value", "low", "high").cast(pl.Float64, strict=False), pl.col("n").cast(pl.Int64, strict=False)
    )
    courses = pl.read_csv(folder / "timecourses.csv", infer_schema=False)
    return trials, courses.with_columns(pl.col("time", "value", "low", "high").cast(pl.Float64, strict=False))


def told(trials: pl.DataFrame, courses: pl.DataFrame, people: dict[str, Virtual]) -> str:
    """The page of the manual."""
    late, early = people["4-1bb"], people["cd28"]
    sections = [
        Section("Peaks by the worst grade of CRS, 4-1BB", "CD22 CAR", list(peaks(trials, late))),
        Section("Days of the peaks, 4-1BB", "CD22 CAR", list(peak_days(trials, late))),
        Section("Before the infusion, 4-1BB", "CD22 CAR", list(at_rest(courses, late))),
        Section("CAR T cells, CD28", "ZUMA-1", list(expansion_cd28(trials, courses, early))),
        Section("Onset and expansion, 4-1BB", "CD19 trials, 4-1BB", list(over_arms(trials, late, "4-1BB"))),
        Section("Onset, CD28", "CD19 trials, CD28", list(over_arms(trials, early, "CD28"))),
    ]
    cited = list(dict.fromkeys(source for section in sections for row in section.rows for source in row.sources))
    parts = [_intro(len(late.rows)), _words(sections)]
    parts += [f"## {section.head}\n\n{_table(section.rows, cited)}" for section in sections]
    parts += [_courses(courses, late), _sources(cited, courses)]
    return "\n\n".join(parts) + "\n"


def _intro(patients: int) -> str:
    return f"""# The mechanism beside real patients

Published medians over many patients beside {patients:,} untreated virtual patients of each product, drawn as
[`icans population`](cli.md) draws them. **Nothing of the model was fitted to these data.** Made by
`python benchmarks/real_patients.py --write docs`.

![Median courses of real and virtual patients](images/mechanism-real-data.png)

Read with care:

- The courses and most peaks are those of one trial of a CD22 CAR (4-1BB) in children and young adults with leukaemia.
  The model's 4-1BB product stands for CD19 products in adults with lymphoma. Their CAR T cells, ferritin and days
  need not agree.
- Many of the real patients got tocilizumab, steroids or anakinra, most of them in the higher grades; the virtual ones
  got nothing. Tocilizumab raises the interleukin 6 that an assay measures.
- A virtual patient is read on the days on which the real ones were: cytokines daily, CRP, ferritin and CAR T cells
  weekly. The grade of CRS of a virtual patient is like ASTCT 2019, from expected values.
- The upper quartiles of interferon gamma of 2,880 and 2,900 pg/mL look like the ceiling of the assay. GM-CSF and
  interleukin 1β below detection stand at its floor (0.54 and 0.28 pg/mL). GM-CSF is highest on day 1, from
  lymphodepletion, which the model leaves out.
- Trials count twice where a label and a paper report different patients of them.

*Fits*: the model's median lies between the data's quartiles, and the medians are no more than a factor of 2, or 2 days,
apart. Where the data have no quartiles, theirs must lie between the model's; where they are a range over publications,
the model's in that range. *Near*: between the quartiles but further apart, or the quartiles overlap. *Misses*: they do
not."""


def _words(sections: Iterable[Section]) -> str:
    """A line a quantity of a section, under the heading that says how well its groups fit."""
    lines: dict[str, list[str]] = {"Fits": [], "Fits in part, or nearly": [], "Does not fit": []}
    for section in sections:
        for label in dict.fromkeys(row.label for row in section.rows):
            found = [row for row in section.rows if row.label == label]
            verdicts = [row.verdict for row in found]
            count = verdicts.count("fits")
            part = "Does not fit" if count == 0 and "misses" in verdicts else "Fits in part, or nearly"
            how = verdicts[0] if len(found) == 1 else f"fits in {count} of {len(found)} groups"
            line = f"- {label} ({section.whose}): {how}; {_apart(found)}."
            lines["Fits" if count == len(found) else part].append(line)
    parts = ["\n".join([f"**{heading}**", "", *found]) for heading, found in lines.items() if found]
    return "\n\n".join(["## In words", *parts])


def _apart(rows: Sequence[Comparison]) -> str:
    """How far the medians of some groups are apart: 'the model is 15 to 54 times lower'."""
    low, high = min(row.apart for row in rows), max(row.apart for row in rows)
    if rows[0].kind == "day":
        days = (low + high) / 2
        return (
            "the same day"
            if abs(days) < 0.25
            else f"the model is {abs(days):.1f} d {'later' if days > 0 else 'earlier'}"
        )
    if low >= 0.8 and high <= 1.25:
        return "the model is about the same"
    if high < 1:
        return f"the model is {_range(1 / high, 1 / low)} times lower"
    if low > 1:
        return f"the model is {_range(low, high)} times higher"
    return f"the model is {_range(low, high)} times the data"


def _range(low: float, high: float) -> str:
    ends = [digits(float(f"{value:.2g}")) for value in (low, high)]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def _table(rows: Iterable[Comparison], cited: Sequence[tuple[str, str]]) -> str:
    lines = [
        "| quantity | unit | group | patients | data | virtual patients | model | comes to | source |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        source = ", ".join(str(cited.index(one) + 1) for one in row.sources)
        cells = (
            row.label, row.unit, row.group, row.patients, _shown(row.data), f"{row.virtual:,}", _shown(row.model),
            f"**{row.verdict}**: {_apart([row])}", source,
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _shown(spread: Spread) -> str:
    if spread.low is None or spread.high is None:
        return digits(spread.median)
    return f"{digits(spread.median)} ({digits(spread.low)} to {digits(spread.high)})"


def _courses(courses: pl.DataFrame, people: Virtual) -> str:
    """On how many days the model's median lies between the data's quartiles, for all and for the untreated."""
    both = [list(inside(courses, people, group)) for group in GROUPS]
    lines = [
        "## Courses, 4-1BB",
        "",
        "On how many of the days with data the model's median lies between the quartiles of the real patients.",
        "",
        f"| quantity | {GROUPS[0]} | {GROUPS[1]} |",
        "|---|---|---|",
    ]
    for (variable, held, of), (_, held_too, of_too) in zip(*both, strict=True):
        lines.append(f"| {variable.label} | {held} of {of} | {held_too} of {of_too} |")
    return "\n".join(lines)


def _sources(cited: Sequence[tuple[str, str]], courses: pl.DataFrame) -> str:
    """The citations, each with its evidence mark as the calibration data give it."""
    lines = [f"{i}. {citation} {evidence}" for i, (citation, evidence) in enumerate(cited, start=1)]
    drawn = courses.select("citation", "licence").unique(maintain_order=True).iter_rows()
    shown = [f"- {citation}. Licence of the source: {licence}" for citation, licence in drawn]
    return "\n".join(["## Sources", "", *lines, "", "Courses in the figure:", "", *shown])


if __name__ == "__main__":
    main()
