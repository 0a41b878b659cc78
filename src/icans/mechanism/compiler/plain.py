"""The same equations as a plain NumPy module, for reading, for tests, and for what happens once a patient."""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Mapping, Sequence

from icans.mechanism.compiler.form import Node, substitute
from icans.mechanism.compiler.lines import NUMPY, lines
from icans.mechanism.compiler.system import TIME, System

HEAD = '''"""The model '{name}' in NumPy, printed by icans from its SBML; made again whenever the model changes.

time, each state and each parameter may be a number or an array over patients; they broadcast.
states   in the order of STATES; p: parameter -> value
"""

import numpy as np

STATES = {states}
ASSIGNED = {assigned}
'''
_TAKEN = ("time", "states", "p", "np")


def plain_text(system: System) -> str:
    """A module with `initial(p)`, `rates(time, states, p)`, `assigned(time, states, p)` and one function an event."""
    written = spelling(system)
    names = {id(node): written[n] for n, node in system.formulas.items() if node.op not in ("symbol", "number")}
    head = HEAD.format(name=system.name, states=repr(system.state_names), assigned=repr(tuple(system.assigned)))
    assigned = [system.formulas[name] for name in system.assigned]
    parts = [head, _function("initial", "p", system.initials, system, names)]
    parts.append(_function("rates", "time, states, p", system.rates, system, names))
    parts.append(_function("assigned", "time, states, p", assigned, system, names))
    parts += _events(system, names)
    return "\n\n".join(parts)


def spelling(system: System) -> dict[str, str]:
    """How the name of each quantity is written: as it is, or with underscores where it means something else here."""
    known = {*system.state_names, *(p.name for p in system.parameters), *system.formulas}
    written: dict[str, str] = {}
    for name in known:
        own = name
        while keyword.iskeyword(own) or own in _TAKEN or (own != name and own in known):
            own += "_"
        written[name] = own
    return written


def _events(system: System, names: Mapping[int, str]) -> Iterator[str]:
    """event_times(p): when; event_K(time, states, p): what the names it sets are afterwards."""
    yield _function("event_times", "p", [substitute(e.time, system.formulas) for e in system.events], system, names)
    targets = [tuple(event.assignments) for event in system.events]
    yield f"EVENT_TARGETS = {targets!r}\nEVENT_AT_START = {[event.at_start for event in system.events]!r}\n"
    for k, event in enumerate(system.events):
        after = [substitute(node, system.formulas) for node in event.assignments.values()]
        yield _function(f"event_{k}", "time, states, p", after, system, names)


def _function(name: str, arguments: str, roots: Sequence[Node], system: System, names: Mapping[int, str]) -> str:
    used = frozenset().union(*(root.symbols for root in roots))
    written = spelling(system)
    leaves = written | {TIME: "time"}
    made, results = lines(roots, leaves, NUMPY, names)
    body = []
    if "states" in arguments:
        body += [f"{written[s]} = states[{i}]" for i, s in enumerate(system.state_names) if s in used]
    body += [f"{written[p.name]} = p[{p.name!r}]" for p in system.parameters if p.name in used]
    body += [*made, f"return [{', '.join(results)}]"]
    return f"def {name}({arguments}):\n" + "".join(f"    {line}\n" for line in body)
