from __future__ import annotations

from pathlib import Path

import pytest

from sedno.datasets.corpora.example import Example
from sedno.datasets.textkey import text_key
from sedno.evaluation.benchmarks import catalogue
from sedno.evaluation.benchmarks.benchmark import Benchmark, Fold
from sedno.evaluation.benchmarks.folds import deal_kinds, leak_proof, leave_one_kind_out
from sedno.evaluation.benchmarks.spam import sort_of


def example(number: int, kind: str, text: str | None = None) -> Example:
    """A comment of some kind."""
    return Example(str(number), text or f"tekst numer {number}", {}, "test", kind=kind)


def test_every_benchmark_keeps_training_texts_out_of_its_test(data_root: Path) -> None:
    """No text key of a fold's test part stands in its training part."""
    for benchmark in catalogue.build(None, catalogue.reader(data_root)):
        for fold in benchmark.folds:
            assert fold.test
            assert fold.train
            keys = {text_key(item.text) for item in fold.train}
            assert not [item for item in fold.test if text_key(item.text) in keys]


def test_no_item_is_judged_twice(data_root: Path) -> None:
    """Test parts of the folds do not overlap."""
    for benchmark in catalogue.build(None, catalogue.reader(data_root)):
        ids = [item.id for item in benchmark.items]
        assert len(ids) == len(set(ids))


def test_polemo_learns_from_hotels_and_medicine_alone(data_root: Path) -> None:
    """IN is judged on those domains' test part, OUT on everything of the other two."""
    inside, outside = catalogue.build(["polemo2_in", "polemo2_out"], catalogue.reader(data_root))
    for benchmark in (inside, outside):
        assert {item.kind for item in benchmark.folds[0].train} == {"hotels", "medicine"}
        assert {item.split for item in benchmark.folds[0].train} == {"train"}
    assert {item.kind for item in inside.items} == {"hotels", "medicine"}
    assert {item.split for item in inside.items} == {"test"}
    assert {item.kind for item in outside.items} == {"products", "reviews"}
    assert {item.split for item in outside.items} == {"train", "test"}


def test_gold_is_judged_on_dev_for_all_five_tasks(data_root: Path) -> None:
    """Dev and nothing else, with both annotators at hand."""
    (gold,) = catalogue.build(["gold_dev"], catalogue.reader(data_root))
    assert {item.split for item in gold.items} == {"dev"}
    assert len(gold.tasks) == 5
    assert all(len(item.annotations) == 2 for item in gold.items)


def test_leaving_one_kind_out_never_learns_from_it() -> None:
    """Every kind is tested once, by what the others teach."""
    folds = leave_one_kind_out(example(number, "abc"[number % 3]) for number in range(9))
    assert [fold.name for fold in folds] == ["a", "b", "c"]
    for fold in folds:
        assert {item.kind for item in fold.test} == {fold.name}
        assert fold.name not in {item.kind for item in fold.train}


def test_dealt_kinds_are_whole_and_spread() -> None:
    """No kind is cut, every item is tested once, and every round tests some."""
    examples = [example(number, f"kind{number % 7}") for number in range(70)]
    folds = deal_kinds(examples, 3)
    tested = [item for fold in folds for item in fold.test]
    assert sorted(tested, key=lambda item: int(item.id)) == examples
    for fold in folds:
        assert {item.kind for item in fold.test}.isdisjoint(item.kind for item in fold.train)


def test_texts_that_give_test_items_away_leave_training_and_are_counted() -> None:
    """A copy in other spelling is dropped from training; the test keeps its items."""
    fold = Fold(
        "one",
        (example(1, "a", "To jest zupełnie inny tekst"), example(2, "a", "Świetny film, polecam!")),
        (example(3, "b", "swietny FILM polecam"),),
    )
    cleaned = leak_proof(Benchmark("b", "B", "", ("sentiment",), (fold,)))
    assert [item.id for item in cleaned.folds[0].train] == ["1"]
    assert [item.id for item in cleaned.items] == ["3"]
    assert cleaned.dropped == 1


def test_a_benchmark_without_seen_items_loses_emptied_folds() -> None:
    """Folds whose test items were all seen go; the others keep theirs."""
    folds = leave_one_kind_out(example(number, "ab"[number % 2]) for number in range(4))
    left = Benchmark("b", "B", "", ("sentiment",), folds).without(lambda item: item.kind == "a")
    assert [fold.name for fold in left.folds] == ["b"]
    assert [item.kind for item in left.items] == ["b", "b"]


def test_unknown_benchmarks_are_named_before_anything_is_read() -> None:
    """The error lists what exists."""
    with pytest.raises(catalogue.UnknownBenchmarkError, match=r"'nope'.*gold_dev"):
        catalogue.build(["gold_dev", "nope"], catalogue.reader("nowhere"))


@pytest.mark.parametrize(
    ("kind", "sort"), [("hn_price", "hard negative"), ("ord_praise", "ordinary"), ("mlm", "spam")]
)
def test_kinds_of_authored_spam_sort_by_prefix(kind: str, sort: str) -> None:
    """Hard negatives and ordinary comments are told from spam."""
    assert sort_of(example(1, kind)) == sort


def test_official_parts_are_kept_apart(data_root: Path) -> None:
    """Tweets and Vietnamese comments are judged on their corpora's test part alone."""
    names = ["wust_tweets", "cbd", "umsab", "victsd"]
    for benchmark in catalogue.build(names, catalogue.reader(data_root)):
        assert {item.split for item in benchmark.items} == {"test"}
        assert {item.split for item in benchmark.folds[0].train} == {"train"}


def test_no_article_of_c3_is_both_learned_from_and_tested(data_root: Path) -> None:
    """Comments on one article would give each other away."""
    (c3,) = catalogue.build(["c3"], catalogue.reader(data_root))
    articles = [{item.group for item in part} for part in (c3.folds[0].train, c3.items)]
    assert articles[0].isdisjoint(articles[1])


def test_three_sentiments_leave_mixed_out(data_root: Path) -> None:
    """Annotators of the tweets had no word for it, so it does not count there."""
    for benchmark in catalogue.build(["wust_tweets", "umsab"], catalogue.reader(data_root)):
        assert benchmark.labels("sentiment") == ("negative", "neutral", "positive")


def test_the_held_out_fifth_of_germeval_is_fixed(data_root: Path) -> None:
    """Two readings hold out the same comments, a minority of all."""
    one, two = (
        next(catalogue.build(["germeval2021"], catalogue.reader(data_root))) for _ in range(2)
    )
    assert [item.id for item in one.items] == [item.id for item in two.items]
    assert 0 < len(one.items) < len(one.folds[0].train)
