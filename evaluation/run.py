"""``sedno evaluate``: one dated report on one artefact."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from sedno.datasets.corpora.rows import data_root
from sedno.evaluation.benchmarks import catalogue
from sedno.evaluation.benchmarks.benchmark import Loader
from sedno.evaluation.cached import default_folder
from sedno.evaluation.judge import Rules
from sedno.evaluation.provenance import Training, other_data, read_training
from sedno.evaluation.report.json_form import to_json
from sedno.evaluation.report.markdown import markdown
from sedno.evaluation.report.page import Texts, page
from sedno.evaluation.report.summary import summary
from sedno.evaluation.results import ArtefactIdentity, Report
from sedno.evaluation.rivals.choose import rivals_of
from sedno.evaluation.rivals.untouched import UntouchedEncoder
from sedno.evaluation.store import store_evaluation
from sedno.evaluation.studies.catalogue import STUDIES
from sedno.evaluation.studies.setting import Setting
from sedno.evaluation.suite import run_studies, run_suite
from sedno.models.artifact import Layout, load_manifest
from sedno.models.classifier import Classifier
from sedno.models.registry import resolve

PathLike = str | Path


@dataclass(frozen=True, slots=True)
class Options:
    """What is optional in an evaluation.

    Attributes:
        baselines: Whether baselines are trained and compared with.
        untouched: Whether the untouched encoder is embedded beside the artefact: some 50 texts
            a second where nothing is kept in ``cache``.
        store: Whether the figures are put into the artefact's ``metrics.json``, where the
            quality gate reads them.
        with_texts: Whether a page with the texts of the worst mistakes is written too. It holds
            corpus texts: keep it to yourself.
        cache: Where answers of baselines and embeddings of the untouched encoder are kept; this
            user's cache folder where ``None``.
    """

    baselines: bool = True
    untouched: bool = True
    store: bool = False
    with_texts: bool = False
    cache: Path | None = None


def evaluate(
    artifact: PathLike | None,
    *,
    data: PathLike | None,
    output: PathLike | None,
    benchmarks: Sequence[str] | None = None,
    target_error: float = 0.05,
    replicates: int = 2000,
    threads: int | None = None,
    echo: Callable[[str], None] = print,
    **options: Any,
) -> Report:
    """Scores an artefact, writes ``DATE-evaluate.md``, ``.json`` and ``.html``, prints a table.

    Args:
        artifact: A folder or a name that the registry knows; the active artefact for ``None``.
        data: Folder of corpora; the variable ``SEDNO_DATA`` where ``None``.
        output: Folder for the report, made where it is missing; a report of the same day is
            replaced. ``None`` writes nothing.
        benchmarks: Names of benchmarks and studies; all where ``None``. The report of a part
            has the part's name in its own.
        target_error: Error rate that the abstain band is asked to keep.
        replicates: Bootstrap resamples.
        threads: Threads of the classifier; its own choice where ``None``.
        echo: Takes the lines that a person reads.
        **options: Fields of :class:`Options`.

    Raises:
        UnknownBenchmarkError: A name is not in the catalogue.
        CorpusError: A corpus is missing or cannot be read.
        ArtifactError: The artefact is missing or broken.
        TypeError: An option that :class:`Options` does not have.
    """
    wanted = Options(**options)
    names = (*catalogue.BENCHMARKS, *STUDIES) if benchmarks is None else tuple(benchmarks)
    catalogue.check_names(names, others=STUDIES)
    folder = resolve(artifact)
    training = read_training(folder)
    load = catalogue.reader(data)
    rules = Rules(target_error=target_error, replicates=replicates)
    cache = wanted.cache or default_folder()
    untouched = UntouchedEncoder(cache, echo).embed if wanted.untouched else None
    with Classifier(folder, threads=threads, target_error=target_error) as classifier:
        report = run_suite(
            classifier,
            identify(folder, training, data),
            training,
            catalogue.build([name for name in names if name in catalogue.BENCHMARKS], load),
            load=load,
            baselines=partial(rivals_of, cache=cache, untouched=untouched)
            if wanted.baselines
            else lambda _: (),
            rules=rules,
            progress=echo,
            calibration=classifier.artifact.calibration,
        )
        setting = Setting(
            reader=classifier,
            system=classifier.name,
            calibration=classifier.artifact.calibration,
            metrics=classifier.artifact.metrics(),
            training=training,
            load=load,
            rules=rules,
            untouched=untouched,
            progress=echo,
        )
        studies = run_studies(setting, [(name, STUDIES[name]) for name in names if name in STUDIES])
    report = replace(report, studies=studies)
    if wanted.store:
        store_evaluation(folder, report)
    echo("")
    echo(summary(report))
    if output is not None:
        part = "" if benchmarks is None else f"-{'+'.join(names)}"
        texts = mistake_texts(report, load) if wanted.with_texts else None
        for path in write_report(report, Path(output), part=part, texts=texts):
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


def mistake_texts(report: Report, load: Loader) -> Texts:
    """The texts of the mistakes that ``report`` names, by corpus and id."""
    named = {
        (mistake.corpus, mistake.id)
        for result in report.benchmarks
        for task in result.tasks
        for mistake in task.mistakes
    }
    return {
        (corpus, example.id): example.text
        for corpus in {corpus for corpus, _ in named}
        for example in load(corpus)
        if (corpus, example.id) in named
    }


def write_report(
    report: Report, folder: Path, *, part: str = "", texts: Texts | None = None
) -> list[Path]:
    """Writes the report in all forms; returns their paths.

    Args:
        report: What was found.
        folder: Where to; made where it is missing.
        part: Stands in the names of the files.
        texts: Texts of mistakes for a further page, ``-with-texts.html``, which must not be
            published; the other forms never hold any.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{report.date}-evaluate{part}"
    forms = {
        f"{stem}.md": markdown(report),
        f"{stem}.json": to_json(report),
        f"{stem}.html": page(report),
    }
    if texts is not None:
        forms[f"{stem}-with-texts.html"] = page(report, texts)
    for name, content in forms.items():
        (folder / name).write_text(content, encoding="utf-8")
    return [folder / name for name in forms]
