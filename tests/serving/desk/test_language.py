from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

import sedno.serving.desk.language as module
from sedno.models.taxonomy import TASKS
from sedno.serving.desk import words
from sedno.serving.desk.language import speaker

DESK = Path(module.__file__).parent
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None, "say": None, "count": (1, 2)}
PLACES = re.compile(r"%\(\w+\)s|%%")


def used() -> dict[str | tuple[str, ...], str]:
    """Every text of the templates and modules, with the file it stands in."""
    found = extract_from_dir(
        DESK,
        method_map=[("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")],
        options_map={"templates/**.html": {"encoding": "utf-8"}},
        keywords=KEYWORDS,
    )
    return {text: file for file, _, text, _, _ in found}


def test_every_text_has_its_polish() -> None:
    """Nothing is shown in English on a Polish page, no plural is missing, nothing is left over."""
    with (DESK / "locale" / "pl.po").open("rb") as lines:
        catalogue = {entry.id: entry for entry in read_po(lines, locale="pl") if entry.id}
    texts = used()
    assert len(texts) > 100
    missing = [text for text in texts if text not in catalogue]
    assert missing == []
    assert [text for text in catalogue if text not in texts] == []
    for text, entry in catalogue.items():
        said = entry.string if isinstance(entry.string, list | tuple) else [str(entry.string)]
        assert all(said), f"{text!r} is not translated in full"
        assert len(said) == (3 if isinstance(text, list | tuple) else 1)
        given = text if isinstance(text, list | tuple) else [str(text)]
        for one in said:
            assert PLACES.findall(one) == PLACES.findall(given[-1])


def test_every_label_has_words() -> None:
    """The taxonomy and the desk's words go together."""
    assert set(words.TASKS) == {task.name for task in TASKS}
    for task in TASKS:
        assert tuple(words.LABELS[task.name]) == task.labels


@pytest.mark.parametrize(
    ("number", "polish"), [(1, "1 komentarz"), (3, "3 komentarze"), (5, "5 komentarzy")]
)
def test_polish_plurals(number: int, polish: str) -> None:
    """One, a few, many."""
    assert speaker("pl").count("%(num)s comment", "%(num)s comments", number) == polish


@pytest.mark.parametrize(
    ("score", "word", "english"),
    [
        (0.999, "almost certain", "right in over 99 of 100"),
        (0.97, "almost certain", "right in some 97 of 100"),
        (0.9, "very likely", "right in some 9 of 10"),
        (0.62, "rather", "right in some 6 of 10"),
        (0.3, "unsure", "right in some 3 of 10"),
    ],
)
def test_confidence_in_words(score: float, word: str, english: str) -> None:
    """A probability as people say it; never certain."""
    assert words.confidence(score) == word
    assert words.odds(speaker("en"), score) == english
