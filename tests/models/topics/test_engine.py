from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sedno.models.topics import edits
from sedno.models.topics.engine import fit, update
from sedno.models.topics.records import Asked, Found, Options, Unit
from sedno.models.topics.state import StateError, load, save
from tests.models.topics.conftest import Make


def kinds_of(found: Found) -> dict[str, set[str]]:
    """Topic -> what its comments were made to ask."""
    out: dict[str, set[str]] = {}
    for comment, topics in found.assignments().items():
        for topic in topics:
            out.setdefault(topic, set()).add(comment.split("-")[0])
    return out


def topic_of(found: Found, kind: str) -> str:
    """The topic that most comments of a kind are in."""
    ids = [
        topics[0]
        for comment, topics in found.assignments().items()
        if comment.startswith(kind) and topics
    ]
    return max(sorted(set(ids)), key=ids.count)


def test_questions_that_ask_the_same_share_a_topic(make: Make) -> None:
    """Three things asked give topics none of which mixes two of them."""
    found = fit(make(60))
    assert all(len(kinds) == 1 for kinds in kinds_of(found).values())
    assert len(kinds_of(found)) >= 3
    assert sum(bool(topics) for topics in found.assignments().values()) >= 55


def test_the_same_seed_gives_the_same_topics(make: Make) -> None:
    """Nothing hangs on chance that is not seeded."""
    one, two = fit(make(60)), fit(make(60))
    assert one.assignments() == two.assignments()
    assert one.topics == two.topics


def test_nothing_asked_gives_no_topic() -> None:
    """No question is an answer, not an error."""
    found = fit([])
    assert found.topics == ()
    assert found.assignments() == {}
    assert update(found, []) is found


def test_one_question_is_a_single_question(make: Make) -> None:
    """One question is asked by nobody else."""
    found = fit(make(1))
    assert list(found.assignments().values()) == [()]


def test_identical_questions_are_one_topic(make: Make) -> None:
    """Copies are clustered once and all count."""
    one = make(1)[0]
    found = fit([replace(one, id=str(at)) for at in range(500)])
    assert [topic.size for topic in found.topics] == [500]
    assert found.topics[0].share == pytest.approx(1.0)


def test_many_languages_do_not_stop_it() -> None:
    """Questions of 30 languages and scripts are read, named and described."""
    texts = (
        "Ile to kosztuje?", "How much is it?", "Wie viel kostet das?", "Combien ça coûte ?",
        "¿Cuánto cuesta?", "Quanto costa?", "Quanto custa?", "Hoeveel kost het?", "Vad kostar det?",
        "Hvad koster det?", "Hva koster det?", "Paljonko se maksaa?", "Kui palju see maksab?",
        "Cik tas maksā?", "Kiek tai kainuoja?", "Kolik to stojí?", "Koľko to stojí?",
        "Mennyibe kerül?", "Cât costă?", "Колко струва?", "Скільки це коштує?", "Сколько стоит?",
        "Πόσο κάνει;", "Ne kadar?", "كم السعر؟", "כמה זה עולה?", "यह कितने का है?", "多少钱?",
        "いくらですか?", "얼마예요?",
    )  # fmt: skip
    rng = np.random.default_rng(0)
    base = rng.normal(size=32)
    asked = []
    for at, text in enumerate(texts):
        vector = base + 0.3 * rng.normal(size=32)
        unit = Unit(text, (vector / np.linalg.norm(vector)).astype("f4"))
        asked.append(Asked(str(at), (unit,)))
    found = fit(asked)
    assert len(found.assignments()) == 30
    assert all(topic.name and topic.canonical for topic in found.topics)


def test_sources_have_topics_of_their_own(make: Make) -> None:
    """The same question under two brands is two topics."""
    found = fit([*make(30, scope="a"), *make(30, scope="b")])
    assert {topic.scope for topic in found.topics} == {"a", "b"}
    for topic in found.topics:
        inside = {member.scope for member in found.members if member.topic == topic.id}
        assert inside == {topic.scope}


