from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sedno.datasets.comment import make_comment
from sedno.datasets.io.columns import Columns
from sedno.datasets.io.errors import ColumnError, InputError
from sedno.datasets.io.lines import MAX_LINE_BYTES
from sedno.datasets.io.reader import open_reader
from sedno.datasets.io.rows import Row

Read = Callable[..., list[Row]]
SAME_FOLDER = [HealthCheck.function_scoped_fixture]  # each example overwrites the file

NAME = "in.jsonl"


def _texts(rows: list[Row]) -> list[str | None]:
    return [row.comment.text if row.comment else None for row in rows]


def _codes(rows: list[Row]) -> list[str | None]:
    return [row.error.code if row.error else None for row in rows]


def test_objects(read: Read) -> None:
    """Objects become comments; keys may differ from line to line."""
    rows = read('{"id": 7, "text": "a", "likes": 3}\n\n{"comment": "b", "user": "u"}\n', NAME)
    assert [row.comment for row in rows] == [
        make_comment({"id": "7", "text": "a"}, default_id=1),
        make_comment({"text": "b", "author": "u"}, default_id=2),
    ]
    assert rows[0].extra == {"likes": 3}
    assert [(row.line, row.index) for row in rows] == [(1, 0), (3, 1)]


def test_nested_paths(read: Read) -> None:
    """Dots lead into objects; a key that has dots itself is found first."""
    content = (
        '{"snippet": {"textOriginal": "a", "x": 1}, "id": {"v": "q"}}\n'
        '{"snippet": 5}\n'
        '{"snippet.textOriginal": "c"}\n'
    )
    rows = read(content, NAME, columns=Columns(text="snippet.textOriginal", id="id.v"))
    assert _texts(rows) == ["a", None, "c"]
    assert _codes(rows) == [None, "missing_field", None]
    assert rows[0].id == "q"


def test_broken_lines_cost_no_other(read: Read) -> None:
    """Each broken line is a row with an error that says what is wrong; the rest is read."""
    lines = [
        ('{"text": "a"}', None),
        ('{"text": "a"', "bad_json"),
        ("tekst", "bad_json"),
        ('["text"]', "not_an_object"),
        ("null", "not_an_object"),
        ('"text"', "not_an_object"),
        ("7", "not_an_object"),
        ("{}", "missing_field"),
        ('{"id": "1"}', "missing_field"),
        ('{"text": null}', "empty_text"),
        ('{"text": 5}', "wrong_type"),
        ('{"text": "a", "id": ["x"]}', "wrong_type"),
        ("9" * 5000, "bad_json"),
        ("[" * 100_000, "bad_json"),
        ('{"text": "z"}', None),
    ]
    rows = read("\n".join(line for line, _ in lines), NAME)
    assert _codes(rows) == [code for _, code in lines]
    assert [row.line for row in rows] == list(range(1, len(lines) + 1))
    assert [row.raw for row in rows] == [line for line, _ in lines]
    assert "at character 13" in str(rows[1].error)


def test_control_characters_are_borne(read: Read) -> None:
    """Raw control characters in a string are taken with a warning, NUL bytes left out."""
    rows = read('{"text": "a\tb"}\n{"text": "a\0b"}\n', NAME)
    assert _texts(rows) == ["a\tb", "ab"]
    assert [row.warnings[0].code for row in rows] == ["control_characters", "nul_bytes"]


def test_surrogates(read: Read) -> None:
    """Escaped pairs become their character, lone halves U+FFFD."""
    rows = read(r'{"text": "\ud83d\ude00 \ud83d"}' + "\n", NAME)
    assert _texts(rows) == ["😀 \ufffd"]


