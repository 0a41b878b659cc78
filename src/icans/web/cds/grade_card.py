"""The card of the grades now: CRS and ICANS as intervals, what is not known, and what must be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from icans.guidance.advice import Advised
from icans.record.catalogue import products
from icans.report.advice_reasons import behind
from icans.report.content import NOT_A_DEVICE
from icans.report.words import day, interval, moment, outcome_name, says_nothing
from icans.web.cds import sources
from icans.web.cds.cards import Card, Indicator, Link, most_urgent, new_uuid, plain, summary
from icans.web.cds.picture import OUTCOMES, Picture
from icans.web.cds.settings import CdsSettings
from icans.web.cds.wording import wording

_FORBIDDEN = "MUST_NOT"
_STALE = "not recorded, or too long ago"


def grade_card(picture: Picture, settings: CdsSettings) -> Card | None:
    """The card; None where both grades are surely 0 and nothing is urgent."""
    grades = {outcome: picture.grade(outcome) for outcome in OUTCOMES}
    if all(high == 0 for _, high in grades.values()) and not _urgent(picture):
        return None
    must = picture.advice.told("MUST")
    never = picture.advice.told(_FORBIDDEN)
    source = sources.of_guideline(picture.guideline, "grades", settings.base_url)
    shown = [*must[: wording().most_actions], *never]
    cited = [reason.cited for action in shown for reason in behind(action)[:1]]
    return Card(
        uuid=new_uuid(), summary=summary(_summary(picture, len(must))), indicator=_indicator(picture), source=source,
        detail="\n\n".join(
            [*_grades(picture), *_actions(picture, must, never), *_rest(picture), *sources.listed(cited)]
        ),
        links=(*_launch(settings), *sources.links(cited, source.url)) or None,
    )  # fmt: skip


def _urgent(picture: Picture) -> list[Advised]:
    return [a for a in picture.advice.told("MUST") if a.tier in wording().urgent_tiers]


def _indicator(picture: Picture) -> Indicator:
    sure = max(picture.grade(outcome)[0] for outcome in OUTCOMES)
    return most_urgent([wording().grades[sure], "warning" if _urgent(picture) else "info"])


def _summary(picture: Picture, must: int) -> str:
    told = ", ".join(_grade_words(picture, outcome) for outcome in OUTCOMES)
    since = f"; {day(picture.day)}" if picture.day is not None else ""
    asked = f"; {must} MUST {'action' if must == 1 else 'actions'}" if must else ""
    return f"{told}{since}{asked}"


def _grade_words(picture: Picture, outcome: str) -> str:
    low, high = picture.grade(outcome)
    name = outcome_name(outcome)
    return f"{name} cannot be graded" if says_nothing(low, high) else f"{name} {interval(low, high)}"


def _grades(picture: Picture) -> Iterator[str]:
    told = ", ".join(f"**{_grade_words(picture, outcome)}**" for outcome in OUTCOMES)
    after = f"; {day(picture.day)} after {_product(picture)}" if picture.day is not None else ""
    yield f"{told} (ASTCT 2019){after}. As of {moment(picture.as_of)}."
    if picture.day is None:
        yield "The time of the infusion was not sent: days cannot be counted."
    for outcome in OUTCOMES:
        if parts := picture.open_parts[outcome]:
            yield f"{outcome_name(outcome)} is not settled: {', '.join(parts)} {_STALE}."
    advised = {outcome: picture.advice.grades[outcome] for outcome in OUTCOMES}
    if any(advised[outcome] != picture.grade(outcome) for outcome in OUTCOMES):
        by = " and ".join(f"{outcome_name(o)} {interval(*advised[o])}" for o in OUTCOMES)
        yield f"By the scale of {picture.guideline.title}: {by}."


def _product(picture: Picture) -> str:
    known = products().get(picture.product or "")
    return known.label if known else "CAR-T cells"


def _actions(picture: Picture, must: Sequence[Advised], never: Sequence[Advised]) -> Iterator[str]:
    most = wording().most_actions
    if must:
        more = [f"- and {len(must) - most} more"] if len(must) > most else []
        lines = [f"- {_line(action)}" for action in must[:most]]
        yield f"**Must, by {picture.guideline.title}**"
        yield "\n".join([*lines, *more])
    if never:
        yield "**Must not**"
        yield "\n".join(f"- {_line(action)}" for action in never)


def _line(action: Advised) -> str:
    """`Give tocilizumab: 608 mg, IV over 1 h (8 mg/kg × 76 kg = 608 mg); ASCO-CRS-2b [verified]`."""
    says = action.label if action.tier == "steroids" and action.dose else action.does
    sum_ = f" ({plain(action.arithmetic)})" if action.arithmetic else ""
    dose = f": {plain(action.dose)}{sum_}" if action.dose else ""
    rules = behind(action)
    why = f"; {rules[0].rule} [{rules[0].cited.mark}]" if rules else ""
    return f"{plain(says.rstrip('.'))}{dose}{why}"


def _rest(picture: Picture) -> Iterator[str]:
    if picture.is_reference_instead:
        instead = picture.guideline.title
        yield f"There is no {picture.guideline_name} for this product, so it is {instead} that is shown."
    if gaps := list(picture.seen.gaps()):
        yield " ".join(gaps)
    yield NOT_A_DEVICE


def _launch(settings: CdsSettings) -> tuple[Link, ...]:
    if settings.launch_url is None:
        return ()
    return (Link(label="Open the patient in icans", url=settings.launch_url, type="smart"),)
