"""How the doti of the demonstration end, and how many end so."""

from collections.abc import Callable
from dataclasses import dataclass

from api.demo.script import Script
from domain.lifecycle import State

TWO_VOTES_CENTS = 20_000
TRANCHES_CENTS = 12_000


@dataclass(frozen=True, slots=True)
class Fate:
    """A way to end. `weight`: how often. `open_days`: it still waits for somebody, and the last
    act was at most so many working days ago; None: it may have ended at any time.
    `least_cents`: a smaller dote has no such life.
    """

    state: State
    weight: int
    write: Callable[[Script], object]
    open_days: int | None = None
    least_cents: int = 0


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
    script.bounce(1)


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


# The first eight are the eight states: the smallest demonstration has them all.
FATES = (
    Fate(State.REQUESTED, 14, Script.papers, open_days=9),
    Fate(State.ASSESSED, 9, _assessed, open_days=7),
    Fate(State.APPROVED, 9, _approved, open_days=6),
    Fate(State.DISBURSED, 14, _paid, open_days=35),
    Fate(State.ACCOUNTED_FOR, 130, _accounted),
    Fate(State.REJECTED, 9, _rejected),
    Fate(State.WITHDRAWN, 8, _withdrawn),
    Fate(State.REVOKED, 5, _revoked),
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
