from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sklearn.metrics import cohen_kappa_score

from sedno.evaluation.topics.judging import JudgementError, agreement, judged, listed
from sedno.evaluation.topics.report import markdown


def streams(count: int = 6) -> dict[str, Any]:
    """Two streams of named topics; one topic asks nothing, in one two intents tie."""
    rows = [
        {"topic": f"t{at}", "name": f"name {at}", "canonical": f"Question {at}?",
         "questions": [f"True {at}?"], "size": 3, "purity": 1.0}
        for at in range(count)
    ]  # fmt: skip
    rows[1]["questions"] = []
    rows[2]["questions"] = ["This?", "That?"]
    return {"one": {"names": rows[: count // 2]}, "two": {"names": rows[count // 2 :]}}


def answers(path: Path, said: list[int], **more: Any) -> Path:
    """One reader's file."""
    path.write_text(
        "".join(
            json.dumps({"n": at, "acceptable": one, **more}) + "\n"
            for at, one in enumerate(said, 1)
        ),
        encoding="utf-8",
    )
    return path


def test_the_list_is_shuffled_alike_each_time_and_leaves_out_what_nobody_asked() -> None:
    """Numbers stay what they are whatever order topics come in."""
    rows = listed(streams(40))
    assert [row["n"] for row in rows] == list(range(1, 40))
    assert "name 1" not in {row["name"] for row in rows}
    assert "This? / That?" in {row["true_question"] for row in rows}
    ordered = [int(row["name"].split()[1]) for row in rows]
    assert ordered != sorted(ordered)
    again = {name: {"names": figures["names"][::-1]} for name, figures in streams(40).items()}
    assert listed(again) == rows


def test_readers_are_counted_one_by_one_and_together(tmp_path: Path) -> None:
    """Two readers, five names: 4 and 3 of 5, one refused by both."""
    rows = listed(streams())
    tie = next(row["n"] for row in rows if " / " in row["true_question"])
    first = [int(at != tie) for at in range(1, 6)]
    second = list(first)
    second[tie % 5] = 0
    found = judged(
        rows, [answers(tmp_path / "a.jsonl", first), answers(tmp_path / "b.jsonl", second)]
    )
    assert found["acceptable"] == [0.8, 0.6]
    assert found["by_all"] == pytest.approx(0.6)
    assert found["one_question"] == [0.8, 0.6]
    assert found["ties"] == 1
    (pair,) = found["agreement"]
    assert pair["same"] == 0.8
    assert pair["kappa"] == pytest.approx(cohen_kappa_score(first, second))
    assert {row["n"]: row["accepted_by"] for row in found["refused"]} == {tie: 0, tie % 5 + 1: 1}


def test_a_name_taken_for_a_tie_is_told_apart(tmp_path: Path) -> None:
    """Readers may take it, the strict share does not."""
    found = judged(listed(streams()), [answers(tmp_path / "a.jsonl", [1] * 5)])
    assert found["acceptable"] == [1.0]
    assert found["one_question"] == [0.8]
    assert found["agreement"] == []


def test_kappa_says_nothing_where_all_answers_are_the_same() -> None:
    """All agreement may be chance then."""
    assert agreement([1, 1], [1, 1]) == {"same": 1.0, "kappa": None}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nonsense\n", "line 1"),
        ('{"n": 1}\n', '"acceptable": 0 or 1'),
        ('{"n": 1, "acceptable": 2}\n', "acceptable is 2"),
        ('{"n": 1, "acceptable": "yes"}\n', "acceptable is 'yes'"),
        ('{"n": 9, "acceptable": 1}\n', "not in the list"),
        ('{"n": [1], "acceptable": 1}\n', "not in the list"),
        ('{"n": 1, "acceptable": 1}\n' * 2, "there twice"),
        ('{"n": 1, "acceptable": 1}\n', "n 2 has no answer (4 missing)"),
        ('{"n": 1, "acceptable": 1, "name": "another"}\n', "judge the list of this model anew"),
    ],
)
def test_answers_that_do_not_fit_the_list_are_refused(tmp_path: Path, text: str, says: str) -> None:
    """With the file, the line, the value and what to do."""
    path = tmp_path / "reader.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(JudgementError) as caught:
        judged(listed(streams()), [path])
    assert says in str(caught.value)
    assert "reader.jsonl" in str(caught.value)


def test_the_report_holds_readers_against_the_floor(tmp_path: Path) -> None:
    """A reader below .85 is shown as such, with the names refused."""
    found = {
        "model": "m", "date": "2026-11-30", "machine_line": "", "machine": {"load": 0},
        "commit": None,
        "judged": judged(
            listed(streams()),
            [
                answers(tmp_path / "a.jsonl", [1] * 5),
                answers(tmp_path / "b.jsonl", [1, 1, 1, 0, 1]),
            ],
        ),
    }  # fmt: skip
    text = markdown(found)
    assert "| names acceptable, reader 1 |    1.000 | ≥ 0.85 |     yes |" in text
    assert "| names acceptable, reader 2 |    0.800 | ≥ 0.85 |  **no** |" in text
    assert "readers 1 and 2 agree on 80.0 %" in text
    assert listed(streams())[3]["name"] in text.split("## Names", 1)[1]
