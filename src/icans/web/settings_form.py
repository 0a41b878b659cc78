"""The settings as a form holds them, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from icans.errors import DataError
from icans.grading.conventions import conventions, switches
from icans.web.site import LANGUAGES, Site

_PLAIN = ("name", "hospital", "city", "time_zone", "guideline", "language", "answer_hours", "trend_hours")


def as_form(site: Site) -> dict[str, str]:
    """The boxes of the form."""
    given = {name: str(getattr(site, name)) for name in _PLAIN}
    given["care_units"] = "\n".join(site.care_units)
    for code in LANGUAGES:
        choice = site.ice.get(code)
        given[f"ice.{code}.objects"] = ", ".join(choice.objects) if choice else ""
        given[f"ice.{code}.command"] = choice.command if choice else ""
        given[f"ice.{code}.sentence"] = choice.sentence if choice else ""
    return given


def from_form(form: Mapping[str, Any], before: Site) -> dict[str, Any]:
    """What the form changes; what it does not show stays. Raises DataError for a number that is none."""
    new: dict[str, Any] = {name: str(form[name]).strip() for name in _PLAIN if name in form}
    for name in ("answer_hours", "trend_hours"):
        if name in new:
            new[name] = _number(name, new[name])
    if "care_units" in form:
        new["care_units"] = [u for line in str(form["care_units"]).splitlines() if (u := line.strip())]
    if any(name.startswith("convention.") for name in form):
        new["conventions"] = _conventions(form)
    if any(name.startswith("ice.") for name in form):
        new["ice"] = {code: said for code in LANGUAGES if (said := _ice(form, code))}
    return new


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise DataError(f"{name}: a number of hours") from None


def _conventions(form: Mapping[str, Any]) -> dict[str, bool]:
    """Only what stands differently from the default."""
    said = {c: form.get(f"convention.{c}") == "on" for c in conventions() if f"convention.{c}" in form}
    usual = switches()
    return {c: on for c, on in said.items() if on != usual[c]}


def _ice(form: Mapping[str, Any], code: str) -> dict[str, Any]:
    objects = [o for part in str(form.get(f"ice.{code}.objects") or "").split(",") if (o := part.strip())]
    words = {k: str(form.get(f"ice.{code}.{k}") or "").strip() for k in ("command", "sentence")}
    said: dict[str, Any] = {"objects": objects, **words}
    return said if any(said.values()) else {}
