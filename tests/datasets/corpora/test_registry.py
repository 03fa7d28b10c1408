from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sedno.datasets.corpora.registry import CORPORA, corpora, corpus, load
from sedno.datasets.corpora.rows import CorpusError
from sedno.models.taxonomy import TASK_BY_NAME

WriteCorpus = Callable[..., Path]


def wp(row_id: str, text: str, split: str = "train") -> dict[str, object]:
    """A row in the form of the wp corpus."""
    return {"id": row_id, "text": text, "lang": "pl", "label": "Krytyka", "split": split}


def gold(row_id: str, text: str, split: str) -> dict[str, object]:
    """A row in the form of the gold corpus."""
    return {
        "id": row_id,
        "text": text,
        "lang": "pl",
        "source": "wpkom",
        "context": "artykuł",
        "split": split,
        "toxic": 0,
    }


def test_an_unknown_corpus_is_answered_with_the_known_ones() -> None:
    """A misspelt name is mended at a glance."""
    with pytest.raises(CorpusError, match=r"unknown corpus 'polemo'; use one of .*polemo2_text"):
        corpus("polemo")


def test_names_are_unique_and_match_their_keys() -> None:
    """A name finds one corpus, the one it names."""
    assert [known.name for known in CORPORA.values()] == list(CORPORA)


def test_non_commercial_corpora_never_train() -> None:
    """The licence class decides, not the caller's memory."""
    barred = {known.name for known in corpora(trainable=False)}
    assert barred == {known.name for known in corpora(licences={"nc"})}
    assert barred == {"vispam_reviews_vi", "c3_constructive", "victsd_constructive_vi"}


def test_filters_combine() -> None:
    """Open Polish corpora of toxicity are what one asks for when shipping a model."""
    found = corpora(licences={"open"}, task="toxicity", language="pl", trainable=True)
    assert [known.name for known in found] == ["spam_pl", "wp_komentarze"]


def test_records_name_tasks_of_the_taxonomy() -> None:
    """A record cannot promise labels that no head learns."""
    assert {task for known in CORPORA.values() for task in known.tasks} <= set(TASK_BY_NAME)


@pytest.mark.parametrize("field", ["title", "address", "licence", "citation", "notes"])
def test_records_are_complete(field: str) -> None:
    """Every corpus says where it is from, under which licence, and whom to cite."""
    assert [known.name for known in CORPORA.values() if not getattr(known, field)] == []


def test_loading_keeps_file_order_and_split(write_corpus: WriteCorpus) -> None:
    """The same file gives the same examples in the same order."""
    root = write_corpus("wp_komentarze", [wp("1", "raz"), wp("2", "dwa", "test"), wp("3", "trzy")])
    assert [example.id for example in load("wp_komentarze", root)] == ["1", "2", "3"]
    assert [example.id for example in load("wp_komentarze", root, split="train")] == ["1", "3"]


def test_gold_dev_never_comes_out_of_its_sources(write_corpus: WriteCorpus) -> None:
    """Not by id, not by a text written another way, and not in any split."""
    write_corpus(
        "gold_pl", [gold("wp-1", "Zmieńcie ten serial", "dev"), gold("wp-4", "Inny tekst", "train")]
    )
    rows = [
        wp("wp-1", "całkiem inny tekst"),
        wp("wp-2", "ZMIENCIE  ten seriaaal!!!", "test"),
        wp("wp-3", "to zostaje"),
        wp("wp-4", "Inny tekst"),
    ]
    root = write_corpus("wp_komentarze", rows)
    assert [example.id for example in load("wp_komentarze", root)] == ["wp-3", "wp-4"]


def test_a_missing_corpus_names_its_file(tmp_path: Path) -> None:
    """What is missing can be put there."""
    with pytest.raises(CorpusError, match=r"sms_spam.data\.jsonl\.gz"):
        list(load("sms_spam", tmp_path))


@pytest.mark.parametrize(
    "broken",
    [
        {"id": "2", "lang": "pl", "label": "Krytyka"},
        {"id": "2", "text": "tekst", "label": "nowa klasa"},
        {"id": "2", "text": "", "label": "Krytyka"},
        {"id": "2", "text": None, "label": "Krytyka"},
    ],
)
def test_a_row_that_does_not_fit_names_its_line(
    broken: dict[str, object], write_corpus: WriteCorpus
) -> None:
    """A changed corpus is noticed, not guessed at."""
    root = write_corpus("wp_komentarze", [wp("1", "raz"), broken])
    with pytest.raises(CorpusError, match="line 2"):
        list(load("wp_komentarze", root))
