"""Another model goes into service while requests are under way."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sedno.datasets.comment import make_comment
from sedno.models.artifact import ArtifactError
from sedno.models.classifier import Classifier
from sedno.serving.engine import Engine, Phase
from sedno.serving.model_watch import ModelWatch
from sedno.serving.settings import Settings, load_settings

PROGRAM = Path(sys.executable).with_name("sedno")


def _version(toy: Path, folder: Path, version: str) -> Path:
    """The toy artefact as another version of itself."""
    shutil.copytree(toy, folder)
    path = folder / "artifact.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["version"] = version
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return folder


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A registry of this test's own."""
    return {**os.environ, "SEDNO_MODELS": str(tmp_path / "models"), "SEDNO_LOG_FORMAT": "json"}


def _sedno(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([PROGRAM, *arguments], env=environment, check=True, capture_output=True)


@pytest.fixture
def port(toy: Path, tmp_path: Path, environment: dict[str, str]) -> Iterator[int]:
    """A server of the active model, warm."""
    _sedno(environment, "models", "activate", str(_version(toy, tmp_path / "one", "101")))
    command = [str(PROGRAM), "serve", "--port", "0", "--threads", "1"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as process:
        try:
            assert process.stderr is not None
            seen: dict[str, dict[str, int]] = {}
            for line in process.stderr:
                if not line.startswith(b"{"):
                    continue
                entry = json.loads(line)
                seen[entry["event"]] = entry
                if {"accepting", "ready"} <= seen.keys():
                    break
            # The pipe must not fill up.
            threading.Thread(target=process.stderr.read, daemon=True).start()
            yield seen["accepting"]["port"]
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=60) == 0
        finally:
            process.kill()


def _ask(port: int, number: int) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        body = json.dumps({"comments": [f"Kiedy drugi sezon, pytam raz {number}?"]})
        connection.request("POST", "/v1/classify", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = json.loads(response.read())
        return response.status, answer.get("model", "")
    finally:
        connection.close()


@pytest.mark.enable_socket
def test_no_request_is_lost_when_the_model_changes(
    toy: Path, tmp_path: Path, environment: dict[str, str], port: int
) -> None:
    """Activation and rollback show in the answers within seconds, and every request is answered."""
    answers: list[tuple[int, str]] = []
    done = threading.Event()

    def keep_asking(start: int) -> None:
        number = start
        while not done.is_set():
            answers.append(_ask(port, number))
            number += 1

    threads = [threading.Thread(target=keep_asking, args=(at * 10**6,)) for at in range(4)]
    for thread in threads:
        thread.start()

    def wait_for(version: str) -> None:
        until = time.monotonic() + 60
        while not (answers and answers[-1][1].endswith(f"@{version}")):
            assert time.monotonic() < until, f"no answer by version {version}: {answers[-1:]}"
            time.sleep(0.05)

    try:
        wait_for("101")
        _sedno(environment, "models", "activate", str(_version(toy, tmp_path / "two", "102")))
        wait_for("102")
        _sedno(environment, "models", "rollback")
        wait_for("101")
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert Counter(status for status, _ in answers) == {200: len(answers)}
    assert {name.rpartition("@")[2] for _, name in answers} == {"101", "102"}


class _Silent:
    """Nobody looks at what the batcher does."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: None


def test_a_model_that_cannot_be_loaded_does_not_take_the_old_one_away(
    toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason is told once, and the old model goes on answering."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SEDNO_{name.upper()}", raising=False)
    models = iter([Classifier(toy, threads=1)])
    active = [Path("one")]
    told: list[Exception] = []

    def load() -> Classifier:
        found = next(models, None)
        if found is None:
            raise ArtifactError(toy, "is broken")
        return found

    async def scenario() -> tuple[Classifier | None, int]:
        engine = Engine(
            load, load_settings(batch_tokens=256), observer=_Silent(), on_phase=lambda _: None
        )
        engine.start()
        while engine.phase is Phase.LOADING:
            await asyncio.sleep(0.01)
        watch = ModelWatch(engine, on_failure=told.append, active=lambda: active[0], interval=0.02)
        watch.start()
        await asyncio.sleep(0.1)
        active[0] = Path("two")
        while not told:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        model = engine.model
        answers = await engine.predict(
            [make_comment({"text": "Kiedy?"}, default_id=1)],
            [4],
            explain=False,
            embeddings=False,
            gone=asyncio.get_running_loop().create_future(),
        )
        await watch.stop()
        await engine.stop()
        return model, len(answers)

    model, answered = asyncio.run(scenario())
    assert model is not None
    assert answered == 1
    assert [str(error) for error in told] == [str(ArtifactError(toy, "is broken"))]
