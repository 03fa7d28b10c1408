"""``make bench``: speed, memory and size, side by side on one machine, in a dated report."""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sedno.evaluation.bench.findings import BenchReport, Finding
from sedno.evaluation.bench.inputs import read_inputs
from sedno.evaluation.bench.report import bench_markdown, bench_table
from sedno.evaluation.bench.setting import BACKENDS, BenchError, Setting, Sizes
from sedno.evaluation.extras import MissingExtraError
from sedno.evaluation.machine import git_commit, this_machine
from sedno.evaluation.report.json_form import to_json
from sedno.models.artifact import Layout, load_manifest
from sedno.models.registry import resolve

BENCHES = (
    *("throughput", "http_load", "startup", "packaging", "quantisation"),
    *("ingest", "stored_pages", "faults", "long_use", "long_file"),
)
"""Modules of this package with a ``run(setting)``, short ones first."""


def run(
    setting: Setting,
    *,
    benches: Sequence[str] = BENCHES,
    echo: Callable[[str], None] = print,
) -> BenchReport:
    """Runs benches one after the other.

    A bench that cannot run is listed with its reason and does not stop the others.

    Raises:
        ValueError: A bench is not known.
    """
    for name in benches:
        if name not in BENCHES:
            raise ValueError(f"unknown bench {name!r}; use one of {', '.join(BENCHES)}")
    machine = this_machine()
    findings: list[Finding] = []
    failures: dict[str, str] = {}
    for name in benches:
        echo(f"{name} …")
        place = setting.work / name
        place.mkdir(parents=True, exist_ok=True)
        try:
            bench = importlib.import_module(f"sedno.evaluation.bench.{name}")
            findings.append(bench.run(replace(setting, work=place)))
        except (BenchError, MissingExtraError) as error:
            failures[name] = str(error)
            echo(f"{name} did not run: {error}")
    return BenchReport(
        date=datetime.now(UTC).date().isoformat(),
        artefact=load_manifest(Layout(setting.artifact)).ref,
        machine=machine,
        commit=git_commit(),
        inputs=setting.inputs.origin,
        findings=tuple(findings),
        failures=failures,
    )


def write_report(
    report: BenchReport, folder: Path, *, part: Sequence[str] = ()
) -> tuple[Path, Path]:
    """Writes ``DATE-bench.md`` and ``.json``; returns their paths.

    Args:
        report: What was found.
        folder: Made where it is missing.
        part: The benches that were run, where they were not all, and the kind of database, where
            it was not each: they stand in the names.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{report.date}-bench{'-' if part else ''}{'+'.join(part)}"
    page = folder / f"{stem}.md"
    data = folder / f"{stem}.json"
    page.write_text(bench_markdown(report), encoding="utf-8")
    data.write_text(to_json(report), encoding="utf-8")
    return page, data


def main(argv: Sequence[str] | None = None) -> int:
    """The command line of ``make bench``; returns 1 when a floor is missed."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("benches", nargs="*", metavar="BENCH", help=", ".join(BENCHES))
    parser.add_argument("--model", help="name or folder of the artefact; default: the active one")
    parser.add_argument("--data", help="folder of corpora; default: SEDNO_DATA, else the sample")
    parser.add_argument("--output", type=Path, help="folder for the report; default: print only")
    parser.add_argument("--rows", type=int, default=Sizes().rows, help="rows of the long file")
    parser.add_argument(
        "--stored", type=int, default=Sizes().stored, help="comments in the full database"
    )
    parser.add_argument(
        "--faults", type=int, default=Sizes().faults, help="kills of the server, on each database"
    )
    parser.add_argument(
        "--uses", type=int, default=Sizes().uses, help="rounds of the server in use for long"
    )
    parser.add_argument("--rounds", type=int, default=Sizes().rounds, help="repetitions")
    parser.add_argument(
        "--database", choices=BACKENDS, help="kind of database to run on; default: each"
    )
    parser.add_argument("--threads", type=int, help="threads of the classifier")
    parser.add_argument("--tiny", action="store_true", help="only show that everything runs")
    options = parser.parse_args(argv)
    sizes = Sizes(
        rounds=options.rounds,
        rows=options.rows,
        stored=options.stored,
        faults=options.faults,
        uses=options.uses,
    )
    if options.tiny:
        sizes = Sizes.tiny()
    with tempfile.TemporaryDirectory(prefix="sedno-bench-") as work:
        setting = Setting(
            resolve(options.model),
            read_inputs(options.data),
            sizes,
            Path(work),
            options.threads,
            (options.database,) if options.database else BACKENDS,
        )
        report = run(setting, benches=options.benches or BENCHES)
    print()
    print(bench_table(report))
    if options.output is not None:
        part = [*options.benches, *([options.database] if options.database else [])]
        for path in write_report(report, options.output, part=part):
            print(f"written: {path}")
    missed = [f for finding in report.findings for f in finding.figures if f.passed is False]
    return 1 if missed or report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
