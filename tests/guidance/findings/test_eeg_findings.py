"""What stated EEG findings mean. Limits: ACNS 2021 and the Salzburg criteria, as `eeg.yaml` cites them."""

from __future__ import annotations

from typing import Any

import pytest

from icans.grading.explain import explain
from icans.guidance.findings.eeg import EegReading, eeg, eeg_rules
from icans.guidance.findings.terms import terms
from icans.record.timeline import states
from made import NORMAL, record, table

NO_EEG_SEIZURE = {"eeg_seizure": "no", "eeg_seizure_longest_min": 0, "eeg_seizure_minutes_per_hour": 0}
QUIET = {
    **NO_EEG_SEIZURE, "seizure_type": "none", "seizure_repetitive_no_return": "no", "seizure_ongoing": "no",
    "eeg_pattern": "none", "eeg_slowing": "none", "eeg_suppression_percent": 0, "eeg_evolution": "no",
    "eeg_fluctuation": "no", "eeg_plus": "none", "eeg_subtle_signs": "no", "epileptic_encephalopathy": "no",
    "eeg_improves_on_antiseizure": "no", "patient_improves_on_antiseizure": "no",
}  # fmt: skip
"""An EEG of which everything was stated, and nothing was found."""


def read(**stated: Any) -> EegReading:
    """A reading of nothing but what is stated."""
    return eeg(table([stated]))


def full(**changed: Any) -> EegReading:
    """A reading of an EEG of which everything was stated, with some of it changed."""
    return eeg(table([{**QUIET, **changed}]))


# --- electrographic seizure: > 2.5 Hz for >= 10 s, or definite evolution for >= 10 s ---


@pytest.mark.parametrize(
    ("hz", "seconds", "verdict"),
    [(2.6, 10, "met"), (2.6, 9.9, "not met"), (2.5, 10, "not met"), (3, 3600, "met")],
)
def test_discharges_faster_than_2_5_hz_for_10_s_are_a_seizure(hz, seconds, verdict):
    found = full(eeg_pattern="lpd", eeg_pattern_hz=hz, eeg_pattern_seconds=seconds)
    assert found.criterion("eeg.seizure").verdict == verdict


@pytest.mark.parametrize("pattern", ["grda", "lrda", "firda", "rhythmic_theta"])
def test_a_slow_rhythm_of_3_hz_is_no_seizure_unless_it_evolves(pattern):
    stated = {"eeg_pattern": pattern, "eeg_pattern_hz": 3, "eeg_pattern_seconds": 30}
    assert full(**stated).criterion("eeg.seizure").verdict == "not met"
    assert full(**stated, eeg_evolution="yes").criterion("eeg.seizure").verdict == "met"


@pytest.mark.parametrize(("seconds", "verdict"), [(9.9, "not met"), (10, "met")])
def test_evolution_counts_from_10_s_on(seconds, verdict):
    found = full(eeg_pattern="grda", eeg_pattern_hz=2, eeg_pattern_seconds=seconds, eeg_evolution="yes")
    assert found.criterion("eeg.seizure").verdict == verdict


def test_without_the_rate_a_seizure_cannot_be_judged_and_the_rate_is_named():
    found = read(eeg_pattern="gpd", eeg_pattern_seconds=20, eeg_evolution="no").criterion("eeg.seizure")
    assert found.verdict == "cannot be judged"
    assert "Rate of the EEG pattern" in found.missing
    assert "Longest run of the EEG pattern" not in found.missing


def test_a_pattern_that_is_no_seizure_does_not_exclude_one_that_nobody_spoke_of():
    found = full(eeg_pattern="grda", eeg_pattern_hz=1, eeg_seizure=None).criterion("eeg.seizure")
    assert found.verdict == "cannot be judged"
    assert "Seizure on EEG, as its reader states" in found.missing


