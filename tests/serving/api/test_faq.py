from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy import select

from sedno.serving.people import keys, people, sessions
from sedno.serving.people.actor import COMMAND_LINE
from sedno.serving.people.roles import Role, Scope
from sedno.serving.people.tokens import csrf_token
from sedno.serving.settings import load_settings
from sedno.serving.store.tables.audit import AuditEntry

SECRET = "s" * 32
ORIGIN = "https://sklep.example"
Open = Callable[..., Any]


class Faq:
    """A server with an editor."""

    def __init__(self, client: Any) -> None:
        self.client = client
        with client.app.state.store.open().transaction() as session:
            editor = people.create(session, COMMAND_LINE, "ewa", Role.EDITOR)
            token = sessions.start(session, editor, hours=1)
            self.key = keys.create(session, COMMAND_LINE, "shop", [Scope.TOPICS_READ])[1]
        self.editor = {
            "Cookie": f"sedno_session={token}",
            "X-CSRF-Token": csrf_token(SECRET.encode(), token),
        }

    def send(self, method: str, path: str, **body: Any) -> Any:
        """Sends as the editor."""
        return self.client.request(method, f"/v1/faq{path}", json=body or None, headers=self.editor)

    def publish(self, question: str, answer: str, **more: Any) -> int:
        """Takes an entry the whole way."""
        made = self.send("POST", "/entries", question=question, answer=answer, **more).json()
        for step in ("submit", "approve", "publish"):
            done = self.send("POST", f"/entries/{made['id']}/{step}", version=made["version"])
            assert done.status_code == 200, done.text
        return int(made["id"])

    def feed(self, query: str = "", **headers: str) -> Any:
        """Reads as whoever the headers say."""
        return self.client.get(f"/v1/faq{query}", headers=headers)


@pytest.fixture
def faq(run: Any) -> Iterator[Open]:
    """Opens a server with settings."""
    opened: list[Any] = []

    def start(**changes: Any) -> Faq:
        more = load_settings(secret_key=SECRET)
        running = run(secret_key=more.secret_key, **changes)
        opened.append(running)
        return Faq(running.__enter__().client)

    yield start
    for running in opened:
        running.__exit__(None, None, None)


