"""The reason of a grade in one line of text, for a whole table at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import reduce

import polars as pl

from icans.grading.scale import Scale
from icans.record.catalogue import catalogue
from icans.rules.condition import condition
from icans.rules.definition import Definition
from icans.rules.expression import Constant, Node, Recorded, terms, walk
from icans.rules.ladder import Entry, Ladder, first_open, is_settled
from icans.rules.span import span
from icans.rules.vocabulary import hi, lo

_NOBODY = pl.lit(False)
PLACE = re.compile(r"\{(\w+)\}")
"""A name in braces in the sentence of a rule: the value of that number is put there."""


def with_places(frame: pl.LazyFrame, scale: Scale) -> pl.LazyFrame:
    """The evaluated table with, for every cited list, `__place_`: the first entry that holds or may hold, and
    `__sure_`: whether it surely does.
    """
    places = [first_open(ladder).alias(_place(ladder)) for ladder in scale.ladders()]
    return frame.with_columns(*places, *(is_settled(ladder).alias(_sure(ladder)) for ladder in scale.ladders()))


def _place(ladder: Ladder) -> str:
    return f"__place_{ladder.name}"


def _sure(ladder: Ladder) -> str:
    return f"__sure_{ladder.name}"


def reason(scale: Scale) -> pl.Expr:
    """A sentence for each row: the rule that decided, the domains that set the grade, what is not recorded.

    Only rules that surely apply are told; where it is not settled which one does, the interval of the domain is.
    Needs the columns of `with_places`.
    """
    assert scale.grade is not None
    low, high = pl.col(lo("__grade")), pl.col(hi("__grade"))
    last = len(scale.grade.entries) - 1
    # A list that only takes the worst domain has nothing to tell but how it ended otherwise.
    told_at_all = pl.lit(True) if last > 1 else pl.col(_place(scale.grade)) < last
    parts = [pl.when(told_at_all & pl.col(_sure(scale.grade))).then(_says(scale.grade, scale))]
    for domain in scale.domains:
        own_low, own_high = pl.col(lo(domain.name)), pl.col(hi(domain.name))
        sets = ((own_low == low) & (low > 0)) | ((low == 0) & (own_high == high) & (high > 0))
        told = pl.when(pl.col(_sure(domain))).then(_says(domain, scale))
        parts.append(pl.when(sets).then(pl.coalesce(told, _interval(domain.label, domain.name))))
    if last <= 1:
        parts.append(pl.when(high == 0).then(pl.lit("no domain is above grade 0")))
    parts += [pl.when(gap).then(pl.lit(f"not recorded: {label}")) for label, gap in _gaps(scale)]
    said = pl.concat_str(parts, separator="; ", ignore_nulls=True)
    return pl.when(said == "").then(pl.lit("settled whatever the gaps are")).otherwise(said)


def _says(ladder: Ladder, scale: Scale) -> pl.Expr:
    """The sentence of the entry that speaks for a row, of the list it hands over to, with its numbers filled in.

    Null where the list it hands over to is not settled.
    """
    texts = pl.Series("says", [entry.says for entry in ladder.entries], dtype=pl.String)
    said = pl.lit(texts).gather(pl.col(_place(ladder)))
    for name in dict.fromkeys(n for entry in ladder.entries for n in PLACE.findall(entry.says)):
        said = said.str.replace(f"{{{name}}}", _numbers(name), literal=True)
    for place, entry in enumerate(ladder.entries):
        if (inner := scale.handed_to(entry)) is not None:
            deeper = pl.when(pl.col(_sure(inner))).then(_says(inner, scale))
            said = pl.when(pl.col(_place(ladder)) == place).then(deeper).otherwise(said)
    return said


def _interval(label: str, name: str) -> pl.Expr:
    return pl.concat_str(pl.lit(f"{label}: grade "), _numbers(name))


def _numbers(name: str) -> pl.Expr:
    """'7', or '7 to 9': the interval of a whole number."""
    low, high = pl.col(lo(name)).cast(pl.Int16), pl.col(hi(name)).cast(pl.Int16)
    both = pl.concat_str(low, pl.lit(" to "), high)
    return pl.when(low == high).then(low.cast(pl.String)).otherwise(both)


def _gaps(scale: Scale) -> Iterator[tuple[str, pl.Expr]]:
    """(label of an item, where it is unknown and an open entry asks for it), over the whole scale."""
    low, high = pl.col(lo("__grade")), pl.col(hi("__grade"))
    asked: dict[str, list[pl.Expr]] = {}
    for domain in scale.domains:
        could_raise = (low < high) & (pl.col(lo(domain.name)) < pl.col(hi(domain.name)))
        could_raise = could_raise & (pl.col(hi(domain.name)) > low)
        for entry, is_open in _open_entries(domain):
            for name in items_of_entry(entry, scale):
                asked.setdefault(name, []).append(could_raise & is_open)
    assert scale.grade is not None
    for entry, is_open in _open_entries(scale.grade):
        for name in items_of_entry(entry, scale):
            asked.setdefault(name, []).append((low < high) & is_open)
    for name, places in asked.items():
        item = catalogue().get(name)
        if item is not None:
            unknown = pl.col(name).is_null() & _not_covered(name, scale)
            yield item.label, unknown & reduce(lambda a, b: a | b, places)


def _not_covered(name: str, scale: Scale) -> pl.Expr:
    """A part speaks only where another part is recorded, and a total only where no part is."""
    items = catalogue()
    total = items[name].part_of or name
    parts = [n for n in scale.items() if items.get(n) is not None and items[n].part_of == total]
    if not parts:
        return pl.lit(True)
    some = reduce(lambda a, b: a | b, [pl.col(p).is_not_null() for p in parts])
    return some if items[name].part_of else ~some


def _open_entries(ladder: Ladder) -> Iterator[tuple[Entry, pl.Expr]]:
    """Each entry with where it is reached and leaves the answer open: its condition or its value is unknown."""
    stopped = _NOBODY
    for entry in ladder.entries:
        value_low, value_high = span(entry.low).lo, span(entry.high).hi
        if entry.when is None or isinstance(entry.when, Constant):
            yield entry, ~stopped & (value_low < value_high)
            continue
        holds = condition(entry.when)
        yield entry, ~stopped & (holds.is_null() | (holds.fill_null(False) & (value_low < value_high)))
        stopped = stopped | holds.fill_null(False)


def items_of_entry(entry: Entry, scale: Scale) -> list[str]:
    """The items an entry depends on, through the definitions it asks for; domains aside."""
    return _items_behind(names_in(entry), scale)


def items_of_node(node: Node, scale: Scale) -> list[str]:
    """The items an expression depends on, through the definitions it asks for."""
    return _items_behind(_names([node]), scale)


def items_of_definition(definition: Definition, scale: Scale) -> list[str]:
    """The items a definition depends on, through the definitions it asks for."""
    return _items_behind(_names(definition.nodes()), scale)


def _items_behind(names: Iterable[str], scale: Scale) -> list[str]:
    by_name = {d.name: d for d in scale.definitions}
    own = scale.own_names()
    waiting = list(names)
    found: dict[str, None] = {}
    while waiting:
        name = waiting.pop(0)
        definition = by_name.pop(name, None)
        if definition is not None:
            waiting += _names(definition.nodes())
        elif name not in own:
            found[name] = None
    return list(found)


def names_in(entry: Entry) -> list[str]:
    """The names an entry asks for itself, definitions not looked through."""
    return _names(n for n in (entry.when, entry.low, entry.high) if n is not None)


def _names(nodes: Iterable[Node]) -> list[str]:
    """The names some expressions ask for; what is only asked whether it was recorded does not count."""
    found = []
    for node in nodes:
        skipped = {t.name for part in walk(node) if isinstance(part, Recorded) for t in part.terms}
        found += [t.name for t in terms(node) if t.name not in skipped]
    return found
