"""Does an answer say when the model knows neither the language nor the kind of text?

Wanted: a caveat on texts that are no comments or are in a language it has not learned, and none on
comments. The texts that should raise one are written for this study (``unfamiliar.jsonl``).
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Final

import numpy as np

from sedno.datasets.corpora.example import Example
from sedno.evaluation.bootstrap import Resamples, interval
from sedno.evaluation.panels import Panel, Row, StudyResult
from sedno.evaluation.studies.setting import Setting

NAME: Final = "unfamiliar"
FILE: Final = "unfamiliar.jsonl"


def run(setting: Setting) -> StudyResult:
    """Shares of texts with a caveat: comments, which want none, and others, which want one."""
    started = time.perf_counter()
    dev = [e for e in setting.load("gold_pl") if e.split == "dev"]
    held = setting.training.held_kinds.get("spam_pl", frozenset())
    spam = [e for e in setting.load("spam_pl") if e.kind in held]
    usual = [
        _row("gold dev", [e.text for e in dev], setting),
        *(_row(f"gold dev, {name}", texts, setting) for name, texts in _by_source(dev).items()),
    ]
    if spam:
        usual.append(_row("authored spam, kinds held out", [e.text for e in spam], setting))
    odd: dict[str, list[str]] = defaultdict(list)
    for record in read_texts():
        odd[record["kind"]].append(record["text"])
    every = [text for texts in odd.values() for text in texts]
    return StudyResult(
        name=NAME,
        title="Unfamiliar texts: does the answer say so?",
        protocol=(
            "Share of texts whose answer has a caveat (`out_of_domain` or "
            "`unsupported_language`). Comments should have none; "
            f"{len(every)} texts written for this study, which are no comments or are in another "
            "language, should have one."
        ),
        panels=(
            Panel("comments", "Comments with a caveat: false alarms", tuple(usual)),
            Panel(
                "others",
                "Other texts with a caveat: found",
                (
                    _row("all", every, setting),
                    *(_row(kind, texts, setting) for kind, texts in odd.items()),
                ),
            ),
        ),
        seconds=time.perf_counter() - started,
    )


def read_texts() -> list[dict[str, str]]:
    """``{"kind", "text"}`` of every text that should raise a caveat."""
    stored = files("sedno.evaluation.studies").joinpath(FILE).read_text(encoding="utf-8")
    return [json.loads(line) for line in stored.splitlines()]


def _by_source(examples: Sequence[Example]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for example in examples:
        found[example.source or "unknown"].append(example.text)
    return found


def _row(subject: str, texts: Sequence[str], setting: Setting) -> Row:
    predictions = setting.reader.predict(list(texts))
    told = np.array([bool(prediction.caveats) for prediction in predictions], dtype=np.float64)
    # Equal texts get equal answers, so they are drawn together.
    resamples = Resamples.draw(
        list(texts), replicates=setting.rules.replicates, seed=setting.rules.seed
    )
    sizes = resamples.totals(np.ones((len(told), 1)))
    draws = resamples.totals(told[:, None]) / sizes
    share = interval(float(told.mean()), draws[:, 0])
    return Row(subject, {"with a caveat": share}, f"{len(texts)} texts")
