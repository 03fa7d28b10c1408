"""A progress bar for a person at a terminal; nobody else gets one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sedno.serving.chunks import OnProgress, Progress


@contextmanager
def bar(*, wanted: bool) -> Iterator[OnProgress | None]:
    """Shows progress on standard error while the context is open.

    Args:
        wanted: Whether progress is to be shown at all; it never is where standard error is no
            terminal, so that logs stay readable.
    """
    if not wanted or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    with Bars(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]:,} rows"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bars:
        task = bars.add_task("Loading the model", total=None, rows=0)

        def show(progress: Progress) -> None:
            bars.update(
                task,
                description="Classifying" if progress.answering else "Passing over what is done",
                total=None if progress.share is None else 1.0,
                completed=progress.share or 0.0,
                rows=progress.rows,
            )

        yield show
