from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from sedno.datasets.comment import Comment, make_comment
from sedno.models.behaviour.observe import observe, with_behaviour
from sedno.models.behaviour.reasons import Behaviour, Name
from sedno.models.prediction import Answer, Prediction

BEGIN = datetime(2026, 3, 1, 10, 0, 7, tzinfo=UTC)
OFFER = "Zarobiłam pięć tysięcy w tydzień dzięki tej metodzie, napisz do mnie na priv"
MINUTE = 60


def comment(
    text: str, author: str | None = None, post: str | None = None, after: float | None = None
) -> Comment:
    """A comment ``after`` seconds from the beginning."""
    moment = None if after is None else BEGIN + timedelta(seconds=after)
    return Comment("c", text, author=author, post_id=post, posted_at=moment)


def chatter(count: int) -> list[Comment]:
    """Comments of many people, each in words of its own."""
    chance = random.Random(17)
    words = ["krem", "zapach", "paczka", "odcinek", "sezon", "kolor", "rozmiar", "przepis",
             "ciasto", "trening", "rower", "ekran", "aparat", "sklep", "wózek", "kot", "spacer",
             "plaża", "bilet", "kurs", "książka", "rozdział", "gra", "moda", "buty"]  # fmt: skip
    return [
        comment(
            f"{' '.join(chance.sample(words, chance.randint(2, 9)))}?",
            f"osoba{chance.randint(0, count // 2)}",
            f"p{chance.randint(0, 40)}",
            chance.randint(0, 5_000_000),
        )
        for _ in range(count)
    ]


def campaign() -> list[Comment]:
    """One offer, its wording varied, by three authors under four posts within 12 minutes."""
    texts = [OFFER, f"{OFFER} 😍", OFFER.upper(), OFFER.replace("pięć", "osiem")]
    return [
        comment(text, f"bot{number % 3}", f"p{number}", number * 4 * MINUTE)
        for number, text in enumerate(texts)
    ]


def scores(comments: list[Comment]) -> list[float]:
    """The scores of comments with context."""
    return [found.score for found in observe(comments) if found is not None]


def reason(found: Behaviour | None, name: Name) -> str | None:
    """The fact of one reason."""
    assert found is not None
    return next((given.fact for given in found.reasons if given.name is name), None)


def test_a_campaign_is_found_among_ordinary_comments() -> None:
    """Each of its comments is told what it shares with how many; nobody else is."""
    crowd = chatter(300)
    found = observe(crowd + campaign())
    for one in found[-4:]:
        assert one is not None
        assert one.score > 0.3
        assert reason(one, Name.SHARED_TEXT) == (
            "nearly the same text 4 times by 3 authors under 4 posts within 12 minutes"
        )
    assert [one.score for one in found[:300] if one is not None] == [0.0] * 300


def test_the_first_author_wrote_it_twice() -> None:
    """Who repeats it is told that too, and stands above those who do not."""
    first, second, third, fourth = observe(campaign())
    assert reason(first, Name.OWN_REPEATS) == (
        "nearly the same text 2 times by this author under 2 posts within 12 minutes"
    )
    assert reason(second, Name.OWN_REPEATS) is None
    assert first is not None
    assert second is not None
    assert first.score > second.score
    assert fourth == first
    assert third == second


def test_the_wording_says_how_alike_the_texts_are() -> None:
    """Equal texts are called the same, without what was folded away where nothing was."""
    authors = ("a", "b", "c")
    same = observe([comment(OFFER, author) for author in authors])[0]
    assert reason(same, Name.SHARED_TEXT) == "the same text 3 times by 3 authors"
    ends = ("", "!!!", " 😍")
    folded = observe(
        [comment(OFFER + end, author) for end, author in zip(ends, authors, strict=True)]
    )
    assert reason(folded[0], Name.SHARED_TEXT) == (
        "the same text, apart from spelling, punctuation, links and emoji, 3 times by 3 authors"
    )


