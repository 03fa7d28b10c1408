"""Pairs of Allegro customers' questions that two annotators read: the same question or not.

``allegro_pairs.tsv`` holds the pairs by the ids of the corpus, and what the annotators said; the
texts belong to the corpus and are found again where it is.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from sedno.datasets.comment import make_comment
from sedno.datasets.corpora.rows import CorpusError
from sedno.datasets.io.rows import Row
from sedno.evaluation.bootstrap import interval
from sedno.evaluation.topics.allegro_draw import QUOTAS, Pair, questions
from sedno.evaluation.topics.judging import agreement, read
from sedno.evaluation.topics.public import embed
from sedno.evaluation.topics.rivals import BERTOPIC, WAYS, NotMeasuredError
from sedno.evaluation.topics.scores import NOWHERE
from sedno.models.topics.engine import fit
from sedno.models.topics.records import Asked, Options

if TYPE_CHECKING:
    from sedno.models.classifier import Classifier

FILE: Final = "allegro_pairs.tsv"
OURS: Final = "sedno's topics"
_HEADER: Final = ("n", "a", "b", "stratum", "pool", "first", "second")
_DRAWS: Final = 1000

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
TakeIn = Callable[[Iterable[Row], "Classifier"], list[Asked]]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A pair and what the annotators said of it.

    Attributes:
        n: Its number, from 1, by which annotators name it.
        pair: The two questions.
        said: 1 where one answer serves both, else 0: of each annotator; empty before that.
    """

    n: int
    pair: Pair
    said: tuple[int, ...] = ()


def pairs(text: str | None = None) -> list[Labelled]:
    """The pairs in the order they were read.

    Args:
        text: What the file holds; the one that comes with Sedno where ``None``.
    """
    if text is None:
        text = resources.files("sedno.evaluation.topics").joinpath(FILE).read_text(encoding="utf-8")
    return [
        Labelled(
            int(row["n"]),
            Pair(row["a"], row["b"], row["stratum"], int(row["pool"])),
            tuple(int(row[who]) for who in ("first", "second") if row[who]),
        )
        for row in csv.DictReader(text.splitlines(), delimiter="\t")
    ]


