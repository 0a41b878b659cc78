"""The three questions that every guideline answers, in short: tocilizumab, steroid, intensive care."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from icans.guidance.actions import actions
from icans.guidance.advice import Advice
from icans.report.guidance_section import Reply
from icans.report.words import capital

TOCILIZUMAB, STEROID, INTENSIVE_CARE = "Tocilizumab", "Steroid", "Intensive care"
QUESTIONS = (TOCILIZUMAB, STEROID, INTENSIVE_CARE)
TONES: Mapping[str, str] = {
    "MUST": "must", "CONSIDER": "consider", "OPTIONAL": "plain", "NONE": "plain", "MUST_NOT": "never",
}  # fmt: skip
_DRUG = {
    "MUST": "give", "CONSIDER": "consider", "OPTIONAL": "optional", "NONE": "not asked for", "MUST_NOT": "do not give",
}  # fmt: skip
_PLACE = {**_DRUG, "MUST": "yes", "MUST_NOT": "no"}


def replies(advice: Advice) -> tuple[Reply, ...]:
    """The answers in the order of QUESTIONS; none where the guideline has nothing to answer (after death)."""
    if not advice.tocilizumab:
        return ()
    return (
        _reply(TOCILIZUMAB, advice.tocilizumab, _DRUG, _tocilizumab_dose(advice)),
        _steroid(advice),
        _reply(INTENSIVE_CARE, advice.icu, _PLACE, ""),
    )


def _reply(question: str, strengths: tuple[str, ...], words: Mapping[str, str], more: str) -> Reply:
    if len(strengths) == 1:
        return Reply(question, capital(words[strengths[0]]), TONES[strengths[0]], more)
    open_ = _either(words[s] for s in strengths)
    return Reply(question, "Not settled", "maybe", "; ".join(w for w in (open_, more) if w))


def _tocilizumab_dose(advice: Advice) -> str:
    told = [a for a in advice.actions if a.code == "TOCI" and a.strength != "MUST_NOT"]
    return with_arithmetic(told[0].dose, told[0].arithmetic) if told else ""


def with_arithmetic(dose: str, arithmetic: str) -> str:
    """`560 mg, IV over 1 h (8 mg/kg × 70 kg = 560 mg)`."""
    return f"{dose} ({arithmetic})" if arithmetic else dose


def _steroid(advice: Advice) -> Reply:
    """The regimen; where it is open, every regimen that is possible."""
    if len(advice.steroid) == 1:
        strength, code = advice.steroid[0]
        return Reply(STEROID, capital(_DRUG[strength]), TONES[strength], _regimen(code))
    ways: dict[str, list[str]] = {}
    for strength, code in advice.steroid:
        ways.setdefault(_regimen(code), []).append(_DRUG[strength])
    told = [f"{_either(strengths)}{f' {regimen}' if regimen else ''}" for regimen, strengths in ways.items()]
    return Reply(STEROID, "Not settled", "maybe", "; or ".join(told))


def _regimen(code: str) -> str:
    return "" if code == "NONE" else _lower(actions()[code].label)


def _either(words: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(words))


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
