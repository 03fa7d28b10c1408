"""Which files a bulk job touches, and which of them it must not."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sedno.datasets.io.formats import STANDARD_STREAM
from sedno.datasets.io.rejects import rejects_path
from sedno.datasets.io.sink import partial_path


class JobError(ValueError):
    """A job that cannot begin or go on as asked; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class JobFiles:
    """The files of one job.

    Attributes:
        source: The input, ``-`` for standard input.
        output: The output, ``-`` for standard output.
        rejects: Where rejected rows go; ``None`` where they are only named.
    """

    source: str
    output: str
    rejects: Path | None

    @classmethod
    def of(cls, source: str, output: str, rejects: str | None = None) -> JobFiles:
        """The files for an input and an output.

        Rejected rows go beside the output unless told otherwise.

        Raises:
            JobError: Two of them are the same file, or one has no place to be.
        """
        beside = None if _is_stream(output) else rejects_path(output)
        files = cls(source, output, Path(rejects) if rejects else beside)
        if rejects == STANDARD_STREAM or (rejects and _is_stream(rejects)):
            raise JobError(f"--rejects: {rejects} is no file; name a file")
        files._check_distinct()
        if Path(source).is_dir():
            raise JobError(f"{source}: is a folder; name a file in it")
        for option, path in (("--output", output), ("--rejects", rejects)):
            if path and not _is_stream(path):
                _check_place(option, path)
        return files

    def _check_distinct(self) -> None:
        named: dict[str, str | Path | None] = {
            "the input": self.source,
            "--output": self.output,
            "the file of rejected rows": self.rejects,
        }
        if not _is_stream(self.output):
            named |= {"the unfinished output": self.partial, "the state file": self.state}
        paths = [(name, str(path)) for name, path in named.items() if path]
        paths = [(name, path) for name, path in paths if path != STANDARD_STREAM]
        for at, (name, path) in enumerate(paths):
            for other, earlier in paths[:at]:
                if _same(path, earlier):
                    raise JobError(
                        f"{name} is the same file as {other} ({path}); it would be written over. "
                        "Name another file."
                    )

    @property
    def why_not_resumable(self) -> str | None:
        """Why the job could not be gone on with; ``None`` where it can."""
        if self.source == STANDARD_STREAM:
            return "standard input cannot be read a second time; save it to a file first"
        if Path(self.source).exists() and not Path(self.source).is_file():
            return f"{self.source} is a pipe or device and cannot be read a second time"
        if self.output == STANDARD_STREAM:
            return "what went to standard output cannot be gone on with; name a file"
        if _is_stream(self.output):
            return f"{self.output} is a pipe or device; name a file"
        return None

    @property
    def state(self) -> Path:
        """The state file of a resumable job: ``<output>.state.json``."""
        target = Path(os.path.realpath(self.output))
        return target.with_name(target.name + ".state.json")

    @property
    def partial(self) -> Path:
        """Where the output is until it is whole."""
        return partial_path(self.output)

    def check_new(self) -> None:
        """Checks that a new job would write over nothing.

        Raises:
            JobError: A file is there; says which and what the choices are.
        """
        choices = "add --overwrite to replace it, or name another file"
        if not _is_stream(self.output) and Path(self.output).exists():
            raise JobError(f"--output: {self.output} exists; {choices}")
        if self.rejects is not None and self.rejects.exists():
            raise JobError(f"--rejects: {self.rejects} exists; {choices}")


def _is_stream(path: str) -> bool:
    """Whether a path is a standard stream, a pipe or a device, which hold nothing to lose."""
    return path == STANDARD_STREAM or (
        Path(path).exists() and not Path(path).is_file() and not Path(path).is_dir()
    )


def _check_place(option: str, path: str) -> None:
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise JobError(f"{option}: {path} is a folder; name a file in it")
    if not target.parent.is_dir():
        raise JobError(f"{option}: the folder {target.parent} does not exist; make it first")


def _same(first: str, second: str) -> bool:
    return os.path.realpath(first) == os.path.realpath(second)
