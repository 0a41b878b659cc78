"""What the therapies say about a state: vasoactive drugs running, their doses, for how long."""

from __future__ import annotations

import polars as pl
import pytest

from icans.record.catalogue import catalogue
from icans.record.support import with_support
from icans.record.timeline import states
from made import INFUSION, drip, record

DRUGS = catalogue()["vasoactive_drugs"]


def supported(
    *given: dict, at: tuple[float, ...] = (), complete: bool = True, weight: float | None = None
) -> pl.DataFrame:
    """The states of a record of therapies, one at every time something begins or ends and `at` further times."""
    seen = record(*((hours, "crp", 1) for hours in at), given=given, weight=weight)
    return with_support(states(seen), seen, complete=complete)


def column(table: pl.DataFrame, name: str) -> dict[float, object]:
    hours = ((table["time"] - INFUSION).dt.total_seconds() / 3600).round(3).to_list()
    return dict(zip(hours, table[name].to_list(), strict=True))


def running(table: pl.DataFrame) -> dict[float, str | None]:
    found = column(table, "vasoactive_drugs")
    return {hours: None if mask is None else DRUGS.decode(mask) for hours, mask in found.items()}  # type: ignore[arg-type]


def test_a_drug_runs_from_its_start_to_before_its_end():
    table = supported(drip("norepinephrine", 2, 8), at=(1, 5, 9))
    none, one = "none", "norepinephrine"
    assert running(table) == {1: none, 2: one, 5: one, 8: none, 9: none}


def test_two_drugs_run_together():
    table = supported(drip("norepinephrine", 2, 8), drip("vasopressin", 4, 6), at=(7,))
    both = "norepinephrine;vasopressin"
    assert running(table) == {2: "norepinephrine", 4: both, 6: "norepinephrine", 7: "norepinephrine", 8: "none"}


def test_a_drip_that_overlaps_its_successor_does_not_hide_it():
    # The first bag was taken down after the second was hung: at 7 h the second still runs.
    table = supported(drip("norepinephrine", 2, 6, 10, "ug/min"), drip("norepinephrine", 5, 9, 20, "ug/min"), at=(7,))
    assert running(table)[7] == "norepinephrine"
    assert running(table)[9] == "none"


def test_a_short_entry_inside_a_long_one_does_not_end_it():
    table = supported(drip("norepinephrine", 0, 10, 10, "ug/min"), drip("norepinephrine", 2, 3, 15, "ug/min"), at=(5,))
    assert running(table)[5] == "norepinephrine"


def test_an_infusion_without_an_end_surely_runs_for_a_shift_and_then_nobody_knows():
    table = supported(drip("norepinephrine", 0), at=(11.9, 12.1))
    assert running(table) == {0: "norepinephrine", 11.9: "norepinephrine", 12.1: None}


def test_the_next_entry_ends_an_open_one():
    table = supported(drip("norepinephrine", 0), drip("norepinephrine", 3, 5), at=(6, 13))
    assert running(table)[6] == running(table)[13] == "none"


def test_a_single_dose_does_not_run():
    assert running(supported({"drug": "epinephrine", "start": 1, "dose": 0.3, "unit": "mg"}, at=(2,)))[2] == "none"


def test_a_record_with_therapies_lists_all_of_them_unless_p6_is_off():
    assert running(supported({"drug": "tocilizumab", "start": 1}))[1] == "none"
    assert running(supported({"drug": "tocilizumab", "start": 1}, complete=False))[1] is None


def test_without_any_therapy_nothing_is_known_of_vasoactive_drugs():
    assert running(supported(at=(1,))) == {1: None}


def test_what_was_observed_and_what_the_therapies_say_count_together():
    seen = record((1, "vasoactive_drugs", "epinephrine"), given=[drip("norepinephrine", 0, 5)])
    assert running(with_support(states(seen), seen, complete=True))[1] == "norepinephrine;epinephrine"


@pytest.mark.parametrize(
    ("drug", "rate", "unit", "weight", "dose"),
    [
        ("norepinephrine", 10, "ug/min", None, 10),
        ("norepinephrine", 0.1, "ug/kg/min", 70, 7),  # 0.1 ug/kg/min in 70 kg
        ("norepinephrine", 0.1, "ug/kg/min", None, None),
        ("norepinephrine", 0.6, "mg/h", None, 10),  # 600 ug in 60 min
        ("phenylephrine", 0.1, "mg/min", None, 100),
        ("epinephrine", 300, "ug/h", None, 5),
        ("dopamine", 5, "ug/kg/min", None, 5),
        ("dopamine", 350, "ug/min", 70, 5),
        ("dopamine", 350, "ug/min", None, None),
        ("norepinephrine", 10, "mL/h", 70, None),  # the strength of the bag is not known
    ],
)
def test_doses_are_in_the_unit_of_their_item(
    drug: str, rate: float, unit: str, weight: float | None, dose: float | None
):
    table = supported(drip(drug, 0, 4, rate, unit), at=(1,), weight=weight)
    assert column(table, f"{drug}_dose")[1] == (dose if dose is None else pytest.approx(dose))


def test_hours_at_a_dose_are_counted_while_it_was_never_lower():
    falling = supported(
        drip("norepinephrine", 0, 4, 25, "ug/min"), drip("norepinephrine", 4, 10, 20, "ug/min"), at=(9,)
    )
    assert column(falling, "vasopressor_hours")[9] == 9
    assert column(falling, "vasopressor_dose_hours")[9] == 9
    assert column(falling, "norepinephrine_dose") == {0: 25, 4: 20, 9: 20, 10: None}


def test_after_a_rise_it_depends_on_the_limit_how_long_the_dose_was_held():
    rising = supported(drip("norepinephrine", 0, 4, 10, "ug/min"), drip("norepinephrine", 4, 10, 25, "ug/min"), at=(9,))
    assert column(rising, "vasopressor_hours")[9] == 9
    assert column(rising, "vasopressor_dose_hours")[9] is None


def test_a_vasopressor_added_later_leaves_open_how_long_both_were_held():
    table = supported(drip("norepinephrine", 0, 10, 12, "ug/min"), drip("vasopressin", 5, 10), at=(6,))
    assert column(table, "vasopressor_dose_hours") == {0: 0, 5: None, 6: None, 10: None}


def test_the_need_goes_on_where_another_vasopressor_takes_over():
    table = supported(drip("norepinephrine", 0, 20), drip("phenylephrine", 20, 32), at=(30,))
    assert column(table, "vasopressor_hours")[30] == 30


def test_an_inotrope_is_no_need_of_a_vasopressor():
    table = supported(drip("dobutamine", 0, 5), drip("norepinephrine", 3, 5), at=(4,))
    assert column(table, "vasopressor_hours")[4] == 1
