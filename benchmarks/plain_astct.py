"""ASTCT 2019, CRS and ICANS, in plain Python: one row of a states table in, an interval each out.

Written from the tables of the publication, the age table of systolic pressure and the conventions C1 to C13 as
they stand by default, not from the rule files, and slow on purpose: what is missing is completed in every way
and graded. Tests hold the rule files to it, and the benchmark measures against it.

A row is a mapping with the columns of a states table, the words as written there ('yes', 'nasal_cannula',
'norepinephrine;vasopressin'), numbers as numbers. A column that is there and empty is unknown; a column that
is not there at all is taken as ASSUMED says, else it is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

Row = Mapping[str, object]

ASSUMED: Mapping[str, object] = {
    "death_cause": "none",
    "developmental_delay": "no",
    "ice_baseline_total": 10,
    "capd_baseline_total": 0,
    **{
        f"{finding}_other_cause": "no"
        for finding in (
            "fever", "hypotension", "hypoxia", "ice", "capd", "consciousness", "seizure", "motor", "edema_or_icp"
        )
    },
}  # fmt: skip
COUNTED = ("norepinephrine", "epinephrine", "phenylephrine", "dopamine", "angiotensin_ii")
ICE_ITEMS = {
    "ice_orientation_0_4": 4,
    "ice_naming_0_3": 3,
    "ice_commands_0_1": 1,
    "ice_writing_0_1": 1,
    "ice_attention_0_1": 1,
}
CAPD_LETTERS = "NRSOA"
# One age from each stretch that the pressure table and the choice of ICE or CAPD tell apart.
AGES = (0.05, 0.5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 15, 40)


def grade_interval(row: Row) -> tuple[int, int, int, int]:
    """(crs_min, crs_max, icans_min, icans_max) over every completion of the row."""
    return *crs_interval(row), *icans_interval(row)


def crs_interval(row: Row) -> tuple[int, int]:
    """The lowest and the highest CRS grade over every completion of the row."""
    found = [
        crs_grade(death, fever, earlier, masking, max(pressure, oxygen))
        for death, fever, earlier, masking, pressure, oxygen in product(
            _yes_or_no(row, "death_cause", "crs"),
            _fevers(row),
            _yes_or_no(row, "crs_fever_earlier", "yes"),
            _maskings(row),
            set(_pressures(row)),
            set(_oxygens(row)),
        )
    ]
    return min(low for low, _ in found), max(high for _, high in found)


def icans_interval(row: Row) -> tuple[int, int]:
    """The lowest and the highest ICANS grade over every completion of the row."""
    if _known(row, "death_cause") == "icans":
        return 5, 5
    found = set()
    for capd in set(_uses_capd(row)):
        parts = [
            set(_encephalopathies(row, capd)),
            set(_consciousness_levels(row, capd)),
            set(_seizures(row)),
            set(_motors(row)),
            set(_edemas(row)),
        ]
        found |= {max(levels) for levels in product(*parts)}
    return min(found), 5 if _known(row, "death_cause") is None else max(found)


def crs_grade(death: bool, fever: bool, earlier: bool, masking: bool, support: int) -> tuple[int, int]:
    """The CRS grade of a complete state; an interval only where C10 leaves it open.

    support  the worse level of hypotension and hypoxia
    """
    if death:
        return 5, 5
    if fever:
        return max(1, support), max(1, support)
    if not earlier:
        return 0, 0
    return (support if masking else 0), support


def pressure_level(other_cause: bool, drugs: Iterable[str], hypotensive: bool) -> int:
    """0, 2, 3 or 4: hypotension and the vasopressors it needs (C1: vasopressin alone is one, inotropes none)."""
    running = set(drugs)
    counted = len(running & set(COUNTED))
    if other_cause:
        return 0
    if counted:
        return 4 if counted > 1 else 3
    if "vasopressin" in running:
        return 3
    return 2 if hypotensive else 0


def systolic_limit(age: float) -> float:
    """The systolic pressure below which a patient of so many years is hypotensive, mmHg."""
    if age <= 28 / 365.25:
        return 60
    if age < 1:
        return 70
    return min(90, 70 + 2 * int(age)) if age <= 10 else 90


def oxygen_level(other_cause: bool, device: str, flow: float, reason: str) -> int:
    """0, 2, 3 or 4: the oxygen support needed (C2: the flow decides for cannulae; C3: pressure only for hypoxia)."""
    if other_cause or device == "room_air":
        return 0
    if device in ("cpap", "bipap", "invasive_ventilation"):
        return 4 if reason == "hypoxia" else 0
    if device in ("nasal_cannula", "high_flow_nasal_cannula"):
        return 3 if flow > 6 else 2
    return 2 if device == "blow_by" else 3


def ice_grade(other_cause: bool, ice: int, baseline: int) -> int:
    """The grade of an ICE score by itself; C8: a score not below the baseline is none."""
    if other_cause or ice >= baseline or ice >= 10:
        return 0
    return 1 if ice >= 7 else 2 if ice >= 3 else 3


def capd_grade(other_cause: bool, capd: int, baseline: int) -> int:
    """The grade of a CAPD score by itself; C8: a score not above the baseline is none."""
    if other_cause or capd <= baseline or capd == 0:
        return 0
    return 3 if capd >= 9 else 1


def consciousness_level(wakes: str) -> int:
    """The grade of a level of consciousness that has no other cause."""
    return {"awake": 0, "to_voice": 2, "to_tactile": 3, "vigorous_tactile": 4, "unarousable": 4}[wakes]


def seizure_level(other_cause: bool, kind: str, minutes: float, repetitive: bool) -> int:
    """0, 3 or 4; exactly 5 minutes is not longer than 5; C12: so too for a seizure seen on EEG only."""
    if kind == "none" or other_cause:
        return 0
    return 4 if repetitive or minutes > 5 else 3


def edema_level(other_cause: bool, edema: str, pressure_signs: bool) -> int:
    """0, 3 or 4: oedema on imaging and signs of raised pressure."""
    if other_cause:
        return 0
    return 4 if pressure_signs else {"none": 0, "focal": 3, "diffuse": 4}[edema]


def ice_scores(row: Row) -> range:
    """Every ICE score the items (each 0 to its maximum) and a total, if written down, allow."""
    known = {name: _known(row, name) for name in ICE_ITEMS}
    least = sum(int(float(str(value))) for value in known.values() if value is not None)
    most = least + sum(ICE_ITEMS[name] for name, value in known.items() if value is None)
    return _with_total(least, most, _known(row, "ice_total"))


def capd_scores(row: Row) -> range:
    """Every CAPD score the answers and a total, if written down, allow; answers 1-4 count backwards."""
    answers = str(_known(row, "capd_item_responses") or "").replace(";", "")
    points = [CAPD_LETTERS.index(letter) for letter in answers]
    total = sum(4 - p for p in points[:4]) + sum(points[4:])
    return _with_total(total, total if points else 32, _known(row, "capd_total_0_32"))


def _with_total(least: int, most: int, total: object) -> range:
    if total is None:
        return range(least, most + 1)
    number = int(float(str(total)))
    # Items and total that contradict each other leave everything between them open.
    return range(number, number + 1) if least <= number <= most else range(min(least, number), max(most, number) + 1)


def _known(row: Row, name: str) -> object:
    value = row.get(name, ASSUMED.get(name))
    return None if value in ("", "na") else value


def _number(row: Row, name: str) -> float | None:
    value = _known(row, name)
    return None if value is None else float(str(value))


def _words(row: Row, name: str, *every: str) -> tuple[str, ...]:
    value = _known(row, name)
    return every if value is None else (str(value),)


def _yes_or_no(row: Row, name: str, yes: str) -> tuple[bool, ...]:
    value = _known(row, name)
    return (False, True) if value is None else (value == yes,)


def _fevers(row: Row) -> set[bool]:
    temperature = _number(row, "temp_c")
    hot = (False, True) if temperature is None else (temperature >= 38.0,)
    return {t and not other for t in hot for other in _yes_or_no(row, "fever_other_cause", "yes")}


def _maskings(row: Row) -> set[bool]:
    return {word != "none" for word in _words(row, "fever_masking_therapy", "none", "tocilizumab")}


def _ages(row: Row) -> tuple[float, ...]:
    age = _number(row, "age_years")
    return AGES if age is None else (age,)


def _hypotensives(row: Row) -> set[bool]:
    """C4: the clinician's word; without it the systolic pressure; without that, in adults, a low mean pressure."""
    systolic, mean = _number(row, "sbp_mmhg"), _number(row, "map_mmhg")
    if _known(row, "hypotension") is not None:
        return set(_yes_or_no(row, "hypotension", "yes"))
    if systolic is not None:
        return {systolic < systolic_limit(age) for age in _ages(row)}
    if mean is not None and mean < 65 and all(age >= 18 for age in _ages(row)):
        return {True}
    return {False, True}


