from __future__ import annotations

import json

import pytest

from sedno.models.behaviour.reasons import Behaviour, Name, Reason, duration


def test_reasons_add_up_and_weak_ones_are_left_out() -> None:
    """Two halves make three quarters; what is hardly anything is neither told nor counted."""
    weak, one, two = (
        Reason(Name.BURST, 0.01, "a"),
        Reason(Name.OWN_REPEATS, 0.5, "b"),
        Reason(Name.MANY_POSTS, 0.5, "c"),
    )
    found = Behaviour.of([weak, one, two])
    assert found.score == 0.75
    assert found.reasons == (two, one)
    assert Behaviour.of([weak]) == Behaviour(0.0)


def test_it_is_plain_json() -> None:
    """What is published holds plain types and rounded scores."""
    shape = Behaviour.of([Reason(Name.BURST, 0.123456, "9 comments")]).to_dict()
    assert json.loads(json.dumps(shape)) == {
        "score": 0.1235,
        "reasons": [{"name": "burst", "score": 0.1235, "fact": "9 comments"}],
    }


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "1 second"), (1, "1 second"), (59.2, "60 seconds"), (60, "1 minute"), (90, "90 seconds"),
     (720, "12 minutes"), (721, "13 minutes"), (3_600, "1 hour"), (5_400, "90 minutes"),
     (86_400, "1 day"), (90_000, "25 hours"), (200_000, "3 days")],
)  # fmt: skip
def test_durations_read_well_and_never_say_too_little(seconds: float, said: str) -> None:
    """Rounded up, because they follow the word "within"."""
    assert duration(seconds) == said
