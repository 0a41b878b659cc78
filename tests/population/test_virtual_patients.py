"""Who the virtual patients are: their distributions, and that they are the same however they are asked for."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icans.errors import DataError
from icans.mechanism.definition.parameters import table
from icans.population.draw import draw, held
from icans.population.settings import settings
from population.made import TABLE, Row

MANY = 40_000
CLOSE = 4 / math.sqrt(MANY)  # four standard errors of a mean of standard deviates, or of a correlation near 0


def many(product: dict[str, float] | None = None, **more):
    return draw(product or {}, TABLE, 1, 0, MANY, **more)


def deviates(values: np.ndarray, median: float, log_sd: float) -> np.ndarray:
    return np.log(values / median) / log_sd


@given(st.integers(0, 10_000), st.integers(0, 40), st.integers(0, 40))
def test_a_patient_is_the_same_alone_and_in_any_chunk(first: int, before: int, after: int):
    together = draw({}, TABLE, 7, first, before + 1 + after)
    alone = draw({}, TABLE, 7, first + before, 1)
    assert {name: values[before] for name, values in together.items()} == {n: v[0] for n, v in alone.items()}


def test_chunks_in_any_order_make_the_same_population():
    whole = draw({}, TABLE, 3, 0, 10)
    late, early = draw({}, TABLE, 3, 6, 4), draw({}, TABLE, 3, 0, 6)
    for name, values in whole.items():
        assert np.array_equal(np.concatenate([early[name], late[name]]), values)


def test_a_new_parameter_in_the_table_changes_no_other():
    longer = (Row("new", 1.0, 0.3), *TABLE)
    before, after = draw({}, TABLE, 3, 0, 50), draw({}, longer, 3, 0, 50)
    assert set(after) - set(before) == {"new"}
    assert all(np.array_equal(after[name], values) for name, values in before.items())


def test_what_adds_to_a_given_parameter_is_held_with_it():
    assert held(["e_ins", "fplt"]) == {"e_ins", "fplt", "EASIX", "PLT"}
    assert held(["rho"]) == {"rho"}


def test_another_seed_gives_other_patients():
    assert not np.isin(draw({}, TABLE, 1, 0, 50)["rho"], draw({}, TABLE, 2, 0, 50)["rho"]).any()


def test_parameters_vary_independently_of_each_other_and_from_patient_to_patient():
    drawn = many()
    rho, k_out = deviates(drawn["rho"], 1.87, 0.1), deviates(drawn["k_out"], 0.504, 0.2)
    assert abs(np.corrcoef(rho, k_out)[0, 1]) < CLOSE
    assert abs(np.corrcoef(rho[1:], rho[:-1])[0, 1]) < CLOSE


def test_a_parameter_is_log_normal_about_the_value_of_the_table():
    z = deviates(many()["k_out"], 0.504, 0.2)
    assert abs(z.mean()) < CLOSE
    # The standard error of a standard deviation is 1 / sqrt(2 n).
    assert z.std() == pytest.approx(1, abs=CLOSE / math.sqrt(2))
    # 2.5 % lie above 0.504 exp(0.2 * 1.96) = 0.746; four standard errors of that share are 4 sqrt(0.025 * 0.975 / n).
    assert np.mean(many()["k_out"] > 0.746) == pytest.approx(0.025, abs=4 * math.sqrt(0.025 * 0.975 / MANY))


def test_the_range_of_the_table_does_not_cut_a_parameter_off():
    # rho may lie between 1.2 and 2.4; ln(2.4 / 1.87) / 0.1 = 2.495, so 0.6 % of patients lie above.
    assert np.mean(many()["rho"] > 2.4) == pytest.approx(0.0063, abs=4 * math.sqrt(0.0063 / MANY))


def test_a_product_moves_the_centre_and_keeps_the_spread():
    # The 4-1BB product has rho 1.51 instead of 1.87.
    assert many({"rho": 1.51})["rho"] == pytest.approx(many()["rho"] * 1.51 / 1.87)


def test_what_has_no_log_sd_keeps_the_value_of_the_product_and_is_not_drawn_otherwise():
    assert np.array_equal(many({"d_T": 0.2})["d_T"], np.full(MANY, 0.2))
    assert "d_T" not in many()


def test_a_fraction_stays_below_one():
    # A median of 0.8 with log-sd 0.5 would pass 1 in 33 % of patients; half of the others lie below the median of
    # the log-normal cut at z = ln(1 / 0.8) / 0.5 = 0.446, ndtr(0.446) = 0.672: 0.8 exp(0.5 ndtri(0.336)) = 0.6475.
    drawn = many({"f_bl": 0.8})["f_bl"]
    assert drawn.max() <= 1
    assert np.mean(drawn < 0.6475) == pytest.approx(0.5, abs=CLOSE / 2)


def test_tumour_burden_is_log_normal_and_truncated():
    # Section 2.11: median 100, log-sd 1.1, 3 to 1200 mL. The ends are z = ln(0.03) / 1.1 = -3.188 and
    # ln(12) / 1.1 = 2.259, so the median of what is left is 100 exp(1.1 ndtri((0.00072 + 0.98806) / 2)) = 98.5.
    burden = many()["burden"]
    assert burden.min() >= 3
    assert burden.max() <= 1200
    assert np.mean(burden < 98.46) == pytest.approx(0.5, abs=CLOSE / 2)


def test_easix_rises_with_tumour_and_falls_with_platelets():
    drawn = many()
    easix, burden, platelets = (np.log(drawn[name]) for name in ("EASIX", "burden", "PLT"))
    # population.yaml asks for 0.4 and -0.5; truncation of tumour and platelets takes at most 0.02 off.
    assert np.corrcoef(easix, burden)[0, 1] == pytest.approx(0.4, abs=CLOSE + 0.02)
    assert np.corrcoef(easix, platelets)[0, 1] == pytest.approx(-0.5, abs=CLOSE + 0.02)
    assert abs(np.corrcoef(burden, platelets)[0, 1]) < CLOSE


def test_what_is_held_is_the_same_for_everybody():
    assert np.array_equal(many({"burden": 60.0}, hold={"burden"})["burden"], np.full(MANY, 60.0))
    assert np.array_equal(many(hold={"rho"})["rho"], np.full(MANY, 1.87))
    assert np.ptp(many({"burden": 60.0})["burden"]) > 1000


def test_easix_of_patients_with_a_given_tumour_is_that_of_such_patients():
    # Given 300 mL, ln EASIX has the mean ln 2 + 0.4 ln(3) / 1.1, and the log-sd sqrt(1 - 0.4^2).
    easix = np.log(many({"burden": 300.0}, hold={"burden"})["EASIX"])
    assert easix.mean() == pytest.approx(math.log(2) + 0.4 * math.log(3) / 1.1, abs=CLOSE + 0.01)
    assert easix.std() == pytest.approx(math.sqrt(1 - 0.4**2), abs=CLOSE + 0.01)


def test_recommended_effects_leave_the_rest_at_the_product_and_share_vulnerability():
    drawn = many(effects="recommended")
    assert "k_out" not in drawn
    language = deviates(drawn["vl"], 4.5, 0.35)
    assert deviates(drawn["va"], 3.55, 0.35) == pytest.approx(language)
    assert deviates(drawn["vr"], 1.3, 0.4) == pytest.approx(language)
    everything = many()
    assert np.array_equal(drawn["rho"], everything["rho"])
    assert not np.array_equal(drawn["vr"], everything["vr"])


def test_the_recommended_effects_are_those_of_the_document():
    # Section 2.12 counts 24: the two that share an effect with vl are not counted.
    told, spreads = settings(), {p.name: p.log_sd for p in table()}
    assert len(told.recommended.parameters) == 24
    assert all(spreads[name] for name in (*told.recommended.parameters, *told.recommended.share))
    assert {covariate.name for covariate in told.covariates} <= set(spreads)


def test_without_effects_patients_differ_in_their_covariates_only():
    assert set(many(effects="none")) == {"burden", "PLT", "EASIX"}


def test_no_patients_are_no_patients():
    assert {values.size for values in draw({}, TABLE, 1, 5, 0).values()} == {0}


@pytest.mark.parametrize(
    ("seed", "first", "count", "words"),
    [
        (1.5, 0, 1, "the seed must be a whole number, 0 or more, and it is 1.5"),
        ("1", 0, 1, "the seed must be a whole number"),
        (True, 0, 1, "the seed must be a whole number"),
        (-1, 0, 1, "the seed must be 0 or more, and it is -1"),
        (1, -2, 1, "the first patient must be 0 or more, and it is -2"),
        (1, 0, -3, "the number of patients must be 0 or more, and it is -3"),
        (1, 0, 2.0, "the number of patients must be a whole number"),
    ],
)
def test_counts_and_seeds_are_whole_numbers(seed, first, count, words):
    with pytest.raises(DataError, match=words):
        draw({}, TABLE, seed, first, count)


def test_an_unknown_name_is_told_with_the_nearest():
    with pytest.raises(DataError, match=r"no parameter 'rhoo'; did you mean rho\?"):
        draw({"rhoo": 1.0}, TABLE, 1, 0, 1)
    with pytest.raises(DataError, match=r"no parameter 'burdn'; did you mean burden\?"):
        draw({}, TABLE, 1, 0, 1, hold={"burdn"})
