"""A report as one HTML page that needs nothing beside itself.

No text of a corpus enters it, unless texts of mistakes are handed over for a page that stays on
the machine.
"""

from __future__ import annotations

from collections.abc import Mapping

from sedno.evaluation.extras import MissingExtraError
from sedno.evaluation.report.charts import reliability_chart, risk_chart
from sedno.evaluation.report.summary import floor_checks, panel_cells
from sedno.evaluation.report.tables import figure, percent, signed, with_interval
from sedno.evaluation.results import BenchmarkResult, Report
from sedno.evaluation.trust import TARGETS
from sedno.models.taxonomy import TASK_BY_NAME

try:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup, escape
except ModuleNotFoundError as error:
    raise MissingExtraError("jinja2", "evaluate") from error

Texts = Mapping[tuple[str, str], str]
"""``(corpus, id)`` -> text of a mistake."""

TEMPLATE = "page.html.j2"


def page(report: Report, texts: Texts | None = None) -> str:
    """Renders ``report``.

    Args:
        report: What was found.
        texts: Texts of mistakes; a page made with them says that it must not be published.
    """
    environment = Environment(
        loader=PackageLoader("sedno.evaluation.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "figure": figure,
        "percent": percent,
        "signed": signed,
        "with_interval": with_interval,
        "shade": _shade,
        "prose": _prose,
    }
    return environment.get_template(TEMPLATE).render(
        report=report,
        texts=texts,
        checks=floor_checks(report),
        reliability_chart=reliability_chart,
        risk_chart=risk_chart,
        panel_cells=panel_cells,
        targets=TARGETS,
        positive={name: task.positive for name, task in TASK_BY_NAME.items()},
        best=_best,
    )


def _prose(text: str) -> Markup:
    """Escaped text in which backticks, as protocols write them, set names apart."""
    parts = [escape(part) for part in text.split("`")]
    marked = [Markup("<code>{}</code>").format(p) if n % 2 else p for n, p in enumerate(parts)]
    return Markup("").join(marked)


def _best(result: BenchmarkResult) -> dict[str, str]:
    """Task -> the strongest baseline of the benchmark."""
    return {
        task.task: max(task.baselines, key=lambda system: system.macro_f1.value).system
        for task in result.tasks
        if task.baselines
    }


def _shade(count: int, row: tuple[int, ...]) -> str:
    """How dark a cell of a confusion table is: its share of the true label."""
    total = sum(row)
    return f"{0.75 * count / total if total else 0.0:.2f}"
