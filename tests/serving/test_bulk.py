from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sedno.datasets.io.columns import Columns
from sedno.models.artifact import Artifact
from sedno.models.classifier import TARGET_ERROR, Classifier
from sedno.models.inference import Inference
from sedno.serving.bulk import BulkJob
from sedno.serving.bulk_options import BulkOptions, Start
from sedno.serving.checkpoint import ResumeError
from sedno.serving.chunks import Progress
from sedno.serving.job_files import JobError, JobFiles
from sedno.serving.summary import Summary

RunJob = Callable[..., Summary]
BROKEN = 'this is no json {"text": "kiedy?"\n'


@pytest.fixture
def run(toy: Path, answering: Classifier) -> RunJob:
    """Runs a job with the toy artefact."""

    def job(
        source: Path,
        output: Path,
        start: Start = Start.NEW,
        *,
        stop_after: int | None = None,
        target_error: float = TARGET_ERROR,
        threads: int = 1,
        **options: Any,
    ) -> Summary:
        def tell(progress: Progress) -> None:
            if stop_after is not None and progress.rows >= stop_after:
                raise KeyboardInterrupt

        files = JobFiles.of(str(source), str(output))
        wanted = BulkOptions(**options)
        with BulkJob(
            files,
            wanted,
            Artifact.load(toy),
            target_error=target_error,
            threads=threads,
            start=start,
        ) as opened:
            return opened.run(answering, tell)

    return job


def write(path: Path, rows: int) -> Path:
    """An input with everything in it: repeats, blanks, a broken row, an id used twice."""
    lines = []
    for number in range(rows):
        text = ["Kiedy drugi sezon?", "super 😍", f"bateria numer {number}", ""][number % 4]
        lines.append(json.dumps({"id": f"c{number}", "text": text}, ensure_ascii=False) + "\n")
    if rows:
        lines[rows // 2] = BROKEN
        lines[-1] = lines[0]
    path.write_text("".join(lines), encoding="utf-8")
    return path


def answers(path: Path) -> list[dict[str, Any]]:
    """The answers of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_row_is_accounted_for_in_order(tmp_path: Path, run: RunJob) -> None:
    """Readable rows are answered in order, blank ones with an error, broken ones kept aside."""
    source = write(tmp_path / "in.jsonl", 90)
    output = tmp_path / "out.jsonl"
    summary = run(source, output)
    given = [f"c{number}" for number in range(90) if number != 45]
    given[-1] = "c0"
    assert [answer["id"] for answer in answers(output)] == given
    for answer in answers(output):
        blank = int(answer["id"][1:]) % 4 == 3
        assert ("error" in answer) == blank
        assert bool(answer["labels"]) != blank
    rejects = answers(tmp_path / "out.jsonl.rejects.jsonl")
    assert [(row["line"], row["code"], row["raw"]) for row in rejects] == [
        (46, "bad_json", BROKEN.strip())
    ]
    tally = summary.tally
    assert (tally.rows, tally.answered, dict(tally.rejected)) == (90, 67, {"bad_json": 1})
    assert dict(tally.unreadable) == {"empty_text": 22}
    assert summary.unanswered == 23
    assert summary.repeated_ids == 1


def test_answers_are_those_of_the_classifier(
    tmp_path: Path, run: RunJob, answering: Classifier
) -> None:
    """A file gets the very answers that the classifier gives one by one."""
    texts = ["Kiedy drugi sezon?", "Super!", "fatalny dźwięk, kretyn", "promocja zarabiaj"]
    source, output = tmp_path / "in.csv", tmp_path / "out.jsonl"
    source.write_text("text\n" + "".join(f'"{text}"\n' for text in texts), encoding="utf-8")
    run(source, output)
    for text, answer in zip(texts, answers(output), strict=True):
        assert answer["labels"] == answering.predict([text])[0].to_dict()["labels"]


def test_a_chunk_is_computed_by_itself(
    tmp_path: Path, run: RunJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A resumed run computes what the whole one did: nothing crosses chunks, once within one."""
    source = write(tmp_path / "in.jsonl", 40)
    computed: list[list[str]] = []
    read = Inference.read

    def spy(self: Inference, texts: Sequence[str], **options: Any) -> Any:
        computed.append(list(texts))
        return read(self, texts, **options)

    monkeypatch.setattr(Inference, "read", spy)
    run(source, tmp_path / "whole.jsonl", chunk=10)
    whole, computed = computed, []
    with pytest.raises(KeyboardInterrupt):
        run(source, tmp_path / "broken.jsonl", stop_after=20, chunk=10)
    run(source, tmp_path / "broken.jsonl", Start.RESUME, chunk=10)
    assert computed == whole
    assert [texts.count("Kiedy drugi sezon?") for texts in whole] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("name", "content"),
    [("in.csv", ""), ("in.csv", "id,text\n"), ("in.jsonl", ""), ("in.jsonl", "\n\n")],
)
def test_an_empty_input_gives_an_empty_output(
    tmp_path: Path, run: RunJob, name: str, content: str
) -> None:
    """No comment is no error: the output is there and holds no answer."""
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert run(tmp_path / name, tmp_path / "out.jsonl").tally.rows == 0
    assert (tmp_path / "out.jsonl").read_bytes() == b""
    assert run(tmp_path / name, tmp_path / "out.csv").tally.rows == 0
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").startswith("id,language,")
    assert run(tmp_path / name, tmp_path / "out.jsonl.gz").tally.rows == 0
    assert gzip.decompress((tmp_path / "out.jsonl.gz").read_bytes()) == b""


