"""What is worked out of one record at one moment: the row of the ward and the parts of the patient's page.

Everything here is plain data, so that it can be worked out in another process.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from icans.errors import IcansError
from icans.patient_review import Review, review
from icans.record.record import Records
from icans.report import content, guidance
from icans.report.chart import course_chart
from icans.report.words import shown_in
from icans.store.records import chart_is_complete, record_of
from icans.web.advised import Action, actions
from icans.web.faults import told
from icans.web.site import Site
from icans.web.ward_row import Grade, WardRow, ward_row

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """What a program or the result of a test needs at once: grades, what is missing, what follows."""

    grades: Mapping[str, tuple[int | None, int | None]]
    words: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Worked:
    """A record at a moment, worked out.

    version  of the record
    parts    the page in pieces of HTML, as templates/worked.html names them; empty where nothing could be worked out
    """

    as_of: datetime
    version: int
    row: WardRow
    actions: tuple[Action, ...] = ()
    answer: Answer = field(default_factory=lambda: Answer({}, "", ()))
    parts: Mapping[str, str] = field(default_factory=dict)


def reviewed(records: Records, site: Site, at: datetime) -> Review:
    """The review of a record under the settings of the site. Raises DataError where there is nothing to review."""
    return review(records, at=at, conventions=site.conventions, guideline=site.guideline)


def review_of(db: Connection, patient_id: str, site: Site, at: datetime) -> Review:
    """The review of a patient as the ward shows it. Raises NotThere, DataError where there is nothing to review."""
    return reviewed(record_of(db, patient_id), site.for_chart(chart_is_complete(db, patient_id)), at)


def work_out(records: Records, site: Site, at: datetime, version: int = 0) -> Worked:
    """Everything the app shows of a record at a moment. What cannot be reviewed says why, in `row.problem`."""
    try:
        return _worked(reviewed(records, site, at), site, at, version)
    except IcansError as error:
        return Worked(at, version, _empty_row(records, str(error)))
    except Exception as error:  # a fault of ours in one record must not take the ward away from the others
        log.error("a record could not be worked out: %s", told(error))
        return Worked(at, version, _empty_row(records, "this record could not be worked out; tell the administrator"))


def _worked(found: Review, site: Site, at: datetime, version: int) -> Worked:
    with shown_in(site.zone):
        parts = _parts(found)
    acts = actions(found.guidance.advice, found.since) if found.guidance else ()
    return Worked(at, version, ward_row(found, site.trend_hours), acts, _answer(found), parts)


def _parts(found: Review) -> dict[str, str]:
    from icans.web.rendering import environment

    first, others = guidance.parts(found)
    used = content.sources(found, [c for part in (*first, *others) for c in part.cited])
    names = {
        "review": found, "first": first, "others": others, "sources": used, "numbers": content.numbers_of(used),
        "verdicts": content.verdicts(found), "notices": content.notices(found), "chart": course_chart(found),
        "episode_columns": content.EPISODE_COLUMNS, "episodes": content.episodes(found),
        "score_columns": content.SCORE_COLUMNS, "scores": content.scores(found),
        "neighbours": content.neighbours(found), "switches": content.switches(found),
        "facts": content.facts(found),
    }  # fmt: skip
    page = environment().get_template("worked.html")
    context = page.new_context(names)
    return {name: "".join(block(context)) for name, block in page.blocks.items()}


def _answer(found: Review) -> Answer:
    grades = {o: (a.min, a.max) for o, a in found.current.items()}
    words = " and ".join(f"{v.name} {v.grade}" for v in content.verdicts(found))
    missing = [w.sentence for a in found.current.values() for w in a.what_if]
    return Answer(grades, words, tuple(dict.fromkeys(missing)))


def _empty_row(records: Records, problem: str) -> WardRow:
    who = records.patients.row(0, named=True)
    nothing = Grade(None, None, None, None)
    return WardRow(
        None, who["product"] or "", who["label"] or "", who["age"], nothing, nothing, None, (), None, None,
        problem=problem if records.observations.height else "nothing was recorded yet",
    )  # fmt: skip
