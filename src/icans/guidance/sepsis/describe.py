"""The manual page of CRS and sepsis: `docs/sepsis.md` is what `markdown()` gives."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from icans.guidance.cited import Cited
from icans.guidance.sepsis.answer import Study
from icans.guidance.sepsis.ratio import percent, updated
from icans.guidance.sepsis.table import LineEntry, StandingEntry, table
from icans.rules.definition import Definition
from icans.rules.manual import as_table

_INTRODUCTION = """\
# CRS or sepsis

Both begin with fever and low pressure, and nothing tells them apart reliably in the first hours. `icans sepsis` lays
the findings of a record beside what is published of them; it does not decide. This page is made from
`src/icans/guidance/sepsis/evidence.yaml` (`python -m icans.guidance.sepsis.describe`); it is a reference, not advice
for treating a patient.

```
icans sepsis examples/patient-007
```

- The **standing rules** come first, whatever stands below them. Antibiotics are never held back on account of a
  finding, a ratio or a probability.
- Each **line** is a finding: what the record says of it (known, too old, unknown), and where it points: to infection,
  to CRS, neither way, or nowhere because it cannot be used. The first reading that holds counts. Where a missing
  value could turn it, the line says so instead of pointing.
- A **likelihood ratio** (LR) stands only where sensitivity and specificity are published, with its arithmetic. A
  ratio above the cap is cut to it, one below the floor raised to it: one small study is not believed further.
- An **interval** stands only where the numbers of patients are known (Wilson's, 95 %). None is made up.
- A **probability** is given only where a result with such a ratio is known. The lines are not independent of each
  other, so they are never multiplied or counted.

In Python:

```python
from icans.guidance.sepsis.sepsis import sepsis
from icans.guidance.situation_of import situation_of
from icans.record.read import read

found = sepsis(situation_of(read("examples/patient-007")))
print([line.finding for line in found.pointing("infection")], found.no_posterior)
```
"""


def markdown() -> str:
    """The page, in Markdown: standing rules, lines with readings and numbers, rates, probability, what is left out."""
    known = table()
    parts = [_INTRODUCTION, _standing(known.standing), "## Lines\n", *(_line(line) for line in known.lines)]
    parts += [_rates(), _posterior(), _derived(), _definitions(known.definitions)]
    parts += [_bullets("To be kept in mind", known.cautions), _bullets("Left out, and why", known.unsure)]
    parts.append(_bullets("Sources", (f"**{key}** {text}" for key, text in known.sources.items())))
    return "\n".join(parts)


def _standing(rules: Iterable[StandingEntry]) -> str:
    rows = [
        (f"`{r.id}`", r.strength.replace("_", " "), _when(r), ", ".join(f"`{code}`" for code in r.actions), r.says,
         _source(r.cited))
        for r in rules
    ]  # fmt: skip
    return "## Standing rules\n\n" + as_table(("rule", "strength", "when", "actions", "says", "source"), rows)


def _when(rule: StandingEntry) -> str:
    place = f"in place of `{rule.in_place_of}`, where that does not hold: " if rule.in_place_of else ""
    return f"{place}`{' '.join(rule.when_text.split())}`" if rule.when_text else f"{place}always"


def _line(line: LineEntry) -> str:
    asks = ", ".join(f"`{item}`" for item in line.asks)
    rows = [(f"`{r.when_text}`" if r.when_text else "otherwise", r.points, r.says) for r in line.readings]
    studies = "\n".join(f"- {_study(study, study is line.used)}" for study in line.studies)
    parts = [
        f"### {line.id}: {line.finding}\n\nAsks {asks}. {line.note}".rstrip() + "\n",
        as_table(("when", "points to", "says"), rows),
        f"Published:\n\n{studies}\n" if studies else "",
        f"Source: {_source(line.cited)}\n",
    ]
    return "\n".join(part for part in parts if part)


def _study(study: Study, used: bool) -> str:
    shares = ", ".join(f"{what} {share.words}" for what, share in study.shares.items())
    words = "; ".join(w for w in (shares, study.words) if w)
    numbers = f"no ratio: {study.why_none}"
    if study.ratios is not None:
        numbers = f"{study.ratios.positive_words}; {study.ratios.negative_words}"
        numbers += "; no interval, for the numbers of patients behind it are not known here"
        numbers += ". **This one is used**" if used else ""
    return f"{study.name}: {words}; {numbers}. {_source(study.cited)}"


def _rates() -> str:
    rows = [(f"`{r.id}`", r.of, r.share.words, _source(r.cited)) for r in table().rates]
    words = "The shares of patients, whatever the findings; none of them is the chance of one patient.\n"
    return f"## How often infection is\n\n{words}\n" + as_table(("id", "of", "share", "source"), rows)


def _posterior() -> str:
    known = table()
    entry = known.posterior
    rate = next(r for r in known.rates if r.id == entry.rate)
    line = next(x for x in known.lines if x.id == entry.line)
    assert line.used is not None
    assert line.used.ratios is not None
    rows = [
        (result, f"{ratio:.3g}", *_moved(rate.share.value, rate.share.low, rate.share.high, ratio))
        for result, ratio in (("positive", line.used.ratios.positive), ("negative", line.used.ratios.negative))
        if ratio is not None
    ]
    words = (
        f"`{entry.line}` moves `{entry.rate}`: posterior = 1 / (1 + (1 − p) / p / LR), with p = {rate.share.value:.3f} "
        f"({rate.share.words}). A ratio is capped at {known.cap:g}. {entry.limits} Source: {_source(entry.cited)}\n"
    )
    head = ("result", "LR", "probability", "with the interval of the prior alone")
    return f"## Probability\n\n{words}\n" + as_table(head, rows)


def _moved(prior: float, low: float | None, high: float | None, ratio: float) -> Iterator[str]:
    yield percent(updated(prior, ratio))
    if low is not None and high is not None:
        yield f"{percent(updated(low, ratio))} to {percent(updated(high, ratio))}"


def _derived() -> str:
    known = table()
    d = known.derive
    words = (
        f"Fever is a temperature of {d['fever']:g} °C or more. `fever_last_48h` is yes where one was seen within the "
        f"last {d['within_hours']:g} h, no where temperatures cover all of them without one. "
        "`fever_second_rise` is yes where there is fever now and "
        "an episode of CRS had surely ended before, no where there is none or none had. `fever_down_after_toci` asks "
        f"for fever seen within {d['before_hours']:g} h before the last dose; it is yes where the last temperature of "
        f"{d['from_hours']:g} to {d['to_hours']:g} h after it was below, no where it was not and that time is over. In "
        "all other cases they stay unknown, and what somebody stated is never overwritten."
    )
    return f"## Read off the record\n\n{words} Source: {_source(known.derive_cited)}\n"


def _definitions(definitions: Iterable[Definition]) -> str:
    rows = [(f"`{d.name}`", d.label, f"`{d.text}`", Cited(d.source, d.where, d.mark).short) for d in definitions]
    return "## Words used above\n\n" + as_table(("name", "what it is", "is", "source"), rows)


def _source(cited: Cited) -> str:
    return cited.short


def _bullets(title: str, lines: Iterable[str]) -> str:
    return f"## {title}\n\n" + "\n".join(f"- {' '.join(words.split())}" for words in lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(markdown())
