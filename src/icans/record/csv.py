"""A patient as a folder of CSV files: patient.csv, observations.csv and, if there were any, therapies.csv.

patient.csv       one row: patient, product, infusion, age or birth_date, sex, weight (kg), height (cm),
                  developmental_delay, time_zone (IANA), label. All but `infusion` may be missing
observations.csv  time, item, value, unit, attribution, and corrects (yes where a row replaces an earlier one)
therapies.csv     start, end, drug, dose, unit, route, rate, rate_unit
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from icans.errors import DataError
from icans.record.age import years_between
from icans.record.catalogue import catalogue
from icans.record.mistakes import problems_of
from icans.record.names import find_product
from icans.record.observed import limits_in_words, observed
from icans.record.record import OBSERVATIONS, PATIENTS, THERAPIES, ReadingLog, Records
from icans.record.table import Table, need, read_table, with_columns, words
from icans.record.therapies import therapies
from icans.record.time import check_zone, to_utc

_FACTS = ("age", "weight", "height", "developmental_delay")
_PATIENT = ("patient", "product", "infusion", "birth_date", "sex", "time_zone", "label", *_FACTS)
_OBSERVATION = ("time", "item", "value", "unit", "attribution", "corrects")
_THERAPY = ("start", "end", "drug", "dose", "unit", "route", "rate", "rate_unit")


def read_folder(path: str | Path) -> Records:
    """The record of one patient from a folder of CSV files (their columns: at the top of this module).

    Wrong rows are left out and listed in the log. Raises DataError where a file as a whole cannot be read.
    """
    folder = Path(path)
    patients, zone, found, notices = _patient(folder)
    name = patients["patient"][0]
    seen = _observations(folder, name, zone)
    given = _therapies(folder, name, zone)
    log = ReadingLog(
        used={
            "Patient": 1,
            **_counts(seen[0], "item", "Observation"),
            **_counts(given[0], "drug", "Therapy"),
        },
        problems=(*found, *seen[1], *given[1]),
        notices=(*notices, *seen[2], *given[2]),
    )
    return Records(patients, seen[0], given[0], log)


def _counts(frame: pl.DataFrame, column: str, what: str) -> dict[str, int]:
    return {f"{what} {name}": n for name, n in frame.group_by(column).len().sort(column).iter_rows()}


def _plain(table: Table, known: tuple[str, ...]) -> tuple[pl.DataFrame, list[str]]:
    """The columns that are known, as words, with the row number; and a notice on those that are not."""
    unknown = [name for name in table.frame.columns if name not in known]
    notices = [f"{table.file}: columns not used: {', '.join(unknown)}"] if unknown else []
    frame = with_columns(table.numbered(), known)
    return frame.select("row", *(words(name) for name in known)), notices


def _patient(folder: Path) -> tuple[pl.DataFrame, str | None, list[str], list[str]]:
    table = read_table(folder / "patient.csv").lowered()
    need(table, "infusion")
    frame, notices = _plain(table, _PATIENT)
    if len(frame) != 1:
        raise DataError(f"patient.csv has {len(frame)} rows; it is one patient, so one row below the header")
    row = frame.row(0, named=True)
    try:
        zone = check_zone(row["time_zone"])
    except DataError as error:
        raise DataError(f"patient.csv row 2, column time_zone: {error}") from None
    infusion = to_utc(frame["infusion"], zone)
    found = [*table.problems, *_time_problems(frame, "infusion", infusion.problem, "patient.csv")]
    facts = {name: _fact(row, name, found) for name in _FACTS}
    if facts["age"] is None and row["birth_date"]:
        facts["age"] = _age(frame, infusion.utc, found)
    product = find_product(row["product"])
    if row["product"] and product is None:
        notices.append("patient.csv: the product is not in the catalogue and is kept as written")
    delay = facts.pop("developmental_delay")
    record = {
        "patient": row["patient"] or folder.resolve().name,
        "product": product or (row["product"] or "").lower() or None,
        "infusion": infusion.utc[0],
        **facts,
        "developmental_delay": None if delay is None else delay == 1.0,
        "sex": (row["sex"] or "").lower() or None,
        "label": row["label"],
    }
    return pl.DataFrame([record], schema=PATIENTS, orient="row"), zone, found, [*notices, *infusion.notices]


def _fact(row: dict[str, str | None], name: str, found: list[str]) -> float | None:
    """One fact of the patient as a number; None with a problem where it cannot be."""
    text, item = row[name], catalogue()[name]
    if text is None:
        return None
    try:
        number = item.encode(text)
    except ValueError as error:
        found.append(f"patient.csv row 2, column {name}: {error}")
        return None
    if not item.is_possible(number):
        found.append(f"patient.csv row 2, column {name}: {limits_in_words(item)}")
        return None
    return number


def _age(frame: pl.DataFrame, infusion: pl.Series, found: list[str]) -> float | None:
    """Age in years at the infusion, from the date of birth."""
    born = to_utc(frame["birth_date"], "UTC")
    found += _time_problems(frame, "birth_date", born.problem, "patient.csv")
    if born.utc[0] is None or infusion[0] is None:
        return None
    if born.utc[0] > infusion[0]:
        found.append("patient.csv row 2, column birth_date: it is after the infusion")
        return None
    return years_between(born.utc[0].date(), infusion[0].date())


def _time_problems(frame: pl.DataFrame, column: str, problem: pl.Series, file: str) -> list[str]:
    return problems_of(frame.with_columns(problem.alias("problem")), file, column)


def _observations(folder: Path, patient: str, zone: str | None) -> tuple[pl.DataFrame, list[str], list[str]]:
    table = read_table(folder / "observations.csv").lowered()
    need(table, "time", "item", "value")
    frame, notices = _plain(table, _OBSERVATION)
    times = to_utc(frame["time"], zone)
    found = [*table.problems, *_time_problems(frame, "time", times.problem_or_missing(), table.file)]
    rows = frame.with_columns(times.utc.alias("time"), patient=pl.lit(patient))
    seen = observed(rows.filter(pl.col("time").is_not_null()), table.file)
    log = [*notices, *(f"{table.file}: {n}" for n in times.notices), *seen.notices]
    return seen.frame.select(list(OBSERVATIONS)), [*found, *seen.problems], log


def _therapies(folder: Path, patient: str, zone: str | None) -> tuple[pl.DataFrame, list[str], list[str]]:
    path = folder / "therapies.csv"
    if not path.exists():
        return pl.DataFrame(schema=THERAPIES), [], ["no therapies.csv: no drug is known to have been given"]
    table = read_table(path).lowered()
    need(table, "start", "drug")
    frame, notices = _plain(table, _THERAPY)
    given = therapies(frame.with_columns(patient=pl.lit(patient)), table.file, zone)
    return given.frame, [*table.problems, *given.problems], [*notices, *given.notices]
