"""What was just worked out is used again for the same chart in the same minute, and never otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from cds_made import BASE, ISOLATED_ICANS, NOW, PATIENT_ID, adult, prefetch, seen_at

from icans.record.record import Records
from icans.web.cds import CdsSettings
from icans.web.cds.memory import Pictures
from icans.web.cds.picture import Picture
from icans.web.cds.prefetch import Told, resources_of
from made import at, record

SETTINGS = CdsSettings(base_url=BASE, open=True)


def told(records: Records, **more: Any) -> Told:
    sent = prefetch(records, **more)
    lists = {key: tuple(resources_of(sent[key])) for key in ("observations", "medications")}
    return Told({"patient": (sent["patient"],), **lists})


def of(kept: Pictures, sent: Told, now: datetime, settings: CdsSettings = SETTINGS) -> Picture:
    return kept.of(sent, PATIENT_ID, now, settings)


def test_the_same_chart_in_the_same_minute_is_not_worked_out_again():
    kept, sent = Pictures(), told(adult())
    assert of(kept, sent, at(NOW)) is of(kept, told(adult()), at(NOW) + timedelta(seconds=59))


@pytest.mark.parametrize(
    "other",
    [
        {"now": at(NOW) + timedelta(minutes=1)},
        {"sent": told(adult(**ISOLATED_ICANS))},
        {"settings": CdsSettings(base_url=BASE, open=True, guideline="cartox-2018")},
        {"settings": CdsSettings(base_url=BASE, open=True, conventions={"P6": False})},
    ],
)
def test_another_moment_record_guideline_or_convention_is_worked_out_anew(other: dict[str, Any]):
    kept, asked = Pictures(), {"sent": told(adult()), "now": at(NOW), "settings": SETTINGS}
    assert of(kept, **asked) is not of(kept, **(asked | other))


def test_an_entry_of_this_very_minute_is_seen_as_soon_as_it_is_there():
    ill = record(*seen_at(NOW - 1), (NOW + 0.005, "consciousness", "to_voice"), product="axi-cel", age=58.0)
    kept, sent = Pictures(), told(ill)
    before, after = of(kept, sent, at(NOW)), of(kept, sent, at(NOW) + timedelta(seconds=30))
    assert (before.grade("icans"), after.grade("icans")) == ((0, 0), (2, 2))


def test_no_more_pictures_are_kept_than_allowed_and_none_for_long():
    kept = Pictures(most=2)
    first = of(kept, told(adult(weight=70)), at(NOW))
    for weight in (71, 72):
        of(kept, told(adult(weight=weight)), at(NOW))
    assert of(kept, told(adult(weight=70)), at(NOW)) is not first
    of(kept, told(adult()), at(NOW + 1))
    assert len(kept._kept) == 1


def test_a_record_without_other_drugs_is_known_to_be_without_them_where_drugs_are_listed():
    state = of(Pictures(), told(adult()), at(NOW)).situation
    assert (state.known("toci_doses_total"), state.known("current_steroid")) == (0, "none")


def test_where_no_list_of_drugs_was_kept_it_is_not_known_what_was_given():
    sent = dict(told(adult()).resources)
    (cells,) = sent.pop("medications")
    when, drug = cells["effectiveDateTime"], cells["medicationCodeableConcept"]
    infusion = {"resourceType": "Procedure", "id": "i", "status": "completed", "code": drug, "performedDateTime": when}
    state = of(Pictures(), Told({**sent, "procedures": (infusion,)}), at(NOW)).situation
    assert state.day == pytest.approx(NOW / 24)
    assert state.known("toci_doses_total") is None
