"""What every bench is given: the artefact, comments, sizes, and a place to work in."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from sedno.evaluation.bench.inputs import Inputs

BACKENDS = ("sqlite", "postgresql")


class BenchError(RuntimeError):
    """A bench could not run or its subject failed; the message says what happened."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much each bench does.

    Attributes:
        rounds: Repetitions of whatever is timed.
        comments: Comments of one round of the throughput bench.
        clients: HTTP clients at once.
        per_request: Comments of one request.
        requests: Requests each client sends in one round.
        short_file: Rows of the file that start-up is timed on.
        rows: Rows of the long file.
        kills: How often the job over the long file is killed.
        stored: Comments in the full database.
        faults: How often the server is killed, on each kind of database.
        uses: Rounds of requests to a server in use for long, on each kind of database.
    """

    rounds: int = 5
    comments: int = 600
    clients: int = 32
    per_request: int = 20
    requests: int = 6
    short_file: int = 50
    rows: int = 1_000_000
    kills: int = 3
    stored: int = 1_000_000
    faults: int = 100
    uses: int = 2_000

    @classmethod
    def tiny(cls) -> Sizes:
        """Sizes that show in a minute that everything runs; the figures mean nothing."""
        return cls(
            rounds=1,
            comments=24,
            requests=1,
            short_file=5,
            rows=2_000,
            kills=2,
            stored=2_000,
            faults=2,
            uses=3,
        )


@dataclass(frozen=True, slots=True)
class Setting:
    """What every bench is given.

    Attributes:
        artifact: Folder of the artefact.
        inputs: Comments to measure with.
        sizes: How much to do.
        work: An empty folder for files, one a bench.
        threads: Threads of the classifier; its own choice where ``None``.
        backends: Kinds of database that benches with one run on, of :data:`BACKENDS`.
    """

    artifact: Path
    inputs: Inputs
    sizes: Sizes
    work: Path
    threads: int | None = None
    backends: tuple[str, ...] = BACKENDS

    def command(self, *arguments: str) -> list[str]:
        """The ``sedno`` command of this environment with ``arguments``.

        Raises:
            BenchError: The command is not installed beside this Python.
        """
        beside = shutil.which("sedno", path=str(Path(sys.executable).parent))
        if beside is None:
            raise BenchError(
                f"no 'sedno' command beside {Path(sys.executable).name}: install the package here"
            )
        return [beside, *arguments]
