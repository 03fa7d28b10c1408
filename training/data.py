"""Turns a recipe's sources into samples, with every test set kept out."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sedno.datasets.corpora.annotations import SUFFIX as ANNOTATIONS_SUFFIX
from sedno.datasets.corpora.annotations import load_annotations
from sedno.datasets.corpora.example import Example
from sedno.datasets.corpora.files import load_file
from sedno.datasets.corpora.registry import CORPORA, corpus, load
from sedno.datasets.corpora.rows import FILE_NAME
from sedno.datasets.dedup import HeldOut
from sedno.models.taxonomy import TASKS
from sedno.training.recipe import WORDS, Recipe, RecipeError, Source

RARE_LABELS = frozenset(
    {(task.name, task.positive) for task in TASKS if task.positive} | {("sentiment", "mixed")}
)

# Out of scope is no intent: its texts have nothing in common.
NO_INTENTS = frozenset({"oos"})


@dataclass(frozen=True, slots=True)
class Sample:
    """One text to learn from.

    Attributes:
        text: The text as it was written.
        labels: Task name -> label; missing tasks are not learned from this text.
        label_space: Task name -> labels the annotators could choose from, where fewer than all.
        weight: Factor of the sample's loss.
        intent: Which question it asks, where that is to be learned; samples of one intent
            should have neighbouring embeddings.
        family: Intents of one family are each other's hard negatives.
        language: ISO 639-1 code, where the corpus states it.
        english: The text in English, where it is English or a translation is known.
    """

    text: str
    labels: dict[str, str]
    label_space: dict[str, tuple[str, ...]]
    weight: float
    intent: str | None = None
    family: str | None = None
    language: str | None = None
    english: str | None = None


@dataclass(frozen=True, slots=True)
class TrainingData:
    """Everything a training run sees.

    Attributes:
        stages: Samples of each stage, in the recipe's order.
        calibration: Labelled examples no stage contains.
        counts: Stage name -> corpus -> samples.
        hashes: Corpus -> SHA-256 of its file.
        dropped: Corpus -> examples left out because a test set holds them.
        annotated: File of annotations -> corpus its texts come from -> examples.
        words: Samples that words are learned from, apart from the stages.
    """

    stages: tuple[tuple[Sample, ...], ...]
    calibration: tuple[Example, ...]
    counts: dict[str, dict[str, int]]
    hashes: dict[str, str]
    dropped: dict[str, int]
    annotated: dict[str, dict[str, int]] = field(default_factory=dict)
    words: tuple[Sample, ...] = ()


def assemble(
    recipe: Recipe,
    root: Path,
    *,
    folder: Path,
    earlier: Mapping[str, frozenset[str]] | None = None,
) -> TrainingData:
    """Loads, filters and splits the recipe's sources.

    An example never trains when it, a near copy of it, or its group is in a test part of any
    corpus, among the held-out kinds, or in the calibration part.

    Args:
        recipe: What to train on.
        root: Folder of corpora.
        folder: Where relative paths of the recipe's own files start.
        earlier: Corpora that the model it starts from has read -> kinds that were held out.
            They stay held out, and may be calibrated on though no stage reads them now.

    Raises:
        RecipeError: A source may not train a model under the recipe's licences, or something
            is calibrated on that no stage has read.
    """
    wanted = list(dict.fromkeys(source.corpus for source in recipe.sources))
    before = dict(earlier or {})
    names = dict.fromkeys((*wanted, *_only_calibrated(recipe, wanted, before)))
    for name in names:
        _check_licence(name, recipe)
    loaded = {name: tuple(_load(name, root, folder, recipe)) for name in names}
    tests = [e for name in CORPORA for e in _test_part(name, root)]
    kinds = {name: set(before.get(name, ())) for name in loaded}
    for source in recipe.sources:
        kinds[source.corpus] |= set(source.kinds_held_out)
    held = [e for name, examples in loaded.items() for e in examples if e.kind in kinds[name]]
    calibration = _calibration_part(recipe, loaded, HeldOut(tests, held))
    kept_out = HeldOut(tests, held, calibration)
    clean: dict[str, tuple[Example, ...]] = {}
    dropped: dict[str, int] = {}
    for name in wanted:
        candidates = [e for e in loaded[name] if e.split != "test"]
        clean[name] = tuple(kept_out.leak_free(candidates))
        dropped[name] = len(candidates) - len(clean[name])
    stages: list[tuple[Sample, ...]] = []
    counts: dict[str, dict[str, int]] = {}
    for stage in recipe.stages:
        samples, counts[stage.name] = _draw(
            recipe,
            stage.name,
            stage.data,
            clean,
            contrast=stage.contrast_weight > 0,
            unlabelled=stage.embedding_only,
        )
        stages.append(samples)
    words: tuple[Sample, ...] = ()
    if recipe.words is not None:
        words, counts[WORDS] = _draw(recipe, WORDS, recipe.words.data, clean)
    annotated = {
        name: dict(Counter(str(e.kind) for e in clean[name]))
        for name in wanted
        if name.endswith(ANNOTATIONS_SUFFIX)
    }
    # The texts behind annotations are data of the run as much as the labels are.
    read = dict.fromkeys([*loaded, *(name for found in annotated.values() for name in found)])
    hashes = {name: _sha256(_path(name, root, folder)) for name in read}
    return TrainingData(tuple(stages), calibration, counts, hashes, dropped, annotated, words)


def _draw(
    recipe: Recipe,
    stage: str,
    sources: Sequence[Source],
    clean: Mapping[str, tuple[Example, ...]],
    *,
    contrast: bool = False,
    unlabelled: bool = False,
) -> tuple[tuple[Sample, ...], dict[str, int]]:
    """The samples of a stage, and how many of each corpus."""
    rng = random.Random(f"{recipe.seed}/{stage}")
    samples: list[Sample] = []
    taken: Counter[str] = Counter()
    for source in sources:
        chosen = list(
            _take(source, clean[source.corpus], rng, contrast=contrast, unlabelled=unlabelled)
        )
        if not chosen:
            raise RecipeError(
                f"{stage}: data {source.corpus!r}: nothing is left to learn from; "
                f"look at splits {list(source.splits)}, where {source.where}, kinds_held_out, "
                f"tasks {list(source.tasks)} (or it all is in what must stay unseen)"
            )
        taken[source.corpus] += len(chosen)
        samples += chosen
    return tuple(samples), dict(taken)


def _only_calibrated(
    recipe: Recipe, wanted: Sequence[str], earlier: Mapping[str, frozenset[str]]
) -> Iterator[str]:
    """Corpora that are calibrated on and read by an earlier model's stages alone."""
    if "corpora" not in recipe.calibration.model_fields_set:
        return
    for name in recipe.calibration.corpora:
        if name in wanted:
            continue
        if name not in earlier:
            raise RecipeError(
                f"calibration.corpora {name!r}: no stage reads it, nor did one of the model that "
                "the recipe starts from; name corpora of the stages"
            )
        yield name


