"""Comments in capitals are read in small letters, and only those."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sedno.datasets.normalize import normalize
from sedno.models.classifier import Classifier
from sedno.models.loudness import quieten


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("NIE POLECAM TEJ FIRMY!!! ŻENADA", "Nie polecam tej firmy!!! żenada"),
        ("¿DÓNDE ESTÁ MI PAQUETE?", "¿Dónde está mi paquete?"),
        ("ЦЕ ЖАХЛИВО, НІКОЛИ БІЛЬШЕ", "Це жахливо, ніколи більше"),
    ],
)
def test_capitals_become_small_letters(text: str, read: str) -> None:
    """In every alphabet that has both."""
    assert quieten(normalize(text)).text == read


@pytest.mark.parametrize(
    "text",
    [
        "PKO BP",
        "Kupiłam w CCC i NIGDY WIĘCEJ nie kupię",
        "super",
        "12 000 ZŁ",
        "😀😀😀",
        "LOL XDDD",
    ],
)
def test_emphasis_and_abbreviations_stay(text: str) -> None:
    """What is not in capitals as a whole is not touched."""
    assert quieten(normalize(text)).text == normalize(text).text


@given(st.text())
def test_every_character_keeps_its_place(text: str) -> None:
    """Spans still point into the text as it was given."""
    before = normalize(text)
    after = quieten(before)
    assert len(after.text) == len(before.text)
    assert after.offsets == before.offsets
    assert quieten(after).text == after.text


def test_the_answer_is_that_of_small_letters() -> None:
    """The shipped model, on a comment of each sort."""
    with Classifier(threads=1) as classifier:
        loud, quiet = classifier.predict(
            ["ALE ŻENADA, NIGDY WIĘCEJ TU NIE KUPIĘ", "Ale żenada, nigdy więcej tu nie kupię"],
            explain=True,
        )
    assert {task: a.label for task, a in loud.labels.items()} == {
        task: a.label for task, a in quiet.labels.items()
    }
    spans = [span.text for answer in loud.labels.values() for span in answer.spans]
    assert spans
    assert all(text == text.upper() for text in spans), "spans quote the text as it was written"
