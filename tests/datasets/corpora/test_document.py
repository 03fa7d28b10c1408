from __future__ import annotations

from pathlib import Path

from sedno.datasets.corpora.document import render
from sedno.datasets.corpora.registry import CORPORA

PAGE = Path(__file__).parents[3] / "docs" / "corpora.md"


def test_the_page_is_what_the_registry_renders() -> None:
    """Renew it with: python datasets/corpora/document.py > docs/corpora.md."""
    assert PAGE.read_text(encoding="utf-8") == render()


def test_the_page_names_every_corpus() -> None:
    """Nothing is in the registry that a reader cannot find."""
    page = render()
    assert [name for name in CORPORA if f"### {name}\n" not in page] == []