def _is_file(name: str) -> bool:
    return name not in CORPORA and name.endswith((".jsonl", ANNOTATIONS_SUFFIX))


def _path(name: str, root: Path, folder: Path) -> Path:
    return folder / name if _is_file(name) else root / name / FILE_NAME


def _load(name: str, root: Path, folder: Path, recipe: Recipe) -> Iterator[Example]:
    if not _is_file(name):
        return load(name, root)
    path = _path(name, root, folder)
    if name.endswith(ANNOTATIONS_SUFFIX):
        return load_annotations(path, root, licences=recipe.licences)
    return load_file(path)


def _check_licence(name: str, recipe: Recipe) -> None:
    if _is_file(name):
        return
    record = corpus(name)
    if not record.may_train or record.licence_class not in recipe.licences:
        raise RecipeError(
            f"corpus {name!r} has licence class {record.licence_class!r} and may not train here; "
            f"the recipe admits {', '.join(recipe.licences)}: remove the source"
        )


def _test_part(name: str, root: Path) -> Iterator[Example]:
    """What other people, or this project, will test on: no training text may be near it.

    The gold corpus is tested on its dev part, which has no other use.
    """
    if not (root / name / FILE_NAME).is_file():
        return
    split = "dev" if name == "gold_pl" else "test"
    yield from load(name, root, split=split)  # type: ignore[arg-type]


def _calibration_part(
    recipe: Recipe, loaded: dict[str, tuple[Example, ...]], tests: HeldOut
) -> tuple[Example, ...]:
    chosen = [
        e
        for name in recipe.calibration.corpora
        for e in loaded.get(name, ())
        if e.split != "test"
        and not (name == "gold_pl" and e.split == "dev")
        and _share(f"{recipe.seed}/{e.group or e.id}") < recipe.calibration.share
    ]
    return tuple(tests.leak_free(chosen))


def _share(key: str) -> float:
    """A number in [0, 1) that depends on the key alone."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") / 2**64


def _take(
    source: Source,
    examples: Iterable[Example],
    rng: random.Random,
    *,
    contrast: bool,
    unlabelled: bool,
) -> Iterator[Sample]:
    kept = [e for e in examples if _wanted(e, source)]
    if source.limit is not None and len(kept) > source.limit:
        kept = rng.sample(kept, source.limit)
    for example in kept:
        labels = {
            task: label
            for task, label in example.labels.items()
            if not source.tasks or task in source.tasks
        }
        intent = example.intent if contrast and example.intent not in NO_INTENTS else None
        if not labels and intent is None and not unlabelled:
            continue
        sample = Sample(
            example.text,
            labels,
            dict(example.label_space),
            example.weight * source.weight,
            intent=intent and f"{example.corpus}/{intent}",
            family=intent and f"{example.corpus}/{example.kind}",
            language=example.language,
            english=_english(example),
        )
        rare = any(item in RARE_LABELS for item in labels.items())
        for _ in range(source.repeat * (source.repeat_rare if rare else 1)):
            yield sample
        if source.translations and sample.english and sample.english != sample.text:
            yield replace(sample, text=sample.english, language="en")


def _english(example: Example) -> str | None:
    translated = example.meta.get("english")
    if translated:
        return str(translated)
    return example.text if example.language == "en" else None


def _wanted(example: Example, source: Source) -> bool:
    if source.splits and example.split not in source.splits:
        return False
    facts = {"source": example.source, "kind": example.kind, "language": example.language}
    return all(
        str(facts.get(key, example.meta.get(key))) in values for key, values in source.where.items()
    )


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def describe(stage: str, counts: Mapping[str, int], epochs: int = 1) -> str:
    """One line for the log: what a stage trains on."""
    parts = ", ".join(f"{name} {count}" for name, count in counts.items())
    return f"stage {stage}: {sum(counts.values())} samples x {epochs} ({parts})"
