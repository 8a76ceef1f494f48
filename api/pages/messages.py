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
    Action.ACCOUNT_FOR: N_("The file is closed."),
    "partner": N_("The partner takes part."),
    "sportello": N_("The desk is open."),
    "categoria": N_("The category is defined."),
    "voce": N_("The item is defined: the rules say whether it can be asked for."),
    "finanziamento": N_("The funding is recorded: it can be allocated."),
    "assegnazione": N_("The money is on its line."),
    "trasferimento": N_("The money is on its new line."),
    "draft_saved": N_("The draft is kept."),
    "draft_removed": N_("The draft is thrown away."),
    "rules_adopted": N_("The rules are adopted."),
    "retention_adopted": N_("The times are adopted."),
}
"""The sentence of each code."""
