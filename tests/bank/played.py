"""A year of a bank's files, brought into a real register month by month, and what is proposed.

After each file its lines are proposed for; what is certain is counted against the truth, and then
the month is done as a person would: every line is what it truly was. So the next month finds what a
register finds: payments that went out, came back, or were ordered again.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from hashlib import sha256
from uuid import UUID, uuid4, uuid5

from domain.events.bank import MatchKind
from domain.proposals import Grade, Proposal
from domain.reconciliation import propose
from domain.text import folded
from projections.reconciliation import candidates, queries
from tests.bank.year import File, Movement, Payment, Year
from tests.register import TestRegister
from tests.workflows.banking import ACCOUNT
from workflows.bank import Statement, read
from workflows.engine import Outcome, Work
from workflows.eventstore.bank import Bank
from workflows.known_lines import Source, sort_out
from workflows.statements import import_statement

_SPACE = UUID(int=0xD071)
_ORDER = """
INSERT INTO payments (id, dote_id, number, n, state, partner, category, item, household_id,
    payee_id, amount_cents, batch_id, since)
VALUES (%(id)s, %(dote_id)s, %(dote)s, %(n)s, 'authorised', 'ROCCA', 'EMERGENZA', 'AFFITTO',
    %(dote_id)s, %(payee_id)s, %(cents)s, %(batch_id)s, %(at)s)
"""
_BATCH = """
INSERT INTO payment_batches (id, version, number, method, execution_date, state, payments,
    total_cents, prepared_at, prepared_by)
