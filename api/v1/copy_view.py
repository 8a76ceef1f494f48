"""Puts together all that is kept of a household, for its people."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from api.documents import words
from api.languages import translate
from api.v1 import copy_schemas
from api.v1.access_list import who_looked
from api.v1.household_answers import Member
from api.v1.views import View
from domain.dote import Dote
from domain.events import dote as events
from domain.events.base import Event
from domain.household import Household, Personal
from domain.programme import Programme
from projections.doti import queries
from projections.doti.queries import PageQuery
from workflows.eventstore.database import Tx

_OF_THE_HOUSEHOLD = frozenset({"personal", "member", "notes"})
_PAPERS = (events.DocumentAttached, events.ReceiptSubmitted)
_VOTES = (events.ApprovalGiven, events.DoteApproved)
PAGE = 100


class CopyView:
    """What one view, which masks nothing, shows of a household."""

    def __init__(self, view: View, programme: Programme) -> None:
        self._view = view
        self._programme = programme

    def copy(self, household: Household) -> copy_schemas.Copy:
        """All that is kept of it."""
        services = self._view.services
        with services.database.transaction() as tx:
            personal = self._personal(household)
            return copy_schemas.Copy(
                made_at=services.engine.clock(),
                programme=self._programme.name,
                partner=household.partner,
                partner_name=self._programme.partners[household.partner].name,
                id=household.id,
                number=household.number,
                district=household.district,
                merged_into=household.merged_into,
                persons=self._persons(household, personal),
                address=None if personal is None else personal.address,
                hardships=self._hardships(household, personal),
                story=self._story(services.register.history(household.id), household.partner),
                doti=[self._dote(dote) for dote in _doti(tx, household.id)],
                looked=self._looked(tx, household.id),
                purposes=self._told(words.PURPOSES),
                retention=self._told(words.RETENTION),
                rights=self._told(words.RIGHTS),
            )

    def _told(self, sentences: Iterable[str]) -> list[str]:
        retention = self._programme.retention.model_dump()
        return [translate(self._view.language, one).format(**retention) for one in sentences]

    def _opened(self, event: Event, name: str, partner: str) -> Any:  # noqa: ANN401  text or a record
        return self._view.opened(event, name, partner, health_data=False)

    def _personal(self, household: Household) -> Personal | None:
        record = self._opened(household.personal, "personal", household.partner)
        return None if record is None else Personal.model_validate(record)

    def _persons(self, household: Household, personal: Personal | None) -> list[Member] | None:
        if personal is None:
            return None
        added = [self._opened(event, "member", household.partner) for event in household.added]
        known = [member.model_dump() for member in personal.members]
        persons = [record for record in [*known, *added] if record]
        return [Member.model_validate({"n": n, **record}) for n, record in enumerate(persons)]

    def _hardships(self, household: Household, personal: Personal | None) -> list[str] | None:
        if household.personal.notes is None:
            # Before they had a key of their own they stood among the personal data.
            return None if personal is None else list(personal.hardships)
        record = self._opened(household.personal, "notes", household.partner)
        return None if record is None else list(record["hardships"])

    def _story(self, history: Sequence[Event], partner: str) -> list[copy_schemas.Happened]:
        return [self._happened(event, partner) for event in history]

    def _happened(self, event: Event, partner: str) -> copy_schemas.Happened:
        found = {name: self._opened(event, name, partner) for name in event.secret_fields}
        records = {
            name: value
            for name, value in found.items()
            if name in _OF_THE_HOUSEHOLD and value is not None
        }
        return copy_schemas.Happened(
            at=event.at,
            what=type(event).__name__,
            sentence=translate(self._view.language, words.STORY[type(event)]),
            role=event.by.role,
            amount_cents=getattr(event, "amount_cents", None),
            texts=list(_texts(found)),
            data=records or None,
        )

    def _dote(self, dote: Dote) -> copy_schemas.CopiedDote:
        history = self._view.services.register.history(dote.id)
        return copy_schemas.CopiedDote(
            id=dote.id,
            number=dote.number,
            category=dote.category,
            item=dote.item,
            item_name=self._programme.categories[dote.category].items[dote.item],
            state=dote.state,
            requested_cents=dote.requested_cents,
            approved_cents=dote.approved_cents,
            disbursed_cents=dote.disbursed_cents,
            payee=self._payee(history, dote.partner),
            payments=[
                copy_schemas.CopiedPayment(
                    n=tranche.n,
                    amount_cents=tranche.amount_cents,
                    value_date=tranche.value_date,
                    method=tranche.method,
                    state=tranche.state,
                )
                for tranche in dote.disbursements
            ],
            papers=[
                self._paper(event, dote.partner) for event in history if isinstance(event, _PAPERS)
            ],
            story=self._story(history, dote.partner),
        )

    def _payee(self, history: Sequence[Event], partner: str) -> copy_schemas.CopiedPayee | None:
        named = [
            one for one in history if isinstance(one, events.ApprovalGiven | events.DoteApproved)
        ]
        record = self._opened(named[-1], "payee", partner) if named else None
        if record is None:
            return None
        own = bool(record.get("household"))
        return copy_schemas.CopiedPayee(
            household=own, name=record.get("name"), iban=record.get("iban") if own else None
        )

    def _paper(
        self, event: events.DocumentAttached | events.ReceiptSubmitted, partner: str
    ) -> copy_schemas.CopiedPaper:
        name = "file" if isinstance(event, events.DocumentAttached) else "details"
        record = self._opened(event, name, partner)
        return copy_schemas.CopiedPaper(
            at=event.at,
            kind=event.kind,
            file_name=None if record is None else record.get("name"),
            media_type=event.media_type,
            size_bytes=event.size_bytes,
        )

    def _looked(self, tx: Tx, household_id: UUID) -> list[copy_schemas.LookedAt]:
        return [
            copy_schemas.LookedAt(
                day=line.day,
                role=line.role,
                what=line.what,
                sentence=translate(self._view.language, words.LOOKED[line.what]),
                times=line.times,
            )
            for line in who_looked(tx, household_id)
            if line.what in words.LOOKED
        ]


def _texts(found: dict[str, Any]) -> Iterator[str]:
    """What was written, and by whom a receipt is; whom somebody else's account belongs to."""
    for name, value in found.items():
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict) and name not in _OF_THE_HOUSEHOLD:
            yield from (value[part] for part in ("issuer", "name") if value.get(part))


def _doti(tx: Tx, household_id: UUID) -> list[Dote]:
    """All its doti, the oldest first."""
    found: list[Dote] = []
    after = None
    while True:
        page = queries.page(tx, PageQuery(None, household_id=household_id, after=after, limit=PAGE))
        found += page.items
        after = page.next_after
        if after is None:
            return found[::-1]
