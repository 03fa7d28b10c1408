"""What the model is given of a stored comment."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sedno.datasets.comment import Comment
from sedno.datasets.stand_ins import with_stand_ins
from sedno.models.prediction import Prediction
from sedno.serving.ingest.incoming import Incoming
from sedno.serving.store.tables.comments import StoredComment

Label = Callable[[Sequence[Comment]], list[Prediction]]
"""Answers comments, with embeddings; may wait, and is called from a thread that may."""


def comment_of(stored: StoredComment | Incoming) -> Comment:
    """A comment for the model: of its masked text, so that the same answer can be had again.

    Marks are filled with made-up data, since that somebody gives a number is part of what is said.
    """
    return Comment(
        id=stored.external_id,
        text=with_stand_ins(stored.text),
        author=stored.author,
        posted_at=stored.posted_at,
        source=stored.source,
        post_id=stored.post_id,
        context=stored.context,
        language=stored.language,
    )
