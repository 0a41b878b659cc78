"""The manual page of the doses, written from their files.

python -m icans.guidance.doses.describe > docs/doses.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files

from icans.guidance.cited import Cited
from icans.guidance.document import sources_of
from icans.guidance.doses import wording
from icans.guidance.doses.caution import FILE as CAUTIONS
from icans.guidance.doses.caution import CautionRule, Which, caution_rules
from icans.guidance.doses.form import DrugDoses, Scheme
from icans.guidance.doses.library import drugs
from icans.guidance.doses.strength import FILE as STRENGTHS
from icans.guidance.doses.strength import dex_equivalent, regimens, strengths
from icans.record.catalogue import catalogue
from icans.rules.document import Mistakes, documents
from icans.rules.manual import as_table

Keys = Mapping[str, str]
"""A source in full -> the key it has in the files."""


def markdown() -> str:
    """The whole page as Markdown, ending with a line break."""
    introduction = files("icans.guidance.doses").joinpath("introduction.md").read_text(encoding="utf-8")
    held = sorted(drugs().values(), key=lambda d: d.label)
    keys = _keys(held)
    parts = [introduction, "## Drugs\n", *(_drug(drug, keys) for drug in held), _strength(keys)]
    return "\n".join([*parts, _cautions(caution_rules(), keys), _sources(keys)])


def _keys(held: Iterable[DrugDoses]) -> Keys:
    """Of every source that is cited; those of strengths and cautions have a file of their own."""
    written = [drug.sources for drug in held]
    for file in (STRENGTHS, CAUTIONS):
        text = files("icans.guidance.doses").joinpath(file).read_text(encoding="utf-8")
        written.append(sources_of(documents(text, file)[0], Mistakes(file)))
    return {words: key for sources in written for key, words in sources.items()}


def _sources(keys: Keys) -> str:
    lines = sorted(f"- {key}: {words}" for words, key in keys.items())
    return "## Sources\n\n" + "\n".join(lines) + "\n"


def _drug(drug: DrugDoses, keys: Keys) -> str:
    rows = [row for scheme in drug.schemes.values() for row in _scheme(scheme, keys)]
    lines = [
        f"### {drug.label} (`{drug.drug}`)\n",
        as_table(("scheme", "for", "dose", "how often", "source", "mark"), rows),
    ]
    notes = [(drug.kidney.says, drug.kidney.cited)] if drug.kidney else []
    notes += [(note.says, note.cited) for scheme in drug.schemes.values() for note in scheme.notes]
    lines += [f"- {says} ({_where(cited, keys)}; {cited.mark})" for says, cited in dict(notes).items()]
    lines += [f"- Left out: {words}" for words in drug.unsure]
    return "\n".join(lines) + ("\n" if len(lines) > 2 else "")


def _scheme(scheme: Scheme, keys: Keys) -> Iterator[tuple[str, ...]]:
    """A row for each kind of patient; what all of them share stands in the first one."""
    steps = "; ".join(wording.step(one, scheme.unit) for one in scheme.steps)
    often = "; ".join(words for words in (scheme.route, scheme.interval, scheme.maximum, steps) if words)
    for place, band in enumerate(scheme.bands):
        dose = f"{wording.formula(band, scheme.unit)} ({band.who})"
        shared = (f"`{scheme.name}`", scheme.use) if place == 0 else ("", "")
        yield *shared, dose, often if place == 0 else "", _where(band.cited, keys), band.cited.mark


def _strength(keys: Keys) -> str:
    held = strengths()
    alike = " and ".join(f"{wording.number(mg)} mg of {drug}" for drug, (mg, _) in held.same_effect.items())
    source = next(cited for _, cited in held.same_effect.values())
    words = (
        f"## Strength of steroid regimens\n\nmg of dexamethasone a day with the same effect, in an adult: {alike} are "
        f"taken as equal ({_where(source, keys)}; {source.mark}). Regimens per kg at {held.reference_kg:g} kg "
        "(convention).\n"
    )
    known = [name for name in catalogue()["current_steroid"].values if name in regimens()]
    found = ((name, dex_equivalent(name, weight=held.reference_kg)) for name in known)
    return f"{words}\n" + as_table(("regimen", "mg a day"), [(f"`{n}`", wording.span(e)) for n, e in found if e])


def _cautions(rules: Sequence[CautionRule], keys: Keys) -> str:
    words = (
        "## Cautions\n\nJudged for the state of a patient and the drugs that are running or planned. What something "
        "unknown decides is shown as possible.\n"
    )
    rows = [
        (f"`{r.id}`", _set_off(r), f"`{r.when_text}`" if r.when_text else "always", r.strength, r.says,
         _where(r.cited, keys), r.cited.mark)
        for r in rules
    ]  # fmt: skip
    return f"{words}\n" + as_table(("id", "drugs", "when", "strength", "says", "source", "mark"), rows)


def _set_off(rule: CautionRule) -> str:
    without = _which(rule.without)
    return (_which(rule.which) or "none needed") + (f", without {without}" if without else "")


def _which(which: Which) -> str:
    return ", ".join([*(f"`{name}`" for name in which.drugs), *(f"any {name}" for name in which.classes)])


def _where(cited: Cited, keys: Keys) -> str:
    return f"{keys[cited.source]}: *{cited.where}*" if cited.where else keys[cited.source]


if __name__ == "__main__":
    sys.stdout.write(markdown())