def test_nothing_stated_is_nothing_excluded():
    found = read(age=60)
    assert not found.stated
    assert {c.verdict for c in found.criteria} == {"cannot be judged"}
    assert (found.step, found.bearings, found.figures) == (None, (), ())


def test_the_reader_who_states_no_seizure_is_believed_where_the_pattern_does_not_suffice():
    found = read(eeg_seizure="no", eeg_pattern="gpd", eeg_pattern_hz=3)  # how long a run lasts is not stated
    assert found.criterion("eeg.seizure").verdict == "not met"


def test_a_pattern_that_is_a_seizure_counts_against_the_reader_and_both_are_shown():
    found = full(eeg_pattern="gpd", eeg_pattern_hz=3, eeg_pattern_seconds=20, eeg_seizure="no")
    assert found.criterion("eeg.seizure").verdict == "met"
    assert "eeg.note.conflict" in [n.id for n in found.notes]


def test_a_seizure_on_eeg_in_the_record_of_the_patient_counts():
    assert read(seizure_type="nonconvulsive_eeg").criterion("eeg.seizure").verdict == "met"


@pytest.mark.parametrize("stated", [{"eeg_seizure_longest_min": 0.1}, {"eeg_seizure_minutes_per_hour": 0.1}])
def test_a_length_of_seizure_is_a_seizure(stated):
    assert read(**stated).criterion("eeg.seizure").verdict == "met"


# --- status: 10 min on end, or a fifth of an hour (12 min); convulsive: 5 min ---


@pytest.mark.parametrize(
    ("longest", "per_hour", "verdict"),
    [(10, 10, "met"), (9.9, 9.9, "not met"), (2, 12, "met"), (2, 11.9, "not met")],
)
def test_electrographic_status_is_10_minutes_on_end_or_a_fifth_of_an_hour(longest, per_hour, verdict):
    found = full(eeg_seizure="yes", eeg_seizure_longest_min=longest, eeg_seizure_minutes_per_hour=per_hour)
    assert found.criterion("eeg.status").verdict == verdict


@pytest.mark.parametrize(
    ("kind", "minutes", "verdict"),
    [("nonconvulsive_eeg", 10, "met"), ("nonconvulsive_eeg", 9.9, "not met"), ("clinical_focal", 10, "not met")],
)
def test_a_seizure_on_eeg_of_10_minutes_in_the_record_is_status(kind, minutes, verdict):
    found = full(seizure_type=kind, seizure_longest_min=minutes)
    assert found.criterion("eeg.status").verdict == verdict


def test_a_run_of_600_s_that_is_a_seizure_is_status():
    found = read(eeg_pattern="spike_wave", eeg_pattern_hz=3, eeg_pattern_seconds=600)
    assert found.criterion("eeg.status").verdict == "met"


def test_without_a_seizure_there_is_no_status_whatever_is_missing():
    found = read(eeg_seizure="no", seizure_type="none")
    assert found.criterion("eeg.status").verdict == "not met"


def test_a_seizure_of_unknown_length_may_be_status():
    found = read(eeg_seizure="yes").criterion("eeg.status")
    assert found.verdict == "cannot be judged"
    assert {"Longest seizure on EEG", "Seizure on EEG in the worst hour"} <= set(found.missing)


@pytest.mark.parametrize(
    ("kind", "minutes", "verdict"),
    [("clinical_generalized", 5, "met"), ("clinical_generalized", 4.9, "not met"), ("clinical_focal", 5, "not met")],
)
def test_convulsions_of_5_minutes_are_electroclinical_status(kind, minutes, verdict):
    found = full(seizure_type=kind, seizure_longest_min=minutes).criterion("eeg.electroclinical-status")
    assert found.verdict == verdict


@pytest.mark.parametrize(("minutes", "verdict"), [(5, "met"), (4.9, "cannot be judged")])
def test_convulsions_that_go_on_for_5_minutes_are_electroclinical_status(minutes, verdict):
    found = full(seizure_type="clinical_generalized", seizure_ongoing="yes", seizure_minutes_now=minutes)
    assert found.criterion("eeg.electroclinical-status").verdict == verdict


