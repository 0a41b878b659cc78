"""Equations of the manual as MathML, when the site is built: browsers draw it without a script and without the network.

The pages hold LaTeX as GitHub shows it too: blocks fenced as `math`, and `$x$` within a line.
"""

from __future__ import annotations

from html import unescape
from typing import Any
from xml.etree.ElementTree import Element, tostring

from latex2mathml.converter import convert_to_element
from markdown import Extension, Markdown
from markdown.inlinepatterns import InlineProcessor

_INLINE = r"(?<![\\$\w])\$(?=\S)([^$\n]+?)(?<=\S)\$(?![\w$])"
_SIDES = {"left": "left", "right": "right"}


def mathml(latex: str, display: str) -> Element:
    """LaTeX as MathML."""
    found = convert_to_element(latex, display=display)
    for part in found.iter():
        # The library writes references to characters, which would be escaped a second time.
        part.text = unescape(part.text) if part.text else None
    for cell in found.iter("mtd"):
        # MathML Core, which browsers implement, has no columnalign.
        side = _SIDES.get(cell.attrib.pop("columnalign", ""), "center")
        cell.set("style", f"text-align: {side}; padding: 0.35em 0.15em")
    for table in found.iter("mtable"):
        table.set("displaystyle", "true")
    return found


def block(source: str, language: str, css_class: str, options: Any, md: Markdown, **other: Any) -> str:
    """A fenced block; the signature is that of `pymdownx.superfences`."""
    return f'<div class="equation">{tostring(mathml(source.strip(), "block"), encoding="unicode")}</div>'


class _Inline(InlineProcessor):
    def handleMatch(self, m: Any, data: str) -> tuple[Element, int, int]:
        return mathml(m.group(1), "inline"), m.start(0), m.end(0)


class Equations(Extension):
    """`$x$` within a line."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Before backslashes and underscores get their meaning, after code."""
        md.inlinePatterns.register(_Inline(_INLINE, md), "equation", 185)


def on_config(config: Any) -> Any:
    """What mkdocs calls before it reads the pages."""
    fence = {"name": "math", "class": "equation", "format": block}
    config.mdx_configs.setdefault("pymdownx.superfences", {})["custom_fences"] = [fence]
    config.markdown_extensions.append(Equations())
    return config
