"""The YAML files of this room: read once, with the definitions that they have in common, and checked as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from icans.grading.conventions import switches
from icans.guidance.document import sources_of
from icans.guidance.findings.criterion import Criterion, read_criterion
from icans.guidance.vocabulary import vocabulary
from icans.rules.definition import Definition, read_definition
from icans.rules.document import Mistakes, Reader, documents
from icans.rules.vocabulary import Term

COMMON = "definitions.yaml"


@dataclass
class File:
    """A file on its way to be read: its content, its reader, its definitions (the common ones first)."""

    name: str
    raw: dict[str, Any]
    reader: Reader
    definitions: tuple[Definition, ...] = ()
    ids: set[str] = field(default_factory=set)

    def only(self, keys: Iterable[str]) -> None:
        """Note every key of the file that means nothing here."""
        self.reader.only(self.raw, ("sources", "define", "unsure", *keys), "the file")

    def criteria(self, key: str, more: Sequence[str] = ()) -> tuple[Criterion, ...]:
        """The criteria under a key, in order; an id that is used twice is noted."""
        found = []
        for entry in self.reader.entries(self.raw, key, key):
            criterion = read_criterion(entry, self.reader, self.definitions, more)
            self.once(str(entry.get("id")), entry)
            found += [criterion] if criterion else []
        return tuple(found)

    def once(self, name: str, entry: Mapping[str, Any]) -> None:
        """Note an id that the file has already."""
        if name in self.ids:
            self.reader.mistakes.add("the id is used twice", entry, name)
        self.ids.add(name)

    @property
    def unsure(self) -> tuple[str, ...]:
        """What was left out, and why."""
        return tuple(str(words) for words in self.raw.get("unsure") or ())

    def check(self) -> None:
        """Raise RuleError with every mistake of the file, if there is one."""
        self.reader.mistakes.check()


def text_of(name: str) -> str:
    """The text of a file of this room."""
    return files("icans.guidance.findings").joinpath(name).read_text("utf-8")


def opened(name: str, text: str | None = None) -> File:
    """A file with its definitions read; its sections are read by whoever knows them.

    text  its content; by default that of the file of this room
    """
    return _opened(name, text_of(name) if text is None else text, () if name == COMMON else common())


@cache
def common() -> tuple[Definition, ...]:
    """The definitions that every file of this room may use."""
    file = _opened(COMMON, text_of(COMMON), ())
    file.only(())
    file.check()
    return file.definitions


def _opened(name: str, text: str, before: tuple[Definition, ...]) -> File:
    mistakes = Mistakes(name)
    raw = documents(text, name)[0]
    reader = Reader(dict(vocabulary()), switches(), sources_of(raw, mistakes), mistakes)
    for definition in before:
        reader.vocabulary[definition.name] = _term(definition)
    own = [read_definition(entry, reader) for entry in reader.entries(raw, "define", "define")]
    return File(name, raw, reader, (*before, *(d for d in own if d)))


def _term(definition: Definition) -> Term:
    kind = "number" if definition.node is None else definition.node.kind
    return Term(definition.name, kind, span=kind == "number")
