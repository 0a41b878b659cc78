"""Writing SVG by hand: one function an element, values in, text out.

Positions are in user units; the chart is drawn 680 units wide, so that one unit is 0.75 pt when it is printed
across the two columns of a paper (180 mm).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"
# XML 1.0 has no way to write these, not even escaped.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def escape(words: object) -> str:
    """Text that is safe inside an element and inside an attribute."""
    return html.escape(_FORBIDDEN.sub("", str(words)))


def number(value: float) -> str:
    """A position with at most two decimals, without trailing zeros."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def tag(name: str, content: str = "", /, **attributes: object) -> str:
    """One element. `content` is SVG already; attributes are escaped, None is left out.

    An underscore in a name is written as a hyphen, one at the end is dropped: stroke_width, class_.
    """
    words = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{number(v) if isinstance(v, float) else escape(v)}"'
        for key, v in attributes.items()
        if v is not None
    )
    return f"<{name}{words}>{content}</{name}>" if content else f"<{name}{words}/>"


def picture(
    name: str, what: str, content: str, *, width: float, height: float, class_: str, top: float = 0.0
) -> str:  # fmt: skip
    """The whole of a drawing that says what it is to those who do not see it.

    top  where it begins; `height` counts from there
    """
    return tag(
        "svg",
        title(name) + tag("desc", what) + content,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 {number(top)} {number(width)} {number(height)}",
        width=width,
        height=height,
        role="img",
        font_family=FONT,
        class_=class_,
    )


def group(parts: Iterable[str], /, **attributes: object) -> str:
    """A <g> around parts; nothing where there are none."""
    content = "".join(parts)
    return tag("g", content, **attributes) if content else ""


def text(x: float, y: float, words: object, /, **attributes: object) -> str:
    """Words with their base line at y."""
    return tag("text", escape(words), x=float(x), y=float(y), **attributes)


def title(words: str) -> str:
    """What a reader sees when the pointer rests on an element, and what a screen reader says."""
    return f"<title>{escape(words)}</title>"


def line(x1: float, y1: float, x2: float, y2: float, /, **attributes: object) -> str:
    """A straight line."""
    return tag("line", x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), **attributes)


def rect(x: float, y: float, width: float, height: float, tip: str = "", /, **attributes: object) -> str:
    """A rectangle, with a tip where one is given."""
    content = title(tip) if tip else ""
    return tag("rect", content, x=float(x), y=float(y), width=float(width), height=float(height), **attributes)


def path(points: Sequence[tuple[float, float]], /, closed: bool = False, **attributes: object) -> str:
    """A line through points; nothing where there are fewer than two."""
    if len(points) < 2:
        return ""
    joined = "L".join(f"{number(x)},{number(y)}" for x, y in points)
    return tag("path", d=f"M{joined}{'Z' if closed else ''}", **attributes)


def width_of(words: str, size: float) -> float:
    """About how wide words are in this font at this size (an average letter is 0.53 of the size)."""
    return 0.53 * size * len(words)
