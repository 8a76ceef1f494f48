"""What comes over a real wire: limits, odd bytes, and the headers of every answer."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import uvicorn

from api.app import create_app
from tests.api.test_refusals import problem
from tests.api.world import World, opened_world

LIMIT = 2_000


@pytest.fixture(scope="module")
def world(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world with small limits."""
    home = tmp_path_factory.mktemp("home")
    limits: dict[str, Any] = {"max_body_bytes": LIMIT, "max_upload_bytes": LIMIT}
    with opened_world(postgres_url, home, **limits) as opened:
        yield opened


@pytest.fixture(scope="module", params=["h11", "httptools"])
def address(world: World, request: pytest.FixtureRequest) -> Iterator[tuple[str, int]]:
    """A real server on the world."""
    config = uvicorn.Config(
        create_app(world.services), port=0, http=request.param, log_config=None, lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()
    server.should_exit = True
    thread.join()


def raw(address: tuple[str, int], *parts: bytes) -> tuple[bytes, bytes]:
    """Sends bytes and reads up to the end of the connection: head and body."""
    with socket.create_connection(address, timeout=10) as connection:
        for part in parts:
            connection.sendall(part)
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
    head, _, body = answer.partition(b"\r\n\r\n")
    return head, body


def lines(world: World, method: str, path: bytes, *headers: bytes) -> bytes:
    token = world.tokens["operator"].encode()
    first = (method.encode() + b" " + path + b" HTTP/1.1", b"Host: x", b"Connection: close")
    return b"\r\n".join((*first, b"Authorization: Bearer " + token, *headers, b"", b""))


def test_announced_too_large(world: World, address: tuple[str, int]) -> None:
    head = lines(
        world,
        "POST",
        b"/api/v1/doti",
        b"Content-Type: application/json",
        b"Content-Length: 500000",
    )
    answer, body = raw(address, head, b" " * 500_000)
    assert b" 413 " in answer.split(b"\r\n")[0]
    assert json.loads(body)["code"] == "too_large"
    assert json.loads(body)["limit_bytes"] == LIMIT


def test_too_large_without_announcing(world: World, address: tuple[str, int]) -> None:
    head = lines(
        world,
        "POST",
        b"/api/v1/doti",
        b"Content-Type: application/json",
        b"Transfer-Encoding: chunked",
    )
    chunk = b"400\r\n" + b" " * 0x400 + b"\r\n"
    answer, body = raw(address, head, chunk * 400, b"0\r\n\r\n")
    assert b" 413 " in answer.split(b"\r\n")[0]
    assert json.loads(body)["code"] == "too_large"


def test_much_too_large_is_not_waited_for(world: World, address: tuple[str, int]) -> None:
    head = lines(
        world,
        "POST",
        b"/api/v1/doti",
        b"Expect: 100-continue",
        b"Content-Length: 99999999999999999999",
    )
    answer, _ = raw(address, head)
    assert answer.split(b" ")[1] in (b"413", b"400")


def test_the_connection_is_good_after_a_refusal(world: World, address: tuple[str, int]) -> None:
    headers = {"Authorization": f"Bearer {world.tokens['operator']}"}
    with httpx.Client(base_url=f"http://{address[0]}:{address[1]}", headers=headers) as client:
        for _ in range(3):
            answer = client.post("/api/v1/doti", content=b" " * 100_000)
            problem(answer, 413, "too_large")
            assert client.get("/api/v1/programme").status_code == 200
            unsigned = client.post(
                "/api/v1/doti", content=b" " * 100_000, headers={"Authorization": "x"}
            )
            problem(unsigned, 401, "unauthenticated")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (b"/api/v1/doti/%00", 422),
        (b"/api/v1/doti/%ff%fe", 422),
        (b"/api/v1/doti/%ED%A0%80", 422),
        (b"/api/v1/%00", 404),
        (b"/api/v1/doti?q=%ED%A0%80", 200),
        (b"/api/v1/doti?%00=%00&%ff", 200),
        (b"/api/v1/doti/../../etc/passwd", 404),
        (b"/api/v1/doti/" + b"a" * 5_000, 422),
    ],
)
def test_odd_paths(world: World, address: tuple[str, int], path: bytes, status: int) -> None:
    answer, _ = raw(address, lines(world, "GET", path))
    assert answer.split(b" ")[1] == str(status).encode()


def test_odd_headers(world: World, address: tuple[str, int]) -> None:
    for header in (
        b"Accept-Language: \xff\xfe",
        b"X-Request-Id: \xff",
        b"Accept: \xff",
        b"Content-Type: \xff",
        b"Authorization: \xff",
        b"If-Match: \xff",
    ):
        answer, _ = raw(address, lines(world, "GET", b"/api/v1/doti", header))
        assert answer.split(b" ")[1] == b"200", header


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"\xff\xfe",
        b'{"a": "\\ud800"}',
        b'{"\\ud800": 1}',
        b'{"need": "\\ud800"}',
        b'{"a": ' + b"9" * 1_500 + b"}",
        b"[" * 1_500,
        b'{"partner": NaN}',
        b'\xef\xbb\xbf{"a": 1}',
        b'{"a\\u0000": 1}',
    ],
)
def test_odd_json(world: World, address: tuple[str, int], body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    url = f"http://{address[0]}:{address[1]}/api/v1/doti"
    headers["Authorization"] = f"Bearer {world.tokens['operator']}"
    problem(httpx.post(url, content=body, headers=headers), 422, "validation")


def test_other_types_of_body(world: World, address: tuple[str, int]) -> None:
    url = f"http://{address[0]}:{address[1]}/api/v1/doti"
    for kind in ("text/plain", "application/xml", "multipart/form-data; boundary=x", "x"):
        headers = {"Authorization": f"Bearer {world.tokens['operator']}", "Content-Type": kind}
        problem(httpx.post(url, content=b"{}", headers=headers), 415, "unsupported_media")


def test_headers_of_every_answer(world: World) -> None:
    for answer in (
        world.get("/programme"),
        world.get("/nothing"),
        world.call("GET", "/doti", None),
        world.client.get("/"),
        world.client.get("/healthz"),
    ):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Referrer-Policy"] in ("no-referrer", "same-origin")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Request-Id"]
