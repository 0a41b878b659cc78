"""An expression of the model's text as LaTeX: fractions drawn, products without signs, symbols of the paper."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from icans.mechanism.describe.symbols import symbol

_SUM, _PRODUCT, _POWER, _ATOM = range(4)
_WIDE = 46
"""Visible signs on one line, about what a page holds."""
_SMALLER = 0.35
"""How much less room a sign takes below the line."""
_FRACTION = re.compile(r"\\frac\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}")
_BELOW = re.compile(r"_\{((?:[^{}]|\{[^{}]*\})*)\}")
_SIGNS = re.compile(r"\\(?:text|frac|left|right|[,;])|\\[a-zA-Z]+|[{}_^ ]")


def expression(text: str) -> str:
    """The LaTeX of an expression, on one line."""
    return _of(_tree(text))[0]


def equation(left: str, text: str) -> list[str]:
    """An equation as lines of an `align*`, broken before a plus, a minus or a factor where it would be too wide."""
    lines, line = [], ""
    for place, (sign, node) in enumerate(_terms(_tree(text))):
        shown = ("-" if sign < 0 else "") if place == 0 else ("- " if sign < 0 else "+ ")
        first, *more = _pieces(node)
        if line and _seen(line) + _seen(first) > _WIDE:
            lines, line = [*lines, line], rf"\quad {shown}{first}"
        else:
            line = f"{line} {shown}{first}".strip()
        if more:
            lines, line = [*lines, line, *more[:-1]], more[-1]
    first, *more = [*lines, line]
    return [f"{left} &= {first}", *(f"&{own}" for own in more)]


def _pieces(node: ast.expr) -> list[str]:
    """A term, in several pieces where it is too wide: of (a + b)+ the terms, of a product the factors."""
    whole = _wrapped(node, _PRODUCT)
    factors = _factors(node)
    if _seen(whole) <= _WIDE:
        return [whole]
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "pos":
        first, *more = equation("", ast.unparse(node.args[0]))
        lines = [f"({first.removeprefix(' &= ')}", *(line.removeprefix("&") for line in more)]
        return [*lines[:-1], f"{lines[-1]})_{{+}}"]
    if len(factors) < 2:
        return [whole]
    cut = next((n for n in range(len(factors) - 1, 0, -1) if _seen(_joined(factors[:n])) <= _WIDE), 1)
    return [_joined(factors[:cut]), rf"\quad \times {_joined(factors[cut:])}"]


def _factors(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return [*_factors(node.left), node.right]
    return [node]


def _joined(factors: Sequence[ast.expr]) -> str:
    return r"\, ".join(_wrapped(factor, _PRODUCT) for factor in factors)


def _tree(text: str) -> ast.expr:
    return ast.parse(text.replace("^", "**"), mode="eval").body


def _terms(node: ast.expr, sign: int = 1) -> list[tuple[int, ast.expr]]:
    """The terms of a sum with their signs."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        last = -sign if isinstance(node.op, ast.Sub) else sign
        return [*_terms(node.left, sign), (last, node.right)]
    positive = _without_minus(node)
    return [(sign, node)] if positive is None else [(-sign, positive)]


def _without_minus(node: ast.expr) -> ast.expr | None:
    """A product that begins with a minus, without it: Python reads -a*b as (-a)*b. None where it begins otherwise."""
    if isinstance(node, ast.UnaryOp):
        return node.operand
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        left = _without_minus(node.left)
        return None if left is None else ast.BinOp(left, node.op, node.right)
    return None


def _of(node: ast.expr) -> tuple[str, int]:
    """The LaTeX of a part, and how tightly it holds together."""
    if isinstance(node, ast.Name):
        return symbol(node.id), _ATOM
    if isinstance(node, ast.Constant):
        return str(node.value), _ATOM
    if (positive := _without_minus(node)) is not None:
        # A minus binds like a sum, so that it gets brackets within a product.
        return f"-{_wrapped(positive, _PRODUCT)}", _SUM
    if isinstance(node, ast.Call):
        return _call(node)
    if isinstance(node, ast.BinOp):
        return _binary(node)
    raise ValueError(f"the manual cannot show {ast.unparse(node)}")


def _binary(node: ast.BinOp) -> tuple[str, int]:
    left, right = node.left, node.right
    if isinstance(node.op, ast.Add | ast.Sub):
        sign = "+" if isinstance(node.op, ast.Add) else "-"
        return f"{_wrapped(left, _SUM)} {sign} {_wrapped(right, _PRODUCT)}", _SUM
    if isinstance(node.op, ast.Mult):
        return rf"{_wrapped(left, _PRODUCT)}\, {_wrapped(right, _PRODUCT)}", _PRODUCT
    if isinstance(node.op, ast.Div):
        return rf"\frac{{{_of(left)[0]}}}{{{_of(right)[0]}}}", _PRODUCT
    return f"{_wrapped(left, _ATOM)}^{{{_of(right)[0]}}}", _POWER


def _wrapped(node: ast.expr, at_least: int) -> str:
    """In brackets where it does not hold together tightly enough."""
    text, held = _of(node)
    return text if held >= at_least else rf"\left({text}\right)"


def _call(node: ast.Call) -> tuple[str, int]:
    assert isinstance(node.func, ast.Name)
    name, given = node.func.id, [_of(argument)[0] for argument in node.args]
    if name == "pos":
        return rf"\left({given[0]}\right)_{{+}}", _ATOM
    if name == "exp":
        return f"e^{{{given[0]}}}", _POWER
    shown = "H" if name in ("H", "Hn") else rf"\{name}"
    return rf"{shown}\left({', '.join(given)}\right)", _ATOM


def _seen(text: str) -> float:
    """About how many signs wide: of a fraction, the wider half."""
    while found := _FRACTION.search(text):
        text = text[: found.start()] + max(found[1], found[2], key=_plain) + text[found.end() :]
    return _plain(text)


def _plain(text: str) -> float:
    below = sum(len(_SIGNS.sub("", words)) for words in _BELOW.findall(text))
    return len(_SIGNS.sub("", text)) - _SMALLER * below
