"""Who is tested, as the head of a bedside page shows them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Subject:
    """A patient in front of a test.

    id                   the opaque id of the record: the only thing of the patient that the browser keeps
    age                  in years, None where it is not recorded
    developmental_delay  None where nothing is recorded on it
    baseline             the total before the infusion, None where there is none
    baseline_note        words on it, such as a limit known before; may be empty
    """

    id: str
    name: str
    age: float | None = None
    developmental_delay: bool | None = None
    baseline: float | None = None
    baseline_note: str = ""
