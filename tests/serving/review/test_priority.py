from __future__ import annotations

import pytest

from sedno.serving.review.priority import CAVEAT_DOUBT, priority


def said(substance: float, spam: float = 0.0, **more: object) -> dict[str, object]:
    """An answer about two tasks."""
    return {
        "labels": {
            "substance": {
                "label": "generic",
                "scores": {"generic": substance, "substantive": 1 - substance},
            },
            "authenticity": {"label": "real", "scores": {"real": 1 - spam, "spam": spam}},
        },
        **more,
    }


def test_doubt_is_the_probability_of_any_wrong_label() -> None:
    """Two labels of 0.9 and 0.8 are both right in 72 of 100 cases."""
    assert priority(said(0.9, 0.2), None).doubt == pytest.approx(0.28)


def test_a_comment_without_an_answer_is_all_doubt() -> None:
    """Where the model said nothing, a person has to say it all."""
    assert priority(None, None).doubt == 1
    assert priority({"error": "empty_text: ...", "labels": {}}, None).doubt == 1


def test_a_caveat_is_a_doubt_whatever_the_scores_say() -> None:
    """Scores in a language that the model has not learned deserve no trust."""
    assert priority(said(1.0), None).doubt == 0
    assert priority(said(1.0, caveats=["unsupported_language"]), None).doubt == CAVEAT_DOUBT


@pytest.mark.parametrize(("few", "many"), [(None, 10), (0, 1), (10, 1_000)])
def test_what_more_people_see_comes_first(few: int | None, many: int) -> None:
    """Of two equal comments the one with the wider reach is worth more."""
    assert priority(said(0.7), few).value < priority(said(0.7), many).value


def test_what_may_do_harm_comes_first() -> None:
    """Likely spam, and what looks like a campaign, before the rest."""
    plain = priority(said(0.7), None).value
    campaign = priority(said(0.7, behaviour={"score": 0.8}), None).value
    assert campaign == pytest.approx(1.8 * plain)
