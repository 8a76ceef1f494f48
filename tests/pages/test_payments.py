"""Da pagare and Distinte over HTTP: who sees what, and what a form may not do."""

from tests.api.test_payments import TOMORROW, prepared
from tests.api.world import IBAN, World


def test_who_sees_what_is_due(world: World) -> None:
    dote = world.approved()
    world.settle()
    for who, shown in (("finance", True), ("coordinator", True), ("auditor", False)):
        text = page(world, "/da-pagare", who)
        assert dote["number"] in text
        assert ("Padrone Segreto" in text) is shown
        assert (f'value="{dote["id"]}:10000"' in text) is (who == "finance")
    assert "Padrone Segreto" not in page(world, "/da-pagare", "operator", status=403)


def test_a_batch_is_shown_with_what_can_be_done(world: World) -> None:
    batch = prepared(world, world.approved())
    world.settle()
    assert batch["number"] in page(world, "/distinte", "auditor")
    path = f"/distinte/{batch['id']}"
    assert "Autorizza la distinta" in page(world, path, "coordinator")
    own = page(world, path, "finance")
    assert "Autorizza la distinta" not in own
    assert "Chi ha preparato una distinta non può autorizzarla" in own
    masked = page(world, path, "auditor")
    assert IBAN[-4:] not in masked
    assert "Annulla la distinta" not in masked


def test_a_file_that_cannot_be_made_says_why_on_the_page(world: World) -> None:
    batch = prepared(world, world.approved())
    path = f"/distinte/{batch['id']}"
    early = page(world, f"{path}/pain.001.xml", "finance", status=409)
    assert "La distinta è preparata" in early
    world.done(f"/payment-batches/{batch['id']}/authorisation", None, "coordinator")
    unset = page(world, f"{path}/pain.001.xml", "finance", status=409)
    assert "DOTI_PAYER_IBAN" in unset
    assert batch["execution_date"] == TOMORROW
    page(world, f"{path}/elenco.csv", "finance")
    page(world, f"{path}/elenco.csv", "coordinator", status=403)


def page(world: World, path: str, who: str, status: int = 200) -> str:
    """A page in Italian."""
    headers = {"Authorization": f"Bearer {world.tokens[who]}", "Accept-Language": "it"}
    answer = world.client.get(path, headers=headers)
    assert answer.status_code == status, answer.text
    text: str = answer.text
    return text
