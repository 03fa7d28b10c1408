"""The desk's own words for what the model and the review call by names.

Every text marked with ``N_`` stands in the catalogue; a test holds them to it.
"""

from __future__ import annotations

from typing import Final

from sedno.serving.desk.language import Speaker
from sedno.serving.topics.wanted import Wanted


def N_(message: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """Marks a text to be translated where it is shown."""
    return message


TASKS: Final = {
    "substance": N_("Substance"),
    "authenticity": N_("Author"),
    "sentiment": N_("Sentiment"),
    "question": N_("Question"),
    "toxicity": N_("Toxicity"),
}
LABELS: Final = {
    "substance": {"substantive": N_("substantive"), "generic": N_("generic")},
    "authenticity": {"real": N_("real person"), "spam": N_("spam")},
    "sentiment": {
        "negative": N_("negative"),
        "neutral": N_("neutral"),
        "positive": N_("positive"),
        "mixed": N_("mixed"),
    },
    "question": {"question": N_("asks something"), "none": N_("asks nothing")},
    "toxicity": {"toxic": N_("toxic"), "ok": N_("not toxic")},
}
STATES: Final = {
    "none": N_("needs no look"),
    "open": N_("waits for a look"),
    "decided": N_("decided"),
    "escalated": N_("with the editors"),
    "skipped": N_("skipped"),
}
VERDICTS: Final = {
    "accepted": N_("accepted"),
    "corrected": N_("corrected"),
    "skipped": N_("skipped"),
    "escalated": N_("escalated"),
}
NOTICES: Final = {
    "decided": N_("Saved. Undo with U."),
    "skipped": N_("Skipped. Undo with U."),
    "escalated": N_("Handed to the editors. Undo with U."),
    "undone": N_("Undone."),
    "nothing_to_undo": N_("There is nothing left to undo."),
    "taken": N_("Somebody else has this comment or has settled it. Here is the next one."),
    "changed": N_("The comment has changed since it was shown. Look at it again."),
    "unknown_comment": N_("This comment is no longer here: it was erased or its time is over."),
    "no_previous": N_("There is nothing before this."),
    "signed_out": N_("You are signed out."),
    "topics_queued": N_("Topics are being found. Load the page again in a while."),
    "topics_cancelled": N_("Cancelled; the topics stay as they were."),
    "topics_edited": N_("Changed; it stays in every later run."),
    "faq_created": N_("The draft is made."),
    "faq_saved": N_("Saved."),
    "faq_taken": N_("The comment's words stand in the answer now. Make them fit."),
    "faq_submitted": N_("Handed on for review."),
    "faq_returned": N_("Sent back to be worded anew."),
    "faq_approved": N_("Approved. It can be published."),
    "faq_published": N_("Published."),
    "faq_withdrawn": N_("Withdrawn: no page shows it any more."),
    "password_set": N_("Your new password is set. Other browsers are signed out."),
}
NOTICES_WITHOUT_KEYS: Final = {
    **NOTICES,
    "decided": N_("Saved."),
    "skipped": N_("Skipped."),
    "escalated": N_("Handed to the editors."),
}
"""The same for whoever turned single keys off."""

PASSWORD_FAULTS: Final = {
    "short": N_("The new password needs at least 12 characters. Several words are easy to keep."),
    "long": N_("The new password has more than 256 characters."),
    "uniform": N_("The new password repeats the same few characters."),
    "login": N_("The new password holds your login."),
    "wrong": N_("The present password is wrong."),
    "differ": N_("The two new passwords differ."),
}
SCOPES: Final = {
    "source": N_("Source"),
    "brand": N_("Brand"),
    "product": N_("Product"),
    "language": N_("Language"),
    "together": N_("All together"),
}
JOB_STATES: Final = {
    "queued": N_("waits"),
    "running": N_("at work"),
    "done": N_("done"),
    "failed": N_("failed"),
    "cancelled": N_("cancelled"),
}
RUN_STEPS: Final = {
    "reading": N_("Reading comments"),
    "cutting": N_("Cutting out questions"),
    "grouping": N_("Grouping what asks the same"),
    "naming": N_("Naming topics"),
}
TRENDS: Final = {
    "new": N_("new"),
    "rising": N_("rising"),
    "fading": N_("fading"),
    "gone": N_("gone"),
    "steady": N_("steady"),
    "unknown": N_("too early to tell"),
}
TOPIC_CHANGES: Final = {
    "born": N_("found for the first time"),
    "gone": N_("no longer found"),
    "merged": N_("became part of"),
    "took": N_("took in"),
    "split": N_("came from"),
    "gave": N_("gave a part to"),
    "renamed": N_("named"),
    "hidden": N_("hidden"),
    "shown": N_("shown again"),
    "pinned": N_("pinned"),
    "unpinned": N_("no longer pinned"),
}
DIGEST_PARTS: Final = {
    "new": N_("New"),
    "rising": N_("Asked more and more"),
    "unanswered": N_("Without a published answer"),
    "fading": N_("Asked less, or no more"),
}
FAQ_STATUSES: Final = {
    "draft": N_("draft"),
    "review": N_("in review"),
    "approved": N_("approved"),
    "published": N_("published"),
    "withdrawn": N_("withdrawn"),
}
FAQ_STEPS: Final = {
    "created": N_("made"),
    "saved": N_("worded anew"),
    "submitted": N_("handed on for review"),
    "returned": N_("sent back"),
    "approved": N_("approved"),
    "published": N_("published"),
    "withdrawn": N_("withdrawn"),
}
FAQ_FAULTS: Final = {
    "question": N_("Write a question of 1 to 500 characters."),
    "answer": N_("Write an answer of 1 to 10,000 characters before it goes on."),
    "products": N_("At most 50 products of 256 characters each."),
    "language": N_("This is no language, or the answer is there in it already. Write it like pl."),
    "comment_id": N_("This comment is no longer here: it was erased or its time is over."),
    "sources": N_("A comment that the answer comes from is no longer here."),
    "note": N_("The remark has more than 2,000 characters."),
    "entry_changed": N_(
        "Somebody else has changed this answer. Copy what you wrote and load it anew."
    ),
    "wrong_step": N_("The answer no longer stands where this step begins. Load the page again."),
    "own_wording": N_("Whoever wrote the wording may not approve it; ask somebody else."),
}
STILL: Final = {
    "less": N_("Since it is published, it is asked less."),
    "more": N_("It is published, but asked more than before."),
    "same": N_("Since it is published, it is asked as often as before, as far as can be told."),
    "early": N_("It has been published for less than a week: too early to tell."),
    "unpublished": N_("It has not been published yet."),
}
STILL_ASKED: Final = N_("Answered, but still asked")
STILL_MARKS: Final = {
    "less": N_("asked less"),
    "more": N_("asked more"),
    "same": N_("still asked"),
}
DELIVERIES: Final = {
    "waiting": N_("waits"),
    "delivered": N_("arrived"),
    "failed": N_("given up"),
}
REASONS: Final = {"asked": N_("a moderator asked"), "disagreement": N_("two people differ")}
BEHAVIOURS: Final = {
    "own_repeats": N_("the same author repeats this text"),
    "shared_text": N_("several authors posted this text"),
    "repeated_text": N_("this text was posted again and again"),
    "burst": N_("many comments came at once"),
    "many_posts": N_("the author comments under many posts"),
}
CAVEATS: Final = {
    "unsupported_language": N_("The model has not learned this language."),
    "out_of_domain": N_("The text is unlike those the model learned from."),
}
ROLES: Final = {
    "moderator": N_("moderator"),
    "editor": N_("editor"),
    "admin": N_("administrator"),
}
_OF_HUNDRED: Final = 0.95
_MORE: Final = 0.995
_CONFIDENCE: Final = (
    (0.97, N_("almost certain")),
    (0.9, N_("very likely")),
    (0.75, N_("likely")),
    (0.6, N_("rather")),
    (0.0, N_("unsure")),
)


def only(speak: Speaker, wanted: Wanted) -> str:
    """Which questions topics are counted over, in words; empty for all."""
    said = []
    if wanted.product is not None:
        said.append(speak.say("product %(name)s", name=wanted.product))
    if wanted.language is not None:
        said.append(speak.say("language %(name)s", name=wanted.language))
    if wanted.first_week is not None:
        said.append(speak.say("weeks from %(day)s on", day=wanted.first_week.isoformat()))
    if wanted.last_week is not None:
        said.append(speak.say("weeks up to %(day)s", day=wanted.last_week.isoformat()))
    return ", ".join(said)


def confidence(score: float) -> str:
    """A calibrated probability as a word."""
    return next(word for least, word in _CONFIDENCE if score >= least)


def odds(speak: Speaker, score: float) -> str:
    """A calibrated probability as people count: right in so many of ten cases."""
    # Never ten of ten: no answer is certain.
    if score >= _MORE:
        return speak.say("right in over 99 of 100")
    if score >= _OF_HUNDRED:
        return speak.say("right in some %(n)s of 100", n=round(score * 100))
    return speak.say("right in some %(n)s of 10", n=min(9, round(score * 10)))
