"""Opens the database of the settings when it is first needed, in a form that fits this Sedno."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from sedno.serving.settings import Settings
from sedno.serving.store.database import Database, parse_url


class Store:
    """The database of a server or command, opened with its first use.

    Labels for comments can be asked for without it, and then it is never touched.
    """

    def __init__(self, settings: Settings) -> None:
        """Prepares.

        Args:
            settings: Name the database.

        Raises:
            DatabaseError: The URL cannot be read.
        """
        self._settings = settings
        self._lock = threading.Lock()
        self._database: Database | None = None
        url = parse_url(settings.database)
        self._file = Path(url.database or "") if url.get_backend_name() == "sqlite" else None

    @property
    def exists(self) -> bool:
        """Whether there may be anything in it; does not open it."""
        return self._file is None or self._file.exists()

    def open(self) -> Database:
        """The database, with the tables of this Sedno. May take a second the first time.

        Raises:
            DatabaseError: It is of a newer Sedno.
            SecretError: The key of the pseudonyms is another than the one it was filled with.
            SQLAlchemyError: It cannot be reached.
        """
        # For threads that come while another opens it: one migrates, the others wait.
        with self._lock:
            if self._database is None:
                self._database = self._open()
            return self._database

    def close(self) -> None:
        """Closes it; a later use opens it again."""
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None

    def _open(self) -> Database:
        # Here, because Alembic takes a while to import and classifying never needs it.
        from sedno.serving.people.secrets import hold_to_pseudonym_key  # noqa: PLC0415
        from sedno.serving.store.migrate import migrate  # noqa: PLC0415

        self._settings.data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._file is not None:
            _make_private(self._file)
        database = Database(self._settings.database)
        try:
            migrate(database)
            hold_to_pseudonym_key(database, self._settings)
        except BaseException:
            database.close()
            raise
        return database


def _make_private(file: Path) -> None:
    """Makes the file before SQLite would, so that only its owner can read it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
