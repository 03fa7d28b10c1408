"""Figures that no artefact changes, kept on disk: what baselines answer, what the base embeds.

Baselines and the untouched encoder depend on corpora and code alone, so evaluating the next
artefact need not learn them again. Every key is a hash of all that the values depend on; a folder
may be thrown away at any time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from platformdirs import user_cache_path

from sedno.evaluation import baselines
from sedno.evaluation.baselines import Baseline, Lesson
from sedno.evaluation.bootstrap import Floats


def default_folder() -> Path:
    """Where this user's figures are kept unless another folder is named."""
    return user_cache_path("sedno") / "evaluation"


def read_arrays(path: Path) -> dict[str, Floats] | None:
    """The arrays in ``path``; ``None`` where there is no such file or it is damaged."""
    try:
        # Opened here, because NumPy leaves a damaged file open.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (OSError, ValueError, BadZipFile, EOFError):
        return None


def write_arrays(path: Path, arrays: Mapping[str, Floats]) -> None:
    """Replaces ``path`` in one step, so that a crash leaves the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new.npz")
    np.savez(draft, **dict(arrays))  # type: ignore[arg-type]  # names are ours
    draft.replace(path)


@dataclass(frozen=True, slots=True)
class Remembered:
    """A baseline whose answers are kept on disk.

    Attributes:
        baseline: What answers where nothing is kept.
        folder: Where answers are kept.
    """

    baseline: Baseline
    folder: Path

    @property
    def name(self) -> str:
        """See :attr:`Baseline.name`."""
        return self.baseline.name

    def answer(
        self, train: Sequence[str], lessons: Mapping[str, Lesson], test: Sequence[str]
    ) -> dict[str, Floats]:
        """See :meth:`Baseline.answer`."""
        path = self.folder / f"answers-{self._key(train, lessons, test)}.npz"
        kept = read_arrays(path)
        if kept is None:
            kept = self.baseline.answer(train, lessons, test)
            write_arrays(path, kept)
        return kept

    def _key(self, train: Sequence[str], lessons: Mapping[str, Lesson], test: Sequence[str]) -> str:
        digest = hashlib.sha256()
        code = hashlib.sha256(Path(baselines.__file__).read_bytes()).hexdigest()
        facts = [repr(self.baseline), code, version("scikit-learn"), str(len(train))]
        for part in (*facts, *train, *test):
            digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
        for task, lesson in lessons.items():
            digest.update(f"{task} {lesson.names} {lesson.labels}".encode())
            digest.update(lesson.targets.tobytes())
        return digest.hexdigest()[:32]
