"""The card of the checks that are overdue."""

from __future__ import annotations

from collections.abc import Iterator

from icans.guidance.monitoring.answer import Check
from icans.report.content import NOT_A_DEVICE
from icans.report.words import capital, moment
from icans.web.cds import sources
from icans.web.cds.cards import Card, new_uuid, plain, summary
from icans.web.cds.picture import Picture
from icans.web.cds.settings import CdsSettings
from icans.web.cds.wording import wording


def overdue_card(picture: Picture, settings: CdsSettings) -> Card | None:
    """The card; None where nothing that surely has to be done is overdue."""
    late = [check for check in picture.due.overdue if check.certain and not check.optional]
    if not late:
        return None
    shown = late[: wording().most_checks]
    cited = [check.cited for check in shown]
    source = sources.of_platform("Monitoring plan of icans", "overdue", settings.base_url)
    return Card(
        uuid=new_uuid(), summary=summary(f"Overdue: {'; '.join(check.short for check in late)}"), indicator="warning",
        source=source, detail="\n\n".join([*_detail(picture, late, shown), *sources.listed(cited)]),
        links=sources.links(cited, source.url) or None,
    )  # fmt: skip


def _detail(picture: Picture, late: list[Check], shown: list[Check]) -> Iterator[str]:
    setting = "for an inpatient" if picture.inpatient else "for an outpatient"
    yield f"Overdue at {moment(picture.as_of)}, {setting}:"
    more = [f"- and {len(late) - len(shown)} more"] if len(late) > len(shown) else []
    yield "\n".join([*(f"- {_line(check)}" for check in shown), *more])
    if told := [*picture.due.notes, *picture.seen.gaps()]:
        yield " ".join(told)
    yield NOT_A_DEVICE


def _line(check: Check) -> str:
    due = f"; was due {moment(check.due)}" if check.due is not None else ""
    why = f". {capital(check.why)}" if check.why else ""
    return f"{plain(f'{check.label}: {check.how}{due}{why}')} [{check.cited.mark}]"
