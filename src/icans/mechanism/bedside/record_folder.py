"""A chart as a record folder: patient.csv, observations.csv and therapies.csv, for `icans.read` and `icans review`."""

from __future__ import annotations

import csv
import io
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from icans.errors import DataError
from icans.mechanism.bedside.chart import MADE_UP, Chart

_FILES = ("patient.csv", "observations.csv", "therapies.csv")
_PATIENT = ("patient", "label", "product", "infusion", "age", "weight", "developmental_delay")
_OBSERVATIONS = ("time", "item", "value", "unit")
_THERAPIES = ("start", "end", "drug", "dose", "unit", "route", "rate", "rate_unit")


def write_record(folder: str | Path, chart: Chart) -> None:
    """Write the chart of a simulated patient as a record folder, whole or not at all.

    The label of the patient says that it is made up. A folder that is there is replaced only where it is an earlier
    record of a simulation. Raises DataError for any other, and where it cannot be written.
    """
    target = Path(folder).absolute()
    if not target.parent.is_dir():
        raise DataError(f"{folder}: cannot be written: there is no folder '{Path(folder).parent}'")
    if target.exists() and not _replaceable(target):
        raise DataError(f"{folder}: is there already and is no record of a simulation; name a new folder")
    try:
        fresh = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    except OSError as error:
        raise DataError(f"{folder}: cannot be written: {error.strerror}") from None
    try:
        for name, text in zip(_FILES, _texts(chart), strict=True):
            (fresh / name).write_text(text, encoding="utf-8")
        fresh.chmod(0o755)
        _put(fresh, target)
    except OSError as error:
        raise DataError(f"{folder}: cannot be written: {error.strerror}") from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _replaceable(target: Path) -> bool:
    """True for an empty folder, and for one that holds nothing but a record of a simulation."""
    if not target.is_dir():
        return False
    names = {path.name for path in target.iterdir()}
    if not names:
        return True
    return names <= set(_FILES) and MADE_UP in (target / "patient.csv").read_text(encoding="utf-8", errors="replace")


def _put(fresh: Path, target: Path) -> None:
    """The new folder in the place of the old one, which comes back where that fails."""
    if not target.exists():
        os.rename(fresh, target)
        return
    aside = fresh.with_name(f"{fresh.name}.old")
    os.rename(target, aside)
    try:
        os.rename(fresh, target)
    except OSError:
        os.rename(aside, target)
        raise
    shutil.rmtree(aside)


def _texts(chart: Chart) -> tuple[str, str, str]:
    who = chart.facts
    patient = (who.patient, who.label, who.product, _time(who.infusion), f"{who.age:g}", f"{who.weight:g}", "no")
    seen = ((_time(s.time), s.item, s.value, s.unit) for s in chart.signs)
    given = (
        (_time(g.start), _time(g.end), g.drug, _number(g.dose), g.unit, g.route, _number(g.rate), g.rate_unit)
        for g in chart.given
    )
    return _table(_PATIENT, [patient]), _table(_OBSERVATIONS, seen), _table(_THERAPIES, given)


def _table(header: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _time(time: datetime | None) -> str:
    return "" if time is None else time.isoformat(timespec="minutes").replace("+00:00", "Z")


def _number(number: float | None) -> str:
    return "" if number is None else f"{number:.6g}"
