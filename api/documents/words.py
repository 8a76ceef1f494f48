"""The sentences of a copy of one's data, in English; the catalogue has the Italian."""

from collections.abc import Mapping

from api.documents import rendiconto_words
from domain.events import dote, household
from domain.events.base import Event
from workflows.eventstore.access_log import Access

STORY: Mapping[type[Event], str] = {
    dote.DoteRequested: "The desk asked for the dote.",
    dote.DocumentAttached: "A paper was added.",
    dote.DocumentsRequested: "Papers were asked for.",
    dote.DocumentsProvided: "The desk answered.",
    dote.DoteAssessed: "The request was assessed.",
    dote.CapOverridden: "The coordinator allowed more than the household's limit.",
    dote.ApprovalGiven: "One of the approvers agreed.",
    dote.DoteApproved: "The dote was approved.",
    dote.RatificationRecorded: "An urgent decision was looked at again.",
    dote.DoteRejected: "The dote was refused.",
    dote.AppealLodged: "A second look was asked for.",
    dote.AppealDecided: "The second look was decided.",
    dote.DoteWithdrawn: "The request was given up.",
    dote.DoteRevoked: "What had not been paid yet was taken back.",
    dote.PaymentOrdered: "A payment was prepared.",
    dote.PaymentAuthorised: "The payment was authorised.",
    dote.PaymentCancelled: "The prepared payment was cancelled.",
    dote.DoteDisbursed: "Money was paid.",
    dote.DisbursementReturned: "A payment came back.",
    dote.RefundReceived: "Money was given back.",
    dote.DisbursementUndone: "A payment had been recorded by mistake.",
    dote.ReturnUndone: "A payment had not come back: that had been recorded by mistake.",
    dote.RefundUndone: "Money given back had been recorded by mistake.",
    dote.ReceiptSubmitted: "A receipt was handed in.",
    dote.ReceiptAccepted: "A receipt was accepted.",
    dote.ReceiptDisallowed: "A receipt was not accepted.",
    dote.DoteAccountedFor: "Every euro was accounted for.",
    dote.DeadlineReminded: "Those whose turn it was were reminded.",
    dote.DeadlineEscalated: "The coordinator was told that it took too long.",
    household.HouseholdRegistered: "The household was registered.",
    household.MemberAdded: "A person was added.",
    household.PersonalDataRecorded: "The data of the household was recorded anew.",
    household.HouseholdMerged: "The household was found to be the same as another one.",
    household.HouseholdUnmerged: "The household was found not to be the same as the other one.",
    household.ErasureAsked: "Erasure was asked for.",
    household.ErasureDeclined: "Erasure was declined.",
    household.ErasureHeld: "Erasure was put off.",
    household.SocialNotesErased: "The social notes were erased.",
    household.HouseholdErased: "The data was erased.",
}
"""What happened, for who it happened to."""

LOOKED: Mapping[Access, str] = {
    Access.HOUSEHOLD_READ: "The household's file was read.",
    Access.DOTE_READ: "A dote was read.",
    Access.HISTORY_READ: "The history of a dote was read.",
    Access.PAPER_READ: "A paper was opened.",
    Access.REVEALED: "Masked data was shown, with a reason.",
    Access.COPIED: "A copy of the data was made.",
    Access.EXPORTED: "A dote was exported, with its private texts enciphered.",
}

PURPOSES = (
    "To understand what is needed and to decide on the help that was asked for.",
    "To pay the help and to account for every euro to who gives the money.",
    "To treat everybody alike, and not to help twice for the same need.",
)
RETENTION = (
    (
        "Papers about money are kept for {accounting_years} years from the end of the year of the "
        "last movement."
    ),
    (
        "What was written down about the household's situation is erased {notes_months} months "
        "after the last thing that happened."
    ),
    "After that the data is erased; dates and amounts stay, without anybody's name.",
)
RIGHTS = (
    "Whoever the data is about may have it corrected and completed.",
    (
        "They may ask that it be erased, or used less, or that its use end, where the law does not "
        "ask for it to be kept."
    ),
    "They may hand it on to others: the same copy can be had as a file for computers (JSON).",
    (
        "They may lodge a complaint with the data protection authority (in Italy the Garante per "
        "la protezione dei dati personali, www.garanteprivacy.it)."
    ),
)

LABELS: Mapping[str, str] = {
    "title": "Copy of one's data",
    "subtitle": "Household {number}, {partner}",
    "made": "Made on {day}",
    "lead": "This is what {programme} keeps of the household and the persons in it, as of the "
    "day above (articles 15 and 20 of the General Data Protection Regulation).",
    "unprintable": "Some signs cannot be printed here and are shown as \u25a1: the file for "
    "computers (JSON) has them.",
    "persons": "Persons",
    "born": "Born on",
    "identifier": "Identifier",
    "valid_until": "valid until {day}",
    "phone": "Phone",
    "left_on": "left on {day}",
    "household": "Household",
    "address": "Address",
    "district": "District",
    "hardships": "Hardships",
    "erased": "Erased",
    "story": "What happened with the household",
    "dote": "Dote {number}: {item}",
    "state": "State",
    "requested": "Requested",
    "approved": "Approved",
    "disbursed": "Paid",
    "happened": "What happened",
    "payments": "Payments",
    "payee": "Paid to",
    "the_household": "the household itself",
    "papers": "Papers",
    "day": "Day",
    "amount": "Amount",
    "method": "By",
    "kind": "Kind",
    "file": "File",
    "role": "Role",
    "what": "What",
    "times": "Times",
    "looked": "Who looked at the data",
    "looked_lead": "Roles and days, from the access log; whoever works here is not named.",
    "nothing": "Nothing.",
    "purposes": "What the data is for",
    "retention": "How long it is kept",
    "rights": "Rights",
    "page": "Page",
}


def sentences() -> list[str]:
    """All of them."""
    return [
        *STORY.values(),
        *LOOKED.values(),
        *PURPOSES,
        *RETENTION,
        *RIGHTS,
        *LABELS.values(),
        *rendiconto_words.sentences(),
    ]
