"""One patient's advice: the rules that hold now, joined, with reasons, doses, and what decides the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import polars as pl

from icans.grading.conventions import conventions as all_conventions
from icans.grading.conventions import switches
from icans.grading.wording import value_words
from icans.guidance.actions import STEROID, Action, actions
from icans.guidance.advice import Advice, Advised, Reason
from icans.guidance.answer import Answer, Resolved
from icans.guidance.deciding import Settled, settled
from icans.guidance.doses import Caution, Dose, cautions, dose_in
from icans.guidance.doses.library import doses_of
from icans.guidance.doses.library import drugs as doses_held
from icans.guidance.evaluate import taken, with_grades, with_taken
from icans.guidance.guideline import Guideline, Rule
from icans.guidance.resolve import FORBIDDEN
from icans.guidance.response import settings
from icans.guidance.situation import Situation
from icans.guidance.truth import known, names
from icans.guidance.vocabulary import GRADES
from icans.record.catalogue import drugs as record_drugs
from icans.rules.expression import Node, terms
from icans.rules.vocabulary import hi, lo

_DEATH = 5
NO_DOSE = "no dose for a child is held here"


def advise(
    situation: Situation, guideline: Guideline, *, conventions: Mapping[str, bool] | None = None, by_cases: bool = True
) -> Advice:
    """What a guideline says of one patient at the moment of the situation.

    conventions  switches to change; the guideline must have been read with the same
    by_cases     False: by the rules alone (see `deciding.settled`), for an answer that has to come at once
    """
    positions = switches(conventions)
    assumed = taken(guideline, situation.state.columns, positions)
    state = with_taken(_graded(situation.state, guideline, positions), guideline, positions)
    grades = {outcome: (int(state[lo(outcome)][0]), int(state[hi(outcome)][0])) for outcome in GRADES}
    cause = state["death_cause"][0] if "death_cause" in state.columns else None
    if cause not in (None, "none") or any(low >= _DEATH for low, _ in grades.values()):
        return _empty(situation, guideline, grades)
    found = settled(state, guideline, by_cases=by_cases)
    told = tuple(_advised(one, state, guideline, found) for one in found.answer.actions)
    return _advice(
        situation, guideline, grades, found.answer, told, tuple(_taken(assumed)), _cautions(situation, state, told)
    )


def _advice(
    situation: Situation, guideline: Guideline, grades: Mapping[str, tuple[int, int]], answer: Answer,
    told: tuple[Advised, ...], assumed: tuple[str, ...], warned: tuple[Caution, ...],
) -> Advice:  # fmt: skip
    return Advice(
        guideline.name, guideline.revision, guideline.title, guideline.citation, grades, guideline.grades_note, told,
        answer.tocilizumab, answer.steroid, answer.icu, assumed, warned, (), _running(situation),
        situation.now, situation.day,
    )  # fmt: skip


def _running(situation: Situation) -> str:
    """The steroid that runs, in words; of a regimen that has no name the drug and its newest dose."""
    regimen = situation.known("current_steroid")
    if regimen in (None, "none"):
        return ""
    steroids = [drug.name for drug in record_drugs().values() if "steroid" in drug.classes]
    given = situation.records.therapies.filter(pl.col("drug").is_in(steroids)).sort("start")
    if regimen != "other" or given.is_empty():
        return value_words("current_steroid", regimen)
    last = given.row(-1, named=True)
    amount = f" {last['dose']:g} {last['unit'] or ''}".rstrip() if last["dose"] is not None else ""
    return f"{record_drugs()[last['drug']].label.lower()}, last dose{amount}"


def _empty(situation: Situation, guideline: Guideline, grades: Mapping[str, tuple[int, int]]) -> Advice:
    return _advice(situation, guideline, grades, Answer((), (), (), ()), (), (), ())


def _graded(state: pl.DataFrame, guideline: Guideline, positions: Mapping[str, bool]) -> pl.DataFrame:
    """The state with the grades of the guideline's own scales; those it has are by ASTCT 2019."""
    if set(guideline.grades.values()) == {"astct-2019-crs", "astct-2019-icans"}:
        return with_grades(state, guideline, positions)
    return with_grades(state.drop([end for g in GRADES for end in (lo(g), hi(g))], strict=False), guideline, positions)


