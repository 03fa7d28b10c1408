from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

COMMENTS = """\
Nr;Treść;Data
1;"Kiedy drugi sezon?";2025-01-01
2;super 😍;wczoraj
3;;2025-01-02
4;"promocja; zarabiaj";2025-01-03
"""


@pytest.fixture
def classify(sedno: Callable[..., Any], toy: Path) -> Callable[..., Any]:
    """Runs ``sedno classify`` with the toy artefact."""

    def run(*arguments: object) -> Any:
        return sedno("classify", *arguments, "--model", toy, "--threads", 1)

    return run


@pytest.fixture
def comments(tmp_path: Path) -> Path:
    """A small CSV file as a Polish Excel writes it."""
    path = tmp_path / "comments.csv"
    path.write_text(COMMENTS, encoding="utf-8-sig")
    return path


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_answers_have_the_published_shape(
    classify: Callable[..., Any], comments: Path, tmp_path: Path
) -> None:
    """One object a row in order; what was taken for what and the summary go to stderr."""
    done = classify(comments, "--output", "out.jsonl")
    assert done.out == ""
    assert "as CSV (';' between fields): text from 'Treść', id from 'Nr'" in done.err
    assert "no answer     1 row: empty_text 1" in done.err
    assert "damaged       1 row: bad_time 1" in done.err
    assert "answers       out.jsonl" in done.err
    answers = lines(tmp_path / "out.jsonl")
    assert [answer["id"] for answer in answers] == ["1", "2", "3", "4"]
    shape = ["id", "language", "labels", "needs_review", "model"]
    assert list(answers[0]) == [*shape, "behaviour"]
    assert answers[0]["behaviour"] == {"score": 0.0, "reasons": []}
    assert answers[0]["labels"]["question"]["label"] == "question"
    assert answers[3]["labels"]["authenticity"]["label"] == "spam"
    assert done.code == 3


def test_exit_code_tells_whether_rows_were_left(
    classify: Callable[..., Any], tmp_path: Path
) -> None:
    """0 where every row has labels, 3 where one could not be read."""
    (tmp_path / "good.jsonl").write_text('{"text": "Kiedy?"}\n', encoding="utf-8")
    (tmp_path / "bad.jsonl").write_text('{"text": "Kiedy?"}\n{"text"\n', encoding="utf-8")
    assert classify("good.jsonl", "-o", "a.jsonl").code == 0
    done = classify("bad.jsonl", "-o", "b.jsonl")
    assert done.code == 3
    assert "bad_json 1, kept in b.jsonl.rejects.jsonl" in done.err
    assert lines(tmp_path / "b.jsonl.rejects.jsonl")[0]["line"] == 2


def test_rejects_go_where_they_are_told(classify: Callable[..., Any], tmp_path: Path) -> None:
    """Also beside standard output, where without a name each is told by line, --quiet or not."""
    (tmp_path / "bad.jsonl").write_text('{"text": "Kiedy?"}\n{"text"\n', encoding="utf-8")
    done = classify("bad.jsonl", "-o", "-")
    assert (done.code, len(done.out.splitlines())) == (3, 1)
    assert "Rejected: bad_json, line 2: " in done.err
    assert "bad_json 1, named above; --rejects FILE keeps them" in done.err
    quiet = classify("bad.jsonl", "-o", "-", "-q").err.splitlines()
    assert [line.partition(": ")[2][:16] for line in quiet] == ["bad_json, line 2"]
    assert classify("bad.jsonl", "-o", "-", "--rejects", "kept.jsonl").code == 3
    assert lines(tmp_path / "kept.jsonl")[0]["raw"] == '{"text"'
    assert "Rejected" not in classify("bad.jsonl", "-o", "x.jsonl").err


def test_csv_for_a_spreadsheet(
    classify: Callable[..., Any], comments: Path, tmp_path: Path
) -> None:
    """With the input's columns, all scores, semicolons and the mark that Excel wants."""
    classify(comments, "-o", "out.csv", "--keep-columns", "--scores", "--excel")
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbfid;")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [row["Treść"] for row in rows][:2] == ["Kiedy drugi sezon?", "super 😍"]
    assert rows[0]["question"] == "question"
    assert float(rows[0]["question_question"]) + float(rows[0]["question_none"]) == pytest.approx(1)
    assert rows[2]["error"].startswith("empty_text")


def test_input_options_reach_the_reader(classify: Callable[..., Any], tmp_path: Path) -> None:
    """Encoding, delimiter, quotes, missing header, columns by number, first rows only."""
    (tmp_path / "in.txt").write_bytes('7|kiedy "żółw"\n8|super\n9|x\n'.encode("cp1250"))
    done = classify(
        *("in.txt", "--format", "csv", "--encoding", "windows-1250", "--delimiter", "|"),
        *("--quote", "none", "--no-header", "--text-column", "2", "--id-column", "1"),
        *("--limit", "2", "--keep-columns", "-o", "out.jsonl", "-q"),
    )  # fmt: skip
    assert (done.code, done.err) == (0, "")
    answers = lines(tmp_path / "out.jsonl")
    assert [answer["id"] for answer in answers] == ["7", "8"]
    assert answers[0]["input"] == {"2": 'kiedy "żółw"'}


def test_explanations_and_embeddings(classify: Callable[..., Any], tmp_path: Path) -> None:
    """Spans count in the text as it was given; the embedding has length 1."""
    text = "Super, ale kiedy?"
    (tmp_path / "in.jsonl").write_text(json.dumps({"text": text}) + "\n", encoding="utf-8")
    assert classify("in.jsonl", "-o", "out.jsonl", "--explain", "--embeddings").code == 0
    (answer,) = lines(tmp_path / "out.jsonl")
    spans = answer["labels"]["question"]["spans"]
    assert spans
    assert all(text[span["start"] : span["end"]] == span["text"] for span in spans)
    assert sum(value**2 for value in answer["embedding"]) == pytest.approx(1, abs=1e-4)


