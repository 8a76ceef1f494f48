"""Whose word is taken for where a request comes from."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.serve import Server
from tests.api.entrance import Entrance, opened_entrance

FORWARDED = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"}


@pytest.fixture
def entrance(
    request: pytest.FixtureRequest, postgres_url: str, tmp_path: Path
) -> Iterator[Entrance]:
    """A register behind the proxies that the test names."""
    with opened_entrance(postgres_url, tmp_path, 1, trusted_proxies=request.param) as opened:
        yield opened


def cookie(entrance: Entrance, address: str) -> str:
    """What is set for who comes from an address and tells another one."""
    with socket.socket() as sock:
        server = Server(entrance.services, sock, lambda: None)
        server.config.load()
        client = TestClient(server.config.loaded_app, client=(address, 1))
        answer = client.get("/api/v1/session", headers=FORWARDED)
        return str(answer.headers["set-cookie"])


@pytest.mark.parametrize("entrance", [None, "10.1.0.0/16, 127.0.0.1"], indirect=True)
def test_a_stranger_tells_nothing(entrance: Entrance) -> None:
    assert cookie(entrance, "10.2.0.1").startswith("doti-before=")


@pytest.mark.parametrize("entrance", [None], indirect=True)
def test_not_even_this_machine_is_trusted_unless_it_is_said(entrance: Entrance) -> None:
    assert cookie(entrance, "127.0.0.1").startswith("doti-before=")


@pytest.mark.parametrize("entrance", ["10.1.0.0/16, 127.0.0.1"], indirect=True)
def test_a_trusted_proxy_tells(entrance: Entrance) -> None:
    assert cookie(entrance, "10.1.2.3").startswith("__Host-doti-before=")
    assert cookie(entrance, "127.0.0.1").startswith("__Host-doti-before=")
