"""Finds artefacts by name, and remembers which one is active.

Artefacts lie in two places: within the package, and in the user's folder (the environment
variable ``SEDNO_MODELS``, else the platform's data folder). The user's come first.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from platformdirs import user_data_path

from sedno.models.artifact import Artifact, ArtifactError, Layout, load_manifest
from sedno.models.manifest import Manifest

DEFAULT_NAME = "sedno-pl-base"
"""The artefact that answers where none has been activated."""

FOLDER_VARIABLE = "SEDNO_MODELS"
STATE_FILE = "active.json"

_BUILT_IN = Path(__file__).parent / "artifacts"
_MOST_REMEMBERED = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """An artefact that was found.

    Attributes:
        path: Its folder.
        built_in: Whether it came with the package.
        active: Whether it answers where no artefact is named.
        manifest: What it says of itself; ``None`` where it cannot be read.
        problem: Why it cannot be read, else ``None``.
    """

    path: Path
    built_in: bool
    active: bool
    manifest: Manifest | None
    problem: str | None = None

    @property
    def ref(self) -> str:
        """``name@version``; the folder's name where the manifest cannot be read."""
        return self.manifest.ref if self.manifest else self.path.name


class Registry:
    """The artefacts of one built-in folder and one user's folder.

    Attributes:
        user_folder: Where added artefacts and the choice of the active one are kept.
    """

    def __init__(self, user_folder: Path, built_in: Path = _BUILT_IN) -> None:
        self.user_folder = user_folder
        self._built_in = built_in

    @classmethod
    def default(cls, environ: Mapping[str, str] = os.environ) -> Registry:
        """The registry of this user on this machine."""
        stated = environ.get(FOLDER_VARIABLE)
        return cls(Path(stated) if stated else user_data_path("sedno") / "models")

    def entries(self) -> list[Entry]:
        """All artefacts, the active one first, then by name, the newest version first.

        Raises:
            ArtifactError: The file that tells the active one is damaged.
        """
        active = self._active_path()
        found = [
            _entry(folder, built_in=built_in, active=folder == active)
            for root, built_in in ((self.user_folder, False), (self._built_in, True))
            for folder in _artifact_folders(root)
        ]
        found.sort(key=lambda entry: _version_key(entry.manifest), reverse=True)
        return sorted(found, key=lambda entry: (not entry.active, entry.ref.split("@")[0]))

    def resolve(self, ref: str | Path | None = None) -> Path:
        """The folder of an artefact.

        Args:
            ref: A folder; ``name@version``; a name, for its active version, else its
                newest one; ``None`` for the active artefact.

        Raises:
            ArtifactError: There is no such artefact.
        """
        if ref is None:
            active = self._active_path()
            if active is None:
                raise ArtifactError(
                    self._built_in,
                    f"no artefact is active and {DEFAULT_NAME!r} does not lie here; "
                    "run: sedno models activate FOLDER",
                )
            return active
        if isinstance(ref, Path) or _is_path(ref):
            return Path(ref)
        name, _, version = ref.partition("@")
        for entry in self.entries():
            manifest = entry.manifest
            if manifest and manifest.name == name and version in {"", manifest.version}:
                return entry.path
        known = ", ".join(entry.ref for entry in self.entries()) or "none"
        raise ArtifactError(self.user_folder, f"no artefact is called {ref!r}; there are: {known}")

    def add(self, folder: str | Path) -> Path:
        """Copies an artefact into the user's folder, after checking its hashes.

        Returns:
            Where it lies now. An artefact that lies there already is left alone.

        Raises:
            ArtifactError: It is damaged, or another one of its name and version is there.
        """
        artifact = Artifact.load(folder)
        source = artifact.layout.root.resolve()
        target = self.user_folder / artifact.ref
        if source.parent in {self.user_folder.resolve(), self._built_in.resolve()}:
            return artifact.layout.root
        problems = "; ".join(artifact.problems())
        if problems:
            raise ArtifactError(source, f"is damaged: {problems}")
        if target.exists():
            if Artifact.load(target).manifest == artifact.manifest:
                return target
            raise ArtifactError(
                target,
                f"another artefact {artifact.ref} lies here; give the new one another version, "
                "or delete this folder",
            )
        partial = self.user_folder / f".{artifact.ref}.{uuid4().hex}"
        try:
            self.user_folder.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, partial)
            partial.replace(target)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        return target

    def activate(self, ref: str | Path) -> Entry:
        """Makes an artefact the one that answers where none is named.

        An artefact in a folder elsewhere is copied into the user's folder first, so that
        it stays.

        Raises:
            ArtifactError: There is no such artefact, or it cannot be loaded.
        """
        path = self.add(self.resolve(ref))
        Artifact.load(path)
        history = self._history()
        chosen = self._key(path)
        if not history or history[-1] != chosen:
            self._write([*history, chosen])
        return _entry(path, built_in=self._is_built_in(path), active=True)

    def rollback(self) -> Entry:
        """Goes back to the artefact that was active before.

        Raises:
            ArtifactError: None was active before, or it is gone.
        """
        history = self._history()
        if not history:
            raise ArtifactError(
                self.user_folder, "nothing to go back to: no artefact has been activated"
            )
        earlier = history[:-1]
        path = self._locate(earlier[-1]) if earlier else self._default_path()
        if path is None:
            raise ArtifactError(
                self._built_in, f"nothing to go back to: {DEFAULT_NAME!r} does not lie here"
            )
        Artifact.load(path)
        self._write(earlier)
        return _entry(path, built_in=self._is_built_in(path), active=True)

    def deactivate(self) -> None:
        """Forgets what was activated, so that the built-in artefact answers again."""
        (self.user_folder / STATE_FILE).unlink(missing_ok=True)

    def _active_path(self) -> Path | None:
        history = self._history()
        return self._locate(history[-1]) if history else self._default_path()

    def _default_path(self) -> Path | None:
        found = [
            (_version_key(manifest), folder)
            for folder in _artifact_folders(self._built_in)
            if (manifest := _entry(folder, built_in=True, active=False).manifest)
            and manifest.name == DEFAULT_NAME
        ]
        return max(found)[1] if found else None

    def _is_built_in(self, path: Path) -> bool:
        return path.parent == self._built_in

    def _key(self, path: Path) -> str:
        """How the state file names an artefact: the place may move, the folder's name stays."""
        return f"{'built-in' if self._is_built_in(path) else 'user'}:{path.name}"

    def _locate(self, key: str) -> Path:
        place, _, folder = key.partition(":")
        path = (self._built_in if place == "built-in" else self.user_folder) / folder
        if not Layout(path).is_artifact():
            raise ArtifactError(
                path,
                "the active artefact is gone; run: sedno models deactivate, or activate "
                "another one",
            )
        return path

    def _history(self) -> list[str]:
        path = self.user_folder / STATE_FILE
        if not path.is_file():
            return []
        try:
            content: Any = json.loads(path.read_text(encoding="utf-8"))
            history = content["history"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ArtifactError(path, f"cannot be read ({error}); delete it") from error
        if not isinstance(history, list) or not all(
            isinstance(key, str) and re.fullmatch(r"(user|built-in):[^/\\]+", key)
            for key in history
        ):
            raise ArtifactError(path, f"its history is {history!r}; delete the file")
        return history

    def _write(self, history: list[str]) -> None:
        self.user_folder.mkdir(parents=True, exist_ok=True)
        path = self.user_folder / STATE_FILE
        partial = path.with_name(f".{STATE_FILE}.{uuid4().hex}")
        content = {"history": history[-_MOST_REMEMBERED:]}
        partial.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        partial.replace(path)


def resolve(ref: str | Path | None = None) -> Path:
    """The folder of an artefact, by this user's registry; see :meth:`Registry.resolve`.

    Raises:
        ArtifactError: There is no such artefact.
    """
    return Registry.default().resolve(ref)


def _artifact_folders(root: Path) -> list[Path]:
    if not root.is_dir():
        return []
    return sorted(
        folder
        for folder in root.iterdir()
        if not folder.name.startswith(".") and Layout(folder).is_artifact()
    )


def _entry(folder: Path, *, built_in: bool, active: bool) -> Entry:
    try:
        return Entry(folder, built_in, active, load_manifest(Layout(folder)))
    except ArtifactError as error:
        return Entry(folder, built_in, active, None, error.detail)


def _is_path(ref: str) -> bool:
    separators = [os.sep, *([os.altsep] if os.altsep else [])]
    return (
        any(mark in ref for mark in separators)
        or ref in {".", ".."}
        or (Layout(Path(ref)).is_artifact())
    )


def _version_key(manifest: Manifest | None) -> list[tuple[int, int, str]]:
    """Sorts numbers within versions by value, so that 10 comes after 9."""
    parts = re.findall(r"\d+|[^\d.]+", manifest.version) if manifest else []
    return [(1, int(p), "") if p.isdigit() else (0, 0, p) for p in parts]
