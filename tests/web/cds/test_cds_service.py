"""The services in the ward app: what is kept of calls and feedback, and the settings of the site that they follow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cds_made import INSTANCE, ISOLATED_ICANS, NOW, PATIENT_ID, adult, body, prefetch, topic
from fastapi.testclient import TestClient
from sqlalchemy import select

from icans.store import settings
from icans.store.database import open_store
from icans.store.schema import audit, feedback
from icans.web.app import create_app
from icans.web.platform import Platform, Started, platform_of
from made import at

Json = dict[str, Any]
LINE: Json = {"card": "c", "outcome": "overridden", "outcomeTimestamp": "2025-03-08T10:00:00Z"}
OPENID: Json = {
    "issuer": "https://login.example.org", "client_id": "icans", "smart_servers": ["https://ehr.example.org/fhir"],
}  # fmt: skip
SITE: Json = {"cds_open": True, "time_zone": "Europe/Berlin", "openid": OPENID}


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Platform:
    store = open_store(str(Path(tmp_path_factory.mktemp("cds")) / "a.db"))
    found = platform_of(store, clock=lambda: at(NOW), started=Started(setup_code=""))
    with store.write() as db:
        settings.keep(db, SITE, author=None, login="test", at=at(NOW), expected=None)
    return found


@pytest.fixture(scope="module")
def caller(platform: Platform) -> Iterator[TestClient]:
    with TestClient(create_app(platform)) as found:
        yield found


def rows(platform: Platform, action: str) -> list[Any]:
    with platform.store.read() as db:
        return list(db.execute(select(audit).where(audit.c.action == action).order_by(audit.c.place)))


def test_cards_show_the_time_of_the_ward_and_the_way_into_the_app(caller: TestClient):
    request = body("patient-view", prefetch(adult(**ISOLATED_ICANS)))
    cards = caller.post("/cds-services/icans-patient-view", json=request).json()["cards"]
    (card,) = [one for one in cards if topic(one) == "grades"]
    assert "As of 2025-03-08 11:30 CET." in card["detail"]
    assert {"label": "Open the patient in icans", "url": "http://127.0.0.1:8000/launch", "type": "smart"} in card[
        "links"
    ]


def test_an_id_of_another_server_is_not_taken_for_one_of_a_patient_here(platform: Platform, caller: TestClient):
    caller.post("/cds-services/icans-patient-view", json=body("patient-view", prefetch(adult())))
    row = rows(platform, "cds.call")[-1]
    assert row.patient is None
    assert PATIENT_ID in row.detail
    assert INSTANCE in row.detail


def test_feedback_is_kept_once_and_noted_once_a_call(platform: Platform, caller: TestClient):
    lines = {"feedback": [LINE, LINE | {"card": "d"}]}
    for _ in range(2):
        answer = caller.post("/cds-services/icans-patient-view/feedback", json=lines)
        assert (answer.status_code, answer.json()) == (200, {"received": 2})
    with platform.store.read() as db:
        assert [row.content["card"] for row in db.execute(select(feedback).order_by(feedback.c.id))] in (
            ["c", "d"], ["d", "c"],
        )  # fmt: skip
    assert len(rows(platform, "cds.feedback")) == 2
