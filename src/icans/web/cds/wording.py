"""How cards are worded and how urgent they are: `wording.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from icans.plain_yaml import load
from icans.record.catalogue import drugs
from icans.web.cds.cards import Coding, Indicator

TOPICS = "urn:icans:cds-topics"
REASONS = "urn:icans:override-reasons"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Where(_Strict):
    key: str
    where: str


class Watched(_Strict):
    """Which orders are held against which part of a guideline; see the file."""

    drugs: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    list: str = ""
    codes: tuple[str, ...] = ()
    dose: bool = False

    def is_about(self, drug: str) -> bool:
        """Whether a drug is one of them."""
        return drug in self.drugs or any(c in self.classes for c in drugs()[drug].classes)


class _Reason(_Strict):
    code: str
    display: str


class Wording(_Strict):
    """The file."""

    source: _Where
    mark: str
    grades: Mapping[int, Indicator]
    limits: Mapping[str, Indicator]
    conventions: Mapping[str, Indicator]
    firm: tuple[str, ...]
    cautions: Mapping[str, Indicator]
    possible: Mapping[str, Indicator]
    discharge: Mapping[str, Indicator]
    urgent_tiers: tuple[str, ...]
    most_actions: int
    most_checks: int
    dose_tolerance: float
    ambulatory: frozenset[str]
    orders: tuple[Watched, ...]
    topics: Mapping[str, str]
    override_reasons: tuple[_Reason, ...]

    def topic(self, code: str) -> Coding:
        """What a card is about."""
        return Coding(code=code, system=TOPICS, display=self.topics[code])

    def reasons(self) -> tuple[Coding, ...]:
        """Why a card may not be followed."""
        return tuple(Coding(code=r.code, system=REASONS, display=r.display) for r in self.override_reasons)

    def watched(self, drug: str) -> tuple[Watched, ...]:
        """What orders of a drug are held against."""
        return tuple(one for one in self.orders if one.is_about(drug))


@cache
def wording() -> Wording:
    """The wording of the cards."""
    return Wording.model_validate(load(files("icans.web.cds").joinpath("wording.yaml").read_text("utf-8")))
