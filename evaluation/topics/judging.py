"""Names of topics, judged by readers who do not see how they were made."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from sklearn.metrics import cohen_kappa_score

SAID: Final = {0, 1}

TIE: Final = " / "
"""Stands between the true questions of a topic in which two intents are asked equally often."""


class JudgementError(ValueError):
    """A file of answers that does not answer what was asked."""


def listed(streams: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The names to be judged, numbered, in an order that tells nothing.

    Args:
        streams: Figures of each stream, with its ``names``. A topic that holds no question of
            any intent has no true question to be judged by and is left out.
    """
    rows = [
        row
        for name, figures in streams.items()
        for row in sorted(
            ({**row, "stream": name} for row in figures["names"] if row["questions"]),
            key=lambda row: str(row["topic"]),
        )
    ]
    rows.sort(key=lambda row: hashlib.sha256(f"{row['stream']}\t{row['topic']}".encode()).digest())
    return [
        {
            "n": number,
            "true_question": TIE.join(row["questions"]),
            "name": row["name"],
            "canonical": row["canonical"],
        }
        for number, row in enumerate(rows, 1)
    ]


def write(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Writes the list that readers judge, one JSON object a line."""
    path.write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
    )


def read(path: Path, key: str, wanted: Mapping[int, str | None]) -> dict[int, int]:
    """One reader's answers: a line ``{"n": 1, KEY: 0 or 1}`` for each number.

    Args:
        path: The file.
        key: What the answer is called.
        wanted: The numbers to be answered, each with the name a line may repeat; a line that
            repeats another one was given for another list. ``None``: nothing to compare.

    Raises:
        JudgementError: A line cannot be read, a number is missing, unknown or answered twice, an
            answer is neither 0 nor 1, or a name is another one.
    """
    found: dict[int, int] = {}
    for at, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        here = f"{path.name}, line {at}"
        try:
            given = json.loads(line)
            number, said = given["n"], given[key]
        except (ValueError, KeyError, TypeError) as error:
            raise JudgementError(f'{here}: write {{"n": number, "{key}": 0 or 1}}') from error
        if not isinstance(number, int) or number not in wanted:
            raise JudgementError(
                f"{here}: n {number!r} is not in the list; give each of its {len(wanted)} once"
            )
        if number in found:
            raise JudgementError(f"{here}: n {number} is there twice; leave one of them out")
        if not isinstance(said, int) or said not in SAID:
            raise JudgementError(f"{here}: {key} is {said!r}; give 0 or 1")
        if wanted[number] is not None and given.get("name", wanted[number]) != wanted[number]:
            raise JudgementError(
                f"{here}: name is {given['name']!r}, the list has {wanted[number]!r}; "
                "judge the list of this model anew (--names FILE writes it)"
            )
        found[number] = int(said)
    missing = sorted(set(wanted) - set(found))
    if missing:
        raise JudgementError(f"{path.name}: n {missing[0]} has no answer ({len(missing)} missing)")
    return found


def judged(rows: Sequence[Mapping[str, Any]], files: Sequence[Path]) -> dict[str, Any]:
    """Shares of names that the readers accept, and how far they agree.

    Where intents tie, readers take a name that fits any of their questions; ``one_question``
    counts those topics as not acceptable, since they hold together nothing.

    Args:
        rows: The list, as :func:`listed` gives it.
        files: One file for each reader.

    Raises:
        JudgementError: A file does not answer the list.
    """
    wanted: dict[int, str | None] = {row["n"]: row["name"] for row in rows}
    answers = [read(file, "acceptable", wanted) for file in files]
    numbers = sorted(wanted)
    questions = {row["n"]: row["true_question"] for row in rows}
    refused = [
        {**row, "accepted_by": sum(said[row["n"]] for said in answers)}
        for row in rows
        if not all(said[row["n"]] for said in answers)
    ]
    return {
        "names": len(rows),
        "acceptable": [sum(said.values()) / max(len(said), 1) for said in answers],
        "one_question": [
            sum(said[n] for n in numbers if TIE not in questions[n]) / max(len(numbers), 1)
            for said in answers
        ],
        "ties": sum(TIE in question for question in questions.values()),
        "by_all": 1.0 - len(refused) / max(len(rows), 1),
        "agreement": [
            {
                "readers": [one + 1, other + 1],
                **agreement(
                    [answers[one][n] for n in numbers], [answers[other][n] for n in numbers]
                ),
            }
            for one, other in combinations(range(len(answers)), 2)
        ],
        "refused": refused,
    }


def agreement(one: Sequence[int], other: Sequence[int]) -> dict[str, float | None]:
    """Share of equal answers and Cohen's κ; ``None`` where chance explains all agreement."""
    same = sum(a == b for a, b in zip(one, other, strict=True)) / max(len(one), 1)
    if len({*one, *other}) < len(SAID):
        return {"same": same, "kappa": None}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {"same": same, "kappa": float(cohen_kappa_score(one, other))}
