"""What the tests of the desk share: a real server, and a real Chromium that looks at it."""

from __future__ import annotations

import functools
import http.server
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import axe_core_python
import pytest
import uvicorn
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait
from sqlalchemy import select, update

from sedno.models.classifier import Classifier
from sedno.serving.api.app import create_app
from sedno.serving.ingest.classify import comment_of
from sedno.serving.ingest.incoming import Preparer
from sedno.serving.ingest.take import save, take, to_answer
from sedno.serving.people import people
from sedno.serving.people.actor import COMMAND_LINE
from sedno.serving.people.logins import link_of, make_link
from sedno.serving.people.roles import Role
from sedno.serving.people.secrets import hold_to_pseudonym_key
from sedno.serving.settings import Settings, load_settings
from sedno.serving.store.database import Database
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.review import Decision

WAIT = 60
EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "faq-embed.html"
PASSWORD = "wieloryb pod lampą 7"  # noqa: S105 - made up
TEXTS = (
    "Kiedy będzie znowu w sklepie?",
    "Kupiłam i nie żałuję, tylko zapach za mocny",
    "Serio? 200 zł za słoik?",
    "Ten odcinek wyszedł wam najlepiej, dźwięk też",
    "nudne, wyłączyłem po minucie",
    "Czy wysyłacie do Czech?",
    "Lepszy był poprzedni skład, ten mnie uczulił",
)
COPIED = "Zarabiaj z domu 500 zł dziennie, napisz do mnie!"


@dataclass
class Served:
    """A server that runs, its database, and ways in.

    Attributes:
        url: Its address.
        database: What it keeps.
    """

    url: str
    settings: Settings
    database: Database

    def link(self, login: str) -> str:
        """A link that signs a person in once."""
        with self.database.transaction() as session:
            person = people.find(session, login)
            return link_of(self.url, make_link(session, COMMAND_LINE, person))

    def states(self) -> dict[int, str]:
        """Where each comment stands."""
        with self.database.session() as session:
            rows = session.execute(select(StoredComment.id, StoredComment.review_state))
            return {row.id: row.review_state for row in rows}

    def decisions(self) -> list[Decision]:
        """All that was done, the oldest first."""
        with self.database.session() as session:
            return list(session.scalars(select(Decision).order_by(Decision.id)))


class Browser:
    """A person's browser, used by its keyboard."""

    def __init__(self, driver: WebDriver, served: Served) -> None:
        self.driver = driver
        self.served = served

    def open(self, path: str) -> None:
        """Loads a page."""
        self.driver.get(self.served.url + path)

    def enter(self, login: str) -> None:
        """Signs in by a link."""
        self.driver.get(self.served.link(login))
        self.one("main button").click()
        self.until(lambda: "/login" not in self.driver.current_url)

    def one(self, css: str) -> Any:
        """The element of a selector, once it is there."""
        return WebDriverWait(self.driver, WAIT).until(
            lambda driver: driver.find_element(By.CSS_SELECTOR, css),
            f"there is no {css}",
        )

    def many(self, css: str) -> list[Any]:
        """The elements of a selector that are there now."""
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def text(self, css: str = "main") -> str:
        """What a reader sees of an element."""
        return str(self.one(css).text)

    def press(self, *keys: str) -> None:
        """Presses keys, whatever has the focus."""
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)

    def until(self, true: Callable[[], object]) -> None:
        """Waits until something is true."""
        # What is looked at may go while it is looked at: then it is looked for again.
        ignored = (StaleElementReferenceException,)
        WebDriverWait(self.driver, WAIT, ignored_exceptions=ignored).until(lambda _: true())

    def press_and_go(self, key: str) -> None:
        """Presses a key that leads to another page, and waits for it."""
        page = self.one("html")
        self.press(key)
        self.until(lambda: self._gone(page))
        self.until(lambda: self.driver.execute_script("return document.readyState") == "complete")

    @property
    def comment(self) -> int:
        """The number of the comment that is shown."""
        return int(self.one("[data-comment]").get_attribute("data-comment"))

    def axe(self) -> list[str]:
        """What axe finds that is serious or worse."""
        source = Path(axe_core_python.__file__).parent / "axe.min.js"
        self.driver.execute_script(source.read_text(encoding="utf-8"))
        found = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})"
            ".then((result) => done(result.violations)).catch((error) => done([{impact:"
            " 'critical', id: String(error), nodes: []}]));"
        )
        return [
            f"{one['impact']}: {one['id']} {[node['html'][:120] for node in one['nodes']]}"
            for one in found
            if one["impact"] in {"serious", "critical"}
        ]

    def complaints(self) -> list[str]:
        """What the browser's console holds: errors, and what the content policy refused."""
        log = self.driver.execute("getLog", {"type": "browser"})["value"]
        return [entry["message"] for entry in log]

    def _gone(self, page: Any) -> bool:
        try:
            page.tag_name  # noqa: B018 - asks the browser
        except StaleElementReferenceException:
            return True
        except WebDriverException as error:
            # Chromium says so too when the page changes while it is asked.
            return "does not belong to the document" in str(error)
        return False


