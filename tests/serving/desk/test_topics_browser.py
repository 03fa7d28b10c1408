"""Topics in a real Chromium: found, looked at, renamed, merged, answered."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys
from sqlalchemy import delete, select, update

from sedno.serving.jobs import board
from sedno.serving.store.base import now
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.faq import FaqEntry
from sedno.serving.store.tables.topics import StoredTopic, TopicState

SHOTS = os.environ.get("SEDNO_TEST_SHOTS")


def shoot(browser: Any, name: str) -> None:
    """Keeps a picture of the page, where somebody wants to look at it."""
    if SHOTS:
        height = browser.driver.execute_script("return document.documentElement.scrollHeight")
        browser.driver.set_window_size(1360, max(900, height + 150))
        browser.driver.save_screenshot(str(Path(SHOTS) / f"{name}.png"))
        browser.driver.set_window_size(1360, 900)


@pytest.fixture
def asking(served: Any) -> None:
    """Comments of three kinds that ask, whatever the toy model says."""
    with served.database.transaction() as session:
        table = StoredComment
        session.execute(update(table).values(authenticity="real", toxicity="ok", question="none",
                                             question_score=0.99))  # fmt: skip
        session.execute(update(table).where(table.text.like("%?%")).values(question="question"))


def run_topics(browser: Any, served: Any) -> None:
    """Has topics found and waits for the run, whether it finds any or none."""
    browser.open("/desk/topics")
    browser.press_and_go("r")

    def found() -> object:
        with served.database.session() as session:
            return session.scalars(select(TopicState)).first()

    browser.until(found)


def find(browser: Any, served: Any) -> list[str]:
    """Has topics found and waits for them; gives their ids, the largest first."""
    browser.open("/desk/topics")
    browser.press_and_go("r")

    def there() -> list[str]:
        with served.database.session() as session:
            query = select(StoredTopic.id).order_by(StoredTopic.size.desc(), StoredTopic.position)
            return list(session.scalars(query))

    browser.until(there)
    browser.open("/desk/topics")
    return there()


def test_find_look_merge_answer(browser: Any, served: Any, asking: None) -> None:
    """From no topics to a draft of an answer that knows its topic."""
    del asking
    browser.enter("ewa")
    browser.open("/desk/topics")
    assert "Nie szukano jeszcze tematów" in browser.text()
    ids = find(browser, served)
    assert len(browser.many("tbody tr")) == len(ids)
    shoot(browser, "topics")
    browser.open(f"/desk/topics/{ids[0]}")
    shoot(browser, "topic")
    name = browser.one("#name")
    name.clear()
    name.send_keys("Dostępność")
    browser.one("form[action$='/rename'] button").click()
    browser.until(lambda: browser.text("h1") == "Dostępność")
    if len(ids) > 1:
        browser.open(f"/desk/topics/{ids[1]}")
        browser.one("form[action$='/merge'] button").click()
        browser.until(lambda: "Zmieniono" in browser.text("[role=status]"))
        with served.database.session() as session:
            assert len(session.scalars(select(StoredTopic)).all()) == len(ids) - 1
    browser.open(f"/desk/topics/{ids[0]}")
    browser.press_and_go("m")
    assert "Szkic jest gotowy" in browser.text("[role=status]")
    with served.database.session() as session:
        assert session.scalars(select(FaqEntry)).one().topic == ids[0]
    browser.open(f"/desk/topics/{ids[0]}")
    assert "szkic" in browser.text("[aria-labelledby=answers-title]")
    assert browser.complaints() == []


def test_browse_split_search(browser: Any, served: Any, asking: None) -> None:
    """By keyboard alone: from the list to a topic, its parts, and a search that finds one."""
    del asking
    browser.enter("ewa")
    ids = find(browser, served)
    browser.open(f"/desk/topics/{ids[0]}")
    browser.press_and_go("d")
    chosen = browser.many("input[type=radio][value='1']:checked")
    others = browser.many("input[type=radio][value='2']:checked")
    assert chosen
    assert others
    # A question is moved from the first part to the second by the arrow keys.
    name = chosen[0].get_attribute("name")
    browser.driver.execute_script("arguments[0].focus()", chosen[0])
    browser.press(Keys.ARROW_RIGHT)
    assert browser.one(f"input[name='{name}'][value='2']").is_selected()
    browser.press(Keys.ARROW_LEFT)
    shoot(browser, "split-choose")
    browser.press_and_go("s")
    assert "Tak będzie po podziale" in browser.text()
    assert len(browser.many("section.card h2")) == 2
    shoot(browser, "split-preview")
    with served.database.session() as session:
        assert len(session.scalars(select(StoredTopic)).all()) == len(ids)
    browser.press_and_go("s")
    assert "Zmieniono" in browser.text("[role=status]")
    with served.database.session() as session:
        topics = session.scalars(select(StoredTopic)).all()
        assert len(topics) == len(ids) + 1
    browser.open("/desk/topics")
    browser.press("/")
    browser.press(*topics[0].name.split()[0].rstrip("?!."))
    browser.press_and_go(Keys.ENTER)
    rows = browser.many("tbody tr")
    assert rows
    assert topics[0].name in browser.text("tbody")
    shoot(browser, "topics-search")
    assert browser.complaints() == []


@pytest.mark.parametrize(("language", "dark"), [("pl", False), ("en", True)])
def test_axe_finds_nothing_serious(
    new_browser: Callable[..., Any], served: Any, asking: None, language: str, dark: bool
) -> None:
    """WCAG AA on every page of topics; nothing wider than the window."""
    del asking
    browser = new_browser(language=language, dark=dark)
    browser.enter("admin")
    ids = find(browser, served)
    views = (*("map", "weeks", "digest"), *(f"{topic}" for topic in ids[:1]), f"{ids[0]}/split")
    for path in ("/desk/topics", *(f"/desk/topics/{view}" for view in views)):
        browser.open(path)
        assert browser.axe() == [], path
        wide = browser.driver.execute_script(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, path
        shoot(browser, f"topics-{language}-{path.rpartition('/')[2]}")
    assert browser.complaints() == []


def test_plots_by_keyboard(browser: Any, served: Any, asking: None) -> None:
    """From the list to the map, to a topic on it by Tab and Enter; from the weeks too."""
    del asking
    browser.enter("ewa")
    ids = find(browser, served)
    for view, shape in (("map", "circle"), ("weeks", "rect.bar")):
        browser.open("/desk/topics")
        browser.one(f".views a[href='/desk/topics/{view}']").click()
        browser.until(lambda view=view: browser.many(f".plot.{view}"))
        assert browser.many(f".plot.{view} {shape} title")
        links = [link.get_dom_attribute("href") for link in browser.many(f".plot.{view} a")]
        assert {link.rpartition("/")[2] for link in links} == set(ids)
        browser.driver.execute_script(
            "document.querySelector('.pictures a').focus({preventScroll: true})"
        )
        browser.driver.switch_to.active_element.send_keys(Keys.SHIFT, Keys.TAB)
        focused = browser.driver.switch_to.active_element
        assert focused.get_dom_attribute("href").startswith("/desk/topics/t")
        said = focused.get_dom_attribute("aria-label")
        page = browser.one("html")
        focused.send_keys(Keys.ENTER)
        browser.until(lambda page=page: browser._gone(page))
        assert said.startswith(browser.text("h1") + ": ")
    assert browser.complaints() == []


def test_files_are_saved_from_the_page(browser: Any, served: Any, asking: None) -> None:
    """S opens the choice, and every link in it gives a file in the page's language."""
    del asking
    browser.enter("ewa")
    ids = find(browser, served)
    for path in ("/desk/topics", f"/desk/topics/{ids[0]}"):
        browser.open(path)
        assert not browser.one(".files a").is_displayed()
        browser.press("s")
        browser.until(lambda: browser.one(".files a").is_displayed())
        links = browser.many(".files a") + browser.many(".pictures a")
        assert len(links) == (5 if path == "/desk/topics" else 9)
        for link in links:
            address = link.get_attribute("href")
            assert "lang=pl" in address
            status = browser.driver.execute_async_script(
                "fetch(arguments[0]).then((r) => arguments[1](r.status))", address
            )
            assert status == 200, address


