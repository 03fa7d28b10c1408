"""How often an entry's question is asked, as a picture: ``/v1/faq/entries/{entry_id}/plot``."""

from __future__ import annotations

from fastapi import APIRouter, Response

from sedno.serving.api import guard
from sedno.serving.api.dependencies import StoreDep
from sedno.serving.api.offload import in_thread
from sedno.serving.api.problems import NOT_FOUND, ProblemError
from sedno.serving.api.routes.faq import EntryKey, Reader
from sedno.serving.api.routes.topic_exports import (
    ONE_PROBLEMS,
    PICTURES,
    Lang,
    Picture,
    Theme,
    drawn,
    picture,
)
from sedno.serving.desk import drawing
from sedno.serving.faq import entries
from sedno.serving.faq.errors import UnknownEntryError
from sedno.serving.faq.still import still_asked
from sedno.serving.people.audit import Subject, record

router = APIRouter(prefix="/v1/faq", tags=["faq"], route_class=guard.Route)


@router.get(
    "/entries/{entry_id}/plot", response_class=Response, responses={**PICTURES, **ONE_PROBLEMS}
)
async def draw_entry(
    actor: Reader,
    store: StoreDep,
    entry_id: EntryKey,
    format: Picture = "svg",  # noqa: A002 - the parameter's name
    theme: Theme = "light",
    lang: Lang = "en",
) -> Response:
    """Draw how often an entry's question was asked in the last 16 weeks, as a file of its own."""

    def draw() -> bytes:
        with store.open().transaction() as session:
            try:
                entry = entries.get(session, entry_id)
            except UnknownEntryError as error:
                raise ProblemError(
                    NOT_FOUND,
                    f"There is no entry {entry_id}; 'GET /v1/faq/entries' lists them.",
                ) from error
            question = entries.wording_of(session, entry).question
            weeks = still_asked(session, entry).weeks
            name = f"{entry_id}.{format}"
            record(session, actor, "faq.exported", Subject(entries.KIND, name))
        return drawn(drawing.svg_of_asked(question, weeks, lang=lang, theme=theme), format)

    return picture(await in_thread(draw), format, f"faq-{entry_id}")
