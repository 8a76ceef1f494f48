"""Bank statements: from the bytes of a file to its movements, in every format that banks hand out.

Pure: nothing is opened, stored or asked for. `read` refuses (`DomainError`) what is no bank
statement, or is dangerous; what it can read but not trust comes as `Trouble` with its place,
beside the lines that were read.
"""

from domain.bank_columns import Mapping
from workflows.bank.model import Line, Statement, StatementFile, Trouble
from workflows.bank.reading import Preview, Read, guess_mapping, preview, read, read_saved
from workflows.bank.tables import check_titles

__all__ = [
    "Line",
    "Mapping",
    "Preview",
    "Read",
    "Statement",
    "StatementFile",
    "Trouble",
    "check_titles",
    "guess_mapping",
    "preview",
    "read",
    "read_saved",
]
