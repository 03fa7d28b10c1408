from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sedno.models.topics import waves
from sedno.models.topics.views import centred
from sedno.models.topics.waves import carve_waves

Stream = tuple[np.ndarray, list[date | None], np.ndarray, np.ndarray]

WEEKS = [date(2026, 8, day) for day in (3, 10, 17, 24)]


def cloud(
    rng: np.random.Generator, direction: np.ndarray, count: int, noise: float = 0.45
) -> np.ndarray:
    """Rows of unit length around a direction."""
    rows = direction / np.linalg.norm(direction) + noise / 8 * rng.normal(size=(count, 64))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture
def stream() -> Stream:
    """Rows, weeks, groups, and where the wave is.

    One large topic over four weeks, within it four questions of the last week that are nearer to
    each other than to the others.
    """
    rng = np.random.default_rng(3)
    topic = rng.normal(size=64)
    topic /= np.linalg.norm(topic)
    aside = rng.normal(size=64)
    aside -= (aside @ topic) * topic
    own = topic + 1.2 * aside / np.linalg.norm(aside)
    rows = centred(np.vstack([cloud(rng, topic, 40), cloud(rng, own, 4, noise=0.3)]))
    weeks: list[date | None] = [*(WEEKS[at % 4] for at in range(40)), *[WEEKS[3]] * 4]
    wave = np.arange(44) >= 40
    return rows, weeks, np.zeros(44, dtype=np.int64), wave


def test_a_wave_in_the_last_week_becomes_a_group(stream: Stream) -> None:
    """The questions of before stay where they were, but for stray ones of that week."""
    rows, weeks, groups, wave = stream
    out = carve_waves(groups, rows, weeks)
    assert set(out[wave]) == {1}
    assert (out[~wave] == 0).all()
    assert (groups == 0).all()


def test_what_was_asked_before_is_no_wave(stream: Stream) -> None:
    """The same four questions, two of them asked weeks ago."""
    rows, weeks, groups, wave = stream
    weeks = [*weeks[:42], WEEKS[0], WEEKS[1]]
    assert wave[42:].all()
    assert (carve_waves(groups, rows, weeks) == groups).all()


def test_without_times_or_history_nothing_changes(
    stream: Stream,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No times, one week, hardly anything before, or too much for a tree: groups stay."""
    rows, weeks, groups, _ = stream
    assert (carve_waves(groups, rows, [None] * 44) == groups).all()
    assert (carve_waves(groups, rows, [WEEKS[0]] * 44) == groups).all()
    few: list[date | None] = [*[WEEKS[0]] * 5, *[WEEKS[1]] * 39]
    assert (carve_waves(groups, rows, few) == groups).all()
    monkeypatch.setattr(waves, "TREE_ROWS", 43)
    assert (carve_waves(groups, rows, weeks) == groups).all()
    assert carve_waves(groups[:0], rows[:0], []).size == 0


def test_questions_without_a_direction_are_passed_over(stream: Stream) -> None:
    """A row of zeros is near to nothing, and the wave beside it is found all the same."""
    rows, weeks, groups, wave = stream
    blank = rows.copy()
    blank[[0, 3]] = 0.0
    assert weeks[3] == WEEKS[3]
    assert set(carve_waves(groups, blank, weeks)[wave]) == {1}
