"""The manual page and the listing of the guidelines say all there is, as the files have it today."""

from __future__ import annotations

from pathlib import Path

import pytest

from icans.commands.guidelines import run
from icans.errors import DataError
from icans.guidance.actions import actions
from icans.guidance.describe import guideline_documents, markdown, rules_of
from icans.guidance.library import common_rules, guideline, names

PAGE = Path(__file__).parents[2] / "docs" / "guidelines.md"


def test_the_page_is_as_the_files_are():
    again = "write it again: python -m icans.guidance.describe > docs/guidelines.md"
    assert PAGE.read_text("utf-8") == markdown(), again


def test_every_guideline_rule_definition_action_and_omission_is_on_the_page():
    page = markdown()
    wanted = [f'<a id="{name}">' for name in names()]
    for one in (common_rules(), *(guideline(name) for name in names())):
        wanted += [f"`{rule.id}`" for rule in one.every_rule()]
        wanted += [f"`{definition.name}`" for definition in one.definitions]
        wanted += [f"- {' '.join(words.split())}" for words in one.unsure]
    wanted += [f"`{code}`" for code in actions()]
    assert [words for words in wanted if words not in page] == []


def test_every_line_of_a_file_has_a_source_and_a_mark():
    for document in guideline_documents():
        for rule in rules_of(document):
            assert rule["source"]["key"] in document["sources"], rule["id"]
            assert rule["mark"] in ("verified", "from memory", "convention"), rule["id"]


def test_no_id_is_used_in_two_guidelines():
    ids = [rule["id"] for document in guideline_documents() for rule in rules_of(document)]
    assert len(ids) == len(set(ids))


def test_what_only_this_platform_says_is_a_convention():
    for document in guideline_documents():
        for rule in rules_of(document):
            if rule["source"]["key"] == "platform":
                assert rule["mark"] == "convention", rule["id"]


def test_the_listing_has_each_guideline_with_its_evidence(capsys: pytest.CaptureFixture[str]):
    run(None)
    said = capsys.readouterr().out
    assert [name for name in (*names(), "common") if name not in said] == []
    assert "from memory" in said


def test_one_guideline_is_shown_with_every_line_and_what_is_left_out(capsys: pytest.CaptureFixture[str]):
    run("tecartus-label")
    said = " ".join(capsys.readouterr().out.split())
    one = guideline("tecartus-label")
    shared = {rule.id for rule in common_rules().rules}
    assert [rule.id for rule in one.every_rule() if rule.id not in shared and rule.id not in said] == []
    assert "ICANS grade of ASTCT 2019 stands in" in said
    assert "left out: Only the rows of CRS grades 1 and 2 were seen" in said
    # A rule's own dose is shown with its action.
    assert "Methylprednisolone 1000 mg a day (3 days)" in said


def test_a_family_shows_all_its_members_and_common_the_shared_rules(capsys: pytest.CaptureFixture[str]):
    run("label")
    said = capsys.readouterr().out
    assert {name for name in names() if name.endswith("-label") and name in said} == {
        name for name in names() if name.endswith("-label")
    }
    run("common")
    assert "PR-8" in capsys.readouterr().out


def test_a_wrong_name_says_what_there_is():
    with pytest.raises(DataError, match=r"there is no guideline 'asco'.*Known are: asco-2021"):
        run("asco")
