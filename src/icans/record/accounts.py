"""Which of the values that are still valid are in force together.

A flow belongs to the device it was charted with; of two accounts of one thing the newer counts; parts of a score
belong to one assessment; a test from before somebody was sedated says nothing of the sedated state. Which items hang
together stands in `items/`: part_of, account_of, belongs_to, spoiled_by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

import polars as pl

from icans.record.catalogue import Item, catalogue

_ONE_ASSESSMENT = timedelta(hours=1)
"""Values seen within this time belong to one assessment: our assumption."""


def seen_at(item: str) -> str:
    """The column that holds when the value of an item in a state was seen."""
    return f"__at_{item}"


def said_of(item: str) -> str:
    """The column that holds whether the value in a state was attributed to another cause."""
    return f"__said_{item}"


def run_of(item: str) -> str:
    """The column that holds since when the item has had the value in a state without another between."""
    return f"__run_{item}"


def has_dependants(item: str) -> bool:
    """True where other items belong to this one."""
    return any(other.belongs_to == item for other in catalogue().values())


def in_force(moments: pl.DataFrame) -> pl.DataFrame:
    """States in which what is out of date beside something newer is unknown. Needs the columns named above."""
    for step in (_of_one_assessment, _newer_of_total_and_parts, _newest_account, _of_this_run, _not_spoiled):
        moments = moments.with_columns(step(moments))
    return moments


def _grouped(moments: pl.DataFrame, key: Callable[[Item], str | None]) -> dict[str, list[str]]:
    """What items hang on (part_of ...) -> those of them that the table has."""
    found: dict[str, list[str]] = {}
    for item in catalogue().values():
        if key(item) is not None and item.name in moments.columns:
            found.setdefault(str(key(item)), []).append(item.name)
    return found


def _newest(names: Iterable[str]) -> pl.Expr:
    return pl.max_horizontal([pl.when(pl.col(n).is_not_null()).then(pl.col(seen_at(n))) for n in names])


def _kept(name: str, condition: pl.Expr) -> pl.Expr:
    return pl.when(condition.fill_null(True)).then(pl.col(name)).alias(name)


def _of_one_assessment(moments: pl.DataFrame) -> list[pl.Expr]:
    """Parts of a score are not filled up with parts of an earlier assessment."""
    groups = _grouped(moments, lambda item: item.part_of).values()
    return [_kept(n, pl.col(seen_at(n)) >= _newest(parts) - _ONE_ASSESSMENT) for parts in groups for n in parts]


def _newer_of_total_and_parts(moments: pl.DataFrame) -> list[pl.Expr]:
    """A newer total replaces older parts, newer parts an older total."""
    found = []
    for total, parts in _grouped(moments, lambda item: item.part_of).items():
        if total in moments.columns:
            of_total, of_parts = _newest([total]), _newest(parts)
            found += [_kept(part, of_total <= of_parts) for part in parts]
            found.append(_kept(total, of_parts <= of_total))
    return found


def _newest_account(moments: pl.DataFrame) -> list[pl.Expr]:
    """Of several accounts of one thing those of the newest assessment count."""
    groups = _grouped(moments, lambda item: item.account_of).values()
    return [_kept(n, pl.col(seen_at(n)) >= _newest(names) - _ONE_ASSESSMENT) for names in groups for n in names]


def _of_this_run(moments: pl.DataFrame) -> list[pl.Expr]:
    """What belongs to something else does not outlive it: a flow is one of the device in use."""
    groups = _grouped(moments, lambda item: item.belongs_to)
    return [
        _kept(n, pl.col(seen_at(n)) >= pl.when(pl.col(whole).is_not_null()).then(pl.col(run_of(whole))))
        for whole, names in groups.items()
        if whole in moments.columns
        for n in names
    ]


def _not_spoiled(moments: pl.DataFrame) -> list[pl.Expr]:
    """A test from before a finding with another cause that makes it impossible (sedation) is out of date."""
    found = []
    for cause, names in _grouped(moments, lambda item: item.spoiled_by).items():
        if cause in moments.columns:
            flag = catalogue()[cause].flag
            recorded = pl.col(flag) == 1 if flag is not None and flag in moments.columns else pl.lit(False)
            other = pl.col(said_of(cause)).fill_null(False) | recorded.fill_null(False)
            spoils = other & (pl.col(cause) > 0)
            found += [_kept(n, ~(spoils & (pl.col(seen_at(n)) < pl.col(seen_at(cause))))) for n in names]
    return found