VALUES (%(id)s, 1, %(number)s, 'bank_transfer', %(day)s, 'authorised', 1, 1, %(at)s, %(id)s)
ON CONFLICT DO NOTHING
"""
_PAYEE = """
INSERT INTO payees (id, name_token, iban_token) VALUES (%(id)s, %(name)s, %(iban)s)
ON CONFLICT DO NOTHING
"""
_OUT = """
UPDATE payments SET state = %(state)s, disbursement_n = n, executed_on = %(day)s WHERE id = %(id)s
"""
_SHOWN = """
INSERT INTO bank_shown (dote_id, n, kind, match_id, line_id)
VALUES (%(dote_id)s, %(n)s, %(kind)s, %(match_id)s, %(line_id)s) ON CONFLICT DO NOTHING
"""
_DONE = "UPDATE line_list SET open_cents = 0 WHERE id = ANY (%(ids)s)"
_LINES = """
SELECT id, reference_token, booked_on, amount_cents FROM bank_lines ORDER BY booked_on, id
"""


@dataclass
class Played:
    """What came of it. `payments`: lines that truly are payments; `certain`: those that were said
    to be certain, `right` those of them that are; `left`: the others, by what they truly are and
    what was proposed."""

    lines: int = 0
    known: int = 0
    doubts: int = 0
    payments: int = 0
    certain: int = 0
    right: int = 0
    left: Counter[tuple[str, Grade]] = field(default_factory=Counter)

    @property
    def precision(self) -> float:
        """How many of the certain ones are right."""
        return self.right / self.certain if self.certain else 1.0

    @property
    def recall(self) -> float:
        """How many of the payments are certain."""
        return self.right / self.payments if self.payments else 1.0


def play(register: TestRegister, year: Year, files: Iterable[File]) -> Played:
    """Brings the files in, each with the payments that were ordered until then."""
    office = _Office(register, year)
    for file in files:
        office.month(file)
    return office.played


class _Office:
    """Who keeps the programme's money, for a year."""

    def __init__(self, register: TestRegister, year: Year) -> None:
        self.register = register
        self.waiting = sorted(year.payments, key=lambda each: each.ordered_on)
        self.by_id = {each.id: each for each in year.payments}
        self.played = Played()
        self.truth: dict[UUID, Movement] = {}
        index = register.engine.index
        index.begin()
        self.by_reference: Mapping[bytes, Movement] = {
            index.mark("bank reference", folded(told.bank_reference)): each
            for each in year.movements
            # A batch of one payment may be told as that payment.
            for told in (each.line, *(each.line.parts if len(each.line.parts) == 1 else ()))
            if told.bank_reference
        }
        self.by_amount: dict[tuple[date, int], list[Movement]] = {}
        for each in year.movements:
            place = (each.line.booked_on, each.line.amount_cents)
            self.by_amount.setdefault(place, []).append(each)

    def month(self, file: File) -> None:
        """A file comes in, its lines are proposed for, and all of them are done."""
        last = max((each.booked_on for each in file.lines), default=date.min)
        self._order([each for each in self.waiting if each.ordered_on <= last])
        self.waiting = [each for each in self.waiting if each.ordered_on > last]
        self._bring_in(file)
        self.register.settle()
        self._identify()
        # What is certain is confirmed at once; then the others are proposed for among what is left.
        sure = [each for each in self._proposals() if each.grade is Grade.CERTAIN]
        self._count(sure)
        self._finish([line_id for each in sure for line_id in each.line_ids])
        rest = self._proposals()
        self._count(rest)
        self._finish([line_id for each in rest for line_id in each.line_ids])

    def _proposals(self) -> list[Proposal]:
        with self.register.database.transaction() as tx:
            lines = [line.open_line() for line in queries.open_lines(tx)]
            return propose(lines, candidates.candidates(tx, lines))

    def _bring_in(self, file: File) -> None:
        told = read(file.data, file.name)
        assert not [each for each in told.troubles if each.lost]
        digest = sha256(file.data).hexdigest()
        for nth, statement in enumerate(told.statements, 1):
            source = Source(told.format, digest, nth)
            decide = partial(
                import_statement,
                account=ACCOUNT,
                source=source,
                statement=statement,
                decided=self._decided(source, statement),
            )
            done = self.register.run(self.register.people.finance, partial(_run, decide))
            self.played.lines += done.figures["new_lines"]
            self.played.known += done.figures["lines"] - done.figures["new_lines"]

    def _decided(self, source: Source, statement: Statement) -> dict[int, bool]:
        """What a person says of lines in doubt, who knows how many of them there are."""
        index, bank = self.register.engine.index, Bank(self.register.database)
        found = sort_out(index, bank, ("CI", ACCOUNT), source, statement, {})
        self.played.doubts += len(found.in_doubt)
        there = Counter((m.line.booked_on, m.line.amount_cents) for m in self.truth.values())
        decided = {}
        for doubt in found.in_doubt:
            place = (doubt.line.booked_on, doubt.line.amount_cents)
            decided[doubt.nth] = there[place] == 0
            there[place] -= 1
        return decided

    def _order(self, payments: Sequence[Payment]) -> None:
        with self.register.database.transaction() as tx, tx.pipeline():
            for each in payments:
                payee_id = uuid5(_SPACE, each.payee.iban)
                batch_id = uuid5(_SPACE, each.batch)
                at = datetime.combine(each.ordered_on, datetime.min.time(), UTC)
                found_by = dict(
                    self.register.engine.index.of_payee(
                        {"name": each.payee.name, "iban": each.payee.iban}
                    )
                )
                values = {"id": payee_id, "name": found_by["name"], "iban": found_by["iban"]}
                tx.execute(_PAYEE, values)
                day = each.ordered_on + timedelta(days=1)
                tx.execute(_BATCH, {"id": batch_id, "number": each.batch, "day": day, "at": at})
                tx.execute(
                    _ORDER,
                    {
                        "id": each.id,
                        "dote_id": uuid5(_SPACE, each.dote),
                        "dote": each.dote,
                        "n": each.n,
                        "payee_id": payee_id,
                        "cents": each.amount_cents,
                        "batch_id": batch_id,
                        "at": at,
                    },
                )

    def _identify(self) -> None:
        """Which movement each line is: by its reference, else by day and amount, in order."""
        with self.register.database.transaction() as tx:
            rows = tx.execute(_LINES).fetchall()
        taken = {id(each) for each in self.truth.values()}
        for row in rows:
            if row["id"] in self.truth:
                continue
            token = row["reference_token"]
            found = None if token is None else self.by_reference[bytes(token)]
            if found is None:
                same = self.by_amount[row["booked_on"], row["amount_cents"]]
                found = next(each for each in same if id(each) not in taken)
            taken.add(id(found))
            self.truth[row["id"]] = found

    def _count(self, found: Sequence[Proposal]) -> None:
        for proposal in found:
            for line_id in proposal.line_ids:
                movement = self.truth[line_id]
                is_payment = movement.kind == MatchKind.PAYMENT
                self.played.payments += is_payment
                if proposal.grade is not Grade.CERTAIN:
                    self.played.left[movement.kind, proposal.grade] += 1
                    continue
                self.played.certain += 1
                told = (proposal.kind, set(proposal.payment_ids))
                self.played.right += told == (movement.kind, set(movement.payments))

    def _finish(self, line_ids: Sequence[UUID]) -> None:
        with self.register.database.transaction() as tx, tx.pipeline():
            for line_id in line_ids:
                movement = self.truth[line_id]
                if movement.kind not in (MatchKind.PAYMENT, MatchKind.RETURN):
                    continue
                state = "executed" if movement.kind == MatchKind.PAYMENT else "returned"
                for name in movement.payments:
                    payment = self.by_id[name]
                    day = movement.line.booked_on
                    tx.execute(_OUT, {"state": state, "day": day, "id": name})
                    shown = {"dote_id": uuid5(_SPACE, payment.dote), "n": payment.n}
                    more = {"kind": movement.kind, "match_id": uuid4(), "line_id": line_id}
                    tx.execute(_SHOWN, {**shown, **more})
            tx.execute(_DONE, {"ids": list(line_ids)})


def _run(decide: Callable[[Work], Outcome], work: Work) -> Outcome:
    return decide(work)
