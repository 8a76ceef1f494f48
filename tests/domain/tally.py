"""What the model of the simulation knows of one dote."""

from dataclasses import dataclass, field
from uuid import UUID

from domain.events.programme import BudgetLine


@dataclass
class Tally:
    """What the model knows of one dote."""

    line: BudgetLine
    household_id: UUID
    urgent: bool = False
    votes: int = 0
    approved: int = 0
    released: int = 0
    revoked: bool = False
    refunded: int = 0
    documented: int = 0
    disallowed: int = 0
    tranches: list[int] = field(default_factory=list)
    bounced: set[int] = field(default_factory=set)
    made_available: int = 0
    receipts: list[int] = field(default_factory=list)

    @property
    def paid(self) -> int:
        """What went out and did not bounce."""
        return sum(c for n, c in enumerate(self.tranches, 1) if n not in self.bounced)

    @property
    def committed(self) -> int:
        """Reserved, and neither paid nor released; nothing is reserved for what was given up."""
        return 0 if self.revoked else self.approved - self.released - self.paid

    @property
    def granted(self) -> int:
        """What the household was granted."""
        return self.approved - self.released - self.refunded - self.made_available
