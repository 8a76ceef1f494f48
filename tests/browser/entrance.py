"""People at the door: browsers that nobody has signed in with, and accounts to sign in to."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import pyotp
from playwright.sync_api import Page, expect

from domain.actors import Role
from tests.api.world import World
from workflows import accounts
from workflows.account_commands import GrantRole, InviteAccount
from workflows.engine import Outcome, Work

PASSWORD = "cavallo verde in bicicletta"
OTHER_PASSWORD = "undici mele sopra il tetto"


@dataclass(frozen=True)
class Invited:
    """Somebody who has a link and no password yet."""

    id: UUID
    name: str
    email: str
    link: str


def invited(world: World, *roles: Role, name: str = "Marta Inventata") -> Invited:
    """Makes somebody known, with a link; names are made their own."""
    mark = uuid4().hex[:6]
    wanted = InviteAccount(
        name=f"{name} {mark}",
        email=f"{name.split()[0].lower()}.{mark}@example.org",
        works_for="ROCCA",
        grants=tuple(
            GrantRole(role=role, partner="ROCCA" if role is Role.OPERATOR else None)
            for role in roles
        ),
    )
    made = world.services.accounts.new_invitation()

    def opened(work: Work) -> Outcome:
        return accounts.open_account(work, wanted, made.link)

    known = world.services.accounts.run(opened)
    return Invited(known.stream_id, wanted.name, wanted.email, f"/invito/{made.secret}")


def choose_password(page: Page, who: Invited, password: str = PASSWORD) -> None:
    """By the link."""
    page.goto(who.link)
    page.get_by_label("Nuova password").fill(password)
    page.get_by_label("Ripeti la password").fill(password)
    page.get_by_role("button", name="Scegli questa password").click()


def sign_in(page: Page, who: Invited, password: str = PASSWORD, path: str = "/accedi") -> None:
    """The first step."""
    page.goto(path)
    page.get_by_label("E-mail").fill(who.email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Accedi").click()


def set_up_app(page: Page) -> tuple[pyotp.TOTP, list[str]]:
    """An app as second factor, from the page where one chooses; and the codes that come with it."""
    page.get_by_role("button", name="Continua con un'app").click()
    page.get_by_text("Non riesci a inquadrarlo?").click()
    app = pyotp.TOTP(page.locator(".secret").inner_text().replace(" ", ""))
    page.get_by_label("Le sei cifre che l'app mostra").fill(app.now())
    page.get_by_role("button", name="Conferma").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("I tuoi codici di recupero")
    return app, page.locator(".codes li").all_inner_texts()


def give_code(page: Page, code: str) -> None:
    """The second step."""
    page.get_by_label("Codice").fill(code)
    page.get_by_role("button", name="Continua").click()
