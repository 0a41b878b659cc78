"""`icans review`: one patient's record in; a terminal page, an HTML page, JSON, a chart and a PDF out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from icans.commands.options import check_hours, moment
from icans.errors import DataError
from icans.grading.conventions import parse_switches
from icans.patient_review import review
from icans.record.read import read
from icans.report.as_json import as_json
from icans.report.chart import course_chart
from icans.report.files import check_folder, write_whole
from icans.report.html import page
from icans.report.image import drawn
from icans.report.pdf import pdf as on_paper
from icans.report.screen import console
from icans.report.terminal import show


def run(
    source: Path,
    *,
    patient: str | None,
    at: str | None,
    every: float | None,
    guideline: str,
    convention: Sequence[str],
    mapping: Path | None,
    html: Path | None,
    json: Path | None,
    chart: Path | None,
    pdf: Path | None,
    keep_going: bool,
) -> None:
    """Review one patient, write the files and show the page. Nothing is written where the review fails."""
    check_hours(every)
    for path in (html, json, chart, pdf):
        if path is not None:
            check_folder(path)
    records = read(source, keep_going=keep_going, mapping=mapping)
    found = review(
        records, patient, at=moment(at), every=every, guideline=guideline, conventions=parse_switches(convention)
    )
    stem = "".join(c if c.isalnum() or c in "-_" else "-" for c in found.patient)
    svg = course_chart(found)
    files: list[tuple[Path, str | bytes]] = [
        (html or Path(f"review-{stem}.html"), page(found, svg)),
        (json or Path(f"review-{stem}.json"), as_json(found)),
    ]
    if chart is not None:
        files.append((chart, drawn(chart, svg)))
    if pdf is not None:
        files.append((pdf, on_paper(found, chart=svg, printed_at=datetime.now(UTC))))
    if len({path.absolute() for path, _ in files}) < len(files):
        raise DataError("two of --html, --json, --chart and --pdf name the same file; give each its own")
    for path, content in files:
        write_whole(path, content)
    show(found, console())
    console().print("written: " + ", ".join(str(path) for path, _ in files))
