"""``sedno evaluate``: one dated report on one artefact."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from sedno.datasets.corpora.rows import data_root
from sedno.evaluation import baselines as known_baselines
from sedno.evaluation.benchmarks import catalogue
from sedno.evaluation.judge import Rules
from sedno.evaluation.provenance import Training, other_data, read_training
from sedno.evaluation.report.json_form import to_json
from sedno.evaluation.report.markdown import markdown
from sedno.evaluation.report.summary import summary
from sedno.evaluation.results import ArtefactIdentity, Report
from sedno.evaluation.store import store_evaluation
from sedno.evaluation.suite import run_suite
from sedno.models.artifact import Layout, load_manifest
from sedno.models.classifier import Classifier
from sedno.models.registry import resolve

PathLike = str | Path


def evaluate(
    artifact: PathLike | None,
    *,
    data: PathLike | None,
    output: PathLike | None,
    benchmarks: Sequence[str] | None = None,
    baselines: bool = True,
    store: bool = False,
    target_error: float = 0.05,
    replicates: int = 2000,
    threads: int | None = None,
    echo: Callable[[str], None] = print,
) -> Report:
    """Scores an artefact, writes ``DATE-evaluate.md`` and ``.json``, and prints a table.

    Args:
        artifact: A folder or a name that the registry knows; the active artefact for ``None``.
        data: Folder of corpora; the variable ``SEDNO_DATA`` where ``None``.
        output: Folder for the report, made where it is missing; a report of the same day is
            replaced. ``None`` writes nothing.
        benchmarks: Names from the catalogue; all where ``None``.
        baselines: Whether baselines are trained and compared with.
        store: Whether the figures are put into the artefact's ``metrics.json``, where the
            quality gate reads them.
        target_error: Error rate that the abstain band is asked to keep.
        replicates: Bootstrap resamples.
        threads: Threads of the classifier; its own choice where ``None``.
        echo: Takes the lines that a person reads.

    Raises:
        UnknownBenchmarkError: A name is not in the catalogue.
        CorpusError: A corpus is missing or cannot be read.
        ArtifactError: The artefact is missing or broken.
    """
    if benchmarks is not None:
        catalogue.check_names(benchmarks)
    folder = resolve(artifact)
    training = read_training(folder)
    load = catalogue.reader(data)
    with Classifier(folder, threads=threads, target_error=target_error) as classifier:
        report = run_suite(
            classifier,
            identify(folder, training, data),
            training,
            catalogue.build(benchmarks, load),
            load=load,
            baselines=known_baselines.ALL if baselines else (),
            rules=Rules(target_error=target_error, replicates=replicates),
            progress=echo,
        )
    if store:
        store_evaluation(folder, report)
    echo("")
    echo(summary(report))
    if output is not None:
        for path in write_report(report, Path(output)):
            echo(f"written: {path}")
    return report


def identify(folder: Path, training: Training, data: PathLike | None) -> ArtefactIdentity:
    """Name and hash of the artefact in ``folder``, and how its data differ from ``data``."""
    layout = Layout(folder)
    manifest = load_manifest(layout)
    answering = [layout.encoder, layout.embeddings, layout.tokenizer, layout.calibration]
    lines = [
        f"{path.name} {manifest.files[path.name].sha256}\n"
        for path in answering
        if path.name in manifest.files
    ]
    return ArtefactIdentity(
        manifest.ref,
        hashlib.sha256("".join(lines).encode()).hexdigest(),
        training.files,
        other_data(folder, training, data_root(data)),
    )


def write_report(report: Report, folder: Path) -> tuple[Path, Path]:
    """Writes the Markdown and the JSON form; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"{report.date}-evaluate.md"
    data = folder / f"{report.date}-evaluate.json"
    page.write_text(markdown(report), encoding="utf-8")
    data.write_text(to_json(report), encoding="utf-8")
    return page, data
