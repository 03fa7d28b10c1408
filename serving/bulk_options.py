"""What can be asked of a bulk job."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from sedno.datasets.io.columns import Columns
from sedno.datasets.io.csv_dialect import CsvOptions
from sedno.datasets.io.csv_output import CsvOutput

CHUNK_ROWS = 512


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
        chunk: Most rows answered together.
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
        columns = {f"{name}_column": value for name, value in nested.pop("columns").items()}
        source, target = nested.pop("csv"), nested.pop("output_csv")
        return {
            **nested,
            **columns,
            "no_header": not source.pop("header"),
            **source,
            "output_delimiter": target.pop("delimiter"),
            # All that is left of the output's CSV is what --excel sets together.
            "excel": any(target.values()),
            **{f"output_{name}": value for name, value in target.items()},
        }
