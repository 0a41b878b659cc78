"""A chart with the number of somebody who was admitted by hand: taken for the same person only where more fits."""

from __future__ import annotations

import pytest
from openid_answers import words as said
from openid_ward import OpenIdWard
from record_system import INFUSED, RecordSystem, ago
from smart_ward import launched, let_in, the_patient, values

from icans.store import accounts, patients, words


def by_hand(ward: OpenIdWard, **facts: str) -> str:
    """Somebody under the number of the chart, whose chart says: male, 60 at the infusion four days ago."""
    with ward.platform.store.write() as db:
        ada = accounts.by_login(db, "ada")
        known = words.fact_entries(facts, ward.clock())
        return patients.admit(db, "MRN 700", known, author=ada.id, login=ada.login, at=ward.clock())[0]


@pytest.mark.parametrize(
    "facts",
    [
        {"age": "60"},
        {"age": "61", "sex": "male"},
        {"age": "59"},
        {"infusion": INFUSED},
        {"infusion": ago(96 + 23), "sex": "male"},
    ],
)
def test_with_a_fitting_age_or_infusion_it_is_the_same_patient(
    ward: OpenIdWard, system: RecordSystem, facts: dict[str, str]
):
    here = by_hand(ward, **facts)
    let_in(ward, system)
    launched(ward, system)
    assert the_patient(ward) == here
    assert values(ward, "temperature") == [38.6]


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ({"age": "62"}, "age"),
        ({"age": "58"}, "age"),
        ({"age": "60", "sex": "female"}, "sex"),
        ({"infusion": ago(96 + 25)}, "infusion"),
        ({"age": "30", "sex": "female", "infusion": ago(500)}, "sex, age, infusion"),
    ],
)
def test_what_contradicts_is_named_and_nothing_is_taken(
    ward: OpenIdWard, system: RecordSystem, facts: dict[str, str], named: str
):
    by_hand(ward, **facts)
    let_in(ward, system)
    answer = launched(ward, system)
    assert answer.status_code == 409
    assert f"says something else of: {named}." in said(answer)
    assert values(ward, "temperature") == []
    assert "icans_session" not in ward.browser.cookies
    assert ward.logged("sign-in.refused") == [{"by": "launch", "why": f"contradicts: {named}"}]


@pytest.mark.parametrize("facts", [{}, {"sex": "male"}, {"product": "axi-cel", "weight": "70"}])
def test_where_neither_age_nor_infusion_can_be_compared_it_is_refused(
    ward: OpenIdWard, system: RecordSystem, facts: dict[str, str]
):
    by_hand(ward, **facts)
    let_in(ward, system)
    answer = launched(ward, system)
    assert answer.status_code == 409
    assert "Enter age or infusion of the patient on the ward" in said(answer)
    assert values(ward, "temperature") == []


def test_who_may_only_look_is_not_shown_somebody_else_either(ward: OpenIdWard, system: RecordSystem):
    here = by_hand(ward, age="30")
    let_in(ward, system, role="viewer")
    assert launched(ward, system).status_code == 409
    with ward.platform.store.read() as db:
        assert patients.find(db, here)["version"] == 1


def test_once_linked_a_chart_stays_with_its_patient(ward: OpenIdWard, system: RecordSystem):
    here = by_hand(ward, age="60")
    let_in(ward, system)
    launched(ward, system)
    system.put(system.resources["Patient/7"] | {"birthDate": "1990-01-01"})
    answer = launched(ward, system)
    assert f'href="/patients/{here}"' in answer.text
    assert "its word stands: age" in said(answer)
