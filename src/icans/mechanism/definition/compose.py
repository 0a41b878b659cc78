"""The model in one piece: its parts put together as Antimony text, and that as SBML.

`model/icans.ant` is the readable top of the model. Each of its lines `import "part.ant"` stands for the text of that
file, and the text is put there as it is. Antimony's own submodules are not used: they prefix every name with that of
its part (`endothelium__kEA`), and here a name is the paper's name. At the end follow the values and units of the
parameters (`model/parameters.csv`) and the units of all other quantities (`model/quantities.csv`), which stand nowhere
else. The SBML also carries what each thing is (`model/identifiers.csv`, see `annotate.py`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from icans.errors import RuleError
from icans.mechanism.definition.parameters import quantities, table, unit_id

TOP = "icans.ant"
_IMPORT = re.compile(r'^( *)import "([^"]+)"[ \t]*$', re.MULTILINE)


def antimony_text(changes: Mapping[str, float] | None = None, closing: Iterable[str] = ()) -> str:
    """The whole model as one Antimony text: functions, units, equations, values.

    changes   parameter -> value instead of that of the table
    closing   statements to put at the end of the model, where they have the last word

    Raises RuleError where the top file imports a part that does not exist.
    """
    body, end, rest = _with_parts(TOP).rpartition("\nend")
    if rest.strip():
        raise RuleError(f"{TOP} must end with the model's own 'end'; after it stands: {rest.strip()[:60]}")
    value = {p.name: p.value for p in table()} | dict(changes or {})
    values = [f"  {p.name} = {value[p.name]!r}; {p.name} has {unit_id(p.unit)}  // {p.meaning}" for p in table()]
    units = [f"  {q.name} has {unit_id(q.unit)}  // {q.meaning}" for q in quantities()]
    last = [f"  {statement}" for statement in closing]
    lines = ["", "", "  // Parameters.", *values, "", "  // Units of the other quantities.", *units, *last]
    return body + "\n".join(lines) + end + "\n"


@cache
def sbml_text() -> str:
    """The whole model as SBML Level 3 Version 2, with units and annotations.

    Raises RuleError with Antimony's words and line where the text of the model is wrong.
    """
    from icans.mechanism.definition.annotate import annotated

    return annotated(_translated(antimony_text()))


def fingerprint() -> str:
    """A hash of every file of the model: another one as soon as anything in it changes."""
    digest = hashlib.sha256()
    for name, content in sorted(_files(_folder())):
        digest.update(f"{name}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _translated(text: str) -> str:
    import antimony

    antimony.clearPreviousLoads()
    if antimony.loadAntimonyString(text) < 0:
        raise RuleError(f"the model's text is not valid Antimony: {antimony.getLastError()}")
    return antimony.getSBMLString(antimony.getMainModuleName()) or ""


def _with_parts(name: str) -> str:
    def part(found: re.Match[str]) -> str:
        indent, other = found.groups()
        lines = _with_parts(other).rstrip().split("\n")
        return "\n".join(indent + line if line else "" for line in lines)

    return _IMPORT.sub(part, _read(name))


def _read(name: str) -> str:
    file = _folder().joinpath(*name.split("/"))
    if not file.is_file():
        raise RuleError(f'{TOP}: import "{name}": there is no such file in {_folder()}')
    return file.read_text("utf-8")


def _folder() -> Traversable:
    return files("icans.mechanism") / "model"


def _files(folder: Traversable, path: str = "") -> list[tuple[str, bytes]]:
    found = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _files(entry, f"{path}{entry.name}/")
        else:
            found.append((path + entry.name, entry.read_bytes()))
    return found
