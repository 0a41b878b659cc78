"""The files of the doses: what they must say, and the words of the error where one is broken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from icans.errors import RuleError
from icans.guidance.doses.describe import markdown
from icans.guidance.doses.library import drugs
from icans.guidance.doses.reading import read_doses
from icans.guidance.vocabulary import vocabulary
from icans.record.catalogue import drugs as record_drugs
from icans.rules.document import documents

PAGE = Path(__file__).parents[3] / "docs" / "doses.md"
TERMS = {name: vocabulary()[name] for name in ("weight", "age")}
GOOD = """\
drug: tocilizumab
label: Tocilizumab
sources: {S: a source}
schemes:
  - scheme: standard
    use: CRS
    unit: mg
    round: {to: 1, source: {key: S, where: r}, mark: convention}
    source: {key: S, where: x}
    mark: verified
    doses:
      - {when: weight >= 30, who: heavy, per_kg: 8, at_most: 800, source: {key: S, where: y}, mark: verified}
      - {who: light, per_kg: 12, source: {key: S, where: z}, mark: verified}
    steps:
      - {amount: 8, every_hours: 12, days: 3}
    notes:
      - {says: a note, source: {key: S, where: n}, mark: verified}
"""


def read(text: str) -> object:
    return read_doses(documents(text, "doses.yaml"), "doses.yaml", TERMS, {})


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("label: Tocilizumab\n", "", "line 1: tocilizumab: has no 'label'"),
        ("    unit: mg\n", "", "line 5: tocilizumab, standard: has no 'unit'"),
        ("    use: CRS\n", "", "line 5: tocilizumab, standard: has no 'use'"),
        ("label:", "lable:", "'lable' means nothing here"),
        ("at_most: 800", "max: 800", "line 12: tocilizumab, standard: 'max' means nothing here"),
        ("per_kg: 8,", "per_kg: 8, fixed: 10,", "needs 'who', and one of 'fixed', 'per_kg' and 'formula'"),
        ("per_kg: 8, ", "", "needs 'who', and one of 'fixed', 'per_kg' and 'formula'"),
        ("who: heavy, ", "", "needs 'who', and one of 'fixed', 'per_kg' and 'formula'"),
        ("per_kg: 8,", "per_kg: eight,", "'per_kg' is a number above 0"),
        ("per_kg: 8,", "per_kg: -8,", "'per_kg' is a number above 0"),
        ("per_kg: 8,", "per_kg: [12, 8],", "'per_kg' is a number, or two of them, the smaller one first"),
        ("per_kg: 8,", "per_kg: [8, 10, 12],", "'per_kg' is a number, or two of them, the smaller one first"),
        ("at_most: 800", "at_most: 0", "'at_most' is a number above 0"),
        ("weight >= 30", "weigth >= 30", "weigth"),
        ("weight >= 30", "temperature >= 30", "temperature"),
        ("when: weight >= 30, ", "", "a dose without 'when' is the last one: those below it are never reached"),
        ("where: y}, mark: verified", "where: y}, mark: sure", "mark is one of: verified, from memory, convention"),
        ("{key: S, where: y}", "{key: T, where: y}", "cites 'T', which is not among the sources of the file"),
        ("    source: {key: S, where: x}\n", "", "has no source {key: ..., where: ...}"),
        ("sources: {S: a source}", "sources: a source", "'sources' needs 'key: source' lines"),
        ("days: 3", "", "a step needs amount, every_hours, and either days or until"),
        ("says: a note, ", "", "has no 'says'"),
        ("{to: 1, source", "{source", "'round' is {to: a number, source: ..., mark: ...}"),
        ("mark: convention}", "mark: convention, convention: X1}", "names the convention 'X1', which is not declared"),
        ("unit: mg", "unit: mg\n    doses_24h: 2.5", "'doses_24h' is a whole number"),
    ],
)
def test_a_broken_file_says_what_is_wrong(old: str, new: str, words: str):
    read(GOOD)
    assert old in GOOD
    with pytest.raises(RuleError) as error:
        read(GOOD.replace(old, new, 1))
    assert any(problem.startswith("doses.yaml") and words in problem for problem in error.value.problems)


def test_a_drug_and_a_scheme_stand_once():
    with pytest.raises(RuleError, match="tocilizumab: is in the file twice"):
        read(f"{GOOD}---\n{GOOD}")
    scheme = GOOD[GOOD.index("  - scheme") :]
    with pytest.raises(RuleError, match="tocilizumab, standard: is the name of two schemes"):
        read(GOOD + scheme)


def test_all_mistakes_are_told_at_once():
    with pytest.raises(RuleError) as error:
        read(GOOD.replace("per_kg: 8", "per_kg: -8").replace("per_kg: 12", "per_kg: -12"))
    assert len(error.value.problems) == 2


def mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        for inner in value.values():
            yield from mappings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from mappings(inner)


def test_a_source_is_a_key_and_a_place_and_nothing_else():
    """A comma in a place that is not quoted would cut it off."""
    room = files("icans.guidance.doses")
    texts = [f.read_text("utf-8") for f in (*room.joinpath("drugs").iterdir(), *room.iterdir()) if ".yaml" in f.name]
    assert len(texts) >= 5
    for text in texts:
        for entry in (m for document in yaml.safe_load_all(text) for m in mappings(document)):
            if isinstance(entry.get("source"), Mapping):
                assert set(entry["source"]) == {"key", "where"}


def test_drugs_have_the_names_of_the_list_of_drugs():
    assert set(drugs()) <= set(record_drugs())


def test_no_name_means_two_drugs():
    names = [
        name.lower()
        for drug in drugs().values()
        for name in {
            drug.drug,
            *drug.synonyms,
            *(record_drugs()[drug.drug].synonyms if drug.drug in record_drugs() else ()),
        }
    ]
    assert len(names) == len(set(names))


def test_nothing_marked_as_unsure_is_held():
    schemes = drugs()["methylprednisolone"].schemes.values()
    assert not [b for s in schemes for b in s.bands if b.per_kg == (30.0, 30.0)]  # high dose for children
    every = [b for s in drugs()["levetiracetam"].schemes.values() for b in s.bands]
    assert not [
        b for b in every if b.per_kg == (10.0, 10.0) or b.fixed == (500.0, 750.0)
    ]  # children; range of practice
    assert list(drugs()["anakinra"].schemes) == ["nccn"]  # the series
    assert all(drugs()[name].unsure for name in ("methylprednisolone", "levetiracetam", "anakinra"))


def test_the_page_is_as_the_files_are():
    again = "write it again: python -m icans.guidance.doses.describe > docs/doses.md"
    assert PAGE.read_text("utf-8") == markdown(), again


def test_every_scheme_is_on_the_page():
    page = markdown()
    for drug in drugs().values():
        part = page[page.index(f"(`{drug.drug}`)") :]
        assert [s for s in drug.schemes if f"| `{s}` |" not in part] == []


def test_the_python_of_the_page_runs_as_it_says():
    block = re.search(r"```python\n(.*?)```", markdown(), re.DOTALL)
    assert block is not None
    names: dict[str, Any] = {}
    for line in block[1].splitlines():
        if line.startswith(("import", "from")):
            exec(line, names)
        elif "# " in line and line.partition("# ")[2][0] in "('":
            call, _, says = line.partition("# ")
            assert eval(call, names) == eval(says)
