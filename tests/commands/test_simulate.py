"""`icans simulate`, `population` and `model` as a user meets them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import polars as pl
import pytest

from icans.cli import app, main
from icans.record.read import read


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run a command in an empty folder and give what it prints."""
    monkeypatch.chdir(tmp_path)

    def command(*words: str) -> str:
        app(words, result_action="return_value")
        return capsys.readouterr().out

    return command


def test_without_options_a_typical_patient_is_simulated_and_one_page_is_written(run, tmp_path):
    said = run("simulate")
    assert [path.name for path in tmp_path.iterdir()] == ["simulation.html"]
    page = (tmp_path / "simulation.html").read_text(encoding="utf-8")
    for row in ("Fire in the blood", "The wall", "The storm within", "The bedside"):
        assert row in page
        assert row in said
    assert "not a prediction" in said
    assert "http" not in page.replace("http://www.w3.org", "")


def test_everything_at_once(run, tmp_path):
    run(
        "simulate", "--product", "4-1bb", "--burden", "120", "--days", "60",
        "--drug", "tocilizumab 8 mg/kg day 3", "--drug", "dexamethasone 10 mg every 6 h day 5 to 9",
        "--knockout", "gm-csf", "--set", "p_GM=1.8x", "--out", "run.parquet", "--html", "run.html",
        "--chart", "run.svg", "--record", "record",
    )  # fmt: skip
    table = pl.read_parquet(tmp_path / "run.parquet")
    assert table["time"].max() == 60.0
    assert {"scenario", "time", "IL6", "MAP", "ICE", "Ct", "tocb"} <= set(table.columns)
    # 8 mg/kg of 80 kg in 3.5 L: 640 / 3.5 = 183 mg/L.
    assert table["Ct"].max() == pytest.approx(183, rel=0.01)
    assert (tmp_path / "run.svg").read_text(encoding="utf-8").startswith("<svg")
    given = read(tmp_path / "record").therapies
    assert set(given["drug"]) == {"tocilizumab", "dexamethasone"}
    assert given.filter(pl.col("drug") == "dexamethasone").height == 16


def test_a_setting_with_x_multiplies_the_value_of_the_product(run, tmp_path):
    run("simulate", "--product", "4-1bb", "--set", "p_IFN=2x", "--out", "twice.parquet")
    run("simulate", "--product", "4-1bb", "--set", "p_IFN=159.2", "--out", "same.parquet")  # 2 * 79.6
    twice, same = (pl.read_parquet(tmp_path / name)["IFN"].max() for name in ("twice.parquet", "same.parquet"))
    assert twice == pytest.approx(same, rel=1e-12)


def test_scenarios_are_compared_with_the_first(run, tmp_path):
    said = run("simulate", "--burden", "200", "--compare", "untreated,tocilizumab,gm-csf-knockout", "--out", "c.csv")
    table = pl.read_csv(tmp_path / "c.csv")
    peaks = dict(table.group_by("scenario").agg(pl.col("IL6").max()).iter_rows())
    # Table 5.2 of the model's document: IL-6 peaks at 696, 3290 and 105 pg/mL.
    assert sorted(peaks.values()) == pytest.approx([105, 696, 3290], rel=0.02)
    assert "×4.7" in said


def test_the_record_of_a_simulation_is_reviewed_like_a_patients(run, tmp_path):
    run("simulate", "--burden", "200", "--record", "record")
    said = run("review", "record")
    assert "made up by the model" in said
    # Table 5.1: fever from day 2.0, ICE lowest 3.0, which is ICANS grade 2 (ICE 3 to 6).
    assert "CRS from day 2" in " ".join(said.split())
    assert "peak 2" in said


def test_a_seed_gives_the_same_record_again_and_another_seed_another(run, tmp_path):
    for name, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        run("simulate", "--burden", "200", "--seed", seed, "--record", name)
    a, b, c = ((tmp_path / name / "observations.csv").read_bytes() for name in "abc")
    assert a == b
    assert a != c


def test_no_tumour_is_no_illness_and_is_said(run):
    said = run("simulate", "--burden", "0")
    assert "nothing drives the cells" in " ".join(said.split())


def test_a_value_outside_its_plausible_range_is_said(run):
    assert "outside its plausible range" in " ".join(run("simulate", "--set", "k_m=10").split())


def test_a_population_is_the_same_in_pieces_and_is_summed_up(run, tmp_path):
    said = run("population", "--n", "40", "--seed", "3", "--out", "a.parquet", "--courses", "courses.parquet")
    run("population", "--n", "25", "--seed", "3", "--out", "b.parquet")
    a, b = (pl.read_parquet(tmp_path / name) for name in ("a.parquet", "b.parquet"))
    assert a.head(25).equals(b)
    assert pl.read_parquet(tmp_path / "courses.parquet").n_unique("patient") == 40
    assert "40 virtual patients" in said


