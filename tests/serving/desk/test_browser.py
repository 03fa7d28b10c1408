"""The desk in a real Chromium, used as its people use it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys
from sqlalchemy import delete

from sedno.serving.review import claims
from sedno.serving.review.sampling import lot
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.review import Claim

PASSWORD = "wieloryb pod lampą 7"  # noqa: S105 - made up


def sign_in(browser: Any, login: str = "anna") -> None:
    """Types login and password, by keyboard only."""
    browser.open("/desk/login")
    browser.press(login, Keys.TAB, PASSWORD, Keys.ENTER)
    browser.until(lambda: "/desk/review" in browser.driver.current_url)


def test_twenty_comments_by_keyboard_only(browser: Any, served: Any) -> None:
    """Sign in, accept, correct, skip, escalate: no hand leaves the keyboard, nothing is lost."""
    sign_in(browser)
    seen = []
    for number in range(20):
        comment = browser.comment
        seen.append(comment)
        if number % 5 == 1:  # correct the sentiment
            before = browser.one('[data-task="sentiment"] input:checked').get_attribute("value")
            browser.press("3")
            after = browser.one('[data-task="sentiment"] input:checked').get_attribute("value")
            assert after != before
            assert "Zapisz poprawki" in browser.text("[data-decision] .primary")
            browser.press_and_go("a")
        elif number % 5 == 2:
            browser.press_and_go("s")
        elif number % 5 == 3:
            browser.press("e")
            browser.until(lambda: browser.many("dialog#escalate[open]"))
            browser.press("Czy to nie reklama?")
            browser.press_and_go(Keys.CONTROL + Keys.ENTER)
        else:
            browser.press_and_go("a")
    assert len(set(seen)) == 20
    done = served.decisions()
    assert [one.comment_id for one in done] == seen
    assert [one.verdict for one in done[:5]] == [
        *("accepted", "corrected", "skipped", "escalated", "accepted"),
    ]
    assert {one.note for one in done if one.verdict == "escalated"} == {"Czy to nie reklama?"}
    assert all(one.by == "anna" and one.model and one.proposal for one in done)
    assert browser.complaints() == []


def test_undo_leads_back_to_the_comment(browser: Any, served: Any) -> None:
    """Three done, three undone, each shown again, in the reverse order."""
    browser.enter("anna")
    before = served.states()
    done = []
    for _ in range(3):
        done.append(browser.comment)
        browser.press_and_go("a")
    for comment in reversed(done):
        browser.press_and_go("u")
        assert browser.comment == comment
        assert "Cofnięto" in browser.text("[role=status]")
    assert served.states() == before
    browser.press_and_go("u")
    assert "Nie ma już czego cofnąć" in browser.text("[role=status]")


def test_next_and_previous(browser: Any, served: Any) -> None:
    """Next changes nothing; previous leads to what was done last."""
    browser.enter("anna")
    first = browser.comment
    browser.press_and_go("n")
    second = browser.comment
    assert second != first
    browser.press_and_go("a")
    assert browser.comment not in {first, second}, "what was passed over does not come back at once"
    browser.press_and_go("p")
    assert browser.comment == second
    assert "przyjęto" in browser.text(".said").lower() or browser.many(".history")
    assert served.states()[first] == "open"


def test_filters_narrow_the_queue_and_the_list(browser: Any, served: Any) -> None:
    """A choice stays while one works through it; where nothing fits, the page says so."""
    browser.enter("anna")
    with served.database.transaction() as session:
        row = session.get_one(StoredComment, 7)
        row.source = "tiktok:@rosa"
    browser.open("/desk/review?source=tiktok%3A%40rosa")
    assert browser.comment == 7
    browser.press_and_go("a")
    assert "Nic nie czeka na sprawdzenie" in browser.text("h1")
    browser.press_and_go("n")
    assert browser.comment != 7
    browser.open("/desk/comments?text=slo*&since=2026-09-30&until=2026-10-02")
    assert "słoik" in browser.text("table")
    browser.open("/desk/comments?since=2026-10-02")
    assert "Żaden komentarz nie pasuje." in browser.text()
    browser.open("/desk/comments?since=kiedyś&label=mood:glad")
    assert "mood:glad" in browser.text("[role=alert]")


def test_alike_comments_in_one_stroke(browser: Any, served: Any) -> None:
    """The exact count and examples first, nothing before; then all; one key takes it back."""
    browser.enter("anna")
    # One of the eight copies was drawn by chance: such are looked at one by one.
    copies = [number for number in served.states() if number > 32 and lot(number, 1) is None]
    assert len(copies) == 7
    browser.open(f"/desk/comments/{copies[0]}")
    before = served.states()
    browser.press_and_go("b")
    assert "Ten komentarz i 6 podobnych" in browser.text("h1")
    assert "Dokładnie 7 komentarzy otrzyma te etykiety." in browser.text()
    assert len(browser.many(".similar li")) == 5
    assert served.states() == before
    browser.press_and_go("a")
    browser.until(lambda: "Rozstrzygnięto 7 komentarzy" in browser.text("h1"))
    assert {served.states()[number] for number in copies} == {"decided"}
    browser.press_and_go("u")
    assert "Cofnięto" in browser.text("h1")
    assert served.states() == before


def test_two_moderators_at_once(new_browser: Callable[..., Any], served: Any) -> None:
    """They never have the same comment open, and what one closes the other gets."""
    anna, piotr = new_browser(), new_browser(language="en")
    anna.enter("anna")
    piotr.enter("piotr")
    for _ in range(5):
        assert anna.comment != piotr.comment
        anna.press_and_go("a")
        assert anna.comment != piotr.comment
        piotr.press_and_go("n")
    done = served.decisions()
    assert len({one.comment_id for one in done}) == len(done) == 5
    # Anna's page is closed: her comment is free at once.
    hers = anna.comment
    anna.driver.get("about:blank")
    piotr.until(lambda: _opens(piotr, hers))
    assert "Accept" in piotr.text(".decide")


def test_an_open_comment_stays_taken(new_browser: Callable[..., Any], served: Any) -> None:
    """Loaded again, or with a second one in another tab; a closed tab frees its own alone."""
    anna, piotr = new_browser(), new_browser(language="en")
    anna.enter("anna")
    piotr.enter("piotr")
    first = anna.comment
    for _ in range(2):
        anna.driver.refresh()
        assert anna.comment == first
    # The release of the view that went has come by now, with what the page loads afterwards.
    anna.until(lambda: len(anna.many("[data-loaded]")) == 2)
    assert not _opens(piotr, first)
    window = anna.driver.current_window_handle
    second = next(one for one in served.states() if one not in {first, piotr.comment})
    anna.driver.switch_to.new_window("tab")
    anna.open(f"/desk/comments/{second}")
    assert not _opens(piotr, first)
    assert not _opens(piotr, second)
    anna.driver.close()
    anna.driver.switch_to.window(window)
    piotr.until(lambda: _opens(piotr, second))
    assert not _opens(piotr, first)
    anna.press_and_go("a")
    assert served.states()[first] == "decided"


def test_a_page_says_that_somebody_else_has_its_comment(
    new_browser: Callable[..., Any], served: Any
) -> None:
    """In both languages, where a renewal is refused; it goes once the comment is free again."""
    anna, ewa = new_browser(language="en"), new_browser()
    anna.enter("anna")
    comment = anna.comment
    ewa.enter("ewa")
    assert not _opens(ewa, comment), "an editor takes it from nobody"
    for one, said in ((anna, "Somebody else has"), (ewa, "ma teraz ktoś inny")):
        with served.database.transaction() as session:
            session.execute(delete(Claim))
        if one is ewa:
            assert _opens(ewa, comment)
        with served.database.transaction() as session:
            session.execute(delete(Claim))
            assert claims.take(session, comment, 99, lease=timedelta(minutes=5))
        one.driver.execute_script("document.dispatchEvent(new Event('visibilitychange'))")
        one.until(lambda one=one, said=said: said in one.text("[data-lost]"))
        assert not one.one("[data-save]").is_enabled()
    with served.database.transaction() as session:
        session.execute(delete(Claim))
    ewa.driver.execute_script("document.dispatchEvent(new Event('visibilitychange'))")
    ewa.until(lambda: ewa.one("[data-save]").is_enabled())
    assert not ewa.one("[data-lost]").is_displayed()
    # And an editor's page frees what it has, as a moderator's does.
    ewa.driver.get("about:blank")
    anna.until(lambda: _opens(anna, comment))


def _opens(browser: Any, comment: int) -> bool:
    browser.open(f"/desk/comments/{comment}")
    return bool(browser.many("[data-save]"))


def test_an_editor_settles_what_was_handed_over(
    new_browser: Callable[..., Any], served: Any
) -> None:
    """The list holds the note; the decision empties it."""
    anna, ewa = new_browser(), new_browser()
    anna.enter("anna")
    comment = anna.comment
    anna.press("e")
    anna.until(lambda: anna.many("dialog#escalate[open]"))
    anna.press("Groźba?")
    anna.press_and_go(Keys.CONTROL + Keys.ENTER)
    ewa.enter("ewa")
    assert "„Groźba?”" in ewa.text()
    ewa.one("main .list a").click()
    ewa.until(lambda: ewa.many("[data-comment]"))
    ewa.press_and_go("a")
    assert "Redaktorom nic nie przekazano." in ewa.text()
    assert served.states()[comment] == "decided"
    assert "Cofnij klawiszem U" in ewa.text("[role=status]")
    ewa.press_and_go("u")
    assert "Cofnięto" in ewa.text("[role=status]")
    assert ewa.comment == comment
    assert served.states()[comment] == "escalated"


def test_words_similar_comments_and_keys_are_shown(browser: Any) -> None:
    """The words behind an answer, what stands around it, and the list of keys."""
    browser.enter("anna")
    browser.until(lambda: len(browser.many("[data-loaded]")) == 2)
    assert "Autor" in browser.text("[data-load$='/around']")
    shown = browser.one("[data-why]:not([hidden])").get_attribute("data-why")
    browser.press("w")
    assert browser.one("[data-why]:not([hidden])").get_attribute("data-why") != shown
    browser.press("?")
    browser.until(lambda: browser.many("dialog#keys[open]"))
    listed = browser.text("#keys")
    for name in ("Przyjmij", "Pomiń", "Przekaż", "Cofnij", "Następny", "Poprzedni", "Podobne"):
        assert name in listed
    browser.press(Keys.ESCAPE)
    browser.until(lambda: not browser.many("dialog[open]"))
    assert browser.complaints() == []


def test_single_keys_can_be_turned_off(browser: Any, served: Any) -> None:
    """On the account page, which the list of keys names; then no letter does anything."""
    browser.enter("anna")
    browser.press("?")
    browser.until(lambda: browser.many("dialog#keys[open]"))
    browser.one("#keys a").click()
    browser.until(lambda: browser.driver.current_url.endswith("/desk/account#single-keys"))
    browser.one("#single-keys button").click()
    browser.until(lambda: "Są wyłączone" in browser.text("#single-keys"))
    assert browser.axe() == []
    browser.open("/desk/review")
    page = browser.one("html").id
    chosen = [one.get_attribute("value") for one in browser.many("[data-task] input:checked")]
    assert not [one for one in browser.many("[data-key] kbd, legend kbd") if one.is_displayed()]
    browser.press("3", "a", "s", "u", "w", "g", "f", "e", "?")
    assert browser.one("html").id == page
    assert not browser.many("dialog[open]")
    after = [one.get_attribute("value") for one in browser.many("[data-task] input:checked")]
    assert after == chosen
    comment = browser.comment
    browser.one("[data-save]").send_keys(Keys.ENTER)
    browser.until(lambda: "Zapisano." in browser.text("[role=status]"))
    assert "U" not in browser.text("[role=status]")
    assert served.states()[comment] == "decided"
    browser.open("/desk/account")
    browser.one("#single-keys button").click()
    browser.until(lambda: "Są włączone" in browser.text("#single-keys"))
    browser.press_and_go("u")
    assert browser.comment == comment


PAGES = (
    *("/desk/review", "/desk/escalations", "/desk/comments", "/desk/overview"),
    *("/desk/decisions", "/desk/audit"),
)


@pytest.mark.parametrize(("language", "dark"), [("pl", False), ("en", True)])
def test_axe_finds_nothing_serious(
    new_browser: Callable[..., Any], language: str, dark: bool
) -> None:
    """WCAG AA on every page, light and dark; nothing wider than the window."""
    browser = new_browser(language=language, dark=dark)
    browser.open("/desk/login")
    assert browser.axe() == []
    browser.enter("admin")
    browser.until(lambda: len(browser.many("[data-loaded]")) == 2)
    browser.press("3")
    browser.press_and_go("a")
    browser.press("e")
    browser.until(lambda: browser.many("dialog#escalate[open]"))
    assert browser.axe() == []
    for path in PAGES:
        browser.open(path)
        if path == "/desk/review":
            browser.until(lambda: len(browser.many("[data-loaded]")) == 2)
        assert browser.axe() == [], path
        assert browser.one("html").get_attribute("lang") == language
        assert browser.complaints() == [], path
        wide = browser.driver.execute_script(
            "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        assert not wide, path


def test_language_and_theme_are_kept(browser: Any) -> None:
    """Chosen once, they stay, also after signing out."""
    browser.enter("admin")
    assert browser.text("nav a") == "Sprawdzanie"
    browser.one("button[name=language]").click()
    browser.until(lambda: browser.text("nav a") == "Review")
    browser.press_and_go("t")
    assert browser.one("html").get_attribute("data-theme") == "dark"
    browser.one("form[action='/desk/logout'] button").click()
    browser.until(lambda: "You are signed out." in browser.text())
    assert browser.one("html").get_attribute("data-theme") == "dark"
    browser.open("/desk/review")
    assert "/desk/login" in browser.driver.current_url
