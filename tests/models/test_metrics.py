from __future__ import annotations

from sedno.models.metrics import macro_f1, without_items

METRICS = {
    "held_back_macro_f1": {"substance": 0.9},
    "evaluation": {
        "date": "2025-01-01",
        "benchmarks": {
            "gold": {"question": {"macro_f1": 0.8, "outcomes": {"truth": "0101"}, "items": 4}}
        },
    },
}


def test_answers_item_by_item_are_left_out() -> None:
    """At any depth, and nothing else with them."""
    benchmarks = without_items(METRICS)["evaluation"]["benchmarks"]
    assert benchmarks == {"gold": {"question": {"macro_f1": 0.8, "items": 4}}}
    assert without_items(METRICS)["held_back_macro_f1"] == {"substance": 0.9}


def test_macro_f1_of_every_benchmark_is_found() -> None:
    """With what training held back; an artefact that was never evaluated has none."""
    assert macro_f1(METRICS) == {"held back": {"substance": 0.9}, "gold": {"question": 0.8}}
    assert macro_f1({}) == {}
