"""The manual page of CRS and sepsis is made from the file, and every rule of it is there."""

from __future__ import annotations

from pathlib import Path

from icans.guidance.sepsis.describe import markdown
from icans.guidance.sepsis.table import table

PAGE = Path(__file__).parents[3] / "docs" / "sepsis.md"
IDS = [f"SEP-S{n}" for n in (1, 2, 3, 4)] + [f"SEP-R{n}" for n in (1, 2, 3)] + [f"SEP-{n}" for n in range(1, 11)]


def test_the_page_is_as_the_file_is():
    again = "write it again: python -m icans.guidance.sepsis.describe > docs/sepsis.md"
    assert PAGE.read_text("utf-8") == markdown(), again


def test_every_rule_line_rate_and_left_out_model_is_on_the_page():
    known = table()
    ids = [*(s.id for s in known.standing), *(r.id for r in known.rates), *(x.id for x in known.lines)]
    assert ids == IDS
    page = markdown()
    assert [name for name in ids if name not in page] == []
    assert [words for words in known.unsure if " ".join(words.split()) not in page] == []


def test_every_line_has_a_source_and_a_mark():
    known = table()
    for cited in [*(s.cited for s in known.standing), *(r.cited for r in known.rates), *(x.cited for x in known.lines)]:
        assert cited.source
        assert cited.mark in ("verified", "from memory", "convention")