def test_the_digest_is_read_copied_and_printed(browser: Any, served: Any, asking: None) -> None:
    """Parts with links, the same as text; on paper there is no button and the text is dark."""
    del asking
    browser.enter("ewa")
    browser.open("/desk/topics/digest")
    assert "Nie szukano jeszcze tematów" in browser.text()
    find(browser, served)
    browser.open("/desk/topics/digest")
    assert "O co pytano" in browser.text("h1")
    assert "Bez opublikowanej odpowiedzi" in browser.text("#unanswered-title")
    browser.one("[aria-labelledby=mail-title] summary").click()
    browser.until(lambda: browser.one("pre").is_displayed())
    assert browser.text("pre").startswith(browser.text("h1"))
    browser.driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"media": "print", "features": [{"name": "prefers-color-scheme", "value": "dark"}]},
    )
    browser.until(lambda: not browser.one("header.top").is_displayed())
    assert not browser.one(".views").is_displayed()
    ink = browser.driver.execute_script("return getComputedStyle(document.body).color")
    assert ink == "rgb(0, 0, 0)"


@pytest.mark.parametrize("texts", [[], ["Ile?"], ["Ile kosztuje wysyłka?"] * 7])
def test_odd_questions_make_clear_pages(browser: Any, served: Any, texts: list[str]) -> None:
    """None, one, all the same: every view says something, none fails."""
    with served.database.transaction() as session:
        session.execute(delete(StoredComment).where(StoredComment.id > len(texts)))
        for row, text in zip(session.scalars(select(StoredComment)), texts, strict=True):
            row.text, row.question, row.question_score = text, "question", 0.9
            row.authenticity, row.toxicity = "real", "ok"
    browser.enter("ewa")
    run_topics(browser, served)
    for view in ("", "/weeks", "/map", "/digest"):
        browser.open(f"/desk/topics{view}")
        assert len(browser.text()) > 20
        assert "Nie da się" not in browser.text("h1")
        assert not browser.many(".fault")
    assert browser.complaints() == []


