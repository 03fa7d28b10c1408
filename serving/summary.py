"""What a bulk job found, counted as it runs and told at its end in plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from sedno.models.prediction import Prediction
from sedno.models.taxonomy import TASKS

_LANGUAGES = {
    "pl": "Polish",
    "en": "English",
    "de": "German",
    "uk": "Ukrainian",
    "ru": "Russian",
    "cs": "Czech",
    "sk": "Slovak",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "pt": "Portuguese",
    "nl": "Dutch",
    "tr": "Turkish",
}
_LANGUAGES_SHOWN = 5
UNKNOWN_LANGUAGE = "und"


@dataclass(slots=True)
class Tally:
    """Running counts over predictions; the whole of it fits a checkpoint.

    Attributes:
        answered: Comments with labels.
        unreadable: Comments that got an ``error`` instead, by the error's code.
        rejected: Rows that held no comment at all, by the error's code.
        review: Comments with at least one uncertain answer.
        sure_spam: Comments labelled spam with certainty enough to act on.
        truncated: Comments longer than the model reads.
        caveats: Comments by what makes their scores less trustworthy.
        languages: Comments by language code, ``und`` where not recognised.
        labels: Comments by task and label.
        reviews: Uncertain answers by task.
    """

    answered: int = 0
    review: int = 0
    sure_spam: int = 0
    truncated: int = 0
    caveats: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    labels: dict[str, Counter[str]] = field(
        default_factory=lambda: {task.name: Counter() for task in TASKS}
    )
    reviews: Counter[str] = field(default_factory=Counter)

    @property
    def rows(self) -> int:
        """All rows seen."""
        return self.answered + self.unreadable.total() + self.rejected.total()

    def add(self, prediction: Prediction) -> None:
        """Counts one prediction."""
        if prediction.error is not None:
            self.unreadable[prediction.error.partition(":")[0]] += 1
            return
        self.answered += 1
        self.languages[prediction.language or UNKNOWN_LANGUAGE] += 1
        self.truncated += prediction.truncated
        self.caveats.update(prediction.caveats)
        self.review += prediction.needs_review
        for task, answer in prediction.labels.items():
            self.labels.setdefault(task, Counter())[answer.label] += 1
            self.reviews[task] += answer.review
            if answer.label == "spam" and not answer.review:
                self.sure_spam += 1

    def reject(self, code: str) -> None:
        """Counts one row that held no comment."""
        self.rejected[code] += 1

    def to_dict(self) -> dict[str, Any]:
        """The counts as plain JSON types."""
        return {
            "answered": self.answered,
            "unreadable": dict(self.unreadable),
            "rejected": dict(self.rejected),
            "review": self.review,
            "sure_spam": self.sure_spam,
            "truncated": self.truncated,
            "caveats": dict(self.caveats),
            "languages": dict(self.languages.most_common()),
            "labels": {task: dict(counts) for task, counts in self.labels.items()},
            "reviews": dict(self.reviews),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Tally:
        """The counts a checkpoint holds."""
        return cls(
            answered=data["answered"],
            review=data["review"],
            sure_spam=data["sure_spam"],
            truncated=data["truncated"],
            caveats=Counter(data["caveats"]),
            unreadable=Counter(data["unreadable"]),
            rejected=Counter(data["rejected"]),
            languages=Counter(data["languages"]),
            labels={task: Counter(counts) for task, counts in data["labels"].items()},
            reviews=Counter(data["reviews"]),
        )


@dataclass(frozen=True, slots=True)
class Summary:
    """The end of a bulk job.

    Attributes:
        tally: What was counted over the whole input, earlier sessions included.
        repeated_ids: Rows whose id an earlier row had.
        repeated_texts: Comments whose exact text an earlier row had.
        damaged: Comments kept although something of their row was lost, by warning code.
        seconds: Time spent classifying, earlier sessions included.
        model: ``name@version``.
        target_error: Accepted share of wrong answers among those not sent to review.
        output: Where the answers are; ``None`` for standard output.
        rejects: Where the rejected rows are; ``None`` where none were written.
        resumed_at: Rows that an earlier session had dealt with.
    """

    tally: Tally
    repeated_ids: int
    repeated_texts: int
    seconds: float
    model: str
    target_error: float
    output: str | None
    rejects: str | None
    resumed_at: int = 0
    damaged: Mapping[str, int] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Rows dealt with a second."""
        return self.tally.rows / self.seconds if self.seconds > 0 else 0.0

    @property
    def unanswered(self) -> int:
        """Rows that got no labels: those rejected, and those answered with an error."""
        return self.tally.rows - self.tally.answered

    def to_dict(self) -> dict[str, Any]:
        """The summary as plain JSON types."""
        return {
            "rows": self.tally.rows,
            **self.tally.to_dict(),
            "repeated_ids": self.repeated_ids,
            "repeated_texts": self.repeated_texts,
            "damaged": dict(self.damaged),
            "seconds": round(self.seconds, 3),
            "rows_per_second": round(self.per_second, 1),
            "model": self.model,
            "target_error": self.target_error,
            "output": self.output,
            "rejects": self.rejects,
            "resumed_at": self.resumed_at,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Summary:
        """The summary that a checkpoint holds."""
        plain = {item.name: data[item.name] for item in fields(cls) if item.name != "tally"}
        return cls(tally=Tally.from_dict(data), **plain)

    def lines(self) -> Iterator[str]:
        """The summary to read, a line at a time; about 75 columns wide."""
        tally = self.tally
        yield (
            f"{_count(tally.rows, 'row')} in {_duration(self.seconds)} "
            f"({self.per_second:,.0f} a second), model {self.model}"
            + (f", continued from row {self.resumed_at:,}" if self.resumed_at else "")
        )
        yield ""
        if tally.answered:
            for task in TASKS:
                yield _labels_line(task.name, task.labels, tally)
            yield ""
            yield _row("languages", _languages(tally.languages))
            yield _row(
                "to review",
                f"{_share(tally.review, tally.answered)} of the comments have an answer the "
                f"model is not sure of",
            )
            spam = tally.labels["authenticity"]["spam"]
            yield _row("spam list", f"{_count(spam, 'comment')}, {tally.sure_spam:,} of them sure")
        yield from self._exceptions()
        yield _row("answers", self.output or "written to standard output")

    def _exceptions(self) -> Iterator[str]:
        tally = self.tally
        if self.repeated_texts or self.repeated_ids:
            yield _row(
                "repeats",
                f"{_count(self.repeated_texts, 'comment')} with the very text of an earlier one; "
                f"{_count(self.repeated_ids, 'id')} used again",
            )
        if tally.caveats:
            yield _row("unfamiliar", f"{_codes(tally.caveats)} (for review)")
        if tally.truncated:
            yield _row("long", f"{_count(tally.truncated, 'comment')} read in part only")
        if self.damaged:
            yield _row("damaged", f"{_codes(Counter(self.damaged))} (answered all the same)")
        if tally.unreadable:
            yield _row("no answer", f"{_codes(tally.unreadable)} (kept, with an error)")
        if tally.rejected:
            where = ", named above; --rejects FILE keeps them"
            if self.rejects:
                where = f", kept in {self.rejects}"
            yield _row("rejected", f"{_codes(tally.rejected)}{where}")


def _labels_line(task: str, labels: tuple[str, ...], tally: Tally) -> str:
    counts = tally.labels[task]
    shares = [f"{label} {_percent(counts[label], tally.answered)}" for label in labels]
    return _row(task, "   ".join(shares))


def _languages(counts: Counter[str]) -> str:
    total = counts.total()
    known = [(code, number) for code, number in counts.most_common() if code != UNKNOWN_LANGUAGE]
    shown = [
        f"{_LANGUAGES.get(code, code)} {_percent(number, total)}"
        for code, number in known[:_LANGUAGES_SHOWN]
    ]
    other = sum(number for _, number in known[_LANGUAGES_SHOWN:])
    if other:
        left = len(known) - _LANGUAGES_SHOWN
        shown.append(f"{left} other{'' if left == 1 else 's'} {_percent(other, total)}")
    if counts[UNKNOWN_LANGUAGE]:
        shown.append(f"not recognised {_percent(counts[UNKNOWN_LANGUAGE], total)}")
    return ", ".join(shown)


def _row(name: str, text: str) -> str:
    return f"  {name:<14}{text}"


def _percent(part: int, whole: int) -> str:
    """A share for reading; a rare label never reads as none, a frequent one never as all."""
    if part in {0, whole}:
        return "100%" if part else "0%"
    share = 100 * part / whole
    if share < 0.1:  # noqa: PLR2004 - what one decimal can show
        return "<0.1%"
    return f"{min(share, 99.9):.1f}%"


def _share(part: int, whole: int) -> str:
    return f"{part:,} ({_percent(part, whole)})"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _codes(counts: Counter[str]) -> str:
    reasons = ", ".join(f"{code} {number:,}" for code, number in counts.most_common())
    return f"{_count(counts.total(), 'row')}: {reasons}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    if minutes:
        return f"{minutes} min {rest} s"
    return f"{seconds:.1f} s" if seconds < 10 else f"{rest} s"  # noqa: PLR2004 - a short time
