"""What happened to the programme itself, in words."""

from collections.abc import Iterator
from typing import cast

from api import languages
from api.pages.say import N_
from api.pages.timeline import Entry
from api.wiring import Services
from domain.events import programme as events
from domain.events.programme import BudgetLine, ProgrammeEvent
from domain.programme import PROGRAMME_ID, Programme

TOLD = {
    events.ProgrammeOpened: N_("The programme is open"),
    events.PartnerJoined: N_("{name} takes part"),
    events.DeskOpened: N_("Desk opened: {name}"),
    events.CategoryDefined: N_("Category defined: {name}"),
    events.ItemDefined: N_("Item defined: {name}"),
    events.PolicyAdopted: N_("Rules v{version} adopted, in force from {day}"),
    events.RetentionAdopted: N_("Other times of retention adopted"),
    events.FundingGranted: N_("{name} gives {amount}"),
    events.BudgetAllocated: N_("{amount} allocated to {target}"),
    events.BudgetTransferred: N_("{amount} transferred from {source} to {target}"),
    events.PeriodCloseAsked: N_("Closing of {period} asked for"),
    events.PeriodClosed: N_("{period} closed"),
    events.PeriodReopenAsked: N_("Opening of {period} asked for"),
    events.PeriodReopened: N_("{period} opened again"),
    events.FunderRulesAdopted: N_("Rules of {name} adopted, version {version}"),
}
"""What is said of each event."""


def story(
    services: Services,
    known: Programme,
    language: languages.Language,
    *,
    after: int = 0,
    most: int | None = None,
) -> list[Entry]:
    """The events of the programme after a version, the newest first."""
    history = cast("list[ProgrammeEvent]", services.register.history(PROGRAMME_ID))
    shown = [event for event in reversed(history) if event.originator_version > after][:most]
    names = services.accounts.names({event.by.account_id for event in shown})
    return [
        Entry(
            version=event.originator_version,
            what=TOLD[type(event)],
            facts=dict(_facts(event, known, language)),
            at=event.at,
            role=event.by.role,
            partner=event.by.partner,
            name=names.get(event.by.account_id),
            policy_version=None,
            words=tuple(_words(event)),
            by_itself=False,
        )
        for event in shown
    ]


def line_name(line: BudgetLine, known: Programme) -> str:
    """A budget line as people call it."""
    partner = known.partners[line.partner]
    return f"{partner.called} · {known.categories[line.category].name}"


def _facts(
    event: ProgrammeEvent, known: Programme, language: languages.Language
) -> Iterator[tuple[str, object]]:
    match event:
        case events.PolicyAdopted():
            yield "version", event.policy.version
            yield "day", languages.day(language, event.policy.effective_from)
        case events.FundingGranted():
            yield "name", event.funder
        case events.FunderRulesAdopted():
            yield "name", event.funder
            yield "version", event.version
        case (
            events.PeriodCloseAsked()
            | events.PeriodClosed()
            | events.PeriodReopenAsked()
            | events.PeriodReopened()
        ):
            yield "period", languages.month_and_year(language, event.period)
        case events.BudgetAllocated():
            yield "target", line_name(event.line, known)
        case events.BudgetTransferred():
            yield "source", line_name(event.source, known)
            yield "target", line_name(event.target, known)
        case (
            events.PartnerJoined()
            | events.DeskOpened()
            | events.CategoryDefined()
            | events.ItemDefined()
        ):
            yield "name", event.name
    cents = getattr(event, "amount_cents", None)
    if cents is not None:
        yield "amount", languages.money(language, cents)


def _words(event: ProgrammeEvent) -> Iterator[str]:
    reason = getattr(event, "reason", None)
    if reason:
        yield reason
