"""Coming in and going out; what a browser prefers; the desk's own files."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from sedno.serving.api import guard
from sedno.serving.api.cookies import clear_session, set_session
from sedno.serving.api.dependencies import SettingsDep, StoreDep
from sedno.serving.api.guard import Actor, May
from sedno.serving.api.identify import identifier_of
from sedno.serving.desk import language, render
from sedno.serving.desk.forms import FormDep, local_path
from sedno.serving.people import logins, sessions
from sedno.serving.people.logins import LoginError, ThrottledError

_YEAR = 365 * 24 * 3600
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

router = APIRouter(include_in_schema=False, route_class=guard.Route)

Anyone = Annotated[Actor, guard.require(May.KNOCK)]
Someone = Annotated[Actor, guard.require(May.USE_OWN_ACCOUNT)]


@router.get("/desk")
def home(actor: Anyone) -> Response:
    """To the first page that the person may see."""
    if not actor.is_person:
        return render.go("/desk/login")
    if actor.may(May.REVIEW):
        return render.go("/desk/review")
    return render.go("/desk/escalations")


@router.get("/desk/login")
def login_page(request: Request, actor: Anyone, back: str = "") -> Response:
    """The form to sign in."""
    if actor.is_person:
        return render.go("/desk")
    return _login(request, back=local_path(back, ""))


@router.post("/desk/login")
def login(
    request: Request, form: FormDep, store: StoreDep, settings: SettingsDep, _: Anyone
) -> Response:
    """Signs in by login and password."""
    speak = language.speaker(language.of_request(request, None))
    back = local_path(form.get("back"), "/desk")
    try:
        token = logins.sign_in(
            store.open(),
            form.get("login", ""),
            form.get("password", ""),
            address=request.client.host if request.client else "",
            secret=identifier_of(request).secret,
            hours=settings.session_hours,
        )
    except LoginError:
        fault = speak.say("Login and password do not fit.")
        return _login(request, back=back, login=form.get("login", ""), fault=fault, status=401)
    except ThrottledError as error:
        fault = speak.say(
            "Too many attempts. Try again in %(minutes)s min.",
            minutes=-(-error.retry_after // 60),
        )
        failed = _login(request, back=back, login=form.get("login", ""), fault=fault, status=429)
        failed.headers["Retry-After"] = str(error.retry_after)
        return failed
    answer = render.go(back)
    set_session(answer, request, token)
    return answer


@router.get("/desk/login/link")
def link_page(request: Request, _: Anyone, token: str = "") -> Response:
    """Asks before a link is used up: programs that look at addresses must not sign in."""
    return _login(request, token=token)


@router.post("/desk/login/link")
def link(
    request: Request, form: FormDep, store: StoreDep, settings: SettingsDep, _: Anyone
) -> Response:
    """Signs in by a link that works once."""
    try:
        token = logins.sign_in_by_link(
            store.open(), form.get("token", ""), hours=settings.session_hours
        )
    except LoginError:
        speak = language.speaker(language.of_request(request, None))
        fault = speak.say("This link has been used or is too old. Ask for a new one.")
        return _login(request, fault=fault, status=401)
    answer = render.go("/desk")
    set_session(answer, request, token)
    return answer


@router.post("/desk/logout")
def logout(request: Request, actor: Someone, store: StoreDep) -> Response:
    """Signs out."""
    with store.open().transaction() as session:
        sessions.end(session, actor)
    answer = render.go("/desk/login", notice="signed_out")
    clear_session(answer, request)
    return answer


@router.post("/desk/preferences")
def preferences(form: FormDep, _: Anyone) -> Response:
    """Keeps the language, the theme, or whether single keys do something, in a cookie."""
    answer = render.go(local_path(form.get("back"), "/desk"))
    if form.get("language") in language.LANGUAGES:
        answer.set_cookie(language.COOKIE, form["language"], max_age=_YEAR, samesite="lax")
    if form.get("theme") in render.THEMES:
        answer.set_cookie(render.THEME_COOKIE, form["theme"], max_age=_YEAR, samesite="lax")
    if form.get("keys") in render.KEYS:
        answer.set_cookie(render.KEYS_COOKIE, form["keys"], max_age=_YEAR, samesite="lax")
    return answer


@router.get("/desk/static/{name}")
def static(request: Request, name: str, _: Anyone) -> Response:
    """A file of the desk's own."""
    path = render.static_file(name)
    if path is None:
        return Response(status_code=404)
    # Its address changes with its content.
    lasting = "public, max-age=31536000, immutable" if request.query_params.get("v") else "no-cache"
    return FileResponse(
        path, media_type=_TYPES.get(path.suffix), headers={"Cache-Control": lasting}
    )


def _login(
    request: Request,
    *,
    back: str = "",
    login: str = "",
    token: str = "",
    fault: str | None = None,
    status: int = 200,
) -> Response:
    return render.page(
        request, "login.html", status=status, back=back, login=login, token=token, fault=fault
    )
