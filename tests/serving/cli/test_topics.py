from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

QUESTIONS = [
    ("1", "Ile kosztuje wysyłka do Niemiec?"),
    ("2", "super 😍"),
    ("3", "Jaki jest koszt wysyłki do Niemiec?"),
    ("4", "ile kosztuje wysylka za granice do niemiec"),
    ("5", "Kiedy wróci rozmiar M?"),
    ("6", "kiedy bedzie znowu rozmiar M"),
    ("7", "Śliczna sukienka! Kiedy wróci do sklepu rozmiar M?"),
    ("7", "Jestem z Gdyni i bardzo polecam"),
]


@pytest.fixture
def comments(tmp_path: Path) -> Path:
    """A small file; one id stands in it twice, one line is broken."""
    path = tmp_path / "comments.jsonl"
    rows = [json.dumps({"id": one, "text": text, "source": "shop"}) for one, text in QUESTIONS]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_fit_writes_one_line_for_each_comment_in_order(
    sedno: Callable[..., Any], comments: Path, tmp_path: Path
) -> None:
    """The shipped model finds who asks the same; who asks nothing has no topic."""
    out, page, state = tmp_path / "out.jsonl", tmp_path / "page.md", tmp_path / "topics.state"
    done = sedno(
        "topics", "fit", comments, "--assignments", out, "--report", page, "--state", state
    )
    assert done.code == 0, done.err
    found = lines(out)
    assert [line["id"] for line in found] == [one for one, _ in QUESTIONS]
    topics = [line["topics"] for line in found]
    assert topics[0]
    assert topics[0] == topics[2] == topics[3]
    assert topics[4]
    assert topics[4] == topics[5] == topics[6]
    assert topics[0] != topics[4]
    assert topics[1] == topics[7] == []
    assert "wysył" in page.read_text(encoding="utf-8").lower()

    again = sedno("topics", "fit", comments, "--assignments", out, "--state", state)
    assert again.code == 0, again.err
    assert [line["topics"] for line in lines(out)] == topics

    more = tmp_path / "more.jsonl"
    more.write_text(json.dumps({"id": "n", "text": "A ile za wysyłkę do Niemiec?",
                                "source": "shop"}) + "\n", encoding="utf-8")  # fmt: skip
    joined = sedno("topics", "update", more, "--state", state, "--assignments", out)
    assert joined.code == 0, joined.err
    assert lines(out) == [{"id": "n", "topics": topics[0]}]

    shown = sedno("topics", "report", state)
    assert shown.code == 0
    assert "# What people ask" in shown.out


def test_edits_stay_in_every_later_run(
    sedno: Callable[..., Any], comments: Path, tmp_path: Path
) -> None:
    """Renamed, hidden, merged and split by commands; the next fit keeps it all."""
    out, state = tmp_path / "out.jsonl", tmp_path / "topics.state"

    def placed() -> list[list[str]]:
        fitted = sedno("topics", "fit", comments, "--assignments", out, "--state", state)
        assert fitted.code == 0, fitted.err
        return [line["topics"] for line in lines(out)]

    def edit(*given: object) -> Any:
        return sedno("topics", "edit", *given)

    topics = placed()
    shipping, sizes = topics[0][0], topics[4][0]
    assert edit("rename", state, shipping, "Wysyłka do Niemiec").code == 0
    assert "Wysyłka do Niemiec" in sedno("topics", "report", state).out
    looked = edit("split", state, shipping, "--part", "1", "--part", "4", "--dry-run")
    assert looked.code == 0, looked.err
    assert placed() == topics
    done = edit("split", state, shipping, "--part", "1", "--part", "4")
    assert done.code == 0, done.err
    after = placed()
    assert after[0] == [shipping]
    assert after[3] != after[0]
    assert edit("merge", state, *after[3], "--into", shipping).code == 0
    assert placed()[3] == [shipping]
    assert edit("hide", state, sizes).code == 0
    assert placed()[4] == []
    assert edit("show", state, sizes).code == 0
    assert edit("pin", state, sizes).code == 0
    assert placed()[4] == [sizes]
    for given in (("rename", state, "t99", "x"), ("split", state, sizes, "--part", "nobody"),
                  ("merge", state, sizes, "--into", sizes), ("unpin", state, "t99")):  # fmt: skip
        refused = edit(*given)
        assert refused.code == 1
        assert "Traceback" not in refused.err
    assert placed()[4] == [sizes]


