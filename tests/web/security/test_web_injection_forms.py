"""Every box of every form of every page, filled with what is meant to break out of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from guarded_ward import Browser, Guarded, guarded_ward
from pages_read import Form, Page, pages
from payloads import HTML, ONE_LINE, PAYLOADS, TEXTS, broke_out, named
from sqlalchemy import inspect

from icans.store import accounts
from icans.store.schema import metadata
from icans.store.verify import verify
from made_ward import PASSWORD

NEVER_SENT = ("/sign-out",)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    made = guarded_ward(tmp_path_factory.mktemp("injection"))
    made.ward.platform.limits.sign_in_per_minute = 1_000_000
    yield made
    made.ward.store.close()


@pytest.fixture(scope="module")
def forms(guarded: Guarded) -> list[Form]:
    """Each form once, and the two that nobody signed in sees. Of the accounts, only one is changed."""
    found: dict[tuple[str, ...], Form] = {}
    for there, answer in pages(guarded):
        if "html" in answer.headers.get("content-type", ""):
            for form in Page(answer.text).forms:
                form.action = form.action or there
                found.setdefault((form.action, *form.boxes), form)
    first = Form("post", "/sign-up", dict.fromkeys(("code", "name", "login", "password", "again"), ""))
    others = [form for form in found.values() if form.action not in NEVER_SENT and not is_of_another(form)]
    return [*others, first, Form("post", "/demo-sign-in", {"login": ""})]


def is_of_another(form: Form) -> bool:
    return form.action.startswith("/accounts/") and form.action != "/accounts/to-change"


@pytest.fixture(scope="module")
def browser(guarded: Guarded) -> Browser:
    return guarded.browser("administrator")


def test_the_walk_finds_the_forms(forms: list[Form]) -> None:
    assert {f.method for f in forms} == {"post"}
    assert len(forms) > 18
    assert sum(len(f.boxes) for f in forms) > 150


def test_each_box_by_itself_with_much_at_once(guarded: Guarded, browser: Browser, forms: list[Form]) -> None:
    rows = fixed(guarded)
    for form in forms:
        for box in form.boxes:
            if box != "csrf":
                sent = {**form.boxes, "csrf": browser.csrf, box: ONE_LINE}
                check(browser.client.post(form.action, data=sent), f"{form.action} {box}")
    assert fixed(guarded) == rows


@pytest.mark.parametrize("payload", PAYLOADS, ids=named)
def test_all_boxes_at_once(guarded: Guarded, browser: Browser, forms: list[Form], payload: str) -> None:
    rows = fixed(guarded)
    for form in forms:
        sent = dict.fromkeys(form.boxes, payload) | {"csrf": browser.csrf}
        check(browser.client.post(form.action, data=sent), form.action)
    assert fixed(guarded) == rows


@pytest.mark.parametrize("payload", [HTML, "1", ""], ids=named)
def test_boxes_that_come_many_times_and_boxes_that_no_form_has(
    guarded: Guarded, browser: Browser, forms: list[Form], payload: str
) -> None:
    rows = fixed(guarded)
    for form in forms:
        many = dict.fromkeys(form.boxes, [payload] * 13) | {"csrf": browser.csrf}
        check(browser.client.post(form.action, data=many), f"{form.action}, 13 times")
        names = dict.fromkeys((payload, f"{payload}.unit", "__class__", "value", "id"), payload)
        check(browser.client.post(form.action, data=names | {"csrf": browser.csrf}), f"{form.action}, other names")
    assert fixed(guarded) == rows


@pytest.mark.parametrize("payload", TEXTS, ids=named)
def test_what_was_kept_is_shown_as_text_everywhere(guarded: Guarded, browser: Browser, payload: str) -> None:
    """As a label, bed, unit, product, note, cause, drug, reason, name, login, and as the words of the site."""
    here = f"/patients/{guarded.names(writes=True)['patient_id']}"
    kept = [browser.post(path.format(here=here), form) for path, form in everywhere(payload)]
    assert [a.status_code for a in kept[:3]] == [303] * 3, "these take any text"
    assert {a.status_code for a in kept} <= {303, 422, 409}
    entries = guarded.administrator.get(f"/api{here}/entries").json()
    for one in entries[:2]:
        form = {"what": "withdraw", "reason": payload[:500]}
        check(browser.post(f"{here}/entries/{one['id']}/correct", form), "reason")
    parts = ("", "/record", "/facts", "/plan", "/print.pdf", "/ice", "/therapy", "/enter/crs", "/news?version=0")
    others = ("/ward", "/ward/rows", "/accounts", "/settings", "/audit", "/patients/new")
    for path in (*(here + part for part in parts), *others):
        answer = browser.client.get(path)
        check(answer, path)
        assert answer.status_code == 200, path


def everywhere(payload: str) -> list[tuple[str, dict[str, str]]]:
    """Forms that put a payload wherever a text is kept; as long as the boxes of the pages let it be."""
    long, short = payload[:120], payload[:60]
    seen = {"time": "2026-03-09T05:00", "hypotension": "yes", "fever_other_cause": "yes", "note": payload[:2000]}
    site = {"name": long, "hospital": long, "city": long, "care_units": short, "ice.en.sentence": payload[:200]}
    given = {"start": "2026-03-09T04:00", "drug": long, "dose": "1", "unit": "mg", "route": payload[:40]}
    person = {"login": payload[:100], "name": long, "role": "viewer", "care_unit": short, "password": PASSWORD}
    return [
        ("{here}/facts", {"label": long, "bed": payload[:20], "product": long, "infusion": "2026-03-02T09:00"}),
        ("{here}/enter/crs", {**seen, "hypotension.cause": payload[:200]}),
        ("/settings", site),
        ("{here}/therapy", given),
        ("/accounts", person),
        ("/patients", {"identifier": long, "care_unit": short}),
    ]  # fmt: skip


def test_after_all_that_the_audit_log_holds_together(guarded: Guarded) -> None:
    with guarded.ward.store.read() as db:
        assert verify(db).faults == ()


def check(answer: object, where: str) -> None:
    assert not broke_out(answer), f"{where}: {broke_out(answer)}"


def fixed(guarded: Guarded) -> tuple[object, ...]:
    """What no form of these changes: the tables, the password of the nurse, her role, the entries of others."""
    with guarded.ward.store.read() as db:
        tables = sorted(inspect(db).get_table_names())
        nurse = next(dict(a) for a in accounts.listed(db) if a["login"] == "nurse")
        assert set(metadata.tables) <= set(tables)
    return tables, nurse
