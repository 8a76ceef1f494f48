"""A bank's table as it is shown before it comes in: its first rows, and what they become."""

from api.languages import Language
from api.v1 import bank_schemas as schemas
from api.v1.statement_files import Asked, said
from api.wiring import Services
from domain.bank_columns import Mapping
from workflows.bank import Preview, Read, preview
from workflows.payment_commands import ChosenColumns

ROWS = 12


def chosen(mapping: Mapping) -> ChosenColumns:
    """A mapping as JSON has it."""
    return ChosenColumns.of(mapping)


def columns_used(read: Read | Preview, asked: Asked) -> schemas.ColumnsUsed | None:
    """How a table was read; None where the file is none, or nobody knows its columns."""
    if read.mapping is None:
        return None
    guessed = read.name is None and asked.columns is None
    return schemas.ColumnsUsed(name=read.name, guessed=guessed, columns=chosen(read.mapping))


def table_preview(
    services: Services, data: bytes, name: str, asked: Asked, language: Language
) -> schemas.TablePreview:
    """Raises the `DomainError` of a file that is refused as a whole, and `ColumnsUnknown` for one
    that is no table."""
    saved = services.register.programme().bank_account(asked.account).columns
    looked = preview(data, asked.columns, ROWS, name, saved)
    return schemas.TablePreview(
        format=looked.format,
        used=columns_used(looked, asked),
        rows=[schemas.RowShown(number=number, cells=list(cells)) for number, cells in looked.rows],
        lines=[
            schemas.LineRead(
                where=line.where,
                booked_on=line.booked_on,
                value_on=line.value_on,
                amount_cents=line.amount_cents,
                currency=line.currency,
                end_to_end_id=line.end_to_end_id,
                name=line.counterparty_name,
                iban=line.counterparty_iban,
                remittance=line.remittance,
                bank_reference=line.bank_reference,
                return_reason=line.return_reason,
            )
            for line in looked.lines
        ],
        errors=[
            schemas.Told(where=where, msg=msg) for where, msg in said(looked.troubles, language)
        ],
    )
