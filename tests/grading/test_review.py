"""A review puts one patient together: the peak, since when, and nothing from after the moment it explains."""

from __future__ import annotations

import pytest

from icans.errors import DataError
from icans.patient_review import Review, review
from made import at, drip, record


def vitals(hour: float, temperature: float, device: str | None = "room_air") -> list[tuple[float, str, object]]:
    found = [(hour, "temperature", temperature), (hour, "systolic_pressure", 118)]
    return [*found, *([(hour, "oxygen_device", device)] if device else [])]


def patient(**options) -> Review:
    """Fever at 10 h, a cannula whose flow nobody charted at 20 h, a mask at 30 h, well again from 40 h."""
    seen = record(
        *vitals(10, 39), *vitals(20, 39, "nasal_cannula"), *vitals(30, 39, "face_mask"), *vitals(40, 37),
        *vitals(50, 37), (50, "platelets", 90), (55, "ldh", 300), (55, "creatinine", 1), (60, "platelets", 30),
        given=[drip("tocilizumab", 32), drip("norepinephrine", 70, 71)],
    )  # fmt: skip
    return review(seen, **options)


def test_the_peak_is_the_state_with_the_highest_sure_grade():
    # 2 to 3 with the cannula, surely 3 with the mask.
    assert patient(at=at(45)).peak["crs"] == (3, 3, at(30))


def test_since_when_the_present_grade_holds():
    found = patient(at=at(51))
    assert (found.current["crs"].min, found.current["crs"].max) == (0, 0)
    assert found.since["crs"] == at(40)


def test_a_moment_is_explained_from_what_was_known_then():
    scores = {s.name: s.max for s in patient(at=at(56)).related.scores}
    assert scores["easix"] == pytest.approx(300 * 1 / 90)
    later = {s.name: s.max for s in patient().related.scores}
    assert later["easix"] == pytest.approx(300 * 1 / 30)


def test_an_antipyretic_masks_fever_as_tocilizumab_does():
    for drug in ("acetaminophen", "tocilizumab", "dexamethasone"):
        seen = record(*vitals(10, 39), *vitals(16, 37, "nasal_cannula"), (16, "oxygen_flow", 2), given=[drip(drug, 12)])
        found = review(seen).current["crs"]
        assert (found.min, found.max) == (2, 2), drug


def test_before_anything_was_seen_there_is_nothing_to_review():
    with pytest.raises(DataError, match="nothing was observed up to"):
        patient(at=at(-5))
