"""The state file of a bulk job: what it reads, how, and how far its output is safe on disk."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

_FORMAT = 1
_HEAD_BYTES = 1 << 20

Status = Literal["running", "publishing", "finished"]


class ResumeError(ValueError):
    """A job cannot go on from where it stopped; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Enough of a file to notice that it is not the one a job began with.

    Attributes:
        bytes: Its size.
        modified_ns: Its time of last change, nanoseconds since the epoch.
        head_sha256: SHA-256 of its first MiB.
    """

    bytes: int
    modified_ns: int
    head_sha256: str

    @classmethod
    def of(cls, path: Path) -> Fingerprint:
        """Reads the fingerprint of ``path``.

        Raises:
            OSError: The file cannot be read.
        """
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
            stat = os.fstat(file.fileno())
        return cls(stat.st_size, stat.st_mtime_ns, hashlib.sha256(head).hexdigest())


@dataclass(frozen=True, slots=True)
class Plan:
    """All that decides the bytes of a job's output.

    Attributes:
        input: The file read.
        options: Every option that changes what is read or written, as JSON types.
        model: ``name@version`` of the artefact.
        model_sha256: Hash over the artefact's description, which holds its files' hashes.
    """

    input: Fingerprint
    options: Mapping[str, Any]
    model: str
    model_sha256: str

    def check_same(self, other: Plan) -> None:
        """Checks that the job described by ``self`` may go on as ``other``.

        Raises:
            ResumeError: Input, model or an option differs; names the first difference.
        """
        again = "Go back to what it was, or start over with --overwrite."
        if self.input != other.input:
            what = "size" if self.input.bytes != other.input.bytes else "content or date"
            raise ResumeError(
                f"input: the file has changed since the job began (another {what}), so its first "
                f"part was answered from other rows. {again}"
            )
        if (self.model, self.model_sha256) != (other.model, other.model_sha256):
            raise ResumeError(
                f"model: the job began with {self.model} ({self.model_sha256[:12]}) and would go "
                f"on with {other.model} ({other.model_sha256[:12]}). {again}"
            )
        for name in sorted({*self.options, *other.options}):
            was, now = self.options.get(name), other.options.get(name)
            if was != now:
                raise ResumeError(
                    f"--{name.replace('_', '-')}: the job began with {_show(was)} and would go "
                    f"on with {_show(now)}. {again}"
                )


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A moment at which everything before it is safe on disk.

    Attributes:
        plan: What the job does.
        status: ``running``; ``publishing`` once every row is written and the output is being
            moved into place; ``finished``.
        rows: Rows of the input that are dealt with.
        writer: How far the output is safe (``WriterState.to_dict()``).
        rejects_bytes: Length of the file of rejected rows; what follows is discarded.
        tally: Counts of the summary so far (``Tally.to_dict()``).
        seconds: Time spent classifying so far.
        summary: What a finished job came to (``Summary.to_dict()``).
    """

    plan: Plan
    status: Status
    rows: int
    writer: Mapping[str, Any]
    rejects_bytes: int
    tally: Mapping[str, Any]
    seconds: float
    summary: Mapping[str, Any] | None = None

    def save(self, path: Path) -> None:
        """Replaces the state file in one step: a reader sees the old or the new one, whole.

        Raises:
            OSError: The file cannot be written.
        """
        draft = path.with_name(path.name + ".new")
        with draft.open("w", encoding="utf-8") as file:
            json.dump({"format": _FORMAT, **asdict(self)}, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)

    @classmethod
    def load(cls, path: Path) -> Checkpoint | None:
        """Reads a state file; ``None`` where there is none.

        Raises:
            ResumeError: The file is not a state file of this version.
        """
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise ResumeError(f"{path}: not a state file ({error}). {_REMOVE}") from error
        if not isinstance(data, dict) or data.pop("format", None) != _FORMAT:
            raise ResumeError(f"{path}: not a state file of this version of Sedno. {_REMOVE}")
        try:
            plan = data.pop("plan")
            source = Fingerprint(**plan.pop("input"))
            return cls(plan=Plan(input=source, **plan), **data)
        except (TypeError, KeyError, AttributeError) as error:
            raise ResumeError(f"{path}: the state file is incomplete ({error}). {_REMOVE}") from (
                error
            )


_REMOVE = "Start over with --overwrite."


def _show(value: object) -> str:
    return "nothing" if value is None else repr(value)
