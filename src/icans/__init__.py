"""icans: the neurotoxicity of CAR-T cell therapy, from a patient's record to a graded, explained course.

The front door. Everything is loaded on first use, so that importing the package is quick.

    import icans
    records = icans.read("examples/patient-007")
    review = icans.review(records)
    graded = icans.grade_states(states)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from icans.errors import DataError, IcansError, RuleError
    from icans.grading.grade import grade_states
    from icans.patient_review import review
    from icans.record.read import read
    from icans.record.states import read_states

__version__ = "0.1.0"

_HOME = {
    "DataError": "icans.errors",
    "IcansError": "icans.errors",
    "RuleError": "icans.errors",
    "grade_states": "icans.grading.grade",
    "read": "icans.record.read",
    "read_states": "icans.record.states",
    "review": "icans.patient_review",
}

__all__ = [
    "DataError",
    "IcansError",
    "RuleError",
    "__version__",
    "grade_states",
    "read",
    "read_states",
    "review",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'icans' has no attribute '{name}'")
