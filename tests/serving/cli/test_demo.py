from __future__ import annotations

import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from sedno.datasets.sample import load_sample
from sedno.models.artifact import ArtifactError
from sedno.models.registry import Registry
from sedno.serving import demo_report
from sedno.serving.demo_report import Answered
from sedno.serving.faq import entries, feed
from sedno.serving.store.database import Database
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.faq import FaqEntry
from sedno.serving.topics import pages


def answered(text: str, *, post: str = "a", review: bool = False, **labels: float) -> Answered:
    """A comment with the given labels (task_label=confidence)."""
    answers = {}
    for name, confidence in labels.items():
        task, _, label = name.partition("_")
        answers[task] = {
            "label": label,
            "scores": {label: confidence, "other": 1 - confidence},
            "review": review,
        }
    return Answered(post, text, answers, review)


def test_the_whole_sample_is_shown(sedno: Callable[..., Any], toy: Path, tmp_path: Path) -> None:
    """Every post has a line whose counts are those of the output; what to do next is said."""
    for _ in range(2):
        done = sedno("demo", "--output", "demo.jsonl", "--model", toy, "--threads", 1)
        assert done.code == 0, done.err
    rows = list(load_sample())
    answers = [json.loads(line) for line in (tmp_path / "demo.jsonl").read_bytes().splitlines()]
    assert [answer["id"] for answer in answers] == [row["id"] for row in rows]
    table = done.out.partition("All together")[0].splitlines()[3:-1]
    posts = dict.fromkeys(row["post_id"] for row in rows)
    assert len(table) == len(posts)
    for line, post in zip(table, posts, strict=True):
        mine = [answer for answer, row in zip(answers, rows, strict=True) if row["post_id"] == post]
        asking = sum(answer["labels"]["question"]["label"] == "question" for answer in mine)
        numbers = line.rpartition(":")[2].split()[1:]
        assert (numbers[0], numbers[2]) == (str(len(mine)), str(asking) if asking else ".")
    assert f"{len(rows)} rows" in done.out
    assert "demo.jsonl" in done.out
    assert "serve   and then open http://127.0.0.1:8000/docs" in done.out


def test_the_shipped_model_finds_every_kind(sedno: Callable[..., Any]) -> None:
    """With the artefact that ships, the sample shows an example of each label."""
    try:
        Registry.default().resolve()
    except ArtifactError:
        pytest.skip("no artefact is built in yet")
    done = sedno("demo")
    assert done.code == 0, done.err
    assert "none found" not in done.out
    assert "Where a person should look" in done.out


