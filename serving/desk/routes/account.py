"""One's own account: the password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from sedno.serving.api import guard
from sedno.serving.api.dependencies import StoreDep
from sedno.serving.api.guard import Actor, May
from sedno.serving.desk import render, words
from sedno.serving.desk.forms import FormDep
from sedno.serving.people.own import has_password, set_own
from sedno.serving.people.passwords import PasswordError

router = APIRouter(include_in_schema=False, route_class=guard.Route)

Someone = Annotated[Actor, guard.require(May.USE_OWN_ACCOUNT)]


@router.get("/desk/account")
def account(request: Request, actor: Someone, store: StoreDep) -> Response:
    """The form to set a password."""
    present = has_password(store.open(), actor)
    return render.page(request, "account.html", actor=actor, present=present, fault=None)


@router.post("/desk/account")
def set_password(request: Request, actor: Someone, store: StoreDep, form: FormDep) -> Response:
    """Sets the password; whoever set it stays signed in here."""
    new = form.get("new", "")
    reason = "differ" if new != form.get("again") else None
    if reason is None:
        try:
            set_own(store.open(), actor, current=form.get("current"), new=new)
        except PasswordError as error:
            reason = error.reason
    if reason is None:
        return render.go("/desk", notice="password_set")
    return render.page(
        request,
        "account.html",
        actor=actor,
        status=422,
        present=has_password(store.open(), actor),
        fault=words.PASSWORD_FAULTS[reason],
    )
