"""A review as a PDF for the paper chart: A4, tagged, PDF/UA. Needs the extra `icans[serve]`.

from icans.report.pdf import pdf
Path("review.pdf").write_bytes(pdf(review, printed_by="Night nurse", printed_at=datetime.now(UTC)))

The words of the record reach typst as data (JSON), never as its source: nothing that somebody typed is markup.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from types import ModuleType
from typing import TYPE_CHECKING, Any

from icans.errors import DataError
from icans.report.chart import course_chart
from icans.report.pdf_content import printed
from icans.report.plan_chart import plan_chart

if TYPE_CHECKING:
    from icans.guidance.monitoring.answer import Plan
    from icans.patient_review import Review

_STANDARD = "ua-1"
_LONGEST, _LONGEST_IN_CELL = 40, 18
"""Letters in a row that are left whole; a longer word may be broken, so that none of it runs off the paper."""
_TYPED_TABLES = ("answers", "entries")
_ATTEMPTS = 4
_UNPRINTABLE = (
    "Letters that no font here can print stand as [U+...], their number in Unicode. A font that has them helps."
)
# XML, and so a drawing, cannot hold the first; the last would turn the words beside them round.
_NO_SHAPE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
_SPACE = re.compile("[ \t-\r\x85\u2028\u2029]+")
_NO_GLYPH = re.compile(r'error: PDF/UA-1 error: the text `"(.*?)"` could not be displayed', re.DOTALL)


def pdf(
    review: Review,
    *,
    printed_by: str | None = None,
    printed_at: datetime | None = None,
    answers: Sequence[tuple[str, ...]] = (),
    entries: Sequence[tuple[str, ...]] = (),
    plan: Plan | None = None,
    title: str | None = None,
    chart: str | None = None,
) -> bytes:
    """The document as bytes; the same review and arguments give the same bytes.

    printed_by  who printed it, for the foot of every page
    printed_at  when, with its time zone; also the date inside the file, where `review.now` stands without it
    answers     what was answered to the actions shown, as `pdf_content.ANSWER_COLUMNS` names the cells of a row
    entries     rows of the record for the end of the document, as `pdf_content.ENTRY_COLUMNS` names their cells
    plan        the monitoring plan after the infusion, for a sheet of its own near the end
    title       of the document, also above the name; 'Review of NAME' if not said
    chart       the review's `course_chart` where it was already drawn; drawn here where not

    Raises DataError where the package typst is not installed; ValueError where `printed_at` has no time zone.
    """
    if printed_at is not None and printed_at.tzinfo is None:
        raise ValueError("printed_at needs a time zone")
    typst = _typst()
    drawings = {"chart": course_chart(review) if chart is None else chart}
    if plan is not None:
        drawings["plan"] = plan_chart(plan)
    words = printed(
        review, drawings, title=title, printed_by=printed_by, printed_at=printed_at, answers=answers, entries=entries,
        plan=plan,
    )  # fmt: skip
    return _set(typst, words, drawings, int((printed_at or review.now).timestamp()))


def _set(typst: ModuleType, words: dict[str, Any], drawings: Mapping[str, str], timestamp: int) -> bytes:
    """Set the document. PDF/UA forbids a letter without a shape, so such letters are spelled as their number."""
    words, drawn = _mapped(words, _on_one_line), _mapped(drawings, _on_one_line)
    cells = {name: _mapped(words[name], lambda said: _breakable(said, _LONGEST_IN_CELL)) for name in _TYPED_TABLES}
    words = {**_mapped(words, _breakable), "title": words["title"], **cells}
    for _ in range(_ATTEMPTS):
        try:
            return typst.compile(
                _template(), font_paths=_fonts(), sys_inputs={"review": json.dumps(words), **drawn},
                pdf_standards=[_STANDARD], timestamp=timestamp,
            )  # fmt: skip
        except typst.TypstError as error:
            missing = _without_glyph(error.diagnostic)
            if not missing:
                raise
            words, drawn = (_mapped(held, lambda said, gone=missing: said.translate(gone)) for held in (words, drawn))
            words["notices"] = list(dict.fromkeys((*words["notices"], _UNPRINTABLE)))
    raise DataError("the PDF cannot be set: no font on this machine has the letters of this record")


def _without_glyph(diagnostic: str) -> dict[int, str]:
    """Letter -> how it is written instead, from the complaints of typst."""
    found = "".join(_NO_GLYPH.findall(diagnostic))
    found = re.sub(r"\\u\{([0-9a-f]+)\}", lambda m: chr(int(m[1], 16)), found)
    return {ord(c): f"[U+{ord(c):04X}]" for c in found if not c.isascii()}


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    """The same data with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _mapped(held, change) for key, held in value.items()}
    return [_mapped(held, change) for held in value] if isinstance(value, list | tuple) else value


def _on_one_line(said: str) -> str:
    """Text without control characters and line ends."""
    return _SPACE.sub(" ", _NO_SHAPE.sub("", said))


def _breakable(said: str, longest: int = _LONGEST) -> str:
    """A very long word gets places where it may be broken."""
    return re.sub(rf"\S{{{longest}}}(?=\S)", "\\g<0>\u200b", said)


@cache
def _template() -> bytes:
    return (files("icans.report") / "templates" / "review.typ").read_bytes()


@cache
def _fonts() -> Any:
    """The fonts inside typst and those of the machine, looked up once."""
    return _typst().Fonts()


def _typst() -> ModuleType:
    try:
        import typst
    except ImportError:
        raise DataError("a PDF needs one more package: pip install 'icans[serve]'") from None
    return typst
