"""What is said when the chart is opened: grades with what is not known, what must be done, what is overdue."""

from __future__ import annotations

from typing import Any

import pytest
from cds_made import BASE, CRS_2, ISOLATED_ICANS, NOW, Ward, adult, body, bundle, prefetch, seen_at, toci, topic

from icans.web.cds import CdsSettings
from made import at, record

Json = dict[str, Any]


def grades(cards: list[Json]) -> Json:
    return next(card for card in cards if topic(card) == "grades")


def test_a_patient_without_any_sign_has_no_card_of_grades():
    assert [topic(card) for card in Ward().chart(adult())] in ([], ["overdue"])


def test_the_grades_and_the_day_stand_in_the_summary():
    card = grades(Ward().chart(adult(**CRS_2, **ISOLATED_ICANS)))
    # NOW is 120.5 h after the infusion, day 5.0; ICE 2 is ICANS grade 3; fever with low pressure is CRS grade 2.
    assert card["summary"].startswith("CRS 2, ICANS 3; day 5")


@pytest.mark.parametrize(
    ("ice", "indicator"),
    [({"ice_attention": 0}, "info"), ({"ice_orientation": 0}, "warning"), (ISOLATED_ICANS, "critical")],
)
def test_the_higher_the_grade_that_is_sure_the_more_urgent_the_card(ice: Json, indicator: str):
    # ICE 9 is grade 1, ICE 6 is grade 2, ICE 2 is grade 3 (ASTCT 2019).
    assert grades(Ward().chart(adult(**ice)))["indicator"] == indicator


def test_without_an_ice_it_says_that_icans_cannot_be_graded():
    not_asked = dict.fromkeys(("ice_orientation", "ice_naming", "ice_commands", "ice_writing", "ice_attention"))
    card = grades(Ward().chart(adult(**not_asked, consciousness=None)))
    assert card["indicator"] == "info"
    assert "ICANS cannot be graded" in card["summary"]
    assert "ICANS is not settled: ICE or CAPD, Consciousness not recorded, or too long ago." in card["detail"]


def test_without_any_observation_nothing_is_graded_and_it_says_so():
    cells = record(product="axi-cel", age=58.0)
    card = grades(Ward().chart(cells))
    assert card["summary"].startswith("CRS cannot be graded, ICANS cannot be graded; day 5")


def test_an_ice_of_two_days_ago_counts_no_more():
    ill = record(*seen_at(70, **ISOLATED_ICANS), product="axi-cel", age=58.0)
    assert "ICANS cannot be graded" in grades(Ward().chart(ill))["summary"]


def test_times_are_those_of_the_hospital():
    berlin = CdsSettings(base_url=BASE, open=True, time_zone="Europe/Berlin")
    # 120.5 h after 2025-03-03 10:00 UTC is 2025-03-08 10:30 UTC, in winter 11:30 in Berlin.
    assert "As of 2025-03-08 11:30 CET." in grades(Ward(berlin).chart(adult(**CRS_2)))["detail"]
    assert "As of 2025-03-08 10:30 UTC." in grades(Ward().chart(adult(**CRS_2)))["detail"]


def test_what_must_be_done_stands_there_with_dose_rule_and_mark():
    detail = grades(Ward().chart(adult(**CRS_2)))["detail"]
    assert "**Must, by ASCO 2021**" in detail
    # 8 mg/kg x 76 kg = 608 mg.
    assert "8 mg/kg × 76 kg = 608 mg" in detail
    assert "[verified]" in detail


def test_a_long_list_of_what_must_be_done_is_cut_and_counted():
    detail = grades(Ward().chart(adult(**CRS_2, **ISOLATED_ICANS)))["detail"]
    listed = detail.split("**Must, by ASCO 2021**")[1].split("**")[0]
    assert listed.count("\n- ") == 7
    assert "more" in listed.strip().splitlines()[-1]


def test_tocilizumab_in_isolated_icans_stands_under_what_must_not_be_done():
    detail = grades(Ward().chart(adult(**ISOLATED_ICANS)))["detail"]
    assert "Give tocilizumab" in detail.split("**Must not**")[1]


def test_an_overdue_ice_is_a_card_of_its_own():
    ill = record(*seen_at(60, **ISOLATED_ICANS), *((NOW - 1, i, v) for _, i, v in seen_at(0) if "ice" not in i))
    card = next(card for card in Ward().chart(ill) if topic(card) == "overdue")
    assert card["summary"].startswith("Overdue: ")
    assert "ICE" in card["detail"]


def test_a_check_that_only_may_be_asked_for_is_not_called_overdue():
    # Seen with CRS 30 h ago and not since: whether there is CRS now, and cultures are due for it, is not known.
    ill = record(*seen_at(NOW - 30, **CRS_2), product="axi-cel", age=58.0)
    card = next(card for card in Ward().chart(ill) if topic(card) == "overdue")
    assert "Cultures" not in card["summary"]
    assert "cultures" not in card["detail"]
    assert "- and " not in card["detail"]


def test_an_outpatient_is_held_to_the_checks_for_outpatients():
    ill = adult(**ISOLATED_ICANS)
    visit = {"resourceType": "Encounter", "id": "v", "status": "in-progress", "class": {"code": "AMB"}}
    stay = {**visit, "class": {"code": "IMP"}}
    told = [
        next(card for card in Ward().chart(ill, encounters=sent) if topic(card) == "overdue")["detail"]
        for sent in (None, bundle(visit), bundle(stay))
    ]
    assert ["for an outpatient" in words for words in told] == [False, True, False]


