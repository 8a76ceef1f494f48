"""The bare endpoint that HTTP is measured against: a checked body, one INSERT, an answer."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

from fastapi import FastAPI
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel

pool = AsyncConnectionPool(os.environ.get("CRUD_DATABASE", ""), min_size=8, max_size=16, open=False)


@asynccontextmanager
async def _lifespan(_: FastAPI) -> AsyncIterator[None]:
    async with pool:
        yield


app = FastAPI(lifespan=_lifespan)


class Request(BaseModel):
    """What our own endpoint takes."""

    partner: str
    category: str
    item: str
    household_id: UUID
    amount_cents: int
    need: str
    urgent: bool = False


@app.post("/doti", status_code=201)
async def request(body: Request) -> dict[str, str]:
    """Inserts a row."""
    dote_id = uuid4()
    async with pool.connection() as connection:
        await connection.execute(
            "INSERT INTO doti (id, partner, category, item, household_id, amount_cents, need,"
            " urgent) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            (dote_id, *body.model_dump().values()),
        )
    return {"id": str(dote_id)}


TABLE = """
CREATE TABLE doti (id uuid PRIMARY KEY, partner text NOT NULL, category text NOT NULL,
    item text NOT NULL, household_id uuid NOT NULL, amount_cents bigint NOT NULL,
    need text NOT NULL, urgent boolean NOT NULL, at timestamptz NOT NULL DEFAULT now())
"""
