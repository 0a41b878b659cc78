"""The text of a kernel: a model's own functions, then the solver's, in one module for Numba to compile and keep."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from icans.mechanism.compiler.equations import Equations, equations
from icans.mechanism.compiler.form import ONE, ZERO, Node, mul, neg, sub, symbol
from icans.mechanism.compiler.lines import LANES as LANE_DIALECT
from icans.mechanism.compiler.lines import Dialect, lines
from icans.mechanism.compiler.rows import Rows, rows
from icans.mechanism.compiler.system import System

SOLVER = Path(__file__).parents[1] / "solver"
METHOD = SOLVER / "rodas4.py"
SHARED = (SOLVER / "control.py", SOLVER / "lane.py")
DRIVER = (*SHARED, SOLVER / "lanes.py", SOLVER / "observe_rows.py")
HEAD = '''"""Made from the model '{name}' by icans; made again whenever the model or the compiler changes."""

from __future__ import annotations

import math

import numba
import numpy as np

from icans.mechanism.compiler.elementary import choose, exp, log, power, wide

compiled = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={{"contract"}})
'''
# What works on all rows of W, and on nothing but W, is what gains from wide vectors.
_LOOPS_OVER_W = re.compile(r'^(def \w+\(W(?:: Array)?\)(?: -> None)?:\n(?:    """.*?"""\n)?)', re.MULTILINE | re.DOTALL)
_STEP = symbol("$step")


def kernel_text(system: System, method: Path = METHOD) -> str:
    """A module that integrates `system`: see `solver.lanes.integrate`.

    method  the module that makes a step: it defines `begin`, `stages`, `interpolant` and ORDER
    """
    ready = equations(system)
    place = rows(ready)
    parts = [HEAD.format(name=system.name), *size_lines(ready, place), *model_functions(ready, place, LANE_DIALECT)]
    text = "\n".join([*parts, *(module_body(path) for path in (method, *DRIVER))])
    return _LOOPS_OVER_W.sub(r"\1    wide()\n", text)


def size_lines(ready: Equations, place: Rows) -> Iterator[str]:
    """How many there are of everything, and where each block begins."""
    told = {"LANES": place.lanes, "STATES": len(ready.states), "INPUTS": len(ready.inputs), "ROWS": place.count}
    told |= {"PARAMETERS": len(ready.parameters), "OBSERVED": len(ready.observed)}
    told |= {block: place.at(block) for block in place.first}
    yield "".join(f"{name} = {value}\n" for name, value in told.items())


def module_body(path: Path) -> str:
    """A module's text without its docstring and its imports, which the kernel's own head replaces."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r'\A""".*?"""\n', "", text, flags=re.DOTALL)
    return re.sub(r"^(from \S+ )?import (\([^)]*\)|.*)\n", "", text, flags=re.MULTILINE)


def model_functions(ready: Equations, place: Rows, dialect: Dialect) -> Iterator[str]:
    """The model's own functions: see `solver.model_functions`."""
    states = {name: ("STAGE", i) for i, name in enumerate(ready.states)}
    inputs = {name: ("INPUT", i) for i, name in enumerate(ready.inputs)}
    moving = states | inputs | {name: ("KEPT", i) for i, name in enumerate(ready.kept)} | {"$step": ("STEP", 0)}
    fixed = {name: ("PARAMETER", i) for i, name in enumerate(ready.parameters)}
    slopes = [mul(_STEP, rate) for rate in ready.rates]
    matrix = list(_matrix(ready))
    kept = list(ready.kept.values())
    to_slopes = _block("SLOPE", slopes)
    yield _lane_loop("prepare", kept, _block("KEPT", kept), fixed, place, dialect)
    yield _lane_loop("rates", slopes, to_slopes, moving, place, dialect)
    both = [*to_slopes, *_block("MATRIX", matrix)]
    yield _lane_loop("linearise", [*slopes, *matrix], both, moving, place, dialect, ready)
    yield _lane_loop("observe", ready.seen, _block("SEEN", ready.seen), moving, place, dialect)
    yield _solve(ready, place)


