"""The whole way in a real Chromium: from a list of topics to a product page; and odd comments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys
from sqlalchemy import delete, select, update

from sedno.models.classifier import Classifier
from sedno.serving.faq import entries
from sedno.serving.ingest.classify import comment_of
from sedno.serving.ingest.incoming import Preparer
from sedno.serving.ingest.take import save, take, to_answer
from sedno.serving.people.secrets import hold_to_pseudonym_key
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.faq import FaqEntry
from sedno.serving.store.tables.topics import StoredTopic
from tests.serving.desk.test_export import HELLO
from tests.serving.desk.test_topics_browser import find, run_topics, shoot

SEASON = ("Kiedy drugi sezon?", "kiedy 2 sezon??", "Kiedy będzie drugi sezon?")
SHIPPING = ("Ile kosztuje wysyłka?", "ile za wysyłkę", "Ile kosztuje wysyłka kurierem?")
ENDLESS = "czy to jest w sprzedaży? " * 400
ANSWER = "Wysyłka kosztuje 12 zł. <script>alert(1)</script>"


@pytest.fixture
def ask(served: Any, answering: Classifier) -> Callable[[Sequence[str]], None]:
    """Keeps comments instead of those there are, read by the toy model; all of them ask."""

    def kept(texts: Sequence[str]) -> None:
        with served.database.transaction() as session:
            session.execute(delete(StoredComment))
        records = [
            {"id": f"q-{number}", "text": text, "author": f"a{number}", "post_id": "krem",
             "source": "instagram:@rosa.polna", "product": "Krem",
             "posted_at": f"2026-{9 + number % 3:02}-{1 + number % 28:02}T12:00:00Z"}
            for number, text in enumerate(texts)
        ]  # fmt: skip
        preparer = Preparer(hold_to_pseudonym_key(served.database, served.settings))
        asked = to_answer(take(served.database, preparer, records))
        given = [comment_of(one.item) for one in asked if one.item is not None]
        save(served.database, asked, answering.predict(given, embeddings=True))
        with served.database.transaction() as session:
            # Whatever the toy model takes for a question.
            session.execute(
                update(StoredComment).values(
                    question="question", question_score=0.95, authenticity="real", toxicity="ok"
                )
            )

    return kept


def test_from_topics_to_a_product_page(
    browser: Any, served: Any, ask: Callable[[Sequence[str]], None], shop: str
) -> None:
    """Browse, merge, draft, review, approve, publish, and another site's page shows it."""
    ask([*SEASON, *SHIPPING] * 3)
    browser.enter("ewa")
    ids = find(browser, served)
    assert len(ids) >= 2, "there is nothing to merge"
    with served.database.session() as session:
        topics = {row.id: row for row in session.scalars(select(StoredTopic))}
    kept, gone = ids[0], ids[1]
    browse(browser, topics, gone)
    # Merge: it becomes part of the other, whose page is shown and tells of it.
    browser.one(f"#into option[value='{kept}']").click()
    browser.one("form[action$='/merge'] button").click()
    browser.until(lambda: "Zmieniono" in browser.text("[role=status]"))
    assert browser.driver.current_url.partition("?")[0].endswith(f"/{kept}")
    history = browser.text("[aria-labelledby=history-title]")
    assert "wchłonął temat" in history
    assert f"{topics[gone].name} {gone}" in history
    assert "ewa" in history
    shoot(browser, "way-merged")
    with served.database.session() as session:
        left = {row.id: row.size for row in session.scalars(select(StoredTopic))}
    assert gone not in left
    assert left[kept] == topics[kept].size + topics[gone].size
    # Draft, review, approve, publish: by keyboard.
    browser.press_and_go("m")
    assert "Szkic jest gotowy" in browser.text("[role=status]")
    question = browser.text("h1")
    browser.press("i")
    browser.one("#answer").send_keys(ANSWER)
    browser.press(Keys.ESCAPE)
    for key, said in (("r", "Przekazano"), ("a", "Zatwierdzono"), ("p", "Opublikowano")):
        browser.press_and_go(key)
        assert said in browser.text("[role=status]")
    with served.database.session() as session:
        entry = session.scalars(select(FaqEntry)).one()
        assert (entry.topic, entry.status) == (kept, "published")
        done = [step.step for step in reversed(entries.steps_of(session, entry.id))]
    assert done == ["created", "saved", "submitted", "approved", "published"]
    browser.open("/desk/faq")
    assert question in browser.text("tbody")
    browser.open(f"/desk/topics/{kept}")
    assert "opublikowana" in browser.text("[aria-labelledby=answers-title]").lower()
    assert browser.complaints() == []
    shown_at(browser, shop, question)


def browse(browser: Any, topics: dict[str, StoredTopic], wanted: str) -> None:
    """Puts the list in another order and opens a topic by its link there."""
    browser.one("th[aria-sort='descending'] a.sorts")
    browser.one("a.sorts[href*='sort=name']").click()
    browser.until(lambda: browser.many("th[aria-sort='ascending'] a.sorts[href*='sort=name']"))
    names = [cell.text for cell in browser.many("tbody td:first-child > a")]
    assert set(names) == {topic.name for topic in topics.values()}
    browser.one(f"tbody a[href='/desk/topics/{wanted}']").click()
    browser.until(lambda: browser.text("h1") == topics[wanted].name)


def shown_at(browser: Any, shop: str, question: str) -> None:
    """The product page of another site shows the answer, as text."""
    browser.driver.get(shop)
    browser.until(lambda: browser.many(".sedno-faq summary"))
    assert browser.text(".sedno-faq summary") == question
    browser.one(".sedno-faq summary").click()
    assert ANSWER in browser.text(".sedno-faq")
    assert not browser.many(".sedno-faq script:not([type])")
    shoot(browser, "way-shop")


@pytest.mark.parametrize(
    "texts",
    [HELLO, [ENDLESS, ENDLESS.replace("sprzedaży", "sklepie"), ENDLESS, "a" * 9_999 + "?"]],
    ids=["30 languages", "10,000 characters"],
)
def test_odd_comments_make_clear_pages(
    browser: Any, served: Any, ask: Callable[[Sequence[str]], None], texts: Sequence[str]
) -> None:
    """Every view of topics, each topic, a draft of an answer: no error, nothing too wide."""
    ask(texts)
    browser.enter("ewa")
    run_topics(browser, served)
    with served.database.session() as session:
        ids = list(session.scalars(select(StoredTopic.id).order_by(StoredTopic.position)))
    pages = ["/desk/topics", "/desk/topics?sort=name&language=pl", "/desk/topics/weeks"]
    pages += ["/desk/topics/map", "/desk/topics/digest", "/desk/comments"]
    for path in [*pages, *(f"/desk/topics/{topic}" for topic in ids[:2])]:
        looked_at(browser, path)
    if ids:
        browser.open(f"/desk/topics/{ids[0]}")
        browser.press_and_go("m")
        assert "Szkic jest gotowy" in browser.text("[role=status]")
        looked_at(browser, browser.driver.current_url.removeprefix(served.url).partition("?")[0])
        looked_at(browser, "/desk/faq")
    assert browser.complaints() == []


def looked_at(browser: Any, path: str) -> None:
    """Opens a page that must say something and fit into the window."""
    browser.open(path)
    assert len(browser.text()) > 20
    assert browser.many("h1"), path
    assert "Nie da się" not in browser.text("h1")
    assert not browser.many(".fault")
    wide = browser.driver.execute_script(
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 0, path
    shoot(browser, f"odd{path.replace('/', '-').partition('?')[0]}")
