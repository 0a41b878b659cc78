"""Tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, ending with a line break. Upright strokes in a cell are escaped."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def sentence(words: str) -> str:
    """With a capital at its beginning and a stop at its end."""
    words = " ".join(words.split())
    return words if not words else f"{words[0].upper()}{words[1:]}{'' if words[-1] in '.:!?' else '.'}"


def math(latex: str) -> str:
    """A symbol within a line."""
    return f"${latex}$"


def unit(words: str) -> str:
    """A unit as a reader expects it: nothing where there is none."""
    return {"-": "", "C": "°C", "y": "years", "1e9/L": "10⁹/L", "uM": "µM"}.get(
        words, words.replace("uL", "µL").replace("ug", "µg")
    )
