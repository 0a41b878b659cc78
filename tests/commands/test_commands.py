"""The commands as a user meets them: what they write, what they refuse, and how they end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

HOME = Path(__file__).parents[2]
PATIENT = HOME / "examples" / "patient-007"
STATES = HOME / "examples" / "states.csv"
GAPS = "case,temp_c,sbp_mmhg,oxygen_device,vasoactive_drugs,crs_fever_earlier,fever_masking_therapy\n"


def icans(*words: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "icans", *map(str, words)]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", cwd=cwd, env={**os.environ, **environment}
    )


def test_review_writes_a_page_and_json_and_shows_the_grade(tmp_path: Path):
    done = icans("review", PATIENT, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["review-patient-007.html", "review-patient-007.json"]
    assert "ICANS   1 to 2" in done.stdout


def test_review_keeps_the_rights_of_a_file_it_replaces_and_follows_a_link(tmp_path: Path):
    page = tmp_path / "page.html"
    page.write_text("old")
    page.chmod(0o600)
    (tmp_path / "link.html").symlink_to(page)
    icans("review", PATIENT, "--html", tmp_path / "link.html", "--json", "/dev/null", cwd=tmp_path)
    assert "<html" in page.read_text(encoding="utf-8")
    assert page.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "link.html").is_symlink()
    assert not Path("/dev/null").is_file()


def test_grade_passes_columns_through_and_tells_why(tmp_path: Path):
    done = icans("grade", STATES, "--out", "graded.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    before, after = (pl.read_csv(p, infer_schema=False) for p in (STATES, tmp_path / "graded.csv"))
    assert after.select(before.columns).equals(before)
    assert after["crs_reason"].null_count() == after["icans_reason"].null_count() == 0


def test_a_reason_names_only_what_was_recorded(tmp_path: Path):
    rows = "no temperature,,118,room_air,none,no,none\nnothing of the past,37,118,room_air,none,,\n"
    (tmp_path / "gaps.csv").write_text(GAPS + rows, encoding="utf-8")
    graded = icans("grade", "gaps.csv", "--out", "out.csv", cwd=tmp_path)
    assert graded.returncode == 0, graded.stderr
    reasons = pl.read_csv(tmp_path / "out.csv")["crs_reason"].to_list()
    assert "fever of 38.0" not in reasons[0]
    assert "not recorded: Body temperature" in reasons[0]
    assert "hidden by therapy" not in reasons[1]


WRONG = {
    "no such file": ("grade", "missing.csv"),
    "is no file but a folder": ("grade", PATIENT),
    "there is no scale 'astct'": ("grade", STATES, "--scale", "astct"),
    "no scale is named": ("grade", STATES, "--scale", ","),
    "--every needs --mapping": ("grade", STATES, "--every", "6"),
    "written as .csv or .parquet": ("grade", STATES, "--out", "x.xlsx"),
    "there is no folder": ("review", PATIENT, "--html", "nowhere/x.html"),
    "name the same file": ("review", PATIENT, "--html", "a.x", "--json", "a.x"),
    "there is no patient": ("review", PATIENT, "--patient", "nobody"),
    "write it as C1=off": ("review", PATIENT, "--convention", "C1"),
    "there is no convention": ("review", PATIENT, "--convention", "C99=off"),
    "a number of hours above 0": ("review", PATIENT, "--every", "0"),
    "is the unit right": ("score", "astct-2019-crs", "--temperature", "101.3"),
    "is given twice": ("score", "ice", "--naming", "3", "--naming", "2"),
    "nothing this score asks for": ("score", "ice", "--ldh", "3"),
    "no item has": ("items", "xyzzy"),
}


@pytest.mark.parametrize("words", WRONG)
def test_what_cannot_be_done_is_said_in_words(words: str, tmp_path: Path):
    done = icans(*WRONG[words], cwd=tmp_path)
    said = " ".join((done.stderr + done.stdout).split())
    assert done.returncode == 1
    assert words in said or words in said.replace(" where the unit is another", "? is the unit right"), said
    assert "Traceback" not in said
    assert not list(tmp_path.iterdir())


def test_a_terminal_without_unicode_is_no_error(tmp_path: Path):
    done = icans("review", PATIENT, cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr


def test_a_reader_who_goes_away_is_no_error(tmp_path: Path):
    line = f"{sys.executable} -m icans review {PATIENT} | head -1 >/dev/null; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.iterdir())) == 2


def test_scores_take_values_with_their_units(tmp_path: Path):
    told = icans("score", "easix", "--ldh", "450", "--creatinine", "176.8 umol/L", "--platelets", "30", cwd=tmp_path)
    assert "score    30" in told.stdout  # 450 U/L x 2.0 mg/dL / 30


def test_windows_of_a_cohort(tmp_path: Path):
    (tmp_path / "map.yaml").write_text(
        "patient: id\ntime: {column: h, from: infusion, unit: h}\nlayout: wide\n"
        "columns:\n  t: {item: temperature, unit: Cel}\n",
        encoding="utf-8",
    )
    (tmp_path / "cohort.csv").write_text("id,h,t\na,1,37\na,5,39\na,20,37\n", encoding="utf-8")
    done = icans("grade", "cohort.csv", "--mapping", "map.yaml", "--every", "12", "--out", "g.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    graded = pl.read_csv(tmp_path / "g.csv")
    assert graded["day"].to_list() == [0.5, 1.0]
    assert graded["crs_min"].to_list()[0] == 1
