"""POST /v1/classify: an answer for every comment, in order, whatever the comment is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from sedno.datasets.comment import MAX_TEXT_CHARS
from sedno.serving.api.schemas import ClassifyResponse


def labels(result: dict[str, Any]) -> dict[str, str]:
    """Task -> label."""
    return {task: answer["label"] for task, answer in result["labels"].items()}


def test_answers_are_those_of_the_classifier(api: Any) -> None:
    """HTTP adds nothing and loses nothing: same answers as the classifier gives itself."""
    texts = ["kiedy bateria?", "super 😍", "kretyn", "promocja zarabiaj"]
    answer = api.classify(*texts).json()
    expected = [prediction.to_dict() for prediction in api.model.predict(texts)]
    assert answer == {"model": "toy@1", "results": expected}
    assert labels(answer["results"][0])["question"] == "question"


def test_the_answer_has_the_published_shape(api: Any) -> None:
    """Every member of a real answer stands in the published schema."""
    answer = api.classify("super dźwięk", "", explain=True, embeddings=True).json()
    parsed = ClassifyResponse.model_validate(answer, strict=True)
    assert parsed.model_dump(exclude_unset=True) == answer


def test_ids_come_back_and_positions_fill_in(api: Any) -> None:
    """An id is given back as a string; without one it is the position; twins are both answered."""
    answer = api.classify(
        {"text": "a"},
        {"text": "b", "id": "x"},
        "c",
        {"text": "d", "id": "x"},
        {"text": "e", "id": 7},
    ).json()
    assert [result["id"] for result in answer["results"]] == ["0", "x", "2", "x", "7"]


def test_a_thousand_comments_are_answered_in_order(api: Any) -> None:
    """The largest request is answered whole, over several passes."""
    answer = api.classify(*({"text": f"bateria {n}", "id": f"c{n}"} for n in range(1_000))).json()
    assert [result["id"] for result in answer["results"]] == [f"c{n}" for n in range(1_000)]
    assert len(api.model.passes) > 1


@pytest.mark.parametrize(
    ("comment", "code"),
    [
        ({"text": ""}, "empty_text"),
        ({"text": None}, "empty_text"),
        ({"text": " \u200b\n"}, "empty_text"),
        ({"text": "a" * (MAX_TEXT_CHARS + 1)}, "text_too_long"),
        ({"text": "a", "id": "i" * 300}, "id_too_long"),
    ],
)
def test_a_comment_that_cannot_be_read_harms_no_other(api: Any, comment: Any, code: str) -> None:
    """What is wrong with one comment is told in its place; the others get their labels."""
    response = api.classify("super", comment, "fatalny")
    assert response.status_code == 200
    first, second, third = response.json()["results"]
    assert labels(first)["sentiment"] == "positive"
    assert second["labels"] == {}
    assert second["needs_review"] is True
    assert second["error"].startswith(f"{code}: ")
    assert labels(third)["sentiment"] == "negative"


@pytest.mark.parametrize(
    ("comment", "code"),
    [
        ({"posted_at": "wczoraj"}, "bad_time: posted_at "),
        ({"language": "po polsku"}, "bad_language: language "),
        ({"context": "a" * (MAX_TEXT_CHARS + 1)}, "text_too_long: context "),
        ({"author": "a" * 300}, "id_too_long: author "),
    ],
)
def test_what_is_wrong_beside_the_text_costs_no_answer(api: Any, comment: Any, code: str) -> None:
    """As in files: the comment is answered without it, and a warning says so."""
    first, second = api.classify({"text": "super", **comment}, "super").json()["results"]
    assert labels(first)["sentiment"] == "positive"
    assert first["warnings"][0].startswith(code)
    assert first["warnings"][0].endswith("the comment was kept without it")
    assert "warnings" not in second


def test_ids_differ_as_they_came(api: Any) -> None:
    """Control characters of an id are no comment's text: they stay."""
    ids = ["a", "a\x00", "a\r\n", "a\n", "\x01", "\ufeffa"]
    results = api.classify(*({"text": "super", "id": name} for name in ids)).json()["results"]
    assert [result["id"] for result in results] == ids


def test_the_description_of_the_model_is_short(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures, but not the answers item by item."""
    metrics = {"evaluation": {"benchmarks": {"b": {"t": {"macro_f1": 1, "outcomes": {}}}}}}
    monkeypatch.setattr(type(api.model.artifact), "metrics", lambda _: metrics)
    (shown,) = api.client.get("/v1/models").json()["models"]
    assert shown["metrics"] == {"evaluation": {"benchmarks": {"b": {"t": {"macro_f1": 1}}}}}


def test_only_unreadable_comments_are_an_answer_too(api: Any) -> None:
    """A request in which nothing can be read is answered, without troubling the model."""
    results = api.classify("", {"text": None, "id": "n"}).json()["results"]
    assert [result["id"] for result in results] == ["0", "n"]
    assert api.model.passes == []


def test_explanations_and_embeddings_come_where_asked(api: Any) -> None:
    """Spans and vectors are in the answer if and only if the request asks."""
    plain, full = (
        api.classify("to jest super", **flags).json()["results"][0]
        for flags in ({}, {"explain": True, "embeddings": True})
    )
    assert "embedding" not in plain
    assert all("spans" not in answer for answer in plain["labels"].values())
    assert sum(value**2 for value in full["embedding"]) == pytest.approx(1.0, abs=1e-4)
    spans = full["labels"]["sentiment"]["spans"]
    assert spans[0]["text"] == "super"


def test_what_one_asks_another_does_not_get(api: Any) -> None:
    """Requests that share a pass keep their own flags."""
    api.model.hold()
    thread, _ = api.background(lambda: api.classify("busy"))
    assert api.model.entered.acquire(timeout=5)
    asks: list[Callable[[], Any]] = [
        lambda: api.classify("super", embeddings=True),
        lambda: api.classify("super"),
    ]
    waiting = [api.background(ask) for ask in asks]
    while api.metric("sedno_queue_requests") < 2:
        pass
    api.model.let_go()
    for one in (thread, *(pair[0] for pair in waiting)):
        one.join(10)
    embedded, plain = (answers[0].json()["results"][0] for _, answers in waiting)
    assert "embedding" in embedded
    assert "embedding" not in plain
    assert api.model.passes == [1, 2]


def test_halves_of_emoji_do_not_cost_a_request(api: Any) -> None:
    r"""A lone surrogate (a string cut in an emoji) is read as U+FFFD, next to whole emoji."""
    body = (
        rb'{"comments": ["super \ud83d", "\ude0d", "super \ud83d\ude0d",'
        rb' {"text": "a", "id": "\udfff"}]}'
    )
    response = api.client.post(
        "/v1/classify", content=body, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 200
    results = response.json()["results"]
    assert [labels(result)["sentiment"] for result in results[::2]] == ["positive"] * 2
    assert results[3]["id"] == "\ufffd"


def test_nul_and_controls_are_taken(api: Any) -> None:
    """Characters that cannot be stored are dropped and the comment is answered."""
    response = api.classify("super\x00\x07")
    assert labels(response.json()["results"][0])["sentiment"] == "positive"


def test_many_clients_at_once_each_get_their_own(api: Any) -> None:
    """Thirty threads with different comments: nobody gets another's answer."""
    wrong: list[str] = []

    def client(number: int) -> None:
        for turn in range(5):
            ids = [f"{number}-{turn}-{at}" for at in range(1 + number % 7)]
            answer = api.classify(*({"text": f"super {name}", "id": name} for name in ids)).json()
            if [result["id"] for result in answer["results"]] != ids:
                wrong.extend(ids)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert wrong == []
