"""The description of the API is true: what it promises is what is answered, and never a 500."""

import random
from typing import Any

import pytest

from api.problems import STATUS
from tests.api.world import World

ODD: list[Any] = [
    *(None, True, 0, -1, 1, 2**63, 1.5, "", " ", "x", "A", "ROCCA", "\0", "‮", "x" * 6_000),
    *("2026-01-01", [], [1], {}, {"a": 1}, "00000000-0000-0000-0000-000000000000", "%", "\n"),
]


OF_SEVERAL = {"/api/v1/doti/bulk", "/api/v1/statements", "/api/v1/reconciliation/confirmations"}
"""What changes several things at once has no one version."""

NOTHING_TO_SAY = ("/undo",)
"""What needs no body: the address says it all."""

OF_HOUSEHOLDS = ("/members", "/personal-data", "/merge", "/unmerge")
"""What changes a household may say which version it was decided on."""

OF_PAYMENTS = ("/authorisation", "/cancellation", "/iban", "/confirmation", "/dismissal")
"""What changes a payment batch or a payee may say so too."""

SIGN_IN = "sign-in"
"""The tag of what is about oneself: it is no command, and nothing of it is in the log of events."""

OPEN = {
    ("/api/v1/session", "get"),
    ("/api/v1/session", "post"),
    ("/api/v1/session", "delete"),
    ("/api/v1/session/second-factor", "post"),
    ("/api/v1/session/passkey/options", "post"),
    ("/api/v1/session/passkey", "post"),
    ("/api/v1/session/provider", "get"),
    ("/api/v1/invitations/accept", "post"),
}
"""What lets somebody in, and out."""


