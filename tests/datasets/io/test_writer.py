from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sedno.datasets.io.columns import Columns
from sedno.datasets.io.csv_output import EXCEL, CsvOutput
from sedno.datasets.io.errors import InputError, OutputError
from sedno.datasets.io.reader import open_reader
from sedno.datasets.io.writer import open_writer

Predict = Callable[..., dict[str, Any]]
Tasks = dict[str, tuple[str, ...]]

FAILED: dict[str, Any] = {
    "id": "c9", "language": None, "labels": {}, "needs_review": True, "model": "test@1",
    "error": "empty_text: has no visible character",
}  # fmt: skip
PASSED_COLUMNS = ("text", "cena")


def _csv(path: Path, **options: Any) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines, **options))


def test_jsonl(tmp_path: Path, predict: Predict) -> None:
    """JSONL is the published object a line, with what is passed through under ``input``."""
    path = tmp_path / "out.jsonl"
    with open_writer(path) as writer:
        writer.write([predict(1), FAILED])
        writer.write([predict(2)], [{"text": "łódź ❤️", "n": [1, None]}])
    lines = path.read_text(encoding="utf-8").split("\n")
    assert [json.loads(line) for line in lines[:-1]] == [
        predict(1), FAILED, {**predict(2), "input": {"text": "łódź ❤️", "n": [1, None]}},
    ]  # fmt: skip
    assert lines[-1] == ""
    assert "łódź ❤️" in lines[2]


def test_csv_columns(tmp_path: Path, tasks: Tasks, predict: Predict) -> None:
    """CSV has a column for each answer, empty where there is none."""
    path = tmp_path / "out.csv"
    with open_writer(path, tasks=tasks) as writer:
        writer.write([predict(1, truncated=True), FAILED])
    assert path.read_text(encoding="utf-8") == (
        "id,language,substance,substance_confidence,substance_review,question,"
        "question_confidence,question_review,needs_review,model,truncated,caveats,error\n"
        "c1,pl,substantive,0.51,true,none,0.9,false,true,test@1,true,,\n"
        "c9,,,,,,,,true,test@1,false,,empty_text: has no visible character\n"
    )


def test_csv_scores_spans_and_input(tmp_path: Path, tasks: Tasks, predict: Predict) -> None:
    """Scores, spans and columns of the input have columns of their own when asked for."""
    path = tmp_path / "out.tsv"
    prediction = predict(1)
    prediction["labels"]["substance"]["spans"] = [
        {"start": 0, "end": 4, "text": "łódź", "weight": 0.5}
    ]
    with open_writer(
        path, tasks=tasks, scores=True, spans=True, input_columns=("text", "model", "id")
    ) as writer:
        writer.write([prediction, FAILED], [{"text": "a\tb", "model": "X", "id": 5}, {}])
    first, second = _csv(path, delimiter="\t")
    assert list(first)[:5] == ["id", "text", "input_model", "input_id", "language"]
    assert (first["text"], first["input_model"], first["input_id"]) == ("a\tb", "X", "5")
    assert (first["substance_substantive"], first["question_question"]) == ("0.51", "0.1")
    assert json.loads(first["substance_spans"])[0]["text"] == "łódź"
    assert second["substance_generic"] == second["text"] == ""


def test_values_without_a_column(tmp_path: Path, tasks: Tasks, predict: Predict) -> None:
    """Values for which there is no column are an error, or go to the rest column."""
    path = tmp_path / "out.csv"
    writer = open_writer(path, tasks=tasks, input_columns=("a",))
    with pytest.raises(OutputError, match="no column for 'b'; name them in input_columns"):
        writer.write([predict()], [{"a": 1, "b": 2}])
    writer.abort()
    with open_writer(path, tasks=tasks, input_columns=("a",), rest_column="input") as writer:
        writer.write([predict(1), predict(2)], [{"a": None, "b": {"c": True}}, {"a": float("nan")}])
    assert [(row["a"], row["input"]) for row in _csv(path)] == [("", '{"b":{"c":true}}'), ("", "")]