def test_what_the_user_fixes_does_not_vary(run, tmp_path):
    run("population", "--n", "10", "--burden", "50", "--out", "a.parquet")
    assert "burden" not in pl.read_parquet(tmp_path / "a.parquet").columns


def test_a_drug_for_everybody_helps(run, tmp_path):
    run("population", "--n", "60", "--out", "without.parquet")
    run("population", "--n", "60", "--drug", "anakinra 100 mg sc every 6 h day 0.5 to 7.5", "--out", "with.parquet")
    without, treated = (pl.read_parquet(tmp_path / f"{name}.parquet")["icans"].sum() for name in ("without", "with"))
    assert treated < without


def test_a_quantity_is_shown_with_its_equation_parameters_and_users(run):
    said = run("model", "show", "IL6")
    assert "dIL6/dt" in said
    assert "k6r" in said
    assert "IL6b" in said.split("acts on:")[1]


def test_every_listing_of_the_model_names_what_there_is(run):
    assert "IL6" in run("model", "show")
    assert "k_rec" not in run("model", "parameters")
    assert "kTin" in run("model", "parameters", "entry")
    assert "axi-cel" in run("model", "products")
    assert "endotheliopathy" in run("model", "endotypes")
    assert "anakinra-prophylaxis" in run("model", "scenarios")
    assert "levetiracetam" in run("model", "drugs")
    assert "no finding" in run("model", "check")


def test_the_model_is_exported_for_other_programs(run, tmp_path):
    run("model", "export", "--format", "antimony,sbml,omex", "--burden", "200", "--drug", "tocilizumab 8 mg/kg day 3")
    assert "toc1" in (tmp_path / "icans.ant").read_text(encoding="utf-8")
    assert "<event" in (tmp_path / "icans.xml").read_text(encoding="utf-8")
    assert "manifest.xml" in zipfile.ZipFile(tmp_path / "icans.omex").namelist()


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
def test_an_interrupted_population_writes_nothing_half_and_says_how_to_go_on(tmp_path):
    command = [sys.executable, "-m", "icans", "population", "--n", "400000", "--out", "big.parquet"]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    parts = tmp_path / "big.parquet.parts"
    deadline = time.monotonic() + 120
    while not list(parts.glob("*.parquet")) and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Traceback" not in said
    assert "goes on from there" in said
    assert not (tmp_path / "big.parquet").exists()
    assert list(parts.glob("*"))


def test_the_front_door_of_the_command_ends_with_1_on_an_error(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["icans", "simulate", "--product", "nothing"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 1
    assert "nothing" in capsys.readouterr().err


def test_the_folder_of_results_may_be_any_that_exists(run, tmp_path: Path):
    (tmp_path / "deep").mkdir()
    run("simulate", "--html", "deep/page.html")
    assert (tmp_path / "deep" / "page.html").exists()


def test_treatments_without_a_changed_parameter_are_compared_too(run, tmp_path):
    run("simulate", "--compare", "untreated,tocilizumab", "--out", "c.csv")
    peaks = dict(pl.read_csv(tmp_path / "c.csv").group_by("scenario").agg(pl.col("IL6").max()).iter_rows())
    assert peaks["Tocilizumab on day 3"] > 3 * peaks["Untreated"]


def test_covariates_are_the_same_options_everywhere(run, tmp_path):
    run("model", "export", "--format", "antimony", "--easix", "6", "--age", "72")
    text = (tmp_path / "icans.ant").read_text(encoding="utf-8")
    assert "EASIX = 6" in text
    assert "age = 72" in text
    run("population", "--n", "5", "--easix", "3", "--out", "a.parquet")
    assert "EASIX" not in pl.read_parquet(tmp_path / "a.parquet").columns


def test_a_long_population_is_simulated_in_smaller_chunks(run, tmp_path):
    run("population", "--n", "130", "--days", "3000", "--out", "long.parquet")  # 12,001 times: 64 patients at once
    assert pl.read_parquet(tmp_path / "long.parquet").height == 130


def test_a_damaged_cache_is_told_with_its_folder(tmp_path, monkeypatch):
    environment = {"ICANS_CACHE": str(tmp_path / "cache")}
    code = (
        "from icans.mechanism.compiler.compiled import compiled; from icans.mechanism.simulation import model_loading;"
        "print(model_loading.load().where)"
    )
    made = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, **environment}
    )
    Path(made.stdout.strip(), "model.json").write_text("{")
    done = subprocess.run(
        [sys.executable, "-m", "icans", "simulate"], capture_output=True, text=True, cwd=tmp_path,
        env={**os.environ, **environment}, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "damaged" in done.stderr
    assert "Traceback" not in done.stderr
