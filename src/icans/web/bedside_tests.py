"""A test at the bedside that was finished: kept as one act, once, and answered with what follows."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from icans.errors import DataError
from icans.record.catalogue import catalogue
from icans.report.words import length
from icans.store import answers
from icans.store.sign_ins import SignedIn
from icans.web.advised import holding, waiting
from icans.web.platform import Platform
from icans.web.recording import Seen, enter
from icans.web.worked import Worked

Point = Annotated[list[Annotated[float, Field(ge=-1e5, le=1e8)]], Field(min_length=2, max_length=3)]


class Handwriting(BaseModel):
    """What was drawn: strokes of points [x, y, milliseconds] on a sheet of width × height pixels."""

    model_config = ConfigDict(extra="forbid")

    width: Annotated[float, Field(gt=0, le=1e5)]
    height: Annotated[float, Field(gt=0, le=1e5)]
    strokes: Annotated[list[Annotated[list[Point], Field(max_length=5000)]], Field(max_length=500)]


class Details(BaseModel):
    """How the answers came about: each question right, wrong or not asked; why there was no test; the anchors' age."""

    model_config = ConfigDict(extra="forbid")

    questions: Annotated[
        dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(max_length=40)]], Field(max_length=20)
    ] = {}
    untested: Annotated[str, Field(max_length=60)] = ""
    written_on_paper: bool = False
    anchors: Annotated[str, Field(max_length=60)] = ""


class BedsideTest(BaseModel):
    """A finished test. id: made in the browser, so that the test arrives once; answers: item -> word or number."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(min_length=16, max_length=64, pattern=r"^[0-9A-Za-z-]+$")]
    kind: Literal["ice", "capd"]
    time: AwareDatetime
    language: Annotated[str, Field(max_length=10)] = "en"
    interpreter: bool = False
    answers: dict[Annotated[str, Field(max_length=60)], str | int | float] = {}
    handwriting: Handwriting | None = None
    details: Details | None = None
    note: Annotated[str, Field(max_length=2000)] = ""

    @field_validator("answers")
    @classmethod
    def _few(cls, answers: dict[str, Any]) -> dict[str, Any]:
        if len(answers) > 20:
            raise ValueError("more answers than a test has")
        return answers


class Told(BaseModel):
    """An action in short."""

    strength: str
    says: str
    dose: str


class Result(BaseModel):
    """What follows at once. grade: outcome -> [lowest, highest], null where not graded."""

    grade: dict[str, tuple[int | None, int | None]]
    words: str
    total: str
    says: list[str]
    actions: list[Told]
    missing: list[str]
    patient: str
    new: bool


_LATE = timedelta(minutes=30)
"""A test that is older when it arrives says so: the clock of the tablet may be wrong. Our choice."""
_ITEMS = {"ice": ("ICE",), "capd": ("CAPD",)}
_ALSO = ("consciousness", "consciousness_other_cause", "sedated")
"""What may be recorded in place of a test that could not be done."""


def keep_test(app: Platform, who: SignedIn, patient_id: str, test: BedsideTest) -> Result:
    """Keep a test and say what follows. Raises DataError for an answer that is not of the test, NotThere, Changed."""
    strange = sorted(name for name in test.answers if not _belongs(name, test.kind))
    if strange:
        raise DataError(*(f"answers: {name[:40]} is no item of a {test.kind.upper()} test" for name in strange))
    rows = [
        {"time": test.time, "item": name, "value": value, "unit": catalogue()[name].unit, "attribution": None}
        for name, value in test.answers.items()
    ]
    extra = {
        "test": test.kind, "time": test.time.isoformat(), "language": test.language, "interpreter": test.interpreter,
        "handwriting": test.handwriting.model_dump() if test.handwriting else None,
        "details": test.details.model_dump() if test.details else None,
    }  # fmt: skip
    written = enter(app, who, patient_id, Seen(rows, note=test.note, extra=extra, id=test.id), origin=test.kind)
    return _result(app, patient_id, test, written.new)


def _belongs(name: str, kind: str) -> bool:
    item = catalogue().get(name)
    if item is None or name.endswith("_baseline"):
        return False
    return item.group in _ITEMS[kind] or name in _ALSO


def _result(app: Platform, patient_id: str, test: BedsideTest, new: bool) -> Result:
    worked = app.reviews.of(patient_id)
    _, site = app.reviews.site()
    with app.store.read() as db:
        held = holding(answers.given(db, [patient_id]), app.clock(), site.answer_hours)
    told = waiting(worked.actions, held)
    last = worked.row.test
    total = ""
    if last is not None and last.time == test.time:
        total = f"{last.low:g}" if last.low == last.high else f"{last.low:g} to {last.high:g}"
    return Result(
        grade=dict(worked.answer.grades), words=worked.answer.words or worked.row.problem, total=total,
        says=_says(app, test, worked),
        actions=[Told(strength=a.strength, says=a.says, dose=a.dose) for a in told],
        missing=list(worked.answer.missing), patient=f"/patients/{patient_id}", new=new,
    )  # fmt: skip


def _says(app: Platform, test: BedsideTest, worked: Worked) -> list[str]:
    """What is to be known of the grade beside the test, and what comes next."""
    last, old = worked.row.test, app.clock() - test.time
    found = []
    if last is not None and last.time > test.time:
        found.append("A later test is in the record: the grade is by that one.")
    if old > _LATE:
        found.append(
            f"This test is dated {length(old.total_seconds() / 3600)} ago. If that is wrong, correct its time."
        )
    if worked.row.next:
        found.append(f"Next: {worked.row.next.label}")
    return found