@pytest.mark.parametrize(
    ("text", "code"),
    [("", 0), ('{"text": "super"}\n', 0), ('{"text": "' + "czy tak? " * 1110 + '"}\n', 0)],
    ids=["nothing", "no question", "10,000 characters"],
)
def test_odd_files_give_a_page_and_no_error(
    sedno: Callable[..., Any], tmp_path: Path, text: str, code: int
) -> None:
    """An empty file, one without questions, one of a single endless comment."""
    path = tmp_path / "odd.jsonl"
    path.write_text(text, encoding="utf-8")
    done = sedno("topics", "fit", path, "--report", "-", "--assignments", tmp_path / "out.jsonl")
    assert done.code == code, done.err
    assert done.out.startswith("# What people ask")
    assert len(lines(tmp_path / "out.jsonl")) == text.count("\n")


def test_a_run_that_would_keep_nothing_is_refused(
    sedno: Callable[..., Any], comments: Path
) -> None:
    """It says what to give."""
    done = sedno("topics", "fit", comments)
    assert done.code == 2
    assert "--assignments" in done.err


def test_a_file_that_is_no_state_is_named(
    sedno: Callable[..., Any], comments: Path, tmp_path: Path
) -> None:
    """And what to do about it."""
    state = tmp_path / "topics.state"
    state.write_bytes(b"nothing of the kind")
    done = sedno("topics", "fit", comments, "--state", state)
    assert done.code == 1
    assert "topics.state" in done.err
    assert "delete it" in done.err


@pytest.mark.parametrize(("lang", "head"), [("en", "What people ask"), ("pl", "O co pytają")])
def test_reports_in_every_form(
    sedno: Callable[..., Any], comments: Path, tmp_path: Path, lang: str, head: str
) -> None:
    """By the output's name or by --format; the page holds its plots."""
    state, page = tmp_path / "topics.state", tmp_path / "fit.html"
    done = sedno("topics", "fit", comments, "--state", state, "--report", page, "--lang", lang)
    assert done.code == 0, done.err
    for form in ("md", "html", "csv", "xlsx", "json"):
        out = tmp_path / f"report.{form}"
        assert sedno("topics", "report", state, "--output", out, "--lang", lang).code == 0
        assert out.stat().st_size > 0
        if form != "xlsx":
            said = sedno("topics", "report", state, "--format", form, "--lang", lang)
            assert said.out.replace("\r\n", "\n") == out.read_text(encoding="utf-8")
    assert (tmp_path / "report.xlsx").read_bytes().startswith(b"PK")
    assert page.read_text(encoding="utf-8") == (tmp_path / "report.html").read_text("utf-8")
    html = page.read_text(encoding="utf-8")
    assert head in html
    assert 'class="plot map"' in html
    one = sedno("topics", "report", state, "--format", "csv", "--most", "1")
    assert len(one.out.splitlines()) == 2


