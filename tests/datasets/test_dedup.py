from __future__ import annotations

import pytest

from sedno.datasets.corpora.example import Example
from sedno.datasets.dedup import HeldOut, leak_free, leaks


def example(row_id: str, text: str, group: str | None = None) -> Example:
    """An example without labels."""
    return Example(row_id, text, {}, "mine", group=group)


TEST = [
    example("t1", "Kiedy wreszcie będzie drugi sezon tego serialu?"),
    example("t2", "super"),
    example("t3", "Zupełnie inne zdanie o pogodzie", group="recenzja-1"),
]

DISGUISES = {
    "copy": "Kiedy wreszcie będzie drugi sezon tego serialu?",
    "diacritics": "Kiedy wreszcie bedzie drugi sezon tego serialu?",
    "case": "KIEDY WRESZCIE BĘDZIE DRUGI SEZON TEGO SERIALU",
    "spaces": "Kiedy   wreszcie będzie\n\ndrugi  sezon tego serialu ?",
    "zero width": "Kiedy wre\u200bszcie będzie drugi se\u200dzon tego serialu?",
    "homoglyphs": "Ki\u0435dy wr\u0435szcie będzi\u0435 drugi s\u0435z\u043en tego serialu?",
    "typo": "Kiedy wreszcie będzie drugi sezom tego serialu?",
    "missing letter": "Kidy wreszcie będzie drugi sezon tego serialu?",
    "lengthened": "Kiedyyyy wreszcie będzieeee drugi sezon tego serialu????",
    "mention and link": "@hbo Kiedy wreszcie będzie drugi sezon tego serialu? https://a.pl/b",
    "quoted": "Pytam po raz dziesiąty: kiedy wreszcie będzie drugi sezon tego serialu? Halo!",
    "natural repeat": "Super!!!",
    "group": "Ta sama recenzja, inne zdanie",
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_no_planted_copy_stays_in_training(disguise: str) -> None:
    """However a test text is spelt in training, it is taken out."""
    group = "recenzja-1" if disguise == "group" else None
    kept = example("r", "Nikt nie odpowiada na telefon w biurze")
    train = [kept, example("planted", DISGUISES[disguise], group)]
    assert leak_free(train, TEST) == [kept]


def test_every_test_set_counts() -> None:
    """Dev and test are both kept out, and what is clean stays in order."""
    train = [
        example("1", "pierwszy tekst tutaj"),
        example("2", "drugi"),
        example("3", "trzeci tekst"),
    ]
    assert leak_free(train, [example("a", "drugi")], [example("b", "trzeci tekst!")]) == train[:1]


def test_groups_may_be_disregarded() -> None:
    """An official split that cuts groups can still be freed of copied texts."""
    train = [example("1", "inne zdanie", "recenzja-1"), example("2", "SUPER", "x")]
    assert [kept.id for kept in leak_free(train, TEST, groups=False)] == ["1"]


def test_a_leak_names_both_sides() -> None:
    """One can look at what would have leaked."""
    train = [example("1", "Kiedy wreszcie bedzie drugi sezon tego serialu"), example("2", "czysty")]
    found, clean = leaks(train, TEST)
    assert clean is None
    assert found is not None
    assert (found.train.id, found.test.id, found.how) == ("1", "t1", "key")


def test_each_way_to_leak_is_told_apart() -> None:
    """By the closest that there is: the group, then the text, then what is near or holds it."""
    train = [
        example("1", DISGUISES["copy"], "recenzja-1"),
        example("2", DISGUISES["case"]),
        example("3", DISGUISES["typo"]),
        example("4", DISGUISES["quoted"]),
        example("5", "super :)"),
        example("6", "czysty tekst"),
    ]
    found = [leak and leak.how for leak in leaks(train, TEST)]
    assert found == ["group", "key", "near", "contained", "key", None]


def test_one_index_serves_many_training_sets() -> None:
    """The tests are indexed once and answer alike each time."""
    held_out = HeldOut(TEST)
    train = [example("1", "SUPER"), example("2", "czysty tekst")]
    assert held_out.leak_free(train) == leak_free(train, TEST) == held_out.leak_free(train)
