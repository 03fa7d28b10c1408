"""What a wheel would hold: pyproject.toml lists each package and each library by hand."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("datasets", "models", "training", "evaluation", "serving")
BEHIND_EXTRAS = {
    *("pyarrow", "sklearn", "scipy", "morfeusz2", "threadpoolctl", "resvg_py", "xlsxwriter"),
}
"""Libraries that are loaded only where a file, an option or a command of an extra needs them."""
TYPES_ONLY = {"_typeshed"}


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    """The project's description."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_every_package_is_shipped(project: dict[str, Any]) -> None:
    """A folder of modules that is not listed works in the checkout and is missing in a wheel."""
    folders = {
        init.parent.relative_to(ROOT) for room in ROOMS for init in (ROOT / room).rglob("*.py")
    }
    expected = {"sedno." + ".".join(folder.parts): str(folder) for folder in folders}
    assert project["tool"]["setuptools"]["package-dir"] == expected


def imported(room: str) -> Iterator[str]:
    """Top-level names that the modules of a room import, wherever in the module."""
    for module in (ROOT / room).rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.partition(".")[0]


@pytest.mark.parametrize("room", ["models", "serving"])
def test_every_library_is_asked_for(project: dict[str, Any], room: str) -> None:
    """What a fresh install imports is installed by it, not by chance through something else."""
    asked = {re.split(r"[<>=;\[ ]", need, maxsplit=1)[0].lower().replace("_", "-")
             for need in project["project"]["dependencies"]}  # fmt: skip
    # FastAPI is built on Starlette and chooses its version.
    asked.add("starlette")
    known = packages_distributions()
    needed = set(imported(room)) - set(sys.stdlib_module_names) - {"sedno"}
    for name in needed - BEHIND_EXTRAS - TYPES_ONLY:
        brought_by = {dist.lower().replace("_", "-") for dist in known.get(name, [name])}
        assert brought_by & asked, f"{room} imports {name}, which no dependency brings"