def test_counts_must_agree(tmp_path: Path, predict: Predict) -> None:
    """As many inputs as predictions, or none."""
    writer = open_writer(tmp_path / "out.jsonl")
    with pytest.raises(ValueError, match="1 for 2 predictions"):
        writer.write([predict(1), predict(2)], [{}])
    writer.abort()


FORMULAS = ["=1+1", "+48 600", "-bo tak", "@jan zobacz", "\t=1", "\r=1", "\n=1", "＝1"]
HARMLESS = ["-5", "+3,5", "-0.5", "a=1", "", "'", "5-4", "- "[1:], "łódź"]


def test_excel_safe(tmp_path: Path, tasks: Tasks, predict: Predict) -> None:
    """For Excel an apostrophe stops texts of the input from running as formulas."""
    path = tmp_path / "out.csv"
    cells = FORMULAS + HARMLESS
    with open_writer(path, tasks=tasks, csv=EXCEL, input_columns=("text", "=x")) as writer:
        for cell in cells:
            writer.write([predict(1, id=cell or "x")], [{"text": cell, "=x": cell}])
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbfid;text;'=x;language;")
    rows = _csv(path, delimiter=";")
    guarded = [f"'{cell}" for cell in FORMULAS] + HARMLESS
    assert [row["text"] for row in rows] == guarded
    assert [row["'=x"] for row in rows] == guarded
    assert [row["id"] for row in rows] == [cell or "x" for cell in guarded]
    assert content.count(b"\r\n") >= len(cells) + 1


def test_plain_csv_changes_nothing(tmp_path: Path, tasks: Tasks, predict: Predict) -> None:
    """Without ``excel_safe`` every cell is given back as it came: programs read it."""
    path = tmp_path / "out.csv"
    with open_writer(path, tasks=tasks, input_columns=("text",)) as writer:
        writer.write([predict()] * len(FORMULAS), [{"text": cell} for cell in FORMULAS])
    assert [row["text"] for row in _csv(path)] == FORMULAS


cells = st.text(max_size=20) | st.sampled_from(["a\rb", '"', "\r\n", "❤️", "ł;,\t", "'", "\\"])


@given(values=st.lists(cells, min_size=1, max_size=6), excel=st.booleans())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_csv_round_trip(
    tmp_path: Path, tasks: Tasks, predict: Predict, values: list[str], excel: bool
) -> None:
    """Whatever is passed through comes back from the reader, save the guard for Excel."""
    path = tmp_path / "out.csv"
    options = CsvOutput(bom=True, crlf=True) if excel else CsvOutput()
    with open_writer(path, tasks=tasks, csv=options, input_columns=("ocena",)) as writer:
        writer.write([predict()] * len(values), [{"ocena": value} for value in values])
    read = _csv(path)
    assert [row["ocena"] for row in read] == values
    assert len(read[0]) == 14


def test_lone_surrogates(tmp_path: Path, tasks: Tasks, predict: Predict) -> None:
    """Lone surrogates, which JSON can bring in, survive JSONL and are U+FFFD in CSV."""
    half = {"text": "a\ud83d"}
    with open_writer(tmp_path / "out.jsonl") as writer:
        writer.write([predict()], [half])
    line = (tmp_path / "out.jsonl").read_text(encoding="utf-8")
    assert json.loads(line)["input"] == half
    with open_writer(tmp_path / "out.csv", tasks=tasks, input_columns=("text",)) as writer:
        writer.write([predict()], [half])
    assert _csv(tmp_path / "out.csv")[0]["text"] == "a\ufffd"


