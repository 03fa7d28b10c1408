"""The state file of a bulk job."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from sedno.serving.checkpoint import Checkpoint, Fingerprint, Plan, ResumeError


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A small input file."""
    path = tmp_path / "in.jsonl"
    path.write_bytes(b'{"text": "Dobry odcinek"}\n')
    return path


def plan(source: Path) -> Plan:
    """A plan over ``source``."""
    return Plan(Fingerprint.of(source), {"chunk": 512, "explain": False}, "toy@1", "ab" * 32)


def checkpoint(source: Path) -> Checkpoint:
    """A checkpoint in the middle of a job."""
    return Checkpoint(
        plan=plan(source),
        status="running",
        rows=512,
        writer={"offset": 4096},
        rejects_bytes=17,
        tally={"answered": 512},
        seconds=1.5,
    )


def test_round_trip(source: Path, tmp_path: Path) -> None:
    """What is saved is what is loaded."""
    path = tmp_path / "out.jsonl.state"
    checkpoint(source).save(path)
    assert Checkpoint.load(path) == checkpoint(source)
    assert [item.name for item in tmp_path.iterdir() if item.name.startswith("out")] == [path.name]


def test_no_state_file(tmp_path: Path) -> None:
    """Where there is no state file there is nothing to resume, and that is no error."""
    assert Checkpoint.load(tmp_path / "none") is None


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'"text"', b'{"format": 99}', b'{"format": 1}', b'{"format": 1, "plan": 3}'],
)
def test_broken_state_file(content: bytes, tmp_path: Path) -> None:
    """A file that is not a state file is refused with the remedy, never guessed at."""
    path = tmp_path / "state"
    path.write_bytes(content)
    with pytest.raises(ResumeError, match="--overwrite"):
        Checkpoint.load(path)


def test_same_plan_goes_on(source: Path) -> None:
    """An unchanged file, model and options may be resumed."""
    plan(source).check_same(plan(source))


def test_changed_content_is_noticed(source: Path) -> None:
    """The same size and date with another content is another input."""
    before = plan(source)
    stat = source.stat()
    source.write_bytes(source.read_bytes().replace(b"Dobry", b"Kiepi"))
    os.utime(source, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    with pytest.raises(ResumeError, match="input: the file has changed"):
        before.check_same(plan(source))


def test_changed_size_is_noticed(source: Path) -> None:
    """A file that has grown is another input, and the message says what differs."""
    before = plan(source)
    with source.open("ab") as file:
        file.write(b'{"text": "Drugi"}\n')
    with pytest.raises(ResumeError, match="another size"):
        before.check_same(plan(source))


def test_another_model_is_refused(source: Path) -> None:
    """A job never mixes the answers of two models, even under one name."""
    before = plan(source)
    with pytest.raises(ResumeError, match=r"model: the job began with toy@1"):
        before.check_same(replace(before, model_sha256="cd" * 32))


def test_another_option_is_named(source: Path) -> None:
    """The message names the option, what it was and what it would be."""
    before = plan(source)
    with pytest.raises(ResumeError, match=r"--chunk: the job began with 512 .* with 64"):
        before.check_same(replace(before, options={"chunk": 64, "explain": False}))
