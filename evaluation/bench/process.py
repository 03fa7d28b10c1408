"""A ``sedno serve`` of one's own: started, asked, killed and started again."""

from __future__ import annotations

import contextlib
import copy
import http.client
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from sedno.evaluation.bench.setting import BenchError

HOST = "127.0.0.1"
START_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the server.

    Attributes:
        status: HTTP status; 0 where there was no answer.
        body: What came.
        seconds: From sending to the last byte.
    """

    status: int
    body: bytes
    seconds: float

    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


class Server:
    """A server process on a port of its own, and a client with cookies.

    Attributes:
        headers: Sent with every request.
        process: The running process, if any.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        """Prepares.

        Args:
            command: The ``sedno`` command, without arguments.
            environment: Settings, beside those of this process.
            log: Where the server's log goes.
        """
        self._command = list(command)
        self._port = free_port()
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("SEDNO_")},
            "SEDNO_HOST": HOST,
            "SEDNO_PORT": str(self._port),
            **environment,
        }
        self._log = log
        self._opener = _opener()
        self.headers: dict[str, str] = {}
        self.process: subprocess.Popen[bytes] | None = None

    def as_another(self, **headers: str) -> Server:
        """The same server, asked by somebody else: without the cookies, with other headers."""
        other = copy.copy(self)
        other._opener = _opener()
        other.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return other

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self._port}"

    def run(self, *arguments: str, given: str = "") -> str:
        """Runs another command of Sedno with the same settings; gives its output.

        Raises:
            BenchError: It failed.
        """
        done = subprocess.run(  # noqa: S603 - our own command
            [*self._command, *arguments],
            env=self._environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BenchError(f"sedno {arguments[0]} failed: {done.stderr[-500:]}")
        return done.stdout

    def start(self) -> None:
        """Starts the process; does not wait for it."""
        with self._log.open("ab") as lines:
            self.process = subprocess.Popen(  # noqa: S603 - our own command
                [*self._command, "serve"], env=self._environment, stdout=lines, stderr=lines
            )

    def wait_until_ready(self) -> None:
        """Waits until it answers.

        Raises:
            BenchError: It ended, or took too long.
        """
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self.process is None or self.process.poll() is not None:
                break
            if self.get("/readyz").status == 200:  # noqa: PLR2004 - HTTP
                return
            time.sleep(0.05)
        tail = self._log.read_text(encoding="utf-8", errors="replace")[-500:]
        raise BenchError(f"sedno serve was not ready after {START_SECONDS:.0f} s: {tail}")

    def kill(self) -> None:
        """Kills it as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """Ends it as an operator would."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=40)
            except subprocess.TimeoutExpired:
                self.kill()

    def get(self, path: str) -> Answer:
        """Asks for something."""
        return self.send(path)

    def post_json(self, path: str, value: Any, **headers: str) -> Answer:
        """Posts JSON."""
        named = {"Content-Type": "application/json"}
        named |= {name.replace("_", "-"): text for name, text in headers.items()}
        return self.send(path, json.dumps(value, ensure_ascii=False).encode(), named)

    def post_file(self, path: str, name: str, content: bytes) -> Answer:
        """Posts a file as a form does."""
        edge = "sedno-bench-edge"
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        body = head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content
        body += f"\r\n--{edge}--\r\n".encode()
        return self.send(path, body, {"Content-Type": f"multipart/form-data; boundary={edge}"})

    def send(
        self, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Sends a request; a server that is not there answers with status 0."""
        request = urllib.request.Request(  # noqa: S310 - our own address
            self.address + path, data=body, headers={**self.headers, **(headers or {})}
        )
        begun = time.perf_counter()
        try:
            try:
                answer = self._opener.open(request, timeout=120)
            except urllib.error.HTTPError as error:
                answer = error  # an answer as well, and it may break off as well
            with answer:
                found = Answer(answer.status, answer.read(), time.perf_counter() - begun)
        except (OSError, http.client.HTTPException):
            found = Answer(0, b"", time.perf_counter() - begun)
        return found


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
    )


@contextlib.contextmanager
def running(server: Server) -> Iterator[Server]:
    """A server that is ready, and ends with the block."""
    server.start()
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.stop()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
