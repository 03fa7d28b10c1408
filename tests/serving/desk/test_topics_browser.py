"""Topics in a real Chromium: found, looked at, renamed, merged, answered."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys
from sqlalchemy import select, update

from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.faq import FaqEntry
from sedno.serving.store.tables.topics import StoredTopic

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
    browser.press_and_go("s")
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
    """WCAG AA on both pages; nothing wider than the window."""
    del asking
    browser = new_browser(language=language, dark=dark)
    browser.enter("admin")
    ids = find(browser, served)
    for path in ("/desk/topics", f"/desk/topics/{ids[0]}", f"/desk/topics/{ids[0]}/split"):
        browser.open(path)
        assert browser.axe() == [], path
        wide = browser.driver.execute_script(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, path
        shoot(browser, f"topics-{language}-{len(path)}")
    assert browser.complaints() == []
