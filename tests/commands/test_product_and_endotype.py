"""What a product and an endotype mean for the record of one patient, and for what varies in a population."""

from __future__ import annotations

import pytest

from icans.cli import app
from icans.commands.patient import Options
from icans.commands.population import _held
from icans.record.read import read


@pytest.mark.parametrize(
    ("said", "charted"),
    [
        (("--product", "Kymriah"), "tisa-cel"),
        (("--product", "axi_cel"), "axi-cel"),
        (("--product", "cd28"), None),  # a kind of cell that several products have
        ((), None),
    ],
)
def test_the_record_names_the_product_where_the_user_named_a_marketed_one(said, charted, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    app(("simulate", *said, "--days", "1", "--record", "record"), result_action="return_value")
    assert read(tmp_path / "record").patients["product"].to_list() == [charted]


def test_what_an_endotype_sets_does_not_vary_neither_by_value_nor_by_factor():
    assert _held(Options(endotype="severe")) == {"burden", "p_GM", "k_m", "p6"}


def test_an_insult_that_is_given_is_not_added_to_by_a_drawn_easix_or_platelets():
    assert {"e_ins", "fplt", "EASIX", "PLT"} <= _held(Options(endotype="endotheliopathy"))
    assert _held(Options(settings=("e_ins=0.1",))) == {"e_ins", "EASIX"}
    assert _held(Options(burden=50.0)) == {"burden"}
