"""The tables of the store. Nothing of a patient's record is ever changed or deleted: a correction is a new entry.

Times are UTC. Identifiers are 32 hexadecimal digits that say nothing. The tables are made by the migrations beside this
module; a test holds the two together.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
)

from icans.store.columns import Moment, Words

ROLES = ("viewer", "nurse", "clinician", "administrator")
KINDS = ("fact", "observation", "therapy")


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[str]:
    return Column("id", Words(64), primary_key=True)


account = Table(
    "account", metadata, _id(),
    Column("login", Words(120), nullable=False, unique=True),
    Column("name", Words(120), nullable=False),
    Column("role", Words(20), nullable=False),
    Column("care_unit", Words(60), nullable=True),
    Column("password", Words(), nullable=True),
    Column("issuer", Words(300), nullable=True),
    Column("subject", Words(300), nullable=True),
    Column("active", Boolean, nullable=False),
    Column("failures", Integer, nullable=False, default=0),
    Column("locked_until", Moment, nullable=True),
    Column("made_at", Moment, nullable=False),
    CheckConstraint(f"role in {ROLES!r}", name="role"),
    UniqueConstraint("issuer", "subject"),
)  # fmt: skip
"""A person. password: argon2 hash, null where an OpenID provider vouches; care_unit null: all units."""

sign_in = Table(
    "sign_in", metadata, _id(),
    Column("account", Words(64), ForeignKey("account.id"), nullable=False),
    Column("kind", Words(10), nullable=False),
    Column("label", Words(120), nullable=False),
    Column("csrf", Words(64), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("used_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)  # fmt: skip
"""Who is signed in: a session of the browser or the token of a program. id: SHA-256 of the secret, never the secret."""

patient = Table(
    "patient", metadata, _id(),
    Column("identifier", Words(120), nullable=False, unique=True),
    Column("care_unit", Words(60), nullable=False),
    Column("version", Integer, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("admitted_at", Moment, nullable=False),
    Column("discharged_at", Moment, nullable=True),
)  # fmt: skip
"""version counts the acts on the record; it is what a cached answer and an If-Match are held against."""

act = Table(
    "act", metadata, _id(),
    Column("patient", Words(64), ForeignKey("patient.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("author", Words(64), ForeignKey("account.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("origin", Words(10), nullable=False),
    Column("note", Words(), nullable=False),
    Column("extra", JSON(none_as_null=True), nullable=True),
    Column("sent", Words(64), nullable=True),
    UniqueConstraint("patient", "version"),
)  # fmt: skip
"""One write of one person to one record. Its id may come from the browser: the same act sent twice is one act.

sent  digest of what was sent, so that something else under the same id is refused and not lost
"""

entry = Table(
    "entry", metadata, _id(),
    Column("act", Words(64), ForeignKey("act.id"), nullable=False, index=True),
    Column("place", Integer, nullable=False),
    Column("patient", Words(64), ForeignKey("patient.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", Words(12), nullable=False),
    Column("item", Words(120), nullable=False),
    Column("time", Moment, nullable=True),
    Column("until", Moment, nullable=True),
    Column("value", Float, nullable=True),
    Column("text", Words(), nullable=True),
    Column("unit", Words(40), nullable=True),
    Column("route", Words(60), nullable=True),
    Column("rate", Float, nullable=True),
    Column("rate_unit", Words(40), nullable=True),
    Column("attribution", Words(), nullable=True),
    Column("other_cause", Boolean, nullable=True),
    Column("implausible", Boolean, nullable=False),
    Column("replaces", Words(64), ForeignKey("entry.id"), nullable=True, unique=True),
    Column("withdrawn", Boolean, nullable=False),
    Column("reason", Words(), nullable=True),
    CheckConstraint(f"kind in {KINDS!r}", name="kind"),
    Index("ix_entry_patient_version", "patient", "version"),
)  # fmt: skip
"""What was seen or given, or a fact of the patient. It counts while nothing replaces it and it is not withdrawn.

value   in the catalogue's unit and code; of a therapy its dose; text: the words of a fact
"""

resource = Table(
    "resource", metadata,
    Column("type", Words(40), primary_key=True),
    Column("id", Words(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("patient", Words(64), ForeignKey("patient.id"), nullable=False, index=True),
    Column("act", Words(64), ForeignKey("act.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("content", JSON(none_as_null=True), nullable=True),
)  # fmt: skip
"""A FHIR resource as it was received, one row a version; content null: deleted. Its act holds the entries it gave."""

answer = Table(
    "answer", metadata, _id(),
    Column("patient", Words(64), ForeignKey("patient.id"), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("advice", Words(64), nullable=False),
    Column("says", Words(), nullable=False),
    Column("kind", Words(12), nullable=False),
    Column("reason", Words(), nullable=True),
    Column("author", Words(64), ForeignKey("account.id"), nullable=False),
    Column("at", Moment, nullable=False),
    CheckConstraint("kind in ('acknowledged', 'overridden')", name="kind"),
)  # fmt: skip
"""What a clinician answered to an action. advice: digest of the action as it was shown; says: its words."""

setting = Table(
    "setting", metadata,
    Column("version", Integer, primary_key=True),
    Column("content", JSON, nullable=False),
    Column("author", Words(64), ForeignKey("account.id"), nullable=True),
    Column("at", Moment, nullable=False),
)  # fmt: skip
"""The settings of the site, whole, one row a version."""

feedback = Table(
    "feedback", metadata, _id(),
    Column("service", Words(60), nullable=False),
    Column("at", Moment, nullable=False),
    Column("content", JSON, nullable=False),
)  # fmt: skip
"""What became of the cards of CDS Hooks."""

audit = Table(
    "audit", metadata,
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("at", Words(40), nullable=False),
    Column("actor", Words(120), nullable=False),
    Column("action", Words(60), nullable=False),
    Column("patient", Words(64), nullable=True),
    Column("detail", Words(), nullable=False),
    Column("previous", Words(64), nullable=False),
    Column("digest", Words(64), nullable=False),
    Index("ix_audit_patient", "patient"),
)  # fmt: skip
"""Who did what, a chain: each row holds the digest of the one before. Text only, so that it is hashed as it is kept."""

audit_head = Table(
    "audit_head", metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, nullable=False),
    Column("digest", Words(64), nullable=False),
)  # fmt: skip
"""The end of the chain, one row. Whoever writes holds it, so writes come one after the other."""
