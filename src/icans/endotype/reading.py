"""From the markers of a record to a reading, with three-valued logic: a gap that could change it leaves it open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import isfinite

import polars as pl

from icans.endotype.answer import CRS_DRIVEN, ENDOTHELIAL, MIXED, NOT_ENOUGH, READINGS, Endotype, Marker, Side
from icans.endotype.before_lymphodepletion import with_easix
from icans.endotype.table import MarkerEntry, SideEntry, Table, table
from icans.grading.library import scale_named
from icans.grading.scale import Scale
from icans.guidance.recorded import KNOWN, recorded
from icans.guidance.situation import Seen, Situation
from icans.guidance.truth import spans, truths

_MEANS = {(True, False): CRS_DRIVEN, (False, True): ENDOTHELIAL, (True, True): MIXED, (False, False): NOT_ENOUGH}
"""(high cytokines, activated vessel wall) -> reading. Where neither is there, the markers tell nothing of the cause."""
_BOTH = ("cytokines", "vessel wall")
"""The sides that make the reading."""


def endotype(situation: Situation) -> Endotype:
    """What drives the toxicity now, as far as the markers tell: see `answer.Endotype`."""
    known = table()
    full = with_easix(situation, known.drug_days, known.laboratory_days)
    seen = full.seen()
    above = truths(_state(full, seen), {m.item: m.above for m in known.markers if m.above is not None})
    markers = tuple(_marker(entry, full, seen, above.get(entry.item)) for entry in known.markers)
    sides = tuple(_side(entry, markers) for entry in known.sides)
    scores = dict(_scores(full, known))
    possible = _possible({s.name: s.holds for s in sides})
    reading = possible[0] if len(possible) == 1 else NOT_ENOUGH
    return Endotype(
        situation.patient, situation.now, reading, possible, tuple(_why(sides, markers, possible)),
        tuple(_decides(sides, markers)), sides, markers, scores,
        tuple(h for h, readings in known.hypotheses if reading in readings),
        (*known.cautions, *([known.scales_why] if scores else [])), known.unsure,
    )  # fmt: skip


def _state(situation: Situation, seen: Mapping[str, Seen]) -> pl.DataFrame:
    """The state, without the tocilizumab that was first given after interleukin 6 was measured."""
    doses = situation.records.therapies.filter(pl.col("drug") == "tocilizumab")["start"]
    if "il6" not in seen or doses.is_empty() or seen["il6"].time >= doses.sort()[0]:
        return situation.state
    return situation.state.with_columns(toci_doses_total=pl.lit(0.0))


def _marker(entry: MarkerEntry, situation: Situation, seen: Mapping[str, Seen], above: bool | None) -> Marker:
    said = recorded(entry.item, situation, seen)
    why = entry.unusable if entry.above is not None and above is None and said.status == KNOWN else ""
    return Marker(
        entry.item, said.label, entry.side, said.status, said.words, said.time, entry.line, above, why, entry.levels,
        entry.note, entry.cited,
    )  # fmt: skip


def _side(entry: SideEntry, markers: Iterable[Marker]) -> Side:
    """True with one marker above its line, False with all of them known and not above, else None."""
    mine = [m for m in markers if m.side == entry.name]
    because = tuple(f"{m.label} {m.words}, {m.line}" for m in mine if m.above)
    still = tuple(m.label for m in mine if m.above is None)
    holds = True if because else None if still else False
    return Side(entry.name, entry.label, holds, because, () if holds else still, entry.cited)


def _possible(holds: Mapping[str, bool | None]) -> tuple[str, ...]:
    """The readings that the gaps leave open, in the order of READINGS."""
    cytokines, wall = (_ways(holds[name]) for name in _BOTH)
    left = {_MEANS[pair] for pair in product(cytokines, wall)}
    return tuple(reading for reading in READINGS if reading in left)


def _ways(holds: bool | None) -> tuple[bool, ...]:
    return (True, False) if holds is None else (holds,)


def _why(sides: Iterable[Side], markers: Iterable[Marker], possible: tuple[str, ...]) -> Iterator[str]:
    """A sentence for each side, and one where no marker is above its line."""
    for side in sides:
        label = _started(side.label)
        mine = [m for m in markers if m.side == side.name]
        below = ", ".join(f"{m.label} {m.words}" for m in mine if m.above is False)
        if side.holds:
            yield f"{label}: yes. {'; '.join(side.because)}."
        elif side.holds is False:
            yield f"{label}: no. Nothing is above its line: {below}."
        else:
            yield f"{label}: not known." + (f" Not above its line: {below}." if below else "")
        yield from (f"{m.label} {m.words}: {m.why}" for m in mine if m.why)
    if possible == (NOT_ENOUGH,):
        yield "Every marker of both sides is known and none is above its line, so they do not tell what drives it."


def _decides(sides: Iterable[Side], markers: Iterable[Marker]) -> Iterator[str]:
    """For each open side of the reading: what it would become with a marker above its line, and with none."""
    by_name = {side.name: side for side in sides}
    for name in _BOTH:
        side = by_name[name]
        if side.holds is not None:
            continue
        stuck = [m.label for m in markers if m.side == name and m.why]
        asked = [label for label in side.open if label not in stuck]
        other = by_name[next(n for n in _BOTH if n != name)].holds
        with_it, without = (_becomes(side, way, other) for way in (True, False))
        if asked:
            yield f"{_one_of(asked)} above its line: {with_it}."
        if stuck:
            yield f"{_started(side.label)} cannot be denied while {_one_of(stuck)} cannot be used."
        else:
            yield f"{_all_of(asked)} known and not above: {without}."


def _becomes(side: Side, way: bool, other: bool | None) -> str:
    """What the reading becomes with a side settled; of the side alone where the other one is open."""
    if other is None:
        return side.label if way else f"no {side.label}"
    return _MEANS[(way, other) if side.name == _BOTH[0] else (other, way)]


def _started(label: str) -> str:
    """A label as a sentence begins with it."""
    return label[:1].upper() + label[1:]


def _one_of(labels: Sequence[str]) -> str:
    return f"{', '.join(labels[:-1])} or {labels[-1]}" if len(labels) > 1 else labels[0]


def _all_of(labels: Sequence[str]) -> str:
    return f"{', '.join(labels[:-1])} and {labels[-1]}" if len(labels) > 1 else labels[0]


def _scores(situation: Situation, known: Table) -> Iterator[tuple[str, str]]:
    """The scores of now, of which every value is known; they are held against nothing."""
    scales = [scale for name in known.scales if _is_whole(scale := scale_named(name), situation)]
    found = spans(situation.state, {s.title: s.score for s in scales if s.score is not None})
    yield from ((title, f"{low:.3g}") for title, (low, _) in found.items() if isfinite(low))


def _is_whole(scale: Scale, situation: Situation) -> bool:
    return scale.score is not None and all(situation.known(item) is not None for item in scale.items())
