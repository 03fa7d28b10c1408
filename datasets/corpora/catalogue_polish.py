"""The Polish corpora."""

from __future__ import annotations

from typing import Final

from sedno.datasets.corpora import loaders_gold as gold
from sedno.datasets.corpora import loaders_hostility as hostility
from sedno.datasets.corpora import loaders_questions as questions
from sedno.datasets.corpora import loaders_sentiment as sentiment
from sedno.datasets.corpora.corpus import Corpus

ALL_TASKS: Final = ("substance", "authenticity", "sentiment", "question", "toxicity")

_POLEMO_LICENCE = (
    "CC BY-SA 4.0 on the dataset cards clarin-pl/polemo2-official and allegro/klej-polemo2-in"
)
_POLEMO_CITATION = (
    "Kocoń, Miłkowski, Zaśko-Zielińska (2019). Multi-Level Sentiment Analysis of PolEmo 2.0: "
    "Extended Corpus of Multi-Domain Consumer Reviews. CoNLL 2019, K19-1092."
)

POLISH: Final[tuple[Corpus, ...]] = (
    Corpus(
        name="gold_pl",
        title="Real comments labelled for all five tasks under the annotation guide",
        address="made for this project",
        tasks=ALL_TASKS,
        languages=("pl", "en", "de", "es", "fr", "it"),
        rows=6900,
        licence="labels: this project's; texts keep the licence of the corpus in `source`",
        licence_class="unstated",
        citation="Sedno project: comments labelled under its annotation guide.",
        convert=gold.gold_pl,
        notes=(
            (
                "Labelled by a large language model reading each comment under the guide, not by "
                "people. Model cards and reports must say so."
            ),
            (
                "Dev has two blind annotators (`annotations`); a task they differ on is unlabelled "
                "and stands in `disagreed`."
            ),
            (
                "Train and dev share their kinds of source; hold a `kind` (plfb, wpkom, shop, "
                "wust, polemo2, poleval2024, umsab, yt) out of train to see what an unseen one "
                "costs."
            ),
            (
                "A quarter of the fan-page train rows stand under posts that dev has too "
                "(`thread`), and 33 train rows are near a dev text, hold one or are held by "
                "one: use `leak_free`."
            ),
        ),
    ),
    Corpus(
        name="spam_pl",
        title="Authored Polish spam of 44 kinds, hard negatives and ordinary comments",
        address="made for this project",
        tasks=ALL_TASKS,
        languages=("pl", "en", "uk", "ru", "de"),
        rows=900,
        licence="open (made for this project)",
        licence_class="open",
        citation="Sedno project: authored spam comments.",
        convert=gold.spam_pl,
        notes=(
            "Written and labelled by a large language model. Model cards and reports must say so.",
            "Hold whole kinds out (`kind`); `hn_*` are hard negatives, `ord_*` ordinary.",
            "Zero-width characters and mixed scripts occur only in its spam: normalise first.",
            (
                "Spam here is 96 % generic, hard negatives mostly substantive: do not learn "
                "substance from it alone."
            ),
        ),
    ),
    Corpus(
        name="questions_pl",
        title="Authored customer questions: 200 intents, 12 wordings each, 28 niches",
        address="made for this project",
        tasks=("question", "substance"),
        languages=("pl", "en", "uk", "de"),
        rows=2400,
        licence="open (made for this project)",
        licence_class="open",
        citation="Sedno project: authored customer questions.",
        convert=gold.questions_pl,
        notes=(
            "Written and labelled by a large language model. Model cards and reports must say so.",
            (
                "All 110 rows read want an answer, also those put as a statement, so all are "
                "`question`; and the guide calls an information-seeking question substantive."
            ),
            "No row is labelled `none`: balance it with corpora that have both.",
            "`group` is the intent, `kind` the niche: hold whole niches out.",
        ),
    ),
    Corpus(
        name="polemo2_text",
        title="PolEmo 2.0: whole consumer reviews, four sentiments",
        address="http://hdl.handle.net/11321/710",
        hub="clarin-pl/polemo2-official, allegro/klej-polemo2-in",
        tasks=("sentiment",),
        languages=("pl",),
        rows=8216,
        licence=_POLEMO_LICENCE,
        licence_class="open",
        citation=_POLEMO_CITATION,
        convert=sentiment.polemo2_text,
        notes=(
            "ambivalent -> mixed. Text in its untokenised form (`text_detok`).",
            "KLEJ PolEmo2.0-IN is `kind` in (hotels, medicine): 5,783 / 723 / 722 rows.",
        ),
    ),
    Corpus(
        name="polemo2_sentence",
        title="PolEmo 2.0: sentences of the same reviews",
        address="http://hdl.handle.net/11321/710",
        hub="clarin-pl/polemo2-official",
        tasks=("sentiment",),
        languages=("pl",),
        rows=57466,
        licence=_POLEMO_LICENCE,
        licence_class="open",
        citation=_POLEMO_CITATION,
        convert=sentiment.polemo2_sentence,
        feeds_gold=True,
        notes=(
            (
                "Its splits ignore those of polemo2_text. For a polemo2_text figure train only on "
                'rows with `meta["in_text_split"]` = "no"; `leak_free` finds the sentences by '
                "itself."
            ),
            (
                "Sentences were labelled with the review in view: of 45 ambivalent ones in gold "
                "train 16 are mixed there (weight .35); negative 127 of 136, neutral 80 of 103, "
                "positive 106 of 116 agree (weight .9)."
            ),
        ),
    ),
    Corpus(
        name="poleval2024_emosent",
        title="CLARIN-Emo / PolEval 2024 task 2: reviews and sentences, natural text",
        address="https://github.com/poleval/2024-emotion-recognition",
        tasks=("sentiment",),
        languages=("pl",),
        rows=7169,
        licence="not stated",
        licence_class="unstated",
        citation=(
            "Koptyra et al. (2023). CLARIN-Emo: Training Emotion Recognition Models Using Human "
            "Annotation and ChatGPT. ICCS 2023."
        ),
        convert=sentiment.poleval2024_emosent,
        feeds_gold=True,
        notes=(
            "Rows without a clear polarity are dropped. Positive and negative -> mixed.",
            'Overlaps PolEmo 2.0 (`meta["in_text_split"]`); `leak_free` finds the sentences.',
            (
                "`group` is the review. Splits are the preparer's, not official; gold train holds "
                "rows of all three."
            ),
        ),
    ),
    Corpus(
        name="wust_twitter_emotions",
        title="Polish tweets by emotion, mapped to three sentiments",
        address="https://github.com/SMAPWr/project-polish-emotions-classifier",
        tasks=("sentiment",),
        languages=("pl",),
        rows=5035,
        licence="not stated",
        licence_class="unstated",
        citation="SMAPWr: WUST 2k20 Twitter emotion annotations (student project POLEMIC).",
        convert=sentiment.wust_twitter_emotions,
        feeds_gold=True,
        notes=(
            'Dropped: rows with `lang` "und", rows without a polarity two annotators share.',
            "Against gold train: negative 97 of 108, neutral 215 of 272, positive 61 of 68.",
            "No mixed class (`label_space`).",
        ),
    ),
    Corpus(
        name="tweets_mozetic_pl",
        title="Polish tweets of 2014, positive or negative",
        address="https://github.com/joemzhao/tweets-retriever",
        tasks=("sentiment",),
        languages=("pl",),
        rows=10068,
        licence="not stated in this copy; tweets fall under Twitter's terms",
        licence_class="unstated",
        citation=(
            "Mozetič, Grčar, Smailović (2016). Multilingual Twitter Sentiment Classification: The "
            "Role of Human Annotators. PLoS ONE 11(5): e0155036."
        ),
        convert=sentiment.tweets_mozetic_pl,
        notes=(
            'Dropped: rows with `lang` "und".',
            (
                "One annotator; no neutral, no mixed (`label_space`): it can only teach negative "
                "from positive."
            ),
        ),
    ),
    Corpus(
        name="cbd_poleval2019",
        title="Polish tweets, harmful or not (PolEval 2019 task 6, KLEJ CBD)",
        address="https://github.com/ptaszynski/cyberbullying-Polish",
        hub="allegro/klej-cbd",
        tasks=("toxicity", "sentiment"),
        languages=("pl",),
        rows=11027,
        licence="not stated for the texts; BSD-3-clause for the ID release",
        licence_class="unstated",
        citation=(
            "Ptaszynski, Pieciukiewicz, Dybała (2019). Results of the PolEval 2019 Shared Task 6: "
            "First Dataset and Open Shared Task for Automatic Cyberbullying Detection in Polish "
            "Twitter."
        ),
        convert=hostility.cbd_poleval2019,
        notes=(
            (
                "Cyberbullying and hate speech -> toxic and negative; harmless -> ok, sentiment "
                "unlabelled. Noisy: insults stand under harmless."
            ),
            "8 % harmful. Its sentiment is negative or unlabelled: balance it.",
        ),
    ),
    Corpus(
        name="wp_komentarze",
        title="Comments under portal articles of 2015-16, by degree of hostility",
        address="https://github.com/krzjoa/Komentarze",
        tasks=("toxicity", "sentiment"),
        languages=("pl",),
        rows=7023,
        licence="CC BY 4.0",
        licence_class="open",
        citation="krzjoa: Komentarze (comments of Wirtualna Polska), master's thesis.",
        convert=hostility.wp_komentarze,
        feeds_gold=True,
        notes=(
            "One annotator; 2015-16 politics. Its sentiment is negative or unlabelled: balance it.",
            "Classes are mapped only where gold agrees on the very same comments (table below).",
            (
                "Rows in gold dev never come out; rows in gold train do, see `leak_free` to let "
                "the gold labels win."
            ),
        ),
    ),
    Corpus(
        name="pl_shop_opinions",
        title="Shop praise and operator complaints",
        address="https://github.com/AleksanderObuchowski/Polish_Sentiment_Analysis",
        tasks=("sentiment",),
        languages=("pl",),
        rows=9632,
        licence="not stated",
        licence_class="unstated",
        citation="Obuchowski: Polish Sentiment Analysis (repository).",
        convert=sentiment.pl_shop_opinions,
        feeds_gold=True,
        notes=(
            (
                "Labels come from ratings and the topic gives the class away (weight .3), though "
                "gold train agrees on 475 of 500."
            ),
            "Only negative and positive (`label_space`).",
        ),
    ),
    Corpus(
        name="mediakrytyk_reviews",
        title="Quotes of film critics with the score of the whole review",
        address="https://github.com/AleksanderObuchowski/Polish_Sentiment_Analysis",
        tasks=("sentiment",),
        languages=("pl",),
        rows=22953,
        licence="not stated",
        licence_class="unstated",
        citation="Obuchowski: Polish Sentiment Analysis (repository).",
        convert=sentiment.mediakrytyk_reviews,
        notes=(
            (
                "Score up to 4 negative, from 8 positive; the middle is dropped. The score is the "
                "review's, the quote may say the reverse (weight .3)."
            ),
            "Only negative and positive (`label_space`).",
        ),
    ),
    Corpus(
        name="pl_facebook_series",
        title="Unlabelled comments on the pages of two series, with the post's text",
        address="https://github.com/prokulski/Seriale_FB",
        tasks=(),
        languages=("pl",),
        rows=22159,
        licence="not stated",
        licence_class="unstated",
        citation="Prokulski (2017): Seriale_FB (repository and blog analysis).",
        convert=questions.pl_facebook_series,
        feeds_gold=True,
        notes=(
            "No labels: for distillation, annotation, topics. Rows in gold dev never come out.",
            "Real people's comments: never publish a text of it.",
        ),
    ),
    Corpus(
        name="poleval2022_questions_pl",
        title="Polish questions: trivia, law, 900 of real shop customers",
        address="https://github.com/poleval/2022-passage-retrieval",
        tasks=("question",),
        languages=("pl",),
        rows=7909,
        licence="not stated",
        licence_class="unstated",
        citation="PolEval 2022 task 3, Passage Retrieval.",
        convert=questions.poleval2022_questions_pl,
        notes=(
            (
                "Every row is a question in full spelling; no clusters. `kind` is wiki-trivia, "
                "legal-questions or allegro-faq."
            ),
        ),
    ),
)
