"""A Bundle of writes: a transaction, all or nothing, or a batch, each entry for itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from icans.record.fhir.resource_of import instant
from icans.store.database import Store
from icans.web.fhir.derived import derive
from icans.web.fhir.filing import Done, Paper, file
from icans.web.fhir.problems import Issue, Refused, outcome
from icans.web.fhir.single import do
from icans.web.fhir.wanted import Wanted, entries_in, one_wanted
from icans.web.fhir.writer import Writer, refusals
from icans.web.fhir.writing import new_paper

Json = dict[str, Any]

_STATUS = {True: "201 Created", False: "200 OK"}


def transact(db: Connection, who: Writer, entries: Sequence[Wanted]) -> Json:
    """Do all of a transaction in this transaction of the store; the Bundle of answers.

    First is deleted and patients are admitted, then what is about them is created, as one act on each record, then
    updated. References to the fullUrl of another entry become references to what was made of it. Raises Refused with
    the place of the entry, and then nothing of it may be kept.
    """
    made = {o.full_url: f"{o.ready.kind}/{o.ready.name}" for o in entries if o.full_url}
    done: dict[int, Done] = {}
    for one in entries:
        if one.ready.method == "DELETE" or (one.ready.method, one.ready.kind) == ("POST", "Patient"):
            done[one.place] = _do(db, who, one, made)
            if one.full_url:
                made[one.full_url] = f"{one.ready.kind}/{done[one.place].served.id}"
    done |= _created(db, who, [o for o in entries if o.ready.method == "POST" and o.place not in done], made)
    done |= {o.place: _do(db, who, o, made) for o in entries if o.place not in done}
    for patient_id in sorted({d.served.patient for d in done.values()}):
        with refusals():
            derive(db, who.act(patient_id))
    return _response("transaction-response", [_answer(who, o, done[o.place]) for o in entries])


def batch(store: Store, who: Writer, bundle: Json) -> Json:
    """Do each entry of a batch by itself, in the order in which they stand; the Bundle of answers."""
    answers: list[Json] = []
    for place in range(len(entries_in(bundle))):
        try:
            one = one_wanted(who, bundle, place)
            with store.write() as db, refusals():
                mine = who.holding()
                done = _do(db, mine, one, {})
                derive(db, mine.act(done.served.patient))
            answers.append(_answer(who, one, done))
        except Refused as error:
            said = outcome(error.issues, error.status)
            answers.append({"response": {"status": str(error.status), "outcome": said}})
    return _response("batch-response", answers)


def _created(db: Connection, who: Writer, entries: Sequence[Wanted], made: Mapping[str, str]) -> dict[int, Done]:
    """Create what is about patients, that of each patient as one act."""
    papers: dict[str, dict[int, Paper]] = {}
    for one in entries:
        with one.place_told(), refusals():
            if one.unless is not None:
                raise Refused(400, "only a Patient is created on a condition")
            content = _resolved(one.ready.content, made, _base_of(one))
            patient_id = who.subject(db, content)
            paper = new_paper(content, one.ready.said, patient_id, one.ready.name, f"{one.where}.resource")
            papers.setdefault(patient_id, {})[one.place] = paper
    done: dict[int, Done] = {}
    for patient_id, theirs in papers.items():
        with refusals():
            done |= zip(theirs, file(db, who, patient_id, list(theirs.values())), strict=True)
    return done


def _do(db: Connection, who: Writer, one: Wanted, made: Mapping[str, str]) -> Done:
    resolved = replace(one.ready, content=_resolved(one.ready.content, made, _base_of(one)))
    with one.place_told(), refusals():
        return do(db, who, resolved, one.seen, one.unless)


def _response(kind: str, answers: Sequence[Json]) -> Json:
    return {"resourceType": "Bundle", "type": kind} | ({"entry": list(answers)} if answers else {})


def _base_of(one: Wanted) -> str:
    """The address in front of the type in a fullUrl; what a relative reference of the resource begins from."""
    url = one.full_url
    return url.rpartition("/")[0].removesuffix(f"/{one.ready.kind}") if "://" in url else ""


def _resolved(value: Any, made: Mapping[str, str], base: str) -> Any:
    """A resource whose references to other entries say what was made of them."""
    if isinstance(value, list):
        return [_resolved(part, made, base) for part in value]
    if not isinstance(value, dict):
        return value
    found = {name: _resolved(part, made, base) for name, part in value.items()}
    target = found.get("reference")
    if isinstance(target, str):
        found["reference"] = made.get(target) or made.get(f"{base}/{target}") or target
    return found


def _answer(who: Writer, one: Wanted, done: Done) -> Json:
    if one.ready.method == "DELETE":
        return {"response": {"status": "204 No Content"}}
    served = done.served
    address = f"{who.base}/{served.kind}/{served.id}"
    response: Json = {
        "status": _STATUS[done.new],
        "location": f"{address}/_history/{served.version}",
        "etag": f'W/"{served.version}"',
        "lastModified": instant(served.updated),
    }
    if done.notices:
        response["outcome"] = outcome(Issue(words, severity="information") for words in done.notices)
    return {"fullUrl": address, "response": response}
