"""The tables, a module a group; importing this package knows them all.

The migrations compare the database with :data:`sedno.serving.store.base.Base`, so every module
with tables has to be imported here.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

for _module in pkgutil.iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
