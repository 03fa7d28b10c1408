"""Masking must not hide from the model what a comment is."""

from __future__ import annotations

import pytest

from sedno.datasets.stand_ins import STAND_INS, with_stand_ins
from sedno.models.classifier import Classifier
from sedno.serving.privacy.masking import MARKS, mask

ADVERTS = (
    "Wróżka Aurelia pomoże odzyskać miłość, odczynianie uroków, dzwoń 601 234 567",
    "Kredyt bez BIK od ręki! pisz na szybkakasa@poczta-pewna.pl albo sms 722 345 678",
    "Praca zdalna 8000 zł/mies bez doświadczenia, szczegóły whatsapp +48 511 222 333",
    "Skup aut za gotówkę, dojazd gratis, tel. 505 606 707",
)
MENTIONS = (
    "@kasia.nowak92 musisz to zobaczyć!",
    "@marek_wu nie masz racji, ten krem uczula i tyle",
    "Kiedy wysyłka do Czech? @ania.zielona też pyta",
    "@tomasz.kot jesteś głupi jak but",
    "Zarabiam 5000 dziennie dzięki @trader_viktor_fx, napisz do niej",
    "@ola @kuba @zosia92 @marta.k bierzemy udział w konkursie",
)


def test_every_mark_has_one() -> None:
    """None is left for the model to stumble over."""
    assert set(STAND_INS) == set(MARKS.values())
    assert with_stand_ins(" ".join(STAND_INS)) == " ".join(STAND_INS.values())


@pytest.mark.parametrize("text", ["Kiedy wysyłka?", "", "[nic] takiego", "tel. [telefo"])
def test_other_texts_stay(text: str) -> None:
    """Brackets alone are no mark."""
    assert with_stand_ins(text) == text


def test_a_masked_advert_is_as_suspect_as_it_was_written() -> None:
    """The shipped model gives the same label to what was written and to what is stored."""
    masked = [mask(text).text for text in ADVERTS]
    assert all("[telefon]" in text for text in masked)
    with Classifier(threads=1) as classifier:
        written = classifier.predict(list(ADVERTS))
        stored = classifier.predict([with_stand_ins(text) for text in masked])
    for before, after in zip(written, stored, strict=True):
        assert after.labels["authenticity"].label == before.labels["authenticity"].label == "spam"


def test_a_masked_mention_changes_no_label() -> None:
    """Who is spoken to does not matter to the shipped model, only that somebody is."""
    masked = [mask(text).text for text in MENTIONS]
    assert all("[osoba]" in text and "@" not in text for text in masked)
    with Classifier(threads=1) as classifier:
        written = classifier.predict(list(MENTIONS))
        stored = classifier.predict([with_stand_ins(text) for text in masked])
    for before, after in zip(written, stored, strict=True):
        for task in ("substance", "authenticity", "question", "toxicity"):
            assert after.labels[task].label == before.labels[task].label, before
