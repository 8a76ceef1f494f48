"""What every account comes to at a place of the log, from the events themselves.

It goes on from the last closing, so that a month is all that has to be read.
"""

from collections import Counter

from domain import ledger
from domain.cash import NO_CASH, cash_postings
from domain.events.base import EVENT_TYPES
from domain.events.programme import Balance
from domain.periods import Closing
from workflows.eventstore.log import Log

BATCH = 2_000
_NOTHING = ledger.NO_POSTINGS & NO_CASH
MONEY = sorted(kind.__name__ for kind in set(EVENT_TYPES.values()) - _NOTHING)
"""The kinds of events that move money, as the log names them."""

Key = tuple[str, str, str]


class TrialBalance:
    """The accounts after `log_size` events."""

    def __init__(self, since: Closing | None = None) -> None:
        self.log_size = 0 if since is None else since.log_size
        self._cents: Counter[Key] = Counter()
        for known in () if since is None else since.trial_balance:
            self._cents[known.partner or "", known.category or "", known.account] = known.cents

    def go_on(self, log: Log, upto: int) -> None:
        """Adds what was posted since, up to an index of the log."""
        while self.log_size < upto:
            end = min(self.log_size + BATCH, upto)
            for logged in log.part(self.log_size, end, MONEY):
                for posting in ledger.postings(logged.event):
                    line = posting.line
                    where = ("", "") if line is None else (line.partner, line.category)
                    self._cents[(*where, posting.account)] += posting.cents
                for at_bank in cash_postings(logged.event):
                    self._cents["", "", at_bank.account] += at_bank.cents
            self.log_size = end

    def balances(self) -> tuple[Balance, ...]:
        """Every account that is not at 0, in one order."""
        return tuple(
            Balance(
                partner=partner or None, category=category or None, account=account, cents=cents
            )
            for (partner, category, account), cents in sorted(self._cents.items())
            if cents
        )
