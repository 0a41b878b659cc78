"""`icans workup`: the page and the JSON file; and the page of the manual."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import orjson
import pytest
from rich.console import Console

from icans.commands.workup import run, show
from icans.errors import DataError
from icans.guidance.workup.cause import CONDITIONS
from icans.guidance.workup.describe import markdown
from icans.guidance.workup.ledger import STATUSES
from icans.guidance.workup.library import library, readings
from icans.guidance.workup.plan import plan
from icans.record.catalogue import catalogue
from made_workup import worked_up

ROOT = Path(__file__).parents[3]
PATIENT = ROOT / "examples" / "patient-007"


def shown(width: int = 80) -> str:
    console = Console(width=width, record=True, file=StringIO(), highlight=False)
    found = worked_up({"ice_total": 6, "ice_baseline": 10, "sodium": 118, "platelets": 20, "glucose": [[30, 90]]},
                      [{"drug": "cefepime", "ago": 3}])  # fmt: skip
    show(found, console)
    return console.export_text()


def test_the_page_says_what_was_found_what_remains_and_what_must_wait() -> None:
    page = " ".join(shown().split())
    for words in ("ICANS stays provisional", "Tests that must wait", "platelets are below 50", "hyponatraemia present",
                  "Do: correct, by 8 mmol/L a day at most", "cefepime not excluded", "Cefepime, last dose 3 h ago",
                  "Cefepime trough level", "hypoglycaemia result too old", "[convention"):  # fmt: skip
        assert words in page


def test_it_fits_80_columns() -> None:
    assert max(len(line.rstrip()) for line in shown().splitlines()) <= 80


def test_every_line_of_the_page_has_its_id() -> None:
    page = shown(400)
    assert [cause.id for cause in library().causes if f"{cause.id}: " not in page] == []


def test_the_file_holds_every_cause(tmp_path: Path) -> None:
    file = tmp_path / "workup.json"
    run(PATIENT, patient=None, at=None, keep_going=False, mapping=None, json=file)
    found = orjson.loads(file.read_bytes())
    assert found["format"] == "icans workup 1"
    assert [line["id"] for line in found["lines"]] == [cause.id for cause in library().causes]
    assert {line["status"] for line in found["lines"]} <= set(STATUSES)
    assert set(found["remain"]) <= {line["id"] for line in found["lines"]}


def test_an_earlier_moment_may_be_asked(capsys: pytest.CaptureFixture[str]) -> None:
    run(PATIENT, patient=None, at="2026-03-05T12:00Z", keep_going=False, mapping=None, json=None)
    assert "2026-03-05" in capsys.readouterr().out


def test_nothing_is_written_for_a_patient_who_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no patient 'nobody'"):
        run(PATIENT, patient="nobody", at=None, keep_going=False, mapping=None, json=tmp_path / "w.json")
    assert list(tmp_path.iterdir()) == []


def test_the_manual_is_as_the_files_are() -> None:
    again = "write it again: python -m icans.guidance.workup.describe > docs/workup.md"
    assert (ROOT / "docs" / "workup.md").read_text("utf-8") == markdown(), again


def test_every_cause_condition_reading_and_test_is_in_the_manual() -> None:
    page = markdown()
    wanted = [f"(`{cause.id}`)" for cause in library().causes] + [f"`{gate.id}`" for gate in library().gates]
    wanted += [f"`{hold.id}`" for gate in library().gates for hold in gate.holds] + [
        f"| {name} |" for name in readings()
    ]
    wanted += [f"`{cause.texts[key]}`" for cause in library().causes for key in CONDITIONS if key in cause.texts]
    assert [words for words in wanted if words not in page] == []


def test_every_reading_is_used_or_holds_for_all() -> None:
    marked = {cause.cited.convention for cause in library().causes}
    marked |= {hold.cited.convention for gate in library().gates for hold in gate.holds} | {"W9"}
    # These hold for every line: drugs that are not there, hours, early results, and what counts first.
    assert set(readings()) - marked == {"W1", "W3", "W5", "W10"}


def test_every_item_of_the_work_up_is_asked_by_it() -> None:
    groups = ("blood gas", "laboratory of the work-up", "drug levels and effects", "microbiology",
              "cerebrospinal fluid", "imaging of the work-up", "neurological examination of the work-up",
              "history and judgement of the work-up")  # fmt: skip
    asked = (
        set(plan().blank) | {cause.drugs.item for cause in library().causes if cause.drugs} | {"drug_chart_complete"}
    )
    assert {item.name for item in catalogue().values() if item.group in groups} - asked == set()
