"""Classifies a whole input in constant memory; killed at any moment, it can be gone on with.

Rows are read, answered and written in chunks of a fixed number. After each chunk all that
was written is made safe and a state file says so in one step, so that a run that goes on
from it writes the very bytes that an uninterrupted one would have written.
"""

from __future__ import annotations

import hashlib
import itertools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from sedno.datasets.io.columns import Columns
from sedno.datasets.io.csv_dialect import CsvOptions
from sedno.datasets.io.csv_output import CsvOutput
from sedno.datasets.io.duplicates import DuplicateIds
from sedno.datasets.io.formats import Format
from sedno.datasets.io.reader import Reader, open_reader
from sedno.datasets.io.rejects import RejectsWriter
from sedno.datasets.io.rows import Row
from sedno.datasets.io.writer import Writer, open_writer
from sedno.datasets.io.writer_state import WriterState
from sedno.models.artifact import Artifact
from sedno.models.classifier import Classifier
from sedno.models.prediction import Prediction
from sedno.serving.checkpoint import Checkpoint, Fingerprint, Plan, Status
from sedno.serving.job_files import JobError, JobFiles
from sedno.serving.summary import Summary, Tally

CHUNK_ROWS = 512
REST_COLUMN = "other_columns"


class Start(StrEnum):
    """What to do about an earlier run."""

    NEW = "new"
    OVERWRITE = "overwrite"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class BulkOptions:
    """All options that change what is read or written.

    Attributes:
        format: Format of the input; by its name where ``None``.
        columns: Which columns to take.
        csv: How CSV input is written.
        encoding: Encoding of the input; guessed where ``None``.
        output_format: Format of the output; by its name where ``None``.
        output_csv: How CSV output is written.
        scores: Whether tables have a column for every label's probability.
        keep_columns: Whether the columns of the input are passed through.
        explain: Whether the spans that drove each label are named.
        embeddings: Whether sentence embeddings are written (JSONL only).
        limit: Most rows read.
        chunk: Rows answered together.
    """

    format: str | None = None
    columns: Columns = field(default_factory=Columns)
    csv: CsvOptions = field(default_factory=CsvOptions)
    encoding: str | None = None
    output_format: str | None = None
    output_csv: CsvOutput = field(default_factory=CsvOutput)
    scores: bool = False
    keep_columns: bool = False
    explain: bool = False
    embeddings: bool = False
    limit: int | None = None
    chunk: int = CHUNK_ROWS

    def flat(self) -> dict[str, Any]:
        """Every option by its name on the command line, as JSON types."""
        nested = asdict(self)
        columns = {f"{name}-column": value for name, value in nested.pop("columns").items()}
        source, target = nested.pop("csv"), nested.pop("output_csv")
        return {
            **nested,
            **columns,
            **{("no_header" if name == "header" else name): (not value if name == "header" else
               value) for name, value in source.items()},
            **{f"output-{name}": value for name, value in target.items()},
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is.

    Attributes:
        rows: Rows dealt with, those of earlier sessions included.
        share: Share of the input that is read, from 0 to 1; ``None`` where not known.
        answering: Whether rows are being answered; before that, those which an earlier
            session dealt with are passed over.
    """

    rows: int
    share: float | None
    answering: bool = True


OnProgress = Callable[[Progress], None]


class BulkJob:
    """One input on its way to one output. A context manager; :meth:`run` may be called once.

    Opening it checks everything that can be checked without the model, so that a mistake is
    told at once.

    Attributes:
        files: What it reads and writes.
        reader: The opened input: what was taken for what.
        resumed_at: Rows that an earlier session dealt with.
        finished: What an earlier session came to, if it finished the job; then there is
            nothing to run.
    """

    def __init__(
        self,
        files: JobFiles,
        options: BulkOptions,
        artifact: Artifact,
        *,
        target_error: float,
        start: Start = Start.NEW,
    ) -> None:
        """Opens the input and looks for an earlier run.

        Args:
            files: What to read and write.
            options: How.
            artifact: What will answer.
            target_error: Accepted share of wrong answers among those not marked for review.
            start: What to do about an earlier run.

        Raises:
            JobError: Something is in the way; says what to do.
            ResumeError: The earlier run had another input, model or options.
            InputError: The input cannot be read.
            OSError: The input cannot be opened.
        """
        self.files = files
        self._options = options
        self._artifact = artifact
        self._target_error = target_error
        self._stack = ExitStack()
        if start is Start.RESUME and files.why_not_resumable is not None:
            raise JobError(f"--resume: {files.why_not_resumable}")
        self.reader: Reader = self._stack.enter_context(
            open_reader(
                files.source,
                format=options.format,
                columns=options.columns,
                csv=options.csv,
                encoding=options.encoding,
                extra=False,
            )
        )
        try:
            self._plan = None if files.why_not_resumable is not None else self._make_plan()
            self._from = self._earlier(start)
        except BaseException:
            self._stack.close()
            raise
        self.resumed_at = self._from.rows if self._from else 0
        done = self._from is not None and self._from.status == "finished"
        self.finished = self._from.summary if self._from is not None and done else None

    @property
    def resumable(self) -> bool:
        """Whether the job, interrupted, can be gone on with."""
        return self._plan is not None

    def run(self, classifier: Classifier, on_progress: OnProgress | None = None) -> Summary:
        """Answers every row.

        Args:
            classifier: The model; its target error must be the job's.
            on_progress: Called after each chunk.

        Raises:
            OSError: A file cannot be read or written; what was done is safe.
            OutputError: The output cannot be gone on with.
        """
        with ExitStack() as stack:
            return self._run(classifier, on_progress or (lambda _: None), stack)

    def close(self) -> None:
        """Closes the input."""
        self._stack.close()

    def __enter__(self) -> BulkJob:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, classifier: Classifier, tell: OnProgress, stack: ExitStack) -> Summary:
        begun = time.perf_counter()
        earlier = self._from
        tally = Tally.from_dict(earlier.tally) if earlier else Tally()
        spent = earlier.seconds if earlier else 0.0
        if earlier is None and self._plan is not None:
            self.files.state.unlink(missing_ok=True)
        ids, texts = stack.enter_context(DuplicateIds()), stack.enter_context(DuplicateIds())
        writer = stack.enter_context(self._open_writer(classifier, earlier))
        rejects = self._open_rejects(earlier)
        if rejects is not None:
            stack.callback(rejects.close)

        def checkpoint(status: Status, summary: Summary | None = None) -> None:
            state = writer.commit() if status != "finished" else None
            kept = rejects.commit() if rejects is not None else 0
            if self._plan is None:
                return
            self._last = Checkpoint(
                plan=self._plan,
                status=status,
                rows=tally.rows,
                writer=state.to_dict() if state else self._last.writer,
                rejects_bytes=kept,
                tally=tally.to_dict(),
                seconds=spent + time.perf_counter() - begun,
                summary=summary.to_dict() if summary else None,
            )
            self._last.save(self.files.state)

        checkpoint("running")
        meter = _Meter(self.reader, self._options.limit)
        for chunk in self._chunks():
            ids.add([row.id for row in chunk if row.id is not None])
            texts.add([row.comment.text for row in chunk if row.comment is not None])
            meter.add(chunk)
            if meter.rows <= self.resumed_at:
                tell(Progress(meter.rows, meter.share, answering=False))
                continue
            self._answer(chunk, classifier, writer, rejects, tally)
            checkpoint("running")
            tell(Progress(meter.rows, meter.share))
        checkpoint("publishing")
        summary = Summary(
            tally=tally,
            repeated_ids=ids.repeated,
            repeated_texts=texts.repeated,
            damaged=dict(self.reader.stats.warnings),
            seconds=spent + time.perf_counter() - begun,
            model=classifier.name,
            target_error=self._target_error,
            output=None if self.files.output == "-" else self.files.output,
            rejects=str(rejects.path) if rejects is not None and tally.rejected else None,
            resumed_at=self.resumed_at,
        )
        writer.close()
        checkpoint("finished", summary)
        return summary
