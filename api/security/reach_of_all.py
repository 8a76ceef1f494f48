"""What sees the rows of all partners, whoever asks: each query and each module with its reason.

A query that is not listed takes a scope or a person; a test holds all of them to it.
"""

from collections.abc import Mapping

QUERIES_OF_ALL: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "projections.ledger.trial_balance.trial_balance",
            "projections.ledger.trial_balance.cash_entries",
            "projections.reconciliation.queries.open_lines",
            "projections.reconciliation.balances.newest",
            "projections.reconciliation.balances.month_ends",
            "projections.reconciliation.balances.open_total",
            "projections.reconciliation.balances.open_upto",
            "projections.reconciliation.queries.lines",
            "projections.reconciliation.queries.statement_list",
            "projections.reconciliation.queries.matches",
            "projections.reconciliation.candidates.candidates",
            "projections.reconciliation.candidates.named",
            "projections.reconciliation.candidates.with_tokens",
        ),
        "The bank's side is the whole programme's: only who has a role for all of it asks.",
    ),
    "projections.ledger.queries.balances_at": (
        "All accounts as they stood: the ledger shows those of its scope, the trial balance "
        "adds them up."
    ),
    "projections.doti.double_help.matches": (
        "Help at another desk is to be seen: category, item, day and amount of it; more only to "
        "who may open the other file (api.v1.double_help)."
    ),
    **dict.fromkeys(
        (
            "projections.journal.queries.places",
            "projections.journal.queries.named",
            "projections.journal.queries.numbers",
            "projections.journal.queries.of_household",
        ),
        "Only who may read the whole log searches it; the rows are held back by the database.",
    ),
    **dict.fromkeys(
        (
            "projections.payments.queries.payments",
            "projections.payments.queries.of_batch",
            "projections.payments.due.page",
            "projections.payments.due.payable",
            "projections.payments.due.totals",
            "projections.payments.queries.batches",
        ),
        "Only who pays, or looks on, for the whole programme asks.",
    ),
    **dict.fromkeys(
        ("projections.reconciliation.finding.found", "projections.reconciliation.finding.chosen"),
        "Only who says what lines of the bank were, for the whole programme, looks for payments.",
    ),
    "projections.reconciliation.queries.over_lines": (
        "The register itself looks what time erases; nobody is shown what it finds (api.erasing)."
    ),
    "projections.doti.worklists.alarms": (
        "The register itself looks whom to remind; nobody is shown what it finds (api.deadlines)."
    ),
}
"""The queries on projections that take no scope and no person, and why."""

ACROSS_PARTNERS: Mapping[str, str] = {
    "api.cli.application": "Who works on the machine itself may read its database anyway.",
    "api.pages.programme.simulating": (
        "What rules would have changed is told of the whole programme, to who coordinates it."
    ),
    "api.v1.double_help": "Help at another desk is to be seen, whoever asks.",
    "api.v1.programme": "The whole programme's sums are for everybody who signs in.",
    "workflows.audit.verifications": "The whole register is verified, whoever asked for it.",
    "api.worker": "Who numbers events, fills lists and reminds works for all partners.",
}
"""The modules that see the rows of all partners, whoever asks, and why."""
