"""Comments, what the model says of them, jobs, and repeated requests."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from sedno.serving.store.base import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_NAME = sa.String(256)
_TASKS = ("substance", "authenticity", "sentiment", "question", "toxicity")

# Text search of SQLite: an index beside the table, held equal to it by triggers.
_SQLITE_SEARCH = """
CREATE VIRTUAL TABLE comments_search USING fts5(
    folded, content='comments', content_rowid='id',
    tokenize="unicode61 remove_diacritics 0", prefix='3 5'
)
--
CREATE TRIGGER comments_search_insert AFTER INSERT ON comments BEGIN
    INSERT INTO comments_search(rowid, folded) VALUES (new.id, new.folded);
END
--
CREATE TRIGGER comments_search_delete AFTER DELETE ON comments BEGIN
    INSERT INTO comments_search(comments_search, rowid, folded)
    VALUES ('delete', old.id, old.folded);
END
--
CREATE TRIGGER comments_search_update AFTER UPDATE OF folded ON comments BEGIN
    INSERT INTO comments_search(comments_search, rowid, folded)
    VALUES ('delete', old.id, old.folded);
    INSERT INTO comments_search(rowid, folded) VALUES (new.id, new.folded);
END
"""
# The words are folded and parted already, so no dictionary is asked.
_POSTGRESQL_SEARCH = """
ALTER TABLE comments ADD COLUMN search tsvector
GENERATED ALWAYS AS (array_to_tsvector(string_to_array(folded, ' '))) STORED
--
CREATE INDEX ix_comments_search ON comments USING gin (search)
"""


def upgrade() -> None:
    """Makes the tables."""
    _comments()
    _jobs()
    _queue()
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in (_SQLITE_SEARCH if sqlite else _POSTGRESQL_SEARCH).split("--"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Removes them."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE comments_search")
    for table in (
        "repeatable_requests",
        "queue_values",
        "queue_schedule",
        "queue_tasks",
        "job_items",
        "job_chunks",
        "jobs",
        "predictions",
        "comments",
    ):
        op.drop_table(table)


def _comments() -> None:
    op.create_table(
        "comments",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("source", _NAME, nullable=False),
        sa.Column("external_id", _NAME, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("text_key", sa.String(32), nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("language", sa.String(16)),
        sa.Column("author", sa.String(64)),
        sa.Column("posted_at", UtcDateTime),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("post_id", _NAME),
        sa.Column("thread_id", _NAME),
        sa.Column("context", sa.Text),
        sa.Column("product", _NAME),
        sa.Column("brand", _NAME),
        sa.Column("reach", sa.BigInteger),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("model", _NAME),
        *(
            column
            for task in _TASKS
            for column in (sa.Column(task, sa.String(32)), sa.Column(f"{task}_score", sa.Float))
        ),
        sa.Column("spam_probability", sa.Float),
        sa.Column("toxic_probability", sa.Float),
        sa.Column("signature", sa.SmallInteger),
        sa.Column("answer", sa.JSON),
        sa.Column("needs_review", sa.Boolean, nullable=False),
        sa.Column("doubt", sa.Float, nullable=False),
        sa.Column("priority", sa.Float, nullable=False),
        sa.Column("review_state", sa.String(16), nullable=False),
        sa.Column("embedding", sa.LargeBinary),
        sa.UniqueConstraint("source", "external_id", name="uq_comments_source_external_id"),
    )
    indexes: dict[str, list[Any]] = {
        "at": ["at", "id", "signature"],
        "source_at": ["source", "at", "id", "signature"],
        "post": ["source", "post_id", "at", "id"],
        "author": ["author", "at", "id"],
        "language_at": ["language", "at", "id", "signature"],
        "state": ["state", "at", "id"],
        "review": ["review_state", sa.text("priority DESC"), "id", "signature"],
        "review_source": ["review_state", "source", sa.text("priority DESC"), "id"],
        "review_at": ["review_state", "at", "id", "signature"],
        "text_key": ["text_key"],
        "standing": ["state", "review_state", "needs_review"],
        **{f"{task}_at": [task, "at", "id", "signature", f"{task}_score"] for task in _TASKS},
    }
    for name, columns in indexes.items():
        op.create_index(f"ix_comments_{name}", "comments", columns)
    op.create_table(
        "predictions",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("comment_id", _ID, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("model", _NAME, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("answer", sa.JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name="fk_predictions_comment_id_comments",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "comment_id", "version", "model", name="uq_predictions_comment_id_version_model"
        ),
    )


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("options", sa.JSON, nullable=False),
        sa.Column("total", sa.BigInteger),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("cursor", sa.BigInteger, nullable=False),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", UtcDateTime, nullable=False),
        sa.Column("lease_until", UtcDateTime),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("cancel_asked", sa.Boolean, nullable=False),
        sa.Column("model", _NAME),
        sa.Column("created_by", _NAME),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("started_at", UtcDateTime),
        sa.Column("finished_at", UtcDateTime),
    )
    op.create_index("ix_jobs_state", "jobs", ["state", "next_at"])
    op.create_table(
        "job_chunks",
        sa.Column("job_id", _ID, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name="fk_job_chunks_job_id_jobs", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "job_items",
        sa.Column("job_id", _ID, primary_key=True, autoincrement=False),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("comment_id", _ID),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name="fk_job_items_job_id_jobs", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name="fk_job_items_comment_id_comments",
            ondelete="SET NULL",
        ),
    )
    op.create_index("ix_job_items_comment_id", "job_items", ["comment_id"])


def _queue() -> None:
    op.create_table(
        "queue_tasks",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("queue", sa.String(64), nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("priority", sa.Float, nullable=False),
    )
    op.create_table(
        "queue_schedule",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("queue", sa.String(64), nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_table(
        "queue_values",
        sa.Column("queue", sa.String(64), primary_key=True),
        sa.Column("key", _NAME, primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "repeatable_requests",
        sa.Column("caller", _NAME, primary_key=True),
        sa.Column("key", _NAME, primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("outcomes", sa.LargeBinary),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("lease_until", UtcDateTime, nullable=False),
    )
    op.create_index("ix_repeatable_requests_created_at", "repeatable_requests", ["created_at"])