def _taken(assumed: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    for convention in dict.fromkeys(c for _, c in assumed.values()):
        yield f"{all_conventions()[convention].when_on} ({convention})"


def _advised(one: Resolved, state: pl.DataFrame, guideline: Guideline, found: Settled) -> Advised:
    action, forbidden = actions()[one.code], one.strength == FORBIDDEN
    words, arithmetic = ("", "") if forbidden else _dose(action, one.rules, state)
    label, does = (action.label, action.does) if words != NO_DOSE else _without_dose(action)
    return Advised(
        action.code, label, does, one.strength, one.most, one.certain, action.tier, words, arithmetic,
        next((rule.instead_of for rule in one.rules if rule.instead_of), ""),
        tuple(_reason(rule, state, guideline, found.row[rule.id] is True) for rule in one.rules),
        found.decided.get((one.code, forbidden), ()), action.cited,
    )  # fmt: skip


def _without_dose(action: Action) -> tuple[str, str]:
    """What an action is called where its dose is one for adults and the patient a child: no such number is shown."""
    name = (action.details.get("drug") or action.label).replace("_", " ").capitalize()
    what = f"{name}, dose for a child by the local protocol"
    return (what, f"{name}; the guideline's regimen is one for adults") if action.kind == STEROID else (what, what)


def _reason(rule: Rule, state: pl.DataFrame, guideline: Guideline, certain: bool) -> Reason:
    told = known(state, asked_by(rule.id, guideline))
    return Reason(rule.id, rule.says, rule.strength, certain, told, rule.cited)


@cache
def asked_by(rule: str, guideline: Guideline) -> tuple[str, ...]:
    """The items and grades a rule asks for, also by the definitions it rests on."""
    when = next(one.when for one in guideline.every_rule() if one.id == rule)
    found: list[Node] = [] if when is None else [when]
    waiting = list(found)
    own = {d.name: d for d in guideline.definitions}
    while waiting:
        for term in terms(waiting.pop()):
            if (definition := own.pop(term.name, None)) is not None:
                more = list(definition.nodes())
                found += more
                waiting += more
    return names(found)


def _dose(action: Action, rules: Sequence[Rule], state: pl.DataFrame) -> tuple[str, str]:
    """Dose and schedule in words, and the arithmetic where the amount depends on the patient."""
    overrides = [told.details for rule in rules for told in rule.told if told.code == action.code]
    details = {**action.details, **(overrides[0] if overrides else {})}
    amount = _for_this_patient(action, details, state)
    if _is_child(state) and "dose" in details and (amount is None or amount.low is None):
        return NO_DOSE, ""
    if amount is not None:
        details["dose"] = amount.words.removesuffix(f" {amount.route}").rstrip(";")
    order = ("dose", "route", "interval", "duration", "maximum")
    words = ", ".join(f"at most {details[k]}" if k == "maximum" else details[k] for k in order if k in details)
    return words, amount.arithmetic if amount is not None else ""


def _is_child(state: pl.DataFrame) -> bool:
    age = state["age"][0] if "age" in state.columns else None
    return age is not None and age < settings()["adult_from_years"]


def _for_this_patient(action: Action, details: Mapping[str, str], state: pl.DataFrame) -> Dose | None:
    """The dose by weight and age, where the drug has a scheme of this regimen; adults have the dose of the rule."""
    drug = details.get("drug")
    if drug is None or "dose" not in details or drug not in doses_held():
        return None
    schemes = doses_of(drug).schemes
    if action.kind != STEROID:
        return dose_in(state, drug, details["scheme"]) if "scheme" in details else dose_in(state, drug)
    scheme = details.get("scheme", action.code.lower())
    age = state["age"][0] if "age" in state.columns else None
    return (
        dose_in(state, drug, scheme)
        if (age is None or age < settings()["adult_from_years"]) and scheme in schemes
        else None
    )


def _cautions(situation: Situation, state: pl.DataFrame, told: Sequence[Advised]) -> tuple[Caution, ...]:
    """What the drugs that run, and those that are told, ask to be careful with."""
    given = situation.records.therapies.filter(
        pl.coalesce("end", "start") >= situation.now - pl.duration(hours=settings()["running_hours"]),
        pl.col("start") <= situation.now,
    )
    planned = [d for a in told if a.strength != "MUST_NOT" and (d := actions()[a.code].details.get("drug"))]
    return tuple(cautions(state, [*given["drug"].unique().to_list(), *planned]))
