"""Parameters that narrow topics down to some of their questions."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends, Query

from sedno.serving.api.plain import Name
from sedno.serving.topics.wanted import Wanted


def _wanted(
    product: Annotated[
        Name | None, Query(description="Only questions of comments about it.")
    ] = None,
    language: Annotated[
        Name | None, Query(description="Only questions of comments in it (ISO 639-1).")
    ] = None,
    first_week: Annotated[
        date | None, Query(description="A day of the first week (Monday to Sunday, UTC).")
    ] = None,
    last_week: Annotated[
        date | None, Query(description="A day of the last week, which counts too.")
    ] = None,
) -> Wanted:
    return Wanted(product, language, first_week, last_week)


WantedDep = Annotated[Wanted, Depends(_wanted)]
"""Which questions count. Sizes, weeks, authors, moods and trends are those of these questions."""
