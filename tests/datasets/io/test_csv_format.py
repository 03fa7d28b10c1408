from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sedno.datasets.comment import make_comment
from sedno.datasets.io import csv_format
from sedno.datasets.io.columns import Columns
from sedno.datasets.io.csv_dialect import CsvOptions
from sedno.datasets.io.csv_feed import MAX_RECORD_LINES, LineFeed
from sedno.datasets.io.errors import ColumnError, InputError
from sedno.datasets.io.reader import open_reader
from sedno.datasets.io.rows import Row

Read = Callable[..., list[Row]]
SAME_FOLDER = [HealthCheck.function_scoped_fixture]  # each example overwrites the file


def _texts(rows: list[Row]) -> list[str | None]:
    return [row.comment.text if row.comment else None for row in rows]


def _codes(rows: list[Row]) -> list[str | None]:
    return [row.error.code if row.error else None for row in rows]


def test_fields_line_and_index(read: Read) -> None:
    """A row has its comment, physical line, number, raw record and the other columns."""
    rows = read('id,tekst,autor,polubienia\n\nc1,"Super\nfilm",ala,3\nc2,"a ""b""",,0\n')
    first, second = rows
    assert first.comment == make_comment(
        {"id": "c1", "text": "Super\nfilm", "author": "ala"}, default_id=1
    )
    assert (first.line, first.index, first.extra) == (3, 0, {"polubienia": "3"})
    assert first.raw == 'c1,"Super\nfilm",ala,3'
    assert (second.line, second.index) == (5, 1)
    assert second.comment == make_comment({"id": "c2", "text": 'a "b"'}, default_id=2)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("header", ["id{0}tekst{0}data", "kol. A{0}kol. B{0}kol. C"])
def test_delimiter_is_found(read: Read, delimiter: str, header: str) -> None:
    """The delimiter is found, also where the texts are full of the other candidates."""
    lines = [header.format(delimiter)]
    lines += [f'{n}{delimiter}"a, b; c | d"{delimiter}2024-01-01' for n in range(3)]
    rows = read("\n".join(lines), columns=Columns(text=lines[0].split(delimiter)[1]))
    assert _texts(rows) == ["a, b; c | d"] * 3


def test_excel_sep_line(read: Read) -> None:
    """Excel's first line ``sep=;`` tells the delimiter and is no record."""
    rows = read("sep=^\r\nid^text\r\n1^a,b\r\n")
    assert [(row.line, row.comment and row.comment.text) for row in rows] == [(3, "a,b")]


def test_tsv(read: Read) -> None:
    """TSV is cut at tabs alone."""
    assert _texts(read("text,x\ttekst\na,b\tc\n", "in.tsv")) == ["c"]


def test_told_delimiter(read: Read) -> None:
    """Any other delimiter can be told, and must be one character."""
    assert _texts(read("id~text\n1~a,b\n", csv=CsvOptions(delimiter="~"))) == ["a,b"]
    assert _texts(read("id\ttext\n1\tb\n", csv=CsvOptions(delimiter="tab"))) == ["b"]
    with pytest.raises(InputError, match="one character, not '::'"):
        read("id::text\n", csv=CsvOptions(delimiter="::"))


def test_single_column(read: Read) -> None:
    """In a single column commas belong to the text, and its name is reported."""
    rows = read("komentarz\nŚwietny film, polecam\n\nSłabe; nudne\n")
    assert _texts(rows) == ["Świetny film, polecam", "Słabe; nudne"]
    assert [row.line for row in rows] == [2, 4]


def test_single_column_of_another_name(tmp_path: Path) -> None:
    """A single column of an unknown name is the text; a note says what became of line 1."""
    path = tmp_path / "in.csv"
    path.write_text("Super film\nno, nie\n", encoding="utf-8")
    with open_reader(path) as reader:
        assert _texts(list(reader)) == ["no, nie"]
        assert "'Super film'" in reader.notes[0]
        assert "--no-header" in reader.notes[0]


def test_without_header(read: Read) -> None:
    """Without a header columns go by number, and the first line is a comment."""
    options = {"csv": CsvOptions(header=False)}
    assert _texts(read("a,b\nc,d\n", columns=Columns(text="2"), **options)) == ["b", "d"]
    assert _texts(read("raz, dwa\ntrzy\n", **options)) == ["raz, dwa", "trzy"]
    with pytest.raises(ColumnError, match="the columns are: '1', '2'"):
        read("a,b\nc,d\n", **options)


