"""Asking for a page, and sending a form of one, as somebody."""

import csv
import io
import re
from typing import Any

import httpx

from tests.api.world import Json, World


def look(world: World, path: str, as_: str | None = "coordinator", **more: Any) -> httpx.Response:  # noqa: ANN401
    """One request for a page, in Italian, as somebody (None: not signed in)."""
    headers = {"Accept-Language": "it"} | more.pop("headers", {})
    if as_ is not None:
        headers["Authorization"] = f"Bearer {world.tokens[as_]}"
    method = more.pop("method", "GET")
    answer: httpx.Response = world.client.request(
        method, path, headers=headers, follow_redirects=False, **more
    )
    return answer


def send(world: World, dote: Json, action: str, as_: str, **fields: str) -> httpx.Response:
    """A form of a dote's page, as it was when `dote` was seen."""
    data = {"version": str(dote["version"]), "key": "k1"} | fields
    return look(world, f"/doti/{dote['id']}/{action}", as_, method="POST", data=data)


def title(page: httpx.Response) -> str:
    """The first heading."""
    found = re.search(r"<h1>(.*?)</h1>", page.text, re.DOTALL)
    assert found, page.text
    return found[1].strip()


def table(answer: httpx.Response, delimiter: str = ";") -> list[dict[str, str]]:
    """A file for spreadsheets, read again."""
    assert answer.status_code == 200, answer.text
    content = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content), delimiter=delimiter))