@pytest.mark.parametrize(
    "text",
    ["super", "Polecam!", "😍😍😍", "piękne zdjęcie", "Wszystkiego najlepszego!", "haha" * 20,
     "Sto lat, dużo zdrowia i szczęścia!", "biorę udział @ania @kasia", "hit " * 30],
)  # fmt: skip
def test_an_honest_crowd_has_no_score(text: str) -> None:
    """What everybody writes is no campaign, however many write it, under one post or many."""
    for posts in (1, 25):
        crowd = [comment(text, f"u{n}", f"p{n % posts}", n * 5) for n in range(500)]
        assert set(scores(crowd)) == {0.0}


def test_a_longer_phrase_of_a_crowd_is_bounded() -> None:
    """Five hundred people with one whole sentence under one post stay low."""
    text = "Wszystkiego najlepszego z okazji urodzin!"
    crowd = [comment(text, f"u{n}", "urodziny", n * 5) for n in range(500)]
    assert max(scores(crowd)) < 0.2
    assert max(scores([comment(OFFER, f"u{n}", f"p{n}", n * 5) for n in range(500)])) > 0.8


def test_more_copies_weigh_more() -> None:
    """The score rises with the copies of an author, and with the authors of a text."""
    own = [
        scores([comment(OFFER, "a", f"p{n}", n) for n in range(count)])[0] for count in (1, 2, 4)
    ]
    assert own[0] == 0
    assert own[0] < own[1] < own[2] < 1
    many = [
        scores([comment(OFFER, f"u{n}", f"p{n}", n) for n in range(count)])[0]
        for count in (2, 3, 6)
    ]
    assert many == sorted(set(many))


def test_one_repeat_under_one_post_is_a_slip() -> None:
    """A comment sent twice by mistake is forgiven, sent three times it is not."""
    twice = [comment(OFFER, "a", "p", n) for n in range(2)]
    assert scores(twice) == [0.0, 0.0]
    assert min(scores([*twice, comment(OFFER, "a", "p", 2)])) > 0.3


def test_copies_far_apart_in_time_count_less() -> None:
    """The same offer within a minute is stronger than over months."""
    quick = scores([comment(OFFER, f"u{n}", f"p{n}", n) for n in range(3)])
    slow = scores([comment(OFFER, f"u{n}", f"p{n}", n * 3_000_000) for n in range(3)])
    assert slow[0] < quick[0]


def test_a_burst_is_found_whatever_is_written() -> None:
    """Thirty comments in a minute by one author are a burst; his others are not."""
    crowd = chatter(40)
    burst = [comment(one.text, "pilny", "p", n * 2) for n, one in enumerate(crowd[:30])]
    later = comment("Dzięki za odpowiedź", "pilny", "p", 90_000)
    found = observe([*burst, later])
    assert reason(found[0], Name.BURST) == "30 comments by this author in 58 seconds"
    assert found[0] is not None
    assert found[0].score > 0.9
    assert found[-1] == Behaviour(0.0)


def test_a_lively_discussion_is_no_burst() -> None:
    """Who writes every minute or two in one thread has no score."""
    talk = chatter(10)
    assert set(scores([comment(c.text, "a", "p", n * 90) for n, c in enumerate(talk)])) == {0.0}


def test_a_tour_of_many_posts_is_found() -> None:
    """Nine posts in nine minutes are told, without a repeated text."""
    tour = [comment(c.text, "a", f"post{n}", n * MINUTE) for n, c in enumerate(chatter(9))]
    found = observe(tour)
    assert reason(found[4], Name.MANY_POSTS) == "under 9 posts by this author in 8 minutes"
    one_post = [comment(c.text, "a", "post", n * MINUTE) for n, c in enumerate(chatter(9))]
    assert set(scores(one_post)) == {0.0}


def test_dates_without_a_time_are_no_burst() -> None:
    """An export of days puts everybody at midnight; that says nothing about pace."""
    day = [make_comment({"text": c.text, "author": "a", "post_id": n, "posted_at": "2026-03-01"},
                        default_id=n) for n, c in enumerate(chatter(40))]  # fmt: skip
    assert set(scores(day)) == {0.0}


def test_the_same_number_on_two_platforms_is_two_posts() -> None:
    """Posts are told apart by their source too."""
    pair = [Comment("1", OFFER, author="a", post_id="7", source=source) for source in ("x", "y")]
    assert reason(observe(pair)[0], Name.OWN_REPEATS) == (
        "the same text 2 times by this author under 2 posts"
    )


