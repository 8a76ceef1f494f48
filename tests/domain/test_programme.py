"""The programme: partners, lists, rules, and its money before it reaches a dote."""

import pytest

from domain.errors import (
    DomainError,
    Duplicate,
    ItemOfAnotherCategory,
    NoDesk,
    ProgrammeMissing,
    SameLine,
    UnallocatedExceeded,
    UnknownCode,
)
from domain.events.programme import (
    BudgetAllocated,
    BudgetTransferred,
    CategoryDefined,
    DeskOpened,
    FundingGranted,
    ItemDefined,
    PartnerJoined,
    PolicyAdopted,
    ProgrammeOpened,
)
from domain.policy import Policy, two_bands
from domain.programme import PROGRAMME_ID, Programme, open_programme
from tests.domain.facts_around import (
    allocated,
    category_defined,
    desk_opened,
    funded,
    item_defined,
    joined,
    opened,
    policy_adopted,
    transferred,
)
from tests.spec import (
    COORDINATOR,
    HOUSING,
    LINE,
    NOW,
    OTHER_LINE,
    ROCCA,
    SCHOOL,
    SSALV,
    TODAY,
    a_policy,
    given,
    stamp,
    when_opened,
)

BY = stamp(COORDINATOR)


def test_a_programme_opens_empty() -> None:
    programme = when_opened(
        lambda: open_programme(
            BY, "DEMO", "Demo programme", subtitle="for all", city="Torino", currency="EUR"
        )
    ).then(
        ProgrammeOpened,
        originator_id=PROGRAMME_ID,
        at=NOW,
        code="DEMO",
        name="Demo programme",
        subtitle="for all",
        city="Torino",
        currency="EUR",
    )
    assert (programme.funded_cents, programme.unallocated_cents) == (0, 0)
    assert not programme.partners
    assert not programme.categories


@pytest.mark.parametrize("currency", ["euro", "EURO", ""])
def test_a_currency_has_its_code(currency: str) -> None:
    when_opened(
        lambda: open_programme(BY, "DEMO", "Demo", subtitle=None, city="Torino", currency=currency)
    ).then_invalid("currency")


# Partners and desks


def test_partners_join() -> None:
    programme = (
        given(opened())
        .when(lambda known: known.join(BY, ROCCA, "Demo house", "desk", "listening"))
        .then(PartnerJoined, code=ROCCA, name="Demo house", role="desk", activity="listening")
    )
    assert programme.partner(ROCCA).desk is None
    assert programme.partner(ROCCA).activity == "listening"


def test_a_partner_joins_once_in_a_known_role() -> None:
    given(opened(), joined(ROCCA)).when(
        lambda known: known.join(BY, ROCCA, "Another name", "desk", None)
    ).then_refused(Duplicate, what=ROCCA)
    given(opened()).when(
        lambda known: known.join(BY, ROCCA, "Demo house", "boss", None)
    ).then_invalid("role")
    given(opened()).when(
        lambda known: known.join(BY, "rocca", "Demo house", "desk", None)
    ).then_invalid("code")


def test_a_partner_opens_its_one_desk() -> None:
    programme = (
        given(opened(), joined(ROCCA))
        .when(lambda known: known.open_desk(BY, ROCCA, "Sportello"))
        .then(DeskOpened, partner=ROCCA, name="Sportello")
    )
    assert programme.partner(ROCCA).desk == "Sportello"
    given(opened(), joined(ROCCA), desk_opened(ROCCA)).when(
        lambda known: known.open_desk(BY, ROCCA, "Another one")
    ).then_refused(Duplicate, what=ROCCA)
    given(opened()).when(lambda known: known.open_desk(BY, ROCCA, "Sportello")).then_refused(
        UnknownCode, field="partner", value=ROCCA
    )


# Categories and items


def test_a_category_with_its_provider() -> None:
    programme = (
        given(opened(), joined(SSALV, "health"))
        .when(
            lambda known: known.define_category(
                BY, "HEALTH", "Eye and dental care", provider=SSALV, health_data=True
            )
        )
        .then(
            CategoryDefined,
            code="HEALTH",
            name="Eye and dental care",
            provider=SSALV,
            health_data=True,
        )
    )
    assert programme.category("HEALTH").health_data
    assert dict(programme.category("HEALTH").items) == {}


def test_a_category_is_defined_once_with_a_known_provider() -> None:
    given(opened(), category_defined(HOUSING)).when(
        lambda known: known.define_category(BY, HOUSING, "Again", provider=None, health_data=False)
    ).then_refused(Duplicate, what=HOUSING)
    given(opened()).when(
        lambda known: known.define_category(BY, HOUSING, "Home", provider=SSALV, health_data=False)
    ).then_refused(UnknownCode, field="provider", value=SSALV)


def test_items_belong_to_a_category() -> None:
    programme = (
        given(opened(), category_defined(HOUSING), item_defined(HOUSING, "RENT"))
        .when(lambda known: known.define_item(BY, HOUSING, "ARREARS", "Arrears"))
        .then(ItemDefined, category=HOUSING, code="ARREARS", name="Arrears")
    )
    assert list(programme.category(HOUSING).items) == ["RENT", "ARREARS"]


def test_an_item_code_is_new_in_the_whole_programme() -> None:
    history = given(
        opened(), category_defined(HOUSING), category_defined(SCHOOL), item_defined(HOUSING, "RENT")
    )
    history.when(lambda known: known.define_item(BY, SCHOOL, "RENT", "Rent")).then_refused(
        Duplicate, what="RENT"
    )
    history.when(lambda known: known.define_item(BY, "FOOD", "MEALS", "Meals")).then_refused(
        UnknownCode, field="category", value="FOOD"
    )


