"""The body of a command, with an example for the description of the API."""

from typing import Any

from fastapi import Body


def body(**example: object) -> Any:  # noqa: ANN401  FastAPI's own return type
    """What a route takes as its JSON body."""
    return Body(openapi_examples={"example": {"value": example}})
