"""What words say: learned beside the encoder, weighed against it, and shipped with it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from sedno.models.artifact import Artifact, Layout
from sedno.models.classifier import Classifier
from sedno.models.lexical.scorer import columns_of
from sedno.models.taxonomy import TASK_BY_NAME, TASKS
from sedno.training.data import Sample
from sedno.training.lexical import fit_lexical, fit_masked, mix
from sedno.training.recipe import RecipeError, Source, Words, read_recipe
from sedno.training.run import train
from tests.training.conftest import recipe_text, stage_text

SETTINGS = Words(bits=14, data=(Source(corpus="own.jsonl"),))
WORDS = """
[words]
bits = 14
[[words.data]]
corpus = "own.jsonl"
"""
TOXIC = columns_of(TASKS).index("toxicity/toxic")


def sample(text: str, weight: float = 1.0, **labels: str) -> Sample:
    """A sample without what the encoder alone needs."""
    return Sample(text, labels, {}, weight)


SAMPLES = [
    *(sample(f"ciemniak numer {at}", toxicity="toxic") for at in range(20)),
    *(sample(f"miły pan numer {at}", toxicity="ok") for at in range(40)),
]


def test_words_of_a_label_are_learned() -> None:
    """A word of the label counts for it, in another form too; other tasks stay silent."""
    lexical = fit_lexical(SAMPLES, SETTINGS)
    scores = lexical.scores(["ciemniak", "ciemniaki", "miły", "zupa"])
    toxic = scores[:, TOXIC]
    assert toxic[0] > toxic[1] > toxic[2]
    assert toxic[2] < 0
    assert not scores[:, : columns_of(TASKS).index("toxicity/toxic")].any()


def test_annotators_without_a_label_say_nothing_against_it() -> None:
    """Where there was no "mixed", the words of what was called positive do not count against it."""
    narrow = ("negative", "positive")
    texts = [("super", "positive"), ("dno", "negative"), ("super ale dno", "mixed")]
    wide = [Sample(text, {"sentiment": label}, {}, 1.0) for text, label in texts]
    more = [
        Sample(text, {"sentiment": label}, {"sentiment": space}, 1.0)
        for space in (narrow, TASK_BY_NAME["sentiment"].labels)
        for text, label in (("zupa super", "positive"), ("zupa dno", "negative"))
    ]
    mixed = columns_of(TASKS).index("sentiment/mixed")
    for extra, against in ((more[:2], False), (more[2:], True)):
        found = fit_lexical([*wide, *extra], SETTINGS).scores(["zupa"])[0, mixed]
        assert (found < -0.01) == against


def test_with_all_labels_it_is_scikit_learns() -> None:
    """The same weights as a multinomial logistic regression of the same strength."""
    rng = np.random.default_rng(4)
    features = csr_matrix(rng.random((90, 12)) * (rng.random((90, 12)) < 0.4))
    targets = rng.integers(0, 3, 90)
    weight = rng.uniform(0.5, 2.0, 90)
    ours = fit_masked(features, targets, np.ones((90, 3), dtype=bool), weight, strength=4.0)
    model = LogisticRegression(C=4.0, max_iter=2_000, tol=1e-8)
    model.fit(features, targets, sample_weight=weight)
    assert np.allclose(ours, model.coef_.T, atol=0.02)


def test_words_count_by_what_they_are_worth() -> None:
    """Beside an encoder that guesses they count much, beside one that knows nearly nothing."""
    lexical = fit_lexical(SAMPLES, SETTINGS)
    texts = [one.text.replace("numer", "nr") for one in SAMPLES] * 3
    truth = np.array([one.labels["toxicity"] != "toxic" for one in SAMPLES] * 3, dtype=np.int64)
    unknown = np.full(len(texts), -1, dtype=np.int64)
    labels = {task.name: unknown for task in TASKS} | {"toxicity": truth}
    rng = np.random.default_rng(0)
    guesses = {
        task.name: rng.normal(size=(len(texts), len(task.labels))).astype(np.float32)
        for task in TASKS
    }
    knows = guesses | {"toxicity": (10.0 * np.eye(2)[truth]).astype(np.float32)}
    much, little = (
        np.abs(mix(lexical, logits, texts, labels).weights[:, TOXIC]).max()
        for logits in (guesses, knows)
    )
    assert much > 5 * little


@pytest.fixture(scope="module")
def folder(base_folder: Path, corpus_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of an encoder alone (``one``), one with words on top (``two``)."""
    folder = tmp_path_factory.mktemp("words")
    shutil.copy(corpus_file, folder / "own.jsonl")
    (folder / "first.toml").write_text(recipe_text(base_folder, 1, stage_text("first", epochs=1)))
    start = f'[start]\nartefact = "{folder / "one"}"\n'
    (folder / "words.toml").write_text(recipe_text(base_folder, 2, start, WORDS))
    with pytest.MonkeyPatch.context() as patch:
        # Sixty comments are too few for the gate's one per cent.
        patch.setattr("sedno.training.export.gate.MAX_LOSS", 0.2)
        patch.setattr("sedno.training.export.gate.MAX_DISAGREEMENT", 0.2)
        train(folder / "first.toml", data=folder, output=folder / "one")
        train(folder / "words.toml", data=folder, output=folder / "two")
    return folder


