"""Pictures that were just worked out, so that the next hook of the same chart need not do it again.

A picture belongs to everything that was sent, to the minute, and to the guideline and conventions; none is ever stale.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import orjson

from icans.web.cds.picture import Picture, is_stable, moment_of
from icans.web.cds.prefetch import Told
from icans.web.cds.reading import seen_of
from icans.web.cds.settings import CdsSettings

_MOST = 64
_LONGEST = timedelta(minutes=2)
_NOT_READ = ("order",)


class TooDeep(Exception):
    """What was sent is nested too deeply to be read."""


@dataclass
class Pictures:
    """The newest pictures, in this process. `most`: how many are kept."""

    most: int = _MOST
    _kept: OrderedDict[bytes, Picture] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, told: Told, patient_id: str, now: datetime, settings: CdsSettings) -> Picture:
        """The picture of a patient, out of what was sent. Raises NotKnown, and TooDeep."""
        key = _key(told, patient_id, now, settings)
        with self._lock:
            if (kept := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return kept
        seen = seen_of(told, patient_id)
        # A list of drugs with gaps does not say what was not given (convention P6).
        changed = dict(settings.conventions) | ({} if seen.drugs_whole else {"P6": False})
        picture = Picture(seen, moment_of(seen, now), settings.guideline, changed)
        if is_stable(seen, now):
            self._keep(key, picture, now)
        return picture

    def _keep(self, key: bytes, picture: Picture, now: datetime) -> None:
        with self._lock:
            self._kept[key] = picture
            old = [name for name, one in self._kept.items() if abs(now - one.as_of) > _LONGEST]
            for name in old:
                del self._kept[name]
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)


def _key(told: Told, patient_id: str, now: datetime, settings: CdsSettings) -> bytes:
    """What a picture belongs to, as a digest: nothing of a patient stands in it."""
    resources = {key: list(found) for key, found in told.resources.items() if key not in _NOT_READ}
    minute = now.replace(second=0, microsecond=0).isoformat()
    about = [patient_id, minute, settings.guideline, dict(settings.conventions), told.cut, told.lacking, told.server]
    try:
        return hashlib.sha256(orjson.dumps([about, resources])).digest()
    except TypeError:
        raise TooDeep from None