def test_no_text_column(read: Read) -> None:
    """A header without a text column is refused, with the columns and both remedies."""
    with pytest.raises(ColumnError, match=r"--text-column .*'a', 'b'; .*--no-header"):
        read("a,b\n1,2\n")


def test_empty(read: Read) -> None:
    """No bytes, blank lines or a header alone are no rows and no error."""
    assert read("") == read("\n\n") == read("id,text\n") == []


def test_repeated_and_blank_names(read: Read) -> None:
    """Columns of the same or no name are told apart, so that none is lost."""
    (row,) = read("text,x,x,\na,1,2,3\n")
    assert row.extra == {"x": "1", "x (2)": "2", "4": "3"}


def test_wrong_number_of_fields(read: Read) -> None:
    """A record with too many or too few fields is an error; empty surplus is not."""
    rows = read("id,text\n1,a\n2,b,c\n3\n4,d,,\n5,e\n")
    assert _texts(rows) == ["a", None, None, "d", "e"]
    assert _codes(rows) == [None, "field_count", "field_count", None, None]
    assert [row.index for row in rows] == [0, 1, 2, 3, 4]
    assert rows[1].raw == "2,b,c"
    assert "3 fields" in str(rows[1].error)
    assert str(rows[1].error).startswith("line 3: ")


def test_forgotten_closing_quote_costs_one_line(read: Read) -> None:
    """An unclosed quote never swallows the records after it."""
    rows = read('id,text,x\n1,"a,x\n2,b,x\n3,"c",x\n4,d,x\n')
    assert _codes(rows) == ["unclosed_quote", None, None, None]
    assert _texts(rows) == [None, "b", "c", "d"]
    assert [row.line for row in rows] == [2, 3, 4, 5]


def test_unclosed_quote_at_the_end(read: Read) -> None:
    """A quote open at the end of the file costs the line it stands in, and no other."""
    rows = read('id,text\n1,a\n2,"b\n3,c\n4,d')
    assert _texts(rows) == ["a", None, "c", "d"]
    assert _codes(rows)[1] == "unclosed_quote"


def test_unclosed_quote_in_a_long_file(read: Read) -> None:
    """A quote that stays open for too many lines is given up before the file is swallowed."""
    count = 3 * MAX_RECORD_LINES
    rows = read('id,text\n0,"a\n' + "".join(f"{n},b\n" for n in range(1, count)))
    assert len(rows) == count
    assert _codes(rows) == ["unclosed_quote"] + [None] * (count - 1)
    assert [row.index for row in rows] == list(range(count))


def test_long_record_after_an_unclosed_quote(read: Read) -> None:
    """The narrower search after an unclosed quote ends with the lines it looked at."""
    long = '"' + "x\n" * 500 + '"'
    body = '0,"a\n' + "1,b\n" * MAX_RECORD_LINES + f"2,{long}\n3,c\n"
    rows = read("id,text\n" + body)
    assert _texts(rows)[-2:] == ["x\n" * 500, "c"]


