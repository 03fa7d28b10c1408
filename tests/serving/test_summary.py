"""The summary at the end of a bulk job."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sedno.models.prediction import Answer, Prediction
from sedno.models.taxonomy import TASKS
from sedno.serving.summary import Summary, Tally


def prediction(
    *, language: str | None = "pl", review: bool = False, error: str | None = None, **labels: str
) -> Prediction:
    """A prediction with the given labels, the first of each task elsewhere."""
    answers: Mapping[str, Answer] = {
        task.name: Answer(
            labels.get(task.name, task.labels[0]),
            dict.fromkeys(task.labels, 1 / len(task.labels)),
            review=review,
        )
        for task in TASKS
    }
    return Prediction("1", language, {} if error else answers, "toy@1", error=error)


def tally_of(*predictions: Prediction) -> Tally:
    """Counts over ``predictions``."""
    tally = Tally()
    for item in predictions:
        tally.add(item)
    return tally


def text_of(tally: Tally, **changes: object) -> str:
    """The printed summary over ``tally``."""
    fields = {
        "repeated_ids": 0,
        "repeated_texts": 0,
        "seconds": 2.0,
        "model": "toy@1",
        "target_error": 0.05,
        "output": "out.jsonl",
        "rejects": None,
        **changes,
    }
    return "\n".join(Summary(tally=tally, **fields).lines())  # type: ignore[arg-type]


def test_counts_survive_a_checkpoint() -> None:
    """A tally read back from its JSON form counts on as if never interrupted."""
    tally = tally_of(
        prediction(authenticity="spam"),
        prediction(language=None, review=True),
        prediction(error="empty_text: text: nothing to read"),
    )
    tally.reject("bad_json")
    again = Tally.from_dict(json.loads(json.dumps(tally.to_dict())))
    assert again == tally
    again.add(prediction())
    assert again.rows == tally.rows + 1 == 5


def test_every_row_is_counted_once() -> None:
    """Answered, unreadable and rejected rows add up to all rows."""
    tally = tally_of(prediction(), prediction(error="empty_text: text: nothing to read"))
    tally.reject("bad_json")
    assert (tally.answered, tally.unreadable.total(), tally.rejected.total()) == (1, 1, 1)
    assert tally.rows == 3


def test_sure_spam_leaves_out_the_uncertain() -> None:
    """The spam list says how many of it need no second look."""
    tally = tally_of(
        prediction(authenticity="spam"),
        prediction(authenticity="spam", review=True),
        prediction(authenticity="real"),
    )
    assert tally.sure_spam == 1
    assert "2 comments, 1 of them sure" in text_of(tally)


def test_names_languages_and_the_unknown() -> None:
    """Languages stand by name, most frequent first, and what was not recognised is said."""
    tally = tally_of(
        *[prediction()] * 6, *[prediction(language="en")] * 3, prediction(language=None)
    )
    assert "Polish 60.0%, English 30.0%, not recognised 10.0%" in text_of(tally)


def test_a_rare_label_never_reads_as_none() -> None:
    """One comment in 5,000 is not shown as 0%, nor the others as 100%."""
    tally = tally_of(*[prediction(toxicity="ok")] * 4999, prediction(toxicity="toxic"))
    assert "toxic <0.1%   ok 99.9%" in text_of(tally)


def test_says_where_things_are() -> None:
    """The output and the rejects are named, and the rejects only where there are some."""
    tally = tally_of(prediction())
    assert "answers       out.jsonl" in text_of(tally)
    assert "rejected" not in text_of(tally)
    tally.reject("bad_json")
    assert "1 row: bad_json 1, kept in r.jsonl" in text_of(tally, rejects="r.jsonl")


def test_an_empty_input_is_summed_up() -> None:
    """No comment at all still gives a summary, without division by nothing."""
    assert text_of(Tally(), seconds=0.0).startswith("0 rows in 0.0 s (0 a second)")


def test_long_times_read_as_minutes_and_hours() -> None:
    """Seconds are only shown where they matter."""
    tally = tally_of(prediction())
    assert "in 1 min 30 s" in text_of(tally, seconds=90.0)
    assert "in 2 h 1 min" in text_of(tally, seconds=7290.0)


def test_json_form_holds_every_figure() -> None:
    """Programs read the same figures, and the row count among them."""
    tally = tally_of(prediction(), prediction(review=True))
    data = Summary(
        tally=tally,
        repeated_ids=1,
        repeated_texts=2,
        seconds=4.0,
        model="toy@1",
        target_error=0.05,
        output=None,
        rejects=None,
    ).to_dict()
    assert data["rows"] == 2
    assert data["rows_per_second"] == 0.5
    assert data["review"] == 1
    assert (data["repeated_ids"], data["repeated_texts"]) == (1, 2)
    json.dumps(data)
