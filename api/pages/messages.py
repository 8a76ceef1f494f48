"""What a page says once, after something was done: a cookie carries the code, never the words."""

from collections.abc import Mapping

from api.pages.say import N_
from domain.lifecycle import Action

MESSAGES: Mapping[str, str] = {
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
}
"""The sentence of each code."""
