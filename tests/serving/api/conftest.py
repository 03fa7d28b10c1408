"""What the tests of the API share: a client in the same process, a slow model."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from sedno.datasets.comment import Comment
from sedno.models.classifier import Classifier
from sedno.models.prediction import Prediction
from sedno.models.topics import engine, projection
from sedno.models.topics.records import Options
from sedno.serving.api.app import create_app
from sedno.serving.api.logs import make_log
from sedno.serving.people import people, sessions
from sedno.serving.people.actor import COMMAND_LINE
from sedno.serving.people.roles import Role
from sedno.serving.settings import Settings, load_settings
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.topics import reading, stored

WAIT = 60.0


class HeldClassifier(Classifier):
    """The real classifier, which can be told to wait before each pass, or to fail."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, threads=1, cache_size=0)
        self.passes: list[int] = []
        self.read: list[str | Comment | None] = []
        self.failure: Exception | None = None
        self._held = threading.Event()
        self._held.set()
        self.entered = threading.Semaphore(0)

    def hold(self) -> None:
        """Lets passes wait from now on."""
        self._held.clear()

    def let_go(self) -> None:
        """Lets passes through from now on."""
        self._held.set()

    def predict(
        self,
        comments: Sequence[str | Comment | None],
        /,
        *,
        explain: bool = False,
        embeddings: bool = False,
        remember: bool = True,
    ) -> list[Prediction]:
        """Waits while held, then fails if told to, then predicts."""
        self.entered.release()
        assert self._held.wait(WAIT)
        if self.failure is not None:
            raise self.failure
        self.passes.append(len(comments))
        self.read += comments
        return super().predict(comments, explain=explain, embeddings=embeddings, remember=remember)


@dataclass
class Running:
    """An application that runs within the test, and what it logs."""

    client: TestClient
    log: io.BytesIO
    model: HeldClassifier = field(repr=False)

    def classify(self, *texts: object, **more: Any) -> Any:
        """Posts the comments and gives the response."""
        return self.client.post("/v1/classify", json={"comments": list(texts), **more})

    def background(self, send: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
        """Sends a request from another thread; the list will hold the response."""
        answers: list[Any] = []
        thread = threading.Thread(target=lambda: answers.append(send()))
        thread.start()
        return thread, answers

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The log so far."""
        return [orjson.loads(line) for line in self.log.getvalue().splitlines()]

    def metric(self, series: str) -> float:
        """The value of a series, as a scrape shows it."""
        for line in self.client.get("/metrics").text.splitlines():
            if line.startswith(series + " "):
                return float(line.removeprefix(series + " "))
        raise KeyError(series)


Run = Callable[..., AbstractContextManager[Running]]


@pytest.fixture(scope="session")
def model(toy: Path) -> Iterator[HeldClassifier]:
    """One classifier for all tests of the API."""
    held = HeldClassifier(toy)
    with held:
        yield held


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """Default settings save for small passes, whatever the environment of the tests says."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SEDNO_{name.upper()}", raising=False)
    return load_settings(batch_tokens=256, data_dir=tmp_path / "data")


@pytest.fixture
def run(model: HeldClassifier, settings: Settings) -> Run:
    """Runs an application with changed settings, once it is ready."""

    @contextmanager
    def running(*, ready: bool = True, **changes: Any) -> Iterator[Running]:
        log = io.BytesIO()
        app = create_app(
            settings.model_copy(update=changes), model, log=make_log(level="debug", stream=log)
        )
        with TestClient(
            app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False
        ) as client:
            try:
                if ready:
                    wait_until(lambda: client.get("/readyz").status_code == 200)
                    drain(model)
                    model.passes.clear()
                yield Running(client, log, model)
            finally:
                model.failure = None
                model.let_go()

    return running


@pytest.fixture
def api(run: Run) -> Iterator[Running]:
    """An application with default settings, ready."""
    with run() as running:
        yield running


def drain(model: HeldClassifier) -> None:
    """Forgets the passes entered so far."""
    while model.entered.acquire(blocking=False):
        pass


def wait_until(condition: Callable[[], bool]) -> None:
    """Waits for a condition, up to a minute."""
    until = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.01)


SECRET = "s" * 32
TEXTS = ("Kiedy drugi sezon?", "kiedy 2 sezon", "Ile kosztuje wysyłka?", "Ile za wysyłkę")


class Topics:
    """A server, and an editor who signs in."""

    def __init__(self, running: Any) -> None:
        self.client = running.client
        self.database = running.client.app.state.store.open()
        self._headers: dict[str, str] = {}

    def sign_in(self) -> None:
        """Makes the editor; from now on strangers may do nothing."""
        with self.database.transaction() as session:
            person = people.create(session, COMMAND_LINE, "ewa", Role.EDITOR)
            token = sessions.start(session, person, hours=1)
        self._headers = {"Cookie": f"sedno_session={token}"}

    def get(self, path: str) -> Any:
        """What a path gives the editor."""
        return self.client.get(path, headers=self._headers)

    def pl(self, path: str) -> str:
        """A page in Polish."""
        headers = {**self._headers, "Accept-Language": "pl"}
        return str(self.client.get(path, headers=headers).text)

    def find(self, answering: Any) -> None:
        """Keeps questions and finds their topics."""
        comments = [
            {"id": f"c-{at}", "source": "=yt", "text": f"{TEXTS[at % 4]} {'proszę ' * (at % 3)}",
             "posted_at": f"2026-11-{2 + at:02}T12:00:00Z", "product": "Kubek"}
            for at in range(16)
        ]  # fmt: skip
        assert self.client.post("/v1/comments", json={"comments": comments}).is_success
        with self.database.transaction() as session:
            session.execute(
                update(StoredComment).values(
                    authenticity="real", toxicity="ok", question="question", question_score=0.9
                )
            )
            model = session.scalars(select(StoredComment.model)).first()

        def label(texts: Any) -> Any:
            return answering.predict(texts, embeddings=True)

        asked = list(reading.read_asked(self.database, label, str(model), {}))
        found = projection.drawn(engine.fit(asked, Options(), model=str(model)), seed=0)
        with self.database.transaction() as session:
            stored.save(session, COMMAND_LINE, found, read_at=0, action="topics.found")


@pytest.fixture
def served(run: Callable[..., Any]) -> Iterator[Topics]:
    """A server that nobody has signed in to."""
    with run(secret_key=load_settings(secret_key=SECRET).secret_key) as running:
        yield Topics(running)


@pytest.fixture
def empty(served: Topics) -> Topics:
    """A server where topics were never looked for."""
    served.sign_in()
    return served


@pytest.fixture
def topics(served: Topics, answering: Any) -> Topics:
    """A server with topics."""
    served.find(answering)
    served.sign_in()
    return served
