"""The installation's own secrets: from the environment, or from files made at the first start."""

from __future__ import annotations

import os
import secrets as chance
from pathlib import Path

from sedno.serving.privacy.pseudonyms import Pseudonyms
from sedno.serving.settings import Settings
from sedno.serving.store.database import Database
from sedno.serving.store.tables.audit import Mark

_SECRET_FILE = "secret.key"  # noqa: S105 - a file's name
_PSEUDONYM_FILE = "pseudonyms.key"
_BYTES = 32
_KEY_ID = "pseudonym key"


class SecretError(ValueError):
    """A secret cannot be used; the message names the setting or file and the remedy."""


def secret_key(settings: Settings) -> bytes:
    """The key that forms of the desk are signed with.

    Raises:
        SecretError: Its file cannot be used.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    return _from_file(settings.data_folder / _SECRET_FILE)


def pseudonym_key(settings: Settings) -> bytes:
    """The key of the authors' pseudonyms.

    Raises:
        SecretError: Its file cannot be used.
    """
    if settings.pseudonym_key is not None:
        return settings.pseudonym_key.get_secret_value().encode()
    return _from_file(settings.data_folder / _PSEUDONYM_FILE)


def _from_file(path: Path) -> bytes:
    """Reads a key, or makes one that only the owner can read."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _make(path)
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise SecretError(f"{path} can be read by others than its owner; run: chmod 600 {path}")
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError as error:
        raise SecretError(
            f"{path} does not hold a key: {2 * _BYTES} hexadecimal digits are expected. Restore "
            "it from a backup."
        ) from error
    if len(key) < _BYTES:
        raise SecretError(f"{path} is cut short; restore it from a backup")
    return key


def _make(path: Path) -> None:
    """Writes a new key under another name first: nobody ever reads half a key."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{chance.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(chance.token_hex(_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        # Of two processes that start at once, the first wins and both read its key.
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        except OSError:  # the file system has no links
            if not path.exists():
                path.write_bytes(draft.read_bytes())
                path.chmod(0o600)
    finally:
        draft.unlink()


def hold_to_pseudonym_key(database: Database, settings: Settings) -> Pseudonyms:
    """Notes which key a new database is filled with, and refuses another one later.

    With another key nobody's comments would be found again, neither to compare nor to erase.

    Raises:
        SecretError: The key is another one.
    """
    pseudonyms = Pseudonyms(pseudonym_key(settings))
    with database.session() as session:
        known = session.get(Mark, _KEY_ID)
    if known is None:
        with database.transaction() as session:
            known = session.get(Mark, _KEY_ID)
            if known is None:
                known = Mark(name=_KEY_ID, value=pseudonyms.key_id)
                session.add(known)
    if known.value != pseudonyms.key_id:
        raise SecretError(
            f"the pseudonyms in the database were made with the key {known.value}, but "
            f"SEDNO_PSEUDONYM_KEY or {settings.data_folder / _PSEUDONYM_FILE} is the key "
            f"{pseudonyms.key_id}. Bring the first one back: without it nobody's comments can be "
            "found to compare or erase."
        )
    return pseudonyms
