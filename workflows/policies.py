"""Adopting rules. Whatever is refused leaves those in force as they are."""

from domain.policy import Rules
from domain.programme import PROGRAMME_ID
from workflows.engine import Outcome, Work
from workflows.programme import as_coordinator


def adopt(work: Work, rules: Rules) -> Outcome:
    """The coordinator adopts the next version of the rules; `figures` says which one it is.

    Of two adoptions at the same time one wins, and the other is decided again on top of it.
    """
    by = as_coordinator(work, "adopt_policy")
    programme = work.programme()
    work.check_version(programme.version)
    event = work.store.append(programme.adopt(work.stamp(by), rules))
    return Outcome(
        PROGRAMME_ID,
        event.originator_version,
        created=True,
        figures={"version": event.policy.version},
    )
