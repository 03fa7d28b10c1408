from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sedno.models.artifact import Artifact, ArtifactError, Layout
from sedno.models.taxonomy import TASKS

MakeArtifact = Callable[..., Path]


@pytest.fixture
def folder(make_artifact: MakeArtifact, tmp_path: Path) -> Path:
    """An artefact of the test's own, to be damaged."""
    return make_artifact(tmp_path / "toy")


def change_manifest(folder: Path, **changes: Any) -> None:
    """Replaces fields of a manifest."""
    path = folder / "artifact.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | changes), encoding="utf-8")


def test_a_whole_artefact_tells_what_it_is(artifact_folder: Path) -> None:
    """Name, version, tasks, calibration and metrics are read."""
    artifact = Artifact.load(artifact_folder)

    assert artifact.ref == "toy@1"
    assert artifact.manifest.tasks == TASKS
    assert list(artifact.calibration) == [task.name for task in TASKS]
    assert artifact.metrics() == {"held_back_macro_f1": {"substance": 0.9}}
    assert list(artifact.problems()) == []


def test_a_folder_that_is_none_or_holds_no_manifest_is_refused(tmp_path: Path) -> None:
    """The error names the folder and what should be there."""
    with pytest.raises(ArtifactError, match="nowhere: there is no such folder"):
        Artifact.load(tmp_path / "nowhere")
    with pytest.raises(ArtifactError, match=r"holds no artifact\.json"):
        Artifact.load(tmp_path)


@pytest.mark.parametrize(
    "name", ["encoder.onnx", "embeddings.bin", "tokenizer.json", "calibration.json"]
)
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    """Each file that answering needs is looked for before anything is loaded."""
    (folder / name).unlink()

    with pytest.raises(ArtifactError, match=f"{name}: is missing"):
        Artifact.load(folder)


def test_a_cut_off_file_is_refused_without_hashing(folder: Path) -> None:
    """A broken copy shows by its size."""
    path = folder / "embeddings.bin"
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(ArtifactError, match=rf"has {size - 1} bytes, the manifest says {size}"):
        Artifact.load(folder)


def test_a_flipped_bit_is_found_by_its_hash(folder: Path) -> None:
    """Same size, other content: loading does not see it, hashing does."""
    path = folder / "embeddings.bin"
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)

    problems = list(Artifact.load(folder).problems())

    assert len(problems) == 1
    assert problems[0].startswith("embeddings.bin: SHA-256 is ")


def test_a_file_without_a_hash_is_a_problem(folder: Path) -> None:
    """What answers must be covered by the manifest."""
    manifest = json.loads((folder / "artifact.json").read_bytes())
    del manifest["files"]["tokenizer.json"]
    change_manifest(folder, files=manifest["files"])

    assert list(Artifact.load(folder).problems()) == [
        "tokenizer.json: the manifest has no hash of it"
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": 2}, "format: is 2, this version of Sedno reads 1"),
        ({"name": "a@b"}, "name: 'a@b' does not match"),
        ({"name": "../up"}, "name: '../up' does not match"),
        ({"version": 1}, "version: is 1; a string is needed"),
        ({"max_tokens": "many"}, "max_tokens: is 'many'; a whole number of at least 8"),
        ({"pad_id": True}, "pad_id: is True"),
        ({"tasks": {}}, "tasks: is empty"),
        ({"tasks": {"mood": ["good"]}}, "tasks: 'mood' is not one of substance, "),
        ({"tasks": {"question": ["none", "question"]}}, r"tasks\.question: labels are "),
        ({"languages": "pl"}, "languages: is 'pl'; a list"),
        ({"files": {"../x": {"sha256": "0" * 64, "bytes": 1}}}, "not a plain file name"),
        ({"files": {"x": {"sha256": "zz", "bytes": 1}}}, "sha256: 'zz' does not match"),
        ({"selftest": [{"text": "a"}]}, "scores: is missing"),
        (
            {"selftest": [{"text": "a", "scores": {"question": {"none": 2}}}]},
            r"selftest\[0\]\.scores\.question\.none: is 2",
        ),
    ],
)
def test_a_manifest_that_cannot_be_understood_is_refused(
    folder: Path, changes: dict[str, Any], message: str
) -> None:
    """The error names file, field and value."""
    change_manifest(folder, **changes)

    with pytest.raises(ArtifactError, match=rf"artifact\.json: .*{message}"):
        Artifact.load(folder)


def test_a_missing_field_is_named(folder: Path) -> None:
    """A manifest without its prefix would answer nonsense, so it is refused."""
    path = folder / "artifact.json"
    manifest = json.loads(path.read_bytes())
    del manifest["prefix"]
    path.write_text(json.dumps(manifest), encoding="utf-8")

    with pytest.raises(ArtifactError, match="prefix: is missing"):
        Artifact.load(folder)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]"])
def test_files_that_are_no_json_objects_are_refused(folder: Path, content: bytes) -> None:
    """Damaged JSON is told with its path."""
    (folder / "artifact.json").write_bytes(content)

    with pytest.raises(ArtifactError, match=r"artifact\.json: "):
        Artifact.load(folder)


def test_an_artefact_may_answer_some_of_the_tasks(
    make_artifact: MakeArtifact, tmp_path: Path
) -> None:
    """Tasks come in the order of the taxonomy, whatever the manifest's."""
    tasks = {"toxicity": ["toxic", "ok"], "substance": ["substantive", "generic"]}

    artifact = Artifact.load(make_artifact(tmp_path / "some", tasks=tasks))

    assert [task.name for task in artifact.manifest.tasks] == ["substance", "toxicity"]


def test_the_layout_knows_an_artefact_by_its_manifest(artifact_folder: Path) -> None:
    """Any folder may be asked."""
    assert Layout(artifact_folder).is_artifact()
    assert not Layout(artifact_folder.parent).is_artifact()
