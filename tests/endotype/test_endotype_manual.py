"""The manual page of the endotypes is made from the file, and says all of it."""

from __future__ import annotations

from pathlib import Path

from icans.endotype.describe import markdown
from icans.endotype.table import table

PAGE = Path(__file__).parents[2] / "docs" / "endotypes.md"


def test_the_page_is_as_the_file_is():
    assert PAGE.read_text("utf-8") == markdown(), (
        "write it again: python -m icans.endotype.describe > docs/endotypes.md"
    )


def test_every_marker_hypothesis_caution_and_gap_is_on_the_page():
    known, page = table(), " ".join(markdown().split())
    wanted = [f"`{m.item}`" for m in known.markers] + [f"`{h.id}`" for h, _ in known.hypotheses]
    wanted += [" ".join(words.split()) for words in (*known.cautions, *known.unsure)]
    assert [words for words in wanted if words not in page] == []


def test_every_marker_and_hypothesis_has_a_source_and_a_mark():
    known = table()
    for cited in [*(m.cited for m in known.markers), *(h.cited for h, _ in known.hypotheses)]:
        assert cited.source
        assert cited.mark in ("verified", "from memory", "convention")
