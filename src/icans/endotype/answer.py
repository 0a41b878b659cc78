"""The biomarker endotype of one patient. Made by `reading.endotype`, shown by the review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from icans.guidance.cited import Cited

CRS_DRIVEN, ENDOTHELIAL, MIXED, NOT_ENOUGH = "CRS-driven", "endothelial", "mixed", "not enough known"
READINGS = (CRS_DRIVEN, ENDOTHELIAL, MIXED, NOT_ENOUGH)


@dataclass(frozen=True)
class Level:
    """A published level of a marker: median and interquartile range of a group, in the unit of the item.

    group  controls, before the cells, 24 to 48 h, onset of toxicity, after treatment
    """

    group: str
    median: float
    spread: float


@dataclass(frozen=True)
class Marker:
    """One marker: what the record says, the line it is held against, and what is published of it.

    side     cytokines, vessel wall, nerve cells: which label it belongs to; None where it is only shown
    status   known, too old, or unknown (never seen)
    words    its value, also where it is too old; None where unknown
    line     the line in words ('above 2500 pg/mL'); None where it has none
    above    True, False, or None where it is unknown or cannot be used (`why` says)
    levels   published levels, perhaps none
    """

    name: str
    label: str
    side: str | None
    status: str
    words: str | None
    time: datetime | None
    line: str | None
    above: bool | None
    why: str
    levels: tuple[Level, ...]
    note: str
    cited: Cited


@dataclass(frozen=True)
class Side:
    """Whether one of the labels holds: True with one marker above its line, False with all of them at or below.

    open  labels of the markers that could still make it hold
    """

    name: str
    label: str
    holds: bool | None
    because: tuple[str, ...]
    open: tuple[str, ...]
    cited: Cited


@dataclass(frozen=True)
class Hypothesis:
    """What a reading would mean, were it true. A hypothesis, never guidance: it has no strength and no action code."""

    id: str
    says: str
    cited: Cited


@dataclass(frozen=True)
class Endotype:
    """What drives the toxicity of one patient, as far as the markers of the record tell.

    reading     one of READINGS; the first three only where no missing marker can change it
    possible    every reading that the gaps leave open (one, unless the reading is 'not enough known')
    why         the reasons, a sentence each
    decides     what would decide, a sentence each; empty where it is decided
    sides       label -> whether it holds: cytokines, vessel wall, and nerve cells, which does not enter the reading
    markers     every marker with its published levels
    scores      name of a score (EASIX ...) -> its value now; the last caution says why it is held against no line
    hypotheses  of the reading; none where not enough is known
    cautions    what holds of every reading; the first says that it cancels nothing
    """

    patient: str
    now: datetime
    reading: str
    possible: tuple[str, ...]
    why: tuple[str, ...]
    decides: tuple[str, ...]
    sides: tuple[Side, ...]
    markers: tuple[Marker, ...]
    scores: Mapping[str, str]
    hypotheses: tuple[Hypothesis, ...]
    cautions: tuple[str, ...]
    left_out: tuple[str, ...]
