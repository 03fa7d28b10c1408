"""The artefact: a folder that holds a trained model and all that is known about it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sedno.models.calibration import CalibrationError, TaskCalibration, read_calibration
from sedno.models.domain import Domain, DomainError, read_domain
from sedno.models.lexical.scorer import Lexical, LexicalError, read_lexical
from sedno.models.manifest import Manifest, ManifestError, read_manifest


class ArtifactError(ValueError):
    """A folder that is not a whole, readable artefact.

    Attributes:
        path: The file or folder at fault.
        detail: What is wrong and how to mend it.
    """

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.path = path
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things lie in an artefact folder.

    Attributes:
        root: The folder.
    """

    root: Path

    @property
    def manifest(self) -> Path:
        """What the artefact is, and the hashes of its other files."""
        return self.root / "artifact.json"

    @property
    def encoder(self) -> Path:
        """The ONNX graph with its integer weights."""
        return self.root / "encoder.onnx"

    @property
    def embeddings(self) -> Path:
        """The 4-bit word-embedding table, external data of the graph."""
        return self.root / "embeddings.bin"

    @property
    def tokenizer(self) -> Path:
        """The tokenizer, in the format of the ``tokenizers`` library."""
        return self.root / "tokenizer.json"

    @property
    def calibration(self) -> Path:
        """Temperature, bias and risk curve by task."""
        return self.root / "calibration.json"

    @property
    def domain(self) -> Path:
        """The region of familiar texts; artefacts of before it was measured have none."""
        return self.root / "domain.npz"

    @property
    def lexical(self) -> Path:
        """Weights of words and letters; a model that reads by its encoder alone has none."""
        return self.root / "lexical.npz"

    @property
    def metrics(self) -> Path:
        """How well the model did where it was made."""
        return self.root / "metrics.json"

    @property
    def recipe(self) -> Path:
        """The recipe that the model was trained by."""
        return self.root / "recipe.toml"

    @property
    def recipes(self) -> tuple[Path, ...]:
        """All recipes that made it, the first one first: a model can go on from another."""
        earlier = sorted(self.root.glob("recipe-*.toml"), key=lambda path: int(path.stem[7:]))
        return (*earlier, *((self.recipe,) if self.recipe.is_file() else ()))

    @property
    def card(self) -> Path:
        """The model card."""
        return self.root / "MODEL_CARD.md"

    @property
    def needed(self) -> tuple[Path, ...]:
        """The files that answering needs."""
        return (self.manifest, self.encoder, self.tokenizer, self.calibration)

    def is_artifact(self) -> bool:
        """Whether the folder claims to be an artefact; says nothing of its health."""
        return self.manifest.is_file()


@dataclass(frozen=True, slots=True)
class Artifact:
    """An artefact whose description has been read and whose files are all there.

    Attributes:
        layout: Where its files lie.
        manifest: What it says of itself.
        calibration: By task, in the order of the manifest's tasks.
        domain: The region of familiar texts; ``None`` where the artefact does not know it.
        lexical: What words add to the encoder's logits; ``None`` where nothing.
    """

    layout: Layout
    manifest: Manifest
    calibration: Mapping[str, TaskCalibration]
    domain: Domain | None = None
    lexical: Lexical | None = None

    @classmethod
    def load(cls, folder: str | Path) -> Artifact:
        """Reads an artefact's description and looks whether its files are there and whole.

        Sizes are compared, contents are not; :meth:`problems` does that.

        Raises:
            ArtifactError: The folder is no artefact, is damaged, or is of another format.
        """
        layout = Layout(Path(folder))
        manifest = load_manifest(layout)
        for path in layout.needed:
            if not path.is_file():
                raise ArtifactError(path, "is missing; copy or export the whole artefact again")
        for name, record in manifest.files.items():
            path = layout.root / name
            size = path.stat().st_size if path.is_file() else None
            if size != record.size:
                raise ArtifactError(path, _size_problem(size, record.size))
        content = _read_json(layout.calibration)
        try:
            calibration = read_calibration(
                content, {task.name: len(task.labels) for task in manifest.tasks}
            )
        except CalibrationError as error:
            raise ArtifactError(layout.calibration, str(error)) from error
        return cls(
            layout, manifest, calibration, _load_domain(layout), _load_lexical(layout, manifest)
        )

    @property
    def name(self) -> str:
        """The artefact's name."""
        return self.manifest.name

    @property
    def version(self) -> str:
        """The artefact's version."""
        return self.manifest.version

    @property
    def ref(self) -> str:
        """``name@version``, as answers give it."""
        return self.manifest.ref

    def problems(self) -> Iterator[str]:
        """Hashes every file and tells what differs from the manifest; nothing if all is well."""
        for name, record in self.manifest.files.items():
            path = self.layout.root / name
            if not path.is_file():
                yield f"{name}: is missing"
            elif (found := hash_file(path)) != record.sha256:
                yield f"{name}: SHA-256 is {found}, the manifest says {record.sha256}"
        for path in self.layout.needed[1:]:
            if path.name not in self.manifest.files:
                yield f"{path.name}: the manifest has no hash of it"

    def metrics(self) -> dict[str, Any]:
        """What ``metrics.json`` holds; empty where the artefact has none.

        Raises:
            ArtifactError: The file is not a JSON object.
        """
        if not self.layout.metrics.is_file():
            return {}
        content = _read_json(self.layout.metrics)
        if not isinstance(content, dict):
            raise ArtifactError(self.layout.metrics, "does not hold a JSON object")
        return content


def load_manifest(layout: Layout) -> Manifest:
    """Reads ``artifact.json`` alone, which is enough to list an artefact.

    Raises:
        ArtifactError: There is none, or it cannot be understood.
    """
    if not layout.root.is_dir():
        raise ArtifactError(layout.root, "there is no such folder; give the folder of an artefact")
    if not layout.is_artifact():
        raise ArtifactError(layout.root, "holds no artifact.json, so it is not an artefact folder")
    try:
        return read_manifest(_read_json(layout.manifest))
    except ManifestError as error:
        raise ArtifactError(layout.manifest, str(error)) from error


def hash_file(path: Path) -> str:
    """SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _size_problem(found: int | None, wanted: int) -> str:
    if found is None:
        return "is missing; copy or export the whole artefact again"
    return (
        f"has {found} bytes, the manifest says {wanted}; the file is damaged or is another "
        "artefact's: copy the whole artefact again"
    )


def _load_domain(layout: Layout) -> Domain | None:
    if not layout.domain.is_file():
        return None
    try:
        return read_domain(layout.domain)
    except (DomainError, OSError) as error:
        raise ArtifactError(layout.domain, str(error)) from error


def _load_lexical(layout: Layout, manifest: Manifest) -> Lexical | None:
    if not layout.lexical.is_file():
        return None
    try:
        return read_lexical(layout.lexical, manifest.tasks)
    except (LexicalError, OSError) as error:
        raise ArtifactError(layout.lexical, str(error)) from error


def _read_json(path: Path) -> object:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ArtifactError(path, f"cannot be read as JSON ({error})") from error
