"""An account of the programme at a bank, and how its tables are read."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from domain.bank_columns import Mapping as Columns

MOST_SAVED = 20
"""So many names there are for the columns of one account."""


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account of the programme at a bank."""

    code: str
    name: str
    iban: str
    columns: Mapping[str, Columns] = field(default_factory=dict)
    """What the columns of its tables tell, by the names that they were saved under; the newest
    last."""

    def without(self, name: str) -> "BankAccount":
        """The account without the columns of a name."""
        left = {known: columns for known, columns in self.columns.items() if known != name}
        return replace(self, columns=left)
