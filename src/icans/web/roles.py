"""Who may do what. The tests hold every route against this table."""

from __future__ import annotations

from collections.abc import Mapping

RIGHTS: Mapping[str, frozenset[str]] = {
    "see": frozenset({"viewer", "nurse", "clinician", "administrator"}),
    "enter": frozenset({"nurse", "clinician", "administrator"}),
    "admit": frozenset({"nurse", "clinician", "administrator"}),
    "decide": frozenset({"clinician", "administrator"}),
    "configure": frozenset({"administrator"}),
}
"""right -> roles. see: read; enter: write to a record and correct it; admit: also discharge and transfer;
decide: acknowledge and override actions; configure: settings, accounts, the audit log."""


def may(role: str, right: str) -> bool:
    """Whether a role has a right."""
    return role in RIGHTS[right]
