from __future__ import annotations

from sedno.evaluation.machine import git_commit, this_machine


def test_the_machine_is_named() -> None:
    """Processor, cores, memory and the version of ONNX Runtime are all there."""
    machine = this_machine()
    assert machine.cpu
    assert machine.cores >= 1
    assert machine.memory_gib > 0
    assert "onnxruntime" in machine.libraries
    assert machine.cpu in machine.line()


def test_the_commit_is_hexadecimal_or_unknown() -> None:
    """A plus sign behind it says that files differ from the commit."""
    commit = git_commit()
    if commit is not None:
        assert len(commit.removesuffix("+")) == 12
        int(commit.removesuffix("+"), 16)
