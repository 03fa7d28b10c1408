"""The corpora in other languages."""

from __future__ import annotations

from typing import Final

from sedno.datasets.corpora import loaders_hostility as hostility
from sedno.datasets.corpora import loaders_questions as questions
from sedno.datasets.corpora import loaders_sentiment as sentiment
from sedno.datasets.corpora import loaders_spam as spam
from sedno.datasets.corpora.corpus import Corpus

OTHER: Final[tuple[Corpus, ...]] = (
    Corpus(
        name="umsab_xlmt",
        title="UMSAB: tweets in eight languages, three balanced sentiments",
        address="https://github.com/cardiffnlp/xlm-t",
        hub="cardiffnlp/tweet_sentiment_multilingual",
        tasks=("sentiment",),
        languages=("ar", "en", "fr", "de", "hi", "it", "pt", "es"),
        rows=24264,
        licence="repository Apache-2.0; single data sets and Twitter may restrict",
        licence_class="open",
        citation=(
            "Barbieri, Espinosa Anke, Camacho-Collados (2022). XLM-T: Multilingual Language "
            "Models in Twitter for Sentiment Analysis and Beyond. LREC 2022, arXiv 2104.12250."
        ),
        convert=sentiment.umsab_xlmt,
        feeds_gold=True,
        notes=(
            (
                "No mixed class (`label_space`). Against gold train: negative 90 of 125, neutral "
                "103 of 144, positive 90 of 131 (weight .7)."
            ),
            "`kind` is the language. No Polish.",
        ),
    ),
    Corpus(
        name="tweets_mozetic_multi",
        title="Tweets in twelve languages, positive or negative",
        address="https://github.com/joemzhao/tweets-retriever",
        tasks=("sentiment",),
        languages=("de", "en", "ru", "sk", "pt", "sv", "bg", "hr", "sl", "hu", "sr", "bs"),
        rows=111728,
        licence="not stated in this copy; tweets fall under Twitter's terms",
        licence_class="unstated",
        citation=(
            "Mozetič, Grčar, Smailović (2016). Multilingual Twitter Sentiment Classification: The "
            "Role of Human Annotators. PLoS ONE 11(5): e0155036."
        ),
        convert=sentiment.tweets_mozetic_multi,
        notes=("One annotator a language; no neutral, no mixed (`label_space`).",),
    ),
    Corpus(
        name="youtube_spam_collection",
        title="Comments under five music videos, spam or not",
        address="https://archive.ics.uci.edu/dataset/380",
        tasks=("authenticity",),
        languages=("en",),
        rows=1956,
        licence="UCI Machine Learning Repository, asks for citation",
        licence_class="open",
        citation=(
            "Alberto, Lochter, Almeida (2015). TubeSpam: Comment Spam Filtering on YouTube. "
            "ICMLA 2015."
        ),
        convert=spam.youtube_spam_collection,
        notes=(
            "`group` and `kind` are the video: leave one out. About 200 exact duplicates.",
            "HTML line breaks were left in the texts.",
        ),
    ),
    Corpus(
        name="sms_spam",
        title="Short messages of 2004-2011, spam or not",
        address="https://archive.ics.uci.edu/dataset/228",
        hub="ucirvine/sms_spam",
        tasks=("authenticity",),
        languages=("en",),
        rows=5574,
        licence="UCI Machine Learning Repository, asks for citation",
        licence_class="open",
        citation=(
            "Almeida, Gómez Hidalgo, Yamakami (2011). Contributions to the Study of SMS Spam "
            "Filtering: New Collection and Results. DocEng 2011."
        ),
        convert=spam.sms_spam,
        notes=("Not comments (weight .5). About 400 exact duplicates.",),
    ),
    Corpus(
        name="janitr_x_scam",
        title="Posts on X: scam, promotion, bot, clean",
        address="https://github.com/janitrai/janitr",
        tasks=("authenticity",),
        languages=("en",),
        rows=4277,
        licence="MIT",
        licence_class="open",
        citation="janitrai: janitr (repository).",
        convert=spam.janitr_x_scam,
        notes=(
            "scam_or_spam, promo, bot_or_ai_reply -> spam. Hand-made rows (`mock`) are dropped.",
            (
                "Labelled partly by agents, noisy (weight .5). Posts, not replies: promotion on "
                "one's own page is not unsolicited."
            ),
        ),
    ),
    Corpus(
        name="instagram_spam_id",
        title="Indonesian comments under celebrities' posts, spam or not",
        address="https://github.com/jingwuk/Instagram-Spam-Comment-Detection",
        tasks=("authenticity",),
        languages=("id",),
        rows=1585,
        licence="not stated",
        licence_class="unstated",
        citation="jingwuk: Instagram Spam Comment Detection (undergraduate thesis).",
        convert=spam.instagram_spam_id,
        notes=("Real obfuscation; some plain cheering is called spam (weight .6).",),
    ),
    Corpus(
        name="vispam_reviews_vi",
        title="Vietnamese shop reviews, three kinds of spam",
        address="https://github.com/sonlam1102/vispamdetection",
        tasks=("authenticity", "substance"),
        languages=("vi",),
        rows=19870,
        licence='"used for research purposes"',
        licence_class="nc",
        citation=(
            "Dinh, Luu, Nguyen (2022). Detecting Spam Reviews on Vietnamese E-commerce Websites. "
            "arXiv 2207.14636."
        ),
        convert=spam.vispam_reviews_vi,
        notes=(
            (
                "Evaluation only. Its spam is mostly what our guide calls generic (brand only, "
                "irrelevant), hence both tasks; fake reviews carry no substance label."
            ),
        ),
    ),
    Corpus(
        name="c3_constructive",
        title="C3: English news comments, constructive or not",
        address="https://github.com/amitsultan/NLP_Discourse_parsing",
        tasks=("substance",),
        languages=("en",),
        rows=12000,
        licence="not stated; the authors' other corpora are CC BY-NC-SA 4.0",
        licence_class="nc",
        citation=(
            "Kolhatkar, Thain, Sorensen, Dixon, Taboada (2020). Classifying Constructive Comments. "
            "arXiv 2004.05476."
        ),
        convert=hostility.c3_constructive,
        notes=(
            "Evaluation only. constructive -> substantive, related but not the same.",
            (
                "Length is a confound: report the length-only baseline beside. `group` is the "
                "article."
            ),
        ),
    ),
    Corpus(
        name="germeval2021",
        title="German talk-show comments: engaging, fact-claiming, toxic",
        address="https://github.com/germeval2021toxic/SharedTask",
        tasks=("toxicity", "substance"),
        languages=("de",),
        rows=3244,
        licence="not stated",
        licence_class="unstated",
        citation=(
            "Risch, Stoll, Wilms, Wiegand (2021). Overview of the GermEval 2021 Shared Task on the "
            "Identification of Toxic, Engaging, and Fact-Claiming Comments."
        ),
        convert=hostility.germeval2021,
        notes=(
            (
                "Weak for us (weight .4): substantive = engaging or fact-claiming, of 20 read "
                "about 17 fit the guide, of 35 others about 20 are generic; toxic there includes "
                "mockery and replies our guide lets pass."
            ),
        ),
    ),
    Corpus(
        name="victsd_constructive_vi",
        title="Vietnamese news comments: constructive, toxic",
        address="https://github.com/tarudesu/ViCTSD",
        hub="tarudesu/ViCTSD",
        tasks=("substance", "toxicity"),
        languages=("vi",),
        rows=10000,
        licence="not stated",
        licence_class="nc",
        citation=(
            "Nguyen, Nguyen, Nguyen (2021). Constructive and Toxic Speech Detection for "
            "Open-domain Social Media Comments in Vietnamese. arXiv 2103.10069."
        ),
        convert=hostility.victsd_constructive_vi,
        notes=(
            (
                "Evaluation only. Its official split cuts articles (`thread`): 581 of 825 stand on "
                "both sides."
            ),
        ),
    ),
    Corpus(
        name="banking77",
        title="Bank customers' questions, 77 intents",
        address="https://github.com/PolyAI-LDN/task-specific-datasets",
        hub="PolyAI/banking77",
        tasks=(),
        languages=("en",),
        rows=13083,
        licence="CC BY 4.0",
        licence_class="open",
        citation=(
            "Casanueva, Temčinas, Gerz, Henderson, Vulić (2020). Efficient Intent Detection with "
            "Dual Sentence Encoders. arXiv 2003.04807."
        ),
        convert=questions.banking77,
        notes=(
            (
                "Intents only. Of 30 read about a fifth state a problem or ask for an action, so "
                "it carries no question label."
            ),
        ),
    ),
    Corpus(
        name="clinc150",
        title="Utterances to an assistant, 150 intents and out of scope",
        address="https://github.com/clinc/oos-eval",
        hub="clinc_oos",
        tasks=(),
        languages=("en",),
        rows=23700,
        licence="CC BY 3.0",
        licence_class="open",
        citation=(
            "Larson et al. (2019). An Evaluation Dataset for Intent Classification and "
            "Out-of-Scope Prediction. EMNLP 2019."
        ),
        convert=questions.clinc150,
        notes=("Intents only (many are commands); out-of-scope rows have the intent `oos`.",),
    ),
)
