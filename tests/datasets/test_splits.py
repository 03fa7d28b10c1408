from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations

import pytest

from sedno.datasets.corpora.example import Example
from sedno.datasets.dedup import leaks
from sedno.datasets.splits import Parts, bundles, folds, hash_split, hold_out, hold_out_each
from sedno.datasets.textkey import text_key

WORDS = (
    "serial",
    "odcinek",
    "sezon",
    "aktor",
    "muzyka",
    "fabuła",
    "scena",
    "koniec",
    "zdjęcia",
    "reżyser",
    "wysyłka",
    "paczka",
    "kurier",
    "sklep",
    "buty",
    "rozmiar",
    "kolor",
    "cena",
    "promocja",
    "zwrot",
    "lekarz",
    "wizyta",
    "kolejka",
    "szpital",
    "hotel",
    "pokój",
    "plaża",
    "śniadanie",
    "basen",
    "obsługa",
    "telefon",
    "bateria",
    "ekran",
    "aparat",
    "ładowarka",
    "gwarancja",
    "książka",
    "autor",
)


FIXED_TEST = [
    "10",
    "12",
    "13",
    "14",
    "16",
    "17",
    "18",
    "19",
    "2",
    "20",
    "22",
    "24",
    "26",
    "5",
    "7",
    "8",
]


def typo(text: str) -> str:
    """The text without its middle letter."""
    middle = len(text) // 2
    return text[:middle] + text[middle + 1 :]


DISGUISES: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    str.upper,
    lambda text: text.translate(str.maketrans("ąćęłńóśźż", "acelnoszz")),
    lambda text: "  ".join(text.split(" ")) + " !!",
    lambda text: text[:4] + "\u200b" + text[4:],
    lambda text: text.replace("e", "\u0435").replace("o", "\u043e"),
    typo,
)


def planted(seed: int = 0) -> list[Example]:
    """Two hundred texts, each under several disguises, some in groups, some quoted."""
    rng = random.Random(seed)
    examples = []
    for number in range(200):
        text = " ".join(rng.sample(WORDS, 7))
        for copy, disguise in enumerate(rng.sample(DISGUISES, 3)):
            examples.append(
                Example(f"{number}-{copy}", disguise(text), {}, "mine", kind=f"k{number % 5}")
            )
        if number % 4 == 0:
            group = f"recenzja {number}"
            examples += [
                Example(f"{number}-g{n}", " ".join(rng.sample(WORDS, 5)), {}, "mine", group=group)
                for n in range(3)
            ]
        if number % 9 == 0:
            examples.append(Example(f"{number}-q", f"Cytuję: {text}. Zgadzam się!", {}, "mine"))
    rng.shuffle(examples)
    return examples


def sentence(number: int) -> str:
    """A text of its own for every number below 1,000."""
    return " ".join(WORDS[(number * step + step) % len(WORDS)] for step in (1, 2, 3, 5, 7, 11))


def crossings(parts: Parts) -> int:
    """Texts that stand in two parts."""
    train, dev, test = (list(part) for part in (parts.train, parts.dev, parts.test))
    pairs = ((train, dev), (train, test), (dev, test))
    return sum(leak is not None for one, other in pairs for leak in leaks(one, other))


def ids(examples: Sequence[Example]) -> list[str]:
    """The identifiers, sorted."""
    return sorted(example.id for example in examples)


@pytest.mark.parametrize("seed", range(3))
def test_no_planted_duplicate_crosses_a_split(seed: int) -> None:
    """Neither a disguised copy nor a group nor a quotation stands on two sides."""
    parts = hash_split(planted(), seed=seed)
    assert min(len(parts.train), len(parts.dev), len(parts.test)) > 30
    assert crossings(parts) == 0


def test_crossings_are_there_to_be_found() -> None:
    """A plain random split of the same examples leaks, so the test above can fail."""
    examples = planted()
    cut = len(examples) * 8 // 10
    assert crossings(Parts(tuple(examples[:cut]), (), tuple(examples[cut:]), ())) > 100


def test_disguised_copies_are_looked_for_without_our_own_index() -> None:
    """Comparing every pair of keys by hand finds no key on two sides either."""
    parts = hash_split(planted())
    sides = [{text_key(e.text) for e in part} for part in (parts.train, parts.dev, parts.test)]
    assert [one & other for one, other in combinations(sides, 2)] == [set(), set(), set()]


