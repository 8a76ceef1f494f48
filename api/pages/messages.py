"""What a page says once, after something was done: a cookie carries the code, never the words."""

from collections.abc import Mapping

from api.pages.say import N_
from domain.lifecycle import Action

MESSAGES: Mapping[str, str] = {
    "draft_kept": N_("The draft is kept: it waits for you on this page."),
    "draft_thrown_away": N_("The draft was thrown away."),
    "household_persone": N_("The person belongs to the household now."),
    "household_dati": N_("The data are saved."),
    "household_unione": N_("The two records count as one now."),
    "household_separazione": N_("Each record counts by itself again."),
    "household_conflitto": N_("Your conflict of interest is declared."),
    "household_cancellazione": N_("It is done: the page says where the erasure stands."),
    "household_cancellazione-rifiutata": N_("The erasure is declined: the data stay."),
    "household_conservazione": N_("The data are kept until that day."),
    "household_registered": N_("The household is registered."),
    "requested": N_("The request is sent."),
    "request_without_papers": N_(
        "The request is sent, but not all papers are in its file: attach them here."
    ),
    Action.ATTACH_DOCUMENT: N_("The paper is in the file."),
    Action.REQUEST_DOCUMENTS: N_("The papers are asked for: the desk was told."),
    Action.PROVIDE_DOCUMENTS: N_("The answer is recorded: the dote goes on."),
    Action.ASSESS: N_("The assessment is recorded."),
    Action.OVERRIDE_CAP: N_("The household's limit is lifted for this dote."),
    Action.APPROVE: N_("Your vote is recorded."),
    Action.RATIFY: N_("The ratification is recorded."),
    Action.REJECT: N_("The dote is rejected."),
    Action.LODGE_APPEAL: N_("The appeal is lodged."),
    Action.DECIDE_APPEAL: N_("The appeal is decided."),
    Action.WITHDRAW: N_("The dote is withdrawn."),
    Action.REVOKE: N_("The dote is revoked."),
    Action.SUBMIT_RECEIPT: N_("The receipt is handed in."),
    Action.DISBURSE: N_("The payment is recorded."),
    Action.RETURN_DISBURSEMENT: N_("The return is recorded: the money is committed again."),
    Action.RECORD_REFUND: N_("The refund is recorded."),
    Action.ACCEPT_RECEIPT: N_("The receipt is accepted."),
    Action.DISALLOW_RECEIPT: N_("The receipt is not admitted."),
    Action.ACCOUNT_FOR: N_("The file is closed."),
    "signed_out": N_("You are signed out."),
    "password_chosen": N_("Your password is chosen: you are signed in."),
    "password_changed": N_("Your password is changed: everywhere else you are signed out."),
    "factor_added": N_("The second factor is set up."),
    "factor_removed": N_("The second factor is removed."),
    "session_ended": N_("You are signed out there."),
    "identity_unlinked": N_("The link is ended."),
    "token_revoked": N_("The token is worth nothing any more."),
    "delegated": N_("The delegation is recorded."),
    "delegation_ended": N_("The delegation has ended."),
    "conflict_declared": N_("The conflict of interest is recorded: you decide nothing there."),
    "role_granted": N_("The role is granted."),
    "role_revoked": N_("The role is revoked, with the tokens and delegations of it."),
    "account_closed": N_("The account is closed: this person is let in no more."),
    "account_reopened": N_("The account is open again."),
    "email_recorded": N_("The e-mail is recorded. Links that were not used have ended."),
    "works_for": N_("The partner is recorded."),
    "factors_forgotten": N_("The second factors are taken away: this person sets up another one."),
}
"""The sentence of each code."""
