"""The lines that words of a simulation page are made by, such as fever. Read from `story_limits.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def limit(name: str) -> float:
    """The value of a line, in the unit that the file says. Raises KeyError where there is none of this name."""
    return limits()[name]["value"]


@cache
def limits() -> Mapping[str, Mapping[str, Any]]:
    """Every line with its value, unit, source and evidence, by name."""
    text = files("icans.report").joinpath("story_limits.yaml").read_text(encoding="utf-8")
    return yaml.load(text, _Loader)
