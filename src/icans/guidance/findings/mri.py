"""What the stated findings of an MRI mean: patterns, the kind of the leading lesion, which grade they bear on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import polars as pl

from icans.guidance.findings.bearing import Bearing, BearingRule, bearings, read_bearings
from icans.guidance.findings.cohorts import Figure, figures
from icans.guidance.findings.criterion import Criterion, Judged, judge, state_of
from icans.guidance.findings.files import File, opened
from icans.guidance.situation import Situation


@dataclass(frozen=True)
class MriReading:
    """What was stated of an MRI of the brain, and what follows from it.

    stated         True where the state holds what was found (normal counts)
    patterns       every pattern: met, not met or cannot be judged
    kinds          the kinds that the leading lesion has or may have; one that is met stands alone; empty: no lesion
    shine_through  whether brightness on diffusion images comes from T2
    references     published ADC of tissues; `met` where that of the lesion lies within
    bearings       what bears, or may bear, on the ICANS grade; it changes none
    figures        published results beside it
    """

    stated: bool
    patterns: tuple[Judged, ...]
    kinds: tuple[Judged, ...]
    shine_through: Judged
    references: tuple[Judged, ...]
    bearings: tuple[Bearing, ...]
    figures: tuple[Figure, ...]

    @property
    def present(self) -> tuple[Judged, ...]:
        """The patterns that are surely there, normal among them."""
        return tuple(p for p in self.patterns if p.met)

    @property
    def kind(self) -> Judged | None:
        """The kind of the leading lesion where it is settled."""
        return next((k for k in self.kinds if k.met), None)

    def pattern(self, name: str) -> Judged:
        """The pattern of an id, such as 'mri.pres-like'."""
        return next(p for p in self.patterns if p.id == name)


@dataclass(frozen=True)
class MriRules:
    """The content of `mri.yaml`."""

    patterns: tuple[Criterion, ...]
    kinds: tuple[Criterion, ...]
    shine_through: Criterion
    references: tuple[Criterion, ...]
    bearings: tuple[BearingRule, ...]
    unsure: tuple[str, ...]


@cache
def mri_rules() -> MriRules:
    """The patterns over an MRI. Raises RuleError listing all mistakes of the file."""
    return read_mri(opened("mri.yaml"))


def read_mri(file: File) -> MriRules:
    """The rules of an opened file. Raises RuleError listing all its mistakes."""
    file.only(("patterns", "kinds", "shine_through", "references", "bearings"))
    patterns, kinds, references = (file.criteria(key) for key in ("patterns", "kinds", "references"))
    shine_through = file.criteria("shine_through")
    if len(shine_through) != 1:
        file.reader.mistakes.add("needs one entry", file.raw, "shine_through")
    rules = read_bearings(file)
    file.check()
    return MriRules(patterns, kinds, shine_through[0], references, rules, file.unsure)


def mri(what: Situation | pl.DataFrame) -> MriReading:
    """The reading of an MRI from a situation, or from one state (a typed table of one row)."""
    state, rules = state_of(what), mri_rules()
    stated = "mri_findings" in state.columns and state["mri_findings"][0] is not None
    found = judge(state, (*rules.patterns, *rules.kinds, rules.shine_through, *rules.references))
    kinds, after = len(rules.patterns), len(rules.patterns) + len(rules.kinds)
    return MriReading(
        stated=stated,
        patterns=found[:kinds],
        kinds=tuple(k for k in found[kinds:after] if k.met is not False) if stated else (),
        shine_through=found[after],
        references=found[after + 1 :],
        bearings=bearings(state, rules.bearings) if stated else (),
        figures=figures(state, "mri") if stated else (),
    )