def test_electrographic_status_with_subtle_signs_is_electroclinical():
    status = {"eeg_seizure": "yes", "eeg_seizure_longest_min": 12}
    assert full(**status).criterion("eeg.electroclinical-status").verdict == "not met"
    assert full(**status, eeg_subtle_signs="yes").criterion("eeg.electroclinical-status").verdict == "met"


# --- ictal-interictal continuum ---


@pytest.mark.parametrize(
    ("stated", "verdict"),
    [
        ({"eeg_pattern": "gpd", "eeg_pattern_hz": 1.0, "eeg_pattern_seconds": 10}, "met"),
        ({"eeg_pattern": "gpd", "eeg_pattern_hz": 2.5, "eeg_pattern_seconds": 10}, "met"),
        ({"eeg_pattern": "gpd", "eeg_pattern_hz": 2.6, "eeg_pattern_seconds": 10}, "not met"),
        ({"eeg_pattern": "gpd", "eeg_pattern_hz": 1.5, "eeg_pattern_seconds": 9}, "not met"),
        ({"eeg_pattern": "lpd", "eeg_pattern_hz": 0.5, "eeg_plus": "fast"}, "met"),
        ({"eeg_pattern": "lpd", "eeg_pattern_hz": 0.5, "eeg_fluctuation": "yes"}, "met"),
        ({"eeg_pattern": "lpd", "eeg_pattern_hz": 0.5}, "not met"),
        ({"eeg_pattern": "lpd", "eeg_pattern_hz": 1.0, "eeg_pattern_seconds": 5, "eeg_plus": "fast"}, "met"),
        ({"eeg_pattern": "lpd", "eeg_pattern_hz": 1.1, "eeg_pattern_seconds": 5, "eeg_plus": "fast"}, "not met"),
        ({"eeg_pattern": "lpd", "eeg_pattern_hz": 0.4, "eeg_plus": "fast"}, "not met"),
        ({"eeg_pattern": "lrda", "eeg_pattern_hz": 1.1, "eeg_plus": "sharp"}, "met"),
        ({"eeg_pattern": "lrda", "eeg_pattern_hz": 1.0, "eeg_plus": "sharp"}, "not met"),
        ({"eeg_pattern": "grda", "eeg_pattern_hz": 1.5, "eeg_plus": "sharp"}, "not met"),
    ],
)
def test_the_continuum_lies_between_its_limits(stated, verdict):
    assert full(**stated).criterion("eeg.continuum").verdict == verdict


# --- Salzburg ---

SLOW = {"eeg_pattern": "gpd", "eeg_pattern_hz": 2.0}


def salzburg(**stated: Any) -> str:
    return full(**stated).criterion("eeg.salzburg").verdict


def test_salzburg_discharges_above_2_5_hz_suffice():
    assert salzburg(eeg_pattern="gpd", eeg_pattern_hz=2.6) == "met"
    assert salzburg(eeg_pattern="gpd", eeg_pattern_hz=2.5) == "not met"


@pytest.mark.parametrize(
    "sign",
    [
        {"eeg_subtle_signs": "yes"},
        {"eeg_evolution": "yes"},
        {"eeg_improves_on_antiseizure": "yes", "patient_improves_on_antiseizure": "yes"},
    ],
)
def test_salzburg_slower_discharges_need_one_of_three_signs(sign):
    assert salzburg(**SLOW, **sign) == "met"
    assert full(eeg_pattern="gpd", eeg_pattern_hz=2.5, **sign).criterion("eeg.salzburg.slow").met
    assert full(eeg_pattern="gpd", eeg_pattern_hz=2.6, **sign).criterion("eeg.salzburg.slow").met is False
    assert full(eeg_pattern="gpd", eeg_pattern_hz=2.6, **sign).criterion("eeg.salzburg.fast").met