def test_a_run_of_a_choice_by_keyboard(browser: Any, served: Any, asking: None) -> None:
    """C opens the choice; what was chosen and how far it is can be read, without script too."""
    del asking
    with served.database.transaction() as session:
        table = StoredComment
        session.execute(update(table).where(table.id <= 20).values(product="Krem"))
    browser.enter("ewa")
    browser.open("/desk/topics")
    assert not browser.one("#run-products").is_displayed()
    browser.press("c")
    browser.until(lambda: browser.one("#run-products").is_displayed())
    assert browser.axe() == []
    shoot(browser, "topics-choice")
    browser.one("#run-products").send_keys("Krem")
    browser.one("#run-apart").send_keys("Produkt")
    browser.one(".choose form button.primary").click()

    def found() -> object:
        with served.database.session() as session:
            return session.scalars(select(TopicState)).first()

    browser.until(found)
    browser.open("/desk/topics")
    assert "Tematy obejmują: pytania; Produkt: Krem. Podział: Produkt" in browser.text()
    assert "Ostatnie szukanie: gotowe" in browser.text()
    assert browser.one("label[for=source]").text == "Produkt"
    shoot(browser, "topics-of-a-part")
    # A run that a worker is at, as it stands in the database.
    with served.database.transaction() as session:
        number = board.create(
            session, board.TOPICS, {"comments": "all", "products": ["Krem"]}, created_by="ewa",
            state="running", total=4_000,
        ).id  # fmt: skip
        job = board.get(session, number)
        job.step, job.position = "cutting", 1_500
        job.lease_until = now() + timedelta(hours=1)
    browser.open("/desk/topics")
    card = browser.text(".run")
    assert "Krok 2 z 4: Wycinanie pytań, 50" in card
    assert "1000 komentarzy" in card.replace("\xa0", "")
    assert "wszystkie komentarze; Produkt: Krem" in card
    assert browser.one(".run progress").get_attribute("value") in {"38", "37"}
    assert browser.axe() == []
    shoot(browser, "topics-run")
    with served.database.transaction() as session:
        board.get(session, number).position = 1_900
    browser.until(lambda: browser.one(".run progress").get_attribute("value") in {"47", "48"})
    browser.one(".run form button").click()
    browser.until(lambda: "Anulowano" in browser.text("[role=status]"))
    with served.database.session() as session:
        assert board.get(session, number).cancel_asked
    assert browser.complaints() == []
