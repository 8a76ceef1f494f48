"""A bank's file that waits, as its page shows it: what it would become, and what is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from starlette.datastructures import FormData

from api.pages import columns_form
from api.pages.columns_form import Form, Rows
from api.pages.shell import Shell
from api.v1.reconciling import Lines
from api.v1.statement_files import Asked, Looked, Place, look
from domain.actors import Actor
from domain.bank_columns import DELIMITERS
from domain.bank_columns import Mapping as Columns
from domain.errors import ColumnMissing, ColumnsUnknown, DomainError
from projections.reconciliation import queries
from workflows.bank import Preview, preview
from workflows.eventstore.statement_uploads import StatementUpload

ROWS = 12


@dataclass(frozen=True, slots=True)
class DoubtShown:
    """A line in doubt: the name of its field, what was decided so far, and what it may be."""

    field: str
    decided: str
    booked_on: date
    amount_cents: int
    said: str
    like: list[str]


@dataclass(frozen=True, slots=True)
class UploadView:
    """All that the page shows. `looked` None: the file cannot be read so, and `wrong` says why."""

    upload: StatementUpload
    looked: Looked | None
    wrong: DomainError | None
    table: Preview | None
    form: Form

    @property
    def rows(self) -> Rows:
        """The first rows of a table."""
        return () if self.table is None else self.table.rows

    @property
    def mapping(self) -> Columns | None:
        """By what the table is read."""
        return None if self.table is None else self.table.mapping

    @property
    def name(self) -> str | None:
        """Under which name the columns are saved that the table is read by."""
        return None if self.looked is None else self.looked.read.name


def chosen(upload: StatementUpload, sent: FormData) -> dict[str, Any]:
    """What is chosen for a file now: what stands in the form, and else what stood there before."""
    decided = dict(upload.choice.get("decided", {}))
    decided |= {
        name.removeprefix("line_"): str(value)
        for name, value in sent.items()
        if name.startswith("line_") and value in ("known", "new")
    }
    form = columns_form.typed(sent) or upload.choice.get("form", {})
    name = str(sent.get("name", upload.choice.get("name", "")))[:200]
    return {"form": form, "decided": decided, "name": name}


def view(page: Shell, upload: StatementUpload) -> UploadView:
    """The file as it is read with what was chosen so far."""
    table, is_known = _table(page, upload)
    form: Form = upload.choice.get("form", {})
    columns: Columns | None = None
    if table is not None and form:
        rows = _rows(upload, table, form)
        try:
            columns = columns_form.columns_of(form, rows, table.mapping)
        except DomainError as error:
            return UploadView(upload, None, error, replace(table, rows=tuple(rows), lines=()), form)
        if is_known and columns == columns_form.in_order(table.mapping):
            # Nothing was changed: it is still what was saved, or guessed.
            columns = None
        else:
            table = preview(upload.data, columns, ROWS, upload.name)
    elif table is not None and table.mapping is not None:
        form = columns_form.form_of(table.mapping, table.rows)
    try:
        looked = look(page.services, upload.data, upload.name, Asked(upload.bank_account, columns))
    except DomainError as error:
        return UploadView(upload, None, error, table, form)
    return UploadView(upload, looked, None, table, form)


def _table(page: Shell, upload: StatementUpload) -> tuple[Preview | None, bool]:
    """The beginning of a table by what was saved for the account, or is guessed where nothing was;
    and whether it comes in so. Where what was saved does not fit, it is guessed to begin with.
    None of a file that is no table."""
    account = page.services.register.programme().bank_account(upload.bank_account)
    try:
        found = preview(upload.data, None, ROWS, upload.name, account.columns)
        if any(isinstance(each.problem, ColumnMissing) for each in found.troubles):
            return preview(upload.data, None, ROWS, upload.name, {}), False
    except ColumnsUnknown:
        return None, False
    return found, True


def _rows(upload: StatementUpload, table: Preview, form: Form) -> Rows:
    """The first rows, cut by the mark that was chosen."""
    delimiter = form.get("delimiter") or ";"
    if table.format != "CSV" or delimiter not in DELIMITERS:
        return table.rows
    cut = Columns(booked_on=0, amount=1, delimiter=delimiter)
    return preview(upload.data, cut, ROWS, upload.name).rows


def decided_of(upload: StatementUpload) -> dict[Place, bool]:
    """What was decided of lines in doubt, by their places."""
    found = {}
    for key, word in upload.choice.get("decided", {}).items():
        statement, _, line = key.partition("_")
        if statement.isdecimal() and line.isdecimal():
            found[int(statement), int(line)] = word == "new"
    return found


def doubts(page: Shell, actor: Actor, seen: UploadView) -> list[DoubtShown]:
    """The lines of which it is not certain whether they are known, with what was decided."""
    if seen.looked is None:
        return []
    lines = Lines(page.services, actor, page.language)
    ids = {like for _, doubt in seen.looked.in_doubt for like in doubt.like}
    with page.services.database.transaction() as tx:
        known = queries.lines(tx, ids)
    found = []
    for nth, doubt in seen.looked.in_doubt:
        like = [lines.shown(known[line_id]) for line_id in doubt.like if line_id in known]
        line = doubt.line
        found.append(
            DoubtShown(
                field_of(nth, doubt.nth),
                _decided(seen.upload.choice, nth, doubt.nth),
                line.booked_on,
                line.amount_cents,
                " ".join(part for part in (line.counterparty_name, line.remittance) if part),
                [" ".join(part for part in (one.name, one.remittance) if part) for one in like],
            )
        )
    return found


def field_of(nth: int, line: int) -> str:
    """What a form calls a line in doubt."""
    return f"line_{nth}_{line}"


def _decided(choice: Mapping[str, Any], nth: int, line: int) -> str:
    return str(choice.get("decided", {}).get(f"{nth}_{line}", ""))