def test_nothing_is_lost() -> None:
    """Every example is in exactly one part, or among the dropped."""
    examples = planted()
    parts = hash_split(examples)
    together = (*parts.train, *parts.dev, *parts.test, *parts.dropped)
    assert ids(together) == ids(examples)


def test_a_split_depends_on_neither_order_nor_machine() -> None:
    """Shuffling the file changes nothing; the hash is fixed for good."""
    examples = planted()
    forwards, backwards = hash_split(examples), hash_split(examples[::-1])
    assert ids(forwards.test) == ids(backwards.test)
    assert ids(forwards.train) == ids(backwards.train)
    numbers = [Example(str(n), sentence(n), {}, "mine") for n in range(30)]
    assert ids(hash_split(numbers, {"train": 0.5, "test": 0.5}).test) == FIXED_TEST


def test_another_seed_another_split() -> None:
    """Seeds make independent splits."""
    examples = planted()
    assert ids(hash_split(examples, seed=1).test) != ids(hash_split(examples, seed=2).test)


def test_fractions_are_kept_roughly() -> None:
    """Shares are of bundles, which differ in size."""
    parts = hash_split(planted(), {"train": 0.5, "test": 0.5})
    assert parts.dev == ()
    assert 0.35 < len(parts.test) / len(planted()) < 0.65


@pytest.mark.parametrize("fractions", [{"train": 0.8, "test": 0.3}, {"train": 1.2, "test": -0.2}])
def test_fractions_that_are_no_shares_are_refused(fractions: dict[str, float]) -> None:
    """Shares that do not add up are a mistake."""
    with pytest.raises(ValueError, match="shares that sum to 1"):
        hash_split(planted(), fractions)  # type: ignore[arg-type]


def test_threads_are_cut_only_when_allowed() -> None:
    """A stricter split keeps the comments under one post together."""
    examples = [Example(str(n), sentence(n), {}, "mine", thread=f"post {n % 8}") for n in range(32)]
    loose = Counter(name for name in bundles(examples))
    strict = Counter(name for name in bundles(examples, threads=True))
    assert len(loose) == 32
    assert sorted(strict.values()) == [4] * 8


def test_a_common_phrase_does_not_tie_groups_together() -> None:
    """A word in two reviews leaves them two bundles; training drops the repeat."""
    examples = [
        Example(f"{n}-{part}", text, {}, "mine", group=f"recenzja {n}")
        for n in range(20)
        for part, text in (("a", "Polecam"), ("b", sentence(n)))
    ]
    assert len(set(bundles(examples))) == 20
    parts = hash_split(examples, {"train": 0.5, "test": 0.5})
    assert {example.text for example in parts.dropped} == {"Polecam"}
    assert crossings(parts) == 0


def test_folds_test_everything_once() -> None:
    """Over all folds each example is tested once, and never trained on in that fold."""
    examples = planted()
    tested: list[Example] = []
    for parts in folds(examples, 4):
        assert not any(leaks(parts.train, parts.test))
        assert parts.train
        tested += parts.test
    assert ids(tested) == ids(examples)


def test_one_fold_is_no_cross_validation() -> None:
    """With one fold there is nothing to train on."""
    with pytest.raises(ValueError, match="at least 2"):
        next(folds(planted(), 1))


def test_whole_kinds_are_held_out() -> None:
    """Training sees neither the kind nor a copy of it elsewhere."""
    parts = hold_out(planted(), lambda example: example.kind, {"k1", "k3"})
    assert {example.kind for example in parts.test} == {"k1", "k3"}
    assert not {example.kind for example in parts.train} & {"k1", "k3"}
    assert not any(leaks(parts.train, parts.test))


def test_what_is_not_there_cannot_be_held_out() -> None:
    """A misspelt kind would otherwise test on nothing."""
    with pytest.raises(ValueError, match="k9"):
        hold_out(planted(), lambda example: example.kind, {"k1", "k9"})


def test_each_value_is_held_out_in_turn() -> None:
    """Leave one video out, for each video."""
    rounds = dict(hold_out_each(planted(), lambda example: example.kind))
    assert list(rounds) == ["k0", "k1", "k2", "k3", "k4"]
    assert all({e.kind for e in parts.test} == {kind} for kind, parts in rounds.items())
