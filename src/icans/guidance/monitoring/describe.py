"""The manual page of the monitoring plan, written from its files: `python -m icans.guidance.monitoring.describe`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from importlib.resources import files

from icans.guidance.cited import Cited
from icans.guidance.monitoring.cells import BEFORE, Cell
from icans.guidance.monitoring.checks import CheckRow, table
from icans.guidance.monitoring.eligibility import lists
from icans.guidance.monitoring.precautions import OTHER, PrecautionRule, rules
from icans.guidance.monitoring.timing import Fit, opened, text_of, timings
from icans.guidance.monitoring.windows import windows

_FILES = ("products.yaml", "windows.yaml", "checks.yaml", "precautions.yaml", "eligibility.yaml")
_AT = {BEFORE: "before the infusion", 0: "no toxicity", 1: "grade 1", 2: "grade 2", 3: "grade 3 and above"}


def markdown() -> str:
    """The page, in Markdown."""
    text = files("icans.guidance.monitoring").joinpath("introduction.md").read_text("utf-8")
    parts = [text, _windows(), _timing(), _checks(), _regrade(), _limits(), _precautions(), _lists(), _left_out()]
    return "\n".join([*parts, _sources()])


def _table(title: str, head: str, rows: Iterable[Iterable[str]], under: str = "") -> str:
    columns = head.count("|") + 1
    body = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    lead = f"{under}\n\n" if under else ""
    return f"## {title}\n\n{lead}| {head} |\n|{'---|' * columns}\n{body}"


def _source(cited: Cited) -> str:
    """The source by its key, the place, the mark."""
    place = f", {cited.where}" if cited.where else ""
    return f"{_key(cited)}{place} | {cited.mark}"


def _key(cited: Cited) -> str:
    return cited.source if cited.source.startswith("a choice") else f"[{_short(cited.source)}](#sources)"


def _short(source: str) -> str:
    """The beginning of a source, as far as its first sign of punctuation."""
    ends = [source.find(sign) for sign in (":", ",", ";", "(") if sign in source]
    return source[: min(ends)].strip() if ends else source


def _days(days: tuple[float, float]) -> str:
    first, last = days
    if 0 <= first < last <= 3 and last < 1:
        return f"hours {first * 24:g} to {last * 24:g}"
    return f"days {first:g} to {last:g}".replace("-", "−")


def _fit(fit: Fit) -> str:
    return ", ".join(v for v in (fit.product, fit.target, fit.costimulation) if v) or "all"


def _windows() -> str:
    found, notes = windows()

    def rows() -> Iterator[list[str]]:
        for w in found:
            peaks = "; ".join(f"{_fit(fit)}: {_days(days)}" for fit, days in w.peaks)
            yield [f"`{w.id}`", _days(w.days), w.label, peaks, w.watch, _fit(w.fit), _source(w.cited)]

    head = "Id | When | Danger | Most to be expected | Watch | Products | Source | Mark"
    said = "\n".join(f"- {_fit(n.fit)}: {n.text} ({_source(n.cited).replace(' | ', '; ')})" for n in notes)
    return f"{_table('Windows', head, rows())}\n{said}\n"


def _timing() -> str:
    def rows() -> Iterator[list[str]]:
        for t in timings():
            for f in t.figures:
                what = {"any": "any grade", "severe": "grade 3 and above", "onset": "onset", "lasts": "lasts"}[f.what]
                of = {"crs": "CRS", "icans": "ICANS, neurotoxicity", "late": "late movement disorder"}[f.of]
                yield [t.product, t.population, f"{t.target}, {t.costimulation}", of, what, f.words, _source(f.cited)]

    under = "The scales of the sources differ, so percentages of two products are not compared."
    head = "Product | Population | Target | Toxicity | What | Value (range) | Source | Mark"
    return _table("Published rates and onsets", head, rows(), under)


def _checks() -> str:
    def rows() -> Iterator[list[str]]:
        for row in table().checks:
            for place, cell in enumerate(row.cells):
                yield [f"`{row.id}`" if place == 0 else "", *_cell(row, cell)]

    under = (
        "A line also holds at every higher grade. *By* is the grade that counts: that of CRS, of ICANS, or the higher "
        "of the two (either)."
    )
    head = "Check | What | By | Products | At | When | How often | Source | Mark"
    items = "\n".join(f"- `{r.id}`: {r.label}. {_shown_by(r)}{f' {r.note}.' if r.note else ''}" for r in table().checks)
    return f"{_table('Checks', head, rows(), under)}\n{items}\n"


def _cell(row: CheckRow, cell: Cell) -> list[str]:
    when = _days(cell.days) if cell.days else ""
    setting = f"; {cell.setting}" if cell.setting else ""
    return [row.short, row.by, _fit(row.fit), _AT[cell.at], f"{when}{setting}", cell.words, _source(cell.cited)]


def _shown_by(row: CheckRow) -> str:
    if not row.slots:
        return "No item shows it."
    return f"Shown by {', '.join(' or '.join(f'`{item}`' for item in slot) for slot in row.slots)}."


def _regrade() -> str:
    rule = table().regrade
    classes = f"every dose of {', '.join(rule.every_dose)}; the first of {', '.join(rule.first_dose)}"
    row = [f"`{rule.id}`", rule.label, f"{classes} (first: none within {rule.new_after_hours:g} h before)", rule.says]
    return _table("After a new drug", "Id | What | Drugs | When | Source | Mark", [[*row, _source(rule.cited)]])


def _limits() -> str:
    said = {
        "now_share": "share of an interval, at its end, in which a check counts as due now",
        "once_hours": "h after which what is done once is overdue",
        "now_hours": "h after which what is done at once is overdue",
        "looks_back_hours": "h before the grade was reached in which it may have been done already",
        "continuous_hours": "h, at most, between two entries of what is continuous",
        "moment_days": "days earlier or later for what is done on a day",
        "baseline_days": "days before the infusion in which the baseline is taken",
        "horizon_days": "days for which a plan with a grade is drawn",
    }
    limits = table().limits
    rows = [[f"`{name}`", f"{getattr(limits, name):g}", words] for name, words in said.items()]
    return _table("How a record is held against it", "Name | Value | Meaning", rows, "Choices of this platform.")


def _precautions() -> str:
    labels, listed = rules()

    def rows() -> Iterator[list[str]]:
        for r in listed:
            days = f"{r.days:g}" if r.days else ""
            longer = f"; longer, {r.extended}" if r.extended else ""
            who = ", ".join(r.products) or "all"
            place = r.jurisdiction or f"any, or {OTHER}"
            yield [f"`{r.id}`", labels[r.what], place, who, _force(r), days, f"{r.says}{longer}", _source(r.cited)]

    under = "For each kind the first line that fits product, country and date counts."
    head = "Id | What | Country | Products | In force | Days | Says | Source | Mark"
    return _table("Life outside, and the centre", head, rows(), under)


def _force(rule: PrecautionRule) -> str:
    if rule.first is None and rule.last is None:
        return "always"
    return f"{rule.first or '…'} to {rule.last or '…'}"


def _lists() -> str:
    def rows() -> Iterator[list[str]]:
        for label, lines in lists().lists.values():
            for line in lines:
                yield [label, f"`{line.id}`", line.label, _source(line.cited)]

    under = (
        f"Every line has to hold; fever is {lists().fever:.1f} °C or more. What a record cannot show has to be asked."
    )
    return _table("Home and discharge", "List | Id | Line | Source | Mark", rows(), under)


def _left_out() -> str:
    lines = [str(line).strip() for name in _FILES for line in opened(text_of(name), name)[0].get("unsure") or ()]
    return "## Left out\n\n" + "".join(f"- {line}.\n" for line in lines)


def _sources() -> str:
    found = {s: None for name in _FILES for s in opened(text_of(name), name)[1].sources.values()}
    return "## Sources\n\n" + "".join(f"- {source}.\n" for source in found if not source.startswith("a choice"))


if __name__ == "__main__":
    sys.stdout.write(markdown())