def test_odd_values(tmp_path: Path, predict: Predict) -> None:
    """NaN, infinities and absurd nesting in passed-through values still give valid JSON."""
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with open_writer(tmp_path / "out.jsonl") as writer:
        writer.write([predict()], [{"nan": float("nan"), "inf": [float("inf")]}])
        writer.write([predict()], [{"text": "a", "deep": deep}])
    while deep:  # taken apart by hand: the interpreter would recurse
        deep = deep[0]
    first, second = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(first)["input"] == {"nan": None, "inf": [None]}
    assert "nested too deeply" in second
    assert json.loads(second)["id"] == "c1"


def test_gzip_output(tmp_path: Path, tasks: Tasks, predict: Predict) -> None:
    """Compressed output is one gzip stream for every reader, also when it is empty."""
    for name in ("out.jsonl.gz", "out.csv.gz"):
        with open_writer(tmp_path / name, tasks=tasks) as writer:
            for number in range(5):
                writer.write([predict(number)])
                writer.commit()
    for name, count in (("out.jsonl.gz", 5), ("out.csv.gz", 6)):
        assert gzip.decompress((tmp_path / name).read_bytes()).count(b"\n") == count
    with open_writer(tmp_path / "empty.jsonl.gz"):
        pass
    assert gzip.decompress((tmp_path / "empty.jsonl.gz").read_bytes()) == b""


def test_stdout(monkeypatch: pytest.MonkeyPatch, tasks: Tasks, predict: Predict) -> None:
    """Standard output is JSONL or as told, is flushed by commits and stays open."""
    for told, expected in ((None, "{"), ("csv", "id,")):
        out = io.TextIOWrapper(io.BytesIO())
        monkeypatch.setattr(sys, "stdout", out)
        with open_writer("-", format=told, tasks=tasks) as writer:
            writer.write([predict()])
            writer.commit()
            content = out.buffer.getvalue().decode()
        assert content.startswith(expected)
        assert content.endswith("\n")
        assert not out.buffer.closed


def test_device(predict: Predict) -> None:
    """A device is written to, not replaced by a file."""
    device = Path("/dev/null")
    if not device.exists():
        pytest.skip("no such device here")
    with open_writer(device, format="jsonl") as writer:
        writer.write([predict()])
    assert device.is_char_device()
    assert not Path("/dev/null.partial").exists()


def test_symbolic_link(tmp_path: Path, predict: Predict) -> None:
    """A symbolic link stays one; the file it names is replaced."""
    (tmp_path / "dir").mkdir()
    target, link = tmp_path / "dir" / "real.jsonl", tmp_path / "out.jsonl"
    target.write_text("old", encoding="utf-8")
    link.symlink_to(target)
    with open_writer(link) as writer:
        writer.write([predict()])
    assert link.is_symlink()
    assert json.loads(target.read_text(encoding="utf-8"))["id"] == "c1"


def test_refusals(tmp_path: Path) -> None:
    """What cannot be written is refused before anything is made, with the remedy."""
    with pytest.raises(OutputError, match="give tasks"):
        open_writer(tmp_path / "out.csv")
    with pytest.raises(InputError, match="--format"):
        open_writer(tmp_path / "out")
    with pytest.raises(OutputError, match="is a folder"):
        open_writer(tmp_path, format="jsonl")
    with pytest.raises(OutputError, match="does not exist; make it first"):
        open_writer(tmp_path / "none" / "out.jsonl")
    with pytest.raises(OutputError, match="one character"):
        open_writer(tmp_path / "o.csv", tasks={"a": ("b",)}, csv=CsvOutput(delimiter="ab"))
    assert list(tmp_path.iterdir()) == []


def test_reader_takes_output(tmp_path: Path, predict: Predict) -> None:
    """The output of one run can be the input of the next."""
    path = tmp_path / "out.jsonl.gz"
    with open_writer(path) as writer:
        writer.write([predict(1)], [{"text": "łódź"}])
    with open_reader(path, columns=Columns(text="input.text")) as reader:
        assert [row.comment and row.comment.text for row in reader] == ["łódź"]
