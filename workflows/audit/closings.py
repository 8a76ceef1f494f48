"""Checks what the closings of months hold: the log as it stood must make the same.

A closing stands in the log, which proves that nobody has changed it; that its balances were right
is shown by adding them up anew.
"""

from collections.abc import Iterable, Iterator

from domain.events.programme import Balance, PeriodClosed
from workflows.audit import differences as f
from workflows.audit.findings import Finding
from workflows.audit.tree import Tree
from workflows.eventstore.database import Database
from workflows.eventstore.log import Log
from workflows.trial_balance import TrialBalance

ROOT = "root"
_NOTHING = "0"


def check_closings(database: Database) -> Iterator[Finding]:
    """What closings say otherwise than the events before them."""
    log, trial = Log(database), TrialBalance()
    end = log.end()
    for logged in log.part(0, end, [PeriodClosed.__name__]):
        closing = logged.event
        if not isinstance(closing, PeriodClosed):
            continue
        # Never more than there is: what a closing says of later events is wrong in any case.
        size = min(closing.log_size, logged.log_index - 1)
        trial.go_on(log, size)
        said, made = _accounts(closing.trial_balance), _accounts(trial.balances())
        said[ROOT], made[ROOT] = closing.root, Tree(database).root(size).hex()
        for account in sorted(said.keys() | made.keys()):
            told = said.get(account, _NOTHING), made.get(account, _NOTHING)
            if told[0] != told[1]:
                yield f.ClosingDiffers(closing.period, logged.log_index, account, *told)


def _accounts(balances: Iterable[Balance]) -> dict[str, str]:
    return {
        " ".join(filter(None, (each.partner, each.category, each.account))): str(each.cents)
        for each in balances
    }
