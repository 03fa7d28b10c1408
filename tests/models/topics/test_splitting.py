from __future__ import annotations

import pytest

from sedno.models.topics import edits, splitting
from sedno.models.topics.engine import fit, update
from sedno.models.topics.records import Found
from tests.models.topics.conftest import Make


@pytest.fixture
def mixed(make: Make) -> tuple[Found, str]:
    """Two things that are asked, made one topic by an editor, beside a third one."""
    found = fit(make(60))
    by_kind = {topic.examples[0].split("-")[0]: topic.id for topic in found.topics}
    into = by_kind["waga"]
    return edits.merge(found, [by_kind["pranie"]], into), into


def kinds(comments: list[str]) -> set[str]:
    """What comments were made to ask."""
    return {comment.split("-")[0] for comment in comments}


def test_suggested_parts_are_what_was_mixed(mixed: tuple[Found, str]) -> None:
    """Each part is given by comments of one kind, and the preview agrees with the split."""
    found, topic = mixed
    parts = splitting.suggest(found, topic)
    assert {frozenset(kinds(part)) for part in parts} == {
        frozenset({"waga"}),
        frozenset({"pranie"}),
    }
    planned = splitting.preview(found, topic, parts)
    assert all(len(kinds([comment for comment, _ in part.asked])) == 1 for part in planned)
    after = edits.split(found, topic, parts)
    sizes = {one.id: (one.name, one.size) for one in after.topics}
    assert [sizes[part.id] for part in planned] == [(part.name, part.size) for part in planned]
    assert planned[0].id == topic
    assert found.edits == mixed[0].edits


def test_what_joins_later_goes_to_its_part(mixed: tuple[Found, str], make: Make) -> None:
    """A split is no list of comments but a rule."""
    found, topic = mixed
    after = edits.split(found, topic, splitting.suggest(found, topic))
    more = update(after, make(3, first=90))
    placed = more.assignments()
    for comment in ("waga-90", "pranie-91"):
        (part,) = placed[comment]
        alike = {other for other, topics in placed.items() if topics == (part,)}
        assert kinds(list(alike)) == {comment.split("-")[0]}


def test_other_scopes_stay_as_they_were(make: Make) -> None:
    """An edit describes only the topics of its own scope anew."""
    found = fit([*make(40, scope="a"), *make(40, scope="b", seed=1)])
    topic = next(one for one in found.topics if one.scope == "a")
    after = edits.rename(found, topic.id, "Moja nazwa")
    untouched = [one for one in found.topics if one.scope == "b"]
    for one in untouched:
        assert any(other is one or other == one for other in after.topics)
    assert [one.scope for one in after.topics] == sorted(one.scope for one in after.topics)


@pytest.mark.parametrize(("parts", "message"), [(1, "give 2 to"), (5, "give 2 to")])
def test_parts_are_a_few(mixed: tuple[Found, str], parts: int, message: str) -> None:
    """One is no split, and many is no help."""
    with pytest.raises(edits.EditError, match=message):
        splitting.suggest(mixed[0], mixed[1], parts)


def test_a_topic_that_is_too_small_or_missing(mixed: tuple[Found, str]) -> None:
    """It says so."""
    with pytest.raises(edits.EditError, match="0 comments"):
        splitting.suggest(mixed[0], "t999")
