"""What a patient wrote with finger or pen, as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from icans.report.svg import group, path, picture, rect
from icans.store.errors import NotThere


def drawn(kept: Mapping[str, Any] | None) -> str:
    """Strokes as SVG, black on white. Raises NotThere where nothing was drawn."""
    if not kept or not kept.get("strokes"):
        raise NotThere("nothing was drawn in this test")
    width, height = float(kept["width"]), float(kept["height"])
    strokes = [path([(p[0], p[1]) for p in stroke]) for stroke in kept["strokes"] if stroke]
    style = {"fill": "none", "stroke": "#000000", "stroke_width": "3", "stroke_linecap": "round"}
    content = rect(0, 0, width, height, fill="#ffffff") + group(strokes, **style)
    return picture("Handwriting", "What the patient wrote.", content, width=width, height=height, class_="handwriting")
