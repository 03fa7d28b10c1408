"""Which language a comment is said to be in."""

from __future__ import annotations

import subprocess
import sys
import time
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sedno.datasets.language import LanguageGuess, detect_language
from sedno.datasets.language.letters import BITS, hashed_ngrams, telling_words
from sedno.datasets.language.model import FILE_NAME, shipped_model
from sedno.datasets.language_codes import LANGUAGE_CODES

NOTHING = LanguageGuess(None, 0.0)
HASHES_OF_KIEDY = 418020


@pytest.mark.parametrize(
    "text",
    [
        "kiedy bedzie drugi sezon",
        "super polecam",
        "gdzie to kupic",
        "ile kosztuje",
        "swietne",
        "no wlasnie",
        "super",
        "polecam",
        "piekne",
        "czekam na kolejny odcinek",
        "nie dziala mi link",
        "CZY JEST W CZARNYM?",
        "dzieeekuje baaardzo",
        "Brawo 👏👏",
        "jaka cena 😍",
        "@ola zobacz https://sklep.pl/x",
        "Zażółć gęślą jaźń",
    ],
)
def test_short_polish(text: str) -> None:
    """Short Polish is Polish, without diacritics, in capitals, lengthened, among emoji."""
    assert detect_language(text).code == "pl"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("where can I buy this", "en"),
        ("wo kann man das kaufen", "de"),
        ("¿dónde puedo comprar esto?", "es"),
        ("où est-ce que je peux l'acheter", "fr"),
        ("dove posso comprarlo?", "it"),
        ("onde posso comprar isso?", "pt"),
        ("kde sa to dá kúpiť", "sk"),
        ("gdje mogu to kupiti", "hr"),
        ("kje lahko to kupim", "sl"),
        ("hol lehet ezt megvenni", "hu"),
        ("var kan man köpa den här", "sv"),
        ("где можно это купить", "ru"),
        ("де це можна купити", "uk"),
        ("коли буде другий сезон", "uk"),
        ("къде мога да го купя", "bg"),
        ("kde se to dá koupit", "cs"),
        ("waar kan ik dit kopen", "nl"),
        ("unde pot să cumpăr asta", "ro"),
        ("çok güzel olmuş", "tr"),
        ("mistä tämän voi ostaa", "fi"),
        ("hvor kan jeg købe den", "da"),
        ("πού μπορώ να το αγοράσω", "el"),
        ("من أين أشتريه", "ar"),
        ("از کجا می‌توانم بخرم چه قیمتی", "fa"),
        ("איפה אפשר לקנות", "he"),
        ("どこで買えますか", "ja"),
        ("在哪里可以买到", "zh"),
        ("어디서 살 수 있나요", "ko"),
        ("mua ở đâu vậy ạ", "vi"),
    ],
)
def test_other_languages(text: str, code: str) -> None:
    """Ordinary questions in other languages are told apart."""
    assert detect_language(text).code == code


@pytest.mark.parametrize(
    "text",
    ["", " ", "😂😂😂", "123", "10/10", "?!...", "https://a.pl/xyz", "@ania_k @ola", "❤️ 100%"],
)
def test_no_letters_no_language(text: str) -> None:
    """Emoji, numbers, addresses and mentions have no language."""
    assert detect_language(text) == NOTHING


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_total(text: str) -> None:
    """Any string gets a known code and a confidence between 0 and 1, or nothing at all."""
    guess = detect_language(text)
    if guess.code is None:
        assert guess == NOTHING
    else:
        assert guess.code in LANGUAGE_CODES
        assert 0.0 < guess.confidence <= 1.0


@pytest.mark.parametrize("text", ["a\ud800b", "żółć\udc00", "\udfff"])
def test_lone_surrogates_do_no_harm(text: str) -> None:
    """Text that is not valid Unicode is answered like any other."""
    assert 0.0 <= detect_language(text).confidence <= 1.0


def test_one_foreign_name_changes_nothing() -> None:
    """A Czech name in a Polish sentence does not make it Czech."""
    assert detect_language("bardzo podobał mi się koncert Dvořáka w filharmonii").code == "pl"


def test_confidence_grows_with_evidence() -> None:
    """A word of many languages is a guess, a sentence is not."""
    assert detect_language("ok").confidence < 0.6
    assert detect_language("kiedy w końcu będzie drugi sezon tego serialu").confidence > 0.95


def test_longest_text_is_quick() -> None:
    """A text of the greatest length costs little more than a short one."""
    started = time.perf_counter()
    for _ in range(20):
        detect_language("ż" * 20_000)
        detect_language("a b " * 5_000)
    assert time.perf_counter() - started < 2


def test_telling_words() -> None:
    """Only letters are left, small, with their lengthening shortened."""
    text = "Jaaaak SUPER!!! @ola https://a.pl a1b &amp; 😍"
    assert telling_words(text) == "jaak super a b"


def test_hashes_fit_the_table() -> None:
    """Each run of one to five characters gives one row of the table."""
    rows = hashed_ngrams("abc")
    assert len(rows) == 5 + 4 + 3 + 2 + 1
    assert int(rows.max()) < 2**BITS
    assert len(hashed_ngrams("a")) == 3 + 2 + 1


def test_hashes_are_the_ones_trained_on() -> None:
    """The hash never changes without the model: its rows would mean something else."""
    assert int(hashed_ngrams("kiedy").astype("int64").sum()) == HASHES_OF_KIEDY


def test_model_is_small_and_whole() -> None:
    """The shipped file stays under a megabyte and holds a row for each hash."""
    assert len(files("sedno.datasets.language").joinpath(FILE_NAME).read_bytes()) < 1_000_000
    model = shipped_model()
    assert model.weights.shape == (2**BITS, len(model.labels))
    assert "pl" in model.labels


def test_nothing_heavy_is_imported() -> None:
    """Detection needs NumPy and nothing else; the model is read when first asked."""
    code = (
        "import sys, sedno.datasets.language as language\n"
        "from sedno.datasets.language.model import shipped_model\n"
        "assert shipped_model.cache_info().currsize == 0\n"
        "language.detect_language('gdzie to kupic')\n"
        "assert shipped_model.cache_info().currsize == 1\n"
        "heavy = {'torch', 'scipy', 'sklearn', 'onnxruntime', 'pyarrow'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-P", "-c", code], check=True, timeout=60)
