"""Where the guidance of a card comes from: its source, links to what can be read, and lines of its detail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from icans.guidance.cited import Cited
from icans.guidance.guideline import Guideline
from icans.web.cds.cards import Link, Source, plain
from icans.web.cds.wording import wording

_MOST_LINKS = 4
_LONGEST_LABEL = 100
_ADDRESSES = (
    (re.compile(r"doi:\s*(10\.\d{4,9}/[^\s,;)]+)", re.IGNORECASE), "https://doi.org/{}"),
    (re.compile(r"\bPubMed (\d{6,9})\b"), "https://pubmed.ncbi.nlm.nih.gov/{}/"),
    (re.compile(r"\b(PMC\d{5,9})\b"), "https://pmc.ncbi.nlm.nih.gov/articles/{}/"),
)
"""How a source names where it can be read, and the address that follows from it."""


def address(text: str) -> str | None:
    """Where a source can be read, off its DOI, PubMed or PMC number; None where it names none."""
    for pattern, place in _ADDRESSES:
        if found := pattern.search(text):
            return place.format(found[1].rstrip("."))
    return None


def of_guideline(guideline: Guideline, topic: str, base_url: str) -> Source:
    """A guideline as the source of a card; without an address of its own that of this platform stands for it."""
    url = address(guideline.citation) or base_url
    return Source(label=guideline.title, url=url, topic=wording().topic(topic))


def of_platform(label: str, topic: str, base_url: str) -> Source:
    """A plan of this platform, whose lines carry their own sources, as the source of a card."""
    return Source(label=label, url=base_url, topic=wording().topic(topic))


def of_line(cited: Cited, topic: str, base_url: str) -> Source:
    """The source of one line as the source of a card."""
    return Source(label=_short(cited.source), url=address(cited.source) or base_url, topic=wording().topic(topic))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_LABEL else f"{text[: _LONGEST_LABEL - 1].rsplit(' ', 1)[0]}…"


def links(cited: Iterable[Cited], besides: str) -> tuple[Link, ...]:
    """The sources that can be read on the web, each once; `besides`: an address that the card shows already."""
    found: dict[str, str] = {}
    for one in cited:
        url = address(one.source)
        if url is not None and url != besides:
            found.setdefault(url, _short(one.source))
    return tuple(Link(label=label, url=url, type="absolute") for url, label in list(found.items())[:_MOST_LINKS])


def listed(cited: Iterable[Cited]) -> Iterator[str]:
    """The sources of a card, each once, for the end of its detail."""
    sources = dict.fromkeys(f"{plain(one.source)} [{one.mark}]" for one in cited)
    if sources:
        yield "**Sources**"
        yield "\n".join(f"- {source}" for source in sources)
