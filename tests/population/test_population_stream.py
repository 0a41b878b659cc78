"""A population on its way to a file: whole or not at all, the same in any chunks, and able to go on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from icans.errors import DataError
from icans.mechanism.simulation.trajectories import Trajectories
from icans.population.draw import draw
from icans.population.endpoints import endpoints
from icans.population.stream import Interrupted, Population, stream
from population.made import TABLE, run

TWENTY = Population({}, TABLE, 4, 20)


class StopsAfter:
    """A run that is interrupted in its `chunks`-th call, and counts its patients."""

    def __init__(self, chunks: int, error: type[BaseException] = KeyboardInterrupt) -> None:
        self.left, self.error, self.patients = chunks, error, 0

    def __call__(self, parameters) -> Trajectories:
        self.left -= 1
        if self.left < 0:
            raise self.error("day 3 is out of reach")
        self.patients += len(parameters["rho"])
        return run(parameters)


def written(place: Path, population: Population = TWENTY, **more) -> pl.DataFrame:
    out = place / "pop.parquet"
    stream(population, run, out, **more)
    return pl.read_parquet(out)


def test_each_patient_has_a_row_in_order(tmp_path: Path):
    found = written(tmp_path, chunk=7)
    assert found["patient"].to_list() == list(range(20))
    # The made-up run has its highest IL-6, 100 rho, on day 1.
    assert found["IL6_peak"].to_list() == pytest.approx((100 * draw({}, TABLE, 4, 0, 20)["rho"]).tolist())
    assert set(found["IL6_peak_day"]) == {1.0}
    assert list(tmp_path.iterdir()) == [tmp_path / "pop.parquet"]


def test_chunks_do_not_change_the_result(tmp_path: Path):
    (tmp_path / "small").mkdir()
    assert written(tmp_path).equals(written(tmp_path / "small", chunk=3))


def test_a_patient_of_the_population_is_the_patient_alone(tmp_path: Path):
    alone = endpoints(run(TWENTY.parameters(13, 1)), TWENTY.seed, 13)
    assert written(tmp_path, chunk=6).select(alone.columns)[13].equals(alone)


def test_covariates_stand_beside_the_endpoints_and_parameters_where_asked(tmp_path: Path):
    covariates = ["burden", "PLT", "EASIX"]
    assert written(tmp_path).columns[1:5] == [*covariates, "failed"]
    everything = written(tmp_path, parameters=True)
    assert everything.columns[1:11] == [*covariates, "f_bl", "rho", "k_out", "vl", "va", "vr", "failed"]
    assert np.array_equal(everything["rho"], TWENTY.parameters(0, 20)["rho"])
    assert "burden" not in written(tmp_path, Population({}, TABLE, 4, 20, hold=frozenset({"burden"}))).columns


def test_the_file_says_what_it_is(tmp_path: Path):
    written(tmp_path, described={"doses": "tocilizumab 8 mg/kg day 3"})
    told = json.loads(pl.read_parquet_metadata(tmp_path / "pop.parquet")["icans"])
    assert (told["seed"], told["count"], told["doses"]) == (4, 20, "tocilizumab 8 mg/kg day 3")
    assert told["table"]["rho"] == [1.87, 0.1]


def test_progress_is_told_from_none_to_all(tmp_path: Path):
    told: list[tuple[int, int]] = []
    written(tmp_path, chunk=8, progress=lambda done, of: told.append((done, of)))
    assert told == [(0, 20), (8, 20), (16, 20), (20, 20)]


def test_an_interrupted_run_leaves_no_output_and_says_how_far_it_got(tmp_path: Path):
    out = tmp_path / "pop.parquet"
    with pytest.raises(Interrupted, match=r"stopped after 12 of 20 patients; .*pop\.parquet was not written") as told:
        stream(TWENTY, StopsAfter(3), out, chunk=4)
    assert "kept in" in str(told.value)
    assert not out.exists()


def test_an_interrupted_run_goes_on_where_it_stopped_in_any_chunks(tmp_path: Path):
    out, whole = tmp_path / "pop.parquet", written(tmp_path)
    out.unlink()
    with pytest.raises(Interrupted):
        stream(TWENTY, StopsAfter(3), out, chunk=4)
    rest = StopsAfter(9)
    stream(TWENTY, rest, out, chunk=5)
    assert rest.patients == 8
    assert pl.read_parquet(out).equals(whole)
    assert list(tmp_path.iterdir()) == [out]


def test_an_interruption_leaves_an_older_file_as_it_was(tmp_path: Path):
    older = written(tmp_path)
    with pytest.raises(Interrupted):
        stream(Population({}, TABLE, 9, 20), StopsAfter(1), tmp_path / "pop.parquet", chunk=4)
    assert pl.read_parquet(tmp_path / "pop.parquet").equals(older)


def test_an_interruption_before_the_first_patients_leaves_nothing(tmp_path: Path):
    with pytest.raises(Interrupted, match="stopped before the first patients were done"):
        stream(TWENTY, StopsAfter(0), tmp_path / "pop.parquet")
    assert list(tmp_path.iterdir()) == []


def test_parts_of_another_run_are_never_mixed_in(tmp_path: Path):
    with pytest.raises(Interrupted):
        stream(TWENTY, StopsAfter(2), tmp_path / "pop.parquet", chunk=4)
    with pytest.raises(DataError, match="holds parts of another run"):
        stream(Population({}, TABLE, 5, 20), run, tmp_path / "pop.parquet", chunk=4)
    with pytest.raises(DataError, match="holds parts of another run"):
        stream(TWENTY, run, tmp_path / "pop.parquet", chunk=4, described={"doses": "dexamethasone 10 mg day 5"})
    stream(TWENTY, run, tmp_path / "pop.parquet", chunk=4)


def test_a_folder_that_is_in_the_way_is_left_alone(tmp_path: Path):
    mine = tmp_path / "pop.parquet.parts" / "thesis.txt"
    mine.parent.mkdir()
    mine.write_text("mine")
    with pytest.raises(DataError, match="is in the way"):
        written(tmp_path)
    assert mine.read_text() == "mine"


def test_a_failure_of_the_model_names_the_patients_and_leaves_no_folder(tmp_path: Path):
    with pytest.raises(DataError, match="patients 0 to 3: day 3 is out of reach"):
        stream(TWENTY, StopsAfter(0, DataError), tmp_path / "pop.parquet", chunk=4)
    assert list(tmp_path.iterdir()) == []


def test_whole_courses_are_written_too(tmp_path: Path):
    rows = written(tmp_path, chunk=6, courses=tmp_path / "courses.parquet")
    courses = pl.read_parquet(tmp_path / "courses.parquet")
    assert courses.select("patient").to_series().to_list() == [i for i in range(20) for _ in range(3)]
    assert courses["time"].to_list() == [0, 1, 2] * 20
    highest = courses.group_by("patient", maintain_order=True).agg(pl.col("IL6").max())["IL6"]
    assert highest.to_list() == pytest.approx(rows["IL6_peak"].to_list(), rel=1e-6)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["courses.parquet", "pop.parquet"]


def test_an_interrupted_run_with_courses_goes_on_in_other_chunks(tmp_path: Path):
    out, courses = tmp_path / "pop.parquet", tmp_path / "courses.parquet"
    with pytest.raises(Interrupted):
        stream(TWENTY, StopsAfter(2), out, chunk=4, courses=courses)
    # As if it had been stopped between the two parts of a chunk: the courses are ahead.
    (tmp_path / "pop.parquet.parts" / f"{4:012d}-{8:012d}.parquet").unlink()
    stream(TWENTY, run, out, chunk=3, courses=courses)
    assert pl.read_parquet(courses)["patient"].unique(maintain_order=True).to_list() == list(range(20))
    assert pl.read_parquet(courses).height == 60


@pytest.mark.parametrize(
    ("count", "seed", "words"),
    [
        (0, 1, "at least one patient"),
        (-5, 1, "number of patients must be 0 or more, and it is -5"),
        (2.5, 1, "number of patients must be a whole number"),
        (10, -1, "seed must be 0 or more"),
        (10, 0.5, "seed must be a whole number"),
    ],
)
def test_counts_and_seeds_that_do_not_fit_are_told_before_anything_is_written(tmp_path: Path, count, seed, words):
    with pytest.raises(DataError, match=words):
        stream(Population({}, TABLE, seed, count), run, tmp_path / "pop.parquet")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pop.csv", "is written as .parquet"),
        ("nowhere/pop.parquet", "there is no folder"),
        ("file.txt/pop.parquet", "there is no folder"),
        ("folder.parquet", "is a folder; name a file in it"),
    ],
)
def test_what_cannot_be_written_is_told_before_the_first_patient(tmp_path: Path, name: str, words: str):
    (tmp_path / "folder.parquet").mkdir()
    (tmp_path / "file.txt").touch()
    never = StopsAfter(0, AssertionError)
    with pytest.raises(DataError, match=words):
        stream(TWENTY, never, tmp_path / name)


def test_endpoints_and_courses_need_two_files(tmp_path: Path):
    with pytest.raises(DataError, match="cannot be written to the same file"):
        stream(TWENTY, run, tmp_path / "pop.parquet", courses=tmp_path / "pop.parquet")
