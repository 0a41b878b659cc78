"""The connection drops in the middle of an ICE: the test goes on, nothing is lost, and it arrives once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from bedside_walk import STEP, answer, begin, save, step
from browsing import Visits
from playwright.sync_api import Page, Route, expect
from served_ward import ServedWard

from icans.web.access import COOKIE

NOT_SENT = "Kept on this tablet, not yet sent. It is sent when the connection is back."


@pytest.fixture
def patient(ward: ServedWard, request: pytest.FixtureRequest) -> str:
    return ward.admit(f"P {request.node.name}"[:120])


def the_one_test(ward: ServedWard, patient: str) -> Mapping[Any, Any]:
    arrived = ward.tests_of(patient)
    assert len(arrived) == 1
    return arrived[0]


def finished_without_connection(page: Page) -> None:
    begin(page)
    answer(page, until="first_object")
    page.context.set_offline(True)
    answer(page, wrong=["counting"])
    save(page)
    expect(page.get_by_text("The server is not reached.")).to_be_visible()


def test_a_test_that_loses_the_connection_is_kept_and_arrives_once_it_is_back(
    ward: ServedWard, visit: Visits, patient: str
) -> None:
    page = visit("nurse", f"/patients/{patient}/ice", fresh=True)
    finished_without_connection(page)
    expect(page.get_by_text(NOT_SENT)).to_be_visible()
    expect(page.locator(f"{STEP} h2").filter(visible=True)).to_have_text("ICE 9 of 10")
    expect(page.get_by_text("There is no grade yet")).to_be_visible()
    expect(page.locator("#outbox")).to_have_text("1 not sent")
    assert ward.tests_of(patient) == []

    page.context.set_offline(False)
    expect(page.locator('[data-state="graded"]')).to_be_visible()
    expect(page.locator("#outbox")).to_be_hidden()
    page.reload()
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    assert the_one_test(ward, patient)["author"] == ward.people["nurse"].id
    # 4 + 3 + 1 + 1, and 0 for counting
    assert ward.standing(patient, "ice_attention") == [0]


def test_a_tablet_that_was_closed_meanwhile_sends_it_from_whatever_page_is_opened_next(
    ward: ServedWard, visit: Visits, patient: str
) -> None:
    page = visit("nurse", f"/patients/{patient}/ice", fresh=True)
    finished_without_connection(page)
    context = page.context
    page.close()
    context.set_offline(False)
    for _ in range(2):
        other = context.new_page()
        with other.expect_response(re.compile("/tests$")) if not ward.tests_of(patient) else other.expect_event("load"):
            other.goto("/ward")
        other.close()
    the_one_test(ward, patient)


def test_a_reload_in_the_middle_goes_on_where_it_was(ward: ServedWard, visit: Visits, patient: str) -> None:
    page = visit("nurse", f"/patients/{patient}/ice", fresh=True)
    begin(page)
    answer(page, wrong=["month"], until="hospital")
    page.reload()
    expect(page.get_by_role("heading", name=re.compile("is not finished: 3 of 10 asked"))).to_be_visible()
    page.get_by_role("button", name="Go on with it").press("Enter")
    assert step(page) == "hospital"
    answer(page)
    save(page)
    expect(page.locator('[data-state="graded"]')).to_contain_text("ICE 9 of 10")
    assert ward.standing(patient, "ice_orientation") == [3]


def test_a_reply_that_is_lost_on_the_way_does_not_make_two_tests_of_one(
    ward: ServedWard, visit: Visits, patient: str
) -> None:
    page = visit("nurse", f"/patients/{patient}/ice", fresh=True)
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)
            route.abort()

    page.route("**/tests", lose_the_first)
    begin(page)
    answer(page)
    save(page)
    expect(page.locator('[data-state="waiting"]')).to_be_visible()
    assert lost == [201]
    page.get_by_role("button", name="Try to send now").press("Enter")
    expect(page.locator('[data-state="graded"]')).to_contain_text("ICE 10 of 10")
    the_one_test(ward, patient)


def test_whoever_was_signed_out_meanwhile_signs_in_again_and_it_is_sent(
    ward: ServedWard, visit: Visits, patient: str
) -> None:
    page = visit("nurse", f"/patients/{patient}/ice", fresh=True)
    begin(page)
    answer(page)
    page.context.clear_cookies(name=COOKIE)
    save(page)
    expect(page.get_by_text("You are no longer signed in.")).to_be_visible()
    page.get_by_role("link", name="Sign in again").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    expect(page.get_by_text("Answers wait on this device.")).to_be_visible()
    assert ward.tests_of(patient) == []
    visit.sign_in(page.context, "nurse")
    with page.expect_response(re.compile("/tests$")):
        page.goto(f"/patients/{patient}")
    the_one_test(ward, patient)


def test_somebody_else_who_signs_in_does_not_send_it_in_their_own_name(
    ward: ServedWard, visit: Visits, patient: str
) -> None:
    page = visit("nurse", f"/patients/{patient}/ice", fresh=True)
    finished_without_connection(page)
    page.context.clear_cookies(name=COOKIE)
    page.context.set_offline(False)
    visit.sign_in(page.context, "clinician")
    page.goto("/ward")
    expect(page.get_by_text("Answers of another user wait here.")).to_be_visible()
    assert ward.tests_of(patient) == []


def test_the_second_tap_of_a_double_tap_is_not_taken_for_the_next_answer(visit: Visits, patient: str) -> None:
    page = visit("nurse", f"/patients/{patient}/ice", fresh=True, has_touch=True)
    begin(page)
    page.wait_for_timeout(360)
    page.locator(f'{STEP} [data-answer="right"]').dblclick()
    assert step(page) == "month"
    page.get_by_role("button", name="Undo").press("Enter")
    assert step(page) == "year"
