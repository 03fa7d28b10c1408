from __future__ import annotations

import random

from sedno.models.behaviour.texts import RUN, group_texts

OFFER = "Zarobiłam pięć tysięcy w tydzień dzięki tej metodzie, napisz do mnie na priv"


def together(*texts: str) -> bool:
    """Whether the texts are all in one group."""
    groups = set(group_texts(texts).groups)
    return len(groups) == 1 and -1 not in groups


def test_spelling_does_not_part_texts() -> None:
    """Case, emoji, lookalikes and lengthened letters do not make another text of it."""
    assert together(
        OFFER, OFFER.upper() + "!!! 😍", "Zarobiłаm" + OFFER[9:], "Zarrrobiłam" + OFFER[9:]
    )


def test_one_changed_word_does_not_part_texts() -> None:
    """A template filled in differently is one text."""
    assert together(OFFER, OFFER.replace("pięć", "osiem"), OFFER.replace("priv", "WhatsApp"))


def test_texts_that_only_begin_alike_are_parted() -> None:
    """Questions of a kind are not copies of each other."""
    assert not together(
        "Kiedy będzie dostępny ten krem w rozmiarze 50 ml?",
        "Kiedy będzie dostępny ten krem w sklepie w Krakowie?",
    )


def test_a_crowd_that_varies_one_thing_is_not_chained_into_one_text() -> None:
    """Wishes made of the same parts are not one text because each resembles the next."""
    parts = ["wszystkiego najlepszego", "sto lat", "z okazji urodzin", "dużo zdrowia", "szczęścia",
             "kochana", "spełnienia marzeń", "pomyślności"]  # fmt: skip
    chance = random.Random(3)
    wishes = [" ".join(chance.sample(parts, chance.randint(2, 5))) for _ in range(300)]
    grouped = group_texts(wishes)
    largest = max(map(grouped.groups.count, set(grouped.groups)))
    assert largest < 100
    assert max(grouped.weights) < 20


def test_groups_do_not_depend_on_the_order() -> None:
    """The same texts in another order make the same groups."""
    texts = [OFFER.replace("tydzień", word) for word in ("tydzień", "miesiąc", "dzień", "kwartał")]
    texts += ["super", "Paczka przyszła pognieciona, ale krem cały.", "super!", *texts[:2]]
    order = list(range(len(texts)))
    random.Random(5).shuffle(order)
    plain, shuffled = group_texts(texts), group_texts([texts[place] for place in order])
    numbers = dict(zip(order, shuffled.groups, strict=True))
    assert [numbers[place] for place in range(len(texts))] == plain.groups
    assert shuffled.weights == plain.weights


def test_what_is_too_short_to_compare_is_in_no_group() -> None:
    """Emoji, punctuation and words shorter than a run are never called the same text."""
    assert set(group_texts(["😍", "😍", "!!!", "a" * 40, "ok", "@ania"]).groups) == {-1}
    assert len("ok") < RUN


def test_a_lone_link_is_the_text() -> None:
    """Two different links without a word are two texts, the same one twice is one."""
    first, second = "https://example.com/darmowe-monety", "https://example.org/wygraj-telefon"
    assert together(first, first)
    assert not together(first, second)


def test_weight_rises_with_length_variety_and_rarity() -> None:
    """Repeating a word adds nothing; what others also say counts less; a link counts more."""
    texts = ("polecam", "polecam " * 9, OFFER, f"{OFFER} https://example.com/x")
    short, repeated, long, linked = (group_texts([text]).weights[0] for text in texts)
    assert short < 5
    assert repeated < 10
    assert long > 50
    assert linked == long + 15
    phrase = "Sto lat i dużo zdrowia!"
    others = ["Pozdrowienia znad morza dla całej rodziny.", "Czekam na nowy odcinek o ogrodzie.",
              "Widziałam cię na rynku w Kielcach.", "Tort wyszedł wam przepięknie."]  # fmt: skip
    alone, among = group_texts([phrase]), group_texts([phrase, *(f"{phrase} {o}" for o in others)])
    assert among.weights[among.groups[0]] < 0.8 * alone.weights[0]


def test_hostile_texts_are_borne() -> None:
    """Nothing that can stand in a comment makes it raise, and long texts are cut."""
    texts = ["", "\ud800", "\x00", "a-" * 9_000, "🧑‍🚀" * 3_000, OFFER * 200, "ł" * 20_000]
    assert len(group_texts(texts).groups) == len(texts)
    assert group_texts([]).groups == []
