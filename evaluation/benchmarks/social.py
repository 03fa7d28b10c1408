"""Posts on social media: sentiment and harm in Polish tweets, sentiment in eight languages."""

from __future__ import annotations

from typing import Final

from sedno.evaluation.benchmarks.benchmark import Benchmark, Loader, Published
from sedno.evaluation.benchmarks.folds import leak_proof, official

NAME_WUST = "wust_tweets"
NAME_CBD = "cbd"
NAME_UMSAB = "umsab"

_THREE: Final = {"sentiment": ("negative", "neutral", "positive")}
_ROBERTA = "sdadas/polish-roberta README, mean of 5 runs"
_XLMT = "Barbieri et al. 2022, XLM-T, arXiv 2104.12250, repository README"

_XLMT_FIGURES: Final = {
    "all": 0.694,
    "ar": 0.669,
    "de": 0.773,
    "en": 0.706,
    "es": 0.679,
    "fr": 0.712,
    "hi": 0.564,
    "it": 0.691,
    "pt": 0.754,
}
"""XLM-T fine-tuned on all eight languages, macro-F1 by language."""


def build_wust(load: Loader) -> Benchmark:
    """Polish tweets, three sentiments; learn from train, be judged on test."""
    return leak_proof(
        Benchmark(
            name=NAME_WUST,
            title="WUST: Polish tweets, three sentiments",
            protocol=(
                "Emotions of up to three students mapped to three sentiments, those that at least "
                "two gave. Baselines learn from the corpus' training part. The split is "
                "this project's, by a hash of the text; nobody published a three-class figure."
            ),
            tasks=("sentiment",),
            folds=official(load("wust_twitter_emotions")),
            label_space=_THREE,
        )
    )


def build_cbd(load: Loader) -> Benchmark:
    """Harmful Polish tweets (PolEval 2019 task 6, KLEJ's CBD), the official test part."""
    published = [
        ("TrelBERT", 0.761, "deepsense-ai/trelbert model card, KLEJ"),
        ("Polish RoBERTa large", 0.7094, _ROBERTA),
        ("XLM-R large, positives repeated 4 times", 0.679, "k-nlp/klej-submission README"),
        ("Polish RoBERTa base", 0.6677, _ROBERTA),
        ("XLM-R large", 0.507, "k-nlp/klej-submission README"),
        ("HerBERT-klej", 0.503, "allegro/herbert-klej-cased-v1 model card"),
    ]
    return leak_proof(
        Benchmark(
            name=NAME_CBD,
            title="CBD: harmful Polish tweets (PolEval 2019, task 6)",
            protocol=(
                "The official 1,000 test tweets, 13 % harmful; the figure to compare is F1 of "
                "`toxic`. Baselines learn from the official training part without the tweets that "
                "stand in the test part too. The labels are known to be noisy."
            ),
            tasks=("toxicity",),
            folds=official(load("cbd_poleval2019")),
            published=tuple(Published(who, "F1 of toxic", f1, at) for who, f1, at in published),
        )
    )


def build_umsab(load: Loader) -> Benchmark:
    """Tweets in eight languages, three sentiments, the official test parts together."""
    published = [
        Published(f"XLM-T, {language}", "macro-F1", value, _XLMT, same=language != "all")
        for language, value in _XLMT_FIGURES.items()
    ]
    published.append(Published("XLM-R, all", "macro-F1", 0.668, _XLMT, same=False))
    return leak_proof(
        Benchmark(
            name=NAME_UMSAB,
            title="UMSAB: tweets in eight languages, three sentiments (no Polish)",
            protocol=(
                "The official test parts, 870 tweets a language; by language see the slices. "
                "Baselines learn from the training parts of all languages together. The published "
                "figure for all languages is the mean over them, here all tweets are pooled."
            ),
            tasks=("sentiment",),
            folds=official(load("umsab_xlmt")),
            label_space=_THREE,
            published=tuple(published),
            language=None,
        )
    )
