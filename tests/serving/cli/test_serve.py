from __future__ import annotations

import http.client
import json
import logging
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(sys.executable).with_name("sedno")
TEXT = "Kiedy bateria? Tajne zdanie."


@dataclass
class Server:
    """A running server, its port and the log so far."""

    process: subprocess.Popen[bytes]
    port: int
    log: list[dict[str, Any]]

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        """Sends a request over a real connection; gives status and body of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            headers = {"Content-Type": "application/json"}
            connection.request(method, path, json.dumps(body), headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def stop(self) -> tuple[int, str]:
        """Asks it to end; gives the exit code and the rest of the log."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.stderr is not None
        rest = self.process.stderr.read().decode()
        return self.process.wait(timeout=120), rest

    def read_log(self, event: str) -> dict[str, Any]:
        """Reads the log up to an event."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if line.startswith(b"{"):
                self.log.append(json.loads(line))
                if self.log[-1]["event"] == event:
                    return self.log[-1]
        raise AssertionError(f"the server ended without {event}: {self.log}")


@pytest.fixture
def server(toy: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The real server on a free port, warm."""
    monkeypatch.setenv("SEDNO_LOG_FORMAT", "json")
    arguments = [str(PROGRAM), "serve", "--port", "0", "--model", str(toy), "--threads", "1"]
    with subprocess.Popen(arguments, stderr=subprocess.PIPE) as process:
        running = Server(process, 0, [])
        try:
            events = {"accepting", "ready"}
            while events - {entry["event"] for entry in running.log}:
                waiting = (events - {entry["event"] for entry in running.log}).pop()
                running.read_log(waiting)
            (port,) = [e["port"] for e in running.log if e["event"] == "accepting"]
            running.port = port
            yield running
        finally:
            process.kill()


@pytest.mark.enable_socket
def test_from_the_first_request_to_the_end(server: Server) -> None:
    """Answers over HTTP, logs no text, and ends well when told to."""
    status, body = server.ask("POST", "/v1/classify", {"comments": [TEXT]})
    assert status == 200
    answer = json.loads(body)["results"][0]
    assert answer["labels"]["question"]["label"] == "question"
    assert server.ask("GET", "/readyz")[0] == 200
    status, problem = server.ask("GET", "/nowhere")
    assert (status, json.loads(problem)["status"]) == (404, 404)
    code, rest = server.stop()
    assert code == 0
    assert '"route":"/v1/classify"' in rest
    assert "Tajne" not in rest
    assert "Tajne" not in str(server.log)


@pytest.mark.enable_socket
def test_a_port_that_is_taken(sedno: Callable[..., Any], toy: Path) -> None:
    """Says which one and how to choose another, and leaves no logger bent behind."""
    handlers = list(logging.getLogger().handlers)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = sedno("serve", "--port", port, "--model", toy)
    assert logging.getLogger().handlers == handlers
    assert done.code == 1
    assert f"Cannot listen on 127.0.0.1 port {port}" in done.err
    assert "SEDNO_PORT" in done.err


def test_a_setting_that_cannot_be_used(
    sedno: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is told with the variable before anything starts."""
    monkeypatch.setenv("SEDNO_QUEUE_TOKENS", "few")
    done = sedno("serve", "--port", "0")
    assert done.code == 1
    assert "SEDNO_QUEUE_TOKENS is 'few'" in done.err
