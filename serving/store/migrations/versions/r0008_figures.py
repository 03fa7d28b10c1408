"""Comments that are drawn by chance, and what the figures of the overview count decisions by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from sedno.serving.store.signature import signature

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_AT_ONCE = 2_000
_SHARE = 0.01
_DAY = {
    "sqlite": "CAST(strftime('%s', {0}) AS INTEGER) / 86400",
    "postgresql": "CAST(floor(extract(epoch FROM {0}) / 86400) AS INTEGER)",
}
_STANDING = ("state", "review_state", "needs_review")
_SAMPLE = ("review_state", "sample", "id", "signature", "source", "language")
_CONTENT = ("comment_id", "comment_version", "undone_at")
_FIGURES = ("day", "undone_at", "from_queue", "looked", "received_day", "proposed", "decided")


def upgrade() -> None:
    """Adds them, for what is stored already too."""
    whole: dict[str, Any] = {"nullable": False, "server_default": "0"}
    flag: dict[str, Any] = {"nullable": False, "server_default": sa.false()}
    op.add_column("comments", sa.Column("sample", sa.Float()))
    op.add_column("comments", sa.Column("received_day", sa.Integer(), **whole))
    op.add_column("decisions", sa.Column("day", sa.Integer(), **whole))
    op.add_column("decisions", sa.Column("received_day", sa.Integer(), **whole))
    for name in ("from_queue", "looked", "drawn", "sure"):
        op.add_column("decisions", sa.Column(name, sa.Boolean(), **flag))
    for name in ("proposed", "decided"):
        op.add_column("decisions", sa.Column(name, sa.SmallInteger()))
    bind = op.get_bind()
    day = _DAY[bind.dialect.name]
    op.execute(f"UPDATE comments SET received_day = {day.format('received_at')}")  # noqa: S608
    op.execute(
        f"UPDATE decisions SET day = {day.format('decided_at')}, received_day = "  # noqa: S608
        "(SELECT received_day FROM comments WHERE comments.id = decisions.comment_id)"
    )
    _draw(bind)
    _count(bind)
    _replace_standing((*_STANDING, "received_day"))
    _partial("ix_comments_sample", "comments", _SAMPLE, "sample IS NOT NULL")
    op.drop_index("ix_decisions_comment_id_comment_version", "decisions")
    comment = [*_CONTENT, "looked", "second_wanted", "person_id", "decided"]
    op.create_index("ix_decisions_comment", "decisions", comment)
    op.create_index("ix_decisions_figures", "decisions", list(_FIGURES))
    drawn = ("drawn", *_CONTENT, "sure", "proposed", "decided")
    _partial("ix_decisions_drawn", "decisions", drawn, "drawn", sqlite="drawn = 1")


def downgrade() -> None:
    """Removes them."""
    for name in ("drawn", "figures", "comment"):
        op.drop_index(f"ix_decisions_{name}", "decisions")
    content = ["comment_id", "comment_version"]
    op.create_index("ix_decisions_comment_id_comment_version", "decisions", content)
    op.drop_index("ix_comments_sample", "comments")
    _replace_standing(_STANDING)
    for name in ("decided", "proposed", "sure", "drawn", "looked", "from_queue", "received_day"):
        op.drop_column("decisions", name)
    op.drop_column("decisions", "day")
    op.drop_column("comments", "received_day")
    op.drop_column("comments", "sample")


def _draw(bind: sa.Connection) -> None:
    rows = bind.execute(
        sa.text("SELECT id, version FROM comments WHERE state = 'classified' ORDER BY id")
    )
    drawn = [
        {"of_id": number, "lot": place}
        for number, version in rows
        if (place := _lot(number, version)) is not None
    ]
    if drawn:
        bind.execute(sa.text("UPDATE comments SET sample = :lot WHERE id = :of_id"), drawn)


def _count(bind: sa.Connection) -> None:
    strokes = bind.execute(sa.text("SELECT id, source_comment_id FROM bulk_batches"))
    sources = {(row.id, row.source_comment_id) for row in strokes}
    begun: set[tuple[int, int]] = set()
    for rows in _decisions(bind):
        found = []
        for row in rows:
            content = (row.comment_id, row.comment_version)
            looked = row.batch_id is None or (row.batch_id, row.comment_id) in sources
            labels, proposal = _read(row.labels), _read(row.proposal) or {}
            live = row.undone_at is None
            found.append(
                {
                    "of_id": row.id,
                    "looked": looked,
                    "from_queue": live and row.base_state == "open" and content not in begun,
                    "drawn": looked and labels is not None and _lot(*content) is not None,
                    "sure": not any(said["review"] for said in proposal.values()),
                    "proposed": signature({name: said["label"] for name, said in proposal.items()}),
                    "decided": None if labels is None else signature(labels),
                }
            )
            if live:
                begun.add(content)
        assigned = ", ".join(f"{name} = :{name}" for name in found[0] if name != "of_id")
        bind.execute(sa.text(f"UPDATE decisions SET {assigned} WHERE id = :of_id"), found)  # noqa: S608


def _decisions(bind: sa.Connection) -> Iterator[Sequence[Any]]:
    names = "id, comment_id, comment_version, batch_id, labels, proposal, undone_at, base_state"
    query = f"SELECT {names} FROM decisions WHERE id > :last ORDER BY id LIMIT {_AT_ONCE}"  # noqa: S608
    last = 0
    while rows := bind.execute(sa.text(query), {"last": last}).all():
        yield rows
        last = rows[-1].id


def _read(value: Any) -> Any:
    # SQLite gives JSON as text, PostgreSQL's driver as values.
    return json.loads(value) if isinstance(value, str) else value


def _lot(comment_id: int, version: int) -> float | None:
    digest = hashlib.sha256(f"sample/{comment_id}/{version}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
    return place if place < _SHARE else None


def _replace_standing(columns: Sequence[str]) -> None:
    op.drop_index("ix_comments_standing", "comments")
    op.create_index("ix_comments_standing", "comments", list(columns))


def _partial(
    name: str, table: str, columns: Sequence[str], where: str, *, sqlite: str | None = None
) -> None:
    op.create_index(
        name,
        table,
        list(columns),
        sqlite_where=sa.text(sqlite or where),
        postgresql_where=sa.text(where),
    )
