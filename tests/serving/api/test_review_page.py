"""The page of a comment, for what a browser is not needed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sedno.models.taxonomy import TASKS
from sedno.serving.people import people, sessions
from sedno.serving.people.actor import COMMAND_LINE, Actor
from sedno.serving.people.roles import Role
from sedno.serving.review import acts
from sedno.serving.store.base import now
from sedno.serving.store.tables.comments import StoredComment

LABELS = {task.name: task.labels[0] for task in TASKS}


class Desk:
    """A desk with three people, looked at by cookies."""

    def __init__(self, running: Any) -> None:
        self.model = running.model
        self.client = running.client
        self.database = running.client.app.state.store.open()
        self.cookies: dict[str, str] = {}
        self.actors: dict[str, Actor] = {}
        with self.database.transaction() as session:
            for login, role in (
                ("anna", Role.MODERATOR),
                ("piotr", Role.MODERATOR),
                ("admin", Role.ADMIN),
            ):
                person = people.create(session, COMMAND_LINE, login, role)
                session.flush()
                self.actors[login] = sessions.as_actor(person)
                self.cookies[login] = sessions.start(session, person, hours=1)

    def add(self, number: int, **more: Any) -> int:
        """Stores a comment that waits."""
        comment = StoredComment(
            source="s",
            external_id=str(number),
            text=more.pop("text", f"tekst {number}"),
            text_key=str(number),
            folded="tekst",
            at=now(),
            state="classified",
            review_state="open",
            priority=1.0,
            **more,
        )
        with self.database.transaction() as session:
            session.add(comment)
            session.flush()
            return comment.id

    def text(self, login: str, path: str, **asked: Any) -> str:
        """What a route gives this person."""
        cookies = {"Cookie": f"sedno_session={self.cookies[login]}"}
        got = self.client.get(path, params=asked, headers=cookies)
        assert got.status_code == 200, got.text
        return str(got.text)

    def json(self, login: str, path: str, **asked: Any) -> Any:
        """The same, read."""
        return json.loads(self.text(login, path, **asked))

    def page(self, login: str, path: str) -> str:
        """A page as this person sees it."""
        got = self.client.get(path, headers={"Cookie": f"sedno_session={self.cookies[login]}"})
        assert got.status_code == 200, got.text
        return str(got.text)


@pytest.fixture
def desk(run: Callable[..., Any]) -> Iterator[Desk]:
    """A desk with a short lease."""
    with run(review_lease_seconds=12.0) as running:
        yield Desk(running)


def test_an_open_page_renews_its_lease_in_time(desk: Desk) -> None:
    """Several times before it runs out, however short it is."""
    desk.add(1)
    found = re.search(
        r'data-view="[\w-]{16}" data-queued="yes" data-every="([\d.]+)"',
        desk.page("anna", "/desk/review"),
    )
    assert found is not None
    assert 1 <= float(found[1]) <= 12 / 3


def test_every_page_has_one_undo(desk: Desk) -> None:
    """What a page says of the key U holds wherever it is said."""
    comment = desk.add(1)
    for path in (
        *("/desk/review", f"/desk/comments/{comment}", "/desk/escalations", "/desk/comments"),
        *("/desk/topics", "/desk/faq", "/desk/overview", "/desk/decisions", "/desk/audit"),
        *("/desk/account", "/desk/review?source=none"),
    ):
        assert desk.page("admin", path).count('data-key="u"') == 1, path


def test_the_words_marked_are_those_that_service_read(desk: Desk) -> None:
    """With data in the place of marks and in the stored language; marks by another model say so."""
    text = "dzwoń [telefon] teraz"
    old = desk.add(1, text=text, language="cs", model="earlier@1")
    same = desk.add(2, text=text, language="cs", model=desk.model.name)
    shown = desk.page("anna", f"/desk/comments/{old}/why")
    read = desk.model.read[-1]
    assert (read.text, read.language) == ("dzwoń 600 000 000 teraz", "cs")
    plain = re.sub(r"<[^>]+>", "", shown)
    assert plain.count(text) == len(TASKS), "people see what is stored"
    assert "600" not in plain
    told = f"Zaznaczenia pochodzą od {desk.model.name}, używanego teraz; etykiety od earlier@1."
    assert told in plain
    assert "data-other-model" not in desk.page("anna", f"/desk/comments/{same}/why")


def test_no_page_tells_the_second_person_what_the_first_decided(desk: Desk) -> None:
    """Not the comment's own, also while a third has it open; not the lists, not the log."""
    comment, plain = desk.add(1), desk.add(2)
    with desk.database.transaction() as session:
        for number, share in ((comment, 1.0), (plain, 0.0)):
            acts.decide(
                session, desk.actors["anna"], number, LABELS, version=1, note="bo tak",
                second_share=share,
            )  # fmt: skip
    path = f"/desk/comments/{comment}"
    assert "bo tak" in desk.page("anna", path)
    assert "bo tak" in desk.page("piotr", f"/desk/comments/{plain}")
    for login in ("piotr", "admin"):  # the admin while it is open with Piotr
        shown = desk.page(login, path)
        assert "bo tak" not in shown
        assert "anna" not in shown
        assert f'href="{path}"' not in desk.page(login, "/desk/decisions")
        row = desk.page(login, "/desk/comments?text=tekst").partition(f'href="{path}"')[2]
        assert "czeka na sprawdzenie" in row.partition("</tr>")[0]
    assert f'href="{path}"' in desk.page("anna", "/desk/decisions")
    log = desk.page("admin", "/desk/audit?actor=anna&action=comment.corrected")
    assert f"comment {plain}" in log
    assert f"comment {comment}" not in log


