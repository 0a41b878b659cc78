"""The part 'What to do now' of the page: life support first, then what must be done, what may, and what must not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from icans.guidance.advice import Advice, Advised, Deciding
from icans.guidance.doses import Caution
from icans.guidance.vocabulary import GRADES
from icans.report.advice_reasons import because, behind, speaking
from icans.report.advice_replies import TONES, lower, replies, with_arithmetic
from icans.report.content import labels
from icans.report.guidance_section import Line, Section, grouped
from icans.report.words import capital, in_order, interval, outcome_name

FIRST_TIERS = ("life support", "emergency")
"""What comes before every grade and every drug against cytokines."""
URGENT_TIERS = (*FIRST_TIERS, "infection")
"""What stands near the top as soon as it is possible."""
_UNLOOKED_FOR = "intracranial_hemorrhage"
"""What nobody has imaged is not recorded in nearly every patient: alone it makes nothing urgent."""
_FORBIDDEN = "MUST_NOT"


def to_do(advice: Advice, title: str = "What to do now") -> Section:
    """The part. An action that depends on something unknown stands apart, with what decides it."""
    told = [a for a in advice.actions if a.strength != _FORBIDDEN]
    sure = [a for a in told if a.certain]
    first = [a for a in sure if a.tier in FIRST_TIERS]
    later = [a for a in sure if a.tier not in FIRST_TIERS]
    urgent = [a for a in told if _is_urgent(a)]
    possible = [a for a in told if not a.certain and a not in urgent]
    return Section(
        "advice",
        title,
        tuple(w for w in (graded_by(advice), advice.grades_note, _nothing(advice)) if w),
        grouped(
            (
                ("Life support and emergencies first", _lines(first)),
                *_possible(urgent, "Possible, settle these first"),
                ("Must", _lines(a for a in later if a.strength == "MUST")),
                ("Consider", _lines(a for a in later if a.strength != "MUST")),
                *_possible(possible, "Possible: what is not known decides"),
                ("Must not", _lines(a for a in advice.actions if a.strength == _FORBIDDEN and a.certain)),
                ("Not, if it turns out so", _lines(a for a in advice.actions if _is_open_ban(a))),
                ("Drugs that run or are advised: take care", [_caution(c) for c in advice.cautions]),
            )
        ),
        (*(f"Taken for granted: {words}" for words in advice.taken), *advice.notes),
        replies(advice),
    )


def _is_open_ban(advised: Advised) -> bool:
    return advised.strength == _FORBIDDEN and not advised.certain


def _is_urgent(advised: Advised) -> bool:
    """Whether it may have to be done before anything else, and not only for what nobody has looked for."""
    alone = [one.item for one in advised.decided_by] == [_UNLOOKED_FOR]
    return not advised.certain and advised.strength == "MUST" and advised.tier in URGENT_TIERS and not alone


def _possible(open_: list[Advised], title: str) -> Iterator[tuple[str, list[Line]]]:
    """Possible actions by what decides them: those that one finding brings together, then the others under a title."""
    alone: dict[str, list[Advised]] = {}
    for advised in open_:
        alone.setdefault(_decided_alone(advised), []).append(advised)
    for sentence, found in alone.items():
        if sentence:
            yield f"Possible: {sentence}", [replace(_line(a), more=_more(a, decides=False)) for a in found]
    yield title, _lines(alone.get("", []))


def _decided_alone(advised: Advised) -> str:
    """'if intracranial haemorrhage, not recorded, is yes', where one missing value decides by itself; else ''."""
    if len(advised.decided_by) != 1 or not advised.decided_by[0].told:
        return ""
    one = advised.decided_by[0]
    open_ = "not settled" if one.item in GRADES else "not recorded"
    return f"if {lower(one.label)}, {open_}, is {one.told}"


def graded_by(advice: Advice) -> str:
    """`By ASCO 2021, with CRS 2 and ICANS 1 to 2.`"""
    grades = " and ".join(f"{outcome_name(o)} {interval(*advice.grades[o])}" for o in in_order(advice.grades))
    return f"By {advice.title}, with {grades}."


def _nothing(advice: Advice) -> str:
    return "" if advice.actions else "Nothing is advised."


def _lines(found: Iterable[Advised]) -> list[Line]:
    return [_line(a) for a in found]


def _line(advised: Advised) -> Line:
    strength = advised.strength.replace("_", " ")
    stronger = f", may be {advised.most}" if advised.most != advised.strength else ""
    tag = strength + ("" if advised.certain else ", possible") + stronger
    tone = TONES[advised.strength] if advised.certain else "maybe"
    says = advised.label if advised.tier == "steroids" and advised.dose else advised.does
    found = behind(advised)
    cited = tuple(dict.fromkeys(r.cited for r in found)) or (advised.cited,)
    why = tuple(because(found, advised.does))
    if advised.certain and len(why) > 1 and not any(r.certain for r in found):
        why = ("One of these holds.", *why)
    rules = tuple(r.rule for r in found)
    return Line(says, tag, tone, _more(advised), rules, cited, why, f"{advised.code} {advised.strength}")


def _more(advised: Advised, *, decides: bool = True) -> tuple[str, ...]:
    """Dose with its arithmetic, what a regimen is in full, what it replaces, and what decides it."""
    dose = f"{capital(with_arithmetic(advised.dose, advised.arithmetic))}." if advised.dose else ""
    further = f"{advised.does}." if advised.tier == "steroids" and dose else ""
    replaces = "In place of the steroid above." if advised.instead_of else ""
    deciding = [_decides(d, advised) for d in advised.decided_by] if decides else []
    return tuple(w for w in (dose, further, replaces, *deciding) if w)


def _decides(deciding: Deciding, advised: Advised) -> str:
    """`ICANS grade, not settled, decides: asked for if 2, not if 1.`"""
    open_ = "not settled" if deciding.item in GRADES else "not recorded"
    verb = "forbidden" if advised.strength == _FORBIDDEN else "asked for"
    ways = (
        f"{verb} if {deciding.told}" if deciding.told else "",
        f"not if {deciding.not_told}" if deciding.not_told else "",
    )
    return f"{deciding.label}, {open_}, decides: {', '.join(w for w in ways if w)}."


def _caution(caution: Caution) -> Line:
    told = "; ".join(f"{label} {words}" for label, words in speaking(caution.inputs).items())
    unknown = f"It depends on what is not known: {', '.join(labels(caution.missing))}." if not caution.certain else ""
    tag = caution.strength.replace("_", " ") + ("" if caution.certain else ", possible")
    tone = TONES.get(caution.strength, "plain") if caution.certain else "maybe"
    unnamed = [drug for drug in caution.drugs if drug.lower() not in caution.says.lower()]
    drugs = f"Drugs: {', '.join(unnamed)}." if unnamed else ""
    more = tuple(w for w in (drugs, unknown) if w)
    return Line(caution.says, tag, tone, more, (caution.id,), (caution.cited,), (f"{told}.",) if told else ())
