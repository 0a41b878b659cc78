"""The manual page of the scales says all there is, as the files have it today."""

from __future__ import annotations

from pathlib import Path

from icans.grading.conventions import conventions
from icans.grading.describe import markdown
from icans.grading.features import features
from icans.grading.library import scales

PAGE = Path(__file__).parents[2] / "docs" / "scales.md"


def test_the_page_is_as_the_files_are() -> None:
    again = "write it again: python -m icans.grading.describe > docs/scales.md"
    assert PAGE.read_text("utf-8") == markdown(), again


def test_every_scale_rule_feature_and_convention_is_on_the_page() -> None:
    page = markdown()
    wanted = [f'<a id="{scale.name}">' for scale in scales()]
    for scale in scales():
        ladders = (*scale.domains, *([scale.grade] if scale.grade else []))
        wanted += [f"`{entry.id}`" for ladder in ladders for entry in ladder.entries]
        wanted += [f"`{notice.id}`" for notice in scale.notices]
        wanted += [f"`{definition.name}`" for definition in scale.definitions]
    wanted += [f"`{name}`" for name in features()]
    wanted += [f"| {name} |" for name in conventions()]
    assert [words for words in wanted if words not in page] == []
