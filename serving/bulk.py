"""Classifies a whole input in constant memory; killed at any moment, it can be gone on with.

Rows are read, answered and written in chunks that depend on the input alone. After each chunk
all that was written is made safe and a state file says so in one step, so that a run that goes
on from it writes the very bytes that an uninterrupted one would have written.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sedno.datasets.io.duplicates import DuplicateIds
from sedno.datasets.io.errors import InputError
from sedno.datasets.io.formats import Format, kind_of
from sedno.datasets.io.reader import Reader, open_reader
from sedno.datasets.io.rejects import RejectsWriter
from sedno.datasets.io.rows import Row
from sedno.datasets.io.writer import Writer, open_writer
from sedno.datasets.io.writer_state import WriterState
from sedno.models.artifact import Artifact, hash_file
from sedno.models.behaviour.observe import with_behaviour
from sedno.models.cpu import default_threads
from sedno.models.prediction import Prediction
from sedno.serving.bulk_options import BulkOptions, Start
from sedno.serving.checkpoint import Checkpoint, Fingerprint, Plan, Status
from sedno.serving.chunks import Meter, OnProgress, Progress, cut
from sedno.serving.job_files import JobError, JobFiles
from sedno.serving.summary import Summary, Tally

if TYPE_CHECKING:
    from sedno.models.classifier import Classifier  # loads ONNX Runtime

REST_COLUMN = "other_columns"
_EMBEDDING_PLACES = 6

OnReject = Callable[[Row], None]


@dataclass(slots=True)
class _Outputs:
    """What a run writes to, and what it has counted of that."""

    writer: Writer
    rejects: RejectsWriter | None
    tally: Tally
    on_reject: OnReject | None


class BulkJob:
    """One input on its way to one output. A context manager; :meth:`run` may be called once.

    Opening it checks everything that can be checked without the model, so that a mistake is
    told at once.

    Attributes:
        files: What it reads and writes.
        reader: The opened input: what was taken for what.
        resumed_at: Rows that an earlier session dealt with.
        safe: Rows dealt with so far whose answers no interruption can take away.
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
        threads: int | None = None,
        start: Start = Start.NEW,
    ) -> None:
        """Opens the input and looks for an earlier run.

        Args:
            files: What to read and write.
            options: How.
            artifact: What will answer.
            target_error: Accepted share of wrong answers among those not marked for review.
            threads: Threads of the model, as its classifier is told.
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
        self._threads = threads or default_threads()
        self._stack = ExitStack()
        if start is Start.RESUME and files.why_not_resumable is not None:
            raise JobError(f"--resume: {files.why_not_resumable}")
        _check_output(files, options)
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
        self.resumed_at = self.safe = self._from.rows if self._from else 0
        done = self._from.summary if self._from and self._from.status == "finished" else None
        self.finished = None if done is None else Summary.from_dict(done)

    @property
    def resumable(self) -> bool:
        """Whether the job, interrupted, can be gone on with."""
        return self._plan is not None

    def run(
        self,
        classifier: Classifier,
        on_progress: OnProgress | None = None,
        *,
        on_reject: OnReject | None = None,
    ) -> Summary:
        """Answers every row.

        Args:
            classifier: The model; its target error and threads must be the job's.
            on_progress: Called after each chunk.
            on_reject: Called with each row that could not be parsed and has no file to go to.

        Raises:
            OSError: A file cannot be read or written; what was done is safe.
            OutputError: The output cannot be gone on with.
        """
        if self.finished is not None:
            return self.finished
        with ExitStack() as stack:
            out = self._open_outputs(classifier, stack, on_reject)
            return self._run(classifier, on_progress or (lambda _: None), out, stack)

    def close(self) -> None:
        """Closes the input."""
        self._stack.close()

    def __enter__(self) -> BulkJob:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(
        self, classifier: Classifier, tell: OnProgress, out: _Outputs, stack: ExitStack
    ) -> Summary:
        begun = time.perf_counter()
        earlier = self._from
        ids, texts = stack.enter_context(DuplicateIds()), stack.enter_context(DuplicateIds())

        def seconds() -> float:
            return (earlier.seconds if earlier else 0.0) + time.perf_counter() - begun

        self._save(out, "running", seconds())
        meter = Meter(self.reader, self._options.limit)
        rows = itertools.islice(self.reader, self._options.limit)
        for chunk in cut(rows, self._options.chunk):
            ids.add([row.id for row in chunk if row.id is not None])
            texts.add([row.comment.text for row in chunk if row.comment is not None])
            meter.add(chunk)
            answering = meter.rows > self.resumed_at
            if answering:
                self._answer(chunk, classifier, out)
                self._save(out, "running", seconds())
            tell(Progress(meter.rows, meter.share, answering=answering))
        rejects = out.rejects.path if out.rejects is not None and out.tally.rejected else None
        summary = Summary(
            tally=out.tally,
            repeated_ids=ids.repeated,
            repeated_texts=texts.repeated,
            damaged=dict(self.reader.stats.warnings),
            seconds=seconds(),
            model=classifier.name,
            target_error=self._target_error,
            output=None if self.files.output == "-" else self.files.output,
            rejects=None if rejects is None else str(rejects),
            resumed_at=self.resumed_at,
        )
        # With the summary, because a run killed once the output has its name has nothing left
        # to make one from.
        last = self._save(out, "publishing", summary.seconds, summary)
        out.writer.close()
        if last is not None:
            replace(last, status="finished").save(self.files.state)
        return summary

    def _open_outputs(
        self, classifier: Classifier, stack: ExitStack, on_reject: OnReject | None
    ) -> _Outputs:
        earlier = self._from
        writer = stack.enter_context(self._open_writer(classifier))
        if earlier is None and self._plan is not None:
            # After the writer, which refuses when another run holds the output: that run's
            # state is not ours to remove.
            self.files.state.unlink(missing_ok=True)
        rejects = None
        if self.files.rejects is not None:
            offset = earlier.rejects_bytes if earlier else None
            rejects = RejectsWriter(self.files.rejects, resume_offset=offset)
            stack.callback(rejects.close)
        tally = Tally.from_dict(earlier.tally) if earlier else Tally()
        return _Outputs(writer, rejects, tally, on_reject)

    def _open_writer(self, classifier: Classifier) -> Writer:
        options, reader = self._options, self.reader
        kept: Sequence[str] = ()
        if options.keep_columns:
            kept = [name for name in reader.columns if name != reader.fields.get("id")]
        return open_writer(
            self.files.output,
            format=options.output_format,
            tasks={task.name: task.labels for task in classifier.tasks},
            scores=options.scores,
            spans=options.explain,
            input_columns=kept,
            # Objects may have keys that the first one had not; rows of a table have not.
            rest_column=REST_COLUMN if kept and reader.format is Format.JSONL else None,
            csv=options.output_csv,
            resume_from=WriterState.from_dict(self._from.writer) if self._from else None,
        )

    def _answer(self, chunk: Sequence[Row], classifier: Classifier, out: _Outputs) -> None:
        """Answers the rows of a chunk in order; those that hold no record at all go aside."""
        comments = [row.comment for row in chunk if row.comment is not None]
        answered = classifier.predict(
            comments,
            explain=self._options.explain,
            embeddings=self._options.embeddings,
            # A text remembered from an earlier chunk would be computed in other company, and
            # perhaps to another last bit, by a run that goes on after that chunk.
            remember=False,
        )
        # Where chunks are cut depends on the input alone, and so does what they show.
        answers = iter(with_behaviour(answered, comments))
        predictions: list[dict[str, Any]] = []
        passed: list[Mapping[str, object]] = []
        for row in chunk:
            if row.comment is not None:
                prediction = next(answers)
                if row.warnings:
                    told = tuple(f"{w.code}: {w.field or 'row'} {w.detail}" for w in row.warnings)
                    prediction = replace(prediction, warnings=told)
            elif row.id is not None and row.error is not None:
                error = f"{row.error.code}: {row.error.detail}"
                prediction = Prediction(row.id, None, {}, classifier.name, error=error)
            else:
                out.tally.reject(row.error.code if row.error is not None else "unreadable")
                if out.rejects is not None:
                    out.rejects.write(row)
                elif out.on_reject is not None:
                    out.on_reject(row)
                continue
            out.tally.add(prediction)
            predictions.append(self._shape(prediction))
            passed.append(self._passed(row))
        out.writer.write(predictions, passed if self._options.keep_columns else None)

    def _shape(self, prediction: Prediction) -> dict[str, Any]:
        shape = prediction.to_dict()
        if prediction.embedding is not None:
            numbers = prediction.embedding.astype("float64").round(_EMBEDDING_PLACES)
            shape["embedding"] = numbers.tolist()
        return shape

    def _passed(self, row: Row) -> Mapping[str, object]:
        name = self.reader.fields.get("id")
        return {column: value for column, value in row.values.items() if column != name}

    def _save(
        self, out: _Outputs, status: Status, seconds: float, summary: Summary | None = None
    ) -> Checkpoint | None:
        """Makes all that was written safe, then says so in the state file."""
        state = out.writer.commit()
        kept = out.rejects.commit() if out.rejects is not None else 0
        if self._plan is None:
            return None
        checkpoint = Checkpoint(
            plan=self._plan,
            status=status,
            rows=out.tally.rows,
            writer=state.to_dict(),
            rejects_bytes=kept,
            tally=out.tally.to_dict(),
            seconds=seconds,
            summary=summary.to_dict() if summary else None,
        )
        checkpoint.save(self.files.state)
        self.safe = checkpoint.rows
        return checkpoint

    def _make_plan(self) -> Plan:
        rejects = self.files.rejects
        return Plan(
            input=Fingerprint.of(Path(self.files.source)),
            options={
                **self._options.flat(),
                "target_error": self._target_error,
                # Kernels may split sums by threads, and so round differently.
                "threads": self._threads,
                "rejects": None if rejects is None else str(rejects),
            },
            model=self._artifact.ref,
            model_sha256=hash_file(self._artifact.layout.manifest),
        )

    def _earlier(self, start: Start) -> Checkpoint | None:
        """The checkpoint to go on from; ``None`` to begin."""
        if start is Start.OVERWRITE:
            return None
        if self._plan is None:
            self.files.check_new()
            return None
        if start is Start.NEW:
            self.files.check_new()
            found = Checkpoint.load(self.files.state)
            if found is not None and self.files.partial.exists():
                raise JobError(
                    f"--output: an earlier run over {self.files.output} was interrupted after "
                    f"{found.rows:,} rows; add --resume to go on with it, or --overwrite to "
                    "start over"
                )
            return None
        found = Checkpoint.load(self.files.state)
        if found is None:
            self.files.check_new()
            return None
        found.plan.check_same(self._plan)
        if found.status == "publishing" and self._is_published(found):
            found = replace(found, status="finished")
            found.save(self.files.state)
        if found.status == "finished" and not Path(self.files.output).exists():
            raise JobError(
                f"--resume: an earlier run finished {self.files.output}, but the file is gone; "
                "add --overwrite instead to make it again"
            )
        return found

    def _is_published(self, found: Checkpoint) -> bool:
        """Whether a run was killed after the output got its name, before it could say so."""
        output = Path(self.files.output)
        if self.files.partial.exists() or not output.exists():
            return False
        state = WriterState.from_dict(found.writer)
        # An empty gzip file gets its bytes at the end; Parquet is made of the partial file.
        return (
            state.format == Format.PARQUET
            or not state.offset
            or output.stat().st_size == state.offset
        )


def _check_output(files: JobFiles, options: BulkOptions) -> None:
    try:
        kind = kind_of(files.output, options.output_format)
    except InputError as error:
        raise JobError(
            f"--output: the ending of {files.output} is none that is written; name it .jsonl, "
            ".csv, .tsv or .parquet (Excel opens .csv best with --excel), or say it with "
            "--output-format"
        ) from error
    if kind.format is Format.PARQUET and files.output == "-":
        raise JobError(
            "--output: Parquet cannot be written to a pipe; name a file, or take another "
            "--output-format"
        )
    delimiter = options.output_csv.delimiter
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise JobError(f"--output-delimiter: must be one character, not {delimiter!r}")
    if options.embeddings and kind.format is not None and kind.format.tabular:
        raise JobError(
            f"--embeddings: {kind.format} has no column for a vector; write JSONL "
            "(--output FILE.jsonl, or --output-format jsonl)"
        )
