"""The published schema: what the framework cannot see is added here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from sedno.serving.api.comment_schemas import KeepRequest
from sedno.serving.api.problems import INTERNAL, MEDIA_TYPE, Kind
from sedno.serving.api.schemas import ClassifyRequest, ProblemOut, schema_of

TAGS = [
    {"name": "classify", "description": "Labels for comments."},
    {"name": "comments", "description": "Comments that are kept."},
    {"name": "jobs", "description": "Work on files and stored comments that survives a crash."},
    {"name": "review", "description": "What waits for people, and what they decided."},
    {"name": "topics", "description": "Questions that keep coming back."},
    {"name": "faq", "description": "Answers to what keeps being asked, and feeds of them."},
    {"name": "models", "description": "What answers, and how well."},
    {"name": "people", "description": "Who may work at the desk."},
    {"name": "keys", "description": "Keys of programs."},
    {"name": "privacy", "description": "What is held on someone, erasing it, and how long."},
    {"name": "audit", "description": "Who did what."},
    {"name": "operation", "description": "For probes and monitoring."},
]


class Api(FastAPI):
    """A FastAPI application whose schema also holds the bodies that routes read themselves.

    Attributes:
        hidden: The models of those bodies, and of the problems.
    """

    hidden: Sequence[type[BaseModel]] = (ClassifyRequest, KeepRequest, ProblemOut)

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI schema, made at the first call."""
        if self.openapi_schema is None:
            schema = super().openapi()
            schemas = schema["components"]["schemas"]
            for model in self.hidden:
                schemas.update(schema_of(model)[1])
        return self.openapi_schema or {}


def json_body(model: type[BaseModel]) -> dict[str, Any]:
    """``openapi_extra`` of a route that reads its body itself."""
    reference, _ = schema_of(model)
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": reference}}}
    }


def problem_responses(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """``responses`` of a route that may end with these kinds of problem, or a server error."""
    by_status: dict[int, list[Kind]] = {}
    for kind in (*kinds, INTERNAL):
        by_status.setdefault(kind.status, []).append(kind)
    return {
        status: {
            "description": "; ".join(kind.title for kind in kinds),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}},
        }
        for status, kinds in by_status.items()
    }