@pytest.mark.parametrize("name", ["o.jsonl", "o.csv", "o.tsv", "o.jsonl.gz", "o.parquet"])
@pytest.mark.parametrize("stop", [1, 40, 90])
def test_interrupted_and_resumed_is_identical(
    tmp_path: Path, run: RunJob, name: str, stop: int
) -> None:
    """Stopped at any row and gone on with, output and rejects are those of one run."""
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    source = write(tmp_path / "in.jsonl", 90)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    whole, broken = tmp_path / "a" / name, tmp_path / "b" / name
    options = {"chunk": 20, "keep_columns": True, "scores": True, "explain": True}
    straight = run(source, whole, **options)
    with pytest.raises(KeyboardInterrupt):
        run(source, broken, stop_after=stop, **options)
    assert not broken.exists()
    again = run(source, broken, Start.RESUME, **options)
    assert 0 < again.resumed_at <= 90
    assert broken.read_bytes() == whole.read_bytes()
    for path in (whole, broken):
        kept = path.with_name(path.name + ".rejects.jsonl").read_bytes()
        assert kept.count(b"\n") == 1
        assert sorted(item.name for item in path.parent.iterdir()) == sorted(
            [name, f"{name}.rejects.jsonl", f"{name}.state.json"]
        )
    assert again.tally == straight.tally
    assert (again.repeated_ids, again.repeated_texts) == (
        straight.repeated_ids,
        straight.repeated_texts,
    )


def test_a_finished_run_is_not_run_again(tmp_path: Path, run: RunJob) -> None:
    """Resumed again, it gives its summary and touches nothing, so that loops come to an end."""
    source, output = write(tmp_path / "in.jsonl", 20), tmp_path / "out.jsonl"
    first = run(source, output, Start.RESUME)
    before = output.stat()
    again = run(source, output, Start.RESUME)
    assert output.stat() == before
    assert again.tally == first.tally
    output.unlink()
    with pytest.raises(JobError, match="the file is gone; add --overwrite"):
        run(source, output, Start.RESUME)


def test_nothing_is_written_over_unasked(tmp_path: Path, run: RunJob) -> None:
    """An output, a file of rejects or an interrupted run is in the way until told."""
    source, output = write(tmp_path / "in.jsonl", 60), tmp_path / "out.jsonl"
    output.write_text("mine", encoding="utf-8")
    for start in (Start.NEW, Start.RESUME):
        with pytest.raises(JobError, match=r"--output: .* exists; add --overwrite"):
            run(source, output, start)
    assert output.read_text(encoding="utf-8") == "mine"
    output.unlink()
    rejects = tmp_path / "out.jsonl.rejects.jsonl"
    rejects.write_text("mine", encoding="utf-8")
    with pytest.raises(JobError, match=r"--rejects: .* exists"):
        run(source, output)
    rejects.unlink()
    with pytest.raises(KeyboardInterrupt):
        run(source, output, chunk=10, stop_after=20)
    with pytest.raises(JobError, match="interrupted after 20 rows; add --resume"):
        run(source, output, chunk=10)
    assert run(source, output, Start.OVERWRITE).resumed_at == 0
    assert len(answers(output)) == 59


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"explain": True}, "--explain: the job began with False and would go on with True"),
        ({"target_error": 0.2}, "--target-error: the job began with 0.05"),
        ({"limit": 50}, "--limit: the job began with nothing"),
        ({"threads": 3}, "--threads: the job began with 1 and would go on with 3"),
        ({"columns": Columns(text="text")}, "--text-column: the job began with nothing"),
    ],
)
def test_other_options_are_not_mixed_in(
    tmp_path: Path, run: RunJob, changes: dict[str, Any], message: str
) -> None:
    """A run is never gone on with under options that would give other bytes."""
    source, output = write(tmp_path / "in.jsonl", 60), tmp_path / "out.jsonl"
    with pytest.raises(KeyboardInterrupt):
        run(source, output, stop_after=16)
    with pytest.raises(ResumeError, match=message):
        run(source, output, Start.RESUME, **changes)
    with source.open("a", encoding="utf-8") as file:
        file.write('{"text": "Kiedy?"}\n')
    with pytest.raises(ResumeError, match="the file has changed since the job began"):
        run(source, output, Start.RESUME)


