"""What is said of each event: THE table of their sentences, for stories and for the whole log.

What comes before the first value of a sentence is the name of its kind: `Approved, {amount}` is
about something that was approved. A test sees to it that this holds in both languages.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from api import languages
from api.languages import Language, translate
from api.pages.say import N_
from domain.days import day_here
from domain.events import (
    account,
    bank,
    dote,
    household,
    payee,
    payment_batch,
    programme,
    redaction,
    rendiconto,
)
from domain.events.base import Event
from domain.events.programme import BudgetLine
from domain.lifecycle import Stage

TOLD: Mapping[type[Event], str] = {
    dote.DoteRequested: N_("Requested, {amount}"),
    dote.DocumentAttached: N_("Paper attached: {kind}"),
    dote.DocumentsRequested: N_("Papers asked for, until {due}"),
    dote.DocumentsProvided: N_("Papers provided"),
    dote.CapOverridden: N_("Household's limit lifted, up to {amount}"),
    dote.ApprovalGiven: N_("Vote in favour, {amount}"),
    dote.DoteApproved: N_("Approved, {amount}"),
    dote.DoteRejected: N_("Rejected"),
    dote.AppealLodged: N_("Appeal lodged"),
    dote.DoteWithdrawn: N_("Withdrawn"),
    dote.DoteRevoked: N_("Revoked"),
    dote.PaymentOrdered: N_("Put into a payment batch, {amount}"),
    dote.PaymentAuthorised: N_("Payment authorised"),
    dote.PaymentCancelled: N_("Taken out of a payment batch, {amount}"),
    dote.DoteDisbursed: N_("Paid, {amount}"),
    dote.DisbursementReturned: N_("Payment returned, {amount}"),
    dote.RefundReceived: N_("Money given back, {amount}"),
    dote.DisbursementUndone: N_("Payment undone, {amount}"),
    dote.ReturnUndone: N_("Return undone, {amount}"),
    dote.RefundUndone: N_("Refund undone, {amount}"),
    dote.ReceiptSubmitted: N_("Receipt handed in, {amount}"),
    dote.ReceiptAccepted: N_("Receipt accepted, {amount}"),
    dote.ReceiptDisallowed: N_("Receipt not admitted, {amount}"),
    dote.DoteAccountedFor: N_("Accounted for, the file is closed"),
    dote.DeadlineReminded: N_("Reminder: {stage}"),
    dote.DeadlineEscalated: N_("The coordinator was told of the delay: {stage}"),
    household.HouseholdRegistered: N_("Household registered"),
    household.MemberAdded: N_("Person added to the household"),
    household.PersonalDataRecorded: N_("Household's data recorded anew"),
    household.HouseholdMerged: N_("Household merged with another one"),
    household.HouseholdUnmerged: N_("Merged household parted again"),
    household.ErasureAsked: N_("Erasure asked for"),
    household.ErasureDeclined: N_("Erasure declined"),
    household.ErasureHeld: N_("Erasure put off, until {until}"),
    household.SocialNotesErased: N_("Social notes erased"),
    household.HouseholdErased: N_("Household erased"),
    payee.PayeeRegistered: N_("Payee registered"),
    payee.PayeeIbanChanged: N_("Payee's IBAN changed"),
    payee.PayeeIbanConfirmed: N_("Payee's new IBAN confirmed"),
    payee.PayeeIbanDismissed: N_("Payee's new IBAN thrown away"),
    payee.PayeeErased: N_("Payee erased"),
    payment_batch.BatchPrepared: N_("Payment batch prepared: {number}"),
    payment_batch.BatchAuthorised: N_("Payment batch authorised"),
    payment_batch.BatchExported: N_("File made of a payment batch: {format}"),
    payment_batch.BatchCancelled: N_("Payment batch cancelled"),
    account.AccountOpened: N_("Account opened"),
    account.EmailRecorded: N_("E-mail recorded"),
    account.AccountInvited: N_("Invitation made, good until {until}"),
    account.WorkedFor: N_("Works for a partner from now on: {partner}"),
    account.AccountClosed: N_("Account closed"),
    account.AccountReopened: N_("Account reopened"),
    account.RoleGranted: N_("Role granted: {role}"),
    account.RoleRevoked: N_("Role revoked"),
    account.TokenIssued: N_("Access for a program issued: {role}"),
    account.TokenRevoked: N_("Access for a program revoked"),
    account.DataRevealed: N_("Personal data shown"),
    account.RoleDelegated: N_("Role delegated: {role}"),
    account.DelegationEnded: N_("Delegation ended"),
    account.ConflictDeclared: N_("Conflict of interest declared"),
    account.ConflictLifted: N_("Conflict of interest lifted"),
    programme.ProgrammeOpened: N_("Programme opened: {name}"),
    programme.PartnerJoined: N_("Partner joined: {name}"),
    programme.DeskOpened: N_("Desk opened: {name}"),
    programme.CategoryDefined: N_("Category defined: {name}"),
    programme.ItemDefined: N_("Item defined: {name}"),
    programme.PolicyAdopted: N_("Rules adopted, version {version}"),
    programme.RetentionAdopted: N_("Times of keeping adopted"),
    programme.BankAccountOpened: N_("Bank account opened: {name}"),
    programme.BankColumnsSaved: N_("Columns of a bank's tables saved: {name}"),
    programme.BankColumnsRemoved: N_("Columns of a bank's tables removed: {name}"),
    bank.StatementImported: N_("Bank statement imported: {account}"),
    bank.BankLineImported: N_("Bank line, {amount}"),
    bank.LineMatched: N_("Bank line matched, {amount}"),
    bank.LineUnmatched: N_("Match of a bank line undone, {amount}"),
    bank.LineSetAside: N_("Bank line set aside"),
    bank.LineErased: N_("What the bank wrote on a line erased"),
    programme.FundingGranted: N_("Funds granted, {amount}"),
    programme.BudgetAllocated: N_("Budget allocated, {amount} to {line}"),
    programme.BudgetTransferred: N_("Budget transferred, {amount} from {source} to {target}"),
    programme.PeriodCloseAsked: N_("Closing of a month asked for: {period}"),
    programme.PeriodClosed: N_("Month closed: {period}"),
    programme.PeriodReopenAsked: N_("Opening of a month asked for: {period}"),
    programme.PeriodReopened: N_("Month opened again: {period}"),
    programme.FunderRulesAdopted: N_("Rules of a funder adopted: {name}"),
    rendiconto.RendicontoFrozen: N_("Account of expenses frozen: {name}"),
    rendiconto.RendicontoWithdrawn: N_("Account of expenses withdrawn"),
    redaction.PaperRedacted: N_("Paper of a receipt made fit for others"),
}
"""Of each event; those that say yes or no are beside."""

EITHER: Mapping[tuple[type[Event], bool], str] = {
    (dote.DoteAssessed, True): N_("Assessed favourably, {amount}"),
    (dote.DoteAssessed, False): N_("Assessed unfavourably"),
    (dote.RatificationRecorded, True): N_("Ratified"),
    (dote.RatificationRecorded, False): N_("Not ratified"),
    (dote.AppealDecided, True): N_("Appeal accepted"),
    (dote.AppealDecided, False): N_("Appeal not accepted"),
}
ONE_OR_THE_OTHER: Mapping[type[Event], str] = {
    dote.DoteAssessed: N_("Assessed"),
    dote.RatificationRecorded: N_("Ratified or not"),
    dote.AppealDecided: N_("Appeal decided"),
}
"""The kinds of those, whichever it was."""

GROUPS: Sequence[tuple[str, tuple[type[Event], ...]]] = (
    (N_("Doti"), dote.DoteEvent.__args__),
    (N_("Households"), household.HouseholdEvent.__args__),
    (N_("Payees"), payee.PayeeEvent.__args__),
    (N_("Payment batches"), payment_batch.PaymentBatchEvent.__args__),
    (N_("People and roles"), account.AccountEvent.__args__),
    (N_("Bank"), bank.BankEvent.__args__),
    (N_("Programme and budget"), programme.ProgrammeEvent.__args__),
    (N_("Accounts for funders"), (*rendiconto.RendicontoEvent.__args__, redaction.RedactionEvent)),
)
"""All kinds, by what they are about."""

STAGES: Mapping[Stage, str] = {
    Stage.ASSESSMENT: N_("assessment"),
    Stage.DOCUMENTS: N_("papers"),
    Stage.APPROVAL: N_("approval"),
    Stage.RATIFICATION: N_("ratification"),
    Stage.PAYMENT: N_("payment"),
    Stage.ACCOUNTING: N_("accounting"),
    Stage.APPEAL: N_("appeal"),
}
_NAMED = {
    programme.ProgrammeOpened,
    programme.PartnerJoined,
    programme.DeskOpened,
    programme.CategoryDefined,
    programme.ItemDefined,
    programme.BankAccountOpened,
    programme.BankColumnsSaved,
    programme.BankColumnsRemoved,
}
_OF_PERIODS = {
    programme.PeriodCloseAsked,
    programme.PeriodClosed,
    programme.PeriodReopenAsked,
    programme.PeriodReopened,
}
# The last sign of pause before the first value.
_VALUES = re.compile(r"[,:] [^,:{]*\{")


def sentence_of(event: Event) -> str:
    """The English sentence of an event, with the places of its `facts`."""
    match event:
        case dote.DoteAssessed():
            return EITHER[dote.DoteAssessed, event.favourable]
        case dote.RatificationRecorded():
            return EITHER[dote.RatificationRecorded, event.ratified]
        case dote.AppealDecided():
            return EITHER[dote.AppealDecided, event.accepted]
    return TOLD[type(event)]


def facts(event: Event, language: Language) -> Iterator[tuple[str, object]]:
    """What fills the places of an event's sentence: nothing that is private."""
    for name in ("amount_cents", "proposed_cents"):
        cents = getattr(event, name, None)
        if cents is not None:
            yield "amount", languages.money(language, cents)
    role = getattr(event, "role", None)
    if role is not None:
        yield "role", languages.word(language, role, "role")
    if type(event) in _NAMED:
        yield "name", event.name  # type: ignore[attr-defined]  # these have one
    if type(event) in _OF_PERIODS:
        yield "period", languages.month_and_year(language, event.period)  # type: ignore[attr-defined]
    match event:
        case dote.DocumentAttached():
            yield "kind", languages.word(language, event.kind, "paper")
        case dote.DocumentsRequested():
            yield "due", languages.day(language, event.due)
        case dote.DeadlineReminded() | dote.DeadlineEscalated():
            yield "stage", translate(language, STAGES[event.stage])
        case payment_batch.BatchPrepared():
            yield "number", event.number
        case payment_batch.BatchExported():
            yield "format", event.format
        case household.ErasureHeld():
            yield "until", languages.day(language, event.until)
        case account.AccountInvited():
            yield "until", languages.day(language, day_here(event.until))
        case account.WorkedFor():
            yield "partner", event.partner
        case bank.StatementImported():
            yield "account", event.account
        case programme.FunderRulesAdopted():
            yield "name", event.funder
        case rendiconto.RendicontoFrozen():
            yield "name", event.number
        case programme.PolicyAdopted():
            yield "version", event.policy.version
        case programme.BudgetAllocated():
            yield "line", _line(event.line)
        case programme.BudgetTransferred():
            yield "source", _line(event.source)
            yield "target", _line(event.target)


def kind_of(kind: type[Event], language: Language) -> str:
    """What a kind of event is called."""
    told = ONE_OR_THE_OTHER.get(kind) or TOLD[kind]
    return _VALUES.split(translate(language, told))[0]


def in_two(event: Event, language: Language) -> tuple[str, str]:
    """An event in words: what it is, and the rest of its sentence."""
    told = translate(language, sentence_of(event))
    name = _VALUES.split(told)[0]
    rest = told[len(name) :].lstrip(",: ")
    return name, rest.format(**dict(facts(event, language)))


def _line(line: BudgetLine) -> str:
    return f"{line.partner} · {line.category}"
