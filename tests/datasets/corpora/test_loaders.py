"""One tiny corpus a loader: what each row becomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from sedno.datasets.corpora.corpus import Corpus
from sedno.datasets.corpora.example import Example
from sedno.datasets.corpora.registry import CORPORA
from sedno.models.taxonomy import TASK_BY_NAME

COMMON = {
    "id": "r-1",
    "text": "Tekst napisany do testu",
    "lang": "pl",
    "source": "s",
    "split": "train",
}
GOLD = {
    **COMMON,
    "context": "Post o serialu",
    "substance": "S",
    "spam": 0,
    "sentiment": "mix",
    "question": 1,
    "toxic": 0,
}
GOLD_LABELS = {
    "substance": "substantive",
    "authenticity": "real",
    "sentiment": "mixed",
    "question": "question",
    "toxicity": "ok",
}

Row = Mapping[str, Any]
Labels = Mapping[str, str]

CASES: tuple[tuple[str, Row, Labels | None], ...] = (
    ("gold_pl", GOLD, GOLD_LABELS),
    (
        "gold_pl",
        {**GOLD, "toxic": None, "question": None},
        {
            "substance": "substantive",
            "authenticity": "real",
            "sentiment": "mixed",
        },
    ),
    (
        "spam_pl",
        {**GOLD, "kind": "mlm", "spam": 1, "substance": "G"},
        {
            **GOLD_LABELS,
            "authenticity": "spam",
            "substance": "generic",
        },
    ),
    (
        "questions_pl",
        {"label": "meble/cena", "niche": "meble", "canonical": "Ile?"},
        {
            "question": "question",
            "substance": "substantive",
        },
    ),
    (
        "polemo2_text",
        {"sentiment": "ambivalent", "text_detok": "Było tak sobie."},
        {
            "sentiment": "mixed",
        },
    ),
    (
        "polemo2_sentence",
        {
            "sentiment": "neutral",
            "text_detok": "Hotel ma basen.",
            "in_text_split": "no",
        },
        {"sentiment": "neutral"},
    ),
    ("poleval2024_emosent", {"sentiment": None, "in_polemo2_text_split": "no"}, None),
    (
        "poleval2024_emosent",
        {"sentiment": "negative", "in_polemo2_text_split": "no"},
        {
            "sentiment": "negative",
        },
    ),
    ("wust_twitter_emotions", {"lang": "und", "sentiment": "positive", "agreement": 1.0}, None),
    ("wust_twitter_emotions", {"sentiment": None, "agreement": 0.5}, None),
    (
        "wust_twitter_emotions",
        {"sentiment": "positive", "agreement": 1.0},
        {
            "sentiment": "positive",
        },
    ),
    ("tweets_mozetic_pl", {"lang": "und", "sentiment": "positive"}, None),
    ("tweets_mozetic_pl", {"sentiment": "positive"}, {"sentiment": "positive"}),
    ("tweets_mozetic_multi", {"sentiment": "negative"}, {"sentiment": "negative"}),
    ("umsab_xlmt", {"sentiment": "neutral"}, {"sentiment": "neutral"}),
    ("pl_shop_opinions", {"sentiment": "negative"}, {"sentiment": "negative"}),
    ("mediakrytyk_reviews", {"sentiment": None, "label": "6.0"}, None),
    ("mediakrytyk_reviews", {"sentiment": "positive", "label": "9.0"}, {"sentiment": "positive"}),
    (
        "cbd_poleval2019",
        {"label": "1/2", "sentiment": "negative"},
        {
            "toxicity": "toxic",
            "sentiment": "negative",
        },
    ),
    ("cbd_poleval2019", {"label": "0/0", "sentiment": None}, {"toxicity": "ok"}),
    (
        "wp_komentarze",
        {"label": "Groźby karalne"},
        {
            "toxicity": "toxic",
            "sentiment": "negative",
        },
    ),
    ("wp_komentarze", {"label": "Obraźliwe"}, {"toxicity": "toxic", "sentiment": "negative"}),
    ("wp_komentarze", {"label": "Złośliwe"}, {"sentiment": "negative"}),
    ("wp_komentarze", {"label": "Ostra krytyka"}, {"sentiment": "negative"}),
    ("wp_komentarze", {"label": "Krytyka"}, {"toxicity": "ok", "sentiment": "negative"}),
    ("wp_komentarze", {"label": "Pozostałe"}, {"toxicity": "ok"}),
    (
        "germeval2021",
        {"toxic": 1, "label": "substantive", "engaging": 1, "fact_claiming": 0},
        {
            "toxicity": "toxic",
            "substance": "substantive",
        },
    ),
    (
        "victsd_constructive_vi",
        {
            "toxic": 0,
            "label": "non_constructive",
            "article": "a",
            "topic": "t",
        },
        {"toxicity": "ok", "substance": "generic"},
    ),
    (
        "c3_constructive",
        {
            "label": "constructive",
            "article_id": "7",
            "constructive_mean": 1.0,
            "agree": 1.0,
        },
        {"substance": "substantive"},
    ),
    (
        "youtube_spam_collection",
        {"label": "spam", "split": "video:Psy"},
        {
            "authenticity": "spam",
        },
    ),
    ("sms_spam", {"label": "ham"}, {"authenticity": "real"}),
    ("janitr_x_scam", {"label": "promo", "labels": [], "mock": True}, None),
    (
        "janitr_x_scam",
        {"label": "promo", "labels": ["promo"], "mock": False},
        {
            "authenticity": "spam",
        },
    ),
    (
        "janitr_x_scam",
        {"label": "scam_or_spam", "labels": [], "mock": False},
        {
            "authenticity": "spam",
        },
    ),
    (
        "janitr_x_scam",
        {"label": "bot_or_ai_reply", "labels": [], "mock": False},
        {
            "authenticity": "spam",
        },
    ),
    ("janitr_x_scam", {"label": "clean", "labels": [], "mock": False}, {"authenticity": "real"}),
    ("instagram_spam_id", {"label": "spam"}, {"authenticity": "spam"}),
    (
        "vispam_reviews_vi",
        {"spam_type": "no_spam", "rating": "5"},
        {
            "authenticity": "real",
            "substance": "substantive",
        },
    ),
    (
        "vispam_reviews_vi",
        {"spam_type": "spam_brand_only", "rating": "5"},
        {
            "authenticity": "spam",
            "substance": "generic",
        },
    ),
    (
        "vispam_reviews_vi",
        {"spam_type": "spam_fake_review", "rating": "5"},
        {
            "authenticity": "spam",
        },
    ),
    ("banking77", {"label": "card_arrival"}, {}),
    ("clinc150", {"label": "oos", "domain": "oos", "split": "oos_test"}, {}),
    ("poleval2022_questions_pl", {"label": "allegro-faq"}, {"question": "question"}),
    (
        "pl_facebook_series",
        {
            "page": "Serial",
            "post_id": "9",
            "post_text": "Post",
            "author": "u",
            "date": "d",
        },
        {},
    ),
)


def converted(name: str, **row: Any) -> Example:
    """What a corpus makes of a row, with the fields all rows have."""
    example = CORPORA[name].convert({**COMMON, **row})
    assert example is not None
    return example


@pytest.mark.parametrize(("name", "row", "labels"), CASES)
def test_a_row_becomes_the_labels_its_source_vouches_for(
    name: str, row: Row, labels: Labels | None
) -> None:
    """Each corpus labels what it knows, drops what says nothing, and claims no more."""
    example = CORPORA[name].convert({**COMMON, **row})
    assert (None if example is None else dict(example.labels)) == labels


def test_every_corpus_is_covered() -> None:
    """A new corpus needs its cases here."""
    assert {name for name, _, _ in CASES} == set(CORPORA)


@pytest.mark.parametrize("corpus", CORPORA.values(), ids=lambda corpus: corpus.name)
def test_loaders_speak_the_taxonomy(corpus: Corpus) -> None:
    """Loaders name tasks and labels as plain strings; here they meet the taxonomy."""
    seen = set()
    for name, row, _ in CASES:
        if name != corpus.name or (example := corpus.convert({**COMMON, **row})) is None:
            continue
        assert example.corpus == corpus.name
        for task, label in example.labels.items():
            seen.add(task)
            assert TASK_BY_NAME[task].index(label) >= 0
        for task, space in example.label_space.items():
            assert set(space) < set(TASK_BY_NAME[task].labels)
    assert seen == set(corpus.tasks)


@pytest.mark.parametrize("name", ["polemo2_text", "polemo2_sentence"])
def test_polemo_is_read_in_the_form_people_write(name: str) -> None:
    """Tokenised text ("był em") occurs nowhere else."""
    row = {"sentiment": "neutral", "text_detok": "Byłem.", "in_text_split": "test"}
    assert converted(name, **row).text == "Byłem."


def test_polemo_sentences_keep_what_must_stay_away() -> None:
    """The source's own mark of overlap with the reviews is kept."""
    row = {"sentiment": "neutral", "text_detok": "Byłem.", "in_text_split": "test"}
    assert converted("polemo2_sentence", **row).meta["in_text_split"] == "test"