@pytest.fixture(scope="module")
def document(world: World) -> dict[str, Any]:
    """The OpenAPI document."""
    found: dict[str, Any] = world.client.get("/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_routes_of_the_contract(document: dict[str, Any]) -> None:
    dote = "/api/v1/doti/{dote_id}"
    wanted = {
        ("/api/v1/programme", "get"),
        ("/api/v1/policies", "get"),
        ("/api/v1/policies", "post"),
        ("/api/v1/policies/simulation", "post"),
        ("/api/v1/policies/{version}", "get"),
        ("/api/v1/programme/allocations", "post"),
        ("/api/v1/programme/transfers", "post"),
        ("/api/v1/programme/partners", "post"),
        ("/api/v1/programme/desks", "post"),
        ("/api/v1/programme/categories", "post"),
        ("/api/v1/programme/items", "post"),
        ("/api/v1/programme/funding", "post"),
        ("/api/v1/households", "post"),
        ("/api/v1/households", "get"),
        ("/api/v1/households/matches", "post"),
        ("/api/v1/households/{household_id}", "get"),
        ("/api/v1/households/{household_id}/erasure", "get"),
        ("/api/v1/households/{household_id}/erasure", "post"),
        ("/api/v1/households/{household_id}/erasure/refusal", "post"),
        ("/api/v1/households/{household_id}/erasure/hold", "post"),
        ("/api/v1/erasures", "get"),
        ("/api/v1/retention", "get"),
        ("/api/v1/retention", "post"),
        *(
            (f"/api/v1/households/{{household_id}}/{step}", "post")
            for step in ("members", "personal-data", "merge", "unmerge")
        ),
        ("/api/v1/doti", "get"),
        ("/api/v1/doti", "post"),
        (dote, "get"),
        (f"{dote}/history", "get"),
        *(
            (f"{dote}/{step}", "post")
            for step in (
                "assessment",
                "approval",
                "approval/preview",
                "rejection",
                "withdrawal",
                "revocation",
                "disbursements",
                "disbursements/{n}/return",
                "refunds",
                "receipts",
                "receipts/{n}/acceptance",
                "receipts/{n}/redaction",
                "receipts/{n}/disallowance",
                "accounting",
                "documents",
                "document-requests",
                "document-answers",
                "cap-overrides",
                "ratification",
                "appeal",
                "appeal/decision",
            )
        ),
        ("/api/v1/doti/bulk", "post"),
        *(
            (f"/api/v1/{route}", method)
            for route, method in (
                ("trial-balance", "get"),
                ("trial-balance/entries", "get"),
                ("bank-accounts", "get"),
                ("bank-accounts", "post"),
                ("bank-accounts/{code}/columns", "post"),
                ("bank-accounts/{code}/columns/removal", "post"),
                ("statements/preview", "post"),
                ("statements", "get"),
                ("statements", "post"),
                ("reconciliation/proposals", "get"),
                ("reconciliation/suspense", "get"),
                ("reconciliation/matches", "get"),
                ("reconciliation/matches", "post"),
                ("reconciliation/matches/{match_id}", "get"),
                ("reconciliation/matches/{match_id}/undo", "post"),
                ("reconciliation/confirmations", "post"),
                ("reconciliation/lines/{line_id}/set-aside", "post"),
            )
        ),
        (f"{dote}/reveal", "post"),
        ("/api/v1/households/{household_id}/reveal", "post"),
        ("/api/v1/households/{household_id}/accesses", "get"),
        ("/api/v1/audit/reveals", "get"),
        ("/api/v1/audit/accesses", "get"),
        ("/api/v1/exports/doti.csv", "get"),
        ("/api/v1/exports/doti.jsonl", "get"),
        ("/api/v1/statistics", "get"),
        ("/api/v1/statistics/times", "get"),
        ("/api/v1/coverage", "get"),
        ("/api/v1/coverage.csv", "get"),
        ("/api/v1/doti/{dote_id}/receipts", "get"),
        ("/api/v1/households/{household_id}/copy", "get"),
        ("/api/v1/households/{household_id}/copy.pdf", "get"),
        (f"{dote}/documents/{{n}}/file", "get"),
        (f"{dote}/receipts/{{n}}/file", "get"),
        (f"{dote}/receipts/{{n}}/redaction", "get"),
        (f"{dote}/receipts/{{n}}/redaction/file", "get"),
        ("/api/v1/payments", "get"),
        ("/api/v1/payment-batches", "get"),
        ("/api/v1/payment-batches", "post"),
        *(
            (f"/api/v1/payment-batches/{{batch_id}}{end}", "get")
            for end in ("", ".csv", "/pain.001.xml")
        ),
        *(
            (f"/api/v1/payment-batches/{{batch_id}}/{step}", "post")
            for step in ("authorisation", "cancellation", "payments/{payment_id}/execution")
        ),
        ("/api/v1/payees/{payee_id}", "get"),
        *(
            (f"/api/v1/payees/{{payee_id}}/{step}", "post")
            for step in ("iban", "iban/confirmation", "iban/dismissal")
        ),
        ("/api/v1/worklist", "get"),
        ("/api/v1/worklist/summary", "get"),
        ("/api/v1/ageing", "get"),
        ("/api/v1/colleagues", "get"),
        ("/api/v1/delegations", "get"),
        ("/api/v1/delegations", "post"),
        ("/api/v1/delegations/{delegation_id}/end", "post"),
        ("/api/v1/conflicts", "get"),
        ("/api/v1/conflicts", "post"),
        ("/api/v1/conflicts/{conflict_id}/lifting", "post"),
        ("/api/v1/accounts", "get"),
        ("/api/v1/accounts", "post"),
        ("/api/v1/accounts/{account_id}/grants", "post"),
        ("/api/v1/accounts/{account_id}/grants/{grant_id}/revocation", "post"),
        *(
            (f"/api/v1/accounts/{{account_id}}/{step}", "post")
            for step in ("closing", "reopening", "invitation", "email", "works-for")
        ),
        ("/api/v1/tokens", "get"),
        ("/api/v1/tokens", "post"),
        ("/api/v1/tokens/{token_id}/revocation", "post"),
        ("/api/v1/ledger", "get"),
        ("/api/v1/ledger/entries", "get"),
        ("/api/v1/funder-rules", "get"),
        ("/api/v1/funder-rules", "post"),
        ("/api/v1/rendiconti", "get"),
        ("/api/v1/rendiconti", "post"),
        *(
            (f"/api/v1/rendiconti/{{rendiconto_id}}{part}", "get")
            for part in ("", ".xlsx", ".pdf", ".zip", "/check")
        ),
        ("/api/v1/rendiconti/{rendiconto_id}/withdrawal", "post"),
        ("/api/v1/periods", "get"),
        ("/api/v1/periods/{period}", "get"),
        ("/api/v1/periods/{period}/bank", "get"),
        ("/api/v1/periods/{period}/close", "post"),
        ("/api/v1/periods/{period}/reopen", "post"),
        ("/api/v1/audit/events", "get"),
        ("/api/v1/audit/checkpoint", "get"),
        ("/api/v1/audit/proof", "get"),
        ("/api/v1/audit/export", "get"),
        ("/api/v1/session", "get"),
        ("/api/v1/session", "post"),
        ("/api/v1/session", "delete"),
        ("/api/v1/session/second-factor", "post"),
        ("/api/v1/session/passkey/options", "post"),
        ("/api/v1/session/passkey", "post"),
        ("/api/v1/session/provider", "get"),
        ("/api/v1/identities", "get"),
        ("/api/v1/identities", "post"),
        ("/api/v1/identities/removal", "post"),
        ("/api/v1/sessions", "get"),
        ("/api/v1/sessions/{session_id}/end", "post"),
        ("/api/v1/invitations/accept", "post"),
        ("/api/v1/password", "post"),
        ("/api/v1/factors", "get"),
        ("/api/v1/factors", "post"),
        ("/api/v1/factors/passkey/options", "post"),
        ("/api/v1/factors/passkey", "post"),
        ("/api/v1/factors/{factor_id}/confirmation", "post"),
        ("/api/v1/factors/{factor_id}/removal", "post"),
        ("/api/v1/recovery-codes", "post"),
        ("/healthz", "get"),
        ("/readyz", "get"),
        ("/metrics", "get"),
    }
    assert {(path, method) for path, method, _ in operations(document)} == wanted


def test_every_operation_is_described(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        where = f"{method} {path}"
        assert operation["description"], where
        if not path.startswith("/api/"):
            continue
        schemes: list[Any] = [] if (path, method) in OPEN else [{"HTTPBearer": []}, {"Session": []}]
        if operation["tags"] == [SIGN_IN]:
            schemes = schemes[1:]
        assert operation.get("security", []) == schemes, where
        responses = operation["responses"]
        for status in ("401", "403", "422", "503"):
            content = responses[status]["content"]
            assert list(content) == ["application/problem+json"], where
            schema = content["application/problem+json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Problem"}
        success = next(status for status in ("200", "201") if status in responses)
        headers = {p["name"] for p in operation.get("parameters", []) if p["in"] == "header"}
        queries = {p["name"] for p in operation.get("parameters", []) if p["in"] == "query"}
        if operation["tags"] == [SIGN_IN]:
            assert not headers & {"Idempotency-Key", "If-Match"}, where
            assert (
                "requestBody" not in operation
                or operation["requestBody"]["content"]["application/json"]["examples"]
            ), where
        elif path.endswith("/simulation"):
            # It reads: there is nothing to repeat or to collide with.
            assert "wait_for" in queries, where
        elif path.endswith(("/preview", "/households/matches")):
            assert not headers & {"Idempotency-Key", "If-Match"}, where
        elif method == "post":
            assert "Idempotency-Key" in headers, where
            changes = "{dote_id}" in path or path.endswith((*OF_HOUSEHOLDS, *OF_PAYMENTS))
            assert ("If-Match" in headers) == changes, where
            if path not in OF_SEVERAL:
                assert "ETag" in responses[success]["headers"], where
            assert "409" in responses, where
            if path.endswith(NOTHING_TO_SAY):
                continue
            body = operation["requestBody"]["content"]
            multipart = path.endswith(("/receipts", "/documents", "/statements"))
            kind = "multipart/form-data" if multipart else "application/json"
            assert list(body) == [kind], where
            if not multipart:
                assert body[kind]["examples"], where
        else:
            assert "wait_for" in queries, where
    assert "HTTPValidationError" not in document["components"]["schemas"]
    assert document["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"


def test_references_lead_somewhere(document: dict[str, Any]) -> None:
    def follow(value: object) -> None:
        if isinstance(value, dict):
            reference = value.get("$ref")
            if isinstance(reference, str):
                assert reference.split("/")[-1] in document["components"]["schemas"]
            for part in value.values():
                follow(part)
        elif isinstance(value, list):
            for part in value:
                follow(part)

    follow(document)


def test_statuses_are_those_of_the_table(document: dict[str, Any]) -> None:
    known = {str(status) for status in STATUS.values()} | {"200", "201"}
    for path, method, operation in operations(document):
        assert operation["responses"].keys() <= known, f"{method} {path}"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_odd_values_everywhere_are_refused_as_described(
    world: World, document: dict[str, Any], seed: int
) -> None:
    chance = random.Random(seed)
    dote = world.approved()
    world.settle()
    ids = {"dote_id": dote["id"], "household_id": dote["household_id"], "n": "1", "version": "1"}
    for path, method, operation in operations(document):
        if not path.startswith("/api/"):
            continue
        # What one asks for has a place in the log; nobody is kept waiting for it.
        world.settle()
        for _ in range(12):
            values = {
                name: value if chance.random() < 0.8 else str(chance.choice(ODD)).replace("\n", "")
                for name, value in ids.items()
            }
            parameters = operation.get("parameters", [])
            query = {
                p["name"]: str(chance.choice(ODD))
                for p in parameters
                if p["in"] == "query" and p["name"] != "wait_for" and chance.random() < 0.3
            }
            filled = path.removeprefix("/api/v1")
            for name, value in values.items():
                filled = filled.replace("{" + name + "}", value.replace("/", "") or "x")
            filled = filled.replace("?", "").replace("#", "").replace("%", "").replace("\0", "")
            who = chance.choice(["operator", "assessor", "approver", "finance", "coordinator"])
            body = _body(chance, document, operation)
            answer = world.call(method.upper(), filled, who, params=query, **body)
            described = operation["responses"].keys() | {"404"}
            assert str(answer.status_code) in described, f"{method} {path}: {answer.text}"


def _body(
    chance: random.Random, document: dict[str, Any], operation: dict[str, Any]
) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        fields = ("kind", "number", "date", "issuer", "amount_cents")
        data = {name: str(chance.choice(ODD)) for name in fields if chance.random() < 0.9}
        return {"data": data, "files": {"file": ("x.pdf", str(chance.choice(ODD)).encode())}}
    if "application/json" not in content:
        return {}
    example = content["application/json"]["examples"]["example"]["value"]
    value = {
        name: known if chance.random() < 0.7 else chance.choice(ODD)
        for name, known in example.items()
    }
    return {"json": value if chance.random() < 0.9 else chance.choice(ODD)}
