"""Alembic runs this file for each command: the steps run on the connection that it is handed."""

from __future__ import annotations

from alembic import context

from dashboard.ledger.migrations import VERSION_TABLE

# The caller's transaction is open already, on SQLite too: Alembic neither commits nor rolls back.
context.configure(
    connection=context.config.attributes["connection"],
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
