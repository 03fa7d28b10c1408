"""Why something cannot be done to a comment; each message says what to do instead."""

from __future__ import annotations


class ReviewError(Exception):
    """Something that cannot be done to a comment.

    Attributes:
        code: A stable word for programs and translations.
    """

    code = "review"


class UnknownCommentError(ReviewError):
    """There is no such comment, or no longer."""

    code = "unknown_comment"


class TakenError(ReviewError):
    """Another person has the comment open, or has settled it."""

    code = "taken"


class ChangedError(ReviewError):
    """The comment's text or the model's answer is no longer the one that was shown."""

    code = "changed"


class NothingToUndoError(ReviewError):
    """There is nothing left that this person could take back."""

    code = "nothing_to_undo"


class BadLabelsError(ReviewError):
    """The labels do not fit the taxonomy."""

    code = "bad_labels"
