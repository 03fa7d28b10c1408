"""What was measured of topics, as Markdown, beside the floors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sedno.evaluation.report.tables import figure, percent, table
from sedno.evaluation.topics.allegro import OURS
from sedno.evaluation.topics.rivals import BERTOPIC

FLOORS: Final = {
    "banking77 test": 0.76,
    "clinc150 test": 0.89,
    "streams": 0.70,
    "unassigned": 0.10,
    "taken_in": 0.12,
    "seeds": 0.90,
    "ids": 0.95,
    "new": 0.80,
    "names": 0.85,
    "seconds": 120.0,
    "gigabytes": 3.0,
}

_SETS: Final = {
    "test": "Test: by three other authors, written after the engine was made",
    "dev": "Dev: looked at while the engine was made",
    "seen": "Once a test, looked at since, or of niches that training knows: for information",
}


def markdown(found: Mapping[str, Any]) -> str:
    """Renders what :func:`sedno.evaluation.topics.run.evaluate` measured."""
    return "\n\n".join(_parts(found)) + "\n"


def _parts(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"# Topics of {found['model']}, {found['date']}"
    yield (
        f"- machine: {found['machine_line']}\n- load when it began: {found['machine']['load']}\n"
        f"- commit: `{found['commit'] or 'not a checkout'}`"
    )
    if checks := list(_checks(found)):
        yield table(("figure", "measured", "floor", "reached"), checks)
    if "public" in found:
        yield "## Public sets, number of topics not given"
        yield _ways(found["public"])
    if "streams" in found:
        yield "## Streams of Polish comments"
        yield (
            "V-measure and ARI on comments that ask one thing; what got no topic counts as one "
            "cluster. The second table clusters the embeddings of those comments alone, without "
            "distracting ones. The floors above are judged on the test set alone."
        )
        for part, streams in found["streams"].items():
            yield f"### {_SETS[part]}"
            yield _stream_table(streams)
            yield _ways({name: f["rivals"] for name, f in streams.items()})
    if "judged" in found:
        yield "## Names of the test set, judged by readers"
        yield from _judged(found["judged"])
    if "streams" in found:
        yield "## Names"
        yield _names({name: f for part in found["streams"].values() for name, f in part.items()})
    if "allegro" in found:
        yield "## Pairs of Allegro customers' questions"
        yield from _allegro(found["allegro"])
    if "stability" in found:
        yield "## Stability"
        yield (
            f"On {found['stability']['on']}: the same seed twice is "
            f"{'identical' if found['stability']['same_seed_identical'] else 'NOT identical'}; "
            f"{found['stability']['seeds']} seeds agree with a mean pairwise ARI of "
            f"{figure(found['stability']['mean_pairwise_ari'])} (lowest "
            f"{figure(found['stability']['lowest_pairwise_ari'])})."
        )
    if "speed" in found:
        yield "## Speed, embeddings given"
        yield table(
            ("questions", "seconds", "CPU seconds", "peak MB", "of it input MB", "topics"),
            [
                tuple(
                    f"{row[name]:,}"
                    for name in (
                        "questions", "seconds", "cpu_seconds", "peak_mb", "input_mb", "topics"
                    )
                )
                for row in found["speed"]
            ],
        )  # fmt: skip
    if "lemmas" in found:
        yield "## Base forms of words"
        yield from _lemmas(found["lemmas"])


def _checks(found: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    for name, ways in found.get("public", {}).items():
        yield _least(f"{name}: NMI", ways["sedno"]["v_measure"], FLOORS[name])
    streams = list(found.get("streams", {}).get("test", {}).values())
    if streams:
        mean = sum(figures["v_measure"] for figures in streams) / len(streams)
        asked = sum(figures["questions"] for figures in streams)
        away = sum(figures["distracting"] for figures in streams)
        unassigned = sum(f["unassigned"] * f["questions"] for f in streams) / asked
        taken = sum(f["taken_in"] * f["distracting"] for f in streams) / away
        total = {
            name: sum(figures[name] for figures in streams)
            for name in ("announced_rightly", "announced", "noticed", "new", "ids_kept",
                         "survivors")
        }  # fmt: skip
        yield _least("test streams: V-measure, mean", mean, FLOORS["streams"])
        yield _most("test streams: questions without a topic", unassigned, FLOORS["unassigned"])
        yield _most("test streams: distracting comments taken in", taken, FLOORS["taken_in"])
        yield _least(
            f"test streams: ids kept ({total['ids_kept']} of {total['survivors']})",
            total["ids_kept"] / max(total["survivors"], 1), FLOORS["ids"],
        )  # fmt: skip
        yield _least(
            f"test streams: new topics, precision ({total['announced_rightly']} of "
            f"{total['announced']})",
            total["announced_rightly"] / max(total["announced"], 1), FLOORS["new"],
        )  # fmt: skip
        yield _least(
            f"test streams: new topics, recall ({total['noticed']} of {total['new']})",
            total["noticed"] / max(total["new"], 1), FLOORS["new"],
        )  # fmt: skip
    for reader, share in enumerate(found.get("judged", {}).get("acceptable", ()), 1):
        yield _least(f"names acceptable, reader {reader}", share, FLOORS["names"])
    yield from _over_defaults(found.get("allegro", {}))
    if "stability" in found:
        yield _least(
            "five seeds: mean pairwise ARI", found["stability"]["mean_pairwise_ari"],
            FLOORS["seeds"],
        )  # fmt: skip
    if "speed" in found:
        last = found["speed"][-1]
        yield _most(f"{last['questions']:,} questions: seconds", last["seconds"],
                    FLOORS["seconds"])  # fmt: skip
        yield _most(f"{last['questions']:,} questions: GB", last["peak_mb"] / 1024,
                    FLOORS["gigabytes"])  # fmt: skip


def _over_defaults(allegro: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    ways = allegro.get("ways", {})
    if "f1" in ways.get(BERTOPIC, {}):
        yield _least("Allegro pairs: F1, floor BERTopic's", ways[OURS]["f1"], ways[BERTOPIC]["f1"])


def _least(what: str, value: float, floor: float) -> tuple[str, str, str, str]:
    return what, figure(value), f"≥ {figure(floor, 2)}", "yes" if value >= floor else "**no**"


def _most(what: str, value: float, floor: float) -> tuple[str, str, str, str]:
    return what, figure(value), f"≤ {figure(floor, 2)}", "yes" if value <= floor else "**no**"


def _ways(sets: Mapping[str, Mapping[str, Any]]) -> str:
    rows = []
    for name, ways in sets.items():
        for way, figures in ways.items():
            if "missing" in figures:
                rows.append((name, way, figures["missing"], "", "", ""))
                continue
            rows.append((
                name, way, figure(figures["v_measure"]), figure(figures["ari"]),
                f"{figures['topics']} of {figures['intents']}", percent(figures["unassigned"]),
            ))  # fmt: skip
    return table(("set", "way", "NMI", "ARI", "topics", "unassigned"), rows, left=2)


def _stream_table(streams: Mapping[str, Mapping[str, Any]]) -> str:
    return table(
        (
            "stream", "V", "ARI", "topics", "unassigned", "distracting in", "one-off in",
            "several: found", "new: right/told/noticed/all", "ids kept",
        ),
        [
            (
                name, figure(f["v_measure"]), figure(f["ari"]), f"{f['topics']} of {f['intents']}",
                percent(f["unassigned"]), percent(f["taken_in"]), percent(f["one_off_taken_in"]),
                percent(f["several_found"]),
                f"{f['announced_rightly']}/{f['announced']}/{f['noticed']}/{f['new']}",
                f"{f['ids_kept']} of {f['survivors']}",
            )
            for name, f in streams.items()
        ],
    )  # fmt: skip


def _judged(judged: Mapping[str, Any]) -> Iterator[str]:
    yield table(
        ("reader", "names", "acceptable", "the same, ties of intents as wrong"),
        [
            (str(reader), str(judged["names"]), percent(share), percent(strict))
            for reader, (share, strict) in enumerate(
                zip(judged["acceptable"], judged["one_question"], strict=True), 1
            )
        ],
    )
    agreed = "; ".join(
        f"readers {pair['readers'][0]} and {pair['readers'][1]} agree on {percent(pair['same'])}, "
        f"Cohen's κ {figure(pair['kappa'], 2)}"
        for pair in judged["agreement"]
    )
    yield f"Acceptable to every reader: {percent(judged['by_all'])}" + (
        f"; {agreed}." if agreed else "."
    )
    if judged["refused"]:
        yield table(
            ("true question", "name", "canonical question", "accepted by"),
            [
                (row["true_question"], row["name"], row["canonical"], str(row["accepted_by"]))
                for row in judged["refused"]
            ],
            left=3,
        )


def _allegro(allegro: Mapping[str, Any]) -> Iterator[str]:
    if not allegro["labelled"]:
        yield f"{allegro['pairs']} pairs are drawn; no annotator has labelled them."
        return
    yield (
        f"{allegro['pairs']} pairs, {allegro['agreed']} of them with one answer of both annotators "
        f"(they agree on {percent(allegro['annotators']['same'])}, Cohen's κ "
        f"{figure(allegro['annotators']['kappa'], 2)}); {allegro['same']} are the same question. "
        "Weighted: each pair counts for the near pairs of its stratum that were not read; pairs "
        "that are near in neither view are left out there."
    )
    rows = []
    for name, f in allegro["ways"].items():
        if "missing" in f:
            rows.append((name, f["missing"], "", "", "", "", "", ""))
            continue
        low, high = f["f1_interval"]
        rows.append((
            name, figure(f["precision"]), figure(f["recall"]),
            f"{figure(f['f1'])} [{figure(low)}, {figure(high)}]",
            *(figure(f["weighted"][one]) for one in ("precision", "recall", "f1")),
            str(f["random_taken"]),
        ))  # fmt: skip
    yield table(
        (
            "way", "precision", "recall", "F1", "weighted precision", "recall", "F1",
            "random pairs taken",
        ),
        rows,
    )  # fmt: skip


def _lemmas(lemmas: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"{lemmas['words']} inflected words, {lemmas['bare']} of them typed without diacritics. "
        '"United": pairs of forms of one word that get one base form, right or wrong.'
        + (
            ""
            if lemmas["timed"]
            else f" Not timed: the load of the machine was {lemmas['load']:.1f}, and it has to be "
            "below 1."
        )
    )
    rows = []
    for name, f in lemmas["ways"].items():
        if "missing" in f:
            rows.append((name, f["missing"], "", "", "", "", "", ""))
            continue
        rows.append((
            name, percent(f["spelt"]), percent(f["bare"]), percent(f["united"]),
            str(f["confused"]), figure(f["megabytes"], 0), figure(f["load_seconds"], 2),
            figure(f["seconds"], 2),
        ))  # fmt: skip
    yield table(
        (
            "way", "spelt right", "typed bare", "united", "pairs confused", "MB more than Sedno",
            "seconds to load", "seconds for 10,000 words",
        ),
        rows,
    )  # fmt: skip


def _names(streams: Mapping[str, Mapping[str, Any]]) -> str:
    rows = [
        (
            name,
            row["name"],
            " / ".join(row["questions"]) or "–",
            str(row["size"]),
            percent(row["purity"], 0),
        )
        for name, figures in streams.items()
        for row in figures["names"]
    ]
    return table(("stream", "name found", "question of most of it", "size", "purity"), rows, left=3)
