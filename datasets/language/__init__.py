"""Which language a comment is in, Polish first."""

from __future__ import annotations

from sedno.datasets.language.detect import LanguageGuess, detect_language

__all__ = ["LanguageGuess", "detect_language"]
