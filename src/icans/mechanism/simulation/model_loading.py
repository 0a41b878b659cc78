"""The model of this package, compiled."""

from __future__ import annotations

from functools import cache

from icans.mechanism.compiler.compiled import Compiled, compiled
from icans.mechanism.definition.compose import fingerprint, sbml_text


@cache
def load() -> Compiled:
    """The model; read from its text only where no kernel of it is on disk yet."""

    def system():
        from icans.mechanism.compiler.sbml import read_sbml

        return read_sbml(sbml_text(), "icans")

    return compiled(fingerprint().encode(), system)
