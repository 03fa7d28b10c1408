"""``sedno train``: from a recipe to an artefact."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from sedno.models.taxonomy import TASKS
from sedno.training.base.encoder import BaseEncoder, load_base
from sedno.training.batches import pad, tokenize
from sedno.training.data import TrainingData, assemble, describe
from sedno.training.export.artefact import export_artefact
from sedno.training.guide import load_guide
from sedno.training.licences import Licence, admit
from sedno.training.loop import RunLog, Trainer
from sedno.training.network import Network
from sedno.training.recipe import WORDS, Recipe, read_recipe
from sedno.training.start import Start, load_weights, read_start
from sedno.training.teacher import embed_untouched

NETWORK_FILE = "network.pt"


def train(
    recipe_path: Path,
    *,
    data: Path,
    output: Path,
    work: Path | None = None,
    resume: bool = False,
    licences: Sequence[Licence] | None = None,
) -> Path:
    """Trains a model by a recipe and writes its artefact.

    Args:
        recipe_path: The recipe's TOML file.
        data: Folder of corpora.
        output: Folder for the artefact; must not exist or be empty.
        work: Folder for checkpoints and the log; ``<output>.run`` where ``None``.
        resume: Go on from the checkpoint in ``work``.
        licences: Leave out corpora of any other licence class; ``None`` takes the recipe's.

    Returns:
        The artefact's folder.

    Raises:
        RecipeError: The recipe is not valid or names a corpus that may not train.
        FileExistsError: ``output`` holds something, or ``work`` holds a run and ``resume``
            is not set.
        GateError: The quantised model is too far from the trained one.
    """
    if output.exists() and any(output.iterdir()):
        raise FileExistsError(f"output {output}: is not empty; give a new folder or remove it")
    run = work or output.with_name(f"{output.name}.run")
    if run.exists() and any(run.iterdir()) and not resume:
        raise FileExistsError(f"{run}: holds an earlier run; add --resume or remove it")
    run.mkdir(parents=True, exist_ok=True)
    recipe = read_recipe(recipe_path)
    if licences is not None:
        recipe = admit(recipe, licences)
    stated = run / "recipe.toml"
    text = recipe_path.read_text(encoding="utf-8")
    limited = f"# Trained with --licences {','.join(licences)}.\n" if licences else ""
    stated.write_text(limited + text, encoding="utf-8")
    log = RunLog(run)
    start = read_start(recipe)
    base = load_base(recipe.base.source)
    assembled = assemble(recipe, data, folder=recipe_path.parent, earlier=start.held_out)
    for stage in recipe.stages:
        print(describe(stage.name, assembled.counts[stage.name], stage.epochs), flush=True)
    if recipe.words is not None:
        print(describe(WORDS, assembled.counts[WORDS]), flush=True)
    fingerprints = _fingerprints(recipe, assembled)
    log.write(
        "data",
        counts=assembled.counts,
        calibration=len(assembled.calibration),
        dropped=assembled.dropped,
        hashes=assembled.hashes,
    )
    # The heads are drawn here, so the seed must be set before.
    torch.manual_seed(recipe.seed)
    network = Network(load_base(recipe.base.source).model, own_layers=recipe.embedding.own_layers)
    if start.folder is not None:
        load_weights(network, start.folder)
    if recipe.stages:
        _learn(recipe, base, network, assembled, start, fingerprints, log, run, resume=resume)
    network.eval()
    report = export_artefact(recipe, stated, base, network, assembled, output, start=start)
    gate = {
        form: {task: asdict(gap) for task, gap in found.items()} for form, found in report.items()
    }
    log.write("exported", artefact=str(output.name), gate=gate)
    return output


def _learn(
    recipe: Recipe,
    base: BaseEncoder,
    network: Network,
    data: TrainingData,
    start: Start,
    fingerprints: Sequence[str],
    log: RunLog,
    run: Path,
    *,
    resume: bool,
) -> None:
    """Trains the network through all stages, or takes what a finished run has left."""
    trained = run / NETWORK_FILE
    finished = torch.load(trained, weights_only=True) if resume and trained.is_file() else {}
    keep = recipe.start.keep if recipe.start else 0.0
    made = f"{fingerprints[-1]}/{keep:g}" if keep else fingerprints[-1]
    if finished.get("fingerprint") == made:
        network.load_state_dict(finished["network"])
        return
    Trainer(
        recipe,
        base,
        network,
        data,
        _teacher(recipe, base, data, run, fingerprints),
        folder=run,
        fingerprints=fingerprints,
        evaluate=lambda net: held_back_scores(net, base, data),
        guide=_guide(recipe, data),
    ).run()
    if keep and start.folder is not None:
        _mix_in(network, start.folder, keep)
        log.write("mixed", keep=keep, figures=held_back_scores(network, base, data))
    torch.save({"fingerprint": made, "network": network.state_dict()}, trained)


def _mix_in(network: Network, folder: Path, keep: float) -> None:
    """Moves the weights towards those of the artefact in ``folder`` by the share ``keep``."""
    trained = {name: value.clone() for name, value in network.state_dict().items()}
    load_weights(network, folder)
    mixed = {
        name: torch.lerp(trained[name], value, keep) if value.is_floating_point() else value
        for name, value in network.state_dict().items()
    }
    network.load_state_dict(mixed)
    network.eval()


def held_back_scores(network: Network, base: BaseEncoder, data: TrainingData) -> dict[str, float]:
    """Macro-F1 of every task on the calibration part, a figure to watch while training."""
    examples = data.calibration
    rows = tokenize(base.tokenizer, [example.text for example in examples], 128)
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    answers: dict[str, NDArray[np.int64]] = {
        task.name: np.zeros(len(rows), dtype=np.int64) for task in TASKS
    }
    with torch.inference_mode():
        for start in range(0, len(order), 32):
            chosen = order[start : start + 32]
            output = network(*pad([rows[i] for i in chosen], base.pad_id))
            for task in TASKS:
                answers[task.name][chosen] = output.logits[task.name].argmax(1).numpy()
    figures: dict[str, float] = {}
    for task in TASKS:
        at = [i for i, example in enumerate(examples) if task.name in example.labels]
        truth = [task.index(examples[i].labels[task.name]) for i in at]
        if truth:
            figures[task.name] = float(
                f1_score(truth, answers[task.name][at], average="macro", zero_division=0.0)
            )
    return figures


def _fingerprints(recipe: Recipe, data: TrainingData) -> list[str]:
    """One a stage: a hash of all that shapes the weights up to its end."""
    settings = recipe.model_dump(
        mode="json", exclude={"stages", "words", "export", "version", "name"}
    )
    if recipe.start is None:
        # As before there was such a key, so that older runs can be gone on with.
        del settings["start"]
    else:
        # Mixing comes after training, so another share does not ask for training anew.
        del settings["start"]["keep"]
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    out: list[str] = []
    for stage in recipe.stages:
        counts = data.counts[stage.name]
        parts = {
            "stage": stage.model_dump(mode="json"),
            "counts": counts,
            "hashes": {
                name: data.hashes[name]
                for source in counts
                for name in (source, *data.annotated.get(source, ()))
            },
        }
        digest.update(json.dumps(parts, sort_keys=True).encode())
        out.append(digest.hexdigest())
    return out


def _guide(recipe: Recipe, data: TrainingData) -> list[NDArray[np.float32] | None]:
    """The guide's embeddings of the texts that are known in English, zeros for the others."""
    out: list[NDArray[np.float32] | None] = []
    for stage, samples in zip(recipe.stages, data.stages, strict=True):
        if not stage.guide_weight:
            out.append(None)
            continue
        english = [(at, sample.english) for at, sample in enumerate(samples) if sample.english]
        found = load_guide(recipe.embedding.guide)([text for _, text in english])
        vectors = np.zeros((len(samples), found.shape[1]), dtype=np.float32)
        vectors[[at for at, _ in english]] = found
        out.append(vectors)
    return out


def _teacher(
    recipe: Recipe, base: BaseEncoder, data: TrainingData, run: Path, fingerprints: Sequence[str]
) -> list[NDArray[np.float32]]:
    """The untouched encoder's embeddings of every stage's texts, kept for a resumed run."""
    out: list[NDArray[np.float32]] = []
    for number, (stage, samples) in enumerate(zip(recipe.stages, data.stages, strict=True)):
        path = run / f"teacher-{stage.name}.npz"
        if path.is_file():
            with np.load(path) as stored:
                known = str(stored["fingerprint"]) == fingerprints[number]
                vectors = stored["vectors"] if known else None
            if vectors is not None:
                out.append(vectors)
                continue
        vectors = embed_untouched(base, [sample.text for sample in samples])
        np.savez(path, fingerprint=np.array(fingerprints[number]), vectors=vectors)
        out.append(vectors)
    return out
