from __future__ import annotations

from pathlib import Path

import pytest
from tokenizers import Tokenizer

from sedno.models.artifact import ArtifactError
from sedno.models.tokenizer import TextEncoder

MAX_TOKENS = 24


@pytest.fixture
def encoder(artifact_folder: Path) -> TextEncoder:
    """A small limit, so that short texts are too long."""
    return TextEncoder(artifact_folder / "tokenizer.json", prefix="kiedy ", max_tokens=MAX_TOKENS)


def test_texts_are_prefixed_and_framed(encoder: TextEncoder) -> None:
    """The ids are those of <s>, the prefix, the text and </s>."""
    empty, one = encoder.encode(["", "super"])

    assert one.ids[0] == empty.ids[0] == 0
    assert one.ids[-1] == empty.ids[-1] == 2
    assert one.ids[1] == empty.ids[1]
    assert len(one.ids) == 4
    assert not one.truncated


def test_of_a_long_text_beginning_and_end_are_kept(encoder: TextEncoder) -> None:
    """Three quarters come from the beginning, one from the end, and it is told."""
    text = " ".join(["super"] * 30 + ["nie"] * 30 + ["promocja"] * 30)
    (long,) = encoder.encode([text])
    super_id, promo_id = (encoder.encode([word])[0].ids[2] for word in ("super", "promocja"))

    assert long.truncated
    assert long.ids.tolist() == [
        *encoder.encode([""])[0].ids[:2],
        *[super_id] * 16,
        *[promo_id] * 5,
        2,
    ]


def test_a_text_of_just_the_limit_is_whole(encoder: TextEncoder) -> None:
    """The limit counts the framing tokens."""
    just, over = encoder.encode([" ".join(["super"] * count) for count in (21, 22)])

    assert (len(just.ids), just.truncated) == (MAX_TOKENS, False)
    assert (len(over.ids), over.truncated) == (MAX_TOKENS, True)


def test_many_and_large_texts_come_back_in_order(encoder: TextEncoder) -> None:
    """Texts are encoded in chunks, which the caller does not see."""
    texts = ["super " * (number * 500 % 7000) + "kiedy" for number in range(60)]

    together = encoder.encode(texts)
    alone = [encoder.encode([text])[0] for text in texts]

    assert [tokens.ids.tolist() for tokens in together] == [t.ids.tolist() for t in alone]


def test_padding_and_cutting_stored_in_the_file_are_ignored(
    artifact_folder: Path, tmp_path: Path
) -> None:
    """How texts are cut is decided here and not by what a trainer left in the file."""
    tokenizer = Tokenizer.from_file(str(artifact_folder / "tokenizer.json"))
    tokenizer.enable_truncation(4)
    tokenizer.enable_padding(length=100)
    tokenizer.save(str(tmp_path / "tokenizer.json"))

    encoder = TextEncoder(tmp_path / "tokenizer.json", prefix="", max_tokens=50)

    assert len(encoder.encode([" ".join(["super"] * 10)])[0].ids) == 12


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    """The library's error comes with the path."""
    path = tmp_path / "tokenizer.json"
    path.write_text("{}", encoding="utf-8")

    with pytest.raises(ArtifactError, match=r"tokenizer\.json: cannot be read as a tokenizer"):
        TextEncoder(path, prefix="", max_tokens=10)
