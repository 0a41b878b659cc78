"""The page of the equations, made from the model's own text: `markdown()` is `docs/mechanism-equations.md`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from icans.mechanism.definition.parameters import Quantity, quantities
from icans.mechanism.definition.parameters import table as parameters
from icans.mechanism.definition.statements import MODEL, RATE, START, Statement, statements, used_by
from icans.mechanism.describe.latex import equation, expression
from icans.mechanism.describe.symbols import symbol
from icans.mechanism.describe.tables import math, sentence, table, unit

_INTRODUCTION = """\
# Equations

Every equation of the model, in the order of the story. The page is made from the model's own text, the Antimony
files in `src/icans/mechanism/model/` (`python -m icans.mechanism.describe equations`), and a test keeps the two
alike. What it all means is told in [the mechanism](mechanism.md); the values are in [parameters](parameters.md).

**How to read it.** Time $t$ is in days after the infusion of the cells. A symbol is the name of the files and
commands with its tail set lower: `k_a` is $k_{\\text{a}}$, `IL6_0` is $\\text{IL6}_{0}$; `lam`, `sg` and `th` are
$\\lambda$, $\\sigma$ and $\\theta$. An index 0 is the value in health, an index b is *in the brain*; words in square
brackets only convert units. A quantity with a start is a state, or an input that only doses change; one without is
calculated at every moment. Three short-hands serve everywhere:

```math
\\begin{align*}
H\\left(x, K\\right) &= \\frac{x}{K + x} \\\\
H\\left(x, K, n\\right) &= \\frac{x^{n}}{K^{n} + x^{n}} \\\\
\\left(x\\right)_{+} &= \\max\\left(x, 0\\right)
\\end{align*}
```

Signals are written as their excess over health, so that without tumour and without cells every rate is exactly zero.
"""
_TITLES = {"barrier_and_csf": "Barrier and CSF"}
_IMPORT = re.compile(r'^(?: *// (.+)\.\n)? *import "([^"]+)"', re.MULTILINE)
_SECTION = re.compile(r"^Section \S+: |\s*\(section [^)]*\)")


@dataclass(frozen=True)
class Part:
    """One file of the model: its title, the chapter it belongs to, what it says of itself, its equations."""

    file: str
    title: str
    chapter: str
    about: str
    statements: tuple[Statement, ...]


def markdown() -> str:
    """The whole page, ending with a line break."""
    shown = [_INTRODUCTION]
    for chapter, own in groupby(parts(), key=lambda part: part.chapter):
        shown += [f"## {chapter}\n", *(_part(part) for part in own)]
    return "\n".join(shown)


@cache
def parts() -> tuple[Part, ...]:
    """The files of the model that hold equations, in the order of the story."""
    return tuple(_parts())


def _parts() -> Iterator[Part]:
    found = {file: tuple(own) for file, own in groupby(statements(), key=lambda s: s.file)}
    chapter = "Before the infusion"
    for told, file in _IMPORT.findall((MODEL / "icans.ant").read_text(encoding="utf-8")):
        chapter = told or chapter
        if file in found:
            stem = file.removesuffix(".ant").rpartition("/")[2]
            title = _TITLES.get(stem) or stem.replace("_", " ").capitalize()
            yield Part(file, title, chapter, _about(file), found[file])


def _about(file: str) -> str:
    """The comment at the head of a file, without the place of it in the paper."""
    lines = (MODEL / file).read_text(encoding="utf-8").splitlines()
    head = lines[: next(i for i, line in enumerate(lines) if not line.startswith("//"))]
    return sentence(_plain(" ".join(line.lstrip("/ ") for line in head)))


def _plain(words: str) -> str:
    return _SECTION.sub("", words)


def _part(part: Part) -> str:
    shown = [f"### {part.title}\n", f"{part.about}\n", f"{_neighbours(part)}\n", _quantities(part)]
    dynamic = [s for s in part.statements if s.kind != START]
    for about, own in groupby(dynamic, key=lambda s: s.about):
        shown.append(_block(_plain(about), list(own)))
    return "\n".join([*shown, _constants(part)])


def _block(about: str, own: Sequence[Statement]) -> str:
    lines = [line for s in own for line in equation(_left(s), s.text)]
    words = f"{sentence(about)}\n\n" if about else ""
    body = " \\\\\n".join(lines)
    return f"{words}```math\n\\begin{{align*}}\n{body}\n\\end{{align*}}\n```\n"


def _left(statement: Statement) -> str:
    shown = symbol(statement.name)
    return rf"\frac{{\text{{d}}{shown}}}{{\text{{d}}t}}" if statement.kind == RATE else shown


def _quantities(part: Part) -> str:
    """What the part computes: symbol, name, meaning, unit, value at day 0."""
    known = {q.name: q for q in quantities()}
    rows = [_quantity(name, known, part) for name in dict.fromkeys(s.name for s in part.statements)]
    return table(("Symbol", "Name", "Meaning", "Unit", "Starts at"), rows)


def _quantity(name: str, known: Mapping[str, Quantity], part: Part) -> tuple[str, ...]:
    own = {s.kind: s for s in part.statements if s.name == name}
    start = math(expression(own[START].text)) if START in own else ""
    return math(symbol(name)), f"`{name}`", known[name].meaning, unit(known[name].unit), start


def _neighbours(part: Part) -> str:
    """Which parts drive this one, and which it drives."""
    home = {s.name: other for other in parts() for s in other.statements}
    own = {s.name for s in part.statements}
    drivers = dict.fromkeys(home[n].title for s in part.statements for n in sorted(s.uses) if n in home)
    users = used_by()
    driven = dict.fromkeys(home[u].title for name in own for u in users.get(name, ()) if u in home)
    by_story = [p.title for p in parts() if p is not part]
    told = [("Driven by", [t for t in by_story if t in drivers]), ("Drives", [t for t in by_story if t in driven])]
    return "<br>\n".join(f"**{words}:** {', '.join(map(_link, titles)) or 'nothing'}" for words, titles in told)


def _link(title: str) -> str:
    return f"[{title.lower() if title != 'Barrier and CSF' else 'barrier and CSF'}](#{title.lower().replace(' ', '-')})"


def _constants(part: Part) -> str:
    """The parameters that stand in the part, folded away."""
    used = {name for s in part.statements for name in s.uses}
    rows = [
        (math(symbol(p.name)), f"`{p.name}`", f"{p.value:g}", unit(p.unit), p.meaning)
        for p in parameters()
        if p.name in used
    ]
    if not rows:
        return ""
    listed = table(("Symbol", "Name", "Value", "Unit", "Meaning"), rows)
    return f'<details markdown="1">\n<summary>Parameters of this part ({len(rows)})</summary>\n\n{listed}\n</details>\n'