def test_a_comment_that_asks_two_things_is_in_two_topics(make: Make) -> None:
    """Best first, and both."""
    asked = make(60)
    both = Asked("both", (asked[0].units[0], asked[1].units[0]))
    found = fit([*asked, both])
    assert set(found.assignments()["both"]) == {topic_of(found, "waga"), topic_of(found, "pranie")}


def test_what_perhaps_asks_founds_no_topic(make: Make) -> None:
    """Comments that are not sure to ask join topics and never make one."""
    found = fit([replace(one, sure=False) for one in make(30)])
    assert found.topics == ()


def test_ids_stay_when_comments_come(make: Make) -> None:
    """A later run over more comments gives old topics their old ids."""
    first = fit(make(60))
    second = fit(make(90), previous=first)
    assert second.run == 2
    for kind in ("waga", "pranie", "wysyłka"):
        assert topic_of(second, kind) == topic_of(first, kind)


def test_a_new_question_gets_a_new_id(make: Make) -> None:
    """Ids are never given twice."""
    first = fit(make(40, kinds=("waga", "pranie")))
    more = make(30, kinds=("wysyłka",), first=40)
    second = fit([*make(40, kinds=("waga", "pranie")), *more], previous=first)
    born = topic_of(second, "wysyłka")
    assert born not in {topic.id for topic in first.topics}
    assert any(event.kind == "born" and event.topic == born for event in second.events)


def test_new_comments_join_without_a_run(make: Make) -> None:
    """Update puts them into the topics there are, and knows ids it has seen."""
    first = fit(make(60))
    second = update(first, make(12, first=60, seed=7))
    assert len(second.members) == 72
    for kind in ("waga", "pranie", "wysyłka"):
        assert kinds_of(second)[topic_of(first, kind)] == {kind}
    assert update(second, make(12, first=60, seed=7)) is second


def test_edits_survive_a_later_run(make: Make) -> None:
    """What an editor renamed, merged, hid and pinned is so after the next run."""
    first = fit(make(60))
    weight, wash, post = (topic_of(first, kind) for kind in ("waga", "pranie", "wysyłka"))
    edited = edits.rename(first, post, "Dostawa poza Polskę")
    edited = edits.merge(edited, [weight, wash], weight)
    edited = edits.flag(edited, weight, "pin")
    second = fit(make(90), previous=edited)
    names = {topic.id: topic for topic in second.topics}
    assert names[post].name == "Dostawa poza Polskę"
    assert names[weight].pinned
    assert wash not in names
    assert {"waga", "pranie"} <= kinds_of(second)[weight]
    hidden = edits.flag(second, post, "hide")
    assert post not in {topic for topics in hidden.assignments().values() for topic in topics}


def test_a_split_survives_a_later_run(make: Make) -> None:
    """Parts keep their ids, and new comments go to the nearer part."""
    first = fit(make(60))
    weight, wash = topic_of(first, "waga"), topic_of(first, "pranie")
    merged = edits.merge(first, [weight, wash], weight)
    inside = [comment for comment, topics in merged.assignments().items() if weight in topics]
    parts = [[c for c in inside if c.startswith(kind)][:3] for kind in ("waga", "pranie")]
    parted = edits.split(merged, weight, parts)
    new = next(topic.id for topic in parted.topics if topic.id not in {t.id for t in first.topics})
    second = fit(make(90), previous=parted)
    assert kinds_of(second)[new] == {"pranie"}


def test_edits_that_cannot_be_made_say_why(make: Make) -> None:
    """Each names what is wrong."""
    found = fit(make(60))
    one = found.topics[0].id
    with pytest.raises(edits.EditError, match="t999"):
        edits.rename(found, "t999", "x")
    with pytest.raises(edits.EditError, match="blank"):
        edits.rename(found, one, "  ")
    with pytest.raises(edits.EditError, match="two different"):
        edits.merge(found, [one], one)
    with pytest.raises(edits.EditError, match="nobody"):
        edits.split(found, one, [["nobody"], [found.topics[0].examples[0]]])