def test_the_encoder_is_taken_over_byte_for_byte(folder: Path) -> None:
    """Without stages nothing of it changes, and the new artefact is whole."""
    one, two = Layout(folder / "one"), Layout(folder / "two")
    for name in ("encoder", "embeddings", "domain"):
        assert getattr(one, name).read_bytes() == getattr(two, name).read_bytes(), name
    loaded = Artifact.load(folder / "two")
    assert loaded.ref == "tiny@2"
    assert not list(loaded.problems())
    assert list(loaded.metrics()["quantisation"]) == ["int7"]


def test_held_back_answers_get_better(folder: Path) -> None:
    """An encoder of one epoch knows little; the words of this corpus say it all."""
    before, after = (
        Artifact.load(folder / name).metrics()["held_back_macro_f1"] for name in ("one", "two")
    )
    assert after["toxicity"] > before["toxicity"]
    assert sum(after.values()) > sum(before.values())


def test_the_record_names_what_words_learned_from(folder: Path) -> None:
    """Counts, hashes and card."""
    data = json.loads((folder / "two" / "data.json").read_text(encoding="utf-8"))
    assert list(data["counts"]) == ["first", "words"]
    assert "own.jsonl" in data["sha256"]
    card = (folder / "two" / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "| first | words |" in card
    assert "whose encoder is used as it is" in card
    assert "A linear model over hashed words" in card


def test_answers_are_those_of_the_selftest(folder: Path) -> None:
    """What was noted at the export is what the classifier says."""
    manifest = json.loads((folder / "two" / "artifact.json").read_text(encoding="utf-8"))
    with Classifier(folder / "two") as classifier:
        for case in manifest["selftest"]:
            found = classifier.predict([case["text"]])[0]
            for task, scores in case["scores"].items():
                assert found.labels[task].scores == pytest.approx(scores, abs=0.01)


@pytest.mark.usefixtures("wide_gate")
def test_a_model_that_goes_on_keeps_its_words(
    folder: Path, base_folder: Path, tmp_path: Path
) -> None:
    """A recipe that says nothing of words leaves what they learned, weighed anew."""
    start = f'[start]\nartefact = "{folder / "two"}"\n'
    path = folder / "more.toml"
    path.write_text(recipe_text(base_folder, 3, start, stage_text("more", epochs=1)))
    train(path, data=folder, output=tmp_path / "three")
    old, new = (Artifact.load(place).lexical for place in (folder / "two", tmp_path / "three"))
    assert old is not None
    assert new is not None
    assert np.array_equal(old.rarity, new.rarity)
    assert new.weights.any()


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ((), r"at least one \[\[stages\]\]"),
        ((WORDS,), r"at least one \[\[stages\]\]"),
        ((stage_text("words"), WORDS), "occurs twice"),
        (('[start]\nartefact = "x"\n', WORDS, "[export]\nsmoothing = 0.5\n"), "export.smoothing"),
    ],
)
def test_what_cannot_be_followed_is_named(
    base_folder: Path, tmp_path: Path, parts: tuple[str, ...], message: str
) -> None:
    """Nothing to learn, words without an encoder, a stage of that name, a key without effect."""
    path = tmp_path / "recipe.toml"
    text = recipe_text(base_folder, 1, *parts)
    if "smoothing" in text:
        text = text.replace("[export]\nmax_tokens = 64\n", "", 1)
    path.write_text(text)
    with pytest.raises(RecipeError, match=message):
        read_recipe(path)
