"""A pathway as a file says it: what starts it, its stages and their acts, variants, what runs beside, what never."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from icans.errors import DataError
from icans.guidance.doses.library import scheme_of
from icans.guidance.findings.criterion import Criterion, read_criterion
from icans.guidance.findings.files import File, opened
from icans.record.catalogue import catalogue

_KEYS = ("pathway", "title", "clock", "triggers", "watch", "stages", "variants", "beside", "never")


@dataclass(frozen=True)
class ActRule:
    """One thing to do: for whom, which doses (drug, scheme), and whether one of them is chosen."""

    criterion: Criterion
    doses: tuple[tuple[str, str], ...]
    choose_one: bool


@dataclass(frozen=True)
class StageRule:
    """A stretch of the pathway: from and to in minutes where it has a clock, for whom, and its acts."""

    criterion: Criterion
    start: float | None
    end: float | None
    acts: tuple[ActRule, ...]


@dataclass(frozen=True)
class PathwayRules:
    """The content of a file of `pathways/`.

    clock     the item that says at which minute the patient is; None for a pathway without minutes
    triggers  what starts it; watch: what starts its clock before any trigger holds
    beside    what runs in parallel; never: what must not be done
    """

    name: str
    title: str
    clock: str | None
    triggers: tuple[Criterion, ...]
    watch: tuple[Criterion, ...]
    stages: tuple[StageRule, ...]
    variants: tuple[StageRule, ...]
    beside: tuple[Criterion, ...]
    never: tuple[Criterion, ...]
    unsure: tuple[str, ...]

    def criteria(self) -> Iterator[Criterion]:
        """Every criterion of the pathway."""
        yield from (*self.triggers, *self.watch, *self.beside, *self.never)
        for stage in (*self.stages, *self.variants):
            yield stage.criterion
            yield from (act.criterion for act in stage.acts)

    def acts(self) -> Iterator[ActRule]:
        """Every act of stages and variants."""
        for stage in (*self.stages, *self.variants):
            yield from stage.acts


@cache
def pathway_rules(name: str) -> PathwayRules:
    """The pathway of a file of `pathways/`, such as 'status_epilepticus'. Raises RuleError listing all its mistakes."""
    return read_pathway(opened(f"pathways/{name}.yaml"))


def read_pathway(file: File) -> PathwayRules:
    """The pathway of an opened file. Raises RuleError listing all its mistakes."""
    file.only(_KEYS)
    raw, mistakes = file.raw, file.reader.mistakes
    for key in ("pathway", "title", "triggers", "stages"):
        if not raw.get(key):
            mistakes.add(f"has no '{key}'", raw, "the pathway")
    clock = raw.get("clock")
    if clock is not None and clock not in catalogue():
        mistakes.add("clock is an item that counts minutes", raw, "the pathway")
    triggers, watch, beside, never = (_criteria(file, key) for key in ("triggers", "watch", "beside", "never"))
    stages, variants = (tuple(_stages(file, key)) for key in ("stages", "variants"))
    _check_minutes(stages, file)
    file.check()
    return PathwayRules(
        str(raw["pathway"]), str(raw["title"]), clock, triggers, watch, stages, variants, beside, never,
        file.unsure,
    )  # fmt: skip


def _criteria(file: File, key: str) -> tuple[Criterion, ...]:
    return tuple(c for entry in file.reader.entries(file.raw, key, key) if (c := _criterion(entry, file, ())))


def _criterion(entry: dict[str, Any], file: File, more: tuple[str, ...]) -> Criterion | None:
    file.once(str(entry.get("id")), entry)
    return read_criterion(entry, file.reader, file.definitions, more, always=True)


def _stages(file: File, key: str) -> Iterator[StageRule]:
    for entry in file.reader.entries(file.raw, key, key):
        criterion = _criterion(entry, file, ("from", "to", "acts"))
        acts = tuple(_acts(entry, file))
        if not acts:
            file.reader.mistakes.add("has no acts", entry, str(entry.get("id")))
        start, end = (_minute(entry, end, file) for end in ("from", "to"))
        if criterion:
            yield StageRule(criterion, start, end, acts)


def _minute(entry: Mapping[str, Any], key: str, file: File) -> float | None:
    given = entry.get(key)
    if given is not None and not isinstance(given, int | float):
        file.reader.mistakes.add(f"'{key}' is a number of minutes", entry, str(entry.get("id")))
        return None
    return None if given is None else float(given)


def _check_minutes(stages: tuple[StageRule, ...], file: File) -> None:
    """Stages of a clock follow each other without gap or overlap."""
    timed = [s for s in stages if s.start is not None]
    for before, after in pairwise(timed):
        if before.end != after.start:
            file.reader.mistakes.add(
                f"begins at minute {after.start:g}, where the stage before it has to end", None, after.criterion.id
            )


def _acts(stage: Mapping[str, Any], file: File) -> Iterator[ActRule]:
    for entry in file.reader.entries(stage, "acts", str(stage.get("id"))):
        criterion = _criterion(entry, file, ("doses", "choose"))
        name = str(entry.get("id"))
        if entry.get("choose", "all") not in ("one", "all"):
            file.reader.mistakes.add("choose is one or all", entry, name)
        doses = tuple(_doses(entry, file, name))
        if criterion:
            yield ActRule(criterion, doses, entry.get("choose") == "one")


def _doses(entry: Mapping[str, Any], file: File, name: str) -> Iterator[tuple[str, str]]:
    for words in entry.get("doses") or ():
        drug, _, scheme = str(words).partition("/")
        try:
            scheme_of(drug, scheme)
        except DataError as error:
            file.reader.mistakes.add(f"'{words}' is no drug/scheme of the files of doses: {error}", entry, name)
            continue
        yield drug, scheme