def test_a_digest_of_a_file_and_of_the_database(
    sedno: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New in the last week, in both languages; an empty database has nothing to tell."""
    path, state = tmp_path / "weeks.jsonl", tmp_path / "topics.state"
    rows = [
        {"id": f"o{at}", "text": f"Ile kosztuje wysyłka do Niemiec{'?' * (at % 3 + 1)}",
         "posted_at": f"2026-10-{5 + at:02}T10:00:00Z"}
        for at in range(20)
    ] + [
        {"id": f"n{at}", "text": "Kiedy wróci rozmiar M?", "posted_at": "2026-10-27T10:00:00Z"}
        for at in range(4)
    ]  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert sedno("topics", "fit", path, "--state", state, "-q").code == 0
    english = sedno("topics", "digest", state, "--url", "https://sedno.example/").out
    assert english.startswith("What people asked, 26 Oct – 1 Nov\n")
    assert "New (1)" in english
    assert "https://sedno.example/desk/topics/" in english
    assert "Without a published answer" not in english
    assert "Nowe (1)" in sedno("topics", "digest", state, "--lang", "pl").out
    out = tmp_path / "digest.json"
    assert sedno("topics", "digest", state, "--output", out).code == 0
    assert len(json.loads(out.read_text(encoding="utf-8"))["new"]) == 1
    monkeypatch.setenv("SEDNO_DATA_DIR", str(tmp_path / "data"))
    empty = sedno("topics", "digest")
    assert empty.code == 0, empty.err
    assert "No question with a time is known yet." in empty.out
    assert "No comment asks anything." in sedno("topics", "report").out


def test_judgements_without_the_streams_are_refused(
    sedno: Callable[..., Any], tmp_path: Path
) -> None:
    """Before minutes are spent on anything else."""
    path = tmp_path / "reader.jsonl"
    path.write_text('{"n": 1, "acceptable": 1}\n', encoding="utf-8")
    done = sedno("topics", "evaluate", "--part", "speed", "--judgements", path)
    assert done.code == 2
    assert "--part streams" in done.err


def test_names_are_written_for_readers_and_answers_to_others_refused(
    sedno: Callable[..., Any], tmp_path: Path
) -> None:
    """The list of the shipped model's names is there; the reader's file is named."""
    listed, reader = tmp_path / "names.jsonl", tmp_path / "a.jsonl"
    reader.write_text('{"n": 1, "acceptable": 1}\n', encoding="utf-8")
    done = sedno(
        "topics", "evaluate", "--part", "streams", "--no-rivals",
        "--names", listed, "--judgements", reader,
    )  # fmt: skip
    assert done.code == 1
    assert "--judgements: a.jsonl" in done.err
    assert "missing" in done.err
    names = lines(listed)
    assert len(names) > 48
    assert set(names[0]) == {"n", "true_question", "name", "canonical"}


def test_fit_takes_a_part_of_a_file(sedno: Callable[..., Any], tmp_path: Path) -> None:
    """By source, brand and product; rows of others have no topic, a missing column is told."""
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [
        {"id": str(at), "text": text, "source": source, "brand": brand, "product": product}
        for at, (source, brand, product, text) in enumerate(
            (
                ("a", "x", "p", "Ile kosztuje wysyłka do Niemiec?"),
                ("a", "x", "p", "Jaki jest koszt wysyłki do Niemiec?"),
                ("b", "x", "p", "Ile kosztuje wysyłka do Niemiec?"),
                ("a", "y", "p", "Ile kosztuje wysyłka do Niemiec?"),
                ("a", "x", None, "Ile kosztuje wysyłka do Niemiec?"),
                ("a", "x", "p", "ile kosztuje wysylka za granice do niemiec"),
                ("a", "x", "p", "Kiedy wróci rozmiar M?"),
                ("a", "x", "p", "kiedy bedzie znowu rozmiar M"),
            )
        )
    ]
    path.write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    done = sedno("topics", "fit", path, "--assignments", out, "--source", "a", "--brand", "x",
                 "--product", "p")  # fmt: skip
    assert done.code == 0, done.err
    topics = [line["topics"] for line in lines(out)]
    assert topics[0]
    assert topics[:6] == [topics[0], topics[0], [], [], [], topics[0]]
    assert "3 out of scope" in done.err
    bare = tmp_path / "bare.csv"
    bare.write_text("id,text\n1,Ile?\n", encoding="utf-8")
    refused = sedno("topics", "fit", bare, "--assignments", out, "--brand", "x")
    assert refused.code == 1
    assert "--brand: there is no column 'brand'" in refused.err
