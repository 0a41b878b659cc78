"""Oxygen and breathing support over time: a band of labelled blocks, darker with more support."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from icans.record.catalogue import catalogue
from icans.report.axes import DayAxis
from icans.report.palette import FIRST, INK, RULE
from icans.report.series import Point
from icans.report.svg import group, number, rect, text, width_of
from icans.report.words import day, plain

ITEM = "oxygen_device"
HEIGHT = 13.0
_SIZE = 8.5
_DARKEST = 0.55
_SHORT = {
    "nasal_cannula": "NC",
    "high_flow_nasal_cannula": "HFNC",
    "face_mask": "mask",
    "nonrebreather": "NRB",
    "venturi_mask": "Venturi",
    "invasive_ventilation": "ventilated",
}


@dataclass(frozen=True)
class Support:
    """One device from start to end, in days."""

    device: str
    start: float
    end: float


def supports(seen: Sequence[Point]) -> list[Support]:
    """Blocks of one device: each entry holds until the next, or for as long as the catalogue lets it."""
    item = catalogue()[ITEM]
    valid = (item.valid_hours or 24.0) / 24
    blocks: list[Support] = []
    for i, point in enumerate(seen):
        following = seen[i + 1].day if i + 1 < len(seen) else math.inf
        block = Support(item.decode(point.low), point.day, min(following, point.day + valid))
        if blocks and blocks[-1].device == block.device and blocks[-1].end >= block.start:
            block = Support(block.device, blocks.pop().start, block.end)
        blocks.append(block)
    return [b for b in blocks if b.end > b.start]


def band(seen: Sequence[Point], axis: DayAxis, top: float) -> str:
    """The blocks, each named where its name fits."""
    shown = [b for b in supports(seen) if b.end >= axis.first and b.start <= axis.last]
    return group([_block(b, axis, top) for b in shown], data_item=ITEM)


def _block(block: Support, axis: DayAxis, top: float) -> str:
    left, right = axis.at(block.start), axis.at(block.end)
    tip = f"{plain(block.device)}, {day(block.start)} to {day(block.end)}"
    drawn = rect(
        left,
        top,
        right - left,
        HEIGHT,
        tip,
        fill=FIRST,
        fill_opacity=number(_shade(block.device)),
        stroke=RULE,
        stroke_width="0.6",
        class_="c-device",
    )
    words = next((w for w in _names(block.device) if width_of(w, _SIZE) + 3 <= right - left), "")
    if not words:
        return drawn
    name = text(
        (left + right) / 2,
        top + HEIGHT - 3.6,
        words,
        text_anchor="middle",
        font_size=number(_SIZE),
        fill=INK,
        class_="c-ink",
        pointer_events="none",
    )
    return drawn + name


def _names(device: str) -> tuple[str, ...]:
    return (plain(device), _SHORT.get(device, plain(device)))


def _shade(device: str) -> float:
    """How dark a device is, by its place in the catalogue's list: clear for the first."""
    values = catalogue()[ITEM].values
    return _DARKEST * values.index(device) / (len(values) - 1)