def test_salzburg_the_eeg_alone_better_after_a_drug_is_not_enough():
    better = {"eeg_improves_on_antiseizure": "yes", "patient_improves_on_antiseizure": "no"}
    assert salzburg(**SLOW, **better) == "not met"


def test_salzburg_a_slow_rhythm_counts_above_half_a_hertz():
    signs = {"eeg_pattern": "grda", "eeg_subtle_signs": "yes"}
    assert salzburg(**signs, eeg_pattern_hz=0.6) == "met"
    assert salzburg(**signs, eeg_pattern_hz=0.5) == "not met"


def test_salzburg_says_which_sign_is_missing():
    found = eeg(table([{k: v for k, v in {**QUIET, **SLOW}.items() if k != "eeg_subtle_signs"}]))
    criterion = found.criterion("eeg.salzburg")
    assert criterion.verdict == "cannot be judged"
    assert [m for m in criterion.missing if m.startswith("Subtle clinical signs")]


@pytest.mark.parametrize("before", ["yes", None])
def test_salzburg_cannot_be_judged_with_a_known_or_unknown_epileptic_encephalopathy(before):
    fast = {"eeg_pattern": "gpd", "eeg_pattern_hz": 3}
    assert salzburg(**fast, epileptic_encephalopathy=before) == "cannot be judged"


def test_salzburg_without_a_pattern_is_not_met_whatever_was_before():
    assert salzburg(epileptic_encephalopathy=None) == "not met"


def test_the_short_form_and_the_published_one_differ_for_a_slow_rhythm():
    found = full(eeg_pattern="grda", eeg_pattern_hz=1.5, eeg_subtle_signs="yes")
    assert found.criterion("eeg.salzburg").verdict == "met"
    assert found.criterion("eeg.ncse-short").verdict == "not met"


def test_the_short_form_is_the_continuum_with_a_sign_or_electrographic_status():
    continuum = {"eeg_pattern": "gpd", "eeg_pattern_hz": 1.5, "eeg_pattern_seconds": 20}
    assert full(**continuum).criterion("eeg.ncse-short").verdict == "not met"
    assert full(**continuum, eeg_subtle_signs="yes").criterion("eeg.ncse-short").verdict == "met"
    assert full(eeg_seizure="yes", eeg_seizure_longest_min=10).criterion("eeg.ncse-short").verdict == "met"


# --- missing is not normal ---

SEEN = {"eeg_seizure": "yes"}
STATES = [
    {},
    {"eeg_pattern": "gpd", "eeg_pattern_hz": 1.5, "eeg_pattern_seconds": 20, "eeg_subtle_signs": "yes"},
    {"eeg_pattern": "lpd", "eeg_pattern_hz": 0.7, "eeg_pattern_seconds": 5, "eeg_plus": "fast;sharp"},
    {
        "eeg_pattern": "grda",
        "eeg_pattern_hz": 2,
        "eeg_pattern_seconds": 15,
        "eeg_evolution": "yes",
        "eeg_seizure": "yes",
    },
    {"eeg_pattern": "spike_wave", "eeg_pattern_hz": 3, "eeg_pattern_seconds": 700, "eeg_seizure": "yes"},
    {"eeg_seizure": "yes", "eeg_seizure_longest_min": 4, "eeg_seizure_minutes_per_hour": 13},
    {"seizure_type": "clinical_generalized", "seizure_longest_min": 7},
    {"eeg_pattern": "bipd", "eeg_pattern_hz": 1, "eeg_pattern_seconds": 12, "epileptic_encephalopathy": "yes"},
]


@pytest.mark.parametrize("changed", STATES, ids=lambda changed: ", ".join(changed) or "quiet")
def test_what_is_not_stated_leaves_a_verdict_as_it_is_or_open(changed):
    whole = {**QUIET, **changed}
    verdicts = [c.met for c in eeg(table([whole])).criteria]
    for name in whole:
        found = eeg(table([{k: v for k, v in whole.items() if k != name}])).criteria
        flipped = [c.id for c, was in zip(found, verdicts, strict=True) if c.met not in (was, None)]
        assert flipped == [], f"without {name}"