def test_a_state_file_gives_back_what_was_saved(make: Make, tmp_path: object) -> None:
    """Topics, members, events and edits survive; vectors to 16 bits."""
    path = f"{tmp_path}/topics.state"
    found = edits.rename(fit(make(60)), "t1", "Waga")
    save(found, path)
    back = load(path)
    assert [topic.to_dict() for topic in back.topics] == [topic.to_dict() for topic in found.topics]
    assert back.assignments() == found.assignments()
    assert np.allclose(back.vectors, found.vectors, atol=1e-3)
    with open(path, "wb") as out:  # noqa: PTH123 - the path is a string here
        out.write(b"no zip")
    with pytest.raises(StateError, match="damaged"):
        load(path)


def test_options_out_of_range_are_refused() -> None:
    """The message names the option and the value."""
    with pytest.raises(ValueError, match="min_size: is 0"):
        Options(min_size=0)


def test_vectors_of_another_model_are_refused(make: Make) -> None:
    """Vectors of two models cannot be compared."""
    with pytest.raises(ValueError, match="cannot be compared"):
        fit(make(9), previous=fit(make(9), model="a@1"), model="b@1")


def test_what_is_kept_does_not_move(make: Make) -> None:
    """A run over new questions alone: old ones stay, the same question keeps its id."""
    first = fit(make(60))
    kept = {member.comment for member in first.members}
    second = fit(make(30, first=60, seed=1), previous=first, kept=kept)
    before, after = first.assignments(), second.assignments()
    assert {one: after[one] for one in before} == before
    assert len(after) == 90
    for kind in ("waga", "pranie", "wysyłka"):
        late = [
            topics[0]
            for one, topics in after.items()
            if topics and int(one.rpartition("-")[2]) >= 60 and one.startswith(kind)
        ]
        assert late
        assert topic_of(first, kind) in late
    assert [event for event in second.events if event.kind in {"gone", "merged"}] == []
    whole = {topic.id: topic.size for topic in second.topics}
    assert sum(whole.values()) == sum(map(len, after.values()))


def test_a_scope_that_is_not_read_stays_to_the_letter(make: Make) -> None:
    """Names, phrases, trend and size of its topics, with an editor's name."""
    both = fit([*make(30, scope="a"), *make(30, scope="b")])
    one = next(topic for topic in both.topics if topic.scope == "b")
    both = edits.rename(both, one.id, "Nazwa")
    kept = {member.comment for member in both.members if member.scope == "b"}
    part = fit(make(30, scope="a", kinds=("waga",)), previous=both, kept=kept)

    def of(found: Found, scope: str) -> list[object]:
        return [replace(topic, related=()) for topic in found.topics if topic.scope == scope]

    assert of(part, "b") == of(both, "b")
    assert of(part, "a") != of(both, "a")
    gone = [event.topic for event in part.events if event.kind == "gone"]
    assert not {topic.id for topic in both.topics if topic.scope == "b"} & set(gone)


def test_a_merge_holds_within_one_scope(make: Make) -> None:
    """Kept apart by something else since: no topic is in two scopes."""
    asked = make(60)
    first = fit(asked)
    ids = [topic.id for topic in first.topics][:2]
    merged = edits.merge(first, ids, ids[0])
    apart = [replace(one, scope=one.id.split("-")[0]) for one in asked]
    found = fit(apart, previous=merged)
    topics = [topic.id for topic in found.topics]
    assert len(set(topics)) == len(topics)
    shown = found.assignments()
    for topic in found.topics:
        inside = {one.split("-")[0] for one, into in shown.items() if topic.id in into}
        assert inside == {topic.scope}
