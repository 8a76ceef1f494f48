"""The JSON bodies of commands, each with an example in the codes of the demo's programme."""

from typing import Annotated

from fastapi import Body

from api.v1.body import body
from domain.policy import Rules
from workflows import (
    account_commands,
    bulk,
    closing_commands,
    commands,
    payment_commands,
    redactions,
)

_PAYEE = {"name": "Immobiliare Dora srl", "iban": "IT60X0542811101000000123456"}


RequestDoteBody = Annotated[
    commands.RequestDote,
    body(
        partner="ROCCA",
        category="EMERGENZA",
        item="AFFITTO",
        household_id="7d9c6b0a-0d4e-4a1c-9a53-3f1f0c8f2a11",
        amount_cents=15_000,
        need="Affitto di marzo dopo la perdita del lavoro.",
        urgent=False,
    ),
]
RegisterHouseholdBody = Annotated[
    commands.RegisterHousehold,
    body(
        members=[
            {
                "given_name": "Amina",
                "family_name": "Rossi",
                "born": "1988-04-02",
                "id_type": "none",
            }
        ],
        address="via Esempio 1, Torino",
        district="Mirafiori Nord",
        hardships=["lavoro"],
    ),
]
_MEMBER = {
    "given_name": "Samir",
    "family_name": "Rossi",
    "born": "2019-11-23",
    "id_type": "STP",
    "id_value": "STP0100010000012",
    "id_valid_until": "2026-09-30",
    "phone": "+39 333 0000000",
}
AddMemberBody = Annotated[commands.AddMember, body(**_MEMBER)]
RecordPersonalDataBody = Annotated[
    commands.RecordPersonalData,
    body(
        members=[
            {"given_name": "Amina", "family_name": "Rossi", "born": "1988-04-02"},
            {"given_name": "Karim", "family_name": "Esempio", "left_on": "2026-02-28"},
            _MEMBER,
        ],
        address="via Esempio 1, Torino",
        district="Mirafiori Nord",
        hardships=["lavoro"],
    ),
]
SeekHouseholdsBody = Annotated[commands.SeekHouseholds, body(members=[_MEMBER])]
MergeHouseholdBody = Annotated[
    commands.MergeHousehold,
    body(into="7d9c6b0a-0d4e-4a1c-9a53-3f1f0c8f2a11", reason="Registrato due volte."),
]
UnmergeHouseholdBody = Annotated[
    commands.UnmergeHousehold, body(reason="Sono due famiglie con lo stesso nome.")
]
AssessBody = Annotated[
    commands.Assess,
    body(outcome="favourable", proposed_cents=15_000, note="Contratto in regola."),
]
VoteBody = Annotated[commands.Vote, body(amount_cents=15_000, payee=_PAYEE)]
ApproveBody = Annotated[
    commands.Approve,
    body(
        amount_cents=15_000,
        payee=_PAYEE,
        tranches=[{"amount_cents": 10_000}, {"amount_cents": 5_000, "due": "2026-05-01"}],
    ),
]
RequestDocumentsBody = Annotated[
    commands.RequestDocuments,
    body(
        what="Manca il sollecito del proprietario.",
        kinds=["landlord_statement"],
        due_date="2026-04-15",
    ),
]
ProvideDocumentsBody = Annotated[
    commands.ProvideDocuments | None, body(note="Allegato il sollecito di marzo.")
]
OverrideCapBody = Annotated[
    commands.OverrideCap,
    body(amount_cents=15_000, reason="Sfratto già fissato: nessun altro aiuto in tempo."),
]
RatifyBody = Annotated[commands.Ratify, body(ratified=True, note="Urgenza evidente.")]
LodgeAppealBody = Annotated[
    commands.LodgeAppeal, body(reason="Nel frattempo è arrivato lo sfratto.")
]
DecideAppealBody = Annotated[
    commands.DecideAppeal, body(accepted=True, reason="La situazione è cambiata.")
]
RevealBody = Annotated[
    commands.Reveal, body(reason="Controllo a campione delle doti del primo trimestre.")
]
_MANY = {
    "action": "approve",
    "items": [
        {"dote_id": "7d9c6b0a-0d4e-4a1c-9a53-3f1f0c8f2a11", "amount_cents": 15_000},
        {
            "dote_id": "5b0d0f5e-3a44-4b83-8f0c-0c9d1f6f7a22",
            "version": 3,
            "amount_cents": 9_000,
            "payee": _PAYEE,
        },
    ],
}
ManyBody = Annotated[
    bulk.AssessMany | bulk.ApproveMany | bulk.RejectMany,
    Body(discriminator="action", openapi_examples={"example": {"value": _MANY}}),
]
MotivateBody = Annotated[commands.Motivate, body(reason="Il nucleo ha trovato altro aiuto.")]
DisburseBody = Annotated[
    commands.Disburse,
    body(
        amount_cents=15_000,
        value_date="2026-03-31",
        method="bank_transfer",
        reference="CRO 12345678901",
    ),
]
PrepareBatchBody = Annotated[
    payment_commands.PrepareBatch,
    body(
        method="bank_transfer",
        execution_date="2030-04-02",
        payments=[
            {"dote_id": "7d9c6b0a-0d4e-4a1c-9a53-3f1f0c8f2a11"},
            {"dote_id": "5b0d0f5e-3a44-4b83-8f0c-0c9d1f6f7a22", "amount_cents": 9_000},
        ],
    ),
]
CancelBatchBody = Annotated[
    payment_commands.CancelBatch,
    body(reason="La banca ha rifiutato il file: se ne prepara un altro."),
]
ExecutePaymentBody = Annotated[
    payment_commands.ExecutePayment,
    body(value_date="2026-04-02", reference="Ricevuta di cassa 17"),
]
ChangeIbanBody = Annotated[
    payment_commands.ChangeIban, body(iban="IT60X0542811101000000123456", bic="BCITITMM")
]
ReturnBody = Annotated[
    commands.ReturnDisbursement, body(reason="Conto estinto.", value_date="2026-04-02")
]
RefundBody = Annotated[
    commands.RecordRefund,
    body(amount_cents=2_000, value_date="2026-04-10", source="Restituito dal proprietario."),
]
AcceptBody = Annotated[commands.AcceptReceipt | None, body(reason="Quietanza completa.")]
DisallowBody = Annotated[commands.DisallowReceipt, body(reason="Spesa fuori periodo.")]
AccountForBody = Annotated[commands.AccountFor | None, body(note="Fascicolo completo.")]
JoinPartnerBody = Annotated[
    commands.JoinPartner,
    body(
        code="TERRA",
        name="Associazione Esempio aps",
        role="community",
        activity="Accompagnamento e mediazione",
    ),
]
OpenDeskBody = Annotated[
    commands.OpenDesk, body(partner="TERRA", name="Casa del Quartiere Esempio")
]
DefineCategoryBody = Annotated[
    commands.DefineCategory,
    body(code="LAVORO", name="Sostegno al lavoro", provider=None, health_data=False),
]
DefineItemBody = Annotated[
    commands.DefineItem, body(category="EMERGENZA", code="TRASLOCO", name="Trasloco")
]
GrantFundingBody = Annotated[
    commands.GrantFunding, body(funder="Fondazione Esempio", amount_cents=10_000_000)
]
MatchBody = Annotated[
    payment_commands.MatchLines,
    body(
        line_ids=["7d9c6b0a-0d4e-4a1c-9a53-3f1f0c8f2a11"],
        payment_ids=["CI-2026-00042-1"],
        kind="payment",
    ),
]
ConfirmBody = Annotated[
    payment_commands.ConfirmCertain,
    body(
        proposals=[
            {
                "line_ids": ["7d9c6b0a-0d4e-4a1c-9a53-3f1f0c8f2a11"],
                "payment_ids": ["CI-2026-00042-1"],
                "kind": "payment",
            }
        ]
    ),
]
SetAsideBody = Annotated[payment_commands.SetAside, body(reason="Da chiedere alla banca.")]
OpenBankAccountBody = Annotated[
    payment_commands.OpenBankAccount,
    body(code="CONTO", name="Conto doti", iban="IT60X0542811101000000123456"),
]
_COLUMNS = {
    "titles": ["Data contabile", "Valuta", "Importo", "Descrizione"],
    "booked_on": 0,
    "value_on": 1,
    "amount": 2,
    "remittance": [3],
}
SaveColumnsBody = Annotated[
    payment_commands.SaveColumns, body(name="Estratto dal sito", columns=_COLUMNS)
]
RemoveColumnsBody = Annotated[payment_commands.RemoveColumns, body(name="Estratto dal sito")]
AllocateBody = Annotated[
    commands.Allocate,
    body(partner="ROCCA", category="EMERGENZA", amount_cents=500_000, reason="Avvio."),
]
TransferBody = Annotated[
    commands.Transfer,
    body(
        **{
            "from": {"partner": "ROCCA", "category": "EMERGENZA"},
            "to": {"partner": "SSALV", "category": "EMERGENZA"},
            "amount_cents": 50_000,
            "reason": "Rimodulazione di primavera.",
        }
    ),
]
DelegateBody = Annotated[
    commands.Delegate,
    body(
        to="4b1d7f6e-2c55-4a0b-8f0e-5d0c8a7e9b21",
        role="approver",
        since="2026-08-01",
        until="2026-08-31",
        max_cents=30_000,
        reason="Ferie di agosto.",
    ),
]
EndDelegationBody = Annotated[commands.EndDelegation | None, body()]
DeclareConflictBody = Annotated[
    commands.DeclareConflict,
    body(payee={"name": "Cartoleria Esempio snc"}, reason="La titolare è mia sorella."),
]
LiftConflictBody = Annotated[
    commands.LiftConflict, body(reason="L'immobile è stato venduto: il legame non c'è più.")
]
EraseBody = Annotated[
    commands.Motive, body(reason="La persona lo chiede per iscritto (art. 17 GDPR).")
]
RefuseErasureBody = Annotated[
    commands.Motive, body(reason="Il nucleo ha chiesto un nuovo aiuto: i dati servono ancora.")
]
HoldErasureBody = Annotated[
    commands.HoldErasure,
    body(until="2027-06-30", reason="Contenzioso in corso: i documenti servono alla difesa."),
]
RetentionBody = Annotated[
    commands.AdoptRetention,
    body(accounting_years=10, notes_months=24, notice_days=30, small_cell=5),
]
ClosePeriodBody = Annotated[
    closing_commands.ClosePeriod,
    body(reason="Estratto conto riconciliato, nessuna riga in sospeso."),
]
DrawUpBody = Annotated[
    closing_commands.DrawUp,
    body(**{"from": "2026-01-01", "to": "2026-06-30"}, funder="Fondazione Esempio"),
]
WithdrawRendicontoBody = Annotated[
    commands.Motive, body(reason="Il periodo era sbagliato: manca dicembre.")
]
FunderRulesBody = Annotated[
    closing_commands.AdoptFunderRules,
    body(
        funder="Fondazione Esempio",
        rules={
            "categories": ["EMERGENZA"],
            "paid_until": "2026-12-31",
            "papers": ["invoice", "receipt"],
            "cup": "C19J26000010001",
            "wording": "Progetto sostenuto dalla Fondazione Esempio.",
            "columns": [
                {"name": "receipt_no", "title": "N. progressivo"},
                {"name": "receipt_date"},
                {"name": "admitted", "title": "Importo imputato"},
            ],
        },
    ),
]
ReopenPeriodBody = Annotated[
    commands.Motive, body(reason="Manca un bonifico del 30: la banca lo ha comunicato oggi.")
]
OpenAccountBody = Annotated[
    account_commands.InviteAccount,
    body(
        name="Ada Inventata",
        email="ada@example.org",
        works_for="ROCCA",
        grants=[{"role": "operator", "partner": "ROCCA", "until": "2030-12-31"}],
    ),
]
GrantRoleBody = Annotated[
    account_commands.GrantRole,
    body(role="assessor", partner="ROCCA", since="2026-09-01", until="2030-12-31"),
]
CloseAccountBody = Annotated[
    account_commands.CloseAccount, body(reason="Ha lasciato la rete a fine giugno.")
]
EmailBody = Annotated[account_commands.RecordEmail, body(email="ada.inventata@example.org")]
WorkForBody = Annotated[account_commands.WorkFor, body(partner="SSALV")]
NothingBody = Annotated[account_commands.Nothing | None, body()]
IssueTokenBody = Annotated[
    account_commands.IssueToken,
    body(
        role="operator",
        partner="ROCCA",
        label="Statistiche dello sportello",
        read_only=True,
        until="2030-12-31",
    ),
]
PolicyBody = Annotated[
    Rules,
    body(
        title="Regole di primavera",
        items=[
            {
                "item": "AFFITTO",
                "ceiling_cents": 150_000,
                "papers": [{"kind": "rent_contract", "over_cents": 60_000}],
            },
            {"item": "UTENZE", "ceiling_cents": 100_000},
        ],
        bands=[
            {"to_cents": 15_000, "household_to_cents": 60_000},
            {
                "over_cents": 15_000,
                "to_cents": 60_000,
                "approvers": 2,
                "different_partners": True,
            },
            {
                "over_cents": 60_000,
                "approvers": 2,
                "different_partners": True,
                "coordinator": True,
                "in_order": True,
            },
        ],
        caps=[{"days": 365, "cents": 150_000}],
        deadlines=[{"stage": "assessment", "days": 7, "urgent_days": 2}],
        urgent={"to_cents": 15_000, "ratify_days": 5},
        appeal_days=30,
    ),
]
RedactReceiptBody = Annotated[
    redactions.RedactReceipt,
    body(
        areas=[{"page": 1, "left": 10, "top": 15, "right": 60, "bottom": 22}],
        nothing_personal=False,
    ),
]
