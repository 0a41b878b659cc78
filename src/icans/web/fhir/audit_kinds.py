"""What each action of the audit log is in the words of an AuditEvent. Source of the codes: DICOM PS3.16, CID 400."""

from __future__ import annotations

from typing import NamedTuple

RECORD, SIGN_IN, USE = "Patient Record", "User Authentication", "Application Activity"
CODES = {RECORD: "110110", SIGN_IN: "110114", USE: "110100"}
"""Type of an event -> its code in DICOM."""


class Told(NamedTuple):
    """type: one of CODES; action: C create, R read, U update, D delete, E execute; done: False for what was refused."""

    type: str
    action: str
    done: bool = True


_READ = (
    "patient.read", "patient.print", "patients.read", "ward.read", "record.read", "entry.read", "facts.read",
    "form.read", "plan.read", "handwriting.read", "ice.open", "capd.open",
)  # fmt: skip

ACTIONS = {
    **dict.fromkeys(_READ, Told(RECORD, "R")),
    "patient.admit": Told(RECORD, "C"),
    "patient.discharge": Told(RECORD, "U"),
    "patient.return": Told(RECORD, "U"),
    "patient.transfer": Told(RECORD, "U"),
    "record.write": Told(RECORD, "C"),
    "advice.answer": Told(RECORD, "C"),
    "smart.launch": Told(RECORD, "U"),
    "sign-in": Told(SIGN_IN, "E"),
    "sign-in.vouched": Told(SIGN_IN, "E"),
    "sign-in.refused": Told(SIGN_IN, "E", done=False),
    "sign-out": Told(SIGN_IN, "E"),
    "token.make": Told(SIGN_IN, "C"),
    "token.end": Told(SIGN_IN, "D"),
    "account.make": Told(USE, "C"),
    "account.change": Told(USE, "U"),
    "settings.change": Told(USE, "U"),
    "audit.read": Told(USE, "R"),
    "store.backup": Told(USE, "R"),
    "cds.call": Told(USE, "E"),
    "cds.feedback": Told(USE, "C"),
}
"""Every action that is written to the log. A launch enters what the record system says, so it changes a record."""

UNKNOWN = Told(USE, "E")
"""An action of another release, which is in the log still."""
