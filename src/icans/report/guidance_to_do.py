"""The part 'What to do now' of the page: life support first, then what must be done, what may, and what must not."""

from __future__ import annotations

from collections.abc import Iterable

from icans.guidance.advice import Advice, Advised, Deciding, Reason
from icans.guidance.doses import Caution
from icans.guidance.vocabulary import GRADES
from icans.report.advice_replies import TONES, replies, with_arithmetic
from icans.report.content import labels
from icans.report.guidance_section import Line, Section, grouped
from icans.report.words import capital, in_order, interval, outcome_name

FIRST_TIERS = ("life support", "emergency")
"""What comes before every grade and every drug against cytokines."""
_FORBIDDEN = "MUST_NOT"


def to_do(advice: Advice, title: str = "What to do now") -> Section:
    """The part. An action that depends on something unknown stands apart, with what decides it."""
    told = [a for a in advice.actions if a.strength != _FORBIDDEN]
    sure = [a for a in told if a.certain]
    first = [a for a in sure if a.tier in FIRST_TIERS]
    later = [a for a in sure if a.tier not in FIRST_TIERS]
    return Section(
        "advice",
        title,
        tuple(w for w in (graded_by(advice), advice.grades_note, _nothing(advice)) if w),
        grouped(
            (
                ("Life support and emergencies first", _lines(first)),
                ("Must", _lines(a for a in later if a.strength == "MUST")),
                ("Consider", _lines(a for a in later if a.strength != "MUST")),
                ("Possible: what is not known decides", _lines(a for a in told if not a.certain)),
                ("Must not", _lines(a for a in advice.actions if a.strength == _FORBIDDEN)),
                ("Drugs that run or are advised: take care", [_caution(c) for c in advice.cautions]),
            )
        ),
        (*(f"Taken for granted: {words}" for words in advice.taken), *advice.notes),
        replies(advice),
    )


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
    dose = f"{capital(with_arithmetic(advised.dose, advised.arithmetic))}." if advised.dose else ""
    replaces = "In place of the steroid above." if advised.instead_of else ""
    says, further = (advised.label, f"{advised.does}.") if advised.tier == "steroids" and dose else (advised.does, "")
    more = (dose, further, replaces, *(_decides(d, advised) for d in advised.decided_by))
    found = behind(advised)
    cited = tuple(dict.fromkeys(r.cited for r in found)) or (advised.cited,)
    why = tuple(_because(found))
    if advised.certain and len(why) > 1 and not any(r.certain for r in found):
        why = ("One of these holds.", *why)
    return Line(says, tag, tone, tuple(w for w in more if w), tuple(r.rule for r in found), cited, why)


def behind(advised: Advised) -> tuple[Reason, ...]:
    """The rules that surely tell it; where none of them surely does, all that may."""
    return tuple(r for r in advised.reasons if r.certain) or advised.reasons


def _because(reasons: Iterable[Reason]) -> Iterable[str]:
    """What each rule says and the inputs it was judged by; an input that was told is not told again."""
    seen: set[tuple[str, str]] = set()
    for reason in reasons:
        told = "; ".join(f"{label} {words}" for label, words in reason.inputs.items() if (label, words) not in seen)
        seen |= set(reason.inputs.items())
        says = capital(reason.says).rstrip(".")
        yield f"{says}: {told}." if told else f"{says}."


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
    told = "; ".join(f"{label} {words}" for label, words in caution.inputs.items())
    unknown = f"It depends on what is not known: {', '.join(labels(caution.missing))}." if not caution.certain else ""
    tag = caution.strength.replace("_", " ") + ("" if caution.certain else ", possible")
    tone = TONES.get(caution.strength, "plain") if caution.certain else "maybe"
    unnamed = [drug for drug in caution.drugs if drug.lower() not in caution.says.lower()]
    drugs = f"Drugs: {', '.join(unnamed)}." if unnamed else ""
    more = tuple(w for w in (drugs, unknown) if w)
    return Line(caution.says, tag, tone, more, (caution.id,), (caution.cited,), (f"{told}.",) if told else ())
