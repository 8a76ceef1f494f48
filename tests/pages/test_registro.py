"""The pages of the register: who reads them, what is found, and what a verification says."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest

from api.pages.told import GROUPS, kind_of
from domain.events.base import EVENT_TYPES
from tests.api.world import Json, World
from tests.pages.looking import look, title
from tests.workflows.audit import as_owner
from workflows.audit import verifications
from workflows.audit.verifications import ask, verification
from workflows.eventstore.access_log import Access
from workflows.eventstore.reach import EVERYBODYS, reaching

PLACES = (
    "/registro",
    "/registro/verifiche",
    "/registro/cosa-prova",
    "/registro/campione",
    "/registro/campione?n=5&seme=7",
    "/registro/rivelazioni",
    "/registro/consultazioni",
)


@pytest.fixture(scope="module")
def doti(world: World) -> dict[str, Json]:
    """Doti at several places of their way, all in the log and the lists."""
    made = {
        "accounted": world.accounted_for(),
        "assessed": world.assessed(42_000),
        "approved": world.approved(30_000),
    }
    world.settle()
    return made


def shown(world: World, path: str, as_: str = "auditor") -> str:
    """What a page shows, without its tags."""
    page = look(world, path, as_)
    assert page.status_code == 200, page.text
    return text_of(page.text)


def text_of(page: str) -> str:
    main = page.partition("<main")[2].partition(">")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def rows(world: World, path: str) -> list[str]:
    """The lines of the log that a page shows."""
    page = look(world, path, "auditor")
    assert page.status_code == 200, page.text
    body = page.text.partition('<tbody id="log">')[2].partition("</tbody>")[0]
    return [text_of("<main><tr" + row) for row in body.split("<tr")[1:]]


def verify(world: World) -> str:
    """Asks for a verification, lets it run, and shows what came of it."""
    begun = look(world, "/registro/verifiche", "auditor", method="POST")
    assert begun.status_code == 303
    assert world.services.verifier.once()
    return shown(world, begun.headers["Location"])


@pytest.mark.parametrize("path", PLACES)
def test_for_auditors_and_coordinators(world: World, doti: dict[str, Json], path: str) -> None:
    for as_ in ("auditor", "coordinator"):
        for language in ("it", "en"):
            page = look(world, path, as_, headers={"Accept-Language": language})
            assert page.status_code == 200, page.text
    for as_ in ("operator", "assessor", "approver", "finance", "admin"):
        assert look(world, path, as_).status_code == 403
    assert look(world, path, None).status_code == 303
    assert 'href="/registro"' in look(world, "/", "auditor").text
    assert 'href="/registro"' not in look(world, "/", "operator").text


def test_every_kind_has_a_name_of_its_own_in_both_languages() -> None:
    listed = [kind for _, of in GROUPS for kind in of]
    assert set(listed) == set(EVENT_TYPES.values())
    assert len(listed) == len(set(listed))
    for language in ("it", "en"):
        names = [kind_of(kind, language) for kind in listed]
        assert len(set(names)) == len(names)
        assert not any(set("{}:,") & set(name) and "{" in name for name in names)


def test_each_event_is_told_in_words(world: World, doti: dict[str, Json]) -> None:
    number = doti["accounted"]["number"]
    told = rows(world, f"/registro?numero={number.lower()}")
    assert [re.sub(r"^\S+ \S+ \d\d:\d\d ", "", one) for one in told][::-1][:3] == [
        f"Richiesta {number} 100,00 € operator, operatore, ROCCA",
        f"Valutata favorevolmente {number} 100,00 € assessor, valutatore",
        f"Approvata {number} 100,00 € approver, approvatore",
    ]
    everything = " ".join(rows(world, "/registro?posizione=40"))
    assert "Ruolo assegnato" in everything
    assert "Programma aperto" in everything
    assert "segret" not in " ".join(told) + everything


def test_filters_find_what_they_say(world: World, doti: dict[str, Json]) -> None:
    approvals = rows(world, "/registro?tipo=DoteApproved")
    assert len(approvals) == 2
    assert all("Approvata" in one for one in approvals)
    approver = world.services.accounts.named("approver2")
    votes = rows(world, f"/registro?chi={approver}")
    assert len(votes) == 1
    assert rows(world, f"/registro?chi={approver}&tipo=DoteRequested") == []
    rocca, ssalv = (len(rows(world, f"/registro?partner={code}")) for code in ("ROCCA", "SSALV"))
    assert rocca > ssalv > 0
    household = world.get(f"/households/{doti['accounted']['household_id']}").json()["number"]
    of_household = " ".join(rows(world, f"/registro?numero={household}"))
    assert "Nucleo registrato" in of_household
    assert "Rendicontata" in of_household
    assert rows(world, "/registro?dal=01/01/2100") == []
    assert rows(world, "/registro?al=01/01/2000") == []
    today = world.services.engine.today().strftime("%d/%m/%Y")
    assert len(rows(world, f"/registro?dal={today}")) == 50


def test_what_cannot_be_read_comes_back(world: World, doti: dict[str, Json]) -> None:
    path = "/registro?numero=CI-1&dal=2026-01-01&al=31/2/2026&posizione=0"
    page = look(world, path, "auditor")
    assert page.status_code == 422
    assert page.text.count('<li><a href="#f-') == 4
    for name, typed in (("numero", "CI-1"), ("dal", "2026-01-01"), ("al", "31/2/2026")):
        assert f'href="#f-{name}"' in page.text
        assert f'value="{typed}"' in page.text
    backwards = look(world, "/registro?dal=02/01/2026&al=01/01/2026", "auditor")
    assert "viene prima" in backwards.text
    assert look(world, "/registro?chi=x&tipo=x", "auditor").status_code == 200


def test_pages_stay_what_they_are_while_the_log_grows(
    world: World, doti: dict[str, Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.pages.journal_view.LISTED", 7)
    first = look(world, "/registro?partner=ROCCA", "auditor").text
    found = re.search(r'class="more"[^>]*><a[^>]*href="([^"]+)"', first)
    assert found
    following = unescape(found[1])
    second = rows(world, following)
    world.requested()
    world.settle()
    assert rows(world, following) == second
    seen = [int(one.split()[0].replace(".", "")) for one in second]
    assert seen == sorted(seen, reverse=True)
    assert len(second) == 7


# Step by step


def test_a_dote_step_by_step(world: World, doti: dict[str, Json]) -> None:
    dote = doti["accounted"]
    where = f"/registro/doti/{dote['id']}"
    first = shown(world, f"{where}?passo=1")
    assert "passo 1 di" in first
    assert re.search(r"Stato — richiesta", first)
    assert "Richiesto — 100,00" in first
    second = shown(world, f"{where}?passo=2")
    assert "Stato richiesta valutata" in second
    assert "Proposto — 100,00 €" in second
    assert "Aspetta valutatore approvatore" in second
    assert "prova di inclusione vale" in second
    assert "regole v1" in second
    last = look(world, where, "auditor")
    assert 'rel="next"' not in last.text
    assert 'rel="prev"' in last.text
    assert shown(world, f"{where}?passo=999") == text_of(last.text)
    assert "segret" not in last.text


def test_every_step_tells_what_it_changed(world: World, doti: dict[str, Json]) -> None:
    for dote in doti.values():
        where = f"/registro/doti/{dote['id']}"
        count = dote["version"]
        for nth in range(1, count + 1):
            page = shown(world, f"{where}?passo={nth}")
            assert "Non cambia nulla" not in page


def test_as_it_was_on_a_day(world: World, doti: dict[str, Json]) -> None:
    where = f"/registro/doti/{doti['approved']['id']}"
    today = world.services.engine.today()
    assert "Approvata" in shown(world, f"{where}?il={today:%d/%m/%Y}")
    for il, said in (
        ((today - timedelta(days=3)).strftime("%d/%m/%Y"), "non c'era ancora"),
        ("ieri", "non è un giorno"),
    ):
        page = look(world, f"{where}?il={il}", "auditor")
        assert page.status_code == 422
        assert said in text_of(page.text).lower()
        assert f'value="{il}"' in page.text
    assert shown(world, f"{where}?il=31/12/9999")


def test_only_doti_are_replayed_and_looking_is_written_down(
    world: World, doti: dict[str, Json]
) -> None:
    dote = doti["approved"]
    assert look(world, f"/registro/doti/{dote['household_id']}", "auditor").status_code == 404
    assert look(world, f"/registro/doti/{dote['id']}", "auditor").status_code == 200
    entry = world.get("/audit/accesses?what=history_read&limit=1").json()["items"][0]
    assert (entry["dote_id"], entry["details"]) == (dote["id"], {"masked": True})


# Verifying


def test_a_register_that_is_whole(world: World, doti: dict[str, Json]) -> None:
    assert "mai verificato" in shown(world, "/")
    result = verify(world)
    assert "Integro." in result
    assert f"{world.services.log.end()} eventi riletti in" in result
    assert "(chiave 1); nulla è stato modificato, tolto, aggiunto o riordinato." in result
    assert "Integro." in shown(world, "/registro")
    assert "integro" in shown(world, "/")
    assert "auditor" in shown(world, "/registro/verifiche")


def test_one_at_a_time_and_broken_off_runs_are_told(world: World) -> None:
    services = world.services
    first = look(world, "/registro/verifiche", "auditor", method="POST").headers["Location"]
    again = look(world, "/registro/verifiche", "coordinator", method="POST").headers["Location"]
    assert first == again
    page = look(world, first, "auditor")
    assert 'hx-trigger="every 1s"' in page.text
    assert "Puoi lasciare questa pagina" in text_of(page.text)
    n = int(first.rpartition("/")[2])
    with as_owner(services.keeper) as tx:
        tx.execute("UPDATE verifications SET begun_at = now(), done_events = 5 WHERE n = %s", (n,))
    lock = services.keeper.lock_id("verification")
    with services.database.transaction() as tx:
        tx.execute("SELECT pg_advisory_xact_lock(%s)", (lock,))
        assert not services.verifier.once()
        run = verification(services.database, n)
        assert run is not None
        assert run.outcome is None
    assert services.verifier.once()
    assert "Non finita." in shown(world, first)
    assert "non finita" in shown(world, "/registro/verifiche")
    assert not services.verifier.once()
    assert look(world, "/registro/verifiche/999999", "auditor").status_code == 404


def test_progress_is_told_on_the_way(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifications, "TOLD_EVERY_S", 0.0)
    monkeypatch.setattr("workflows.audit.live.BATCH", 10)
    services, seen = world.services, []
    n = ask(services.database, services.accounts.named("auditor"), services.engine.clock())
    write = services.verifier._write

    def seeing(name: str, n: int, **values: object) -> None:
        write(name, n, **values)
        with reaching(EVERYBODYS):
            run = verification(services.database, n)
        assert run is not None
        seen.append((run.done_events, run.all_events))

    monkeypatch.setattr(services.verifier, "_write", seeing)
    assert services.verifier.once()
    assert len({done for done, _ in seen}) > 3
    assert seen[-1] == (services.log.end(), services.log.end())
    assert verification(services.database, n) is not None


@contextmanager
def tampered(world: World, dote: Json, version: int, change: str) -> Iterator[int]:
    """An event that went through other hands, until the end of the block; its place."""
    place = world.services.log.index_of(dote_id := _uuid(dote), version)
    assert place is not None
    with as_owner(world.services.keeper) as tx:
        (before,) = tx.execute(
            "SELECT state FROM events WHERE stream_id = %s AND version = %s", (dote_id, version)
        ).fetchone()  # type: ignore[misc]  # rows as tuples, and it is there
        tx.execute(
            "UPDATE events SET state = convert_to(regexp_replace(convert_from(state, 'UTF8'),"
            " %s, %s), 'UTF8') WHERE stream_id = %s AND version = %s",
            (*change.split("→"), dote_id, version),
        )
    yield place
    with as_owner(world.services.keeper) as tx:
        tx.execute(
            "UPDATE events SET state = %s WHERE stream_id = %s AND version = %s",
            (before, dote_id, version),
        )


def _uuid(dote: Json) -> UUID:

    return UUID(dote["id"])


def test_an_event_that_was_edited_is_named_with_its_place(
    world: World, doti: dict[str, Json]
) -> None:
    dote = doti["approved"]
    change = '"proposed_cents":30000→"proposed_cents":31000'
    with tampered(world, dote, 2, change) as place:
        result = verify(world)
        assert "Non è come è stato firmato." in result
        assert f"L'evento {place} è stato modificato" in result
        assert f"Vedi la posizione {place}" in result
        assert "non è come firmato" in shown(world, "/")
        step = shown(world, f"/registro/doti/{dote['id']}?passo=2")
        assert "non vale: l'evento è stato modificato" in step
    assert "Integro." in verify(world)


def test_an_event_that_cannot_be_read_keeps_nobody_from_the_rest(
    world: World, doti: dict[str, Json]
) -> None:
    dote = doti["approved"]
    with tampered(world, dote, 3, "^.→x") as place:
        told = rows(world, f"/registro?posizione={place}")
        assert "non leggibile" in told[0]
        assert "Valutata" in told[1]
        page = shown(world, f"/registro/doti/{dote['id']}")
        assert "passi non si leggono" in page or "passo non si legge" in page
        assert "passo 2 di 2" in page
        assert f"L'evento {place} è stato modificato" in verify(world)


# Taking away, drawing, and who looked


def test_dossiers_are_those_of_the_api_and_written_down(
    world: World, doti: dict[str, Json]
) -> None:
    for path, name in (
        ("/registro/fascicolo", "log"),
        (f"/registro/doti/{doti['approved']['id']}/fascicolo", "dote"),
    ):
        answer = look(world, path, "auditor")
        assert answer.headers["Content-Type"] == "application/zip"
        assert answer.content.startswith(b"PK")
        entry = world.get("/audit/accesses?what=exported&limit=1").json()["items"][0]
        assert entry["details"]["dossier"] == name


def test_the_same_seed_draws_the_same(world: World, doti: dict[str, Json]) -> None:
    path = "/registro/campione?n=3&seme=0042"
    first = look(world, path, "auditor").text
    numbers = re.findall(r'<th scope="row"><a href="/doti/[^"]+">(CI-[^<]+)', first)
    again = look(world, path, "coordinator").text
    assert re.findall(r'<th scope="row"><a href="/doti/[^"]+">(CI-[^<]+)', again) == numbers
    listed = world.get("/doti?limit=200").json()["items"]
    by_hash = sorted(
        listed, key=lambda dote: hashlib.sha256(f"42:{dote['id']}".encode()).hexdigest()
    )
    assert numbers == [dote["number"] for dote in by_hash[:3]]
    csv = look(world, path.replace("campione?", "campione.csv?"), "auditor")
    assert [line.split(";")[1] for line in csv.text.splitlines()[1:]] == numbers
    assert 'filename="campione-42.csv"' in csv.headers["Content-Disposition"]
    entry = world.get(f"/audit/accesses?what={Access.SAMPLED}&limit=1").json()["items"][0]
    assert entry["details"] == {"seed": 42, "doti": 3, "out_of": len(listed), "format": "csv"}


def test_a_seed_is_made_and_wrong_ones_are_told(world: World, doti: dict[str, Json]) -> None:
    page = look(world, "/registro/campione?n=2", "auditor").text
    assert re.search(r'name="seme" type="text" value="\d+"', page)
    assert title(look(world, "/registro/campione", "auditor")) == "Campione casuale"
    for wrong in ("n=0", "n=501", "n=x", "n=2&seme=abc", "n=2&seme=" + "9" * 19, "n=2&dal=x"):
        assert look(world, f"/registro/campione?{wrong}", "auditor").status_code == 422
        csv = look(world, f"/registro/campione.csv?{wrong}", "auditor")
        assert csv.headers["Location"].startswith("/registro/campione?")
    none = shown(world, "/registro/campione?n=2&dal=01/01/2100")
    assert "Non ci sono doti" in none
    only = shown(world, "/registro/campione?n=500&partner=SSALV")
    assert "0 doti estratte" in only


def test_reveals_and_looks_are_listed(world: World, doti: dict[str, Json]) -> None:
    dote = doti["approved"]
    world.done(f"/doti/{dote['id']}/reveal", {"reason": "campione 7 di 30"}, "auditor")
    world.settle()
    page = shown(world, "/registro/rivelazioni")
    assert f"auditor, revisore {dote['number']}" in page
    assert "campione 7 di 30" in page
    assert "Dati personali mostrati" in " ".join(rows(world, "/registro?tipo=DataRevealed"))
    looks = shown(world, f"/registro/consultazioni?cosa=revealed&numero={dote['number']}")
    assert "Dati nascosti mostrati" in looks
    who = world.services.accounts.named("finance")
    assert "Niente corrisponde" in shown(world, f"/registro/consultazioni?cosa=revealed&chi={who}")
    wrong = look(world, "/registro/consultazioni?numero=x&dal=x", "auditor")
    assert wrong.status_code == 422
