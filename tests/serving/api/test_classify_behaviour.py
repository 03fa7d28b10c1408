"""POST /v1/classify: what a request's comments say about each other's authors."""

from __future__ import annotations

from typing import Any

from sedno.serving.api.schemas import ClassifyResponse

OFFER = "Zarobiłam pięć tysięcy w tydzień dzięki tej metodzie, napisz do mnie na priv"


def campaign(count: int) -> list[dict[str, Any]]:
    """One text by as many authors, under as many posts, a minute apart."""
    return [
        {
            "text": OFFER + "!" * number,
            "author": f"bot{number}",
            "post_id": number,
            "posted_at": f"2026-03-01T12:{number:02}:05Z",
        }
        for number in range(count)
    ]


def test_a_campaign_within_a_request_is_told(api: Any) -> None:
    """Each comment gets a score and a fact, in the published shape."""
    answer = api.classify(*campaign(5), explain=True).json()
    parsed = ClassifyResponse.model_validate_json(api.classify(*campaign(5)).content)
    for result, shape in zip(answer["results"], parsed.results, strict=True):
        assert result["behaviour"]["score"] > 0.5
        (reason,) = result["behaviour"]["reasons"]
        assert reason["name"] == "shared_text"
        assert reason["fact"].endswith("5 times by 5 authors under 5 posts within 4 minutes")
        assert shape.behaviour is not None
        assert shape.behaviour.model_dump(mode="json") == result["behaviour"]


def test_it_stands_only_where_there_is_context(api: Any) -> None:
    """A bare text has none and an unreadable comment neither; the places do not shift."""
    first, second, third = campaign(3)
    comments = [first, OFFER, {"text": "", "author": "x"}, second, third]
    results = api.classify(*comments).json()["results"]
    assert ["behaviour" in result for result in results] == [True, False, False, True, True]
    assert "error" in results[2]


def test_it_changes_no_label(api: Any) -> None:
    """With and without authors, labels and review marks are the same."""
    with_authors = api.classify(*campaign(4)).json()["results"]
    without = api.classify(*(item["text"] for item in campaign(4))).json()["results"]
    for told in with_authors:
        del told["behaviour"]
    assert with_authors == without


def test_requests_are_not_compared_with_each_other(api: Any) -> None:
    """The same text in another request is no repeat: clients do not see each other."""
    for item in campaign(3):
        (result,) = api.classify(item).json()["results"]
        assert result["behaviour"] == {"score": 0.0, "reasons": []}
