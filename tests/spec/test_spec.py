"""Runs every case of the YAML files beside it: one patient, one or more scales, the grades a source gives.

A file is a list of cases, or a mapping with `given` (blocks that the cases merge in) and `cases`. A case:

    name      a sentence a clinician would agree or disagree with
    source    where the expected grade comes from
    scale     one scale, with `output`; or `scales`, a mapping of scale to output
    input     item -> value in words (a feature: a number, or [lowest, highest]); what is left out was not recorded
    output    a grade, [lowest, highest], or a mapping with min, max, value, band; a grade may also say why:
              decided_by (rules), unknown (items that could change it), convention (switches that decided),
              assumed (switches by which something was taken for granted), notices
    switch    conventions to change, {C1: off}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from icans.grading.answer import Answer
from icans.grading.conventions import switches
from icans.grading.explain import explain
from icans.grading.features import features
from icans.grading.grade import grade_scale
from icans.grading.library import scale_named, scales, vocabulary
from icans.grading.score import score
from icans.record.catalogue import catalogue
from icans.record.timeline import typed
from icans.rules.vocabulary import hi, lo

HERE = Path(__file__).parent
REASONS = {"decided_by", "unknown", "convention", "assumed", "notices"}


def cases() -> Iterator[Any]:
    for path in sorted(HERE.glob("*.yaml")):
        content = yaml.safe_load(path.read_text("utf-8"))
        for case in content["cases"] if isinstance(content, dict) else content:
            expected = case["scales"] if "scales" in case else {case["scale"]: case["output"]}
            for scale, output in expected.items():
                yield pytest.param(case, scale, output, id=f"{path.stem}: {case['name']} [{scale}]")


def state(given: Mapping[str, Any]) -> pl.DataFrame:
    """A table of one row, typed as a table of states."""
    columns: dict[str, pl.Expr] = {}
    for name, value in given.items():
        if name in features():
            ends = value if isinstance(value, list) else [value, value]
            columns |= {end: pl.lit(e, dtype=pl.Float64) for end, e in zip((lo(name), hi(name)), ends, strict=True)}
        else:
            item = catalogue()[name]
            number = None if value is None else item.encode(";".join(value) if isinstance(value, list) else value)
            columns[name] = typed(pl.lit(number, dtype=pl.Float64), item)
    return pl.select([column.alias(name) for name, column in columns.items()])


@pytest.mark.parametrize(("case", "scale", "output"), list(cases()))
def test_case(case: Mapping[str, Any], scale: str, output: Any) -> None:
    assert case.get("source"), "a case says where its grade comes from"
    changed = {name: bool(position) for name, position in case.get("switch", {}).items()}
    found = scale_named(scale, changed)
    if found.kind == "score":
        check_score(case["input"], found, changed, output)
        return
    low, high = grade_scale(state(case["input"]), found, switches(changed)).row(0)
    wanted = output if isinstance(output, list) else [output, output]
    if isinstance(output, dict):
        wanted = [output["min"], output["max"]]
    assert [low, high] == wanted
    if isinstance(output, dict) and output.keys() & REASONS:
        check_reasons(explain(state(case["input"]), scale, conventions=changed), output)


def check_reasons(answer: Answer, output: Mapping[str, Any]) -> None:
    """Each list of the case is the whole list of the answer, in any order."""
    found = {
        "decided_by": [hit.id for hit in answer.decided_by],
        "unknown": [what.item for what in answer.what_if],
        "convention": [name for name, _ in answer.conventions],
        "assumed": [words[words.rindex("(") + 1 : -1] for words in answer.assumed],
        "notices": [hit.id for hit in answer.notices],
    }
    for reason in output.keys() & REASONS:
        assert sorted(found[reason]) == sorted(output[reason]), reason


def check_score(given: Mapping[str, Any], scale: Any, changed: Mapping[str, bool], output: Any) -> None:
    """Scores are given to as many digits as the source prints: half a unit of the third decimal is let pass."""
    found = score(state(given), scale, conventions=changed)
    wanted = output if isinstance(output, dict) else {"value": output}
    if "value" in wanted:
        wanted = {**wanted, "min": wanted["value"], "max": wanted["value"]}
    for end, number in (("min", found.min), ("max", found.max)):
        if wanted[end] is None:
            assert number is None
        else:
            assert number == pytest.approx(wanted[end], abs=5e-4)
    if "band" in wanted:
        assert found.band == wanted["band"]


def test_every_scale_has_cases() -> None:
    asked = {param.values[1] for param in cases()}
    assert {scale.name for scale in scales()} - asked == set()


def test_every_name_of_a_case_exists() -> None:
    used = {name for param in cases() for name in param.values[0]["input"]}
    assert used - set(vocabulary()) == set()
