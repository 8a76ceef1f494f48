"""What every answer tells a browser."""

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.middleware import CONTENT_POLICY, HTTPS_ONLY, PAGE_POLICY
from tests.api.world import World


def policy(text: str) -> dict[str, list[str]]:
    """A Content-Security-Policy, taken apart."""
    return {name: values for name, *values in (part.split() for part in text.split(";"))}


def test_pages_load_what_the_server_has_and_nothing_written_into_them(world: World) -> None:
    answer = world.client.get("/")
    assert answer.headers["content-security-policy"] == PAGE_POLICY
    told = policy(PAGE_POLICY)
    assert told["default-src"] == told["base-uri"] == told["frame-ancestors"] == ["'none'"]
    for kind in ("script-src", "style-src", "font-src", "connect-src", "form-action"):
        assert told[kind] == ["'self'"]
    assert told["img-src"] == ["'self'", "data:"]
    assert "unsafe" not in PAGE_POLICY


def test_pages_are_within_their_own_policy(world: World) -> None:
    text = world.client.get("/").text.lower()
    for forbidden in ("<script>", "<style", "style=", "onclick", "javascript:", "http://", "//cdn"):
        assert forbidden not in text


@pytest.mark.parametrize("path", ["/openapi.json", "/healthz", "/api/v1/doti", "/nothing", "/"])
def test_every_answer_has_them(world: World, path: str) -> None:
    headers = world.client.get(path).headers
    is_page = path in ("/nothing", "/")
    assert headers["content-security-policy"] == (PAGE_POLICY if is_page else CONTENT_POLICY)
    assert headers["x-content-type-options"] == "nosniff"
    # A form of ours may tell from which page it comes.
    assert headers["referrer-policy"] == ("same-origin" if is_page else "no-referrer")
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    for use in ("camera", "geolocation", "microphone", "payment"):
        assert f"{use}=()" in headers["permissions-policy"]
    assert "server" not in headers
    assert "x-powered-by" not in headers


def test_who_comes_over_https_comes_so_again(world: World) -> None:
    assert "strict-transport-security" not in world.client.get("/healthz").headers
    app = create_app(world.services)
    with TestClient(app, base_url="https://doti.example") as client:
        for path in ("/healthz", "/api/v1/doti", "/nothing"):
            assert client.get(path).headers["strict-transport-security"] == HTTPS_ONLY
    assert int(HTTPS_ONLY.partition("max-age=")[2].partition(";")[0]) >= 365 * 24 * 3600


def test_no_other_site_may_read_an_answer(world: World) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    for answer in (
        world.client.get("/healthz", headers=asked),
        world.client.options("/api/v1/doti", headers=asked),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_a_file_is_given_out_to_be_kept_and_not_to_be_shown(world: World) -> None:
    dote = world.disbursed()
    assert world.receipt(dote["id"], 5_000).status_code == 201
    answer = world.get(f"/doti/{dote['id']}/receipts/1/file", "operator")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == CONTENT_POLICY
    assert answer.headers["content-type"] == "application/pdf"


def test_a_name_cannot_get_into_another_header(world: World) -> None:
    dote = world.disbursed()
    form = {
        "kind": "invoice",
        "number": "1",
        "date": "2026-01-16",
        "issuer": "Ente",
        "amount_cents": "5000",
    }
    file = ('a"; filename=x.html.pdf', b"%PDF-1.4\n%%EOF\n", "text/html")
    path = f"/doti/{dote['id']}/receipts"
    assert world.call("POST", path, "operator", data=form, files={"file": file}).status_code == 201
    answer = world.get(f"{path}/1/file", "operator")
    told = answer.headers["content-disposition"]
    assert told.startswith("attachment; filename*=UTF-8''")
    assert '"' not in told
    assert told.count(";") == 1
    assert answer.headers["content-type"] == "application/pdf"
