"""Units by UCUM name. Expected numbers: section 0.1 of the grading reference, or arithmetic shown beside them."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icans.record.catalogue import Item, catalogue
from icans.record.units import UnitError, accepted, convert, convert_column, line, ucum

NUMERIC = [item for item in catalogue().values() if item.kind == "number" and item.unit]
PAIRS = st.sampled_from([(item, unit) for item in NUMERIC for unit in accepted(item)])


@pytest.mark.parametrize(
    ("value", "unit", "item", "expected"),
    [
        (100.4, "[degF]", "temperature", 38.0),
        (311.15, "K", "temperature", 38.0),
        (88.4, "umol/L", "creatinine", 1.0),
        (0.0884, "mmol/L", "creatinine", 1.0),
        (475.84, "umol/L", "uric_acid", 8.0),  # 8 x 59.48
        (0.3229, "mmol/L", "phosphorus", 1.0),
        (0.2495, "mmol/L", "calcium", 1.0),
        (6.0, "meq/L", "potassium", 6.0),
        (3.0, "mg/dL", "crp", 30.0),
        (95.24, "nmol/L", "crp", 10.0),
        (500, "ng/mL", "ferritin", 500.0),
        (150, "mg/dL", "fibrinogen", 1.5),
        (17.1, "umol/L", "bilirubin", 1.0),
        (0.01129, "mmol/L", "triglycerides", 1.0),
        (90, "g/L", "hemoglobin", 9.0),
        (500, "/uL", "neutrophils", 0.5),
        (75, "10*3/uL", "platelets", 75.0),
        (75000, "/uL", "platelets", 75.0),
        (27.2, "cm[H2O]", "csf_opening_pressure", 20.0),  # 20 x 1.36
        (272, "mm[H2O]", "csf_opening_pressure", 20.0),
        (40, "%", "fio2", 0.4),
        (6000, "mL/min", "oxygen_flow", 6.0),
        (1, "ukat/L", "ldh", 60.0),
        (300, "s", "seizure_longest_min", 5.0),
        (18, "mo", "age", 1.5),
        (10, "kPa", "systolic_pressure", 75.00617),  # 1 kPa = 7.500617 mmHg
        (0.6, "mg/h", "norepinephrine_dose", 10.0),  # 600 ug in 60 min
    ],
)
def test_a_value_is_brought_to_the_unit_of_the_item(value, unit, item, expected):
    assert convert(value, unit, item) == expected


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("°F", "[degF]"), ("F", "[degF]"), ("degC", "Cel"), ("mmHg", "mm[Hg]"), ("beats/minute", "/min"),
        ("mcg/min", "ug/min"), ("µg/L", "ug/L"), ("μg/L", "ug/L"), ("x10^9/L", "10*9/L"), ("10e3/uL", "10*3/uL"),
        ("10⁹/L", "10*9/L"), ("K/uL", "10*3/uL"), ("G/L", "10*9/L"), ("{cells}/uL", "/uL"), ("10*3.{cells}/uL", None),
        ("mg/dl", "mg/dL"), ("mEq/L", "meq/L"), ("IU/L", "U/L"), ("lb", "[lb_av]"), ("L/min", "L/min"), ("", "1"),
        ("{score}", "1"), ("furlong", None),
    ],
)  # fmt: skip
def test_common_spellings_are_understood(written, name):
    assert ucum(written) == name


@pytest.mark.parametrize(
    ("unit", "item", "words"),
    [
        ("furlong", "temperature", "'furlong' is not a unit known here. Accepted: Cel, [degF], K"),
        ("mg/L", "temperature", "'mg/L' cannot be turned into it"),
        ("", "platelets", "the unit is missing"),
        (None, "platelets", "the unit is missing"),
        ("%", "inr", "'%' cannot be turned into it"),
        ("kg", "ice_naming", "ice_naming has no unit"),
        ("ug/kg/min", "norepinephrine_dose", "cannot be turned into it"),
    ],
)
def test_a_unit_that_does_not_fit_is_named_with_what_is_accepted(unit, item, words):
    with pytest.raises(UnitError) as caught:
        convert(1.0, unit, item)
    assert words in str(caught.value)


@given(PAIRS, st.floats(0.01, 1e4))
def test_there_and_back_is_the_same_value(pair, value):
    item, unit = pair
    to = line(unit, item)
    there = convert(value, unit, item)
    # Ten significant digits are kept; where zero differs (degrees) the loss is relative to the larger number.
    assert (there - to.offset) / to.scale == pytest.approx(value, rel=1e-8, abs=1e-7)


@given(PAIRS, st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))
def test_a_higher_value_stays_higher_in_every_unit(pair, one, other):
    item, unit = pair
    low, high = sorted((one, other))
    assert convert(low, unit, item) <= convert(high, unit, item)


@given(st.lists(st.tuples(PAIRS, st.floats(-1e5, 1e5)), max_size=30))
def test_a_column_is_converted_as_its_values_one_by_one(rows: list[tuple[tuple[Item, str], float]]):
    data = {
        "item": [item.name for (item, _), _ in rows],
        "unit": [unit for (_, unit), _ in rows],
        "value": [value for _, value in rows],
    }
    frame = pl.DataFrame(data, schema={"item": pl.String, "unit": pl.String, "value": pl.Float64})
    done = convert_column(frame)
    alone = [convert(value, unit, item) for (item, unit), value in rows]
    assert done["value"].to_list() == pytest.approx(alone, rel=1e-12)
    assert done["unit_problem"].null_count() == len(rows)


def test_a_column_keeps_its_rows_and_says_which_units_do_not_fit():
    frame = pl.DataFrame(
        {
            "row": [2, 3, 4],
            "item": ["crp", "crp", "temperature"],
            "value": [1.0, 2.0, 3.0],
            "unit": ["mg/L", None, "mg/L"],
        }
    )
    done = convert_column(frame)
    assert done["row"].to_list() == [2, 3, 4]
    assert done["value"].to_list() == [1.0, None, None]
    assert done["unit_problem"].is_not_null().to_list() == [False, True, True]
