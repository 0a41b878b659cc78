"""The parts of a review that guide, in the order of the page: what to do now, checks, work-up, sepsis, findings,
endotype."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icans.report.guidance_checks import checks
from icans.report.guidance_clock import Clock
from icans.report.guidance_discharge import before_going_home
from icans.report.guidance_endotype import endotype_part
from icans.report.guidance_findings import findings
from icans.report.guidance_pathway import pathway
from icans.report.guidance_section import Section
from icans.report.guidance_sepsis import crs_or_sepsis
from icans.report.guidance_to_do import to_do
from icans.report.guidance_workup import work_up

if TYPE_CHECKING:
    from icans.guidance.workup.ledger import Workup
    from icans.patient_review import Review

CHECK_OF_TEST = {"LP": "lumbar-puncture"}
"""The check of the monitoring plan that a test of the work-up is, where it may have to wait."""


def parts(review: Review) -> tuple[list[Section], list[Section]]:
    """The parts above the course (what to do now), and those below it; none where a review holds no guidance."""
    if (found := review.guidance) is None:
        return [], []
    clock = Clock(review.now, review.infusion)
    below = (
        checks(found.due, clock, _held(found.workup)),
        before_going_home(found.discharge),
        work_up(found.workup, clock) if found.workup else None,
        crs_or_sepsis(found.sepsis, clock) if found.sepsis else None,
        findings(found.prophylaxis, found.eeg, found.mri),
        endotype_part(found.endotype, clock) if found.endotype else None,
    )
    above = (to_do(found.advice), pathway(found.seizures), pathway(found.pressure))
    return [part for part in above if part], [part for part in below if part]


def _held(workup: Workup | None) -> dict[str, str]:
    """id of a check -> why it must wait, from the tests that the work-up holds up."""
    blocked = [test for test in workup.tests if test.is_blocked and test.id in CHECK_OF_TEST] if workup else []
    return {
        CHECK_OF_TEST[test.id]: f"Must wait: {'; '.join(hold.says.rstrip('.') for hold in test.holds)}."
        for test in blocked
    }
