from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from sedno.datasets.corpora.example import Example, Split
from sedno.evaluation.benchmarks.benchmark import Benchmark, Fold
from sedno.evaluation.provenance import (
    Admitted,
    Training,
    other_data,
    read_training,
    seen_by_corpus,
    seen_items,
    training_of,
)

RECIPE = {
    "stages": [
        {
            "data": [
                {"corpus": "polemo2_text", "splits": ["train"], "where": {"source": ["hotels"]}},
                {"corpus": "../own/hard_cases.jsonl"},
            ]
        },
        {"data": [{"corpus": "spam_pl", "kinds_held_out": ["casino"]}]},
    ]
}
TRAINING = training_of(RECIPE)


def review(number: int, source: str, split: Split, text: str | None = None) -> Example:
    """A review."""
    return Example(
        f"r{number}",
        text or f"recenzja o numerze {number} i o czymś jeszcze",
        {"sentiment": "negative"},
        "polemo2_text",
        source=source,
        split=split,
    )


def spam(kind: str) -> Example:
    """An authored comment."""
    return Example(f"s-{kind}", f"komentarz typu {kind}", {}, "spam_pl", kind=kind)


def test_a_recipe_admits_what_its_sources_name() -> None:
    """Corpus, part and field must all agree."""
    assert TRAINING.admits(review(1, "hotels", "train"))
    assert not TRAINING.admits(review(1, "hotels", "dev"))
    assert not TRAINING.admits(review(1, "reviews", "train"))


def test_held_out_kinds_and_test_parts_are_protected() -> None:
    """Training promises to keep them away, whatever the sources say."""
    assert TRAINING.protected(spam("casino"))
    assert not TRAINING.admits(spam("casino"))
    assert TRAINING.admits(spam("mlm"))
    assert TRAINING.protected(review(1, "hotels", "test"))


def test_gold_is_protected_in_its_dev_part() -> None:
    """Dev is gold's test; its train part is for training."""
    gold = [Example(s, "tekst", {}, "gold_pl", split=s) for s in ("dev", "train")]
    assert [TRAINING.protected(item) for item in gold] == [True, False]


def test_files_outside_the_registry_are_named_without_their_folder() -> None:
    """A report must not give away where someone keeps files."""
    assert TRAINING.files == ("hard_cases.jsonl",)
    assert TRAINING.corpora == ("polemo2_text", "spam_pl")


def test_an_artefact_without_a_recipe_states_nothing(tmp_path: Path) -> None:
    """Nothing is known, and that is said."""
    assert read_training(tmp_path) == Training()
    assert not read_training(tmp_path).stated


def test_the_recipe_is_read_from_the_artefact(tmp_path: Path) -> None:
    """From the TOML file that every artefact carries."""
    (tmp_path / "recipe.toml").write_text(
        '[[stages]]\n[[stages.data]]\ncorpus = "sms_spam"\nsplits = ["train"]\n', encoding="utf-8"
    )
    training = read_training(tmp_path)
    assert training.stated
    assert training.corpora == ("sms_spam",)


def test_items_that_may_have_been_seen_are_found_directly_and_through_other_corpora() -> None:
    """An admitted item, and one whose text stands inside an admitted one, are both seen."""
    long = "Pokój był brudny i zimny, obsługa nie odpowiadała. Śniadanie jednak całkiem dobre."
    admitted = review(1, "hotels", "train", long)
    items = (
        admitted,
        review(2, "reviews", "train", "Śniadanie jednak całkiem dobre."),
        review(3, "reviews", "train", "Nauczyciel tłumaczy cierpliwie i jasno każde zadanie."),
        review(4, "hotels", "test", long + " Tak."),
    )
    benchmark = Benchmark("b", "B", "", ("sentiment",), (Fold("f", (), items),))

    def load(corpus: str) -> Iterable[Example]:
        return (admitted,) if corpus == "polemo2_text" else ()

    assert seen_items(benchmark, Admitted(TRAINING, load)) == {"r1", "r2"}
    assert seen_by_corpus(items, TRAINING) == ("polemo2_text",)


def test_nothing_is_seen_by_what_was_trained_on_nothing() -> None:
    """Without sources there is nothing to look through."""
    fold = Fold("f", (), (review(1, "hotels", "train"),))
    benchmark = Benchmark("b", "B", "", ("sentiment",), (fold,))
    assert seen_items(benchmark, Admitted(Training(), lambda _: ())) == frozenset()


def test_changed_corpus_files_are_named(tmp_path: Path) -> None:
    """Splits live in the files, so a recipe's promise holds for equal files alone."""
    for name in ("polemo2_text", "spam_pl"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "data.jsonl.gz").write_bytes(name.encode())
    hashes = {"polemo2_text": hashlib.sha256(b"polemo2_text").hexdigest(), "spam_pl": "0" * 64}
    (tmp_path / "data.json").write_text(json.dumps({"sha256": hashes}), encoding="utf-8")
    assert other_data(tmp_path, TRAINING, tmp_path) == ("spam_pl",)
