"""Bank files over HTTP: what is told of them, what comes in, and the trial balance."""

from typing import Any

import pytest

from tests.api.test_refusals import problem
from tests.api.world import World

IBAN = "IT60X0542811101000000123456"


def camt(
    *entries: str,
    opening: int = 1_000_00,
    total: int = 0,
    currency: str = "EUR",
    days: tuple[str, str] = ("2026-03-01", "2026-03-31"),
) -> bytes:
    """A camt.053 with the balances that it should have, unless `total` says otherwise."""

    def balance(kind: str, cents: int, day: str) -> str:
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
            f'<Amt Ccy="{currency}">{abs(cents) / 100:.2f}</Amt>'
            f"<CdtDbtInd>{'CRDT' if cents >= 0 else 'DBIT'}</CdtDbtInd>"
            f"<Dt><Dt>{day}</Dt></Dt></Bal>"
        )

    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-31T20:00:00</CreDtTm></GrpHdr>"
        "<Stmt><Id>S1</Id><CreDtTm>2026-03-31T20:00:00</CreDtTm>"
        f"<Acct><Id><IBAN>{IBAN}</IBAN></Id></Acct>"
        + balance("OPBD", opening, days[0])
        + balance("CLBD", opening + total, days[1])
        + "".join(entries)
        + "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def entry(cents: int, text: str, reference: str, day: str = "2026-03-02") -> str:
    """A booked entry."""
    return (
        f'<Ntry><Amt Ccy="EUR">{abs(cents) / 100:.2f}</Amt>'
        f"<CdtDbtInd>{'CRDT' if cents >= 0 else 'DBIT'}</CdtDbtInd>"
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>"
        f"<AcctSvcrRef>{reference}</AcctSvcrRef>"
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd>"
        "<SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
        "<NtryDtls><TxDtls>"
        f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def account(world: World, code: str = "CONTO") -> None:
    """The programme's account, opened once for the module."""
    known = world.get("/bank-accounts", "finance").json()["items"]
    if not any(each["code"] == code for each in known):
        body = {"code": code, "name": "Conto doti", "iban": "IT60 X054 2811 1010 0000 0123 456"}
        world.done("/bank-accounts", body, "finance")


def send(world: World, content: bytes, who: str = "finance", **fields: str) -> Any:  # noqa: ANN401
    return world.call(
        "POST",
        "/statements",
        who,
        data={"account": "CONTO", **fields},
        files={"file": ("estratto.xml", content)},
    )


def balances(world: World) -> dict[str, Any]:
    world.settle()
    answer = world.get("/trial-balance", "auditor")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    assert found["sum_cents"] == sum(found["cash"].values()) == sum(found["budget"].values()) == 0
    return found


def test_a_file_comes_in_once(world: World) -> None:
    account(world)
    content = camt(
        entry(-300_00, "AFFITTO", "R1"), entry(-1_20, "COMMISSIONI", "R2"), total=-301_20
    )
    looked = send(world, content, preview="true")
    assert (looked.status_code, looked.json()["new_lines"], looked.json()["written"]) == (
        200,
        2,
        False,
    )
    answer = send(world, content)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["statements"], told["lines"], told["new_lines"]) == (1, 2, 2)
    assert (told["duplicate_lines"], told["errors"], told["written"]) == (0, [], True)
    before = balances(world)
    assert before["cash"]["bank"] == 698_80
    again = send(world, content)
    assert (again.status_code, again.json()["new_lines"]) == (200, 0)
    assert again.json()["duplicate_lines"] == 2
    assert balances(world) == before
    shown = world.get("/statements", "coordinator").json()["items"]
    assert [(s["opening_cents"], s["closing_cents"], s["new_lines"]) for s in shown] == [
        (1_000_00, 698_80, 2)
    ]
    then = world.get(f"/trial-balance?at={before['log_index'] - 1}", "auditor").json()
    assert then["sum_cents"] == 0
    assert then["cash"] != before["cash"]
    entries = world.get("/trial-balance/entries?account=bank&limit=1", "auditor").json()
    assert entries["items"][0]["balance_cents"] == 698_80
    assert entries["next_cursor"]
    more = f"/trial-balance/entries?account=bank&cursor={entries['next_cursor']}"
    assert len(world.get(more, "auditor").json()["items"]) == 2


def test_a_statement_that_does_not_add_up_waits_for_a_decision(world: World) -> None:
    account(world)
    content = camt(entry(-10_00, "SCUOLA", "R3", "2026-04-02"), opening=698_80, total=-11_00)
    before = balances(world)
    answer = send(world, content)
    assert (answer.status_code, answer.json()["written"]) == (200, False)
    assert answer.json()["new_lines"] == 0
    assert [set(error) for error in answer.json()["errors"]] == [{"where", "msg"}]
    assert balances(world) == before
    assert send(world, content, despite_errors="true").json()["new_lines"] == 1


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "validation"),
        (b"%PDF-1.4 nothing of ours", 415, "unsupported_media"),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', 415, None),
    ],
    ids=["empty", "pdf", "entities"],
)
def test_what_is_no_statement_is_refused(
    world: World, content: bytes, status: int, code: str | None
) -> None:
    account(world)
    problem(send(world, content), status, code or "unsupported_media")


def test_an_unknown_account_and_an_account_twice(world: World) -> None:
    account(world)
    problem(send(world, camt(), account="ALTRO"), 422, "validation")
    body = {"code": "CONTO2", "name": "Lo stesso", "iban": IBAN}
    problem(world.post("/bank-accounts", body, "coordinator"), 409, "duplicate")
    wrong = {**body, "iban": "IT00X0542811101000000123456"}
    problem(world.post("/bank-accounts", wrong, "coordinator"), 422, "validation")


def test_only_who_keeps_the_money_brings_files_in(world: World) -> None:
    account(world)
    for who in ("operator", "approver", "coordinator", "auditor"):
        problem(send(world, camt(), who), 403, "forbidden")
    problem(world.get("/trial-balance", "operator"), 403, "forbidden")


def test_a_file_under_a_key_is_answered_again_and_another_one_is_refused(world: World) -> None:
    iban = "IT43K0310412701000000820420"
    world.done("/bank-accounts", {"code": "CHIAVE", "name": "Conto", "iban": iban}, "finance")

    def of_march(cents: int) -> bytes:
        file = camt(entry(cents, "CON CHIAVE", "K1", "2026-03-09"), opening=70_00, total=cents)
        return file.replace(IBAN.encode(), iban.encode())

    content = of_march(-7_00)

    def keyed(data: bytes, **fields: str) -> Any:  # noqa: ANN401
        return world.call(
            "POST",
            "/statements",
            "finance",
            data={"account": "CHIAVE", **fields},
            files={"file": ("estratto.xml", data)},
            headers={"Idempotency-Key": "statement-1"},
        )

    first = keyed(content)
    assert (first.status_code, first.json()["new_lines"]) == (201, 1), first.text
    assert "Idempotent-Replayed" not in first.headers
    # A statement of April begins with another balance: what is missing now was not so then.
    later = of_march(-8_00).replace(b"03-31", b"04-30").replace(b"2026-03-", b"2026-04-")
    apart = send(world, later, account="CHIAVE")
    assert (apart.status_code, len(apart.json()["warnings"])) == (201, 1), apart.text
    again = keyed(content)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    problem(keyed(later), 422, "idempotency_conflict")
    problem(keyed(content, despite_errors="true"), 422, "idempotency_conflict")