def write(labelled: Sequence[Labelled], path: Path) -> None:
    """Writes the pairs, by id, as :func:`pairs` reads them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, delimiter="\t", lineterminator="\n")
        out.writerow(_HEADER)
        for one in labelled:
            first, second = one.said or ("", "")
            out.writerow(
                [one.n, one.pair.a, one.pair.b, one.pair.stratum, one.pair.pool, first, second]
            )


def fill(first: Path, second: Path, labelled: Sequence[Labelled]) -> list[Labelled]:
    """The pairs with the answers of two annotators: lines ``{"n": 1, "label": 0 or 1}``.

    Raises:
        JudgementError: A file does not answer each pair once, with 0 or 1.
    """
    wanted: dict[int, str | None] = dict.fromkeys((one.n for one in labelled), None)
    answers = [read(file, "label", wanted) for file in (first, second)]
    return [replace(one, said=tuple(said[one.n] for said in answers)) for one in labelled]


def measure(
    data: Path,
    take_in: TakeIn,
    classifier: Classifier,
    *,
    rivals: bool = True,
    alike: Sequence[float] = (),
    labelled: Sequence[Labelled] | None = None,
) -> dict[str, Any]:
    """Precision, recall and F1 of "the same question" on the labelled pairs.

    Args:
        data: Folder of corpora.
        take_in: What finds the questions in comments.
        classifier: What classifies and embeds.
        rivals: Whether to measure BERTopic too.
        alike: Cosines from which the product takes two comments for alike.
        labelled: The pairs; those that come with Sedno where ``None``.

    Returns:
        Figures of each way, ``labelled`` false without any where the annotators have not spoken.

    Raises:
        CorpusError: The corpus lacks a question of a pair.
    """
    every = list(pairs() if labelled is None else labelled)
    done = [one for one in every if len(one.said) > 1]
    if not done:
        return {"labelled": False, "pairs": len(every)}
    agreed = [one for one in done if one.said[0] == one.said[1]]
    texts = questions(data)
    for one in done:
        for id_ in (one.pair.a, one.pair.b):
            if id_ not in texts:
                raise CorpusError(
                    f"{FILE}: n {one.n} names the question {id_!r}, which {data} does not have; "
                    "use the version of the corpus that docs/topics.md names"
                )
    truth = np.array([one.said[0] == 1 for one in agreed])
    weights = _weights(agreed)
    vectors = embed(list(texts.values()), classifier)
    said = _ways(texts, vectors, agreed, truth, take_in, classifier, rivals=rivals, alike=alike)
    near = np.array([one.pair.stratum != "random" for one in agreed])
    return {
        "labelled": True,
        "pairs": len(done),
        "agreed": len(agreed),
        "same": int(truth.sum()),
        "annotators": agreement([one.said[0] for one in done], [one.said[1] for one in done]),
        "ways": {
            name: {"missing": answer}
            if isinstance(answer, str)
            else {
                **asdict(scores(truth, answer)),
                "f1_interval": _interval(truth, answer),
                "weighted": asdict(scores(truth[near], answer[near], weights[near])),
                "random_taken": int((answer & ~near).sum()),
            }
            for name, answer in said.items()
        },
    }


@dataclass(frozen=True, slots=True)
class Scores:
    """How well a way tells pairs of the same question.

    Attributes:
        precision: Share of same among those said to be the same; ``None`` where none was.
        recall: Share of the same that were found; ``None`` where none is the same.
        f1: Their harmonic mean, 0 where nothing right was said.
    """

    precision: float | None
    recall: float | None
    f1: float


def scores(truth: Bools, said: Bools, weights: Floats | None = None) -> Scores:
    """Precision, recall and F1 of the pairs said to be the same."""
    weight = np.ones(len(truth)) if weights is None else weights
    right = float(weight[truth & said].sum())
    told, same = float(weight[said].sum()), float(weight[truth].sum())
    return Scores(
        right / told if told else None,
        right / same if same else None,
        2 * right / (told + same) if told + same else 0.0,
    )


def best_level(cosines: Floats, truth: Bools) -> float:
    """The cosine from which saying "the same" gives the best F1; the highest of equal ones."""
    levels = np.unique(cosines)[::-1]
    return float(max(levels, key=lambda level: scores(truth, cosines >= level).f1, default=1.0))


def _ways(
    texts: Mapping[str, str],
    vectors: NDArray[np.float32],
    agreed: Sequence[Labelled],
    truth: Bools,
    take_in: TakeIn,
    classifier: Classifier,
    *,
    rivals: bool,
    alike: Sequence[float],
) -> dict[str, Bools | str]:
    """What each way says of each pair, or what is missing for it."""
    rows = (
        Row(at + 1, at, make_comment({"id": id_, "text": text}, default_id=id_), None, "", id=id_)
        for at, (id_, text) in enumerate(texts.items())
    )
    topics = fit(take_in(rows, classifier), Options(), model=classifier.name).assignments()
    out: dict[str, Bools | str] = {
        OURS: np.array([
            bool(set(topics.get(one.pair.a, ())) & set(topics.get(one.pair.b, ())))
            for one in agreed
        ])
    }  # fmt: skip
    if rivals:
        try:
            found = dict(zip(texts, WAYS[BERTOPIC](list(texts.values()), vectors, 0), strict=True))
        except NotMeasuredError as error:
            out[BERTOPIC] = str(error)
        else:
            out[BERTOPIC] = np.array([
                found[one.pair.a] == found[one.pair.b] != NOWHERE for one in agreed
            ])  # fmt: skip
    place = {id_: at for at, id_ in enumerate(texts)}
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = np.array([float(unit[place[one.pair.a]] @ unit[place[one.pair.b]]) for one in agreed])
    for level in alike:
        out[f"cosine ≥ {level}"] = cosines >= level
    out["cosine, level of the other half"] = _crossed(
        cosines, truth, np.array([one.n % 2 for one in agreed])
    )
    return out


def _crossed(cosines: Floats, truth: Bools, half: NDArray[np.int64]) -> Bools:
    """Each half judged by the level that is best on the other, so that none sees its own."""
    out = np.zeros(len(truth), dtype=bool)
    for side in (0, 1):
        here = half == side
        out[here] = cosines[here] >= best_level(cosines[~here], truth[~here])
    return out


def _weights(agreed: Sequence[Labelled]) -> Floats:
    """How many pairs of its stratum each one stands for."""
    count = {name: sum(one.pair.stratum == name for one in agreed) for name in QUOTAS}
    return np.array([one.pair.pool / count[one.pair.stratum] for one in agreed])


def _interval(truth: Bools, said: Bools) -> list[float]:
    chance = np.random.default_rng(0)
    draws = np.empty(_DRAWS)
    for at in range(_DRAWS):
        rows = chance.integers(0, len(truth), len(truth))
        draws[at] = scores(truth[rows], said[rows]).f1
    found = interval(scores(truth, said).f1, draws)
    return [found.low, found.high]