def test_a_desk_is_filled_once(
    sedno: Callable[..., Any], toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sample waits on a desk of its own; a second run adds nothing but a new link."""
    # Inside make another command is named.
    monkeypatch.delenv("MAKELEVEL", raising=False)
    links = set()
    for _ in range(2):
        done = sedno("demo", "--output", "demo.jsonl", "--desk", "desk", "--model", toy)
        assert done.code == 0, done.err
        assert f"It holds {len(list(load_sample()))} comments in desk" in done.out
        assert "serve   and then http://127.0.0.1:8000/desk" in done.out
        links.add(done.out.strip().rpartition("token=")[2])
    assert len(links) == 2
    assert (tmp_path / "desk" / "sedno.db").is_file()


def test_in_a_terminal_the_desk_is_served(
    toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address answers, the link signs in, and Ctrl-C ends it well."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    monkeypatch.setenv("SEDNO_PORT", str(port))
    outer, inner = pty.openpty()
    program = Path(sys.executable).with_name("sedno")
    command = [str(program), "demo", "--desk", "desk", "--model", str(toy), "--threads", "1"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=inner, stderr=subprocess.DEVNULL) as demo:
        os.close(inner)
        shown = b""
        while not (found := re.search(rb"http://\S+token=\S+", shown)):
            shown += os.read(outer, 4096)
        assert f"http://127.0.0.1:{port}/desk   It is served until Ctrl-C".encode() in shown
        until = time.monotonic() + 300
        while True:
            try:
                with urlopen(found[0].decode(), timeout=30) as page:  # noqa: S310 - our own server
                    assert page.status == 200
                break
            except URLError:
                assert time.monotonic() < until
                assert demo.poll() is None
                time.sleep(0.2)
        demo.send_signal(signal.SIGINT)
        assert demo.wait(timeout=120) == 0
    os.close(outer)


def test_the_desk_has_topics_and_a_published_answer(
    sedno: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is what a brand of the sample replied; a second run publishes no other."""
    try:
        Registry.default().resolve()
    except ArtifactError:
        pytest.skip("no artefact is built in yet")
    monkeypatch.delenv("MAKELEVEL", raising=False)
    for _ in range(2):
        done = sedno("demo", "--desk", "desk")
        assert done.code == 0, done.err
        told = done.out.partition("What people keep asking")[2]
        assert "koszt dostawy" in told
        assert "199 zł" in told.partition("Published")[2]
    assert (tmp_path / "desk" / "topics.md").read_text(encoding="utf-8").count("\n### ") > 10
    database = Database(f"sqlite:///{tmp_path / 'desk' / 'sedno.db'}")
    with database.session() as session:
        (published,) = feed.read(session, language="pl")
        entry = session.get_one(FaqEntry, published.id)
        assert pages.topic(session, entry.topic or "") is not None
        sources = entries.sources_of(session, entry.id, entry.version)
        (answer,) = [source for source in sources if source.kind == entries.ANSWER]
        assert answer.by_brand
        comment = session.get_one(StoredComment, answer.comment_id)
        assert comment.text == published.answer
        row = next(row for row in load_sample() if row["id"] == comment.external_id)
        assert row["author"] in row["source"]
    database.close()


def test_without_the_extra_the_desk_is_filled_all_the_same(
    sedno: Callable[..., Any], toy: Path, no_topics_extra: None
) -> None:
    """And it says what to install to have topics."""
    del no_topics_extra
    done = sedno("demo", "--desk", "desk", "--model", toy)
    assert done.code == 0, done.err
    assert "pip install 'sedno[topics]'" in done.out
    assert "It holds" in done.out


def test_the_output_must_be_jsonl(sedno: Callable[..., Any], toy: Path) -> None:
    """The demonstration reads back what it wrote."""
    done = sedno("demo", "--output", "-", "--model", toy)
    assert done.code == 2
    assert "name a file that ends in .jsonl" in done.err


def test_examples_are_the_surest_and_never_quoted_twice() -> None:
    """Sure answers before doubtful ones, no text under two labels, and gaps are named."""
    items = [
        answered("Niepewne pytanie o cenę?", review=True, question_question=0.55),
        answered("Ile kosztuje wysyłka?", question_question=0.99, sentiment_positive=0.99),
        answered("Kiedy drugi sezon?", question_question=0.90),
        answered("Bardzo mi się podoba", sentiment_positive=0.97),
    ]
    shown = list(demo_report.examples(items))
    at = shown.index("  question")
    assert [line.partition("“")[2] for line in shown[at + 1 : at + 3]] == [
        "Ile kosztuje wysyłka?”",
        "Kiedy drugi sezon?”",
    ]
    assert shown[shown.index("  positive") + 1] == "     97%  “Bardzo mi się podoba”"
    assert "  toxic: none found" in shown


def test_no_answer_is_shown_as_certain() -> None:
    """A score of 0.9996 is not 100 %."""
    shown = list(demo_report.examples([answered("Ile to kosztuje?", question_question=0.9996)]))
    assert any(" 99%" in line for line in shown)
    assert not any("100%" in line for line in shown)


def test_reviews_begin_with_the_least_certain() -> None:
    """Only answers that are to be reviewed, each comment once, long texts cut."""
    items = [
        answered("pewne", question_none=0.51),
        answered("mniej pewne", review=True, sentiment_mixed=0.45, question_none=0.6),
        answered("x" * 500, review=True, sentiment_neutral=0.40),
    ]
    shown = list(demo_report.reviews(items))
    assert len(shown) == 2
    assert "40%  neutral?" in shown[0]
    assert "45%  mixed?" in shown[1]
    assert max(map(len, shown)) <= 110