def test_quote_in_every_line_is_not_quadratic(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hostile file whose every line opens a quote again is not read a thousand times over."""
    fed = 0

    class Counting(LineFeed):
        def __next__(self) -> str:
            nonlocal fed
            fed += 1
            return super().__next__()

    monkeypatch.setattr(csv_format, "LineFeed", Counting)
    rows = read('id,text\n"' + 'x","y\n' * 3_000)
    assert len(rows) == 3_000
    assert fed < 3_000 * 30


def test_quotes_inside_a_field(read: Read) -> None:
    """Undoubled quotes are borne with a warning where the line makes sense, else an error."""
    rows = read('id,text\n1,"Film "Rejs" super"\n2,"on "a", b"\n3,c\n')
    assert _codes(rows) == [None, "stray_quote", None]
    assert [warning.code for warning in rows[0].warnings] == ["stray_quote"]
    assert rows[0].comment
    assert "Rejs" in rows[0].comment.text


def test_strict_rejects_damage(read: Read) -> None:
    """With ``strict`` a damaged record is an error."""
    assert _codes(read('id,text\n1,"a "b" c"\n', strict=True)) == ["stray_quote"]


def test_escaped_quotes(read: Read) -> None:
    """Quotes escaped with a backslash are read when told."""
    rows = read(r"id,text" + "\n" + r'1,"a \"b\", c"' + "\n", csv=CsvOptions(escape="\\"))
    assert _texts(rows) == ['a "b", c']


def test_no_quotes(read: Read) -> None:
    """Quotes are ordinary characters when told."""
    rows = read('id\ttext\n1\t"a\n2\t"b" c\n', "in.tsv", csv=CsvOptions(quote=None))
    assert _texts(rows) == ['"a', '"b" c']


def test_carriage_returns(read: Read) -> None:
    """Lone carriage returns inside a record are borne; a file that has only them is refused."""
    rows = read("id,text\r\n1,a\rb\r\n2,c\r\n")
    assert _texts(rows) == ["a b", "c"]
    with pytest.raises(InputError, match=r"tr '\\r' '\\n'"):
        read("id,text\r1,a\r2,b\r")


def test_field_too_long(read: Read) -> None:
    """A field over the limit is an error with the limit, and costs no other record."""
    rows = read("id,text\n1," + "a" * (csv.field_size_limit() + 1) + "\n2,b\n")
    assert _codes(rows) == ["field_too_long", None]


def test_text_too_long_keeps_the_row(read: Read) -> None:
    """A text that is no comment is an error of its field, and the row keeps its id."""
    rows = read("id,text\nc1," + "a" * 30_000 + "\nc2,\nc3,b\n")
    assert _codes(rows) == ["text_too_long", "empty_text", None]
    assert [row.id for row in rows] == ["c1", "c2", "c3"]
    assert rows[0].error
    assert rows[0].error.field == "text"


def test_nul_bytes(read: Read) -> None:
    """NUL bytes are left out with a warning."""
    rows = read("id,text\n1,a\0b\n2,c\n")
    assert _texts(rows) == ["ab", "c"]
    assert [warning.code for warning in rows[0].warnings] == ["nul_bytes"]


def test_errors_never_show_the_text(read: Read) -> None:
    """Errors are logged, so they hold no comment; the raw record is in ``raw``."""
    rows = read('id,text\n1,"tajemnica\n2,tajemnica,tajemnica\n3,"a "tajemnica", b"\n')
    assert _codes(rows) == ["unclosed_quote", "field_count", "stray_quote"]
    assert not any("tajemnica" in str(row.error) for row in rows)
    assert all("tajemnica" in row.raw for row in rows)


def test_bad_optional_field_costs_no_comment(read: Read) -> None:
    """A date in an unknown notation is left out with a warning, and the comment is kept."""
    (row,) = read("text,data,lang\na,wczoraj rano,po polsku albo nie\n")
    assert row.comment
    assert row.comment.posted_at is None
    assert row.comment.language is None
    assert {warning.field for warning in row.warnings} == {"posted_at", "language"}


@pytest.mark.parametrize("start", [0, 1, 2, 3, 5, 6, 99])
def test_start_index(read: Read, start: int) -> None:
    """Passing over records gives the same rows as reading them all."""
    content = 'id,text\n1,"a\nb"\n2,b,c\n3,"c\n4,ł\n\n5,"e\n"\n6,f\n'
    assert read(content, start_index=start) == read(content)[start:]


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0\r")) | st.sampled_from(
    ["Zażółć gęślą jaźń", "❤️👍🏽", 'on "tak"', "a\nb", ",;\t|", "'", '"', "\\", "\u2028", "\x85"]
)


@given(
    rows=st.lists(st.tuples(cells, cells), min_size=1, max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
)
@example(rows=[("", '"')], delimiter=",", end="\n")
@settings(max_examples=80, deadline=None, suppress_health_check=SAME_FOLDER)
def test_round_trip(tmp_path: Path, rows: list[tuple[str, str]], delimiter: str, end: str) -> None:
    """What the csv module writes is read back, in order, whatever the texts are."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([("ocena", "text"), *rows])
    path = tmp_path / "in.csv"
    path.write_bytes(buffer.getvalue().encode())
    with open_reader(path) as reader:
        found = [(row.extra or {}).get("ocena") for row in reader]
    assert found == [first for first, _ in rows]


@given(content=st.binary(max_size=400) | st.text('",;ab\n\r\t\0ł', max_size=200).map(str.encode))
@settings(max_examples=120, deadline=None, suppress_health_check=SAME_FOLDER)
def test_hostile_bytes_after_the_header(tmp_path: Path, content: bytes) -> None:
    """Whatever follows a header, reading ends, and the good last record is still found."""
    path = tmp_path / "in.csv"
    path.write_bytes(b"id,text\n" + content + b"\nlast,ok\n")
    with open_reader(path) as reader:
        rows = list(reader)
        assert reader.stats.rows == len(rows)
    assert all((row.comment is None) is (row.error is not None) for row in rows)
    assert [row.index for row in rows] == list(range(len(rows)))
    assert rows[-1].comment
    assert rows[-1].comment.text == "ok"
