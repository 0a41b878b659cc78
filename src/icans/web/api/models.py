"""What the JSON API takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from icans.web.advised import Action
from icans.web.ward_row import WardRow

Text = Annotated[str, Field(max_length=2000)]


class Problem(BaseModel):
    """What is wrong, in words a person can act on; several things one a line."""

    detail: str


AGAIN: dict[int | str, dict[str, Any]] = {200: {"description": "it had arrived before; nothing was written"}}
_PROBLEMS = {
    400: "the request cannot be read", 401: "nobody is signed in", 403: "the role has not the right",
    404: "not there, or on another unit", 409: "somebody was faster", 413: "too large",
    422: "something that was sent is wrong; `detail` says what", 503: "the store is busy or full",
}  # fmt: skip
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": words, "model": Problem} for status, words in _PROBLEMS.items()
}


class Body(BaseModel):
    """What is sent; a name that is not known is refused."""

    model_config = ConfigDict(extra="forbid")


class Observation(Body):
    """A value that was seen: an item of the catalogue, its value as a word or number, its UCUM unit."""

    time: AwareDatetime
    item: Annotated[str, Field(max_length=60)]
    value: str | int | float
    unit: Annotated[str, Field(max_length=40)] | None = None
    attribution: Text | None = None


class Therapy(Body):
    """A dose or an infusion. as_written: keep a drug that the catalogue does not know; it then counts as none."""

    start: AwareDatetime
    end: AwareDatetime | None = None
    drug: Annotated[str, Field(max_length=120)]
    dose: float | None = None
    unit: Annotated[str, Field(max_length=40)] | None = None
    route: Annotated[str, Field(max_length=60)] | None = None
    rate: float | None = None
    rate_unit: Annotated[str, Field(max_length=40)] | None = None
    as_written: bool = False


class NewPatient(Body):
    """A patient to admit; facts: product, infusion (with zone), age, sex, weight, height, label, bed, ..."""

    identifier: Annotated[str, Field(min_length=1, max_length=120)]
    care_unit: Annotated[str, Field(max_length=60)] = ""
    facts: dict[Annotated[str, Field(max_length=40)], Text] = {}


class NewEntries(Body):
    """What was seen and given, one act. id: sent twice it is one; expected_version: refused if others wrote since."""

    id: Annotated[str, Field(max_length=64)] | None = None
    expected_version: int | None = None
    observations: Annotated[list[Observation], Field(max_length=500)] = []
    therapies: Annotated[list[Therapy], Field(max_length=500)] = []
    facts: dict[Annotated[str, Field(max_length=40)], Text] = {}
    note: Text = ""


class Correction(Body):
    """The right value, or withdraw: true to take the entry back; and why."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]
    withdraw: bool = False
    value: str | int | float | None = None
    unit: Annotated[str, Field(max_length=40)] | None = None
    time: AwareDatetime | None = None
    attribution: Text | None = None
    dose: float | None = None
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None


class Transfer(Body):
    """Where a patient goes: one of the units of the site."""

    care_unit: Annotated[str, Field(min_length=1, max_length=60)]


class NewAnswer(Body):
    """An answer to an action, for the version of the record that was seen; seen: the id of the answer that stood."""

    advice: Annotated[str, Field(max_length=64)]
    kind: Annotated[str, Field(max_length=20)]
    reason: Text | None = None
    version: Annotated[int, Field(ge=0, le=10**9)]
    seen: Annotated[str, Field(max_length=64)] = ""


class Act(BaseModel):
    """What was kept: the act, the version of the record after it, the entries. new: false where it was there before."""

    act: str
    version: int
    entries: list[str]
    new: bool = True


class PatientOut(BaseModel):
    """A patient."""

    id: str
    identifier: str
    care_unit: str
    version: int
    changed_at: datetime
    discharged_at: datetime | None
    facts: dict[str, Any] = {}


class Bed(BaseModel):
    """A patient on the ward; `row` is null where it is still being worked out, `waiting` what nobody answered yet."""

    id: str
    identifier: str
    care_unit: str
    as_of: datetime | None
    row: WardRow | None
    waiting: list[Action]


class Actions(BaseModel):
    """The actions that are told for sure, for a version of the record at a moment."""

    version: int
    as_of: datetime
    actions: list[Action]
