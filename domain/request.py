"""Asking for a dote: its first event."""

from uuid import UUID

from domain.events.base import Stamp
from domain.events.dote import DoteRequested
from domain.privacy import Note


def request(
    stamp: Stamp,
    *,
    dote_id: UUID,
    number: str,
    partner: str,
    desk: str,
    category: str,
    item: str,
    household_id: UUID,
    amount_cents: int,
    need: str,
    urgent: bool,
    policy_version: int,
) -> DoteRequested:
    """The first event of a dote, under the policy in force."""
    return DoteRequested.stamped(
        stamp,
        dote_id,
        1,
        number=number,
        partner=partner,
        desk=desk,
        category=category,
        item=item,
        household_id=household_id,
        amount_cents=amount_cents,
        need=Note(household_id, need),
        urgent=urgent,
        policy_version=policy_version,
    )
