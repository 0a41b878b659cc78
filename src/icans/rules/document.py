"""Rule files: YAML with line numbers, and a list of mistakes that is reported as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from icans import plain_yaml
from icans.errors import RuleError
from icans.rules.expression import Node
from icans.rules.parse import ExpressionError, parse

MARKS = ("verified", "from memory", "convention")
LINE = plain_yaml.LINE
"""The key under which an entry keeps its line of the file."""


@dataclass
class Mistakes:
    """Collects what is wrong with one file, so that all of it is told at once."""

    file: str
    found: list[str] = field(default_factory=list)

    def add(self, words: str, entry: Mapping[str, Any] | None = None, name: str = "") -> None:
        """Note a mistake at the line of `entry`, under the name of the rule."""
        line = f", line {entry[LINE]}" if entry and LINE in entry else ""
        self.found.append(f"{self.file}{line}: {f'{name}: ' if name else ''}{words}")

    def check(self) -> None:
        """Raise RuleError with everything that was found, if anything was."""
        if self.found:
            raise RuleError(*self.found)


@dataclass
class Reader:
    """Reads the entries of one file: the names it may use, the switches, the sources it declares, the mistakes."""

    vocabulary: dict[str, Any]
    switches: Mapping[str, bool | None]
    sources: Mapping[str, str]
    mistakes: Mistakes

    def expression(self, text: object, entry: Mapping[str, Any], name: str) -> Node | None:
        """The tree of an expression, or None and a mistake noted."""
        try:
            return parse(str(text), self.vocabulary, self.switches)
        except ExpressionError as error:
            for words in error.mistakes:
                self.mistakes.add(words, entry, name)
            return None

    def truth(self, text: object, entry: Mapping[str, Any], name: str) -> Node | None:
        """The tree of a condition."""
        node = self.expression(text, entry, name)
        if node is not None and node.kind != "yes_no":
            self.mistakes.add(f"'{text}' is a number where a condition is needed", entry, name)
            return None
        return node

    def number(self, text: object, entry: Mapping[str, Any], name: str) -> Node | None:
        """The tree of a number."""
        node = self.expression(text, entry, name)
        if node is not None and node.kind != "number":
            self.mistakes.add(f"'{text}' is a condition where a number is needed", entry, name)
            return None
        return node

    def entries(self, raw: Mapping[str, Any], key: str, name: str) -> list[dict[str, Any]]:
        """The entries under a key, none where it is not there; anything but a list of mappings is noted."""
        given = raw.get(key) or []
        if not isinstance(given, list) or not all(isinstance(entry, dict) for entry in given):
            self.mistakes.add(f"'{key}' is a list of entries, each with 'name: value' lines", raw, name)
            return []
        return given

    def citation(self, entry: Mapping[str, Any], name: str) -> tuple[str, str, str]:
        """(source in words, where in it, mark) of an entry; what is missing is noted."""
        source = entry.get("source")
        if not isinstance(source, Mapping) or "key" not in source:
            self.mistakes.add("has no source {key: ..., where: ...}", entry, name)
            source = {}
        if more := [k for k in source if k not in ("key", "where", LINE)]:
            words = f"source has key and where, and '{more[0]}' is neither: put a 'where' with a comma in quotes"
            self.mistakes.add(words, entry, name)
        key = source.get("key", "")
        if key and key not in self.sources:
            self.mistakes.add(f"cites '{key}', which is not among the sources of the file", entry, name)
        mark = entry.get("mark")
        if mark not in MARKS:
            self.mistakes.add(f"mark is one of: {', '.join(MARKS)}", entry, name)
        return str(self.sources.get(key, "")), str(source.get("where", "")), str(mark)

    def only(self, entry: Mapping[str, Any], allowed: Iterable[str], name: str) -> None:
        """Note every key of an entry that means nothing here."""
        for key in entry:
            if key != LINE and key not in set(allowed):
                self.mistakes.add(f"'{key}' means nothing here; known are: {', '.join(allowed)}", entry, name)


def documents(text: str, file: str) -> list[dict[str, Any]]:
    """The YAML documents of a rule file. Raises RuleError where it is not YAML or not a mapping."""
    try:
        found = [d for d in plain_yaml.lined(text) if d is not None]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise RuleError(f"{file}{line}: is not YAML: {getattr(error, 'problem', error)}") from None
    if not found:
        raise RuleError(f"{file}: is empty")
    for document in found:
        if not isinstance(document, dict):
            raise RuleError(f"{file}: holds a list where 'name: value' lines are needed")
    return found
