"""What is private: it cannot be written anywhere before it is sealed."""

import json
import logging
from dataclasses import asdict
from typing import Any
from uuid import UUID

import pydantic_core
import pytest
from pydantic import TypeAdapter, ValidationError

from domain.events.base import EVENT_TYPES, Event
from domain.privacy import Private, Sealed, Secret, read_record
from tests.domain.examples import EXAMPLES, sealed
from tests.spec import HOUSEHOLD, OTHER_HOUSEHOLD, private

CANARY = "Via dei Canarini 7"

SECRET_FIELDS: dict[str, tuple[str, ...]] = {
    "DoteRequested": ("need",),
    "DocumentAttached": ("file",),
    "DocumentsRequested": ("what",),
    "DocumentsProvided": ("note",),
    "DoteAssessed": ("note",),
    "CapOverridden": ("reason",),
    "ApprovalGiven": ("payee", "note"),
    "DoteApproved": ("payee", "note"),
    "RatificationRecorded": ("note",),
    "DoteRejected": ("reason", "note"),
    "AppealLodged": ("reason",),
    "AppealDecided": ("reason",),
    "DoteWithdrawn": ("reason", "note"),
    "DoteRevoked": ("reason", "note"),
    "PaymentOrdered": (),
    "PaymentAuthorised": (),
    "PaymentCancelled": (),
    "DoteDisbursed": ("reference",),
    "DisbursementReturned": ("reason",),
    "RefundReceived": ("source",),
    "DisbursementUndone": (),
    "ReturnUndone": (),
    "RefundUndone": (),
    "ReceiptSubmitted": ("details",),
    "ReceiptAccepted": ("reason",),
    "ReceiptDisallowed": ("reason",),
    "DoteAccountedFor": ("note",),
    "DeadlineReminded": (),
    "DeadlineEscalated": (),
    "AccountOpened": ("name", "email"),
    "EmailRecorded": ("email",),
    "AccountInvited": (),
    "WorkedFor": (),
    "AccountClosed": ("reason",),
    "AccountReopened": (),
    "RoleGranted": (),
    "RoleRevoked": (),
    "TokenIssued": (),
    "TokenRevoked": (),
    "DataRevealed": ("reason",),
    "RoleDelegated": ("reason",),
    "DelegationEnded": (),
    "ConflictDeclared": ("payee", "reason"),
    "ConflictLifted": ("reason",),
    "HouseholdRegistered": ("personal", "notes"),
    "MemberAdded": ("member",),
    "PersonalDataRecorded": ("personal", "notes"),
    "HouseholdMerged": ("reason",),
    "HouseholdUnmerged": ("reason",),
    "ErasureAsked": ("reason",),
    "ErasureDeclined": ("reason",),
    "ErasureHeld": ("reason",),
    "SocialNotesErased": (),
    "HouseholdErased": (),
    "PayeeRegistered": ("payee",),
    "PayeeIbanChanged": ("payee",),
    "PayeeIbanConfirmed": (),
    "PayeeIbanDismissed": (),
    "PayeeErased": (),
    "StatementImported": (),
    "BankLineImported": ("details",),
    "LineMatched": (),
    "LineUnmatched": (),
    "LineSetAside": ("reason",),
    "LineErased": (),
    "BankAccountOpened": (),
    "BankColumnsSaved": (),
    "BankColumnsRemoved": (),
    "BatchPrepared": (),
    "BatchAuthorised": (),
    "BatchExported": (),
    "BatchCancelled": ("reason",),
    "ProgrammeOpened": (),
    "PartnerJoined": (),
    "DeskOpened": (),
    "CategoryDefined": (),
    "ItemDefined": (),
    "PolicyAdopted": (),
    "RetentionAdopted": (),
    "FundingGranted": (),
    "BudgetAllocated": (),
    "BudgetTransferred": (),
    "PeriodCloseAsked": (),
    "PeriodClosed": (),
    "PeriodReopenAsked": (),
    "PeriodReopened": (),
    "FunderRulesAdopted": (),
    "RendicontoFrozen": (),
    "RendicontoWithdrawn": (),
    "PaperRedacted": (),
}

WITH_SECRETS = [name for name, secret in SECRET_FIELDS.items() if secret]


def with_canary(name: str) -> Event:
    event = EXAMPLES[name]
    return event.model_copy(
        update=dict.fromkeys(type(event).secret_fields, Private(HOUSEHOLD, CANARY))
    )


def test_every_event_says_what_is_private_in_it() -> None:
    assert {name: kind.secret_fields for name, kind in EVENT_TYPES.items()} == SECRET_FIELDS


@pytest.mark.parametrize("name", WITH_SECRETS)
def test_an_event_with_something_private_is_not_written(name: str) -> None:
    event = with_canary(name)
    for write in (
        event.model_dump,
        event.model_dump_json,
        lambda: event.model_dump(mode="json"),
        lambda: event.model_dump(round_trip=True),
        lambda: pydantic_core.to_json(event),
        lambda: pydantic_core.to_jsonable_python(event),
    ):
        with pytest.raises((pydantic_core.PydanticSerializationError, TypeError)) as refused:
            write()
        assert CANARY not in str(refused.value)


