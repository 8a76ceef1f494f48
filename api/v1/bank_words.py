"""Why a line of the bank is thought to be a payment, in a sentence."""

from collections.abc import Iterable, Mapping

from api.languages import Language, translate
from domain.proposals import Reason

SPEAKS_FOR: Mapping[Reason, str] = {
    Reason.PAYMENT_ID: "payment id",
    Reason.BATCH_SUM: "sum of the batch",
    Reason.NUMBER: "number in the text",
    Reason.SUM_OF_PAYMENTS: "sum of the payments",
    Reason.SUM_OF_LINES: "sum of several lines",
    Reason.AMOUNT: "amount",
    Reason.IBAN: "IBAN",
    Reason.NAME: "name",
    Reason.DATE: "date",
    Reason.PART_OF_IT: "a part of the amount",
    Reason.RETURN_CODE: "the bank says that it came back: to be paid again",
}
CAME_BACK = "code {code}: to be paid again"
"""Where the bank says by a code that it came back."""
LEAVES_DOUBT: Mapping[Reason, str] = {
    Reason.WITH_FEE: "the rest is the bank's fee",
    Reason.OTHER_AMOUNT: "another amount",
    Reason.OTHER_IBAN: "another IBAN",
    Reason.OTHER_NAME: "another name",
    Reason.OTHER_PAYMENT: "it names another payment",
    Reason.OTHER_METHOD: "it is not paid by bank transfer",
    Reason.SEVERAL: "several fit",
    Reason.NO_PAYMENT: "no payment",
    Reason.FEE: "record it as a bank fee",
}


def why(reasons: Iterable[Reason], code: str | None, language: Language) -> str:
    """What speaks for it, and then what leaves a doubt. `code`: the bank's code of a return."""
    said = [each for each in reasons if code is None or each is not Reason.RETURN_CODE]
    speaks = [translate(language, SPEAKS_FOR[each]) for each in said if each in SPEAKS_FOR]
    told = [", ".join(speaks)] if speaks else []
    if code is not None:
        told.append(translate(language, CAME_BACK).format(code=code))
    told += [translate(language, LEAVES_DOUBT[each]) for each in said if each in LEAVES_DOUBT]
    return "; ".join(told)
