"""What pages send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Path, Request

from sedno.models.taxonomy import TASKS
from sedno.serving.api.problems import INVALID_REQUEST, Fault, ProblemError, shown

_MOST_DIGITS = 18

Form = Mapping[str, str]

Key = Annotated[int, Path(ge=1, le=2**63 - 1)]
"""A number in an address that names a row."""


async def _form(request: Request) -> Form:
    # No page sends files, and those that a stranger sends to the login would lie on the disk.
    if request.headers.get("content-type", "").startswith("multipart/"):
        return {}
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


FormDep = Annotated[Form, Depends(_form)]


def filters_of(request: Request, *names: str) -> dict[str, str]:
    """The filters that the address of a page sets, by name; those left empty are missing."""
    return {
        name: value
        for name in names
        # Nothing stored has a NUL, and PostgreSQL refuses to be asked for one.
        if (value := request.query_params.get(name, "").strip().replace("\x00", ""))
    }


def labels_of(form: Form) -> dict[str, str]:
    """The labels that a form chose, by task."""
    return {task.name: form[f"label.{task.name}"] for task in TASKS if f"label.{task.name}" in form}


def whole(form: Form, name: str) -> int:
    """A whole number of a form.

    Raises:
        ProblemError: It is missing or none.
    """
    value = form.get(name, "")
    if value.isascii() and value.isdecimal() and len(value) <= _MOST_DIGITS:
        return int(value)
    fault = Fault(
        f"#/{name}", "not_a_number", "is no whole number", "load the page again", shown(value)
    )
    raise ProblemError(INVALID_REQUEST, f"The field {name!r} is no whole number.", [fault])


def local_path(given: str | None, otherwise: str) -> str:
    """A path of the desk to go back to; never an address elsewhere."""
    if given and given.startswith("/desk") and "\\" not in given and "\n" not in given:
        return given
    return otherwise