def test_the_rate_of_an_older_pattern_is_not_that_of_a_newer_one():
    seen = [(96, "eeg_pattern", "gpd"), (96, "eeg_pattern_hz", 3), (96, "eeg_pattern_seconds", 30)]
    before = states(record(*seen, (100, "ice_total", 5))).tail(1)
    after = states(record(*seen, (98, "eeg_pattern", "grda"), (100, "ice_total", 5))).tail(1)
    assert eeg(before).criterion("eeg.seizure").verdict == "met"
    assert eeg(after).description == "GRDA"
    assert eeg(after).criterion("eeg.seizure").verdict == "cannot be judged"


# --- status in one answer ---


def test_a_reading_is_of_status_where_one_criterion_is():
    assert full(eeg_seizure="yes", eeg_seizure_longest_min=10).is_status is True
    assert full().is_status is False
    assert read(eeg_pattern="gpd").is_status is None


# --- step of severity (a ladder of this platform) ---


@pytest.mark.parametrize(
    ("stated", "step"),
    [
        ({}, (0, 0)),
        ({"eeg_slowing": "theta"}, (1, 1)),
        ({"eeg_slowing": "theta_and_delta"}, (2, 2)),
        ({"eeg_pattern": "gpd", "eeg_pattern_hz": 0.9}, (2, 2)),
        ({"eeg_pattern": "gpd", "eeg_pattern_hz": 1, "eeg_pattern_seconds": 5}, (3, 3)),
        ({"eeg_pattern": "gpd"}, (2, 3)),
        ({"eeg_slowing": "delta"}, (3, 3)),
        ({"eeg_pattern": "lpd", "eeg_pattern_hz": 1, "eeg_pattern_seconds": 10}, (3, 3)),
        ({"eeg_suppression_percent": 49}, (0, 0)),
        ({"eeg_suppression_percent": 50}, (4, 4)),
        ({"eeg_seizure": "yes", "eeg_seizure_longest_min": 10}, (4, 4)),
        ({"eeg_slowing": None}, (0, 3)),
    ],
)
def test_the_step_of_severity(stated, step):
    found = full(**stated).step
    assert found is not None
    assert (found.low, found.high) == step
    assert found.cited.mark == "convention"


# --- what bears on the ICANS grade ---


def bearing(found: EegReading, name: str):
    return next((b for b in found.bearings if b.finding.id == name), None)


def test_a_seizure_on_eeg_bears_on_grade_3_and_says_how_to_record_it():
    found = bearing(full(eeg_seizure="yes"), "eeg.bearing.seizure")
    assert found is not None
    assert (found.grade, found.finding.met, found.recorded, found.is_to_record) == (3, True, False, True)
    assert "seizure_type nonconvulsive_eeg" in found.record


def test_what_the_items_of_the_scale_hold_is_not_to_be_recorded_again():
    found = bearing(full(eeg_seizure="yes", seizure_type="nonconvulsive_eeg"), "eeg.bearing.seizure")
    assert found is not None
    assert not found.is_to_record


