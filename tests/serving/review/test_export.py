from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sedno.datasets.corpora.files import load_file
from sedno.serving.ingest.classify import comment_of
from sedno.serving.review import acts
from sedno.serving.review.export import Export
from sedno.serving.store.tables.comments import StoredComment
from sedno.training.data import assemble
from sedno.training.recipe import read_recipe

WORDS = ("krem", "paczka", "sweter", "kurier", "odcinek", "rabat")


def export(desk: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The rows and what is told of them."""
    with desk.database.session() as session:
        made = Export(session)
        rows = [json.loads(line) for line in made.lines()]
        return rows, made.manifest.to_dict()


def test_only_what_counts_now_is_exported(desk: Any) -> None:
    """Not what was undone, skipped, escalated, nor what was decided of an earlier text."""
    kept, corrected, undone, skipped, changed = (desk.add(f"tekst {n}") for n in range(5))
    with desk.transaction() as session:
        acts.decide(session, desk.anna, kept, desk.proposed, version=1)
        acts.decide(session, desk.anna, corrected, desk.other, version=1)
        acts.decide(session, desk.anna, undone, desk.other, version=1)
        acts.undo(session, desk.anna)
        acts.skip(session, desk.anna, skipped, version=1)
        acts.decide(session, desk.anna, changed, desk.other, version=1)
        session.get_one(StoredComment, changed).version = 2
    rows, told = export(desk)
    assert [row["text"] for row in rows] == ["tekst 0", "tekst 1"]
    assert rows[1]["labels"]["sentiment"] == "mixed"
    came_from = rows[1]["provenance"]
    assert (came_from["verdict"], came_from["model"], came_from["comment_version"]) == (
        *("corrected", "toy@1", 1),
    )
    assert came_from["proposal"]["sentiment"]["label"] == "negative"
    assert (told["rows"], told["verdicts"]) == (2, {"accepted": 1, "corrected": 1})
    assert told["models"] == {"toy@1": 2}
    assert "anna" not in json.dumps(rows), "people who decide are numbers to a training set"


def test_the_same_decisions_give_the_same_version(desk: Any) -> None:
    """The hash tells two sets apart, and only then."""
    comments = [desk.add("a"), desk.add("b")]
    with desk.transaction() as session:
        acts.decide(session, desk.anna, comments[0], desk.proposed, version=1)
    first, second = export(desk)[1]["sha256"], export(desk)[1]["sha256"]
    assert first == second
    with desk.transaction() as session:
        acts.decide(session, desk.anna, comments[1], desk.proposed, version=1)
    assert export(desk)[1]["sha256"] != first


def test_copies_of_a_text_fall_on_one_side(desk: Any) -> None:
    """What is held back for comparing models is nowhere among what they learn from."""
    for number in range(60):
        for _ in range(2):
            comment = desk.add(f"tekst {number}")
            with desk.transaction() as session:
                acts.decide(session, desk.anna, comment, desk.proposed, version=1)
    rows, told = export(desk)
    sides: dict[str, set[str]] = {}
    for row in rows:
        sides.setdefault(row["text"], set()).add(row["split"])
    assert all(len(side) == 1 for side in sides.values())
    assert 0 < told["splits"]["test"] < told["splits"]["train"]


def test_a_recipe_can_read_it(sqlite_desk: Any, tmp_path: Path) -> None:
    """The rows are those of a file of labelled comments, as `sedno train` reads them."""
    desk = sqlite_desk
    comment = desk.add("Zapłaciłem [telefon] i cisza", post_id="krem")
    with desk.transaction() as session:
        acts.decide(session, desk.anna, comment, desk.other, version=1)
    path = tmp_path / "decisions.jsonl"
    with desk.database.session() as session, path.open("wb") as out:
        out.writelines(Export(session).lines())
    (example,) = load_file(path)
    assert "[telefon]" in path.read_text(encoding="utf-8")
    with desk.database.session() as session:
        read_in_service = comment_of(session.get_one(StoredComment, comment)).text
    assert example.text == read_in_service == "Zapłaciłem 600 000 000 i cisza"
    assert dict(example.labels) == desk.other
    assert example.corpus == "decisions"
    assert (example.language, example.thread, example.kind) == ("pl", "krem", "corrected")
    assert example.split in {"train", "test"}


def test_a_recipe_names_it_as_a_corpus(sqlite_desk: Any, tmp_path: Path) -> None:
    """What is held back is kept out of training, the rest is learned from."""
    desk = sqlite_desk
    for number in range(30):
        comment = desk.add(f"{WORDS[number % 6]} {WORDS[number // 6]} zamówienie numer {number}")
        with desk.transaction() as session:
            acts.decide(session, desk.anna, comment, desk.other, version=1)
    path = tmp_path / "decisions.jsonl"
    with desk.database.session() as session, path.open("wb") as out:
        made = Export(session)
        out.writelines(made.lines())
    (tmp_path / "recipe.toml").write_text(
        'name = "next"\nversion = "2"\n[calibration]\ncorpora = []\n'
        '[[stages]]\nname = "decisions"\nepochs = 1\nlearning_rate = 1e-4\n'
        '[[stages.data]]\ncorpus = "decisions.jsonl"\n',
        encoding="utf-8",
    )
    recipe = read_recipe(tmp_path / "recipe.toml")
    (tmp_path / "corpora").mkdir()
    data = assemble(recipe, tmp_path / "corpora", folder=tmp_path)
    learned = [sample.text for sample in data.stages[0]]
    held_back = [e.text for e in load_file(path) if e.split == "test"]
    assert held_back
    assert set(learned) & set(held_back) == set()
    assert len(learned) == made.manifest.splits["train"]
    assert all(sample.labels == desk.other for sample in data.stages[0])
