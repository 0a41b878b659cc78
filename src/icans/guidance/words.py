"""Truths of many columns in few: packed as bits, or as words, where the bits are a place in a table of texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import polars as pl

_BITS = 12
_BYTE = 8
_WORD = 64
_SEPARATOR = ";"


def packed(truths: pl.DataFrame) -> Iterator[pl.Expr]:
    """Every Boolean column as a bit of few UInt64: first where it is true, then, where any is null, where it is."""
    names = truths.columns
    gaps = [name for name in names if truths[name].null_count()]
    held = [pl.col(name).fill_null(False) for name in names] + [pl.col(name).is_null() for name in gaps]
    for i in range(0, len(held), _WORD):
        bytes_ = [_byte(held[j : j + _BYTE]) for j in range(i, min(i + _WORD, len(held)), _BYTE)]
        words = [one.cast(pl.UInt64) * (1 << _BYTE * place) for place, one in enumerate(bytes_)]
        yield pl.sum_horizontal(words).alias(f"bits {i}")


def _byte(held: Sequence[pl.Expr]) -> pl.Expr:
    nothing = pl.lit(0, dtype=pl.UInt8)
    return pl.sum_horizontal(
        [pl.when(one).then(pl.lit(1 << bit, dtype=pl.UInt8)).otherwise(nothing) for bit, one in enumerate(held)]
    )


def listed(held: Sequence[pl.Expr], names: Sequence[str]) -> pl.Expr:
    """The names whose column is true, in their order, separated by semicolons; '' where none is.

    held  Boolean columns without null
    """
    parts = [
        pl.lit(_texts(tuple(names[i : i + _BITS]))).gather(_place(held[i : i + _BITS]))
        for i in range(0, len(names), _BITS)
    ]
    if not parts:
        return pl.lit("")
    return pl.concat_str(parts).str.strip_chars_end(_SEPARATOR)


def either(held: Sequence[pl.Expr], words: Sequence[str]) -> pl.Expr:
    """The words whose column is true, each once, joined with ' or '."""
    by_word: dict[str, pl.Expr] = {}
    for one, word in zip(held, words, strict=True):
        by_word[word] = by_word[word] | one if word in by_word else one
    texts = [" or ".join(_members(place, tuple(by_word))) for place in range(1 << len(by_word))]
    return pl.lit(pl.Series(texts, dtype=pl.String)).gather(_place(list(by_word.values())))


def _place(held: Sequence[pl.Expr]) -> pl.Expr:
    return pl.sum_horizontal([one.cast(pl.UInt16) * (1 << bit) for bit, one in enumerate(held)]).cast(pl.UInt32)


@cache
def _texts(names: tuple[str, ...]) -> pl.Series:
    """For every set of names, as bits, its text; each name ends with the separator."""
    texts = ["".join(name + _SEPARATOR for name in _members(place, names)) for place in range(1 << len(names))]
    return pl.Series(texts, dtype=pl.String)


def _members(place: int, names: tuple[str, ...]) -> list[str]:
    return [name for bit, name in enumerate(names) if place >> bit & 1]