@pytest.mark.parametrize(
    ("name", "row", "space"),
    [
        ("umsab_xlmt", {"sentiment": "neutral"}, ("negative", "neutral", "positive")),
        (
            "wust_twitter_emotions",
            {"sentiment": "neutral", "agreement": 1.0},
            ("negative", "neutral", "positive"),
        ),
        ("tweets_mozetic_pl", {"sentiment": "positive"}, ("negative", "positive")),
        ("pl_shop_opinions", {"sentiment": "positive"}, ("negative", "positive")),
    ],
)
def test_fewer_choices_than_the_taxonomy_are_stated(
    name: str, row: Row, space: tuple[str, ...]
) -> None:
    """Three-class corpora must not teach that nothing is ever mixed."""
    assert converted(name, **row).label_space == {"sentiment": space}


def test_weak_labels_weigh_less_than_gold() -> None:
    """Ratings and one-annotator tweets are trusted less than the guide's labels."""
    shop = converted("pl_shop_opinions", sentiment="positive")
    tweet = converted("tweets_mozetic_pl", sentiment="positive")
    gold = CORPORA["gold_pl"].convert(GOLD)
    assert gold is not None
    assert shop.weight < tweet.weight < gold.weight == 1.0


@pytest.mark.parametrize(
    ("name", "row", "group"),
    [
        ("youtube_spam_collection", {"label": "ham", "split": "video:Psy"}, "youtube/Psy"),
        (
            "c3_constructive",
            {"label": "constructive", "article_id": "7", "constructive_mean": 1, "agree": 1},
            "c3/7",
        ),
        (
            "questions_pl",
            {"label": "meble/cena", "niche": "meble", "canonical": "Ile?"},
            "questions_pl/meble/cena",
        ),
        (
            "poleval2024_emosent",
            {"id": "poleval2024-12-s3", "sentiment": "neutral", "in_polemo2_text_split": "no"},
            "poleval2024-12",
        ),
    ],
)
def test_texts_that_give_each_other_away_share_a_group(name: str, row: Row, group: str) -> None:
    """Splits keep groups whole, so loaders must name them."""
    assert converted(name, **row).group == group


