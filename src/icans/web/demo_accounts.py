"""The accounts of the demo, which need no password."""

from __future__ import annotations

from collections.abc import Mapping

DEMO_ACCOUNTS: Mapping[str, tuple[str, str]] = {
    "demo-nurse": ("Nurse on the night shift", "nurse"),
    "demo-clinician": ("Neurologist on call", "clinician"),
    "demo-administrator": ("Administrator", "administrator"),
    "demo-viewer": ("Visiting colleague", "viewer"),
}
"""login -> (name, role)."""
