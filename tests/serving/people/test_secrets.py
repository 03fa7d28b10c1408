from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sedno.serving.people.secrets import SecretError, pseudonym_key, secret_key
from sedno.serving.settings import Settings, load_settings
from sedno.serving.store.opening import Store


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with a folder of their own that is not there yet."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SEDNO_{name.upper()}", raising=False)
    return load_settings(data_dir=tmp_path / "data")


def mode(path: Path) -> int:
    """Who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


def test_keys_are_made_once(settings: Settings) -> None:
    """By whoever comes first; only the owner can read them, and the two differ."""
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: secret_key(settings), range(16)))
    assert found == {secret_key(settings)}
    assert secret_key(settings) != pseudonym_key(settings)
    files = sorted(settings.data_folder.iterdir())
    assert [file.name for file in files] == ["pseudonyms.key", "secret.key"]
    assert {mode(file) for file in files} == {0o600}
    assert mode(settings.data_folder) == 0o700


def test_a_key_that_others_can_read_is_refused(settings: Settings) -> None:
    """With the command that mends it."""
    secret_key(settings)
    (settings.data_folder / "secret.key").chmod(0o644)
    with pytest.raises(SecretError, match="chmod 600"):
        secret_key(settings)


@pytest.mark.parametrize("content", ["", "not hex", "ab" * 8])
def test_a_broken_key_is_refused(settings: Settings, content: str) -> None:
    """Rather than made anew: what was made with it would be lost."""
    pseudonym_key(settings)
    file = settings.data_folder / "pseudonyms.key"
    file.write_text(content)
    with pytest.raises(SecretError, match="backup"):
        pseudonym_key(settings)
    assert file.read_text() == content


def test_the_database_is_private(settings: Settings) -> None:
    """Only the owner can read it and what SQLite writes beside it."""
    store = Store(settings)
    assert not store.exists
    store.open()
    try:
        assert store.exists
        assert {mode(file) for file in settings.data_folder.iterdir()} == {0o600}
    finally:
        store.close()


def test_another_pseudonym_key_is_refused(settings: Settings) -> None:
    """A database filled with one key does not open with another."""
    store = Store(settings)
    store.open()
    store.close()
    other = Store(settings.model_copy(update={"pseudonym_key": _secret("o" * 32)}))
    with pytest.raises(SecretError, match="Bring the first one back"):
        other.open()
    store.open()
    store.close()


def _secret(value: str) -> object:
    return load_settings(pseudonym_key=value).pseudonym_key
