"""Plain data from YAML is what PyYAML itself gives, for every file of the package and for what is unusual."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from icans.plain_yaml import LINE, lined, load

FILES = sorted((Path(__file__).parents[1] / "src" / "icans").rglob("*.yaml"))


def without_lines(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_lines(v) for key, v in value.items() if key != LINE}
    return [without_lines(v) for v in value] if isinstance(value, list) else value


@pytest.mark.parametrize("file", FILES, ids=lambda p: p.name)
def test_a_file_of_the_package_reads_as_with_pyyaml(file: Path):
    text = file.read_text("utf-8")
    expected = list(yaml.safe_load_all(text))
    found = without_lines(lined(text))
    assert found == expected
    assert repr(found) == repr(expected), "1, 1.0 and true are equal in Python, but not the same"


@pytest.mark.parametrize(
    "text",
    [
        "a: [yes, no, ~, 012, 0x1F, 1e3, 1.5e+3, .inf, 1_000, 12:30:45, 2026-03-02, '7', \"x\", on]",
        "one: &x {a: 1}\ntwo: *x\nthree: {<<: *x, b: 2}",
        "a: !!str 5\nb: !!set {x, y}\nc: !!binary aGk=",
        "? [1, 2]\n: pair",
        "a: 1\na: 2",
        "",
        "just words",
        "a: |\n  two\n  lines\nb: >\n  folded\n  words",
    ],
)
def test_unusual_yaml_reads_as_with_pyyaml(text: str):
    def read(reader: Any) -> str:
        try:
            return repr(reader(text))
        except yaml.YAMLError as error:
            return type(error).__name__

    assert read(load) == read(yaml.safe_load)


def test_every_mapping_knows_its_line_and_an_alias_stays_the_same_object():
    [found] = lined("a: 1\nb:\n  c: &x {d: 2}\n  e: *x\n")
    assert (found[LINE], found["b"][LINE], found["b"]["c"][LINE]) == (1, 3, 3)
    assert found["b"]["e"] is found["b"]["c"]


def test_a_key_given_twice_is_named_with_its_line():
    with pytest.raises(yaml.YAMLError, match="'a' is there twice") as caught:
        lined("b: 1\nc:\n  a: 1\n  a: 2\n")
    assert caught.value.problem_mark.line == 3  # type: ignore[attr-defined]


def test_broken_yaml_is_told_as_pyyaml_tells_it():
    with pytest.raises(yaml.YAMLError) as expected:
        yaml.safe_load("a: [1, 2")
    with pytest.raises(yaml.YAMLError) as caught:
        lined("a: [1, 2")
    assert type(caught.value) is type(expected.value)