def test_nobody_who_died_is_spoken_of():
    sent = prefetch(adult(**ISOLATED_ICANS))
    sent["patient"]["deceasedBoolean"] = True
    assert Ward().cards("icans-patient-view", body("patient-view", sent)) == []


def test_somebody_without_car_t_cells_is_not_spoken_of():
    ordinary = record((NOW - 1, "temperature", 39.5), infusion=None)
    assert Ward().chart(ordinary) == []


def test_an_ice_without_a_known_infusion_is_spoken_of_and_says_what_is_missing():
    unknown = record(*seen_at(NOW - 1, **ISOLATED_ICANS), infusion=None, age=58.0)
    card = grades(Ward().chart(unknown))
    assert card["summary"].startswith("CRS 0, ICANS 3")
    assert "The time of the infusion was not sent" in card["detail"]


@pytest.mark.parametrize(("day", "spoken_of"), [(29, True), (31, False)])
def test_a_month_after_cd19_cells_the_watch_is_over(day: float, spoken_of: bool):
    cells = record(product="axi-cel", age=58.0)
    assert bool(Ward(hours=24 * day).chart(cells)) is spoken_of


def test_after_bcma_cells_the_watch_goes_on_for_late_signs():
    cells = record(product="cilta-cel", age=58.0)
    assert Ward(hours=24 * 60).chart(cells)


def test_what_is_seen_in_this_very_minute_counts():
    ill = record(*seen_at(NOW - 0.5), (NOW + 0.005, "consciousness", "to_voice"), product="axi-cel", age=58.0)
    before, after = Ward(hours=NOW), Ward(hours=NOW + 0.01)
    assert not [card for card in before.chart(ill) if topic(card) == "grades"]
    assert grades(after.chart(ill))["summary"].startswith("CRS 0, ICANS 2; ")


def test_the_same_ward_answers_anew_when_something_was_written():
    ward, ill = Ward(), adult(**CRS_2)
    first = grades(ward.chart(ill))["summary"]
    again = grades(ward.chart(ill))["summary"]
    worse = grades(ward.chart(adult(**CRS_2, **ISOLATED_ICANS)))["summary"]
    assert first == again != worse


def test_the_same_ward_answers_anew_when_time_has_passed():
    ward, ill = Ward(), adult(given=[toci(NOW - 7.95)], **CRS_2)
    assert "Must not" in grades(ward.chart(ill))["detail"]
    assert "Tocilizumab" not in grades(ward.chart(ill))["detail"].split("**Must not**")[0]
    ward.hours = NOW + 0.1
    assert "608 mg" in grades(ward.chart(ill))["detail"].split("**Must not**")[0]


def test_what_could_not_be_read_is_counted_on_the_card():
    ill = adult(**ISOLATED_ICANS)
    sent = prefetch(ill)
    broken = {"resourceType": "Observation", "status": "final", "code": "fever"}
    other = {"resourceType": "Observation", "status": "final", "subject": {"reference": "Patient/other"}}
    unnamed = {
        "resourceType": "MedicationAdministration", "id": "x", "status": "completed",
        "effectiveDateTime": at(3).isoformat(), "medicationReference": {"reference": "Medication/9"},
    }  # fmt: skip
    for key, more in (("observations", [broken, broken, other]), ("medications", [unnamed])):
        sent[key]["entry"] += [{"resource": r} for r in more] + [{"fullUrl": "urn:x"}] * (key == "observations")
    detail = grades(Ward().cards("icans-patient-view", body("patient-view", sent)))["detail"]
    assert "3 resources could not be read." in detail
    assert "1 resource about somebody else left out." in detail
    assert "1 dose of a drug that was not named left out." in detail


def test_what_was_cut_to_the_newest_is_named():
    sent = prefetch(adult(**ISOLATED_ICANS))
    sent["observations"]["total"] = 5000
    detail = grades(Ward().cards("icans-patient-view", body("patient-view", sent)))["detail"]
    assert "Only the newest were sent of: observations." in detail


def test_other_services_give_the_same_cards_at_their_own_moment():
    ill, ward = adult(**ISOLATED_ICANS), Ward()
    start = body("encounter-start", prefetch(ill), encounterId="e")
    book = body("appointment-book", prefetch(ill), appointments=bundle())
    assert "grades" in [topic(card) for card in ward.cards("icans-encounter-start", start)]
    assert [topic(card) for card in ward.cards("icans-appointment-book", book)] == ["grades"]


def test_going_home_with_icans_is_warned_of_and_without_says_what_to_ask():
    ward = Ward()

    def leave(ill: Any) -> Json:
        request = body("encounter-discharge", prefetch(ill), encounterId="e")
        (card,) = ward.cards("icans-encounter-discharge", request)
        return card

    ill = leave(adult(**ISOLATED_ICANS))
    assert (ill["indicator"], "No ICANS" in ill["summary"]) == ("warning", True)
    assert ill["detail"].index("does not hold") < ill["detail"].index("is open") < ill["detail"].index("holds:")
    calm = record(*seen_at(NOW - 40), *seen_at(NOW - 1), product="axi-cel", age=58.0)
    well = leave(calm)
    assert well["indicator"] == "info"
    assert well["summary"].startswith("Criteria for discharge to check: ")
