"""The guidance of a review as plain dicts and lists: what `as_json` writes under `guidance`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from icans.guidance.findings.pathway import Act, Pathway
from icans.patient_guidance import Guidance


def guidance_dict(found: Guidance) -> dict[str, Any]:
    """Every part but the situation, which is the record; a pathway that surely is not entered is null."""
    parts = {field.name: getattr(found, field.name) for field in fields(found) if field.name != "situation"}
    return {name: None if _is_idle(part) else told(part) for name, part in parts.items()}


def _is_idle(part: object) -> bool:
    return isinstance(part, Pathway) and part.running is False


_AS_THEY_ARE = (str, float, int, bool, type(None))


def told(value: Any) -> Any:
    """A record of any depth as dicts and lists. The doses of an act are worked out; conditions stay in their files."""
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, (tuple, list)):
        return [told(v) for v in value]
    if isinstance(value, Act):
        return {"applies": told(value.applies), "doses": told(value.doses), "choose_one": value.choose_one}
    if is_dataclass(value):
        return {name: told(getattr(value, name)) for name in _names(type(value)) if name != "when"}
    if isinstance(value, Mapping):
        return {str(key): told(v) for key, v in value.items()}
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return value


@cache
def _names(record: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(record))
