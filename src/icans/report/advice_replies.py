"""The three questions that every guideline answers, in short: tocilizumab, steroid, intensive care."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from icans.guidance.actions import STEROID as STEROID_KIND
from icans.guidance.actions import actions
from icans.guidance.advice import Advice, Advised
from icans.report.advice_refusal import refusal
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
    return _tocilizumab(advice), _steroid(advice), _reply(advice, INTENSIVE_CARE, advice.icu, _PLACE)


def is_about(advised: Advised, question: str) -> bool:
    """Whether an action answers one of QUESTIONS."""
    if question == STEROID:
        return actions()[advised.code].kind == STEROID_KIND
    return advised.code.startswith("TOCI") if question == TOCILIZUMAB else advised.code in ("ICU_ADMIT", "ICU_TRANSFER")


def _decided_by(advice: Advice, question: str) -> str:
    """What is not known and leaves an answer open."""
    about = [a for a in advice.actions if is_about(a, question)]
    found = dict.fromkeys(lower(one.label) for a in about for one in a.decided_by)
    return f"what decides: {', '.join(found)}" if found else ""


def _reply(
    advice: Advice, question: str, strengths: tuple[str, ...], words: Mapping[str, str], more: str = ""
) -> Reply:
    if len(strengths) == 1:
        return Reply(question, capital(words[strengths[0]]), TONES[strengths[0]], more)
    return _not_settled(advice, question, _either(words[s] for s in strengths), more)


def _not_settled(advice: Advice, question: str, ways: str, more: str) -> Reply:
    return Reply(question, "Not settled", "maybe", _joined(ways, _decided_by(advice, question), more))


def _tocilizumab(advice: Advice) -> Reply:
    """With the dose, or with what forbids it and until when."""
    if advice.tocilizumab == ("MUST_NOT",):
        return _reply(advice, TOCILIZUMAB, advice.tocilizumab, _DRUG, refusal(advice))
    why = refusal(advice)
    words = {**_DRUG, "MUST_NOT": f"{_DRUG['MUST_NOT']} ({why})" if why else _DRUG["MUST_NOT"]}
    return _reply(advice, TOCILIZUMAB, advice.tocilizumab, words, _tocilizumab_dose(advice))


def _tocilizumab_dose(advice: Advice) -> str:
    told = [a for a in advice.actions if a.code == "TOCI" and a.strength != "MUST_NOT"]
    return with_arithmetic(told[0].dose, told[0].arithmetic) if told else ""


def with_arithmetic(dose: str, arithmetic: str) -> str:
    """`560 mg, IV over 1 h (8 mg/kg × 70 kg = 560 mg)`."""
    return f"{dose} ({arithmetic})" if arithmetic else dose


def _steroid(advice: Advice) -> Reply:
    """The regimen; where it is open, every regimen that is possible; always with the steroid that runs."""
    # Where a steroid runs, not to ask for one must not be read as to stop it.
    words = {**_DRUG, "NONE": "nothing more asked for"} if advice.running else _DRUG
    ways: dict[str, list[str]] = {}
    for strength, code in advice.steroid:
        ways.setdefault(_regimen(code, advice), []).append(words[strength])
    running = f"running: {advice.running}" if advice.running else ""
    if len(advice.steroid) == 1:
        (regimen,), (strength, _) = ways, advice.steroid[0]
        more = f"{regimen}, which runs already" if regimen and regimen == advice.running else _joined(regimen, running)
        return Reply(STEROID, capital(words[strength]), TONES[strength], more)
    told = [f"{_either(strengths)}{f' {regimen}' if regimen else ''}" for regimen, strengths in ways.items()]
    return _not_settled(advice, STEROID, "; or ".join(told), running)


def _regimen(code: str, advice: Advice) -> str:
    """What the regimen is called for this patient; '' for none."""
    if code == "NONE":
        return ""
    called = (a.label for a in advice.actions if a.code == code and a.strength != "MUST_NOT")
    return lower(next(called, actions()[code].label))


def _joined(*words: str) -> str:
    return "; ".join(one for one in words if one)


def _either(words: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(words))


def lower(words: str) -> str:
    """`Intracranial haemorrhage` -> `intracranial haemorrhage`; `ICANS grade` stays, as other short names do."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]
