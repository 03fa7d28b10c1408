"""Checks of the real corpora; run where SEDNO_DATA names their folder."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from sedno.datasets.corpora.corpus import Corpus
from sedno.datasets.corpora.example import Example
from sedno.datasets.corpora.loaders_hostility import WP_GOLD_TOXIC
from sedno.datasets.corpora.registry import CORPORA, load
from sedno.datasets.corpora.reserved import Reserved
from sedno.datasets.corpora.rows import FILE_NAME, read_rows
from sedno.datasets.dedup import leak_free, leaks
from sedno.datasets.textkey import text_key
from sedno.models.taxonomy import TASK_BY_NAME

NOTHING = Reserved(frozenset(), frozenset())


def labelled(root: Path, name: str) -> list[Example]:
    """All examples of a corpus."""
    return list(load(name, root))


def test_every_folder_is_registered(real_root: Path) -> None:
    """No corpus lies there unknown."""
    folders = {path.parent.name for path in real_root.glob(f"*/{FILE_NAME}")}
    assert folders == set(CORPORA)


@pytest.mark.parametrize("corpus", CORPORA.values(), ids=lambda corpus: corpus.name)
def test_every_corpus_loads_as_its_record_says(corpus: Corpus, real_root: Path) -> None:
    """Rows, tasks, languages and labels are those the registry states, and ids are unique."""
    rows = sum(1 for _ in read_rows(real_root / corpus.name / FILE_NAME))
    assert rows == corpus.rows
    examples = list(load(corpus.name, real_root, reserved=NOTHING))
    assert len({example.id for example in examples}) == len(examples) <= rows
    assert {task for e in examples for task in e.labels} == set(corpus.tasks)
    assert {e.language for e in examples} - {None} <= set(corpus.languages)
    labels = {pair for e in examples for pair in e.labels.items()}
    assert all(label in TASK_BY_NAME[task].labels for task, label in labels)


def test_gold_dev_is_the_five_hundred(real_root: Path) -> None:
    """Dev has two annotators, train one; disputes are unlabelled."""
    dev = list(load("gold_pl", real_root, split="dev"))
    assert len(dev) == 500
    assert all(len(example.annotations) == 2 for example in dev)
    assert all(not set(example.labels) & example.disagreed for example in dev)
    assert Counter(task for example in dev for task in example.disagreed)["substance"] > 0


@pytest.mark.parametrize("name", [c.name for c in CORPORA.values() if c.feeds_gold])
def test_no_source_of_gold_gives_dev_out(name: str, real_root: Path) -> None:
    """Neither by id nor by text."""
    dev = list(load("gold_pl", real_root, split="dev"))
    ids, keys = {e.id for e in dev}, {text_key(e.text) for e in dev}
    given = list(load(name, real_root))
    assert [e.id for e in given if e.id in ids or text_key(e.text) in keys] == []


def test_the_table_of_wp_classes_is_what_gold_says(real_root: Path) -> None:
    """The mapping rests on these counts; they are measured, on gold train alone."""
    gold = {e.id: e for e in load("gold_pl", real_root, split="train")}
    counts: dict[str, Counter[str]] = {name: Counter() for name in WP_GOLD_TOXIC}
    for row in load("wp_komentarze", real_root, reserved=NOTHING):
        if row.kind is not None and row.id in gold:
            counts[row.kind][gold[row.id].labels["toxicity"]] += 1
    assert {n: (c["toxic"], c.total()) for n, c in counts.items()} == dict(WP_GOLD_TOXIC)


def test_the_sentences_of_polemo_test_reviews_are_found(real_root: Path) -> None:
    """Our own search finds what the source marks, all but clichés of one or two words."""
    test = list(load("polemo2_text", real_root, split="test"))
    marked = [
        example
        for example in load("polemo2_sentence", real_root)
        if example.meta["in_text_split"] == "test"
    ]
    left = leak_free(marked, test)
    assert len(marked) > 4000
    assert len(left) < 0.01 * len(marked)
    assert max(len(example.text.split()) for example in left) <= 4


def test_gold_train_can_be_freed_of_dev(real_root: Path) -> None:
    """What little of dev repeats in gold train is found and dropped."""
    dev = list(load("gold_pl", real_root, split="dev"))
    train = list(load("gold_pl", real_root, split="train"))
    assert 0 < sum(leak is not None for leak in leaks(train, dev)) < 0.02 * len(train)
    assert not any(leaks(leak_free(train, dev), dev))
