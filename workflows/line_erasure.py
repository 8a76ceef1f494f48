"""What the bank wrote on a line goes when its time is over, if it went with no household before."""

from uuid import UUID

from domain.actors import SYSTEM
from domain.bank_line import BankLine
from workflows.engine import Outcome, Work


def time_is_over(work: Work, line_id: UUID) -> Outcome:
    """The register erases what a line says of persons; its amount, day and matches stay."""
    work.store.begin(("stream", line_id))
    line, programme = work.register.bank_line(line_id), work.programme()
    event = line.erase(
        work.stamp(SYSTEM.sign(SYSTEM.grants[0])),
        programme.retention,
        programme.retention_since,
        is_needed=_shows_somebody(work, line),
    )
    work.vault.erase(line_id)
    work.store.belongings.forget_lines([line_id])
    return Outcome(line_id, work.store.append(event).originator_version)


def _shows_somebody(work: Work, line: BankLine) -> bool:
    """Whether it shows money of a household that is still there."""
    doti = {paid.dote_id for known in line.matches for paid in known.payments}
    homes = {work.register.dote(dote_id).household_id for dote_id in doti}
    return any(work.register.household(home).erased is None for home in homes)
