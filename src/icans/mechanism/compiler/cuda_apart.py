"""apart(): said within a function for a graphics card, keeps it a function of its own.

The card's compiler otherwise copies the long functions of a model into every place that calls them: several times the
code, which a card then cannot keep at hand.
"""

from __future__ import annotations

from typing import Any

from numba import config


def _nothing() -> None:
    """Numba's simulator of a card does not compile."""


def _intrinsic() -> Any:
    from numba import types
    from numba.cuda.extending import intrinsic

    def said(_: Any) -> Any:
        def mark(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            builder.function.attributes.add("noinline")
            return context.get_dummy_value()

        return types.void(), mark

    return intrinsic(said)


apart: Any = _nothing if getattr(config, "ENABLE_CUDASIM", 0) else _intrinsic()
