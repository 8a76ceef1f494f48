"""How the doti of the demonstration end, and how many end so."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from api.demo.script import Script
from domain.lifecycle import State

TWO_VOTES_CENTS = 20_000
TRANCHES_CENTS = 12_000
LARGE_CENTS = 65_000
"""The coordinator votes on it too, and its papers must be there."""


@dataclass(frozen=True, slots=True)
class Fate:
    """A way to end. `weight`: how often. `open_days`: it still waits for somebody, and the last
    act was at most so many working days ago; None: it may have ended at any time.
    `least_cents`: a smaller dote has no such life. `kin`: those of the same name are for the same
    household, which nobody else is for. `cents`: exactly so much; `begins`: requested when this
    part of the year has passed. `waits_for`: its last payment is in the batch that nobody has
    authorised, or went out with the bank's last batch, or came back; nobody has said so yet.
    """

    state: State
    weight: int
    write: Callable[[Script], object]
    open_days: int | None = None
    least_cents: int = 0
    kin: str | None = None
    cents: int | None = None
    begins: float | None = None
    urgent: bool = False
    waits_for: Literal["batch", "bank", "return"] | None = None


def _assessed(script: Script) -> None:
    script.papers()
    script.assess()


def _assessed_unfavourably(script: Script) -> None:
    script.papers()
    script.assess(favourable=False)


def _one_vote(script: Script) -> None:
    _assessed(script)
    script.vote()


def _approved(script: Script) -> None:
    _assessed(script)
    script.approve()


def _partly_paid(script: Script) -> int:
    """Returns what was paid, in cents."""
    _approved(script)
    first = script.part(script.granted_cents)
    script.pay(first)
    return first


def _paid(script: Script) -> None:
    _approved(script)
    script.pay(script.granted_cents)


def _bounced(script: Script) -> None:
    _paid(script)
    script.bounce()


def _receipt_waits(script: Script) -> None:
    _paid(script)
    script.receipt(script.granted_cents)


def _receipt_accepted(script: Script) -> int:
    """Returns what is not documented yet, in cents."""
    _paid(script)
    first = script.part(script.granted_cents)
    script.accept(script.receipt(first))
    return script.granted_cents - first


def _receipt_disallowed(script: Script) -> None:
    left = _receipt_accepted(script)
    script.disallow(script.receipt(left))


def _refunded(script: Script) -> None:
    _paid(script)
    script.refund(script.part(script.granted_cents))


def _accounted(script: Script) -> None:
    _receipt_waits(script)
    script.accept(script.receipts)
    script.account()


def _accounted_in_tranches(script: Script) -> None:
    first = _partly_paid(script)
    script.pay(script.granted_cents - first)
    for cents in (first, script.granted_cents - first):
        script.accept(script.receipt(cents))
    script.account()


def _accounted_after_bounce(script: Script) -> None:
    _bounced(script)
    script.pay(script.granted_cents)
    script.accept(script.receipt(script.granted_cents))
    script.account()


def _accounted_with_refund(script: Script) -> None:
    left = _receipt_accepted(script)
    script.refund(left)
    script.account()


def _accounted_with_disallowed(script: Script) -> None:
    _receipt_disallowed(script)
    script.account()


def _rejected_at_once(script: Script) -> None:
    script.reject()


def _rejected(script: Script) -> None:
    _assessed_unfavourably(script)
    script.reject()


def _withdrawn(script: Script) -> None:
    script.papers()
    script.withdraw()


def _withdrawn_after_approval(script: Script) -> None:
    _approved(script)
    script.withdraw()


def _revoked(script: Script) -> None:
    _approved(script)
    script.revoke()


def _revoked_in_part(script: Script) -> None:
    paid = _partly_paid(script)
    script.revoke()
    script.accept(script.receipt(paid))


def _papers_asked(script: Script) -> None:
    script.ask_papers()


def _papers_answered(script: Script) -> None:
    script.ask_papers()
    script.answer_papers()


def _accounted_after_papers(script: Script) -> None:
    _papers_answered(script)
    script.assess()
    script.approve()
    script.pay(script.granted_cents)
    script.accept(script.receipt(script.granted_cents))
    script.account()


def _appeal_waits(script: Script) -> None:
    _rejected(script)
    script.appeal()


def _appeal_refused(script: Script) -> None:
    _appeal_waits(script)
    script.decide_appeal(accepted=False)


def _appeal_accepted(script: Script) -> None:
    _appeal_waits(script)
    script.decide_appeal(accepted=True)
    script.assess()
    script.approve()


def _planned(script: Script) -> None:
    _assessed(script)
    first = script.part(script.case.approved_cents)
    script.approve(first_cents=first)
    script.pay(first)


def _over_cap(script: Script) -> None:
    _assessed(script)
    script.override_cap()
    script.approve()
    script.pay(script.granted_cents)


def _urgent(script: Script) -> None:
    script.assess()
    script.approve_urgently()


def _ratified(script: Script) -> None:
    _urgent(script)
    script.ratify()
    script.pay(script.granted_cents)


# The first nine are the nine states: the smallest demonstration has them all. The last ones are
# two households that were granted so much that the rules look closer.
FATES = (
    Fate(State.REQUESTED, 14, Script.papers, open_days=9),
    Fate(State.ASSESSED, 9, _assessed, open_days=7),
    Fate(State.APPROVED, 9, _approved, open_days=6),
    Fate(State.DISBURSED, 14, _paid, open_days=35),
    Fate(State.ACCOUNTED_FOR, 152, _accounted),
    Fate(State.REJECTED, 9, _rejected),
    Fate(State.WITHDRAWN, 8, _withdrawn),
    Fate(State.REVOKED, 5, _revoked),
    Fate(State.DOCUMENT_REQUESTED, 7, _papers_asked, open_days=6),
    Fate(State.ASSESSED, 6, _one_vote, open_days=5, least_cents=TWO_VOTES_CENTS),
    Fate(State.APPROVED, 6, _partly_paid, open_days=12, least_cents=TRANCHES_CENTS),
    Fate(State.DISBURSED, 11, _receipt_waits, open_days=9),
    Fate(State.DISBURSED, 7, _receipt_accepted, open_days=20),
    Fate(State.ACCOUNTED_FOR, 12, _accounted_in_tranches, least_cents=TRANCHES_CENTS),
    Fate(State.ACCOUNTED_FOR, 9, _accounted_with_refund),
    Fate(State.ACCOUNTED_FOR, 6, _accounted_after_bounce),
    Fate(State.ACCOUNTED_FOR, 6, _accounted_with_disallowed),
    Fate(State.DISBURSED, 4, _receipt_disallowed, open_days=15),
    Fate(State.DISBURSED, 4, _refunded, open_days=25),
    Fate(State.APPROVED, 3, _bounced, open_days=8),
    Fate(State.REVOKED, 4, _revoked_in_part, least_cents=TRANCHES_CENTS),
    Fate(State.ASSESSED, 4, _assessed_unfavourably, open_days=7),
    Fate(State.REJECTED, 7, _rejected_at_once),
    Fate(State.WITHDRAWN, 4, _withdrawn_after_approval),
    Fate(State.REQUESTED, 4, _papers_answered, open_days=4),
    Fate(State.ACCOUNTED_FOR, 9, _accounted_after_papers),
    Fate(State.REJECTED, 3, _appeal_waits, open_days=6),
    Fate(State.REJECTED, 2, _appeal_refused),
    Fate(State.APPROVED, 2, _appeal_accepted, open_days=5),
    Fate(State.APPROVED, 4, _planned, open_days=10, least_cents=TRANCHES_CENTS),
    Fate(State.ASSESSED, 3, _one_vote, open_days=4, least_cents=LARGE_CENTS),
    Fate(State.APPROVED, 7, _paid, waits_for="bank"),
    Fate(State.APPROVED, 4, _paid, waits_for="batch"),
    Fate(State.DISBURSED, 1, _bounced, waits_for="return"),
    Fate(State.ACCOUNTED_FOR, 5, _accounted, least_cents=LARGE_CENTS),
    Fate(State.ACCOUNTED_FOR, 0, _accounted, kin="ill", cents=70_000, begins=0.10),
    Fate(State.ACCOUNTED_FOR, 0, _accounted, kin="ill", cents=72_000, begins=0.35),
    Fate(State.DISBURSED, 0, _over_cap, kin="ill", cents=30_000, begins=0.70),
    Fate(State.ACCOUNTED_FOR, 0, _accounted, kin="alone", cents=66_000, begins=0.20),
    Fate(State.DISBURSED, 0, _ratified, kin="alone", cents=14_000, begins=0.75, urgent=True),
    Fate(State.APPROVED, 0, _urgent, open_days=3, kin="alone", cents=12_000, urgent=True),
)


def shares(doti: int) -> list[Fate]:
    """The fates of so many doti: one of each as far as they go, the rest by weight."""
    once = list(FATES[:doti])
    left = doti - len(once)
    total = sum(fate.weight for fate in FATES)
    exact = [left * fate.weight / total for fate in FATES]
    counts = [int(share) for share in exact]
    by_remainder = sorted(range(len(FATES)), key=lambda nth: counts[nth] - exact[nth])
    for nth in by_remainder[: left - sum(counts)]:
        counts[nth] += 1
    return once + [fate for fate, count in zip(FATES, counts, strict=True) for _ in range(count)]