def _pressures(row: Row) -> Iterable[int]:
    every = ("none", "vasopressin", "norepinephrine", "norepinephrine;epinephrine")
    for other in _yes_or_no(row, "hypotension_other_cause", "yes"):
        for drugs in _words(row, "vasoactive_drugs", *every):
            for hypotensive in _hypotensives(row):
                yield pressure_level(other, drugs.split(";"), hypotensive)


def _oxygens(row: Row) -> Iterable[int]:
    devices = ("room_air", "blow_by", "nasal_cannula", "face_mask", "cpap")
    flow = _number(row, "oxygen_flow_l_min")
    for other in _yes_or_no(row, "hypoxia_other_cause", "yes"):
        for device in _words(row, "oxygen_device", *devices):
            for litres in (2.0, 15.0) if flow is None else (flow,):
                for reason in _words(row, "positive_pressure_reason", "procedure", "hypoxia"):
                    yield oxygen_level(other, device, litres, reason)


def _uses_capd(row: Row) -> Iterable[bool]:
    """C9: CAPD below 12 years and with developmental delay, ICE for everybody else."""
    for age in _ages(row):
        for delay in _yes_or_no(row, "developmental_delay", "yes"):
            yield age < 12 or delay


def _encephalopathies(row: Row, capd: bool) -> Iterable[int]:
    test, most = ("capd", 32) if capd else ("ice", 10)
    baseline = _number(row, f"{test}_baseline_total")
    for other in _yes_or_no(row, f"{test}_other_cause", "yes"):
        for before in range(most + 1) if baseline is None else (int(baseline),):
            for score in capd_scores(row) if capd else ice_scores(row):
                yield (capd_grade if capd else ice_grade)(other, score, before)


