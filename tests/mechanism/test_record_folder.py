"""The chart of a simulated patient as a folder: whole or not at all, and in nobody's place."""

from __future__ import annotations

import os

import pytest

from icans.errors import DataError
from icans.mechanism.bedside.chart import Facts
from icans.mechanism.bedside.record_folder import write_record
from icans.mechanism.bedside.signs import chart
from icans.record.read import read
from mechanism.made_course import MadeCourse


def test_a_record_of_a_simulation_replaces_an_earlier_one_and_nothing_else(tmp_path):
    first, second = chart(MadeCourse(1.0), Facts(about="one")), chart(MadeCourse(1.0), Facts(about="two"))
    (tmp_path / "sim").mkdir()
    write_record(tmp_path / "sim", first)
    write_record(tmp_path / "sim", second)
    assert read(tmp_path / "sim").patients["label"][0].endswith("two")
    assert [p.name for p in tmp_path.iterdir()] == ["sim"]
    (tmp_path / "sim" / "notes.txt").write_text("mine")
    with pytest.raises(DataError, match="is there already and is no record of a simulation; name a new folder"):
        write_record(tmp_path / "sim", first)
    assert read(tmp_path / "sim").patients["label"][0].endswith("two")


def test_a_real_record_is_not_replaced(tmp_path):
    (tmp_path / "patient.csv").write_text("patient,infusion\np,2024-03-01T11:00Z\n")
    with pytest.raises(DataError, match="is no record of a simulation"):
        write_record(tmp_path, chart(MadeCourse(1.0)))
    assert (tmp_path / "patient.csv").read_text().startswith("patient,infusion")


def test_a_record_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    write_record(tmp_path / "sim", chart(MadeCourse(1.0), Facts(about="before")))
    real = os.rename

    def broken(source, target):
        if ".old" not in str(source) and str(target).endswith("sim"):
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(os, "rename", broken)
    with pytest.raises(DataError, match="cannot be written: No space left on device"):
        write_record(tmp_path / "sim", chart(MadeCourse(1.0), Facts(about="after")))
    assert [p.name for p in tmp_path.iterdir()] == ["sim"]
    assert read(tmp_path / "sim").patients["label"][0].endswith("before")


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="cannot be written: there is no folder"):
        write_record(tmp_path / "no" / "sim", chart(MadeCourse(1.0)))


def test_the_product_stands_in_the_record(tmp_path):
    write_record(tmp_path / "sim", chart(MadeCourse(1.0), Facts(product="axi-cel")))
    assert read(tmp_path / "sim").patients["product"].to_list() == ["axi-cel"]
