"""What must hold of the work-up for every state: more knowledge never takes back what was sure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from icans.guidance.workup.judge import _status  # pyright: ignore[reportPrivateUsage]
from icans.guidance.workup.ledger import CLOSED, PRESENT, STATUSES
from icans.guidance.workup.library import library
from icans.guidance.workup.plan import plan
from icans.record.catalogue import Item, catalogue

# Two accounts of one pressure may contradict each other, and then the measured one counts: not monotone by design.
ITEMS = [n for n in plan().blank if n in catalogue() and n != "mean_arterial_pressure"]


def values_of(item: Item) -> st.SearchStrategy[Any]:
    if item.kind == "yes_no":
        return st.booleans()
    if item.kind == "choice":
        return st.sampled_from(item.values)
    if item.kind == "set":
        return st.integers(0, 2 ** len(item.values) - 1)
    low, high = item.plausible
    return st.floats(low if low is not None else 0, high if high is not None else 1000)


states = st.fixed_dictionaries({}, optional={name: values_of(catalogue()[name]) for name in ITEMS})


def guarded(key: str) -> bool:
    """True for conditions that ask whether something is known, which more knowledge may turn round."""
    cause, _, condition = key.partition(" ")
    texts = {f"{c.id} {name}": text for c in library().causes for name, text in c.texts.items()}
    holds = {hold.id: hold.text for gate in library().gates for hold in gate.holds}
    return "any_known" in (texts.get(key) or holds.get(cause, "")) and (condition != "" or cause in holds)


SURE = [key for key in plan().held({}, {})[0] if not guarded(key)]


@settings(max_examples=40, deadline=None)
@given(states, st.data())
def test_learning_more_never_takes_back_an_answer(whole: Mapping[str, Any], data: st.DataObject) -> None:
    some = {n: v for n, v in whole.items() if data.draw(st.booleans(), label=n)}
    before, after = plan().held(some, whole)
    assert {key: after[key] for key in SURE if before[key] is not None} == {
        key: before[key] for key in SURE if before[key] is not None
    }


@settings(max_examples=40, deadline=None)
@given(states)
def test_a_puncture_that_the_record_blocks_is_never_set_free_by_forgetting(whole: Mapping[str, Any]) -> None:
    """With nothing known of pressure and bleeding it is blocked; a single finding against it blocks it as well."""
    held, nothing = plan().held(whole, {})
    holds = [hold.id for gate in library().gates if gate.id == "LP" for hold in gate.holds]
    assert not all(nothing[hold] for hold in holds)
    against = (
        whole.get("inr", 0) > 1.5 or whole.get("platelets", 1000) < 50 or whole.get("bleeding_risk_blocks_lp", False)
    )
    assert not (against and all(held[hold] for hold in holds))


answers = st.fixed_dictionaries(
    {}, optional={k: st.sampled_from([True, False, None]) for k in ("rules_in", "rules_out", "treated", "suspect")}
)


@given(answers, st.booleans(), st.booleans())
def test_a_status_is_never_excluded_by_silence(found: Mapping[str, Any], old: bool, tested: bool) -> None:
    status, _ = _status(found, old, tested)
    assert status in STATUSES
    assert (status == PRESENT) == (found.get("rules_in") is True)
    assert status not in CLOSED or found.get("rules_out") is True or found.get("treated") is True