def test_undecodable_bytes(read: Read) -> None:
    """Bytes that are not UTF-8 become U+FFFD with a warning that names byte and line."""
    rows = read(b'{"text": "\xc5\x82a"}\n{"text": "b\xff"}\n{"text": "c"}\n', NAME)
    assert _texts(rows) == ["ła", "b\ufffd", "c"]
    (warning,) = rows[1].warnings
    assert (warning.code, warning.line) == ("undecodable_bytes", 2)
    assert "0xff" in warning.detail


def test_line_too_long(read: Read) -> None:
    """A line over the limit is an error with a short raw, and is never held whole."""
    long = '{"text": "' + "a" * (2 * MAX_LINE_BYTES) + '"}'
    rows = read('{"text": "a"}\n' + long + '\n{"text": "b"}\n', NAME)
    assert _codes(rows) == [None, "line_too_long", None]
    assert len(rows[1].raw) < 10_000


@pytest.mark.parametrize(
    "content", ['[{"text": "a"}]', '[\n{"text": "a"}\n]', '[{"text": "a"},\n{"text": "b"}]']
)
def test_array_is_refused(read: Read, content: str) -> None:
    """A file that is one JSON array is refused with the command that mends it."""
    with pytest.raises(InputError, match=r"jq -c '\.\[\]'"):
        read(content, NAME)


def test_no_text_at_all(read: Read) -> None:
    """Where no object has a text the keys and the option are named, before any row."""
    with pytest.raises(ColumnError, match=r"--text-column .*'id', 'ocena'"):
        read('{"id": 1, "ocena": 5}\n' * 30, NAME)


def test_empty(read: Read) -> None:
    """An empty file has no rows."""
    assert read("", NAME) == read("\n \n", NAME) == []


def test_marks_inside(read: Read) -> None:
    """Byte order marks of files joined together do not break a line."""
    assert _texts(read('\ufeff{"text": "a"}\n\ufeff{"text": "b"}\n', NAME)) == ["a", "b"]


@pytest.mark.parametrize("start", [0, 1, 2, 4, 9])
def test_start_index(read: Read, start: int) -> None:
    """Passing over records gives the same rows as reading them all."""
    content = '{"text": "a"}\n\nx\n{"text": "ł"}\n{"text": "b"}\n'
    assert read(content, NAME, start_index=start) == read(content, NAME)[start:]


objects = st.fixed_dictionaries(
    {"text": st.text() | st.sampled_from(["Zażółć", "❤️👍🏽", 'a"b', "a\nb", "\u2028", "\x85"])},
    optional={"nota": st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=5)},
)


@given(values=st.lists(objects, min_size=1, max_size=8), ascii_only=st.booleans())
@settings(max_examples=80, deadline=None, suppress_health_check=SAME_FOLDER)
def test_round_trip(tmp_path: Path, values: list[dict[str, object]], ascii_only: bool) -> None:
    """What the json module writes is read back, in order, with all other keys."""
    path = tmp_path / NAME
    lines = [json.dumps(value, ensure_ascii=ascii_only) for value in values]
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    with open_reader(path) as reader:
        rows = list(reader)
    assert len(rows) == len(values)
    for row, value in zip(rows, values, strict=True):
        if row.comment is not None and not row.warnings:
            assert row.comment == make_comment(value, default_id=row.index + 1)
            assert row.extra == {key: part for key, part in value.items() if key != "text"}


@given(content=st.binary(max_size=400) | st.text('{}[]",:ab\n\0\\ ł', max_size=200).map(str.encode))
@settings(max_examples=120, deadline=None, suppress_health_check=SAME_FOLDER)
def test_hostile_bytes(tmp_path: Path, content: bytes) -> None:
    """Whatever lies between two good records, both are found."""
    path = tmp_path / NAME
    path.write_bytes(b'{"text": "first"}\n' + content + b'\n{"text": "last"}\n')
    with open_reader(path) as reader:
        rows = list(reader)
    assert _texts(rows)[0] == "first"
    assert _texts(rows)[-1] == "last"
    assert all((row.comment is None) is (row.error is not None) for row in rows)
