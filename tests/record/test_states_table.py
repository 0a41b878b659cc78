"""A table of states: how its cells are understood."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from real_data import CASES, needs

from icans.errors import DataError
from icans.record.catalogue import catalogue
from icans.record.cells import CAPD_ITEMS, item_type
from icans.record.states import read_states, to_states


def typed(**columns) -> pl.DataFrame:
    return to_states(pl.DataFrame(columns)).typed


def test_a_column_is_known_by_the_items_column_or_name():
    assert typed(temp_c=["38.5"], heart_rate=["90"]).row(0, named=True) == {"temperature": 38.5, "heart_rate": 90.0}


@pytest.mark.parametrize("cell", [None, "", "na", "NA", " na "])
@pytest.mark.parametrize(
    "column", ["temp_c", "hypotension", "consciousness", "vasoactive_drugs", "capd_item_responses"]
)
def test_empty_and_na_are_unknown(column, cell):
    table = to_states(pl.DataFrame({column: [cell]}, schema={column: pl.String}))
    assert table.typed.null_count().sum_horizontal()[0] == table.typed.width
    assert table.log.problems == ()


def test_yes_and_no():
    assert typed(hypotension=["yes", "no", " Yes", "TRUE"])["hypotension"].to_list() == [True, False, True, True]
    assert typed(hypotension=[True, None])["hypotension"].to_list() == [True, None]
    assert typed(hypotension=[1, 0])["hypotension"].to_list() == [True, False]


def test_a_choice_is_ordered_from_best_to_worst():
    column = typed(consciousness=["unarousable", "awake", "To_Voice"])["consciousness"]
    assert column.dtype == item_type(catalogue()["consciousness"])
    assert column.to_physical().to_list() == [4, 0, 1]


def test_a_list_is_a_sum_of_powers_of_two_over_its_values():
    cells = ["none", "papilledema", "posturing; papilledema", "cushing_triad"]
    assert typed(raised_icp_signs=cells)["raised_icp_signs"].to_list() == [0, 1, 5, 8]
    assert typed(raised_icp_signs=[["papilledema", "cn6_palsy"]])["raised_icp_signs"].to_list() == [3]


def test_eight_letters_are_the_eight_answers():
    # W55 of the worked cases: always, always, often, often, rarely, never, sometimes, sometimes.
    row = typed(capd_item_responses=["A;A;O;O;R;N;S;S"]).select(CAPD_ITEMS).row(0)
    assert row == ("always", "always", "often", "often", "rarely", "never", "sometimes", "sometimes")


def test_numbers_may_be_numbers_already():
    assert typed(temp_c=[38.5, float("nan")])["temperature"].to_list() == [38.5, None]
    assert typed(ice_naming_0_3=[3, None])["ice_naming"].to_list() == [3.0, None]


def test_the_original_is_untouched_and_only_items_of_the_input_are_typed():
    table = pl.DataFrame({"case_id": ["x"], "temp_c": ["38.50"], "remark": ["na"]})
    states = to_states(table)
    assert states.original.equals(table)
    assert states.typed.columns == ["temperature"]


def test_a_column_that_is_nearly_an_item_is_named_in_a_notice():
    (notice,) = to_states(pl.DataFrame({"temp_c": [38.5], "ice_namin": [3], "crs_grade": [1]})).log.notices
    assert notice == "table: column 'ice_namin' is no item and passes through. Is it 'ice_naming'?"


def test_a_cell_that_is_not_understood_is_unknown_when_going_on(tmp_path):
    (tmp_path / "s.csv").write_text("temp_c,consciousness,ice_naming_0_3\n38.5,drowsy,3\nhot,awake,4\n")
    states = read_states(tmp_path / "s.csv", keep_going=True)
    assert states.typed.rows() == [(38.5, None, 3.0), (None, "awake", None)]
    assert len(states.log.problems) == 3
    with pytest.raises(DataError, match=r"row 3, column ice_naming_0_3"):
        read_states(tmp_path / "s.csv")


def test_a_typed_table_written_to_parquet_reads_back_the_same(tmp_path):
    table = typed(
        temp_c=["38.5", "na"],
        hypotension=["yes", "na"],
        consciousness=["awake", ""],
        raised_icp_signs=["posturing", ""],
    )
    table.write_parquet(tmp_path / "t.parquet")
    assert read_states(tmp_path / "t.parquet").typed.equals(table)


@needs(CASES)
def test_the_worked_cases_are_understood_completely():
    states = read_states(CASES)
    assert len(states.typed) == 60
    assert states.log.problems == ()
    assert states.log.notices == ()
    text = pl.read_csv(CASES, infer_schema=False)
    for item in (i for i in catalogue().values() if i.name in states.typed.columns and i.column in text.columns):
        filled = (text[item.column].fill_null("") != "") & (text[item.column] != "na")
        assert states.typed[item.name].is_not_null().to_list() == filled.fill_null(False).to_list(), item.name


@given(st.data())
def test_a_table_is_its_rows_one_by_one(data):
    names = data.draw(st.lists(st.sampled_from(list(catalogue())), min_size=1, max_size=4, unique=True))
    items = [catalogue()[name] for name in names]
    rows = data.draw(st.integers(1, 5))
    table = pl.DataFrame(
        {i.column: data.draw(st.lists(st.sampled_from(words(i)), min_size=rows, max_size=rows)) for i in items},
        schema={i.column: pl.String for i in items},
    )
    whole = to_states(table, implausible=True).typed
    assert whole.equals(pl.concat([to_states(table[n : n + 1], implausible=True).typed for n in range(rows)]))
    for item in items:
        for cell, value in zip(table[item.column], whole[item.name].to_physical(), strict=True):
            assert value is None if cell in ("", "na", None) else float(value) == item.encode(cell)


def words(item) -> list[str | None]:
    """Some cells of an item, as a user writes them."""
    if item.kind in ("number", "whole"):
        low = item.limits[0] or 0
        return ["", "na", None, f"{low}", f"{low + 1}"]
    return ["", "na", None, *(item.values or ("yes", "no")), *(["none"] if item.kind == "set" else [])]


def test_an_implausible_value_is_unknown_with_a_notice_that_names_the_row_and_not_the_value():
    table = pl.DataFrame({"temp_c": ["37.0", "98.6"]})
    states = to_states(table, "cohort.csv")
    assert states.typed["temperature"].to_list() == [37.0, None]
    assert [n for n in states.log.notices if "row 2, column temp_c" in n and "98.6" not in n]
    assert to_states(table, implausible=True).typed["temperature"].to_list() == [37.0, 98.6]
