"""What an artefact says of itself: the content of ``artifact.json``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sedno.models.taxonomy import TASK_BY_NAME, TASKS, Task

FORMAT = 1
"""The artefact format this version of Sedno reads."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class ManifestError(ValueError):
    """A manifest that cannot be understood; the message names the field and its value."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What a file of the artefact must be.

    Attributes:
        sha256: Of its content, 64 hexadecimal digits.
        size: Bytes.
    """

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class SelfTest:
    """A sentence with the answers it got where the artefact was made.

    Attributes:
        text: The sentence.
        scores: Task -> label -> calibrated probability.
    """

    text: str
    scores: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Manifest:
    """An artefact's description of itself.

    Attributes:
        name: Such as ``sedno-pl-base``; letters, digits, ``.``, ``_`` and ``-``.
        version: Such as ``1``.
        created: When it was made, ISO 8601.
        base: The checkpoint that it was trained from.
        prefix: Put before every text.
        max_tokens: Most tokens that the model reads of a text, ``<s>`` and ``</s>`` included.
        pad_id: Id of the padding token.
        embedding_dim: Length of a sentence embedding.
        tasks: What it answers; tasks of the taxonomy, in its order.
        languages: ISO 639-1 codes of the languages it was trained and measured on.
        files: By file name within the folder.
        selftest: For checking the artefact on another machine.
    """

    name: str
    version: str
    created: str
    base: str
    prefix: str
    max_tokens: int
    pad_id: int
    embedding_dim: int
    tasks: tuple[Task, ...]
    languages: tuple[str, ...]
    files: Mapping[str, FileRecord]
    selftest: tuple[SelfTest, ...] = ()

    @property
    def ref(self) -> str:
        """``name@version``."""
        return f"{self.name}@{self.version}"


def read_manifest(content: object) -> Manifest:
    """Reads the parsed content of ``artifact.json``; unknown keys are not looked at.

    Raises:
        ManifestError: A field is missing, is of the wrong type, or speaks of another format
            or of labels that this version of Sedno does not know.
    """
    fields = _object("artifact.json", content)
    if fields.get("format") != FORMAT:
        raise ManifestError(
            f"format: is {fields.get('format')!r}, this version of Sedno reads {FORMAT}; "
            "use the Sedno that made the artefact, or export it again with this one"
        )
    return Manifest(
        name=_matching(fields, "name", _NAME),
        version=_matching(fields, "version", _VERSION),
        created=_text(fields, "created"),
        base=_text(fields, "base"),
        prefix=_text(fields, "prefix"),
        max_tokens=_whole(fields, "max_tokens", least=8),
        pad_id=_whole(fields, "pad_id", least=0),
        embedding_dim=_whole(fields, "embedding_dim", least=1),
        tasks=_tasks(fields),
        languages=_languages(fields),
        files=_files(fields),
        selftest=_selftest(fields),
    )


def _tasks(fields: Mapping[str, Any]) -> tuple[Task, ...]:
    stated = _object("tasks", _field(fields, "tasks"))
    for name, labels in stated.items():
        known = TASK_BY_NAME.get(name)
        if known is None:
            raise ManifestError(f"tasks: {name!r} is not one of {', '.join(TASK_BY_NAME)}")
        if not isinstance(labels, list) or tuple(labels) != known.labels:
            raise ManifestError(
                f"tasks.{name}: labels are {labels!r}, this version of Sedno knows "
                f"{list(known.labels)!r}; export the artefact again with this version"
            )
    if not stated:
        raise ManifestError("tasks: is empty; an artefact answers at least one task")
    return tuple(task for task in TASKS if task.name in stated)


def _languages(fields: Mapping[str, Any]) -> tuple[str, ...]:
    stated = _field(fields, "languages")
    if not isinstance(stated, list) or not all(isinstance(code, str) for code in stated):
        raise ManifestError(f"languages: is {stated!r}; a list of ISO 639-1 codes is needed")
    return tuple(stated)


def _files(fields: Mapping[str, Any]) -> dict[str, FileRecord]:
    out: dict[str, FileRecord] = {}
    for name, content in _object("files", _field(fields, "files")).items():
        # A manifest must not be able to point out of its own folder.
        if not name or name in {".", ".."} or re.search(r"[/\\:\x00]", name):
            raise ManifestError(f"files: {name!r} is not a plain file name")
        record = _object(f"files.{name}", content)
        out[name] = FileRecord(
            sha256=_matching(record, "sha256", _SHA256), size=_whole(record, "bytes", least=0)
        )
    return out


def _selftest(fields: Mapping[str, Any]) -> tuple[SelfTest, ...]:
    stated = fields.get("selftest", [])
    if not isinstance(stated, list):
        raise ManifestError(f"selftest: is a {type(stated).__name__}; a list is needed")
    cases: list[SelfTest] = []
    for number, content in enumerate(stated):
        case = _object(f"selftest[{number}]", content)
        scores = _object(f"selftest[{number}].scores", _field(case, "scores"))
        cases.append(
            SelfTest(
                _text(case, "text"),
                {
                    task: {
                        label: _probability(f"selftest[{number}].scores.{task}.{label}", value)
                        for label, value in _object(
                            f"selftest[{number}].scores.{task}", by_label
                        ).items()
                    }
                    for task, by_label in scores.items()
                },
            )
        )
    return tuple(cases)


def _field(fields: Mapping[str, Any], name: str) -> Any:
    if name not in fields:
        raise ManifestError(f"{name}: is missing")
    return fields[name]


def _object(name: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ManifestError(f"{name}: is a {type(value).__name__}; an object is needed")
    return value


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = _field(fields, name)
    if not isinstance(value, str):
        raise ManifestError(f"{name}: is {value!r}; a string is needed")
    return value


def _matching(fields: Mapping[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = _text(fields, name)
    if not pattern.fullmatch(value):
        raise ManifestError(f"{name}: {value!r} does not match {pattern.pattern}")
    return value


def _whole(fields: Mapping[str, Any], name: str, *, least: int) -> int:
    value = _field(fields, name)
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ManifestError(f"{name}: is {value!r}; a whole number of at least {least} is needed")
    return value


def _probability(name: str, value: object) -> float:
    if not isinstance(value, int | float) or not 0.0 <= value <= 1.0:
        raise ManifestError(f"{name}: is {value!r}; a number from 0 to 1 is needed")
    return float(value)
