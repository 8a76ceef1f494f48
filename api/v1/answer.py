"""What all answers share."""

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """Something that the API answers."""

    model_config = ConfigDict(extra="forbid", frozen=True)
