"""Bank statements: files come in, and what came in."""

from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi import status as http

from api.v1 import PREFIX
from api.v1 import bank_schemas as schemas
from api.v1.bodies import OpenBankAccountBody
from api.v1.commands import Call, TheCall
from api.v1.dependencies import Limit, SignedIn, TheServices, json_only, multipart_only
from api.v1.describing import ALWAYS, command, command_of_several, refusals
from api.v1.statement_files import Looked, bring_in, look, said
from api.v1.waiting import READ
from api.wiring import Services
from domain.text import Code
from projections.reconciliation import queries
from workflows.statements import open_bank_account

router = APIRouter(prefix=PREFIX, tags=["bank"])

TheStatement = Annotated[
    UploadFile, File(description="camt.053, camt.054, MT940, CBI RH, CSV or XLSX.")
]


@router.get("/bank-accounts", dependencies=READ, responses=refusals(*ALWAYS, 404))
def bank_accounts(services: TheServices, _: SignedIn) -> schemas.BankAccounts:
    """The programme's accounts at banks."""
    return _accounts(services)


@router.post("/bank-accounts", dependencies=[Depends(json_only)], **command(201, on_dote=False))
def open_account(body: OpenBankAccountBody, call: TheCall) -> schemas.BankAccounts:
    """The programme has an account at a bank; answers all of them."""
    call.run(lambda work: open_bank_account(work, body.code, body.name, body.iban), body)
    return _accounts(call.services)


@router.post(
    "/statements",
    dependencies=[Depends(multipart_only)],
    **command_of_several(schemas.Imported),
)
def import_file(
    file: TheStatement,
    account: Annotated[Code, Form(examples=["CONTO"])],
    call: TheCall,
    preview: Annotated[bool, Form(description="Only look: nothing is written.")] = False,
    despite_errors: Annotated[
        bool, Form(description="Bring in what can be read, although something is wrong.")
    ] = False,
) -> schemas.Imported:
    """A file of statements comes in. What is known already changes nothing. Where something is
    wrong nothing comes in, unless that is asked for."""
    looked = look(call.services, file.file, file.filename or "", account)
    if preview or (looked.errors and not despite_errors):
        call.answer(http.HTTP_200_OK)
        return _told(call, looked, looked.new_lines if preview else 0, written=False)
    request = call.request(None, sha256=looked.sha256, account=account)
    done = bring_in(call.services, request, looked, despite=despite_errors)
    changed = any(outcome.created for outcome in done.outcomes)
    call.answer(http.HTTP_201_CREATED if changed else http.HTTP_200_OK)
    return _told(call, looked, done.new_lines, written=True)


@router.get("/statements", dependencies=READ, responses=refusals(*ALWAYS))
def statement_list(services: TheServices, _: SignedIn, limit: Limit = 100) -> schemas.Statements:
    """The statements that came in, the newest first."""
    with services.database.transaction() as tx:
        found = queries.statement_list(tx, limit)
    return schemas.Statements(
        items=[
            schemas.StatementShown(
                id=each.id,
                account=each.account,
                format=each.format,
                number=each.number,
                from_on=each.from_on,
                to_on=each.to_on,
                opening_cents=each.opening_cents,
                closing_cents=each.closing_cents,
                lines=each.lines,
                new_lines=each.new_lines,
                at=each.at,
            )
            for each in found
        ]
    )


def _accounts(services: Services) -> schemas.BankAccounts:
    known = services.register.programme().bank_accounts.values()
    return schemas.BankAccounts(
        items=[
            schemas.BankAccount(code=each.code, name=each.name, iban=each.iban) for each in known
        ]
    )


def _told(call: Call, looked: Looked, new: int, *, written: bool) -> schemas.Imported:
    language = call.view.language
    return schemas.Imported(
        statements=len(looked.file.statements),
        lines=looked.lines,
        new_lines=new,
        duplicate_lines=looked.lines - looked.new_lines,
        written=written,
        format=looked.file.format,
        errors=[schemas.Told(where=w, msg=m) for w, m in said(looked.errors, language)],
        warnings=[schemas.Told(where=w, msg=m) for w, m in said(looked.warnings, language)],
    )
