"""The tables, a module a group; importing this package knows them all.

The migrations compare the database with :data:`sedno.serving.store.base.Base`, so every module
with tables has to be imported here.
"""

from __future__ import annotations

from sedno.serving.store.tables import review

__all__ = ["review"]
