from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sedno.models.artifact import ArtifactError
from sedno.models.registry import DEFAULT_NAME, Registry

MakeArtifact = Callable[..., Path]


@pytest.fixture
def registry(make_artifact: MakeArtifact, tmp_path: Path) -> Registry:
    """A registry with a built-in artefact and an empty user's folder."""
    make_artifact(tmp_path / "built-in" / "base", name=DEFAULT_NAME, version="1")
    return Registry(tmp_path / "user", tmp_path / "built-in")


@pytest.fixture
def trained(make_artifact: MakeArtifact, tmp_path: Path) -> Path:
    """An artefact that has just been trained, in some folder."""
    return make_artifact(tmp_path / "runs" / "last", name="mine", version="2")


def refs(registry: Registry) -> list[tuple[str, bool]]:
    """What there is, and whether it is active."""
    return [(entry.ref, entry.active) for entry in registry.entries()]


def test_without_a_choice_the_built_in_artefact_is_active(
    registry: Registry, tmp_path: Path
) -> None:
    """A fresh installation answers."""
    assert registry.resolve() == tmp_path / "built-in" / "base"
    assert refs(registry) == [("sedno-pl-base@1", True)]


def test_an_activated_folder_is_copied_and_answers_from_then_on(
    registry: Registry, trained: Path, tmp_path: Path
) -> None:
    """A run's folder may be deleted after it has been activated."""
    entry = registry.activate(trained)

    assert entry.ref == "mine@2"
    assert registry.resolve() == tmp_path / "user" / "mine@2" != trained
    assert refs(registry) == [("mine@2", True), ("sedno-pl-base@1", False)]
    assert [path.name for path in (tmp_path / "user").iterdir() if path.is_dir()] == ["mine@2"]


def test_rolling_back_goes_to_the_one_before(
    registry: Registry, trained: Path, make_artifact: MakeArtifact, tmp_path: Path
) -> None:
    """Step by step, back to the built-in artefact, and no further."""
    registry.activate(trained)
    registry.activate(make_artifact(tmp_path / "runs" / "next", name="mine", version="3"))

    assert registry.rollback().ref == "mine@2"
    assert registry.rollback().ref == "sedno-pl-base@1"
    assert refs(registry)[0] == ("sedno-pl-base@1", True)
    with pytest.raises(ArtifactError, match="nothing to go back to"):
        registry.rollback()


def test_activating_the_same_twice_is_one_step(registry: Registry, trained: Path) -> None:
    """One rollback undoes it."""
    registry.activate(trained)
    registry.activate("mine@2")

    assert registry.rollback().ref == "sedno-pl-base@1"


def test_deactivating_returns_to_the_built_in_artefact(registry: Registry, trained: Path) -> None:
    """Also where nothing was activated."""
    registry.activate(trained)

    registry.deactivate()
    registry.deactivate()

    assert refs(registry)[0] == ("sedno-pl-base@1", True)


def test_a_name_means_its_active_version_else_its_newest(
    registry: Registry, make_artifact: MakeArtifact, tmp_path: Path
) -> None:
    """Versions are compared by value: 10 is newer than 9."""
    for version in ("9", "10", "2"):
        registry.add(make_artifact(tmp_path / "runs" / version, name="mine", version=version))

    assert registry.resolve("mine").name == "mine@10"
    assert registry.resolve("mine@9").name == "mine@9"
    registry.activate("mine@2")
    assert registry.resolve("mine").name == "mine@2"


def test_a_path_is_taken_as_it_is(registry: Registry, trained: Path) -> None:
    """With a separator, or as a Path."""
    assert registry.resolve(str(trained)) == trained
    assert registry.resolve(trained) == trained


def test_an_unknown_name_is_told_with_those_there_are(registry: Registry) -> None:
    """The remedy is in the message."""
    with pytest.raises(ArtifactError, match=r"'sedno-pl-bse'; there are: sedno-pl-base@1"):
        registry.resolve("sedno-pl-bse")


def test_a_damaged_artefact_is_not_activated(registry: Registry, trained: Path) -> None:
    """Hashes are compared before the copy; the active one stays."""
    content = bytearray((trained / "embeddings.bin").read_bytes())
    content[0] ^= 1
    (trained / "embeddings.bin").write_bytes(content)

    with pytest.raises(ArtifactError, match=r"is damaged: embeddings\.bin"):
        registry.activate(trained)

    assert refs(registry) == [("sedno-pl-base@1", True)]


def test_another_artefact_of_the_same_name_and_version_is_refused(
    registry: Registry, trained: Path, make_artifact: MakeArtifact, tmp_path: Path
) -> None:
    """What answers as mine@2 must not change silently; the same one again is welcome."""
    other = make_artifact(tmp_path / "other", name="mine", version="2", created="2026-02-02")
    place = registry.add(trained)

    assert registry.add(trained) == place
    with pytest.raises(ArtifactError, match="another artefact mine@2 lies here"):
        registry.add(other)


def test_a_broken_folder_is_listed_with_its_problem(registry: Registry, tmp_path: Path) -> None:
    """One broken artefact does not hide the others."""
    broken = tmp_path / "user" / "broken"
    broken.mkdir(parents=True)
    (broken / "artifact.json").write_text("{", encoding="utf-8")

    found = {entry.ref: entry.problem for entry in registry.entries()}

    assert found["sedno-pl-base@1"] is None
    assert "cannot be read as JSON" in (found["broken"] or "")


def test_a_vanished_active_artefact_is_an_error_and_no_silent_change(
    registry: Registry, trained: Path, tmp_path: Path
) -> None:
    """Nobody wants another model to answer without being told."""
    place = registry.add(trained)
    registry.activate("mine")
    place.rename(tmp_path / "elsewhere")

    with pytest.raises(ArtifactError, match="the active artefact is gone; run: sedno models"):
        registry.resolve()


@pytest.mark.parametrize("content", ["{", "[]", '{"history": [1]}', '{"history": ["user:../x"]}'])
def test_a_damaged_state_file_is_an_error_with_its_path(
    registry: Registry, tmp_path: Path, content: str
) -> None:
    """The choice that it held must be made anew by a person."""
    (tmp_path / "user").mkdir()
    (tmp_path / "user" / "active.json").write_text(content, encoding="utf-8")

    with pytest.raises(ArtifactError, match=r"active\.json"):
        registry.resolve()


def test_the_state_is_written_whole_or_not_at_all(
    registry: Registry, trained: Path, tmp_path: Path
) -> None:
    """A readable file, and nothing partial beside it."""
    registry.activate(trained)

    files = [path.name for path in (tmp_path / "user").iterdir() if path.is_file()]
    assert files == ["active.json"]
    content = json.loads((tmp_path / "user" / "active.json").read_bytes())
    assert content == {"history": ["user:mine@2"]}


def test_the_environment_tells_the_users_folder(tmp_path: Path) -> None:
    """SEDNO_MODELS first, else the platform's folder."""
    assert Registry.default({"SEDNO_MODELS": str(tmp_path)}).user_folder == tmp_path
    assert Registry.default({}).user_folder.name == "models"


def test_nothing_active_and_nothing_built_in_tells_what_to_do(tmp_path: Path) -> None:
    """An installation without a model says so."""
    with pytest.raises(ArtifactError, match="sedno models activate FOLDER"):
        Registry(tmp_path / "user", tmp_path / "none").resolve()
