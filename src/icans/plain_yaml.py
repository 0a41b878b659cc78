"""YAML of this package's own files as plain data, quickly: what PyYAML's safe loader gives, node by node the same.

PyYAML composes in C and constructs in Python, which takes most of the time of a short command. Here plain data is
built straight from the composed nodes. What is not plain (a tag, a merge, a key given twice, broken YAML) is left
to PyYAML itself, with its words.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

LINE = "__line__"
"""The key under which `lined` keeps the line that a mapping starts on."""

_PREFIX = "tag:yaml.org,2002:"
_STR, _SEQUENCE, _MAPPING = f"{_PREFIX}str", f"{_PREFIX}seq", f"{_PREFIX}map"
_PLAIN = {f"{_PREFIX}{name}" for name in ("null", "bool", "int", "float", "timestamp")}
_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FIRST: dict[str, list[tuple[str, Any]]] = yaml.SafeLoader.yaml_implicit_resolvers
"""First letter of a word without quotes -> (tag, pattern) of what it could be other than text."""


class _Unusual(Exception):
    """Something that PyYAML's own constructor must see."""


class _Lined(_Safe):
    """A safe loader whose mappings remember the line they start on, and have each key once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        if len(set(keys)) < len(keys):
            twice = next(key for i, (key, _) in enumerate(node.value) if key.value in keys[:i])
            raise yaml.constructor.ConstructorError(None, None, f"'{twice.value}' is there twice", twice.start_mark)
        found = super().construct_mapping(node, deep=deep)
        found[LINE] = node.start_mark.line + 1
        return found


class _Quick(_Safe):
    """A loader that looks at the first letter of a word before it asks every pattern."""

    def resolve(self, kind: type, value: str | None, implicit: Any) -> str:
        if kind is not yaml.ScalarNode:
            return _SEQUENCE if kind is yaml.SequenceNode else _MAPPING
        if implicit[0]:
            for tag, pattern in _FIRST.get(value[0] if value else "", ()):
                if pattern.match(value):
                    return tag
        return _STR

    def descend_resolver(self, current_node: Any, current_index: Any) -> None:
        """Nothing: no resolver here depends on the place of a node."""

    def ascend_resolver(self) -> None:
        """Nothing, as above."""


def load(text: str) -> Any:
    """The one document of a text. Raises yaml.YAMLError as PyYAML does."""
    try:
        (found,) = _built(text, lines=False)
        return found
    except (_Unusual, yaml.YAMLError, ValueError, RecursionError):
        return yaml.load(text, _Safe)


def lined(text: str) -> list[Any]:
    """Every document of a text; each mapping knows its line (`LINE`) and has each key once, or yaml.YAMLError."""
    try:
        return _built(text, lines=True)
    except (_Unusual, yaml.YAMLError, RecursionError):
        return list(yaml.load_all(text, _Lined))


def _built(text: str, *, lines: bool) -> list[Any]:
    loader = _Quick(text)
    try:
        return [_Builder(loader, lines).data(node) for node in _nodes(loader)]
    finally:
        loader.dispose()


def _nodes(loader: Any) -> Iterator[Any]:
    while loader.check_node():
        yield loader.get_node()


class _Builder:
    """Turns the nodes of one document into data. An alias is the same node again, and becomes the same object."""

    def __init__(self, loader: Any, lines: bool) -> None:
        self.loader, self.lines = loader, lines
        self.made: dict[int, Any] = {}

    def data(self, node: Any) -> Any:
        if type(node) is yaml.ScalarNode:
            if node.tag == _STR:
                return node.value
            if node.tag not in _PLAIN:
                raise _Unusual
            return self.loader.construct_object(node)
        if id(node) in self.made:
            return self.made[id(node)]
        self.made[id(node)] = found = self._collection(node)
        return found

    def _collection(self, node: Any) -> Any:
        if node.tag == _MAPPING and type(node) is yaml.MappingNode:
            return self._mapping(node)
        if node.tag == _SEQUENCE and type(node) is yaml.SequenceNode:
            return [self.data(part) for part in node.value]
        raise _Unusual

    def _mapping(self, node: Any) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key, value in node.value:
            if type(key) is not yaml.ScalarNode:
                raise _Unusual
            found[self.data(key)] = self.data(value)
        if len({key.value for key, _ in node.value}) < len(node.value):
            raise _Unusual
        if self.lines:
            found[LINE] = node.start_mark.line + 1
        return found