def _consciousness_levels(row: Row, capd: bool) -> Iterable[int]:
    """C6: with another cause 0 where the test was done, and anything where it was not."""
    tests = ("capd_total_0_32", "capd_item_responses") if capd else ("ice_total", *ICE_ITEMS)
    done = any(_known(row, name) is not None for name in tests)
    every = ("awake", "to_voice", "to_tactile", "unarousable")
    for wakes in _words(row, "consciousness", *every):
        for other in _yes_or_no(row, "consciousness_other_cause", "yes"):
            if wakes == "awake" or not other:
                yield consciousness_level(wakes)
            else:
                yield from (0,) if done else (0, 4)


def _seizures(row: Row) -> Iterable[int]:
    minutes = _number(row, "seizure_longest_min")
    for other in _yes_or_no(row, "seizure_other_cause", "yes"):
        for kind in _words(row, "seizure_type", "none", "clinical_focal"):
            for longest in (1.0, 9.0) if minutes is None else (minutes,):
                for repetitive in _yes_or_no(row, "seizure_repetitive_no_return", "yes"):
                    yield seizure_level(other, kind, longest, repetitive)


def _motors(row: Row) -> Iterable[int]:
    for other in _yes_or_no(row, "motor_other_cause", "yes"):
        for deep in _yes_or_no(row, "motor_deficit", "deep_focal"):
            yield 4 if deep and not other else 0


def _edemas(row: Row) -> Iterable[int]:
    for other in _yes_or_no(row, "edema_or_icp_other_cause", "yes"):
        for edema in _words(row, "edema_on_imaging", "none", "focal", "diffuse"):
            for signs in _words(row, "raised_icp_signs", "none", "papilledema"):
                yield edema_level(other, edema, signs != "none")
