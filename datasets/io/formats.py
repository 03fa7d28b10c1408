"""Which format a file has: told, by its ending, or by its first bytes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath
from typing import Final

from sedno.datasets.io.errors import InputError

STANDARD_STREAM: Final = "-"


class Format(StrEnum):
    """The formats that are read and written."""

    CSV = "csv"
    TSV = "tsv"
    JSONL = "jsonl"
    PARQUET = "parquet"

    @property
    def tabular(self) -> bool:
        """Whether the format has the same columns in every row."""
        return self is not Format.JSONL


@dataclass(frozen=True, slots=True)
class FileKind:
    """What is known of a file before it is opened.

    Attributes:
        format: ``None`` where the name does not tell.
        gzip: Whether the name says that the file is compressed.
    """

    format: Format | None
    gzip: bool = False


_ENDINGS: Final = {
    ".csv": Format.CSV,
    ".tsv": Format.TSV,
    ".tab": Format.TSV,
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".parquet": Format.PARQUET,
    ".pq": Format.PARQUET,
}
_SPREADSHEET: Final = (
    "is a spreadsheet; save it as 'CSV UTF-8 (comma delimited)' from the spreadsheet program"
)
_UNPACK: Final = "cannot be unpacked here; unpack it first, for example: "
_NOT_TAKEN: Final = {
    ".xlsx": _SPREADSHEET,
    ".xls": _SPREADSHEET,
    ".ods": _SPREADSHEET,
    ".zst": f"{_UNPACK}zstd -dc FILE.zst | sedno classify - --format jsonl",
    ".bz2": f"{_UNPACK}bzip2 -dc FILE.bz2 | sedno classify - --format jsonl",
    ".xz": f"{_UNPACK}xz -dc FILE.xz | sedno classify - --format jsonl",
    ".zip": f"{_UNPACK}unzip -p FILE.zip | sedno classify - --format csv",
    ".json": "may hold one object a line or one array; if it is one object a line, say so with "
    "--format jsonl (format='jsonl'); turn an array into lines with: jq -c '.[]'",
}
_MAGIC: Final = (
    (b"PAR1", "is a Parquet file; name it .parquet or say --format parquet (format='parquet')"),
    (b"PK\x03\x04", f"{_SPREADSHEET}, or unpack it if it is a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", _SPREADSHEET),
    (b"\x28\xb5\x2f\xfd", f"is compressed with zstd and {_NOT_TAKEN['.zst']}"),
    (b"BZh", f"is compressed with bzip2 and {_NOT_TAKEN['.bz2']}"),
    (b"\xfd7zXZ", f"is compressed with xz and {_NOT_TAKEN['.xz']}"),
)


def parse_format(told: str, name: str = "format") -> Format:
    """The format called ``told``.

    Raises:
        InputError: There is no such format.
    """
    wanted = told.lower().removeprefix(".")
    if wanted == "ndjson":
        return Format.JSONL
    try:
        return Format(wanted)
    except ValueError:
        known = ", ".join(Format)
        raise InputError(name, f"unknown format {told!r}; use one of {known}") from None


def kind_of(name: str, told: str | None = None) -> FileKind:
    """What a file's name and the caller say about it.

    Args:
        name: Path of the file, or ``-`` for a standard stream.
        told: A format name; ``None`` to go by the ending.

    Raises:
        InputError: Neither tells, or the ending is one that is not taken.
    """
    suffixes = [suffix.lower() for suffix in PurePath(name).suffixes]
    gzip = bool(suffixes) and suffixes[-1] in {".gz", ".gzip"}
    if gzip:
        suffixes.pop()
    if told is not None:
        return FileKind(parse_format(told, name), gzip)
    if name == STANDARD_STREAM:
        return FileKind(None)
    ending = suffixes[-1] if suffixes else ""
    if ending in _ENDINGS:
        return FileKind(_ENDINGS[ending], gzip)
    known = " ".join(_ENDINGS)
    raise InputError(
        name,
        _NOT_TAKEN.get(
            ending,
            f"the ending {ending!r} does not tell the format; use one of {known} "
            f"(also with .gz), or say it with --format ({', '.join(Format)})",
        ),
    )


def check_text(name: str, head: bytes) -> None:
    """Refuses a file whose first bytes show that it is not text.

    Args:
        name: What to call the file in the error.
        head: Its first bytes, 8 or more where it has them.

    Raises:
        InputError: It is a Parquet file, a spreadsheet or an archive.
    """
    for magic, detail in _MAGIC:
        if head.startswith(magic):
            raise InputError(name, detail)


def sniff_format(head: bytes) -> Format:
    """JSONL when the first character is a brace or bracket, otherwise CSV.

    Args:
        head: The first bytes of the stream, ASCII-compatible.
    """
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return Format.JSONL if first in {b"{", b"["} else Format.CSV
