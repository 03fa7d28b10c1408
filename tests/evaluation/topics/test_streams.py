from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from sedno.datasets.comment import Comment
from sedno.evaluation.topics.report import markdown
from sedno.evaluation.topics.streams import SETS, load, measure, names
from sedno.models.topics.records import Found, Member, Topic


def found_of(topics: dict[str, list[Comment]]) -> Found:
    """Topics by hand: id -> the comments in it."""
    members = tuple(
        Member(one.id, 0, one.text, "", topic, 1.0, True, None, None, None, None)
        for topic, inside in topics.items()
        for one in inside
    )
    shown = tuple(
        Topic(topic, "", topic, topic, (), topic, (), len(inside), None, 0.0)
        for topic, inside in topics.items()
    )
    vectors = np.zeros((len(members), 4), np.float32)
    return Found(shown, members, vectors, (), (), 1, len(topics) + 1, "m@1")


@pytest.mark.parametrize("name", SETS["dev"])
def test_dev_streams_hold_what_they_promise(name: str) -> None:
    """Six weeks, close intents asked more than once, distracting comments, no text twice."""
    lines = load(name)
    assert {line.week for line in lines} == {1, 2, 3, 4, 5, 6}
    intents = [intent for line in lines for intent in line.intents]
    assert len(set(intents)) >= 15
    assert min(intents.count(intent) for intent in set(intents)) >= 5
    assert sum(line.distracting for line in lines) >= 65
    assert len({line.comment.text for line in lines}) == len(lines)


def test_the_test_set_is_as_large_as_is_asked() -> None:
    """Three brands are asked, with 35 intents and 200 distracting comments at least."""
    lines = [line for name in SETS["test"] for line in load(name)]
    assert len(SETS["test"]) == 3
    assert len({intent for line in lines for intent in line.intents}) >= 35
    assert sum(line.distracting for line in lines) >= 200


@pytest.mark.parametrize("name", SETS["test"] + SETS["seen"])
def test_test_streams_hold_what_their_readme_says(name: str) -> None:
    """Uneven intents, some of them late, no Polish letter in a third, hardly a text twice."""
    lines = load(name)
    assert {line.week for line in lines} == {1, 2, 3, 4, 5, 6}
    asked = Counter(intent for line in lines for intent in line.intents)
    assert len(asked) >= 13
    assert min(asked.values()) >= 3
    assert max(asked.values()) <= 30
    first = {intent: min(line.week for line in lines if intent in line.intents) for intent in asked}
    assert sum(week > 1 for week in first.values()) >= 4
    assert all(line.distracting != bool(line.intents) for line in lines if line.kind != "single")
    assert sum(line.distracting for line in lines) >= 67
    bare = sum(not set(line.comment.text.lower()) & set("ąćęłńóśźż") for line in lines)
    assert bare >= len(lines) / 3
    assert len({line.comment.text for line in lines}) >= len(lines) - 2
    assert len({line.comment.id for line in lines}) == len(lines)


def test_gold_topics_score_perfectly_on_a_stream() -> None:
    """The figures reach their ends: nothing left out, nothing taken in."""
    lines = load("sowa")
    found = measure(lines, {line.comment.id: line.intents for line in lines})
    assert found["v_measure"] == pytest.approx(1.0)
    assert found["unassigned"] == 0.0
    assert found["taken_in"] == 0.0
    assert found["several_found"] == 1.0


def test_a_stream_that_knows_no_one_off_questions_has_no_share_of_them() -> None:
    """Zero would be a good figure for something that was not measured."""
    lines = load("iglowska")
    assert measure(lines, {})["one_off_taken_in"] is None
    assert measure(load("sowa"), {})["one_off_taken_in"] == 0.0


def test_a_topic_is_named_beside_the_question_that_most_of_it_asks() -> None:
    """A comment that asks two things speaks half for each; intents that tie are both given."""
    lines = load("iglowska")
    of = {
        intent: [line.comment for line in lines if line.intents == (intent,)]
        for intent in ("raty", "gwarancja_dlugosc", "petelkowanie")
    }
    both = next(line for line in lines if "raty" in line.intents and len(line.intents) > 1)
    nothing = [line.comment for line in lines if line.distracting]
    found = found_of(
        {
            "clear": [*of["raty"][:3], of["petelkowanie"][0]],
            "parted": [both.comment, of["raty"][3]],
            "tied": [of["gwarancja_dlugosc"][0], of["petelkowanie"][1]],
            "nothing": nothing[:2],
        }
    )
    rows = {
        row["topic"]: (row["questions"], row["purity"]) for row in names("iglowska", lines, found)
    }
    raty = "Czy można kupić maszynę na raty?"
    assert rows == {
        "clear": ([raty], 0.75),
        "parted": ([raty], 0.75),
        "tied": (
            [
                "Ile trwa gwarancja na maszynę?",
                "Dlaczego od spodu materiału robią się pętelki z nici?",
            ],
            0.5,
        ),
        "nothing": ([], 0.0),
    }


def test_floors_are_judged_on_the_test_set_alone() -> None:
    """A dev stream may be as bad as it likes: it has its table, and no say."""
    figures: dict[str, Any] = {
        "v_measure": 0.9, "ari": 0.9, "topics": 3, "intents": 3, "unassigned": 0.0,
        "taken_in": 0.0, "one_off_taken_in": None, "several_found": 1.0, "questions": 10,
        "distracting": 10, "announced_rightly": 1, "announced": 1, "noticed": 1, "new": 1,
        "ids_kept": 5, "survivors": 5, "rivals": {}, "names": [],
    }  # fmt: skip
    found = {
        "model": "m", "date": "2026-11-30", "machine_line": "", "machine": {"load": 0},
        "commit": None,
        "streams": {"test": {"good": figures}, "dev": {"bad": {**figures, "v_measure": 0.1}}},
    }  # fmt: skip
    text = markdown(found)
    checks, tables = text.split("## Streams", 1)
    assert "0.900" in checks
    assert "0.100" not in checks
    assert "**no**" not in checks
    test, dev = tables.split("### Dev", 1)
    assert "| good" in test
    assert "| bad" not in test
    assert "| bad" in dev
