"""Answers in a real Chromium: from a comment to a product page."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys
from sqlalchemy import select, update

from sedno.serving.faq import entries
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.faq import FaqEntry

SHOTS = os.environ.get("SEDNO_TEST_SHOTS")


def shoot(browser: Any, name: str) -> None:
    """Keeps a picture of the page, where somebody wants to look at it."""
    if SHOTS:
        size = browser.driver.execute_script(
            "return [document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        )
        browser.driver.set_window_size(1360, max(900, size[1] + 150))
        browser.driver.save_screenshot(str(Path(SHOTS) / f"{name}.png"))
        browser.driver.set_window_size(1360, 900)


@pytest.fixture
def asked(served: Any) -> int:
    """A comment that the model takes for a question, whatever the toy model says."""
    with served.database.transaction() as session:
        for text, label in (("Czy wysyłacie do Czech?%", "question"), ("Lepszy był%", "none")):
            session.execute(
                update(StoredComment)
                .where(StoredComment.text.like(text))
                .values(
                    question=label,
                    substance="substantive",
                    authenticity="real",
                    toxicity="ok",
                )
            )
        first = select(StoredComment.id).where(StoredComment.text.like("Czy wysyłacie%"))
        found = session.scalars(first.order_by(StoredComment.id)).first()
        assert found is not None
        return int(found)


def test_from_a_comment_to_a_product_page(browser: Any, served: Any, asked: int, shop: str) -> None:
    """Draft, take what the brand answered, review, approve, publish: by keyboard; withdraw."""
    browser.enter("ewa")
    browser.open(f"/desk/comments/{asked}")
    browser.press_and_go("m")
    assert "Szkic jest gotowy" in browser.text("[role=status]")
    assert browser.text("h1") == "Czy wysyłacie do Czech?"
    shoot(browser, "faq-draft")
    browser.press_and_go("1")
    assert "Słowa komentarza są teraz w odpowiedzi" in browser.text("[role=status]")
    assert "marka" in browser.text("[aria-labelledby=wording-title]")
    browser.press("i")
    area = browser.one("#answer")
    area.clear()
    area.send_keys("Tak, w 3 dni. <script>alert(1)</script>")
    browser.press(Keys.ESCAPE)
    for key, said in (("r", "Przekazano"), ("a", "Zatwierdzono"), ("p", "Opublikowano")):
        browser.press_and_go(key)
        assert said in browser.text("[role=status]")
    shoot(browser, "faq-published")
    assert browser.complaints() == []
    browser.open("/desk/faq/preview")
    assert "Tak, w 3 dni. <script>alert(1)</script>" in browser.text(".answer")
    shoot(browser, "faq-preview")
    browser.driver.get(shop)
    browser.until(lambda: browser.many(".sedno-faq summary"))
    browser.one(".sedno-faq summary").click()
    assert "Tak, w 3 dni. <script>alert(1)</script>" in browser.text(".sedno-faq")
    shoot(browser, "faq-shop")
    with served.database.session() as session:
        entry = session.scalars(select(FaqEntry)).one()
        done = [step.step for step in reversed(entries.steps_of(session, entry.id))]
    assert done == [*("created", "saved", "saved", "submitted", "approved", "published")]
    browser.open(f"/desk/faq/{entry.id}")
    browser.press_and_go("y")
    browser.driver.get(shop)
    browser.until(lambda: browser.many(".sedno-faq"))
    assert not browser.many(".sedno-faq summary")


def test_two_editors_and_a_moderator(new_browser: Callable[..., Any], served: Any) -> None:
    """The second one's words stay on the page; a moderator reads and changes nothing."""
    ewa, admin, anna = new_browser(), new_browser(language="en"), new_browser()
    ewa.enter("ewa")
    ewa.open("/desk/faq/new")
    ewa.one("#question").send_keys("Ile kosztuje wysyłka?")
    ewa.one("main form:not(.undo) button").click()
    ewa.until(lambda: ewa.many("#edit"))
    path = ewa.driver.current_url.removeprefix(served.url).partition("?")[0]
    admin.enter("admin")
    admin.open(path)
    admin.one("#answer").send_keys("12 PLN")
    ewa.one("#answer").send_keys("12 zł, od 200 zł za darmo.")
    ewa.press(Keys.ESCAPE)
    ewa.press_and_go("s")
    admin.press(Keys.ESCAPE)
    admin.press_and_go("s")
    assert "Somebody else has changed this answer" in admin.text("[role=alert]")
    assert admin.one("#answer").get_attribute("value") == "12 PLN"
    anna.enter("anna")
    anna.open(path)
    assert "12 zł, od 200 zł za darmo." in anna.text()
    assert not anna.many("#edit")
    assert not anna.many("button[data-key=s]")


@pytest.mark.parametrize(("language", "dark"), [("pl", False), ("en", True)])
def test_axe_finds_nothing_serious(
    new_browser: Callable[..., Any], served: Any, asked: int, language: str, dark: bool
) -> None:
    """WCAG AA on every page of answers; nothing wider than the window."""
    browser = new_browser(language=language, dark=dark)
    browser.enter("admin")
    browser.open(f"/desk/comments/{asked}")
    browser.press_and_go("m")
    entry = browser.driver.current_url.removeprefix(served.url).partition("?")[0]
    browser.press_and_go("1")
    browser.press_and_go("r")
    for path in (entry, "/desk/faq", "/desk/faq/new", "/desk/faq/preview", "/desk/faq/webhooks"):
        browser.open(path)
        assert browser.axe() == [], path
        wide = browser.driver.execute_script(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, path
        shoot(browser, f"faq-{language}-{path.strip('/').replace('/', '-')}")
    assert browser.complaints() == []
