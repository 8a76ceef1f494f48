"""Withdrawing an account of expenses that was wrong: by whom, and which one can be withdrawn."""

from collections.abc import Iterable

from domain.actors import Actor, Signature
from domain.errors import LaterAccountStands, WithdrawnByAnother
from domain.periods import apart, of_closers
from domain.rendiconto_content import Content


def signature(actor: Actor, frozen_by: Signature) -> Signature:
    """Of who withdraws an account that somebody else drew up."""
    for by in apart(of_closers(actor, "withdraw_rendiconto"), frozen_by):
        return by
    raise WithdrawnByAnother


def check_later(content: Content, standing: Iterable[Content]) -> None:
    """Refuses to withdraw an account upon which a later one was built: of the same funder, which
    tells only what is new; or of another one, to which an expense was not admitted because this one
    has it. What these left out nobody would tell."""
    admitted = {row.log_index for row in content.rows if row.admitted_cents > 0}
    for later in standing:
        if later.number <= content.number:
            continue
        left_out = {row.log_index for row in later.rows if "elsewhere" in row.not_admitted}
        if content.number in later.earlier or admitted & left_out:
            raise LaterAccountStands(content.number, later.number)
