"""Bank statements: files come in, and what came in."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Path, UploadFile
from fastapi import status as http
from pydantic import Field, Json, TypeAdapter

from api.v1 import PREFIX, cursors
from api.v1 import bank_schemas as schemas
from api.v1.bodies import OpenBankAccountBody, RemoveColumnsBody, SaveColumnsBody
from api.v1.commands import Call, TheCall
from api.v1.dependencies import (
    Cursor,
    Limit,
    SignedIn,
    TheLanguage,
    TheServices,
    json_only,
    multipart_only,
)
from api.v1.describing import ALWAYS, command, command_of_several, refusals
from api.v1.reconciling import Lines
from api.v1.statement_files import Asked, Looked, bring_in, fingerprint, look, received, said
from api.v1.statement_view import chosen, columns_used, table_preview
from api.v1.waiting import READ
from api.wiring import Services
from domain.programme import PROGRAMME_ID
from domain.text import Code
from projections.reconciliation import queries
from workflows.engine import Outcome
from workflows.payment_commands import ChosenColumns
from workflows.statements import open_bank_account, remove_columns, save_columns

router = APIRouter(prefix=PREFIX, tags=["bank"])

AccountCode = Annotated[Code, Path(description="The account's code.", examples=["CONTO"])]
TheAccount = Annotated[Code, Form(examples=["CONTO"])]
TheColumns = Annotated[
    Json[ChosenColumns] | None,
    Form(
        description="For CSV and XLSX: which column tells what, as JSON, where neither what was "
        "saved for the account nor what is guessed is right."
    ),
]
LineKey = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,5}:[1-9][0-9]{0,5}$")]
Decided = Annotated[
    Json[dict[LineKey, Literal["known", "new"]]] | None,
    Form(description="Of lines in doubt, by their keys, whether they are known or new, as JSON."),
]
_PLACE = TypeAdapter(tuple[date | None, datetime, UUID])
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
    "/bank-accounts/{code}/columns",
    dependencies=[Depends(json_only)],
    **command(201, on_dote=False),
)
def save(code: AccountCode, body: SaveColumnsBody, call: TheCall) -> schemas.BankAccounts:
    """Tables of the account are read like this from now on, under a name; answers all accounts."""
    call.run(lambda work: save_columns(work, code, body), body)
    return _accounts(call.services)


@router.post(
    "/bank-accounts/{code}/columns/removal",
    dependencies=[Depends(json_only)],
    **command(200, on_dote=False),
)
def remove(code: AccountCode, body: RemoveColumnsBody, call: TheCall) -> schemas.BankAccounts:
    """Tables of the account are not read like this any more; answers all accounts."""
    call.run(lambda work: remove_columns(work, code, body), body)
    return _accounts(call.services)


@router.post(
    "/statements/preview",
    dependencies=[Depends(multipart_only)],
    responses=refusals(*ALWAYS, 404, 413, 415),
)
def preview_table(
    file: TheStatement,
    account: TheAccount,
    services: TheServices,
    language: TheLanguage,
    _: SignedIn,
    columns: TheColumns = None,
) -> schemas.TablePreview:
    """The first rows of a CSV or XLSX, and what they become. Nothing is written."""
    data = received(services, file.file)
    asked = Asked(account, columns.mapping() if columns else None)
    return table_preview(services, data, file.filename or "", asked, language)


@router.post(
    "/statements",
    dependencies=[Depends(multipart_only)],
    **command_of_several(schemas.Imported),
)
def import_file(
    file: TheStatement,
    account: TheAccount,
    call: TheCall,
    preview: Annotated[bool, Form(description="Only look: nothing is written.")] = False,
    despite_errors: Annotated[
        bool, Form(description="Bring in what can be read, although something is wrong.")
    ] = False,
    columns: TheColumns = None,
    decided: Decided = None,
) -> schemas.Imported:
    """A file of statements comes in. What is known already changes nothing, in whatever format it
    came first. Where something is wrong nothing comes in, unless that is asked for; nor where it
    is not certain whether lines are known, until that is decided."""
    asked = Asked(account, columns.mapping() if columns else None, _places(decided or {}))
    data = received(call.services, file.file)
    looked = look(call.services, data, file.filename or "", asked)
    if preview or looked.waits(despite=despite_errors):
        call.answer(http.HTTP_200_OK)
        figures = _figures(call, looked, looked.new_lines if preview else 0)
        return _told(call, looked, figures, written=False)
    request = call.request(None, **fingerprint(looked), despite_errors=str(despite_errors))

    def do() -> Outcome:
        done = bring_in(call.services, request, looked, despite=despite_errors)
        changed = any(outcome.created for outcome in done.outcomes)
        figures = _figures(call, looked, done.new_lines)
        return Outcome(PROGRAMME_ID, 1, created=changed, figures=figures)

    return _told(call, looked, call.several(request, do).figures, written=True)


@router.get("/statements", dependencies=READ, responses=refusals(*ALWAYS))
def statement_list(
    services: TheServices, _: SignedIn, cursor: Cursor = None, limit: Limit = 100
) -> schemas.Statements:
    """The statements that came in, the newest first."""
    after = cursors.read("statements", _PLACE, cursor)
    with services.database.transaction() as tx:
        found = queries.statement_list(tx, limit + 1, after)
    items = found[:limit]
    last = items[-1].place if len(found) > limit else None
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
            for each in items
        ],
        next_cursor=cursors.write("statements", _PLACE, last),
    )


def _accounts(services: Services) -> schemas.BankAccounts:
    known = services.register.programme().bank_accounts.values()
    return schemas.BankAccounts(
        items=[
            schemas.BankAccount(
                code=each.code,
                name=each.name,
                iban=each.iban,
                columns=[
                    schemas.SavedColumns(name=name, columns=chosen(columns))
                    for name, columns in each.columns.items()
                ],
            )
            for each in known
        ]
    )


def _figures(call: Call, looked: Looked, new: int) -> dict[str, Any]:
    """What cannot be found out again once the file is in: what was new, and what was missing."""
    missing = said(looked.gaps, call.view.language)
    return {"new_lines": new, "duplicate_lines": looked.known_lines, "gaps": missing}


def _told(
    call: Call, looked: Looked, figures: dict[str, Any], *, written: bool
) -> schemas.Imported:
    language = call.view.language
    warnings = [*said(looked.warnings, language), *figures["gaps"]]
    return schemas.Imported(
        statements=len(looked.statements),
        lines=looked.lines,
        new_lines=figures["new_lines"],
        duplicate_lines=figures["duplicate_lines"],
        written=written,
        format=looked.read.file.format,
        columns_used=columns_used(looked.read, looked.asked),
        in_doubt=_in_doubt(call, looked),
        errors=[schemas.Told(where=w, msg=m) for w, m in said(looked.errors, language)],
        warnings=[schemas.Told(where=w, msg=m) for w, m in warnings],
    )


def _places(decided: dict[str, Literal["known", "new"]]) -> dict[tuple[int, int], bool]:
    """Keys as places, and whether each is new."""
    found = {}
    for key, word in decided.items():
        statement, _, line = key.partition(":")
        found[int(statement), int(line)] = word == "new"
    return found


def _in_doubt(call: Call, looked: Looked) -> list[schemas.InDoubt]:
    lines = Lines(call.services, call.view.actor, call.view.language)
    ids: set[UUID] = {like for _, doubt in looked.in_doubt for like in doubt.like}
    with call.services.database.transaction() as tx:
        known = queries.lines(tx, ids)
    return [
        schemas.InDoubt(
            key=f"{nth}:{doubt.nth}",
            where=doubt.line.where,
            booked_on=doubt.line.booked_on,
            amount_cents=doubt.line.amount_cents,
            name=doubt.line.counterparty_name,
            remittance=doubt.line.remittance,
            like=[lines.shown(known[like]) for like in doubt.like if like in known],
        )
        for nth, doubt in looked.in_doubt
    ]