def _block(name: str, nodes: Sequence[Node]) -> list[tuple[str, int]]:
    """A row of a block for each node."""
    return [(name, i) for i in range(len(nodes))]


def _matrix(ready: Equations) -> Iterator[Node]:
    """I - GAMMA STEP J at every place of the factors; zero where the elimination fills in."""
    gamma_step = mul(symbol("$gamma"), _STEP)
    for i, j in ready.elimination.places:
        entry = mul(gamma_step, ready.jacobian.get((i, j), ZERO))
        yield sub(ONE, entry) if i == j else (ZERO if entry is ZERO else neg(entry))


def _lane_loop(
    name: str,
    nodes: Sequence[Node],
    targets: Sequence[tuple[str, int]],
    sources: dict[str, tuple[str, int]],
    place: Rows,
    dialect: Dialect,
    factorise: Equations | None = None,
) -> str:
    """A function that calculates `nodes` for every lane from rows of W and writes them to others."""
    used = sorted(frozenset().union(*(n.symbols for n in nodes)) - {"$gamma"}, key=lambda s: sources[s])
    leaves = {symbol_: f"x{k}" for k, symbol_ in enumerate(used)} | {"$gamma": "GAMMA"}
    made, results = lines(nodes, leaves, dialect)
    body = [f"x{k} = {place.entry(*sources[s])}" for k, s in enumerate(used)] + made
    if factorise is not None:
        first = len(nodes) - len(factorise.elimination.places)
        entry = [f"a{i}" for i in range(len(results) - first)]
        body += [f"{name} = {text}" for name, text in zip(entry, results[first:], strict=True)]
        body += list(_factorise(factorise, entry))
        results = results[:first] + entry
    body += [f"{place.entry(*target)} = {text}" for target, text in zip(targets, results, strict=True)]
    return _function(name, body)


def _function(name: str, body: Sequence[str]) -> str:
    inner = "".join(f"        {line}\n" for line in body or ["pass"])
    return f"\n@compiled\ndef {name}(W):\n    for lane in range(LANES):\n{inner}"


def _factorise(ready: Equations, entry: list[str]) -> Iterator[str]:
    """L and U in place; the diagonal becomes its reciprocal, so that solving does not divide.

    entry  the variable of each place, renamed at each change: Numba is slow with variables that change.
    """
    at = ready.elimination.places

    def changed(i: int, j: int, text: str) -> str:
        entry[at[i, j]] += "_"
        return f"{entry[at[i, j]]} = {text}"

    def now(i: int, j: int) -> str:
        return entry[at[i, j]]

    for k in ready.elimination.order:
        yield changed(k, k, f"1.0 / {now(k, k)}")
        for i in ready.elimination.below(k):
            yield changed(i, k, f"{now(i, k)} * {now(k, k)}")
            for j in ready.elimination.right(k):
                yield changed(i, j, f"{now(i, j)} - {now(i, k)} * {now(k, j)}")


def _solve(ready: Equations, place: Rows) -> str:
    elimination = ready.elimination
    answer = [f"b{i}" for i in range(len(ready.states))]
    body = [f"b{i} = {place.entry('SLOPE', i)}" for i in range(len(ready.states))]

    def changed(i: int, text: str) -> None:
        body.append(f"{answer[i]}_ = {text}")
        answer[i] += "_"

    def entry(i: int, j: int) -> str:
        return place.entry("MATRIX", elimination.places[i, j])

    for k in elimination.order:
        for i in elimination.below(k):
            changed(i, f"{answer[i]} - {entry(i, k)} * {answer[k]}")
    for k in reversed(elimination.order):
        terms = "".join(f" - {entry(k, j)} * {answer[j]}" for j in elimination.right(k))
        changed(k, f"({answer[k]}{terms}) * {entry(k, k)}")
    body += [f"{place.entry('SLOPE', i)} = {answer[i]}" for i in range(len(ready.states))]
    return _function("solve", body)
