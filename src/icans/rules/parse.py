"""From the text of an expression to its tree. Only a whitelist of Python's syntax is understood.

    ice_total >= 7 and not consciousness_other_cause
    oxygen_device in ('cpap', 'bipap') and positive_pressure_reason == 'hypoxia'
    count(vasoactive_drugs, 'norepinephrine', 'epinephrine') >= 2
    7 <= reconcile(ice_total, ice_naming + ice_writing) <= 9
    first_known(hypotension, systolic_pressure < 90 if convention('C4') else unknown)

Nothing is ever evaluated as Python.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from math import isfinite

from icans.rules.expression import (
    Accounts,
    Among,
    ByConvention,
    Calculation,
    Compare,
    Constant,
    Finding,
    Members,
    Node,
    Number,
    Quantity,
    Rank,
    Recorded,
)
from icans.rules.limits import decided, limits_of
from icans.rules.simplify import arithmetic, logic
from icans.rules.vocabulary import Term, Vocabulary

_COMPARE = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
_ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
FUNCTIONS = (
    "min", "max", "floor", "log2", "count", "any_of", "empty", "rank", "any_known", "first_known", "reconcile",
    "convention",
)  # fmt: skip
_LONGEST = 4000
_DEEPEST = 60
_SHOWN = 80


@cache
def _tree(text: str) -> ast.expr | None:
    """Parsed once, however often a rule is read again with other switches; None where it is nested too deep."""
    try:
        tree = ast.parse(text, mode="eval").body
    except (RecursionError, MemoryError):
        return None
    return tree if _depth(tree) <= _DEEPEST else None


def _depth(tree: ast.AST) -> int:
    """How many brackets deep a tree is, without recursion, which is what a deep one would break."""
    deepest, level = 0, [tree]
    while level:
        deepest, level = deepest + 1, [child for node in level if node._fields for child in ast.iter_child_nodes(node)]
    return deepest


class ExpressionError(ValueError):
    """An expression that cannot be used; `mistakes` says why, a sentence each."""

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = mistakes
        super().__init__("; ".join(mistakes))


def parse(text: str, vocabulary: Vocabulary, switches: Mapping[str, bool | None] | None = None) -> Node:
    """The tree of `text`, with its names taken from `vocabulary` and its switches set.

    A switch that is None is left open: it becomes a name, and a column of the table says where it stands.

    Raises ExpressionError with every mistake: syntax, unknown names (with the nearest known one), words a
    choice does not have, comparisons that can never or always hold, kinds that do not fit.
    """
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + " ..."
    if len(text) > _LONGEST:
        raise ExpressionError([f"'{shown}' is longer than {_LONGEST} signs: give a part of it a name under 'define'"])
    try:
        tree = _tree(" ".join(text.split()))
    except SyntaxError as error:
        raise ExpressionError([f"'{shown}' is not an expression: {error.msg}"]) from None
    if tree is None:
        raise ExpressionError([f"'{shown}' is nested too deep: give a part of it a name under 'define'"])
    reader = _Reader(vocabulary, switches or {})
    node = reader.read(tree)
    if reader.mistakes:
        raise ExpressionError(reader.mistakes)
    return node


_NOTHING = Number(0.0)


@dataclass
class _Reader:
    vocabulary: Vocabulary
    switches: Mapping[str, bool | None]
    mistakes: list[str] = field(default_factory=list)

    def read(self, tree: ast.expr) -> Node:
        if isinstance(tree, ast.BoolOp):
            operator = "and" if isinstance(tree.op, ast.And) else "or"
            return logic(operator, tuple(self._truth(value) for value in tree.values))
        if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not):
            return logic("not", (self._truth(tree.operand),))
        if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
            return arithmetic("-", Number(0.0), self._number(tree.operand))
        if isinstance(tree, ast.BinOp) and type(tree.op) in _ARITHMETIC:
            return arithmetic(_ARITHMETIC[type(tree.op)], self._number(tree.left), self._number(tree.right))
        if isinstance(tree, ast.IfExp):
            return self._by_switch(tree)
        if isinstance(tree, ast.Compare):
            return self._comparison(tree)
        if isinstance(tree, ast.Call):
            return self._call(tree)
        if isinstance(tree, ast.Name):
            return self._name(tree.id)
        if isinstance(tree, ast.Constant) and type(tree.value) in (int, float) and isfinite(float(str(tree.value))):
            return Number(float(str(tree.value)))
        return self._mistake(f"'{ast.unparse(tree)}' is not part of the rule language")

    def _mistake(self, words: str) -> Node:
        self.mistakes.append(words)
        return _NOTHING

    def _truth(self, tree: ast.expr) -> Node:
        return self._of_kind(tree, "yes_no", "a condition")

    def _number(self, tree: ast.expr) -> Node:
        return self._of_kind(tree, "number", "a number")

    def _of_kind(self, tree: ast.expr, kind: str, words: str) -> Node:
        before = len(self.mistakes)
        node = self.read(tree)
        if node.kind != kind and len(self.mistakes) == before:
            self._mistake(f"'{ast.unparse(tree)}' is not {words}")
        return node

    def _term(self, name: str) -> Term | None:
        if name in self.vocabulary:
            return self.vocabulary[name]
        close = difflib.get_close_matches(name, list(self.vocabulary), n=1, cutoff=0.6)
        self._mistake(f"'{name}' is not known{f'. Is it {close[0]!r}?' if close else ''}")
        return None

    def _by_switch(self, tree: ast.IfExp) -> Node:
        test = self._truth(tree.test)
        if isinstance(test, Finding) and test.term.switch:
            return ByConvention(test.term, self.read(tree.body), self.read(tree.orelse))
        if not isinstance(test, Constant) or test.value is None:
            return self._mistake(f"'if {ast.unparse(tree.test)}': only a convention may choose between two readings")
        return self.read(tree.body if test.value else tree.orelse)

    def _name(self, name: str) -> Node:
        if name == "unknown":
            return Constant(None)
        term = self._term(name)
        if term is None:
            return _NOTHING
        if term.is_number:
            return Quantity(term)
        if term.kind == "yes_no":
            return Finding(term)
        how = "== or in" if term.kind == "choice" else "any_of, count or empty"
        return self._mistake(f"'{name}' is a {term.kind}: ask it with {how}")

    def _comparison(self, tree: ast.Compare) -> Node:
        sides = [tree.left, *tree.comparators]
        parts = [self._pair(left, op, right) for left, op, right in zip(sides, tree.ops, sides[1:], strict=False)]
        return parts[0] if len(parts) == 1 else logic("and", tuple(parts))

    def _pair(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> Node:
        if isinstance(left, ast.Name) and self._kind(left) == "choice":
            return self._among(left.id, operator, right)
        symbol = _COMPARE.get(type(operator))
        if symbol is None:
            return self._mistake(f"'{ast.unparse(left)}' is not a choice, so it cannot be asked with 'in'")
        before = len(self.mistakes)
        node = Compare(symbol, self._number(left), self._number(right))
        if len(self.mistakes) == before:
            self._check_limits(node)
        return node

    def _kind(self, tree: ast.Name) -> str | None:
        term = self.vocabulary.get(tree.id)
        return term.kind if term else None

    def _among(self, name: str, operator: ast.cmpop, right: ast.expr) -> Node:
        term = self.vocabulary[name]
        before = len(self.mistakes)
        words = self._words(right.elts if isinstance(right, ast.Tuple | ast.List) else [right], term)
        if not isinstance(operator, ast.Eq | ast.NotEq | ast.In | ast.NotIn):
            return self._mistake(f"'{name}' is a choice: ask it with ==, !=, in or not in")
        if not words and len(self.mistakes) == before:
            return self._mistake(f"'{name}' needs words to be compared with")
        node = Among(term, frozenset(words))
        return logic("not", (node,)) if isinstance(operator, ast.NotEq | ast.NotIn) else node

    def _words(self, trees: list[ast.expr], term: Term) -> list[str]:
        words = []
        for tree in trees:
            if not isinstance(tree, ast.Constant) or not isinstance(tree.value, str):
                self._mistake(f"'{ast.unparse(tree)}' is not a quoted word of '{term.name}'")
            elif tree.value not in term.values:
                self._mistake(f"'{term.name}' is never '{tree.value}'; it has: {', '.join(term.values)}")
            else:
                words.append(tree.value)
        return words

    def _check_limits(self, node: Compare) -> None:
        """A comparison with a number that the limits of the item already decide is a slip of the pen."""
        asked, operator, other = node.left, node.operator, node.right
        if isinstance(asked, Number):
            asked, operator, other = node.right, _MIRROR[operator], node.left
        if not isinstance(other, Number) or not isinstance(asked, Quantity | Rank | Members):
            return
        name, low, high = limits_of(asked)
        if (always := decided(operator, low, high, other.value)) is not None:
            how = "always" if always else "never"
            self._mistake(f"'{name} {operator} {other.value:g}' {how} holds: {name} lies in {low:g} to {high:g}")

    def _call(self, tree: ast.Call) -> Node:
        name = tree.func.id if isinstance(tree.func, ast.Name) else ast.unparse(tree.func)
        if name not in FUNCTIONS or tree.keywords:
            return self._mistake(f"'{name}' is not a function of the rule language; it has: {', '.join(FUNCTIONS)}")
        if not tree.args:
            return self._mistake(f"'{name}' needs something in its brackets")
        if name == "convention":
            return self._switch(tree.args)
        if name in ("count", "any_of", "empty", "rank"):
            return self._about_words(name, tree.args)
        if name == "any_known":
            return self._recorded(tree.args)
        if name in ("first_known", "reconcile"):
            parts = tuple(self.read(arg) for arg in tree.args)
            if len({part.kind for part in parts}) > 1:
                return self._mistake(f"'{name}' joins accounts of one kind")
            return Accounts(name, parts)
        if name in ("floor", "log2") and len(tree.args) > 1:
            return self._mistake(f"'{name}' takes one number")
        return Calculation(name, tuple(self._number(arg) for arg in tree.args))

    def _switch(self, args: list[ast.expr]) -> Node:
        key = args[0].value if isinstance(args[0], ast.Constant) else None
        if not isinstance(key, str) or key not in self.switches:
            return self._mistake(f"convention({ast.unparse(args[0])}) is not among: {', '.join(self.switches)}")
        position = self.switches[key]
        return Finding(Term(key, "yes_no", switch=True)) if position is None else Constant(position)

    def _about_words(self, name: str, args: list[ast.expr]) -> Node:
        wanted = "choice" if name == "rank" else "set"
        term = self._term(args[0].id) if isinstance(args[0], ast.Name) else None
        if term is None:
            return _NOTHING if isinstance(args[0], ast.Name) else self._mistake(f"'{name}' asks an item first")
        if term.kind != wanted:
            return self._mistake(f"'{name}' asks a {wanted}, and '{term.name}' is a {term.kind}")
        if name == "rank":
            return Rank(term)
        words = frozenset(self._words(args[1:], term))
        if name == "empty" and len(args) > 1:
            return self._mistake(f"'empty' asks about the whole set: 'empty({term.name})'")
        if name != "empty" and not words:
            return self._mistake(f"'{name}({term.name}, ...)' needs words of '{term.name}'")
        return Members(name, term, words)

    def _recorded(self, args: list[ast.expr]) -> Node:
        found = []
        for arg in args:
            if isinstance(arg, ast.Name):
                found.append(self._term(arg.id))
            else:
                self._mistake(f"'any_known' asks names, not '{ast.unparse(arg)}'")
        return Recorded(tuple(term for term in found if term is not None))