@pytest.mark.parametrize(
    ("name", "record", "held"),
    [
        ("seizure", {}, False),
        ("seizure", {"seizure_type": "clinical_focal"}, True),
        ("repeated", {"seizure_repetitive_no_return": "yes"}, False),
        ("repeated", {"seizure_repetitive_no_return": "yes", "seizure_type": "clinical_focal"}, True),
        ("status", {"seizure_type": "nonconvulsive_eeg", "seizure_longest_min": 5}, False),
        ("status", {"seizure_type": "nonconvulsive_eeg", "seizure_longest_min": 6}, True),
        ("status", {"seizure_type": "nonconvulsive_eeg", "seizure_repetitive_no_return": "yes"}, True),
        ("status", {"seizure_type": "nonconvulsive_eeg"}, None),
        ("long", {"seizure_type": "nonconvulsive_eeg", "seizure_longest_min": 5}, False),
        ("long", {"seizure_type": "nonconvulsive_eeg", "seizure_longest_min": 6}, True),
        ("long", {"seizure_longest_min": 6}, False),
    ],
)
def test_whether_the_record_holds_what_bears_on_the_grade(name, record, held):
    found = bearing(full(eeg_seizure="yes", eeg_seizure_longest_min=12, **record), f"eeg.bearing.{name}")
    assert found is not None
    assert found.recorded is held
    assert found.is_to_record is (held is not True)


def test_status_and_repeated_seizures_bear_on_grade_4():
    status = bearing(full(eeg_seizure="yes", eeg_seizure_longest_min=10), "eeg.bearing.status")
    repeated = bearing(full(eeg_seizure="yes", seizure_repetitive_no_return="yes"), "eeg.bearing.repeated")
    assert status is not None
    assert repeated is not None
    assert (status.grade, repeated.grade) == (4, 4)


def test_a_seizure_on_eeg_of_more_than_5_minutes_names_the_open_wording():
    found = bearing(full(eeg_seizure="yes", eeg_seizure_longest_min=6), "eeg.bearing.long")
    assert found is not None
    assert found.finding.cited.convention == "C12"
    assert bearing(full(eeg_seizure="yes", eeg_seizure_longest_min=5), "eeg.bearing.long") is None


def test_burst_suppression_under_sedation_changes_no_grade():
    found = full(eeg_suppression_percent=70, eeg_on_sedation="yes")
    assert bearing(found, "eeg.bearing.sedation") is not None
    assert all(b.grade is None for b in found.bearings if b.finding.met)


def test_a_pattern_alone_bears_on_no_grade():
    found = bearing(full(eeg_pattern="grda", eeg_pattern_hz=1), "eeg.bearing.pattern")
    assert found is not None
    assert found.grade is None


def test_no_finding_of_the_eeg_changes_a_grade():
    state = table([{**NORMAL, "eeg_seizure": "yes", "eeg_seizure_longest_min": 30}])
    answer = explain(state, "astct-2019-icans")
    assert (answer.min, answer.max) == (0, 0)
    assert [b.finding.id for b in eeg(state).bearings if b.is_to_record] == [
        "eeg.bearing.status", "eeg.bearing.long", "eeg.bearing.seizure",
    ]  # fmt: skip


# --- notes, terms, figures ---


def test_less_than_24_h_without_seizure_is_said_to_be_too_short():
    assert "eeg.note.short" in [n.id for n in full(eeg_hours=23.5).notes]
    assert "eeg.note.short" not in [n.id for n in full(eeg_hours=24).notes]


def test_triphasic_gpds_bring_cefepime_to_mind():
    found = full(eeg_pattern="gpd", eeg_triphasic="yes")
    assert [n.id for n in found.notes] == ["eeg.note.triphasic"]
    assert {"mayo.gpd", "cefepime.eeg"} <= {f.id for f in found.figures}


@pytest.mark.parametrize(
    ("percent", "word"), [(90, "continuous"), (89, "abundant"), (49, "frequent"), (9, "occasional"), (0.5, "rare")]
)
def test_the_words_for_how_much_of_the_record(percent, word):
    assert word in [t.id for t in full(eeg_pattern="gpd", eeg_pattern_percent=percent).terms]


@pytest.mark.parametrize(
    ("seconds", "word"),
    [(9, "very brief"), (10, "brief"), (60, "intermediate"), (599, "intermediate"), (600, "long"), (3600, "very long")],
)
def test_the_words_for_how_long_a_run_lasts(seconds, word):
    assert word in [t.id for t in full(eeg_pattern="gpd", eeg_pattern_seconds=seconds).terms]


