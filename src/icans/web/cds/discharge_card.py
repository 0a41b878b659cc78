"""The card of the criteria for going home."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from icans.guidance.monitoring.answer import Criterion
from icans.report.content import NOT_A_DEVICE
from icans.report.words import moment
from icans.web.cds import sources
from icans.web.cds.cards import Card, new_uuid, plain, summary
from icans.web.cds.picture import Picture
from icans.web.cds.settings import CdsSettings
from icans.web.cds.wording import wording

_NAMES = {True: "holds", None: "open", False: "fails"}
_ANSWERS = {True: "holds", False: "does not hold", None: "is open"}
_ORDER = (False, None, True)


def discharge_card(picture: Picture, settings: CdsSettings) -> Card:
    """The card: it says so too where every criterion holds, because somebody is about to go home."""
    found = picture.discharge
    source = sources.of_platform("Discharge criteria of icans", "discharge", settings.base_url)
    cited = [one.cited for one in found.criteria]
    speaks_against = found.holds is False
    return Card(
        uuid=new_uuid(), summary=summary(_summary(found.criteria)), source=source,
        indicator=wording().discharge[_NAMES[found.holds]],
        detail="\n\n".join([*_detail(picture, found.criteria), *sources.listed(cited)]),
        override_reasons=wording().reasons() if speaks_against else None,
    )  # fmt: skip


def _summary(criteria: Sequence[Criterion]) -> str:
    for holds, words in ((False, "Criteria for discharge that do not hold"), (None, "Criteria for discharge to check")):
        if which := [one.label for one in criteria if one.holds is holds]:
            return f"{words}: {'; '.join(which)}"
    return "Every criterion for discharge holds"


def _detail(picture: Picture, criteria: Sequence[Criterion]) -> Iterator[str]:
    yield f"As of {moment(picture.as_of)}:"
    ordered = sorted(criteria, key=lambda one: _ORDER.index(one.holds))
    yield "\n".join(f"- **{plain(one.label)}** {_ANSWERS[one.holds]}: {plain(one.why)}" for one in ordered)
    if gaps := list(picture.seen.gaps()):
        yield " ".join(gaps)
    yield NOT_A_DEVICE