def test_columns_of_the_input_come_along(tmp_path: Path, run: RunJob) -> None:
    """With the id only once, and what later objects add in a column of its own."""
    source = tmp_path / "in.jsonl"
    source.write_text(
        '{"nr": 7, "text": "Kiedy?", "likes": 3}\n{"nr": 8, "text": "super", "model": "x"}\n',
        encoding="utf-8",
    )
    run(source, tmp_path / "out.csv", keep_columns=True)
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        first, second = csv.DictReader(file)
    assert "nr" not in first
    assert (first["id"], first["text"], first["likes"]) == ("7", "Kiedy?", "3")
    assert (second["likes"], json.loads(second["other_columns"])) == ("", {"model": "x"})
    assert second["model"] == "toy@1"
    run(source, tmp_path / "out.jsonl", keep_columns=True)
    assert answers(tmp_path / "out.jsonl")[1]["input"] == {"text": "super", "model": "x"}


def test_embeddings_are_written_as_they_are(
    tmp_path: Path, run: RunJob, answering: Classifier
) -> None:
    """To six places, in JSONL; a table has no column for them and says so before any work."""
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "Kiedy?"}\n', encoding="utf-8")
    run(source, tmp_path / "out.jsonl", embeddings=True)
    expected = answering.predict(["Kiedy?"], embeddings=True)[0].embedding
    assert expected is not None
    written = answers(tmp_path / "out.jsonl")[0]["embedding"]
    np.testing.assert_allclose(written, expected, atol=1e-6)
    with pytest.raises(JobError, match="--embeddings: csv has no column for a vector"):
        run(source, tmp_path / "out.csv", embeddings=True)


def test_limit(tmp_path: Path, run: RunJob) -> None:
    """Only the first rows are read."""
    source = write(tmp_path / "in.jsonl", 60)
    assert run(source, tmp_path / "out.jsonl", limit=17).tally.rows == 17


def test_two_runs_at_once(tmp_path: Path, run: RunJob, toy: Path, answering: Classifier) -> None:
    """A second run on the same output is refused and leaves the first one its state."""
    pytest.importorskip("fcntl")
    source, output = write(tmp_path / "in.jsonl", 60), tmp_path / "out.jsonl"
    refused = []

    def second(progress: Progress) -> None:
        if progress.rows == 16:
            with pytest.raises(ValueError, match="another run is writing it"):
                run(source, output, Start.OVERWRITE)
            refused.append(progress)
            assert (tmp_path / "out.jsonl.state.json").exists()

    files = JobFiles.of(str(source), str(output))
    with BulkJob(files, BulkOptions(), Artifact.load(toy), target_error=TARGET_ERROR) as first:
        first.run(answering, second)
    assert refused
    assert len(answers(output)) == 59


def write_campaign(path: Path, rows: int) -> Path:
    """One long text by three authors, and between its copies comments without context."""
    text = "Zarobiłam pięć tysięcy w tydzień dzięki tej metodzie, napisz do mnie na priv"
    lines: list[dict[str, object]] = []
    for number in range(rows):
        lines.append({"id": f"c{number}", "text": "kiedy?"})
        if number % 2:
            lines[-1] = {"id": f"c{number}", "text": f"{text} {'!' * number}",
                         "author": f"bot{number % 3}", "post_id": number}  # fmt: skip
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def test_behaviour_stands_where_there_is_context_and_changes_no_label(
    tmp_path: Path, run: RunJob, answering: Classifier
) -> None:
    """Comments with an author get it, the others do not; the labels are the classifier's."""
    source, output = write_campaign(tmp_path / "in.jsonl", 40), tmp_path / "out.jsonl"
    run(source, output)
    rows = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    for row, answer in zip(rows, answers(output), strict=True):
        assert ("behaviour" in answer) == ("author" in row)
        if "author" in row:
            assert answer["behaviour"]["score"] > 0.5
            assert "by 3 authors" in json.dumps(answer["behaviour"]["reasons"])
        assert answer["labels"] == answering.predict([row["text"]])[0].to_dict()["labels"]


def test_behaviour_looks_no_further_than_the_chunk(tmp_path: Path, run: RunJob) -> None:
    """In chunks of two rows nobody repeats anything, and a table has no column for it."""
    source, output = write_campaign(tmp_path / "in.jsonl", 12), tmp_path / "out.jsonl"
    run(source, output, chunk=2)
    seen = [answer["behaviour"] for answer in answers(output) if "behaviour" in answer]
    assert seen == [{"score": 0.0, "reasons": []}] * 6
    run(source, tmp_path / "out.csv")
    assert "behaviour" not in (tmp_path / "out.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("stop", [1, 30, 60])
def test_behaviour_is_the_same_after_an_interruption(
    tmp_path: Path, run: RunJob, stop: int
) -> None:
    """Gone on with, the output is byte for byte that of one run, behaviour included."""
    source = write_campaign(tmp_path / "in.jsonl", 80)
    whole, broken = tmp_path / "whole.jsonl", tmp_path / "broken.jsonl"
    run(source, whole, chunk=20)
    with pytest.raises(KeyboardInterrupt):
        run(source, broken, stop_after=stop, chunk=20)
    assert 0 < run(source, broken, Start.RESUME, chunk=20).resumed_at < 80
    assert broken.read_bytes() == whole.read_bytes()
    assert b"shared_text" in whole.read_bytes()
