"""The one who decides is killed at random moments: no half decision, none lost, none doubled."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from typing import Any

from sqlalchemy import select

from sedno.serving.review.states import standing
from sedno.serving.store.database import Database
from sedno.serving.store.tables.audit import AuditEntry
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.review import BulkBatch, Decision, Escalation, SecondOpinion

KILLS = int(os.environ.get("SEDNO_TEST_KILLS", "3"))
WORKER = """
import random, sys
from sedno.models.taxonomy import TASKS
from sedno.serving.people.actor import Actor
from sedno.serving.people.roles import Role
from sedno.serving.review import acts, bulk, queue
from sedno.serving.review.errors import ReviewError
from sedno.serving.store.database import Database
from sedno.serving.store.transact import transact

url, seed = sys.argv[1], int(sys.argv[2])
chance = random.Random(seed)
database = Database(url)
who = Actor("person", 1 + seed % 2, f"p{1 + seed % 2}", Role.ADMIN)

def work(session):
    what = chance.choice(("decide", "decide", "skip", "escalate", "undo", "bulk"))
    if what == "undo":
        return [one.id for one in acts.undo(session, who).decisions]
    taken = queue.take_next(session, who)
    if taken is None:
        return [one.id for one in acts.undo(session, who).decisions]
    comment, version = taken.comment.id, taken.comment.version
    labels = {task.name: chance.choice(task.labels) for task in TASKS}
    if what == "decide":
        return [acts.decide(session, who, comment, labels, version=version, second_share=0.5).id]
    if what == "skip":
        return [acts.skip(session, who, comment, version=version).id]
    if what == "escalate":
        return [acts.escalate(session, who, comment, version=version, note="?").id]
    batch = bulk.count(session, who, comment, labels).batch
    bulk.step(session, who, batch.id, size=3)
    return []

while True:
    try:
        done = transact(database, work)
    except ReviewError:
        continue
    print(" ".join(map(str, done)), flush=True)
"""


def torment(url: str, seed: int, chance: random.Random) -> set[int]:
    """Lets a worker decide, kills it in the middle; the decisions it was told are kept."""
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, url, str(seed)], stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout is not None
    told: set[int] = set()
    with worker:
        for _ in range(chance.randint(3, 12)):
            told.update(map(int, worker.stdout.readline().split()))
        time.sleep(chance.random() / 20)
        worker.kill()
        for line in worker.stdout:
            if line.endswith("\n"):
                told.update(map(int, line.split()))
    return told


def check(database: Database, told: set[int]) -> None:
    """Everything hangs together, and what was told is there."""
    with database.session() as session:
        decisions = list(session.scalars(select(Decision).order_by(Decision.id)))
        assert told <= {one.id for one in decisions}
        logged = [
            entry.detail["decision"]
            for entry in session.scalars(
                select(AuditEntry).where(
                    AuditEntry.action.startswith("comment."), AuditEntry.subject_kind == "comment"
                )
            )
        ]
        assert sorted(logged) == [one.id for one in decisions if one.batch_id is None]
        for comment in session.scalars(select(StoredComment)):
            history = [one for one in decisions if one.comment_id == comment.id]
            if not history:
                continue
            reached = standing([d for d in history if d.undone_at is None], history[0].base_state)
            assert comment.review_state == reached.state
            escalated = session.get(Escalation, comment.id)
            assert (escalated is not None) == (reached.escalated_by is not None)
            second = session.get(SecondOpinion, comment.id)
            assert (second is not None) == (reached.second_after is not None)
        for batch in session.scalars(select(BulkBatch)):
            members = [one.comment_id for one in decisions if one.batch_id == batch.id]
            assert len(members) == len(set(members)) == batch.applied


def test_no_half_decision(desk: Any) -> None:
    """On both databases, whenever it happens."""
    for number in range(40):
        desk.add(f"tekst {number % 12}", score=0.5 + number / 100)
    url = desk.database.url.render_as_string(hide_password=False)
    chance = random.Random(KILLS)
    told: set[int] = set()
    for seed in range(KILLS):
        told |= torment(url, seed, chance)
        check(desk.database, told)
    assert told
