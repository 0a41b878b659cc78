"""Any sequence of entering, correcting and taking back gives what a plain list gives that somebody keeps by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_made import NOW, Made, people

from icans.store.database import open_store
from icans.store.entries import current
from icans.store.errors import Changed
from icans.store.schema import entry

ITEMS = ("temperature", "heart_rate")
pick = st.integers(0, 1000)
place = st.tuples(st.sampled_from(ITEMS), st.integers(0, 3), st.integers(36, 40))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), place),
        st.tuples(st.just("correct"), pick, place),
        st.tuples(st.just("take back"), pick),
    ),
    max_size=12,
)


@dataclass
class ByHand:
    """A list of [item, hour, value, standing], never shortened: the plain version of the store."""

    lines: list[list] = field(default_factory=list)

    def at(self, item: str, hour: int, but: int | None = None) -> float | None:
        found = [v for n, (i, h, v, stands) in enumerate(self.lines) if stands and n != but and (i, h) == (item, hour)]
        return found[0] if found else None

    def add(self, item: str, hour: int, value: float) -> str:
        there = self.at(item, hour)
        if there is None:
            self.lines.append([item, hour, value, True])
        return "new" if there is None else "nothing new" if there == value else "refused"

    def correct(self, old: int, item: str, hour: int, value: float) -> str:
        if not self.lines[old][3] or self.at(item, hour, but=old) is not None:
            return "refused"
        self.lines[old][3] = False
        self.lines.append([item, hour, value, True])
        return "new"

    def take_back(self, old: int) -> str:
        if not self.lines[old][3]:
            return "refused"
        self.lines[old][3] = False
        return "new"

    def standing(self) -> set[tuple[str, int, float]]:
        return {(i, h, v) for i, h, v, stands in self.lines if stands}


def row(item: str, hour: int, value: float) -> dict:
    return {"kind": "observation", "item": item, "time": NOW - timedelta(hours=hour), "value": float(value)}


@dataclass
class InStore:
    """The same steps in the store; `ids` holds the entry of each line of the list."""

    ward: Made
    ids: list[str] = field(default_factory=list)

    def do(self, rows: list[dict], keeps: bool = True) -> str:
        try:
            made = self.ward.enter(rows).entries
        except Changed:
            return "refused"
        if keeps:
            self.ids += made
        return "new" if made else "nothing new"

    def correct(self, old: int, new: dict, **more: object) -> str:
        mended = new | {"replaces": self.ids[old], "reason": "slip"} | more
        return self.do([mended], keeps=not more)

    def standing(self) -> set[tuple[str, int, float]]:
        with self.ward.store.read() as db:
            rows = db.execute(current(self.ward.patient).where(entry.c.kind == "observation")).mappings().all()
        hours = [(NOW - r["time"]) // timedelta(hours=1) for r in rows]
        assert len({(r["item"], h) for r, h in zip(rows, hours, strict=True)}) == len(rows)
        return {(r["item"], h, r["value"]) for r, h in zip(rows, hours, strict=True)}


@pytest.fixture(scope="module", params=("sqlite", "postgresql"))
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """One store for all examples; each of them has a patient of its own."""
    server = request.getfixturevalue("server") if request.param == "postgresql" else None
    name = server.database() if server else None
    with closing(open_store(server.of(name) if server else str(tmp_path_factory.mktemp("h") / "w.sqlite3"))) as store:
        people(store)
        made = Made(store)
        yield made
        assert made.faults() == ()
    if server:
        server.drop(name)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_any_sequence_of_steps_gives_what_a_list_kept_by_hand_gives(shared: Made, steps: list):
    shared.patient = shared.admit(uuid4().hex)
    store, hand = InStore(shared), ByHand()
    for step in steps:
        before = len(hand.lines)
        if step[0] == "add":
            assert store.do([row(*step[1])]) == hand.add(*step[1])
        elif hand.lines:
            old = step[1] % len(hand.lines)
            if step[0] == "correct":
                assert store.correct(old, row(*step[2])) == hand.correct(old, *step[2])
            else:
                item, hour, value, _ = hand.lines[old]
                assert store.correct(old, row(item, hour, value), withdrawn=True) == hand.take_back(old)
        assert len(store.ids) == len(hand.lines) >= before
        assert store.standing() == hand.standing()
