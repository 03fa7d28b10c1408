"""What the pages of topics are narrowed down by, as their addresses say it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from fastapi import Request

from sedno.serving.desk.forms import filters_of
from sedno.serving.desk.render import query
from sedno.serving.desk.words import N_
from sedno.serving.topics.sorting import NATURAL, ORDERS, SORTS, Order, Sort
from sedno.serving.topics.wanted import Wanted

CARRIED: Final = ("source", "product", "language", "first_week", "last_week")
"""Filters that every view of topics has, so that they go along from view to view."""

_FAULT: Final = N_("A week is named by the date of one of its days, such as 2026-11-02.")


@dataclass(frozen=True, slots=True)
class Filters:
    """Filters of a page.

    Attributes:
        given: They by name, as the form shows them again.
        wanted: Which questions count.
        fault: What was wrong with a date, to be translated; ``None`` where nothing was. The
            date then counts for nothing.
    """

    given: dict[str, str]
    wanted: Wanted
    fault: str | None

    @property
    def source(self) -> str | None:
        """The source; ``None`` for any."""
        return self.given.get("source")

    @property
    def carried(self) -> dict[str, str]:
        """Those that go along to other views."""
        return {name: self.given[name] for name in CARRIED if name in self.given}

    def sorting(self) -> tuple[Sort | None, Order | None]:
        """The order that is asked for; ``None`` for the page's own, or the natural direction."""
        sort = next((name for name in SORTS if name == self.given.get("sort")), None)
        return sort, next((name for name in ORDERS if name == self.given.get("order")), None)


@dataclass(frozen=True, slots=True)
class Head:
    """A head of a column that the list can be ordered by.

    Attributes:
        href: Address of the list in that order, or the other way round where it is in it.
        standing: As ``aria-sort`` has it; ``None`` where the list is in another order.
    """

    href: str
    standing: str | None


def read(request: Request, *more: str) -> Filters:
    """The filters of a page.

    Args:
        request: Of the browser.
        more: Names of those that only this page has.
    """
    given = filters_of(request, *CARRIED, *more)
    days: dict[str, date] = {}
    fault = None
    for name in ("first_week", "last_week"):
        if name in given:
            try:
                days[name] = date.fromisoformat(given[name])
            except ValueError:
                fault = _FAULT
    wanted = Wanted(
        given.get("product"), given.get("language"), days.get("first_week"), days.get("last_week")
    )
    return Filters(given, wanted, fault)


def heads(path: str, filters: Filters, now: Sort | None) -> dict[str, Head]:
    """The heads of a list by what they order it by.

    Args:
        path: Address of the list.
        filters: What it shows.
        now: What it is ordered by; ``None`` for the best first, as a search has it.
    """
    order = filters.sorting()[1]
    found: dict[str, Head] = {}
    for sort in SORTS:
        standing = (order or NATURAL[sort]) if sort == now else None
        wanted: Order = NATURAL[sort]
        if standing == wanted:
            wanted = "asc" if wanted == "desc" else "desc"
        found[sort] = Head(
            href=path + query(filters.given, sort=sort, order=wanted),
            standing={"asc": "ascending", "desc": "descending"}.get(standing or ""),
        )
    return found
