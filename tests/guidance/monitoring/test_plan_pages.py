"""What `icans plan` shows and writes: terminal, chart, JSON and calendar, and its errors."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from pathlib import Path

import orjson
import pytest
from monitoring_made import INFUSION
from rich.console import Console

from icans.commands import plan as command
from icans.errors import DataError
from icans.guidance.monitoring.plan import plan
from icans.record.catalogue import products
from icans.report.plan_axis import MONTH, PlanAxis
from icans.report.plan_chart import WIDTH, plan_chart
from icans.report.plan_json import plan_json
from icans.report.plan_terminal import show_plan

SVG = "{http://www.w3.org/2000/svg}"


def shown(width: int, product: str = "axi-cel", **how: object) -> str:
    out = io.StringIO()
    show_plan(plan(product, INFUSION, **how), Console(file=out, width=width, highlight=False))  # type: ignore[arg-type]
    return out.getvalue()


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("product", sorted(products()))
def test_the_plan_fits_into_80_columns(product):
    assert max(len(line) for line in shown(80, product).splitlines()) <= 80


def test_the_terminal_says_windows_checks_and_rules():
    words = flat(shown(80))
    assert "CRS rising to its peak, most on days 2 to 5" in flat(shown(160))
    assert "CRS 94 %, grade 3+ 13 %, onset day 2 (1 to 12), lasts 7 (2 to 58) days" in words
    assert "ICANS 87 %, grade 3+ 31 %*" in words
    assert "Stay near the centre: until 16 Mar 2026. 2 weeks" in words
    assert "[convention]" in words
    assert "* and the dangers above: from memory" in words


def texts(svg: str) -> list[str]:
    return [e.text or "" for e in ET.fromstring(svg).iter(f"{SVG}text")]


def test_the_chart_is_a_picture_with_its_lanes_and_bars_inside_it():
    root = ET.fromstring(plan_chart(plan("cilta-cel", INFUSION, icans=3)))
    names = [e.text for e in root.iter(f"{SVG}text")]
    for lane in ("CRS", "ICANS", "Late movement disorder", "EEG", "Stay near the centre"):
        assert lane in names
    for bar in root.iter(f"{SVG}rect"):
        x, width = float(bar.get("x", "0")), float(bar.get("width", "0"))
        assert 0 <= x <= x + width <= WIDTH


def test_the_outline_of_a_bar_says_how_it_is_known():
    root = ET.fromstring(plan_chart(plan("axi-cel", INFUSION)))
    dashes = {
        title.text.rpartition("[")[2].rstrip("]) "): rect.get("stroke-dasharray")
        for rect in root.iter(f"{SVG}rect")
        if (title := rect.find(f"{SVG}title")) is not None and title.text and rect.get("rx") is None
    }
    assert dashes["verified"] is None
    assert dashes["from memory"] != dashes["convention"]
    assert None not in (dashes["from memory"], dashes["convention"])


def test_a_verified_onset_is_a_filled_dot_and_one_from_memory_a_hollow_one():
    root = ET.fromstring(plan_chart(plan("axi-cel", INFUSION)))
    fills = {
        title.text.partition(":")[0]: dot.get("fill")
        for dot in root.iter(f"{SVG}circle")
        if (title := dot.find(f"{SVG}title")) is not None and title.text
    }
    assert fills["large B-cell lymphoma, first label"] != "#ffffff"
    assert fills["large B-cell lymphoma, later label"] == "#ffffff"


def test_a_bar_over_the_end_of_the_month_is_cut_in_two():
    axis = PlanAxis(100, 500, 600)
    assert axis.at(-5) == 100
    assert axis.at(MONTH) == 500
    assert axis.at(365) == 600
    assert [len(axis.pieces(*days)) for days in ((0, 14), (10, MONTH), (MONTH, 365), (0, 56))] == [1, 1, 1, 2]


def test_a_plan_with_a_grade_says_so():
    assert any(
        "while CRS is 2 and ICANS 1" in words for words in texts(plan_chart(plan("axi-cel", INFUSION, crs=2, icans=1)))
    )


def test_the_json_holds_the_plan():
    found = orjson.loads(plan_json(plan("axi-cel", INFUSION)))
    assert found["format"] == "icans plan 1"
    assert found["infusion"] == "2026-03-02T10:00:00Z"
    driving = next(r for r in found["rules"] if r["what"] == "driving")
    assert (driving["last_day"], driving["until"], driving["cited"]["mark"]) == (14, "2026-03-16T10:00:00Z", "verified")


def run(folder: Path, **change: object) -> list[Path]:
    files = {"chart": folder / "plan.svg", "ics": folder / "plan.ics", "json": folder / "plan.json"}
    options = {
        "product": "axi-cel", "infusion": "2026-03-02T11:00+01:00", "jurisdiction": "US", "setting": "inpatient",
        "on": None, **files, **change,
    }  # fmt: skip
    command.run(**options)  # type: ignore[arg-type]
    return sorted(folder.iterdir())


def test_the_command_writes_chart_calendar_and_json(tmp_path, capsys):
    assert [path.name for path in run(tmp_path)] == ["plan.ics", "plan.json", "plan.svg"]
    assert b"DTSTART:20260302T100000Z" in (tmp_path / "plan.ics").read_bytes()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"infusion": "2026-03-02T10:00"}, "--infusion: time zone missing"),
        ({"infusion": ""}, "--infusion: the time is missing"),
        ({"infusion": "yesterday"}, "--infusion: not a time; expected ISO 8601"),
        ({"setting": "hotel"}, "--setting hotel: expected one of: inpatient, outpatient"),
        ({"on": "soon"}, "--on soon: expected a date such as 2026-03-02"),
        ({"product": "aspirin"}, "there is no product 'aspirin'"),
        ({"chart": Path("plan.bmp")}, "a chart is written as .svg, .png or .pdf"),
    ],
)
def test_a_wrong_option_says_what_to_do_and_writes_nothing(tmp_path, change, said):
    with pytest.raises(DataError) as caught:
        run(tmp_path, **change)
    assert said in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_two_options_cannot_name_one_file(tmp_path):
    with pytest.raises(DataError, match="name the same file"):
        run(tmp_path, chart=tmp_path / "x.svg", json=tmp_path / "x.svg")


def test_the_picture_of_the_manual_is_the_chart():
    picture = Path(__file__).parents[3] / "docs" / "images" / "plan.svg"
    assert picture.read_text("utf-8") == plan_chart(plan("axi-cel", INFUSION)), "write the chart of axi-cel again"
