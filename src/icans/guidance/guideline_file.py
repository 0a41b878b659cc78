"""A guideline file: from YAML to a guideline, checked as a whole, with every mistake told at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from icans.grading.library import names as scale_names
from icans.grading.scale import SWITCH
from icans.guidance.actions import DETAILS, actions
from icans.guidance.cited import read_cited
from icans.guidance.document import sources_of
from icans.guidance.guideline import COMMON, LISTS, RUNNING, STRENGTHS, Guideline, Rule, Told
from icans.record.catalogue import catalogue, nearest, products
from icans.rules.definition import Definition, read_definition
from icans.rules.document import Mistakes, Reader
from icans.rules.vocabulary import Term, Vocabulary

_KEYS = (
    "guideline", "revision", "family", "title", "citation", "jurisdiction", "products", "in_force", "grades",
    "grades_note", "taken", "rows_of", "sources", "define", "rules", "lists", "unsure",
)  # fmt: skip
_NEEDED = ("guideline", "revision", "title", "citation", "jurisdiction", "in_force", "grades", "sources")
_RULE = (
    "id", "part", "when", "strength", "actions", "says", "source", "mark", "convention", "instead_of", "note",
)  # fmt: skip


def read_guideline(
    raw: dict[str, Any], file: str, vocabulary: Vocabulary, switches: Mapping[str, bool | None],
    common: Guideline | None = None,
) -> Guideline:  # fmt: skip
    """A guideline from its YAML, with the common rules put in. Raises RuleError with every mistake, a line each."""
    mistakes = Mistakes(file)
    name = str(raw.get("guideline", "a guideline without a name"))
    for key in _NEEDED:
        if key not in raw:
            mistakes.add(f"has no '{key}'", raw, name)
    if "revision" in raw and not isinstance(raw["revision"], int):
        mistakes.add("revision is a whole number", raw, name)
    declared = {d.name: _term(d) for d in common.definitions} if common else {}
    reader = Reader({**vocabulary, **declared}, switches, sources_of(raw, mistakes, name), mistakes)
    reader.only(raw, _KEYS, name)
    definitions = [read_definition(entry, reader) for entry in reader.entries(raw, "define", name)]
    rules = [_rule(entry, reader) for entry in reader.entries(raw, "rules", name)]
    listed = [_list(entry, reader) for entry in reader.entries(raw, "lists", name)]
    for twice in sorted({n for n, _ in listed if [m for m, _ in listed].count(n) > 1}):
        mistakes.add("the list is there twice", raw, twice)
    lists = dict(listed)
    _check_whole(raw, rules, lists, reader, name)
    taken = _taken(raw, mistakes, name)
    mistakes.check()
    return Guideline(
        name, int(raw["revision"]), str(raw.get("family", "")), str(raw["title"]), str(raw["citation"]).strip(),
        str(raw["jurisdiction"]), tuple(raw.get("products") or ()), tuple(raw["in_force"]), _plain(raw["grades"]),
        str(raw.get("grades_note", "")).strip(), taken,
        (*(common.definitions if common else ()), *(d for d in definitions if d)),
        (*(common.rules if common else ()), *rules), {**lists, **(common.lists if common else {})},
        tuple(raw.get("unsure") or ()),
        frozenset(SWITCH.findall(str(raw))) | (common.switches if common else frozenset()),
    )  # fmt: skip


def _taken(raw: Mapping[str, Any], mistakes: Mistakes, name: str) -> dict[str, str]:
    """item -> word that is taken for granted; a name or word that the catalogue does not have is noted."""
    found = _plain(raw.get("taken") or {})
    for item, word in found.items():
        if item not in catalogue():
            mistakes.add(f"takes '{item}', which is no item.{nearest(item, catalogue())}", raw, name)
            continue
        try:
            catalogue()[item].encode(word)
        except ValueError as error:
            mistakes.add(f"takes a value that cannot be: {error}", raw, name)
    return found


def _plain(raw: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in raw.items() if not key.startswith("__")}


def _term(definition: Definition) -> Term:
    is_number = definition.ladder is not None or (definition.node is not None and definition.node.kind == "number")
    return Term(definition.name, "number" if is_number else "yes_no", span=is_number)


def _rule(entry: dict[str, Any], reader: Reader, listed: str = "") -> Rule:
    name = str(entry.get("id", "a rule without an id"))
    reader.only(entry, _RULE, name)
    for key in ("id", "strength", "says"):
        if key not in entry:
            reader.mistakes.add(f"has no '{key}'", entry, name)
    strength = str(entry.get("strength", "NONE"))
    allowed = (*STRENGTHS, "NONE") if listed else STRENGTHS
    if "strength" in entry and strength not in allowed:
        reader.mistakes.add(f"strength is one of: {', '.join(allowed)}", entry, name)
    if entry.get("part", "all") not in ("crs", "icans", "all"):
        reader.mistakes.add("part is crs, icans or all", entry, name)
    told = tuple(_told(entry, reader, name))
    if not told and strength in STRENGTHS and isinstance(entry.get("actions", []), list):
        reader.mistakes.add(
            "tells no action; write 'strength: NONE' in a list where nothing is to be done", entry, name
        )
    if entry.get("strength") == "NONE" and told:
        reader.mistakes.add("has strength NONE and yet tells an action", entry, name)
    if entry.get("instead_of", "steroid") != "steroid":
        reader.mistakes.add("instead_of is steroid, the only regimen that is replaced", entry, name)
    when = reader.truth(entry["when"], entry, name) if "when" in entry else None
    return Rule(
        name, str(entry.get("part", "all")), when, " ".join(str(entry.get("when", "")).split()), strength, told,
        str(entry.get("says", "")).strip(), read_cited(entry, reader, name), listed, str(entry.get("instead_of", "")),
    )  # fmt: skip


def _told(entry: Mapping[str, Any], reader: Reader, name: str) -> Iterator[Told]:
    given = entry.get("actions") or []
    if not isinstance(given, list):
        reader.mistakes.add("'actions' is a list of codes", entry, name)
        return
    for told in given:
        code = str(told.get("code", "")) if isinstance(told, Mapping) else str(told)
        if code not in actions():
            reader.mistakes.add(
                f"tells the action '{code}', which is not listed.{nearest(code, actions())}", entry, name
            )
        if isinstance(told, Mapping):
            reader.only(told, ("code", *DETAILS), name)
            yield Told(code, {key: str(told[key]) for key in DETAILS if key in told})
        else:
            yield Told(code, {})


def _list(entry: dict[str, Any], reader: Reader) -> tuple[str, tuple[Rule, ...]]:
    name = str(entry.get("name", "a list without a name"))
    reader.only(entry, ("name", "label", "entries", "note"), name)
    if name not in (*LISTS, RUNNING):
        reader.mistakes.add(f"the lists are: {', '.join(LISTS)}", entry, name)
    raw = reader.entries(entry, "entries", name)
    for one in raw[:-1]:
        if "when" not in one:
            reader.mistakes.add("always holds, so the entries below it are never reached", one, str(one.get("id")))
    if not raw or "when" in raw[-1]:
        reader.mistakes.add("the last entry has a 'when': what if none holds? End with one that has none", entry, name)
    return name, tuple(_rule(one, reader, name) for one in raw)


def _check_whole(
    raw: Mapping[str, Any], rules: Sequence[Rule], lists: Mapping[str, Sequence[Rule]], reader: Reader, name: str
) -> None:
    mistakes = reader.mistakes
    seen: set[str] = set()
    for rule in (*rules, *(rule for entries in lists.values() for rule in entries)):
        if rule.id in seen:
            mistakes.add("the id is used twice", None, rule.id)
        seen.add(rule.id)
    if name != COMMON and (absent := [one for one in LISTS if one not in lists]):
        mistakes.add(f"has no list {', '.join(absent)}; each guideline answers all of: {', '.join(LISTS)}", raw, name)
    for product in raw.get("products") or ():
        if product not in products():
            mistakes.add(
                f"names the product '{product}', which is not listed.{nearest(product, products())}", raw, name
            )
    _check_grades_and_days(raw, mistakes, name)


def _check_grades_and_days(raw: Mapping[str, Any], mistakes: Mistakes, name: str) -> None:
    grades = raw.get("grades")
    for outcome in ("crs", "icans") if "grades" in raw else ():
        scale = grades.get(outcome) if isinstance(grades, Mapping) else None
        if scale not in scale_names():
            mistakes.add(f"grades: {outcome} needs the name of a scale, as `icans scales` lists them", raw, name)
    if "in_force" not in raw:
        return
    force = raw["in_force"]
    if not isinstance(force, list) or len(force) != 2 or not all(_is_day(day) for day in force):
        mistakes.add("in_force is [first day, day of its end], days as 2021-11-01, null where not known", raw, name)
    elif force[0] and force[1] and force[1] <= force[0]:
        mistakes.add("in_force ends before it starts", raw, name)


def _is_day(value: object) -> bool:
    return value is None or isinstance(value, date)
