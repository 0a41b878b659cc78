"""Run the migrations on the connection that `icans.store.database.migrate` hands over."""

from __future__ import annotations

from alembic import context

from icans.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True,
    transaction_per_migration=False, render_as_batch=True,
)  # fmt: skip
context.run_migrations()
