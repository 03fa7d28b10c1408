from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from sedno.evaluation.answers import Predictor
from sedno.evaluation.baselines import LengthOnly, Majority
from sedno.evaluation.benchmarks import catalogue
from sedno.evaluation.bootstrap import Interval
from sedno.evaluation.judge import Rules
from sedno.evaluation.panels import Panel, Row, StudyResult
from sedno.evaluation.provenance import Training
from sedno.evaluation.report.page import page
from sedno.evaluation.results import ArtefactIdentity, Report
from sedno.evaluation.suite import run_suite
from sedno.models.calibration import RiskCurve, TaskCalibration
from sedno.models.taxonomy import TASKS

VOID = {"meta", "br", "path", "circle", "polyline"}


@pytest.fixture(scope="module")
def report(predictor_by_words: Callable[..., Predictor], data_root: Path) -> Report:
    """An evaluation with mistakes, bands, a matched part, a study and unread signs."""
    load = catalogue.reader(data_root)
    risk = RiskCurve((0.5, 0.8), (0.2, 0.01), (1.0, 0.5))
    made = run_suite(
        predictor_by_words(blind=["question"]),
        ArtefactIdentity("rules@1", "0" * 64),
        Training(),
        catalogue.build(["gold_dev", "cbd"], load),
        load=load,
        baselines=lambda _: (Majority(), LengthOnly()),
        rules=Rules(replicates=50),
        progress=lambda _: None,
        calibration={
            task.name: TaskCalibration(1.5, (0.0,) * len(task.labels), risk) for task in TASKS
        },
    )
    row = Row("typos <b>", {"substance": Interval(1.5, 0.5, 2.5)}, "9 % & more")
    panel = Panel("gold_loss", "Points lost", (row,), signed=True)
    return replace(made, studies=(StudyResult("robustness", "Robustness", "How.", (panel,)),))


class Checker(HTMLParser):
    """Keeps count of open elements, ids, and addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Opens."""
        found = {name: value or "" for name, value in attrs}
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"]] if "href" in found else []
        self.outside += [found[name] for name in ("src", "srcset", "data") if name in found]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Closes what was opened last."""
        if tag not in VOID:
            assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_nothing_beside_itself(report: Report) -> None:
    """Elements close in order, links lead to a place on the page, nothing is fetched."""
    content = page(report)
    checker = Checker()
    checker.feed(content)
    checker.close()
    assert checker.open == []
    assert checker.links
    assert {link.removeprefix("#") for link in checker.links} <= set(checker.ids)
    assert checker.outside == []
    assert not re.search(r"https?:|@import|url\(|<script", content)


def test_the_page_shows_what_a_sceptic_asks_for(report: Report) -> None:
    """Charts, confusion, bands, matched part, mistakes by id, floors and studies."""
    content = page(report)
    tasks = [task for result in report.benchmarks for task in result.tasks]
    assert content.count("<svg") == 2 * len(tasks)
    assert content.count('class="confusion"') == len(tasks)
    assert content.count("Abstain band, as the artefact draws it") == len(tasks)
    mistakes = [mistake for task in tasks for mistake in task.mistakes]
    assert mistakes
    assert all(f"<code>{mistake.id}</code>" in content for mistake in mistakes)
    assert "+1.500 [+0.500, +2.500] *" in content
    assert "typos &lt;b&gt;" in content
    assert "9 % &amp; more" in content
    assert 'class="no"' in content


def test_numbers_that_are_none_are_not_shown(report: Report) -> None:
    """Neither nan nor None reaches a reader."""
    assert not re.search(r"\bnan\b|\bNone\b", page(report))


def test_without_texts_none_is_quoted_and_with_texts_they_are_escaped(
    report: Report, data_root: Path
) -> None:
    """A page that quotes says so; markup in a comment stays text."""
    load = catalogue.reader(data_root)
    texts = [item.text for b in catalogue.build(["gold_dev", "cbd"], load) for item in b.items]
    plain = page(report)
    assert not [text for text in texts if text in plain]
    mistake = next(m for r in report.benchmarks for t in r.tasks for m in t.mistakes)
    quoting = page(report, {(mistake.corpus, mistake.id): "<i>zły</i> tekst"})
    assert "&lt;i&gt;zły&lt;/i&gt; tekst" in quoting
    assert "do not publish" in quoting
    assert "do not publish" not in plain