def test_without_context_there_is_nothing_to_say() -> None:
    """No author, post or time: no answer, and no part in the answers to others."""
    bare = [comment(OFFER)] * 5
    assert observe(bare) == [None] * 5
    assert observe([*bare, comment(OFFER, "a")]) == [*[None] * 5, Behaviour(0.0)]
    source_only = Comment("1", OFFER, source="forum", context="Post", language="pl")
    assert observe([source_only]) == [None]


@pytest.mark.parametrize(
    ("given", "fact"),
    [
        ({"author": True}, "the same text 4 times by this author"),
        ({"post": True}, "the same text 4 times by authors not named under 4 posts"),
        ({"after": True}, "the same text 4 times by authors not named within 3 seconds"),
        ({"author": True, "post": True}, "the same text 4 times by this author under 4 posts"),
    ],
)
def test_each_field_is_enough(given: dict[str, bool], fact: str) -> None:
    """What is missing is not spoken of; what is there is used."""
    batch = [
        comment(
            OFFER,
            "a" if "author" in given else None,
            f"p{n}" if "post" in given else None,
            n if "after" in given else None,
        )
        for n in range(4)
    ]
    found = observe(batch)[0]
    assert found is not None
    assert [told.fact for told in found.reasons] == [fact]


def test_an_empty_batch_has_no_answers() -> None:
    """Nothing in, nothing out; a lone comment has nothing unusual."""
    assert observe([]) == []
    assert observe([comment("super", "a", "p", 1)]) == [Behaviour(0.0)]


def test_the_order_of_the_comments_changes_nothing() -> None:
    """Shuffled, each comment gets the very same score and reasons."""
    batch = [
        *chatter(200),
        *campaign(),
        *(comment("hej co tam", "a", f"p{n}", 9) for n in range(30)),
    ]
    order = list(range(len(batch)))
    random.Random(23).shuffle(order)
    shuffled = observe([batch[place] for place in order])
    back = dict(zip(order, shuffled, strict=True))
    assert [back[place] for place in range(len(batch))] == observe(batch)


def test_ten_thousand_comments_are_borne() -> None:
    """A large batch with crowds and a flood is answered whole, within the bounds of a score."""
    batch = chatter(8_000) + [comment("super", f"u{n}", "p", n) for n in range(1_000)]
    batch += [comment(f"{OFFER} {n}", f"bot{n % 5}", f"p{n}", n) for n in range(1_000)]
    found = scores(batch)
    assert len(found) == 10_000
    assert all(0.0 <= score <= 1.0 for score in found)
    assert min(found[-1_000:]) > 0.9
    assert set(found[8_000:9_000]) == {0.0}


def prediction(error: str | None = None) -> Prediction:
    """An answer that says the comment is real."""
    real = Answer("real", {"real": 0.9, "spam": 0.1}, review=False)
    return Prediction("c", "pl", {} if error else {"authenticity": real}, "toy@1", error=error)


def test_labels_are_never_changed() -> None:
    """The loudest campaign leaves the model's labels and review marks as they were."""
    batch = [comment(OFFER, f"u{n}", f"p{n}", n) for n in range(9)]
    before = [prediction() for _ in batch]
    for old, new in zip(before, with_behaviour(before, batch), strict=True):
        assert new.behaviour is not None
        assert new.behaviour.score > 0.8
        shape = new.to_dict()
        assert shape.pop("behaviour") == new.behaviour.to_dict()
        assert shape == old.to_dict()


def test_predictions_without_context_or_answer_stay_the_same_objects() -> None:
    """Nothing is added where nothing is known, or where the comment could not be read."""
    bare, unread = prediction(), prediction(error="empty_text: nothing")
    given = with_behaviour([bare, unread], [comment("hej"), comment("<br>", "a")])
    assert given[0] is bare
    assert given[1] is unread
    assert "behaviour" not in given[0].to_dict()


def test_lists_that_do_not_match_are_refused() -> None:
    """A prediction too few is an error that says so, not a shifted answer."""
    with pytest.raises(ValueError, match="predictions: are 0 for 1 comments"):
        with_behaviour([], [comment("hej")])
