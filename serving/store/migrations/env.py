"""Alembic's environment: runs the migrations on the connection it is given."""

from __future__ import annotations

from alembic import context

import sedno.serving.store.tables  # noqa: F401 - makes the tables known to Base
from sedno.serving.store.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite can hardly alter a table; Alembic then copies it.
    render_as_batch=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
