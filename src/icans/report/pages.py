"""The templates of the pages, with the words they ask for as filters."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from icans.report import content, why
from icans.report.words import interval

if TYPE_CHECKING:
    from jinja2 import Template


@cache
def template(name: str) -> Template:
    """A template by its file name. Everything that is put into it is escaped."""
    pages = Environment(
        loader=PackageLoader("icans.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    add_filters(pages)
    return pages.get_template(name)


def add_filters(pages: Environment) -> None:
    """The words that templates of a review ask for, as filters."""
    pages.filters["interval"] = lambda ends: interval(*ends) if ends else ""
    pages.filters["settled"] = why.settled
    pages.filters["alternatives"] = why.alternatives
    pages.filters["one_of"] = why.one_of
    pages.filters["reasons"] = why.reasons
    pages.filters["rests_on"] = why.rests_on
    pages.filters["labels"] = content.labels
