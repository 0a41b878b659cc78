"""What is recorded where a test cannot be done means, in the grades, what the bedside page says of it."""

from __future__ import annotations

from icans.patient_review import review
from icans.web.bedside.arousal import arousal
from made import record

MORNING = tuple(
    (24.0, item, points)
    for item, points in {
        "ice_orientation": 4, "ice_naming": 3, "ice_commands": 1, "ice_writing": 1, "ice_attention": 1,
        "consciousness": "awake", "seizure_type": "none", "motor_deficit": "none", "edema_on_imaging": "none",
        "raised_icp_signs": "none",
    }.items()
)  # fmt: skip
"""A day after the infusion: ICE 10, awake, nothing else found."""


def way(name: str):
    return next(w for w in arousal().untested if w.name == name)


def cause(name: str):
    return next(c for c in arousal().causes if c.name == name).records


def icans(*seen: tuple[float, str, object]) -> tuple[int | None, int | None]:
    answer = review(record(*MORNING, *seen, age=61.0)).current["icans"]
    return answer.min, answer.max


def at(hours: float, recorded: dict[str, str]) -> list[tuple[float, str, object]]:
    return [(hours, item, value) for item, value in recorded.items()]


def test_the_morning_before_is_grade_0():
    assert icans() == (0, 0)


def test_unarousable_without_another_cause_is_grade_4():
    assert icans(*at(30, {"consciousness": way("unarousable").level, **cause("none")})) == (4, 4)


def test_under_sedation_nothing_is_graded_and_the_test_of_the_morning_no_longer_counts():
    assert icans(*at(30, {"consciousness": "to_tactile", **cause(way("sedated").cause)})) == (0, 4)


def test_drowsiness_from_another_cause_is_not_graded_either():
    assert icans(*at(30, {"consciousness": "to_voice", **cause(way("drowsy").cause)})) == (0, 4)


def test_a_sedation_of_the_morning_does_not_excuse_the_drowsiness_of_the_evening():
    sedated = at(30, {"consciousness": "to_tactile", **cause("sedative")})
    assert icans(*sedated, *at(36, {"consciousness": "to_tactile", **cause("none")}))[0] == 3


def test_a_refusal_records_no_item():
    refused = way("not_done")
    assert not refused.level
    assert not refused.cause
    assert "Refuses" in refused.reasons