def test_gold_and_poleval_name_a_review_alike() -> None:
    """A gold sentence and the other sentences of its review are one group."""
    gold = CORPORA["gold_pl"].convert({**GOLD, "id": "poleval2024-12-s1"})
    row = {"id": "poleval2024-12-s3", "sentiment": "neutral", "in_polemo2_text_split": "no"}
    assert gold is not None
    assert gold.group == converted("poleval2024_emosent", **row).group


def test_gold_and_its_source_name_a_post_alike() -> None:
    """A thread held out of one is held out of both."""
    post = "Bardzo długi post " * 20
    gold = CORPORA["gold_pl"].convert({**GOLD, "source": "plfb", "context": post[:160]})
    raw = converted(
        "pl_facebook_series", page="p", post_id="9", post_text=post, author="u", date="d"
    )
    assert gold is not None
    assert gold.thread == raw.thread is not None


def test_gold_dev_keeps_both_annotators() -> None:
    """Where they differ the task is unlabelled, and one can see how."""
    fields = ("substance", "spam", "sentiment", "question", "toxic")
    a = {field: GOLD[field] for field in fields}
    row = {**GOLD, "sentiment": None, "a": a, "b": {**a, "sentiment": "neg"}, "split": "dev"}
    example = CORPORA["gold_pl"].convert(row)
    assert example is not None
    assert example.disagreed == {"sentiment"}
    assert [labels["sentiment"] for labels in example.annotations] == ["mixed", "negative"]


@pytest.mark.parametrize(
    ("given", "split"),
    [("valid", "dev"), ("holdout", "test"), ("oos_test", "test"), (None, None)],
)
def test_the_sources_names_of_splits_become_ours(given: str | None, split: str | None) -> None:
    """Train, dev and test mean the same everywhere."""
    row = {"label": "oos", "domain": "oos", "split": given}
    assert converted("clinc150", **row).split == split


@pytest.mark.parametrize(
    ("given", "language"), [("pl*", "pl"), ("und", None), ("uk", "uk"), (None, None)]
)
def test_languages_are_codes_or_unknown(given: str | None, language: str | None) -> None:
    """The value "Mostly Polish" is Polish; undetermined is nothing."""
    assert converted("banking77", label="x", lang=given).language == language
