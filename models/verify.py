"""Checks an artefact on this machine: its files, and whether it still answers the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sedno.models.artifact import Artifact, ArtifactError
from sedno.models.classifier import Classifier
from sedno.models.manifest import SelfTest
from sedno.models.prediction import Prediction
from sedno.models.registry import resolve

TOLERANCE = 0.05
"""Most that a probability may differ from the stored one: kernels of other processors round
differently, a broken one is far off."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check found.

    Attributes:
        ref: ``name@version``.
        path: The artefact's folder.
        files: Number of files whose hashes were compared.
        sentences: Number of stored answers that were compared.
        largest_difference: Between a stored probability and the one found here; ``None``
            where none was compared.
        problems: What is wrong; empty for a healthy artefact.
    """

    ref: str
    path: Path
    files: int
    sentences: int
    largest_difference: float | None
    problems: tuple[str, ...]

    @property
    def healthy(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify(ref: str | Path | None = None, *, tolerance: float = TOLERANCE) -> Verification:
    """Hashes every file, then compares the answers to the artefact's own sentences.

    Args:
        ref: A name, ``name@version``, a folder, or ``None`` for the active artefact.
        tolerance: Most that a probability may differ.

    Raises:
        ArtifactError: There is no such artefact, or it cannot be loaded at all.
    """
    artifact = Artifact.load(resolve(ref))
    problems = list(artifact.problems())
    cases = artifact.manifest.selftest
    largest: float | None = None
    # Damaged weights are not worth running, and may not even load.
    if cases and not problems:
        try:
            with Classifier(artifact, cache_size=0) as classifier:
                answers = classifier.predict([case.text for case in cases])
        except ArtifactError as error:
            problems.append(str(error))
        else:
            differences = [
                found
                for case, given in zip(cases, answers, strict=True)
                for found in _differences(case, given)
            ]
            largest = max((size for size, _ in differences), default=None)
            problems.extend(text for size, text in differences if size > tolerance)
    return Verification(
        artifact.ref,
        artifact.layout.root,
        len(artifact.manifest.files),
        len(cases) if largest is not None else 0,
        largest,
        tuple(problems),
    )


def _differences(case: SelfTest, given: Prediction) -> Iterator[tuple[float, str]]:
    for task, stored in case.scores.items():
        answer = given.labels.get(task)
        if answer is None:
            yield 1.0, f"selftest {case.text!r}: no answer to {task} ({given.error})"
            continue
        for label, score in stored.items():
            found = answer.scores.get(label, 0.0)
            text = (
                f"selftest {case.text!r}: {task}={label} is {found:.3f}, was {score:.3f} where "
                "the artefact was made"
            )
            yield abs(found - score), text
