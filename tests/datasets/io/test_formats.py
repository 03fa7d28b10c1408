from __future__ import annotations

import pytest

from sedno.datasets.io.errors import InputError
from sedno.datasets.io.formats import FileKind, Format, check_text, kind_of, sniff_format


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.csv", FileKind(Format.CSV)),
        ("A.CSV", FileKind(Format.CSV)),
        ("dir.x/a.b.tsv", FileKind(Format.TSV)),
        ("a.ndjson", FileKind(Format.JSONL)),
        ("a.jsonl.gz", FileKind(Format.JSONL, gzip=True)),
        ("a.csv.GZ", FileKind(Format.CSV, gzip=True)),
        ("a.pq", FileKind(Format.PARQUET)),
        ("-", FileKind(None)),
    ],
)
def test_ending_tells(name: str, kind: FileKind) -> None:
    """The ending tells format and compression, in any case."""
    assert kind == kind_of(name)


def test_told_format_wins() -> None:
    """A told format wins over the ending, and compression is still seen."""
    assert kind_of("comments.txt.gz", "JSONL") == FileKind(Format.JSONL, gzip=True)


@pytest.mark.parametrize("name", ["comments", "comments.txt", "comments.gz", ".csv"])
def test_unknown_ending(name: str) -> None:
    """Where nothing tells the format the error names the endings and the option."""
    with pytest.raises(InputError, match=r"\.csv .*--format \(csv, tsv, jsonl, parquet\)"):
        kind_of(name)


def test_unknown_format() -> None:
    """An unknown format is named together with the known ones."""
    with pytest.raises(InputError, match=r"'xml'; use one of csv, tsv, jsonl, parquet"):
        kind_of("a.csv", "xml")


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("a.xlsx", "save it as 'CSV UTF-8"),
        ("a.jsonl.zst", "zstd -dc"),
        ("a.zip", "unzip -p"),
        ("a.json", "jq -c"),
    ],
)
def test_refused_ending_names_remedy(name: str, remedy: str) -> None:
    """Files that are not taken come with what to do instead."""
    with pytest.raises(InputError, match=remedy):
        kind_of(name)


@pytest.mark.parametrize("head", [b"PAR1\x15\x04", b"PK\x03\x04\x14", b"(\xb5/\xfd", b"BZh91AY"])
def test_binary_content_is_refused(head: bytes) -> None:
    """A Parquet file, workbook or archive under a text name is refused by its first bytes."""
    with pytest.raises(InputError, match="name"):
        check_text("name", head)


def test_sniff() -> None:
    """A brace or bracket means JSONL, all else CSV."""
    assert sniff_format(b'\xef\xbb\xbf {"text": 1}') is Format.JSONL
    assert sniff_format(b"id;tekst\n") is Format.CSV
    assert sniff_format(b"") is Format.CSV
