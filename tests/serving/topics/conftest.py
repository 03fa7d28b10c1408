"""What the tests of stored topics share: comments that were read by the toy model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from sedno.datasets.comment import Comment
from sedno.models.classifier import Classifier
from sedno.models.prediction import Prediction
from sedno.serving.ingest.classify import comment_of
from sedno.serving.ingest.incoming import Preparer
from sedno.serving.ingest.take import save, take, to_answer
from sedno.serving.privacy.pseudonyms import Pseudonyms
from sedno.serving.store.database import Database
from sedno.serving.store.tables.comments import StoredComment

Label = Callable[[Sequence[Comment]], list[Prediction]]

QUESTIONS = (
    *("Ile kosztuje wysyłka?", "ile kosztuje wysylka", "Ile kosztuje wysyłka kurierem?"),
    *("Ile wynosi koszt wysyłki?", "Hej, ile kosztuje wysyłka? pozdro", "A ile kosztuje wysyłka"),
    *("Kiedy drugi sezon?", "kiedy 2 sezon", "Kiedy będzie drugi sezon?"),
    *("Kiedy wychodzi drugi sezon serialu?", "kiedy drugi sezon???", "No i kiedy drugi sezon"),
)
START = datetime(2026, 9, 7, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def label(answering: Classifier) -> Label:
    """Asks the toy model."""
    return lambda comments: answering.predict(comments, embeddings=True)


@pytest.fixture
def fill(label: Label) -> Callable[..., None]:
    """Keeps questions, and some that ask nothing."""

    def kept(database: Database, texts: Sequence[str] = QUESTIONS, start: int = 0) -> None:
        records: list[dict[str, Any]] = [
            {
                "id": f"q-{start + number}",
                "text": text,
                "author": f"a{start + number}",
                "source": "youtube:kanal",
                "posted_at": (START + timedelta(days=3 * number)).isoformat(),
            }
            for number, text in enumerate(texts)
        ]
        records.append({"id": f"n-{start}", "text": "Super film", "source": "youtube:kanal"})
        taken = take(database, Preparer(Pseudonyms(b"k" * 32)), records)
        asked = to_answer(taken)
        save(database, asked, label([comment_of(one.item) for one in asked if one.item]))
        with database.transaction() as session:
            # Whatever the toy model takes for a question.
            table = StoredComment
            session.execute(update(table).values(authenticity="real", toxicity="ok"))
            for pattern, said in (("q-%", "question"), ("n-%", "none")):
                session.execute(
                    update(table)
                    .where(table.external_id.like(pattern))
                    .values(question=said, question_score=0.95)
                )

    return kept
