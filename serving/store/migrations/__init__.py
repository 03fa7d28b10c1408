"""Alembic's migrations, run by :mod:`sedno.serving.store.migrate`."""
