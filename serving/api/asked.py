"""What a request to classify asks, taken from its parsed body; and the answer to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from sedno.datasets.comment import Comment, CommentError, make_comment, make_lenient
from sedno.models.prediction import Prediction
from sedno.serving.api.problems import INVALID_REQUEST, Fault, ProblemError, pointer, shown
from sedno.serving.api.schemas import ClassifyRequest, CommentIn

_REQUEST = TypeAdapter(ClassifyRequest)
_MOST_MEMBERS = 64
_FIELD_DEPTH = 3
_EXPECTED = {
    "comments": ("an array", "give a list of comments, or of their texts"),
    "explain": ("true or false", "give true or false without quotes"),
    "embeddings": ("true or false", "give true or false without quotes"),
    "text": ("a string", "give the comment's text as a string"),
    "context": ("a string", "give a string, or leave it out"),
    "language": ("a string", "give a code such as 'pl', or leave it out"),
    "posted_at": ("a string or a number", "give ISO 8601 or seconds since 1970, or leave it out"),
}
_EXPECTED_IDENTIFIER = ("a string or a whole number", "give a string, or leave it out")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request whose form is right.

    Attributes:
        comments: The comments that can be read, in order.
        unreadable: For each of the others, by its position in the request: its id and why.
        warnings: What was left out of a comment that can be read, by its position.
        explain: Whether spans are asked for.
        embeddings: Whether embeddings are asked for.
    """

    comments: Sequence[Comment]
    unreadable: dict[int, tuple[str, str]]
    warnings: dict[int, tuple[str, ...]]
    explain: bool
    embeddings: bool

    @property
    def size(self) -> int:
        """How many comments the request has."""
        return len(self.comments) + len(self.unreadable)

    def merge(self, predictions: Sequence[Prediction], model: str) -> list[Prediction]:
        """One prediction a comment of the request, in its order, those unreadable included."""
        answered = iter(predictions)
        return [
            Prediction(
                self.unreadable[position][0],
                None,
                {},
                model,
                error=self.unreadable[position][1],
            )
            if position in self.unreadable
            else replace(next(answered), warnings=self.warnings.get(position, ()))
            for position in range(self.size)
        ]


def build(data: Any, *, most: int) -> Asked:
    """Checks the form of a parsed body, then the content of each comment.

    Args:
        data: The body as parsed.
        most: Most comments taken.

    Raises:
        ProblemError: The form is wrong; names every fault. What is wrong with the content of
            a single comment is part of the result instead.
    """
    _check_size(data, most)
    try:
        request = _REQUEST.validate_python(data)
    except ValidationError as error:
        raise _invalid(_faults(error)) from None
    comments: list[Comment] = []
    unreadable: dict[int, tuple[str, str]] = {}
    warnings: dict[int, tuple[str, ...]] = {}
    for position, item in enumerate(request.comments):
        try:
            comment, left_out = make_lenient(vars(item), default_id=position)
        except CommentError as error:
            unreadable[position] = (_id_of(item, position), _told(error))
            continue
        comments.append(comment)
        if left_out:
            warnings[position] = tuple(map(_told, left_out))
    return Asked(comments, unreadable, warnings, request.explain, request.embeddings)


def render(model: str, predictions: Sequence[Prediction], *, embeddings: bool) -> bytes:
    """The answer as JSON."""
    results = [prediction.to_dict() for prediction in predictions]
    if embeddings:
        for result, prediction in zip(results, predictions, strict=True):
            if prediction.embedding is not None:
                result["embedding"] = prediction.embedding
    return orjson.dumps({"model": model, "results": results}, option=orjson.OPT_SERIALIZE_NUMPY)


def _check_size(data: Any, most: int) -> None:
    """Refuses what would take long to look through, before looking through it."""
    if not isinstance(data, dict):
        remedy = 'give an object: {"comments": [{"text": "..."}]}'
        raise _invalid([Fault("#", "wrong_type", "is not an object", remedy, shown(data))])
    if len(data) > _MOST_MEMBERS:
        detail = f"has {len(data)} members; only comments, explain and embeddings are known"
        raise _invalid([Fault("#", "unknown_field", detail, "leave the others out")])
    comments = data.get("comments")
    if isinstance(comments, list) and len(comments) > most:
        detail = f"has {len(comments)} comments, at most {most} are taken"
        raise _invalid([Fault("#/comments", "too_many", detail, "send them in several requests")])


def _invalid(faults: Sequence[Fault]) -> ProblemError:
    detail = "See errors." if len(faults) > 1 else f"{faults[0].pointer} {faults[0].detail}."
    return ProblemError(INVALID_REQUEST, detail, faults)


def _faults(error: ValidationError) -> list[Fault]:
    """The faults, one a field: a field of several types fails once for each of them."""
    faults: dict[str, Fault] = {}
    for found in error.errors(include_url=False, include_context=False):
        place = found["loc"][:_FIELD_DEPTH]
        name = str(place[-1]) if place else ""
        where = pointer(place)
        match found["type"]:
            case "missing":
                fault = Fault(where, "missing_field", "is missing", _remedy(name))
            case "extra_forbidden":
                known = ", ".join(ClassifyRequest.model_fields)
                fault = Fault(where, "unknown_field", "is not known here", f"known are: {known}")
            case "too_short":
                fault = Fault(where, "too_few", "has no comments", "send at least one")
            case _:
                expected, remedy = _expected(place)
                detail = f"is not {expected}"
                fault = Fault(where, "wrong_type", detail, remedy, shown(found["input"]))
        faults.setdefault(where, fault)
    return list(faults.values())


def _expected(place: tuple[str | int, ...]) -> tuple[str, str]:
    name = place[-1]
    if isinstance(name, int):
        return "an object or a string", "give an object with a text, or the text"
    return _EXPECTED.get(name, _EXPECTED_IDENTIFIER)


def _remedy(name: str) -> str:
    return _EXPECTED.get(name, _EXPECTED_IDENTIFIER)[1]


def _told(error: CommentError) -> str:
    return f"{error.code}: {error.field} {error.detail}"


def _id_of(item: CommentIn, position: int) -> str:
    """The id of a comment that is unreadable: its own where that is not what is wrong."""
    try:
        return make_comment({"id": item.id, "text": "x"}, default_id=position).id
    except CommentError:
        return str(position)
