"""A patient's record as FHIR resources: those that were received as they came, the others made from the entries.

The id of a resource made here is that of the first entry of its chain of corrections, so a correction is a new version
of the same resource. A version is that of the record after the act that wrote it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping

from icans.record.fhir.resource_of import infusion, instant, questionnaire
from icans.store import resources
from icans.store.records import facts
from icans.web.fhir.amended import amended, resource_of
from icans.web.fhir.chains import Chains, chains_of
from icans.web.fhir.derived import DERIVED

Json = dict[str, Any]

CAPD = "urn:icans:questionnaires:capd"
_TESTS = {"ice": "urn:icans:questionnaires:ice", "capd": CAPD}
_VOID = "entered-in-error"
KIND_OF = {"observation": "Observation", "therapy": "MedicationAdministration"}


@dataclass(frozen=True)
class Served:
    """A resource as it is given out.

    content  None: deleted
    heads    the entries that it stands for now, those that count
    own      those of them that came by FHIR, not by the app: a deletion takes them back
    shared   the ids of those for which another received resource stands too, so that they stay when this one goes
    made     True: made from entries; False: received, though what was corrected here may have been put into it
    """

    kind: str
    id: str
    patient: str
    version: int
    updated: datetime
    content: Json | None
    heads: tuple[RowMapping, ...] = ()
    own: tuple[RowMapping, ...] = ()
    shared: frozenset[str] = frozenset()
    made: bool = False

    @property
    def void(self) -> bool:
        """True where it says of itself that it does not count, or is deleted."""
        return self.content is None or self.content.get("status") == _VOID

    def whole(self) -> Json:
        """The content with id, version and time of the last change. Only for one that is not deleted."""
        content = self.content or {}
        meta = content.get("meta") if isinstance(content.get("meta"), dict) else {}
        meta = {**(meta or {}), "versionId": str(self.version), "lastUpdated": instant(self.updated)}
        return {"resourceType": self.kind, "id": self.id, "meta": meta} | {
            k: v for k, v in content.items() if k not in ("resourceType", "id", "meta")
        }


def view(db: Connection, patient_id: str) -> list[Served]:
    """Every Observation, MedicationAdministration and QuestionnaireResponse of a patient, the deleted ones too."""
    chains = chains_of(db, patient_id)
    notes = resources.notes(db, patient_id)
    owners = {name: key for note in notes.values() for key, names in note.get("of", {}).items() for name in names}
    received = {(r["type"], r["id"]): r for r in resources.of_patient(db, patient_id)}
    found = _shared([_received(row, chains, notes.get(row["act"], {}), owners) for row in received.values()])
    found += _free(chains, owners, {h["id"] for s in found if not s.void for h in s.heads}, patient_id)
    found += _stated_infusion(chains, patient_id)
    found += [t for t in _tests(chains, patient_id) if (t.kind, t.id) not in received]
    return sorted(found, key=lambda s: (s.version, s.kind, s.id))


def _received(row: RowMapping, chains: Chains, note: Mapping[str, Any], owners: Mapping[str, str]) -> Served:
    """A resource as it was received; with what was corrected here since, where its form can say that.

    A panel that cannot is void, and its parts are resources of their own.
    """
    key, content = f"{row['type']}/{row['id']}", row["content"]
    named = (chains.by_id[i] for kind in ("of", "same_as") for i in note.get(kind, {}).get(key, ()))
    mine = [e for e in named if not e["withdrawn"]]
    heads = [chains.head(e) for e in mine]
    counting = tuple(h for h in heads if not h["withdrawn"])
    changed = max((h for h in heads if h["version"] > row["version"]), key=lambda h: h["version"], default=None)
    version, updated = (row["version"], row["at"]) if changed is None else (changed["version"], changed["at"])
    if content is not None and changed is not None:
        said = amended(content, counting, len(mine), row["id"], row["patient"]) if counting else None
        content = said or {**content, "status": _VOID}
    own = tuple(h for e, h in zip(mine, heads, strict=True) if e["id"] in owners and not h["withdrawn"])
    return Served(row["type"], row["id"], row["patient"], version, updated, content, counting, own)


def _shared(received: Sequence[Served]) -> list[Served]:
    """The same; each knows for which of its entries another received resource stands as well."""
    held = Counter(name for one in received for name in {h["id"] for h in one.heads})
    return [replace(s, shared=frozenset(h["id"] for h in s.heads if held[h["id"]] > 1)) for s in received]


def _free(chains: Chains, owners: Mapping[str, str], held: Collection[str], patient_id: str) -> Iterator[Served]:
    """The observations and therapies that no received resource stands for. held: entries for which one does."""
    for root in chains.roots():
        chain = chains.chain(root)
        head = chain[-1]
        sent = any(e["id"] in owners for e in chain)
        if root["kind"] == "fact" or (sent and (head["withdrawn"] or head["id"] in held)):
            continue
        counting = next((e for e in reversed(chain) if not e["withdrawn"]), root)
        content = resource_of(counting, root["id"], patient_id)
        if head["withdrawn"]:
            content["status"] = _VOID
        heads = () if head["withdrawn"] else (head,)
        kind = KIND_OF[root["kind"]]
        yield Served(kind, root["id"], patient_id, head["version"], head["at"], content, heads, heads, made=True)


def _stated_infusion(chains: Chains, patient_id: str) -> Iterator[Served]:
    """The infusion of CAR-T cells where a person stated it; a derived one follows from a resource that is served."""
    counting = [e for e in chains.entries if e["kind"] == "fact" and not e["withdrawn"] and e["id"] not in chains.later]
    newest = {e["item"]: e for e in counting}
    head = newest.get("infusion")
    if head is None or head["reason"] == DERIVED:
        return
    row = {"product": None} | facts(list(newest.values()))
    name = chains.root(head)["id"]
    content = infusion(row, name, patient_id)
    yield Served(
        "MedicationAdministration", name, patient_id, head["version"], head["at"], content, (head,), (head,), made=True
    )


def _tests(chains: Chains, patient_id: str) -> Iterator[Served]:
    """Each test done in the app, an ICE or a CAPD, as one QuestionnaireResponse."""
    acts: dict[str, list[RowMapping]] = {}
    for one in chains.entries:
        if one["origin"] in _TESTS and one["kind"] == "observation" and not one["withdrawn"]:
            acts.setdefault(one["act"], []).append(one)
    for name, asked in acts.items():
        heads = [chains.head(e) for e in asked]
        counting = [h for h in heads if not h["withdrawn"]]
        content = questionnaire(counting or asked, name, patient_id, _TESTS[asked[0]["origin"]])
        if not counting:
            content["status"] = _VOID
        elif any(h["id"] != e["id"] for h, e in zip(heads, asked, strict=True)):
            content["status"] = "amended"
        last, now = max(heads, key=lambda h: h["version"]), tuple(counting)
        yield Served(
            "QuestionnaireResponse", name, patient_id, last["version"], last["at"], content, now, now, made=True
        )


def find(served: Iterable[Served], kind: str, name: str) -> Served | None:
    """The resource of a type with an id."""
    return next((s for s in served if (s.kind, s.id) == (kind, name)), None)
