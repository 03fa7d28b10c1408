"""Answers all tasks about comments: what a program that uses Sedno holds in its hands."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from sedno.datasets.comment import Comment
from sedno.models.artifact import Artifact
from sedno.models.cache import LruCache
from sedno.models.calibration import Band
from sedno.models.cpu import default_threads
from sedno.models.explain import Driver, find_drivers
from sedno.models.inference import Inference, Reading
from sedno.models.intake import Readable, Refused, take_in
from sedno.models.metrics import without_items
from sedno.models.prediction import OUT_OF_DOMAIN, UNSUPPORTED_LANGUAGE, Answer, Prediction, Span
from sedno.models.registry import resolve
from sedno.models.taxonomy import Task

TARGET_ERROR = 0.05
TOKEN_BUDGET = 1024
CACHE_SIZE = 20_000

_WARM_UP = ("Kiedy będzie drugi sezon?", "Super!", "dobry kurs, ale dźwięk był za cichy " * 8)


class Classifier:
    """A loaded artefact that answers; safe to use from many threads at once.

    A context manager. Forgetting to close one loses nothing: its memory and its threads go
    when the object does.

    Attributes:
        artifact: What answers.
        bands: By task, the confidence from which answers need no review.
    """

    def __init__(
        self,
        artifact: str | Path | Artifact | None = None,
        *,
        threads: int | None = None,
        target_error: float = TARGET_ERROR,
        token_budget: int = TOKEN_BUDGET,
        cache_size: int = CACHE_SIZE,
    ) -> None:
        """Loads an artefact.

        Args:
            artifact: A name, ``name@version``, a folder, or ``None`` for the active one.
            threads: Processor threads of the encoder; one a usable processor, at most
                eight, unless told.
            target_error: Accepted share of wrong answers among those not marked for
                review; above 0 and below 1.
            token_budget: Most tokens computed at once; more takes more memory.
            cache_size: Most texts whose answers are remembered between calls; 0 for none.

        Raises:
            ArtifactError: The artefact is missing or damaged.
            ValueError: An option is out of its range.
        """
        _check_options(threads, target_error, token_budget, cache_size)
        self.artifact = (
            artifact if isinstance(artifact, Artifact) else Artifact.load(resolve(artifact))
        )
        self.bands: Mapping[str, Band] = {
            name: calibration.risk.band(target_error)
            for name, calibration in self.artifact.calibration.items()
        }
        self._cache: LruCache[Reading] = LruCache(cache_size)
        self._inference: Inference | None = Inference(
            self.artifact, threads=threads or default_threads(), token_budget=token_budget
        )

    @property
    def name(self) -> str:
        """``name@version`` of the artefact."""
        return self.artifact.ref

    @property
    def tasks(self) -> tuple[Task, ...]:
        """What is answered, in the order of the answers."""
        return self.artifact.manifest.tasks

    @property
    def max_tokens(self) -> int:
        """Most tokens read of a comment."""
        return self.artifact.manifest.max_tokens

    def predict(
        self,
        comments: Sequence[str | Comment | None],
        /,
        *,
        explain: bool = False,
        embeddings: bool = False,
        remember: bool = True,
    ) -> list[Prediction]:
        """Answers all tasks about each comment.

        Equal texts are computed once. A comment that cannot be read (``None``, blank, too
        long, of another type) is answered with an ``error`` and without labels.

        Args:
            comments: Comments, or texts, which get their position as id.
            explain: Also name the spans that drove each label, at up to
                :data:`~sedno.models.explain.MAX_VARIANTS` times the work.
            embeddings: Also give sentence embeddings; the arrays are read-only.
            remember: Whether answers of earlier calls may be taken and these kept. Without,
                what is computed follows from ``comments`` alone, and so does its last bit.

        Returns:
            One prediction a comment, in order.

        Raises:
            TypeError: ``comments`` is a single text or comment.
            RuntimeError: The classifier is closed.
        """
        if isinstance(comments, str | bytes | Comment):
            raise TypeError(
                f"comments: is a single {type(comments).__name__}; give a list: predict([comment])"
            )
        inference = self._inference
        if inference is None:
            raise RuntimeError("the classifier is closed; make a new one")
        taken = [take_in(item, position) for position, item in enumerate(comments)]
        texts = list(
            dict.fromkeys(item.normalized.text for item in taken if isinstance(item, Readable))
        )
        readings = self._read(inference, texts, embeddings=embeddings, remember=remember)
        drivers = _drivers(inference, readings) if explain else {}
        return [
            self._refuse(item)
            if isinstance(item, Refused)
            else self._answer(
                item,
                readings[item.normalized.text],
                inference.columns,
                drivers.get(item.normalized.text, {}),
                embeddings=embeddings,
            )
            for item in taken
        ]

    def warm_up(self) -> float:
        """Answers a few sentences, so that the first caller does not wait for first uses.

        Returns:
            Seconds it took.

        Raises:
            RuntimeError: The classifier is closed.
        """
        begun = time.perf_counter()
        self.predict(_WARM_UP)
        return time.perf_counter() - begun

    def describe(self) -> dict[str, Any]:
        """The artefact, its figures and abstain bands as plain JSON types.

        Raises:
            ArtifactError: The artefact's metrics cannot be read.
        """
        manifest = self.artifact.manifest
        return {
            "name": manifest.name,
            "version": manifest.version,
            "created": manifest.created,
            "base": manifest.base,
            "languages": list(manifest.languages),
            "max_tokens": manifest.max_tokens,
            "embedding_dim": manifest.embedding_dim,
            "tasks": {task.name: list(task.labels) for task in manifest.tasks},
            "bands": {name: band.to_dict() for name, band in self.bands.items()},
            "metrics": without_items(self.artifact.metrics()),
        }

    def close(self) -> None:
        """Lets go of the model; calls under way still come to their end."""
        self._inference = None
        self._cache.clear()

    def __enter__(self) -> Classifier:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _read(
        self, inference: Inference, texts: Sequence[str], *, embeddings: bool, remember: bool
    ) -> dict[str, Reading]:
        if not remember:
            return dict(zip(texts, inference.read(texts, embeddings=embeddings), strict=True))
        found: dict[str, Reading] = {}
        missing: list[str] = []
        for text, known in zip(texts, self._cache.get(texts), strict=True):
            if known is None or (embeddings and known.embedding is None):
                missing.append(text)
            else:
                found[text] = known
        fresh = inference.read(missing, embeddings=embeddings)
        self._cache.put(missing, fresh)
        found.update(zip(missing, fresh, strict=True))
        return found

    def _refuse(self, item: Refused) -> Prediction:
        return Prediction(item.id, item.language, {}, self.name, error=item.error)

    def _answer(
        self,
        item: Readable,
        reading: Reading,
        columns: Mapping[str, slice],
        drivers: Mapping[str, tuple[Driver, ...]],
        *,
        embeddings: bool,
    ) -> Prediction:
        labels: dict[str, Answer] = {}
        for task in self.tasks:
            scores: list[float] = reading.scores[columns[task.name]].tolist()
            confidence = max(scores)
            labels[task.name] = Answer(
                label=task.labels[scores.index(confidence)],
                scores=dict(zip(task.labels, scores, strict=True)),
                review=self.bands[task.name].needs_review(confidence),
                spans=tuple(_span(item, driver) for driver in drivers.get(task.name, ())),
            )
        return Prediction(
            id=item.id,
            language=item.language,
            labels=labels,
            model=self.name,
            truncated=reading.truncated,
            caveats=self._caveats(item.language, reading),
            embedding=reading.embedding if embeddings else None,
        )

    def _caveats(self, language: str | None, reading: Reading) -> tuple[str, ...]:
        # A text without a language (emoji, a number) is none the less of a known kind.
        unsupported = language is not None and language not in self.artifact.manifest.languages
        return (UNSUPPORTED_LANGUAGE,) * unsupported + (OUT_OF_DOMAIN,) * reading.foreign


def _drivers(
    inference: Inference, readings: Mapping[str, Reading]
) -> dict[str, dict[str, tuple[Driver, ...]]]:
    found = find_drivers(list(readings), list(readings.values()), inference.columns, inference.read)
    return dict(zip(readings, found, strict=True))


def _span(item: Readable, driver: Driver) -> Span:
    return Span(*item.original(driver.piece.start, driver.piece.end), driver.weight)


def _check_options(
    threads: int | None, target_error: float, token_budget: int, cache_size: int
) -> None:
    if threads is not None and threads < 1:
        raise ValueError(f"threads: is {threads}; give at least 1, or None to choose")
    if not 0.0 < target_error < 1.0:
        raise ValueError(f"target_error: is {target_error}; give a share above 0 and below 1")
    if token_budget < 1:
        raise ValueError(f"token_budget: is {token_budget}; give at least 1 token")
    if cache_size < 0:
        raise ValueError(f"cache_size: is {cache_size}; give 0 for no cache, or more")
