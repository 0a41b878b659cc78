"""What is worked out of each record, kept as long as it is true.

An answer belongs to a version of the record, a version of the settings and a moment. It is looked up by the versions
that the store has now, so an answer to an older record is never shown. The moment moves every STEP, for what is due
changes with time alone; right after a write it is the time of the write. An answer that is only a STEP or two old in
time is still shown, with its time, while the new one is worked out.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from icans.record.record import Records
from icans.store.database import Store
from icans.store.patients import find
from icans.store.records import chart_is_complete, record_of
from icans.store.settings import newest, newest_version
from icans.web.faults import told
from icans.web.site import Site, site_of
from icans.web.worked import Worked, work_out

log = logging.getLogger(__name__)
STEP = timedelta(minutes=5)
"""How often what is due is worked out anew. Our choice."""
_PATIENCE = 2 * STEP


class Key(NamedTuple):
    """What an answer belongs to."""

    patient: str
    record: int
    site: int
    at: datetime


class Here(Executor):
    """Work at once, in the thread that asks: for tests, and where there is no second process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do it and hand over what came out."""
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except BaseException as error:
            done.set_exception(error)
        return done


@dataclass
class Reviews:
    """Work out and keep the newest answer of each patient.

    workers  does what somebody waits for; ahead: what nobody waits for yet; renew: makes new workers where they died
    trusted_for  seconds for which settings that another process may have changed are not looked up again
    """

    store: Store
    clock: Callable[[], datetime]
    workers: Executor = field(default_factory=Here)
    ahead: Executor = field(default_factory=Here)
    renew: Callable[[], Executor] | None = None
    _kept: dict[str, tuple[Key, Worked]] = field(default_factory=dict, repr=False)
    _asked: dict[Key, Future[Worked]] = field(default_factory=dict, repr=False)
    trusted_for: float = 0.0
    _looked: float = field(default=float("-inf"), repr=False)
    _site: tuple[int, Site] | None = field(default=None, repr=False)
    _begun: set[Key] = field(default_factory=set, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def site(self) -> tuple[int, Site]:
        """The settings in force with their version, looked up again after `trusted_for` seconds."""
        if self._site is not None and time.monotonic() - self._looked < self.trusted_for:
            return self._site
        with self.store.read() as db:
            version = newest_version(db)
            if self._site is None or self._site[0] != version:
                self._site = (version, site_of(newest(db)[1]))
        self._looked = time.monotonic()
        return self._site

    def settings_changed(self) -> None:
        """Look the settings up again: they were changed here."""
        self._looked = float("-inf")

    def of(self, patient_id: str) -> Worked:
        """The record of a patient as it is now, worked out; waits for it. Raises NotThere."""
        version, site = self.site()
        with self.store.read() as db:
            who = find(db, patient_id)
        key = self._key(who, version)
        if (there := self._there(key)) is not None:
            if there.as_of != key.at:
                self._begin(key, site)
            return there
        with self._lock:
            promised = self._asked.get(key)
            mine = self._asked.setdefault(key, Future())
        return promised.result() if promised is not None else self._answer(key, site, mine)

    def at_hand(self, patients: Iterable[Mapping[Any, Any]]) -> dict[str, Worked | None]:
        """Patient -> what is worked out of the record as it is now; None where that is still to come."""
        version, site = self.site()
        found: dict[str, Worked | None] = {}
        for who in patients:
            key = self._key(who, version)
            there = self._there(key)
            if there is None or there.as_of != key.at:
                self._begin(key, site)
                there = self._there(key)
            found[who["id"]] = there
        return found

    def before(self, patient_id: str) -> Worked | None:
        """The newest answer there is, of an older record it may be: for a place on the ward, not to be shown."""
        with self._lock:
            kept = self._kept.get(patient_id)
        return kept[1] if kept else None

    def _key(self, who: Mapping[Any, Any], version: int) -> Key:
        now = self.clock()
        floor = now - (now - datetime.fromtimestamp(0, now.tzinfo)) % STEP
        return Key(who["id"], who["version"], version, max(floor, who["changed_at"]))

    def _there(self, key: Key) -> Worked | None:
        """What is kept for these very versions, and not too old."""
        with self._lock:
            kept = self._kept.get(key.patient)
        if kept is None or kept[0][:3] != key[:3] or key.at - kept[0].at > _PATIENCE:
            return None
        return kept[1]

    def _answer(self, key: Key, site: Site, promised: Future[Worked]) -> Worked:
        """Work it out for whoever waits, and hand the same to all who asked meanwhile."""
        try:
            worked = self._work(key, site)
        except BaseException as error:
            promised.set_exception(error)
            raise
        finally:
            with self._lock:
                self._asked.pop(key, None)
        self._keep(key, worked)
        promised.set_result(worked)
        return worked

    def _begin(self, key: Key, site: Site) -> None:
        """Have it worked out when there is time, once."""
        with self._lock:
            if key in self._begun:
                return
            self._begun.add(key)
        self.ahead.submit(self._ahead, key, site)

    def _ahead(self, key: Key, site: Site) -> None:
        try:
            if self._there(key) is None or self._kept[key.patient][0] != key:
                self._keep(key, self._work(key, site))
        except Exception as error:  # nobody waits for this answer; whoever asks for it next works it out, or is told
            log.error("a record could not be worked out ahead: %s", told(error))
        finally:
            with self._lock:
                self._begun.discard(key)

    def _work(self, key: Key, site: Site) -> Worked:
        """Have it worked out; where the workers have died, once more by new ones."""
        mine = self.workers
        try:
            return mine.submit(work_out, *self._question(key, site)).result()
        except BrokenExecutor:
            log.error("a worker has died; new ones are started")
            with self._lock:
                if self.workers is mine and self.renew is not None:
                    self.workers = self.renew()
            return self.workers.submit(work_out, *self._question(key, site)).result()

    def _question(self, key: Key, site: Site) -> tuple[Records, Site, datetime, int]:
        """The record and what it is reviewed by. One that changed meanwhile has a newer version: a key of its own."""
        with self.store.read() as db:
            return record_of(db, key.patient), site.for_chart(chart_is_complete(db, key.patient)), key.at, key.record

    def _keep(self, key: Key, worked: Worked) -> None:
        with self._lock:
            before = self._kept.get(key.patient)
            if before is None or before[0][1:] <= key[1:]:
                self._kept[key.patient] = (key, worked)