def test_no_list_or_download_tells_the_second_person(desk: Desk) -> None:
    """What waits for a second opinion is open to whoever may give it, in filters too."""
    comment, plain, waits = desk.add(1), desk.add(2), desk.add(3)
    with desk.database.transaction() as session:
        for number, share in ((comment, 1.0), (plain, 0.0)):
            acts.decide(session, desk.actors["anna"], number, LABELS, version=1, second_share=share)

    def listed(login: str, **asked: Any) -> list[int]:
        found, cursor = [], None
        while True:
            more: dict[str, Any] = {"cursor": cursor} if cursor else {}
            page = desk.json(login, "/v1/comments", limit=1, **asked, **more)
            found += [one["id"] for one in page["comments"]]
            if (cursor := page["next"]) is None:
                return found

    def exported(login: str, **asked: Any) -> list[tuple[int, str]]:
        lines = desk.text(login, "/v1/comments/export", format="jsonl", **asked).splitlines()
        return [(row["id"], row["review_state"]) for row in map(json.loads, lines)]

    for login in ("piotr", "admin"):
        assert desk.json(login, f"/v1/comments/{comment}")["review_state"] == "open"
        states = {
            one["id"]: one["review_state"] for one in desk.json(login, "/v1/comments")["comments"]
        }
        assert states == {comment: "open", plain: "decided", waits: "open"}
        assert listed(login, review_state="decided") == [plain]
        assert listed(login, review_state="open") == [waits, comment]
        assert listed(login, review_state="open", source="s", q="tekst") == [waits, comment]
        shown = desk.page(login, "/desk/comments?review_state=decided")
        assert f"/desk/comments/{comment}" not in shown
        assert f"/desk/comments/{plain}" in shown
        shown = desk.page(login, "/desk/comments?review_state=open")
        assert f"/desk/comments/{comment}" in shown
    assert listed("anna", review_state="decided") == [plain, comment]
    assert listed("anna", review_state="open") == [waits]
    assert exported("admin") == [(comment, "open"), (plain, "decided"), (waits, "open")]
    assert exported("admin", review_state="decided") == [(plain, "decided")]
    assert exported("admin", review_state="open") == [(comment, "open"), (waits, "open")]
