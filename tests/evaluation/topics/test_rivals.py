from __future__ import annotations

from collections import Counter
from importlib.util import find_spec

import numpy as np
import pytest
from numpy.typing import NDArray

from sedno.evaluation.topics import outside
from sedno.evaluation.topics.outside import Given
from sedno.evaluation.topics.report import markdown
from sedno.evaluation.topics.rivals import WAYS, Find, NotMeasuredError, Way, scored
from sedno.evaluation.topics.scores import NOWHERE, agree

LIBRARIES = {
    "bertopic": ("bertopic", "umap"),
    "top2vec": ("top2vec",),
    "turftopic": ("turftopic",),
    "fast-hdbscan umap-learn": ("fast_hdbscan", "umap"),
    "evoc": ("evoc",),
    "": (),
}
ASKED = {
    "wysyłka": ["ile kosztuje wysyłka", "jaki koszt wysyłki", "wysyłka za granicę ile"],
    "zwrot": ["czy można oddać buty", "zwrot butów jak długo", "jak oddać but"],
    "rozmiar": ["jaki rozmiar kurtki", "rozmiar kurtki na wzrost", "kurtka w rozmiarze małym"],
    "pies": ["czy wpuszczacie psy", "można wejść z psem", "pies na pokładzie wolno"],
}


def small_set() -> tuple[list[str], NDArray[np.float32], list[str]]:
    """Four clear-cut intents of 30 questions each, and embeddings that lie around four points."""
    rng = np.random.default_rng(3)
    texts, truth, rows = [], [], []
    for at, (intent, wordings) in enumerate(ASKED.items()):
        centre = np.eye(len(ASKED), 16)[at]
        for number in range(30):
            texts.append(f"{wordings[number % 3]} {number}")
            truth.append(intent)
            rows.append(centre + 0.06 * rng.normal(size=16))
    vectors = np.asarray(rows, dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return texts, vectors, truth


def skip_unless_installed(name: str) -> None:
    """Skips with the reason where a library of a way is not there."""
    for module in LIBRARIES[WAYS[name].packages]:
        if find_spec(module) is None:
            pytest.skip(f"{module} is not installed: pip install {WAYS[name].packages}")


def raising(error: Exception) -> Find:
    """A way that always fails."""

    def find(*_: object) -> list[str]:
        raise error

    return find


@pytest.mark.filterwarnings("ignore")  # what other libraries warn of is not ours to mend
@pytest.mark.parametrize("name", WAYS)
def test_a_way_finds_clear_cut_intents_and_the_same_ones_twice(name: str) -> None:
    """Seeded, from the embeddings that are given, with every socket closed."""
    skip_unless_installed(name)
    texts, vectors, truth = small_set()
    chance = np.random.get_state()[1].tolist()  # type: ignore[index]
    found = WAYS[name](texts, vectors, len(ASKED))
    assert len(found) == len(texts)
    # KeyNMF goes by shared words, of which there are few here, and its criterion for the number
    # of topics may well give one.
    least = {"KeyNMF": 0.0, "KeyNMF, true k": 0.3}.get(name, 0.6)
    assert agree(truth, found).v_measure >= least
    assert WAYS[name](texts, vectors, len(ASKED)) == found
    assert np.random.get_state()[1].tolist() == chance  # type: ignore[index]


def test_a_rival_that_is_not_installed_is_named_with_what_to_install() -> None:
    """The report goes on without it."""
    absent = raising(ModuleNotFoundError("No module", name="fast_hdbscan"))
    breaks = raising(ValueError("empty vocabulary;\n perhaps"))
    texts, vectors, truth = small_set()
    ways = {"absent": Way(absent, "fast-hdbscan umap-learn"), "breaks": Way(breaks, "some"),
            "sedno": WAYS["sedno"]}  # fmt: skip
    figures = scored(ways, texts, vectors, truth)
    assert figures["absent"] == {
        "missing": "fast_hdbscan is not installed: pip install fast-hdbscan umap-learn"
    }
    assert figures["breaks"] == {"missing": "failed: ValueError: empty vocabulary; perhaps"}
    assert figures["sedno"]["topics"] == len(ASKED)
    text = markdown({
        "model": "m", "date": "2026-11-30", "machine_line": "", "machine": {"load": 0},
        "commit": None, "public": {"clinc150 test": figures},
    })  # fmt: skip
    assert "pip install fast-hdbscan umap-learn" in text
    assert "empty vocabulary" in text


def test_a_fault_of_our_own_is_no_missing_rival() -> None:
    """What comes with Sedno has to work; hiding its faults would hide them from everyone."""
    texts, vectors, truth = small_set()
    with pytest.raises(ValueError, match="ours"):
        scored({"own": Way(raising(ValueError("ours")))}, texts, vectors, truth)


def test_every_way_of_another_library_says_what_to_install() -> None:
    """Without it a missing library would fail the report."""
    own = {name for name, way in WAYS.items() if not way.packages}
    assert own == {"sedno", "k-means, true k"}
    assert {way.packages for way in WAYS.values()} == set(LIBRARIES)


def test_given_embeddings_stand_for_an_encoder() -> None:
    """A text has its own embedding, a word the mean of the texts that hold it."""
    texts = ["Koszt wysyłki?", "wysyłki brak", "zwrot"]
    vectors = np.eye(3, dtype=np.float32)
    given = Given(texts, vectors)
    assert given.encode(["zwrot", "Koszt wysyłki?"]).tolist() == [[0, 0, 1], [1, 0, 0]]
    half = 0.5**0.5
    assert given(["wysylki"])[0] == pytest.approx([half, half, 0.0])
    with pytest.raises(KeyError):
        given.encode(["nieznane"])


def test_the_missing_module_is_asked_for_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rival is imported when it is measured, so that the report needs none of them."""
    monkeypatch.setitem(__import__("sys").modules, "evoc", None)
    texts, vectors, _ = small_set()
    with pytest.raises(NotMeasuredError, match="pip install evoc"):
        WAYS["EVoC"](texts, vectors, 4)
    assert Counter(outside._named([-1, 0, 0])) == {NOWHERE: 1, "0": 2}
