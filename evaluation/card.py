"""The part of a model card that an evaluation fills in."""

from __future__ import annotations

from sedno.evaluation.stored import Stored, StoredTask

BEGIN = "<!-- evaluation -->"
END = "<!-- /evaluation -->"


def with_figures(card: str, stored: Stored, *, date: str, machine: str) -> str:
    """The card with an artefact's stored figures between its two marks.

    A card without the marks, of an artefact made elsewhere, gets them at its end.

    Args:
        card: Markdown.
        stored: All that is stored with the artefact.
        date: Of the newest evaluation.
        machine: On which that ran.
    """
    lines = [
        BEGIN,
        f"Measured on {date}, {machine}. With intervals, baselines, slices, robustness and",
        "curves: `reports/` of the repository (`make evaluate`).",
        "",
        "| benchmark | task | items | macro-F1 (95 %) | accuracy | strongest baseline | ECE |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        _row(benchmark, task, figures)
        for benchmark, tasks in stored.items()
        for task, figures in tasks.items()
    ]
    part = "\n".join([*lines, END])
    if BEGIN not in card or END not in card:
        return f"{card.rstrip()}\n\n{part}\n"
    before, _, rest = card.partition(BEGIN)
    return before + part + rest.partition(END)[2]


def _row(benchmark: str, task: str, figures: StoredTask) -> str:
    seen = " (seen in training)" if figures.in_sample else ""
    best = max(figures.baselines.items(), key=lambda item: item[1], default=None)
    rival = "–" if best is None else f"{best[1]:.3f} ({best[0]})"
    ece = "–" if figures.ece is None else f"{figures.ece:.3f}"
    return (
        f"| {benchmark}{seen} | {task} | {figures.items} | {figures.macro_f1:.3f} "
        f"({figures.low:.3f} to {figures.high:.3f}) | {figures.accuracy:.3f} | {rival} | {ece} |"
    )
