"""Text normalisation that keeps what carries meaning and undoes what hides it."""

from __future__ import annotations

from sedno.datasets.normalize.pipeline import CHANGES, DISGUISES, normalize
from sedno.datasets.normalize.result import Normalized

__all__ = ["CHANGES", "DISGUISES", "Normalized", "normalize"]