# Where a dote is requested


def network() -> Programme:
    return given(
        opened(),
        joined(ROCCA),
        desk_opened(ROCCA),
        joined(SSALV),
        category_defined(HOUSING),
        category_defined(SCHOOL),
        item_defined(HOUSING, "RENT"),
        item_defined(SCHOOL, "BOOKS"),
    ).state


def test_a_request_finds_its_desk() -> None:
    assert network().check_request(a_policy(), ROCCA, HOUSING, "RENT") == f"Desk {ROCCA}"


@pytest.mark.parametrize(
    ("partner", "category", "item", "refusal", "facts"),
    [
        ("NOBODY", HOUSING, "RENT", UnknownCode, {"field": "partner", "value": "NOBODY"}),
        (ROCCA, "NOTHING", "RENT", UnknownCode, {"field": "category", "value": "NOTHING"}),
        (ROCCA, HOUSING, "YACHT", UnknownCode, {"field": "item", "value": "YACHT"}),
        (
            ROCCA,
            HOUSING,
            "BOOKS",
            ItemOfAnotherCategory,
            {"field": "item", "value": "BOOKS", "category": SCHOOL},
        ),
        (SSALV, HOUSING, "RENT", NoDesk, {"field": "partner", "value": SSALV}),
    ],
)
def test_a_request_that_fits_nowhere(
    partner: str, category: str, item: str, refusal: type[DomainError], facts: dict[str, object]
) -> None:
    with pytest.raises(refusal) as refused:
        network().check_request(a_policy(), partner, category, item)
    assert refused.value.facts == facts


def test_a_budget_line_is_of_known_codes() -> None:
    assert network().line(ROCCA, HOUSING) == LINE
    with pytest.raises(UnknownCode) as partner:
        network().line("NOBODY", HOUSING, "from.")
    assert partner.value.facts == {"field": "from.partner", "value": "NOBODY"}
    with pytest.raises(UnknownCode) as category:
        network().line(ROCCA, "NOTHING", "to.")
    assert category.value.facts == {"field": "to.category", "value": "NOTHING"}


# Rules


def test_a_network_adopts_its_rules_and_the_older_ones_stay() -> None:
    programme = (
        given(opened(), policy_adopted(1))
        .when(lambda known: known.adopt(BY, two_bands(9_900)))
        .then(PolicyAdopted, policy=Policy.of(two_bands(9_900), 2, TODAY))
    )
    assert programme.policy_on(TODAY) == programme.policies[2]
    assert programme.policies[1] == a_policy(1)


def test_without_rules_nothing_is_open_yet() -> None:
    programme = given(opened()).state
    with pytest.raises(ProgrammeMissing):
        programme.policy_on(TODAY)


# Money


def test_funding_waits_to_be_allocated() -> None:
    programme = (
        given(opened(), funded(100_000))
        .when(lambda known: known.grant_funding(BY, "Demo foundation", 50_000))
        .then(FundingGranted, funder="Demo foundation", amount_cents=50_000)
    )
    assert (programme.funded_cents, programme.unallocated_cents) == (150_000, 150_000)


def test_money_goes_onto_a_line() -> None:
    programme = (
        given(opened(), funded(100_000))
        .when(lambda known: known.allocate(BY, LINE, 30_000, "first allocation"))
        .then(BudgetAllocated, line=LINE, amount_cents=30_000, reason="first allocation")
    )
    assert (programme.funded_cents, programme.unallocated_cents) == (100_000, 70_000)


def test_all_that_is_there_can_be_allocated_and_no_more() -> None:
    history = given(opened(), funded(100_000), allocated(30_000))
    history.when(lambda known: known.allocate(BY, LINE, 70_000, "the rest")).then(BudgetAllocated)
    history.when(lambda known: known.allocate(BY, LINE, 70_001, "too much")).then_refused(
        UnallocatedExceeded, available_cents=70_000
    )


def test_money_goes_from_a_line_to_another() -> None:
    programme = (
        given(opened(), funded(100_000), allocated(30_000))
        .when(lambda known: known.transfer(BY, LINE, OTHER_LINE, 10_000, "more need there"))
        .then(
            BudgetTransferred,
            source=LINE,
            target=OTHER_LINE,
            amount_cents=10_000,
            reason="more need there",
        )
    )
    assert programme.unallocated_cents == 70_000


def test_a_transfer_goes_somewhere_else() -> None:
    given(opened(), funded(), allocated(30_000), transferred(1)).when(
        lambda known: known.transfer(BY, LINE, LINE, 10_000, "for nothing")
    ).then_refused(SameLine, field="to")


@pytest.mark.parametrize("amount_cents", [0, -1])
def test_what_moves_is_an_amount(amount_cents: int) -> None:
    history = given(opened(), funded())
    history.when(
        lambda known: known.grant_funding(BY, "Demo foundation", amount_cents)
    ).then_invalid("amount_cents")
    history.when(lambda known: known.allocate(BY, LINE, amount_cents, "why")).then_invalid(
        "amount_cents"
    )
    history.when(
        lambda known: known.transfer(BY, LINE, OTHER_LINE, amount_cents, "why")
    ).then_invalid("amount_cents")


def test_what_moves_has_a_reason() -> None:
    history = given(opened(), funded())
    history.when(lambda known: known.allocate(BY, LINE, 1, " ")).then_invalid("reason")
    history.when(lambda known: known.transfer(BY, LINE, OTHER_LINE, 1, "")).then_invalid("reason")