@pytest.fixture
def served(
    answering: Classifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Served]:
    """A server with a desk: three people, 40 comments that wait."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SEDNO_{name.upper()}", raising=False)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = load_settings(
        port=port,
        data_dir=tmp_path / "data",
        second_opinion_share=0.0,
        log_level="error",
        faq_public=True,
        faq_origins=("*",),
        faq_max_age=0,
        brand_authors=("instagram:@rosa.polna=autor4",),
    )
    app = create_app(settings, answering)
    database = app.state.store.open()
    _fill(database, settings, answering)
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    until = time.monotonic() + WAIT
    while not server.started:
        assert time.monotonic() < until, "the server never started"
        time.sleep(0.02)
    try:
        yield Served(f"http://127.0.0.1:{port}", settings, database)
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def browser(new_browser: Callable[..., Browser]) -> Browser:
    """One browser, in Polish."""
    return new_browser()


@pytest.fixture
def new_browser(served: Served, tmp_path: Path) -> Iterator[Callable[..., Browser]]:
    """Starts browsers, each with a profile of its own."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    chromedriver = shutil.which("chromedriver")
    if chromium is None or chromedriver is None:
        pytest.skip("no Chromium: install chromium and chromium-driver")
    started: list[WebDriver] = []

    def start(*, language: str = "pl", dark: bool = False) -> Browser:
        options = webdriver.ChromeOptions()
        options.binary_location = str(chromium)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        for argument in (
            *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic"),
            *("--no-first-run", "--disable-background-networking", "--disable-dev-shm-usage"),
            *("--disable-component-update", "--disable-sync", "--window-size=1360,900"),
            f"--accept-lang={language}",
            f"--user-data-dir={tmp_path / f'browser-{len(started)}'}",
        ):
            options.add_argument(argument)
        driver = webdriver.Chrome(options=options, service=Service(chromedriver))
        driver.set_page_load_timeout(WAIT)
        driver.set_script_timeout(WAIT)
        started.append(driver)
        if dark:
            driver.execute_cdp_cmd(
                "Emulation.setEmulatedMedia",
                {"features": [{"name": "prefers-color-scheme", "value": "dark"}]},
            )
        return Browser(driver, served)

    yield start
    for driver in started:
        driver.quit()


@pytest.fixture
def shop(served: Any, tmp_path: Path) -> Iterator[str]:
    """The example of a product page, from another origin."""
    folder = tmp_path / "shop"
    folder.mkdir()
    page = EXAMPLE.read_text(encoding="utf-8").replace("http://127.0.0.1:8000", served.url)
    (folder / "index.html").write_text(page, encoding="utf-8")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Says nothing."""

    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/index.html"
    server.shutdown()
    thread.join()
    server.server_close()


def _fill(database: Database, settings: Settings, classifier: Classifier) -> None:
    records = [
        {
            "id": f"c-{number}",
            "text": COPIED if number >= 32 else f"{TEXTS[number % len(TEXTS)]} ({number})",
            "author": f"autor{number % 5}",
            "source": "instagram:@rosa.polna",
            "post_id": "krem",
            "context": "Dziś premiera kremu z dziką różą!",
            "posted_at": "2026-10-01T12:00:00+02:00",
            "reach": 10 * number,
        }
        for number in range(40)
    ]
    taken = take(database, Preparer(hold_to_pseudonym_key(database, settings)), records)
    asked = to_answer(taken)
    comments = [comment_of(one.item) for one in asked if one.item is not None]
    save(database, asked, classifier.predict(comments, embeddings=True))
    with database.transaction() as session:
        # Whatever the toy model is sure of: here all wait for a look.
        session.execute(update(StoredComment).values(review_state="open"))
        for login, role in (
            ("anna", Role.MODERATOR),
            ("piotr", Role.MODERATOR),
            ("ewa", Role.EDITOR),
            ("admin", Role.ADMIN),
        ):
            person = people.create(session, COMMAND_LINE, login, role)
            if login == "anna":
                people.set_password(session, COMMAND_LINE, person, PASSWORD)
