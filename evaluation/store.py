"""Puts an evaluation into the artefact it speaks of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sedno.evaluation.card import with_figures
from sedno.evaluation.results import Report
from sedno.evaluation.stored import KEY, read_stored, stored_form
from sedno.models.artifact import ArtifactError, Layout, hash_file


def store_evaluation(folder: Path, report: Report) -> None:
    """Writes the figures of ``report`` into ``metrics.json`` and the card; renews their hashes.

    What training wrote there stays. Of an earlier evaluation of the same weights only what was
    measured again is replaced, so that one benchmark can be run again alone; figures of other
    weights go.

    Raises:
        ArtifactError: The artefact's files cannot be read.
    """
    layout = Layout(folder)
    metrics = _read(layout.metrics) if layout.metrics.is_file() else {}
    metrics[KEY] = _merged(metrics.get(KEY), stored_form(report))
    _write(layout.metrics, metrics)
    written = [layout.metrics]
    if layout.card.is_file():
        text = layout.card.read_text(encoding="utf-8")
        stored, machine = read_stored(layout.metrics), report.machine.line()
        _replace(layout.card, with_figures(text, stored, date=report.date, machine=machine))
        written.append(layout.card)
    manifest = _read(layout.manifest)
    for path in written:
        manifest.setdefault("files", {})[path.name] = {
            "sha256": hash_file(path),
            "bytes": path.stat().st_size,
        }
    _write(layout.manifest, manifest)


def _merged(earlier: Any, fresh: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(earlier, dict) or earlier.get("weights") != fresh["weights"]:
        return fresh
    kept = {part: earlier.get(part, {}) | fresh[part] for part in ("benchmarks", "studies")}
    return fresh | kept


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ArtifactError(path, f"cannot be read as JSON ({error})") from error
    if not isinstance(content, dict):
        raise ArtifactError(path, "does not hold a JSON object")
    return content


def _write(path: Path, content: dict[str, Any]) -> None:
    _replace(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def _replace(path: Path, text: str) -> None:
    """Replaces the file in one step, so that a crash leaves the old or the new one."""
    draft = path.with_name(f"{path.name}.new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
