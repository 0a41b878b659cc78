"""A part of the page that guides: a heading, and lines of which each says what, why and from where.

The words are made once, in `guidance_*.py`; the HTML page and the terminal only lay them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from icans.guidance.cited import Cited
from icans.report.content import Source, sources_of


@dataclass(frozen=True)
class Line:
    """One thing to do, to check, to exclude or to weigh.

    says   the sentence itself
    tag    what kind of line it is, in one or two words that stand before it: MUST, overdue, present
    tone   how it is coloured besides: must, consider, never, maybe, done, or plain
    more   what goes with it, a short sentence each: dose, arithmetic, which missing value decides
    why    the reasons, a sentence each: what the rule says, and the inputs it was judged by
    rules  the ids of the rules behind it
    cited  where it comes from: source, place, mark, convention; several where several rules say it
    key    the code and strength of the action it is, for answers to it; '' where it is none
    """

    says: str
    tag: str = ""
    tone: str = "plain"
    more: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    cited: tuple[Cited, ...] = ()
    why: tuple[str, ...] = ()
    key: str = ""

    @property
    def sources(self) -> list[Source]:
        """Each source behind it with its places."""
        return sources_of(self.cited)

    @property
    def marks(self) -> tuple[str, ...]:
        """The evidence marks, each once, in order."""
        return tuple(dict.fromkeys(c.mark for c in self.cited))

    @property
    def conventions(self) -> tuple[str, ...]:
        """The conventions it depends on, each once."""
        return tuple(dict.fromkeys(c.convention for c in self.cited if c.convention))


@dataclass(frozen=True)
class Group:
    """Lines under one heading."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Reply:
    """A short answer to a question that is always asked, shown large: 'Tocilizumab', 'GIVE', '560 mg'."""

    question: str
    says: str
    tone: str = "plain"
    more: str = ""


@dataclass(frozen=True)
class Section:
    """A part of the page.

    name     one word, for links and styles
    replies  short answers, shown first
    lead     sentences before the lines: what matters most
    notes    sentences after them: what the part cannot say
    """

    name: str
    title: str
    lead: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    notes: tuple[str, ...] = ()
    replies: tuple[Reply, ...] = ()

    @property
    def cited(self) -> tuple[Cited, ...]:
        """Everything the part rests on."""
        return tuple(c for group in self.groups for line in group.lines for c in line.cited)


def grouped(groups: Iterable[tuple[str, Sequence[Line]]]) -> tuple[Group, ...]:
    """Groups that have lines, in order."""
    return tuple(Group(title, tuple(lines)) for title, lines in groups if lines)
