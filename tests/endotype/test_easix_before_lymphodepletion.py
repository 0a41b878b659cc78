"""EASIX before lymphodepletion, off the drugs of a record and the laboratory values before them."""

from __future__ import annotations

import pytest

from icans.endotype.before_lymphodepletion import ITEM, with_easix
from icans.endotype.reading import endotype
from made import record
from made_evidence import situation

DAY = 24.0
FLUDARABINE = {"drug": "fludarabine", "start": -5 * DAY}
CYCLOPHOSPHAMIDE = {"drug": "cyclophosphamide", "start": -4 * DAY}


def laboratory(day: float, ldh: float = 500, creatinine: float = 1.2, platelets: float = 100):
    hours = day * DAY
    return (hours, "ldh", ldh), (hours, "creatinine", creatinine), (hours, "platelets", platelets)


def easix(*seen, given=(FLUDARABINE, CYCLOPHOSPHAMIDE), **known):
    found = situation(record(*seen, given=given), **known)
    return with_easix(found, drug_days=14, laboratory_days=30).known(ITEM)


def test_the_values_before_the_first_drug_count():
    # 500 * 1.2 / 100 = 6
    assert easix(*laboratory(-6)) == pytest.approx(6)


def test_values_after_the_first_drug_do_not_count():
    assert easix(*laboratory(-6), *laboratory(-4.5, platelets=10)) == pytest.approx(6)
    assert easix(*laboratory(-4.5)) is None


def test_of_several_values_the_newest_before_the_drug_counts():
    assert easix(*laboratory(-20, platelets=50), *laboratory(-6)) == pytest.approx(6)


def test_values_too_long_before_the_drug_do_not_count():
    assert easix(*laboratory(-36)) is None
    assert easix(*laboratory(-34)) == pytest.approx(6)


@pytest.mark.parametrize("missing", ["ldh", "creatinine", "platelets"])
def test_with_one_value_missing_there_is_none(missing):
    assert easix(*(seen for seen in laboratory(-6) if seen[1] != missing)) is None


@pytest.mark.parametrize(
    "given",
    [
        (),
        ({"drug": "cyclophosphamide", "start": 4 * DAY},),  # for toxicity, after the cells
        ({"drug": "cyclophosphamide", "start": -20 * DAY},),  # a bridge, not lymphodepletion
        ({"drug": "dexamethasone", "start": -5 * DAY},),
    ],
)
def test_without_lymphodepletion_in_the_record_there_is_none(given):
    assert easix(*laboratory(-21), given=given) is None


def test_what_somebody_stated_is_kept():
    assert easix(*laboratory(-6), easix_before_lymphodepletion=3) == 3


def test_it_is_held_against_the_published_line():
    there = situation(record(*laboratory(-6), given=[FLUDARABINE]), ferritin=2000, il6=20, toci_doses_total=0)
    assert endotype(there).reading == "endothelial"
