"""Reads a bank file: which format it is is found out from its content, never from its name."""

from domain.errors import EmptyFile, NoBankStatement
from workflows.bank.model import Mapping, StatementFile


def read(  # the formats come one by one
    data: bytes,
    name: str,  # noqa: ARG001
    mapping: Mapping | None = None,  # noqa: ARG001
) -> StatementFile:
    """What the file tells.

    `name` is only there to tell .csv from .txt where the content says nothing; `mapping` is for
    tables (CSV, XLSX), and guessed where there is none. Raises a `DomainError` for a file that is
    refused as a whole; never anything else.
    """
    if not data.strip():
        raise EmptyFile
    raise NoBankStatement