def test_a_product_page_reads_what_is_published(faq: Open) -> None:
    """Without a key, from another site, in the form it likes, and once only."""
    served = faq(faq_public=True, faq_origins=(ORIGIN,), faq_max_age=60)
    assert served.feed().json() == {"entries": []}
    served.publish("Czy wysyłacie za granicę?", "Tak. </script>", products=["Krem"])
    served.publish("Do you ship abroad?", "Yes.", products=["Krem"], language="en")
    got = served.feed("?product=Krem&lang=pl", Origin=ORIGIN)
    assert [one["question"] for one in got.json()["entries"]] == ["Czy wysyłacie za granicę?"]
    assert got.headers["access-control-allow-origin"] == ORIGIN
    assert got.headers["cross-origin-resource-policy"] == "cross-origin"
    assert got.headers["cache-control"] == "public, max-age=60"
    assert "Origin" in got.headers["vary"]
    tag = got.headers["etag"]
    again = served.feed("?product=Krem&lang=pl", **{"If-None-Match": f'"x", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    other = served.feed("?product=Krem", **{"If-None-Match": tag})
    assert other.status_code == 200
    assert len(other.json()["entries"]) == 2
    assert "access-control-allow-origin" not in served.feed("", Origin="https://x.example").headers
    html = served.feed("?lang=pl", Accept="text/html")
    assert html.headers["content-type"] == "text/html; charset=utf-8"
    assert html.text.count("</script>") == 1
    linked = served.feed("?lang=pl&format=jsonld", Accept="text/html")
    assert linked.headers["content-type"] == "application/ld+json"
    assert json.loads(linked.text)["@type"] == "FAQPage"
    assert len({served.feed(f"?format={form}").headers["etag"] for form in
                ("json", "jsonld", "markdown", "html", "csv")}) == 5  # fmt: skip
    assert served.feed("?format=pdf").status_code == 422


def test_a_new_wording_has_a_new_etag(faq: Open) -> None:
    """Caches notice what is published and what is withdrawn."""
    served = faq(faq_public=True)
    first = served.feed().headers["etag"]
    number = served.publish("A?", "B.")
    second = served.feed().headers["etag"]
    assert served.send("POST", f"/entries/{number}/withdraw", version=1).status_code == 200
    assert served.feed().headers["etag"] == first != second


def test_without_the_setting_it_takes_a_key(faq: Open) -> None:
    """And what is read with one is not for shared caches."""
    served = faq()
    served.publish("A?", "B.")
    assert served.feed().status_code == 401
    got = served.feed("", Authorization=f"Bearer {served.key}")
    assert got.status_code == 200
    assert got.headers["cache-control"].startswith("private")
    assert "Authorization" in got.headers["vary"]


def test_what_cannot_be_done_says_why(faq: Open) -> None:
    """404, 409 and 422, each with what to do instead."""
    served = faq()
    assert served.send("GET", "/entries/5").status_code == 404
    missing = served.send("POST", "/entries", answer="x")
    assert missing.status_code == 422
    assert missing.json()["errors"][0]["pointer"] == "#/question"
    made = served.send("POST", "/entries", question="A?", language="pl").json()
    path = f"/entries/{made['id']}"
    assert served.send("POST", f"{path}/publish", version=1).status_code == 409
    empty = served.send("POST", f"{path}/submit", version=1)
    assert (empty.status_code, "answer" in empty.json()["detail"].lower()) == (422, True)
    saved = served.send("PUT", path, version=1, question="A?", answer="B.", products=["P"])
    assert saved.json()["version"] == 2
    late = served.send("PUT", path, version=1, question="C?")
    assert late.status_code == 409
    assert "is at version 2, not 1" in late.json()["detail"]
    unknown = {"comment_id": 77, "kind": "answer"}
    bad = served.send("PUT", path, version=2, question="A?", sources=[unknown])
    assert bad.status_code == 422
    assert served.send("POST", "/entries", question="A?", language="polski!").status_code == 422


def test_whether_it_is_still_asked_and_its_plot(faq: Open) -> None:
    """On the entry that is read; as a picture, logged; of no entry 404."""
    served = faq()
    number = served.publish("Ile kosztuje <b>wysyłka</b>?", "12 zł.")
    still = served.send("GET", f"/entries/{number}").json()["still"]
    assert (still["verdict"], still["still_asked"], still["days"]) == ("early", False, 0)
    assert len(still["weeks"]) == 16
    draft = served.send("POST", "/entries", question="A?", language="pl").json()
    read = served.send("GET", f"/entries/{draft['id']}").json()
    assert read["still"]["verdict"] == "unpublished"
    for theme in ("light", "dark"):
        svg = served.send("GET", f"/entries/{number}/plot?theme={theme}&lang=pl")
        assert svg.headers["content-type"] == "image/svg+xml"
        assert f'filename="faq-{number}.svg"' in svg.headers["content-disposition"]
        said = "".join(ElementTree.fromstring(svg.content).itertext())  # noqa: S314 - our own
        assert "Ile kosztuje <b>wysyłka</b>?" in said
        assert "Jak często" in said
    png = served.send("GET", f"/entries/{number}/plot?format=png")
    assert png.content.startswith(b"\x89PNG")
    assert served.send("GET", "/entries/999/plot").status_code == 404
    assert served.send("GET", f"/entries/{number}/plot?format=pdf").status_code == 422
    with served.client.app.state.store.open().session() as session:
        query = select(AuditEntry.subject).where(AuditEntry.action == "faq.exported")
        logged = session.scalars(query).all()
    assert logged == [f"{number}.svg", f"{number}.svg", f"{number}.png"]


def test_entries_are_listed_and_read(faq: Open) -> None:
    """With wordings, steps, translations and what an answer can be made of."""
    served = faq()
    number = served.publish("Ile kosztuje wysyłka?", "12 zł.")
    other = served.send(
        "POST", "/entries", question="How much is shipping?", language="en", translation_of=number
    ).json()
    listed = served.send("GET", "/entries?status=published").json()
    assert [one["id"] for one in listed["entries"]] == [number]
    page = served.send("GET", "/entries?limit=1").json()
    assert page["next_before"] == other["id"]
    whole = served.send("GET", f"/entries/{number}").json()
    assert whole["translations"] == {"en": other["id"]}
    assert [one["step"] for one in whole["steps"]][:2] == ["published", "approved"]
    assert whole["versions"][0]["by"] == "ewa"
    material = served.send("GET", f"/entries/{number}/material").json()
    assert material == {"variants": [], "candidates": []}
