"""From a recipe's sources to samples."""

from __future__ import annotations

import json
import random
import string
from pathlib import Path
from typing import Any

import pytest

from sedno.training.data import TrainingData, assemble
from sedno.training.recipe import Recipe, RecipeError

ENGLISH = "how much is delivery to Germany"
QUESTIONS = [
    {"id": f"q{number}", "text": text, "kind": kind, "intent": intent, "question": 1}
    | ({"lang": "pl", "english": ENGLISH} if number == 0 else {})
    for number, (text, kind, intent) in enumerate(
        [
            ("ile kosztuje wysyłka do Niemiec", "dostawa", "koszt"),
            ("po ile macie paczkę za granicę", "dostawa", "koszt"),
            ("kiedy dojdzie zamówienie z poniedziałku", "dostawa", "czas"),
            ("ile idzie do Czech kurierem", "dostawa", "czas"),
            ("czy rękaw nie skurczy się w praniu", "moda", "pranie"),
            ("opowiedz mi dowcip o teściowej", "inne", "oos"),
        ]
    )
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A file of questions beside the recipe, with some comments to calibrate on."""
    chance = random.Random(8)
    letters = string.ascii_lowercase
    comments: list[dict[str, Any]] = [
        {
            "id": f"c{n}",
            "text": " ".join("".join(chance.choices(letters, k=6)) for _ in range(5)),
            "sentiment": "pos",
        }
        for n in range(30)
    ]
    (tmp_path / "questions.jsonl").write_text(
        "\n".join(json.dumps(row) for row in QUESTIONS), encoding="utf-8"
    )
    (tmp_path / "comments.jsonl").write_text(
        "\n".join(json.dumps(row) for row in comments), encoding="utf-8"
    )
    return tmp_path


def _assemble(
    folder: Path,
    *,
    contrast: float,
    held_out: tuple[str, ...] = (),
    translations: bool = False,
) -> TrainingData:
    recipe = Recipe.model_validate(
        {
            "name": "tiny",
            "version": "1",
            "calibration": {"corpora": ["comments.jsonl"], "share": 0.3},
            "stages": [
                {
                    "name": "only",
                    "epochs": 1,
                    "learning_rate": 1e-4,
                    "contrast_weight": contrast,
                    "data": [
                        {
                            "corpus": "questions.jsonl",
                            "kinds_held_out": held_out,
                            "translations": translations,
                        },
                        {"corpus": "comments.jsonl"},
                    ],
                }
            ],
        }
    )
    return assemble(recipe, folder, folder=folder)


def test_intents_are_learned_only_where_the_stage_asks(folder: Path) -> None:
    """Without a contrast the questions are ordinary samples."""
    without = _assemble(folder, contrast=0.0).stages[0]
    assert {sample.intent for sample in without} == {None}
    with_contrast = _assemble(folder, contrast=0.5).stages[0]
    named = {sample.intent for sample in with_contrast if sample.intent}
    assert named == {f"questions/{intent}" for intent in ("koszt", "czas", "pranie")}


def test_out_of_scope_is_no_intent(folder: Path) -> None:
    """Texts without anything in common are not drawn together."""
    samples = _assemble(folder, contrast=0.5).stages[0]
    (joke,) = (sample for sample in samples if "dowcip" in sample.text)
    assert joke.intent is None


def test_a_family_is_the_kind(folder: Path) -> None:
    """Intents of one niche are each other's hard negatives."""
    samples = _assemble(folder, contrast=0.5).stages[0]
    families = {sample.family for sample in samples if sample.intent}
    assert families == {"questions/dostawa", "questions/moda"}


def test_a_translation_is_known_and_no_sample(folder: Path) -> None:
    """A guide may read it; nothing is learned from its words."""
    samples = _assemble(folder, contrast=0.5).stages[0]
    assert {sample.english for sample in samples} == {None, ENGLISH}
    assert ENGLISH not in {sample.text for sample in samples}


def test_a_translation_is_a_further_wording_where_the_recipe_says_so(folder: Path) -> None:
    """English, of the same intent and family as the text."""
    samples = _assemble(folder, contrast=0.5, translations=True).stages[0]
    (given,) = (sample for sample in samples if sample.text == QUESTIONS[0]["text"])
    (added,) = (sample for sample in samples if sample.text == ENGLISH)
    assert (added.language, given.language) == ("en", "pl")
    assert (added.intent, added.family, added.labels) == (
        given.intent,
        given.family,
        given.labels,
    )
    assert len(samples) == len(_assemble(folder, contrast=0.5).stages[0]) + 1


def test_a_held_out_kind_does_not_train(folder: Path) -> None:
    """No question of the niche is left, whatever its intent."""
    samples = _assemble(folder, contrast=0.5, held_out=("dostawa",)).stages[0]
    assert {sample.intent for sample in samples if sample.intent} == {"questions/pranie"}


def test_calibration_and_training_share_nothing(folder: Path) -> None:
    """A comment is either learned from or calibrated on."""
    data = _assemble(folder, contrast=0.0)
    assert data.calibration
    trained = {sample.text for sample in data.stages[0]}
    assert not trained & {example.text for example in data.calibration}
    assert len(trained) + len(data.calibration) == len(QUESTIONS) + 30


def test_a_corpus_for_evaluation_only_is_refused(folder: Path) -> None:
    """The message names corpus, class and remedy."""
    recipe = Recipe.model_validate(
        {
            "name": "tiny",
            "version": "1",
            "stages": [
                {
                    "name": "only",
                    "epochs": 1,
                    "learning_rate": 1e-4,
                    "data": [{"corpus": "c3_constructive"}],
                }
            ],
        }
    )
    with pytest.raises(RecipeError, match=r"'c3_constructive'.*'nc'.*remove the source"):
        assemble(recipe, folder, folder=folder)


def _next(folder: Path, earlier: dict[str, frozenset[str]]) -> TrainingData:
    """Questions alone, calibrated on comments that only a model before has read."""
    recipe = Recipe.model_validate(
        {
            "name": "tiny",
            "version": "2",
            "start": {"artefact": "tiny@1"},
            "calibration": {"corpora": ["comments.jsonl"], "share": 0.3},
            "stages": [
                {
                    "name": "next",
                    "epochs": 1,
                    "learning_rate": 1e-4,
                    "data": [{"corpus": "questions.jsonl"}],
                }
            ],
        }
    )
    return assemble(recipe, folder, folder=folder, earlier=earlier)


def test_calibration_on_what_the_model_before_has_read(folder: Path) -> None:
    """No stage reads it now; what was held out then stays out."""
    before = _assemble(folder, contrast=0.0)
    data = _next(folder, {"comments.jsonl": frozenset()})
    assert [e.id for e in data.calibration] == [e.id for e in before.calibration]
    assert data.counts == {"next": {"questions.jsonl": len(QUESTIONS)}}
    without = _next(folder, {"comments.jsonl": frozenset(), "questions.jsonl": frozenset({"moda"})})
    assert without.counts == {"next": {"questions.jsonl": len(QUESTIONS) - 1}}


def test_calibration_on_what_nobody_has_read_is_refused(folder: Path) -> None:
    """The message names the corpus and where to look."""
    with pytest.raises(RecipeError, match=r"'comments\.jsonl': no stage reads it, nor did"):
        _next(folder, {})
