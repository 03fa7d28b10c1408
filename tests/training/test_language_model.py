"""How the model of language identification is made."""

from __future__ import annotations

from sedno.training.language.fit import fit
from sedno.training.language.texts import Sampler, without_marks

TEXTS = {
    "en": ["the quick fox is where the others were", "what is this thing and where was it"],
    "pl": ["gdzie jest ten szybki lis co tu był", "kiedy będzie następny odcinek żółwia"],
}


def test_learns_what_it_is_shown() -> None:
    """A few steps tell two languages apart by pieces that were never whole texts."""
    model = fit(Sampler(TEXTS, {}, seed=1), seed=1, steps=12)
    assert model.labels == ("en", "pl")
    assert model.labels[int(model.probabilities("where is the fox").argmax())] == "en"
    assert model.labels[int(model.probabilities("gdzie jest odcinek").argmax())] == "pl"


def test_same_seed_same_pieces() -> None:
    """Draws repeat with the seed and follow the weights."""
    first = Sampler(TEXTS, {"pl": 3.0}, seed=2).draw(400)
    again = Sampler(TEXTS, {"pl": 3.0}, seed=2).draw(400)
    assert first == again
    assert 0.65 < sum(first[0]) / 400 < 0.85


def test_pieces_come_with_and_without_marks() -> None:
    """Polish is shown as people type it: with its marks and without."""
    pieces = Sampler({"pl": ["będzie"]}, {}, seed=3).draw(60)[1]
    assert set(pieces) == {"będzie", "bedzie"}


def test_without_marks() -> None:
    """Marks go, also those that are no separate character to Unicode."""
    assert without_marks("zażółć gęślą jaźń đ straße") == "zazolc gesla jazn d strasse"
