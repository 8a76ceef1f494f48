"""Bank statements: from the bytes of a file to its movements, in every format that banks hand out.

Pure: nothing is opened, stored or asked for. `read` refuses (`DomainError`) what is no bank
statement, or is dangerous; what it can read but not trust comes as `Trouble` with its place,
beside the lines that were read.
"""

from workflows.bank.model import Line, Mapping, Statement, StatementFile, Trouble
from workflows.bank.reading import Preview, guess_mapping, preview, read

__all__ = [
    "Line",
    "Mapping",
    "Preview",
    "Statement",
    "StatementFile",
    "Trouble",
    "guess_mapping",
    "preview",
    "read",
]