@pytest.mark.parametrize("name", WITH_SECRETS)
def test_one_private_field_is_enough(name: str) -> None:
    for field in SECRET_FIELDS[name]:
        event = sealed(EXAMPLES[name]).model_copy(update={field: Private(HOUSEHOLD, CANARY)})
        with pytest.raises((pydantic_core.PydanticSerializationError, TypeError)):
            event.model_dump_json()


@pytest.mark.parametrize("name", WITH_SECRETS)
def test_nothing_private_is_shown(name: str, caplog: pytest.LogCaptureFixture) -> None:
    event = with_canary(name)
    with caplog.at_level(logging.INFO):
        logging.getLogger("test").info("%s %r", event, event)
    for shown in (repr(event), str(event), f"{event}", caplog.text, repr(vars(event))):
        assert CANARY not in shown


def test_a_private_value_is_not_written_by_any_encoder() -> None:
    value = Private(HOUSEHOLD, CANARY)
    for write in (json.dumps, pydantic_core.to_json, pydantic_core.to_jsonable_python):
        with pytest.raises((TypeError, pydantic_core.PydanticSerializationError)):
            write(value)
    with pytest.raises(TypeError):
        asdict(value)  # type: ignore[call-overload]
    with pytest.raises(TypeError):
        vars(value)
    assert CANARY not in f"{value} {value!r}"


def test_private_values_are_values() -> None:
    assert private("a") == private("a")
    assert hash(private("a")) == hash(private("a"))
    assert private("a") != private("b")
    assert private("a") != private("a", OTHER_HOUSEHOLD)
    assert private("a") != "a"
    assert repr(private("a")) == f"Private({HOUSEHOLD})"
    with pytest.raises(AttributeError):
        private("a").text = "b"  # type: ignore[misc]
    match private("a"):
        case Private(subject_id, text):
            assert (subject_id, text) == (HOUSEHOLD, "a")


def test_a_token_is_not_shown() -> None:
    assert "dG9rZW4" not in repr(Sealed(HOUSEHOLD, "dG9rZW4"))


def test_several_values_are_sealed_as_one() -> None:
    values = {"name": "perché.pdf", "n": 1, "none": None}
    record = Private.record(HOUSEHOLD, values | {"who": HOUSEHOLD})
    assert read_record(record.text) == values | {"who": str(HOUSEHOLD)}
    assert "perché" in record.text


# Sealed values and stored events


SECRET = TypeAdapter[Private | Sealed](Secret)


def test_a_sealed_value_comes_back_from_json() -> None:
    value = Sealed(HOUSEHOLD, "dG9rZW4")
    stored = SECRET.dump_json(value)
    assert json.loads(stored) == {"subject": str(HOUSEHOLD), "sealed": "dG9rZW4"}
    assert SECRET.validate_json(stored) == value
    assert SECRET.validate_python(value) is value


@pytest.mark.parametrize(
    "value",
    [
        CANARY,
        None,
        7,
        {},
        {"subject": str(HOUSEHOLD)},
        {"sealed": "dG9rZW4"},
        {"subject": "nobody", "sealed": "dG9rZW4"},
        {"subject": str(HOUSEHOLD), "sealed": 7},
        {"subject": str(HOUSEHOLD), "text": CANARY},
    ],
)
def test_clear_text_is_not_taken_for_a_sealed_value(value: object) -> None:
    with pytest.raises(ValidationError):
        SECRET.validate_python(value)


def test_the_schema_of_a_private_field_can_be_published() -> None:
    schema: dict[str, Any] = SECRET.json_schema()
    assert schema["required"] == ["subject", "sealed"]


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_every_event_comes_back_from_json(name: str) -> None:
    event = sealed(EXAMPLES[name])
    assert type(event) is EVENT_TYPES[name]
    stored = event.model_dump_json()
    again = EVENT_TYPES[name].model_validate_json(stored)
    assert again == event
    assert again.model_dump_json() == stored
    assert EVENT_TYPES[name].model_validate(json.loads(stored)) == event
    for field in SECRET_FIELDS[name]:
        assert set(json.loads(stored)[field]) == {"subject", "sealed"}


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_an_event_is_frozen_and_takes_no_unknown_field(name: str) -> None:
    event = sealed(EXAMPLES[name])
    with pytest.raises(ValidationError):
        event.originator_version = 7  # type: ignore[misc]
    with pytest.raises(ValidationError, match="extra"):
        EVENT_TYPES[name].model_validate({**event.model_dump(), "surprise": 1})


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_an_event_knows_when_by_whom_and_why(name: str) -> None:
    stored = sealed(EXAMPLES[name]).model_dump(mode="json")
    for field in ("originator_id", "originator_version", "at", "by", "correlation_id"):
        broken = {known: value for known, value in stored.items() if known != field}
        with pytest.raises(ValidationError, match=field):
            EVENT_TYPES[name].model_validate(broken)
    with pytest.raises(ValidationError, match="timezone"):
        EVENT_TYPES[name].model_validate({**stored, "at": "2026-03-02T09:00:00"})
    UUID(stored["causation_id"])
    UUID(stored["by"]["account_id"])


def test_two_event_classes_do_not_share_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TypeError, match="two event classes"):
        type("DoteRequested", (Event,), {"__module__": __name__})
    assert EVENT_TYPES["DoteRequested"].__module__ == "domain.events.dote"
