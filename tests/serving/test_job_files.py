from __future__ import annotations

import os
from pathlib import Path

import pytest

from sedno.serving.job_files import JobError, JobFiles


def test_rejected_rows_go_beside_the_output(tmp_path: Path) -> None:
    """Unless told otherwise; what goes to a stream has no place beside it."""
    output = str(tmp_path / "out.csv")
    assert JobFiles.of("in.csv", output).rejects == tmp_path / "out.csv.rejects.jsonl"
    assert JobFiles.of("in.csv", output, str(tmp_path / "r")).rejects == tmp_path / "r"
    assert JobFiles.of("in.csv", "-").rejects is None


@pytest.mark.parametrize(
    "source", ["out.jsonl", "out.jsonl.rejects.jsonl", "out.jsonl.partial", "out.jsonl.state.json"]
)
def test_the_input_is_never_written_over(tmp_path: Path, source: str) -> None:
    """Neither by the output nor by any file that goes with it."""
    with pytest.raises(JobError, match="is the same file as the input"):
        JobFiles.of(str(tmp_path / source), str(tmp_path / "out.jsonl"))


def test_another_name_of_the_input_is_seen_through(tmp_path: Path) -> None:
    """A symbolic link to the input is the input."""
    (tmp_path / "in.jsonl").write_text("")
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "in.jsonl")
    with pytest.raises(JobError, match="same file"):
        JobFiles.of(str(tmp_path / "in.jsonl"), str(tmp_path / "link.jsonl"))


def test_places_that_do_not_exist(tmp_path: Path) -> None:
    """A missing folder, or a folder instead of a file, is told before any work is done."""
    with pytest.raises(JobError, match=r"--output: the folder .* does not exist"):
        JobFiles.of("in.csv", str(tmp_path / "no" / "out.csv"))
    with pytest.raises(JobError, match=r"--rejects: the folder .* does not exist"):
        JobFiles.of("in.csv", "-", str(tmp_path / "no" / "r.jsonl"))
    with pytest.raises(JobError, match="is a folder; name a file in it"):
        JobFiles.of("in.csv", str(tmp_path))


@pytest.mark.parametrize("rejects", ["-", os.devnull])
def test_rejects_must_be_a_file(tmp_path: Path, rejects: str) -> None:
    """The file of rejected rows is removed before a run, which no device may be."""
    with pytest.raises(JobError, match=r"--rejects: .* is no file"):
        JobFiles.of("in.csv", str(tmp_path / "out.csv"), rejects)
    assert Path(os.devnull).exists()


def test_what_cannot_be_gone_on_with(tmp_path: Path) -> None:
    """Streams and devices cannot, with the reason; files can."""
    path = str(tmp_path / "f")
    assert "standard input" in (JobFiles.of("-", path).why_not_resumable or "")
    assert "standard output" in (JobFiles.of(path, "-").why_not_resumable or "")
    assert "device" in (JobFiles.of(path, os.devnull).why_not_resumable or "")
    assert "device" in (JobFiles.of(os.devnull, path).why_not_resumable or "")
    assert JobFiles.of(path, str(tmp_path / "g")).why_not_resumable is None
