"""The same equations as a plain NumPy module, for reading, for tests, and for what happens once a patient."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from icans.mechanism.compiler.form import Node
from icans.mechanism.compiler.lines import NUMPY, lines, safe
from icans.mechanism.compiler.system import TIME, System

HEAD = '''"""The model '{name}' in NumPy, printed by icans from its SBML; made again whenever the model changes.

time, each state and each parameter may be a number or an array over patients; they broadcast.
states   in the order of STATES; p: parameter -> value
"""

import numpy as np

STATES = {states}
ASSIGNED = {assigned}
'''


def plain_text(system: System) -> str:
    """A module with `initial(p)`, `rates(time, states, p)`, `assigned(time, states, p)` and one function an event."""
    names = {id(node): name for name, node in system.formulas.items() if node.op not in ("symbol", "number")}
    head = HEAD.format(name=system.name, states=repr(system.state_names), assigned=repr(tuple(system.assigned)))
    assigned = [system.formulas[name] for name in system.assigned]
    parts = [head, _function("initial", "p", system.initials, system, names)]
    parts.append(_function("rates", "time, states, p", system.rates, system, names))
    parts.append(_function("assigned", "time, states, p", assigned, system, names))
    parts += _events(system, names)
    return "\n\n".join(parts)


def _events(system: System, names: Mapping[int, str]) -> Iterator[str]:
    """event_times(p): when; event_K(time, states, p): what the names it sets are afterwards."""
    from icans.mechanism.compiler.form import substitute

    yield _function("event_times", "p", [substitute(e.time, system.formulas) for e in system.events], system, names)
    targets = [tuple(event.assignments) for event in system.events]
    yield f"EVENT_TARGETS = {targets!r}\n"
    for k, event in enumerate(system.events):
        after = [substitute(node, system.formulas) for node in event.assignments.values()]
        yield _function(f"event_{k}", "time, states, p", after, system, names)


def _function(name: str, arguments: str, roots: Sequence[Node], system: System, names: Mapping[int, str]) -> str:
    used = frozenset().union(*(root.symbols for root in roots))
    own = {p.name for p in system.parameters} | set(system.state_names)
    leaves = {symbol: safe(symbol) for symbol in own} | {TIME: "time"}
    taken = {k: f"{v}_" if v in own else v for k, v in names.items()}
    made, results = lines(roots, leaves, NUMPY, taken)
    body = []
    if "states" in arguments:
        body += [f"{safe(s)} = states[{i}]" for i, s in enumerate(system.state_names) if s in used]
    body += [f"{safe(p.name)} = p[{p.name!r}]" for p in system.parameters if p.name in used]
    body += [*made, f"return [{', '.join(results)}]"]
    return f"def {name}({arguments}):\n" + "".join(f"    {line}\n" for line in body)