def test_target_error_decides_what_is_reviewed(
    classify: Callable[..., Any], comments: Path, tmp_path: Path
) -> None:
    """Whoever accepts more errors gets fewer comments to check."""
    counts = []
    for share in ("0.05", "0.3"):
        classify(comments, "-o", f"{share}.jsonl", "--target-error", share)
        counts.append(sum(answer["needs_review"] for answer in lines(tmp_path / f"{share}.jsonl")))
    assert counts[0] > counts[1]


def test_second_run(classify: Callable[..., Any], comments: Path, tmp_path: Path) -> None:
    """Refused with both ways out; --resume has nothing to do; --overwrite replaces."""
    assert classify(comments, "-o", "out.jsonl").code == 3
    before = (tmp_path / "out.jsonl").stat()
    done = classify(comments, "-o", "out.jsonl")
    assert done.code == 1
    assert "--output: out.jsonl exists; add --overwrite to replace it" in done.err
    done = classify(comments, "-o", "out.jsonl", "--resume")
    assert done.code == 3
    assert "An earlier run finished out.jsonl; nothing is left to do." in done.err
    assert (tmp_path / "out.jsonl").stat() == before
    assert classify(comments, "-o", "out.jsonl", "--overwrite").code == 3
    assert (tmp_path / "out.jsonl").stat() != before


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["missing.csv", "-o", "o.jsonl"], 1, "missing.csv: No such file or directory"),
        ([".", "-o", "o.jsonl"], 1, ".: is a folder; name a file in it"),
        (["comments.csv"], 2, "--output answers.jsonl, or --output - to print them"),
        (["comments.csv", "-o", "o.xlsx"], 1, "the ending of o.xlsx is none that is written"),
        (["comments.csv", "-o", "no/o.csv"], 1, "--output: the folder"),
        (["comments.csv", "-o", "comments.csv"], 1, "is the same file as the input"),
        (["comments.csv", "-o", "o.jsonl", "--text-column", "Opis"], 1,
         "there is no column 'Opis' (text); the columns are: 'Nr', 'Treść', 'Data'"),
        (["comments.csv", "-o", "o.jsonl", "--encoding", "klingon"], 1,
         "unknown encoding 'klingon'; use utf-8"),
        (["comments.csv", "-o", "o.jsonl", "--delimiter", "ab"], 1,
         "the delimiter must be one character, not 'ab'"),
        (["comments.csv", "-o", "o.csv", "--output-delimiter", "ab"], 1,
         "--output-delimiter: must be one character, not 'ab'"),
        (["comments.csv", "-o", "o.csv", "--embeddings"], 1, "--embeddings: csv has no column"),
        (["comments.csv", "-o", "-", "--output-format", "parquet"], 1,
         "Parquet cannot be written to a pipe"),
        (["comments.csv", "-o", "o.csv", "--rejects", "-"], 1, "--rejects: - is no file"),
        (["comments.csv", "-o", "-", "--resume"], 1, "--resume: what went to standard output"),
        (["comments.csv", "-o", "o.csv", "--resume", "--overwrite"], 2, "give one of them"),
        (["comments.csv", "-o", "o.csv", "--limit", "0"], 2, "'--limit': 0 is not in the range"),
        (["comments.csv", "-o", "o.csv", "--target-error", "1"], 2, "'--target-error'"),
        (["book.xlsx", "-o", "o.csv"], 1, "is a spreadsheet; save it as 'CSV UTF-8"),
        (["array.jsonl", "-o", "o.csv"], 1, "the first line begins a JSON array"),
        (["other.csv", "-o", "o.csv"], 1, "name it with --text-column NAME"),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_the_remedy(
    classify: Callable[..., Any],
    comments: Path,
    tmp_path: Path,
    arguments: list[str],
    code: int,
    message: str,
) -> None:
    """Each with its exit code, without a traceback, and without leaving a file behind."""
    (tmp_path / "book.xlsx").write_bytes(b"PK\x03\x04")
    (tmp_path / "array.jsonl").write_text('[{"text": "a"}]', encoding="utf-8")
    (tmp_path / "other.csv").write_text("a,b\n1,x\n", encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    done = classify(*arguments)
    assert message in done.err
    assert (done.code, done.out) == (code, "")
    assert "Traceback" not in done.err
    assert sorted(tmp_path.rglob("*")) == before
    assert comments.read_text(encoding="utf-8-sig") == COMMENTS


def test_no_model(sedno: Callable[..., Any], comments: Path) -> None:
    """A model that is not there is named, with those that are."""
    done = sedno("classify", comments, "-o", "o.jsonl", "--model", "nobody@7")
    assert done.code == 1
    assert "no artefact is called 'nobody@7'" in done.err


def test_parquet_in_and_out(classify: Callable[..., Any], tmp_path: Path) -> None:
    """Columns keep their types, and ids that are numbers come back as text."""
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    pq.write_table(pa.table({"id": [1, 2], "text": ["Kiedy?", None]}), tmp_path / "in.parquet")
    assert classify("in.parquet", "-o", "out.parquet").code == 3
    rows = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert [row["id"] for row in rows] == ["1", "2"]
    assert (rows[0]["question"], rows[0]["error"]) == ("question", None)
    assert rows[1]["error"].startswith("empty_text")
    assert isinstance(rows[0]["needs_review"], bool)
