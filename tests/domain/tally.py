"""What the model of the simulation knows of one dote, and what a dote says of itself."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from domain.dote import Dote
from domain.events.programme import BudgetLine
from domain.ledger import Account
from domain.lifecycle import State


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


ENDS = {State.WITHDRAWN, State.ACCOUNTED_FOR}


def is_alive(dote: Dote) -> bool:
    """Whether anything can be done to it, an appeal among it."""
    appealed = dote.appeal is not None and dote.appeal.accepted is not None
    return not (dote.state in ENDS or (dote.state is State.REJECTED and appealed))


def goes_on(dote: Dote) -> bool:
    """Whether somebody has to do something about it."""
    if dote.state is State.REJECTED:
        return dote.appeal is not None and dote.appeal.accepted is None
    if dote.state is State.REVOKED:
        return dote.disbursed_cents > 0
    return dote.state not in ENDS


FIGURES: dict[Account, Callable[[Dote], int]] = {
    Account.COMMITTED: lambda dote: dote.committed_cents,
    Account.DISBURSED: lambda dote: dote.undocumented_cents,
    Account.DOCUMENTED: lambda dote: dote.documented_cents,
    Account.DISALLOWED: lambda dote: dote.disallowed_cents,
}
"""What a dote says of itself and the ledger says of its line."""
