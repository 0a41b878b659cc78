"""One way in: what a path holds is seen from its files, and the reader for it is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl

from icans.errors import DataError
from icans.record.mistakes import merged_counts
from icans.record.record import ReadingLog, Records

_FHIR = (".json", ".ndjson", ".jsonl", ".json.gz", ".ndjson.gz", ".jsonl.gz")
_TABLE = (".csv", ".tsv", ".txt", ".parquet", ".pq")
_WHAT = (
    "A record is a folder with patient.csv and observations.csv, a folder of such folders, FHIR R4 (a Bundle "
    "in .json, or .ndjson, both also .gz), or a cohort table (.csv or .parquet, with a mapping file)"
)


def read(path: str | Path, keep_going: bool = False, mapping: str | Path | None = None) -> Records:
    """The records at a path: a folder of CSV files, a folder of such folders, FHIR, or a cohort table.

    keep_going   False: any problem of the source raises DataError listing them all.
                 True: what is wrong is left out, and is listed in `log.problems`
    mapping      of a cohort table: what its columns are

    Raises DataError where nothing can be read there.
    """
    records = _read(Path(path), mapping)
    if records.log.problems and not keep_going:
        raise DataError(*records.log.problems)
    return records


def _read(path: Path, mapping: str | Path | None) -> Records:
    if not path.exists():
        raise DataError(f"{path}: no such file or folder")
    if path.is_file():
        return _read_file(path, mapping)
    if (path / "patient.csv").exists():
        return _folder(path)
    patients = sorted(p.parent for p in path.glob("*/patient.csv"))
    if patients:
        return joined({p.name: _named(p) for p in patients})
    if any(p.name.lower().endswith(_FHIR) for p in path.rglob("*")):
        return _fhir(path)
    if (path / "observations.csv").exists():
        raise DataError(f"{path} has observations.csv but no patient.csv, which says when the infusion was")
    raise DataError(f"{path} holds no record. {_WHAT}")


def _read_file(path: Path, mapping: str | Path | None) -> Records:
    name = path.name.lower()
    if mapping is None and name in ("patient.csv", "observations.csv", "therapies.csv"):
        raise DataError(f"{path} is one file of a patient; give the folder that it is in")
    if name.endswith(_TABLE):
        from icans.record.long import read_long

        return read_long(path, mapping)
    if name.endswith(_FHIR):
        return _fhir(path)
    raise DataError(f"{path.name} is no record. {_WHAT}")


def _folder(path: Path) -> Records:
    from icans.record.csv import read_folder

    return read_folder(path)


def _fhir(path: Path) -> Records:
    # The FHIR models need pydantic, which takes longer to load than a folder of CSV files to read.
    from icans.record.fhir import read_fhir

    return read_fhir(path, keep_going=True)


def _named(path: Path) -> Records:
    """The record in a folder, its messages and sources with the name of the folder in front."""
    folder = path.name
    try:
        records = _folder(path)
    except DataError as error:
        raise DataError(*(f"{folder}/{words}" for words in error.problems)) from None
    log = replace(
        records.log,
        problems=tuple(f"{folder}/{words}" for words in records.log.problems),
        notices=tuple(f"{folder}/{words}" for words in records.log.notices),
    )
    source = pl.format("{}/{}", pl.lit(folder), "source").alias("source")
    seen, given = records.observations.with_columns(source), records.therapies.with_columns(source)
    return Records(records.patients, seen, given, log)


def joined(parts: Mapping[str, Records]) -> Records:
    """Several records as one, each with a name for messages.

    The same patient in two of them is a problem, and the later one is left out.
    """
    owner: dict[str, str] = {}
    kept: list[Records] = []
    problems: list[str] = []
    for name, part in parts.items():
        twice = [owner[patient] for patient in part.names() if patient in owner]
        if twice:
            problems.append(f"{name} has the same patient as {twice[0]}; give one of them another name")
            continue
        kept.append(part)
        owner |= dict.fromkeys(part.names(), name)
    log = ReadingLog(
        merged_counts(dict(p.log.used) for p in kept),
        merged_counts(dict(p.log.skipped) for p in kept),
        (*(words for p in parts.values() for words in p.log.problems), *problems),
        tuple(words for p in parts.values() for words in p.log.notices),
    )
    return Records(
        pl.concat([p.patients for p in kept]),
        pl.concat([p.observations for p in kept]),
        pl.concat([p.therapies for p in kept]),
        log,
    )