@pytest.mark.parametrize(
    ("percent", "words"),
    [(9, []), (10, ["discontinuous"]), (49, ["discontinuous"]), (50, ["burst suppression"]),
     (99, ["burst suppression"]), (99.5, ["suppression"])],
)  # fmt: skip
def test_the_words_for_how_much_is_suppressed(percent, words):
    assert [t.id for t in full(eeg_suppression_percent=percent).terms] == words


@pytest.mark.parametrize(
    ("stated", "terms_"),
    [
        ({"eeg_pattern": "gpd"}, ["GPD"]),
        ({"eeg_pattern": "lpd"}, ["LPD"]),
        ({"eeg_pattern": "bipd"}, ["BIPD"]),
        ({"eeg_pattern": "grda"}, ["GRDA"]),
        ({"eeg_pattern": "lrda"}, ["LRDA"]),
        ({"eeg_pattern": "firda"}, ["FIRDA"]),
        ({"eeg_pattern": "lrda", "eeg_plus": "fast;rhythmic;sharp"}, ["LRDA", "+F", "+R", "+S"]),
        ({"eeg_pattern": "none"}, []),
    ],
)
def test_the_words_for_a_pattern_and_its_modifiers(stated, terms_):
    assert [t.id for t in full(**stated).terms] == terms_


def test_a_description_is_in_the_words_of_the_field():
    found = full(
        eeg_pattern="gpd", eeg_triphasic="yes", eeg_pattern_hz=1.5, eeg_plus="sharp", eeg_pattern_percent=60,
        eeg_pattern_seconds=20, eeg_slowing="theta",
    )  # fmt: skip
    words = "GPDs, of triphasic shape, 1.5 Hz, +S, abundant, brief runs; slowing: mild, theta"
    assert found.description == words


EVERY_READING = [
    "beuchat.seizures", "mayo.seizures", "gust.children", "jneurol.baseline", "jones.ve-icans", "automated.eeg-icans",
    "bseeg",
]  # fmt: skip


@pytest.mark.parametrize(
    ("stated", "figures"),
    [
        ({}, []),
        ({"eeg_slowing": "theta"}, ["beuchat.slowing", "mayo.encephalopathy"]),
        ({"eeg_pattern": "lpd"}, ["beuchat.patterns", "mayo.lateralised", "salzburg.accuracy"]),
        ({"eeg_pattern": "grda"}, ["beuchat.patterns", "mayo.grda", "salzburg.accuracy"]),
        ({"eeg_pattern": "bipd", "eeg_pattern_hz": 1, "eeg_pattern_seconds": 10},
         ["beuchat.patterns", "beuchat.continuum", "salzburg.accuracy"]),
        ({"eeg_focal_abnormality": "yes"}, ["beuchat.focal"]),
        ({"eeg_sporadic_discharges": "yes"}, ["mayo.sporadic"]),
    ],
)  # fmt: skip
def test_published_figures_stand_beside_what_was_found(stated, figures):
    assert [f.id for f in full(**stated).figures] == [*figures, *EVERY_READING]


def test_figures_of_what_was_found_stand_before_those_of_every_reading():
    found = [bool(f.when.text) for f in full(eeg_pattern="lrda", eeg_pattern_hz=1).figures]
    assert found == sorted(found, reverse=True)


def test_every_criterion_and_term_is_cited():
    rules = eeg_rules()
    every = [*rules.criteria, *rules.notes, *(b.criterion for b in rules.bearings), *terms().every()]
    assert all(c.cited.source and c.cited.mark for c in every)
    assert {c.id for c in rules.criteria} == {
        "eeg.seizure", "eeg.status", "eeg.electroclinical-status", "eeg.continuum", "eeg.salzburg.fast",
        "eeg.salzburg.slow", "eeg.salzburg", "eeg.ncse-short",
    }  # fmt: skip
