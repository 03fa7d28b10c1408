"""Makes pages out of templates: language, theme, security headers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sedno.models.taxonomy import TASKS
from sedno.serving.api.identify import form_token
from sedno.serving.desk import language, words
from sedno.serving.people.actor import STRANGER, Actor
from sedno.serving.people.roles import May

THEME_COOKIE: Final = "sedno_theme"
THEMES: Final = ("auto", "light", "dark")
KEYS_COOKIE: Final = "sedno_keys"
KEYS: Final = ("on", "off")
"""Whether a letter, digit or sign by itself does something (WCAG 2.1, 2.1.4)."""
_FOLDER = Path(__file__).parent
_STATIC = _FOLDER / "static"

# Scripts, styles and fonts come from this server alone, and nothing stands in the page itself.
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
}


def page(
    request: Request,
    template: str,
    *,
    actor: Actor = STRANGER,
    status: int = 200,
    **context: Any,
) -> Response:
    """The page of a template.

    Args:
        request: Of the browser.
        template: Name of the file.
        actor: Who looks.
        status: HTTP status code.
        context: What the template shows.
    """
    lang = language.of_request(request, actor.language)
    theme = request.cookies.get(THEME_COOKIE)
    keys = request.cookies.get(KEYS_COOKIE)
    keys = keys if keys in KEYS else KEYS[0]
    notices = words.NOTICES if keys == "on" else words.NOTICES_WITHOUT_KEYS
    body = (
        environment(lang)
        .get_template(template)
        .render(
            {
                "lang": lang,
                "theme": theme if theme in THEMES else THEMES[0],
                "actor": actor,
                "May": May,
                "path": request.url.path,
                "here": _here(request),
                "csrf": form_token(request) or "",
                "keys": keys,
                "notice": notices.get(request.query_params.get("notice", "")),
                **context,
            }
        )
    )
    return HTMLResponse(body, status_code=status, headers=_HEADERS)


def go(path: str, **query: object) -> Response:
    """Sends the browser on, after a form."""
    given = {name: value for name, value in query.items() if value is not None}
    return RedirectResponse(f"{path}?{urlencode(given)}" if given else path, status_code=303)


def static_file(name: str) -> Path | None:
    """A file of the desk's own; ``None`` where there is none of that name."""
    return next((path for path in _STATIC.iterdir() if path.name == name), None)


@cache
def static_url(name: str) -> str:
    """The address of a file, another one whenever its content is another."""
    digest = hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/desk/static/{name}?v={digest}"


@cache
def environment(lang: str) -> Environment:
    """The templates, in a language."""
    speak = language.speaker(lang)
    made = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(language.translations(lang), newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(
        static=static_url,
        tasks=TASKS,
        words=words,
        speak=speak,
        query=query,
    )
    made.filters.update(
        number=speak.number,
        percent=speak.percent,
        moment=speak.moment,
        day=speak.day,
        ago=speak.ago,
        said=speak.say,
    )
    return made


def query(given: Mapping[str, object], **more: object) -> str:
    """The part of an address behind the question mark; nothing where nothing is given."""
    merged = {**given, **more}
    kept = {name: value for name, value in merged.items() if value not in (None, "")}
    return "?" + urlencode(kept) if kept else ""


def _here(request: Request) -> str:
    """Path and query of the page, to come back to."""
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "")
