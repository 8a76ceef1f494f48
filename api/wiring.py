"""The only place where things are put together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from uuid import UUID

import httpx

from api.security.accounts import Accounts
from api.security.attempts import Attempts
from api.security.elsewhere import Elsewhere
from api.security.factors import Factors
from api.security.master_key import MasterKeyMissing, MasterKeyWrong, PreviousMissing, open_vault
from api.security.oidc import TIMEOUT, Client, Provider
from api.security.own_access import OwnAccess
from api.security.passwords import Passwords
from api.security.sessions import Sessions
from api.security.sign_in import Parts, SignIn
from api.settings import Settings
from domain.errors import NotFound
from projections import runner
from workflows.adoption import adopt_accounts
from workflows.audit.notary import Notary
from workflows.audit.verifications import Verifier
from workflows.engine import Engine
from workflows.eventstore.database import Database
from workflows.eventstore.log import Log
from workflows.eventstore.migrate import pending
from workflows.eventstore.register import Register
from workflows.eventstore.sequencer import Sequencer
from workflows.eventstore.vault import CannotOpen, Vault
from workflows.files import FileStore, FolderStore

__all__ = [
    "CannotOpen",
    "MasterKeyMissing",
    "MasterKeyWrong",
    "NotMigrated",
    "PreviousMissing",
    "RoleNotGranted",
    "Services",
    "build",
]

KEEPER_POOL_SIZE = 4
"""Connections for numbering, projections, status and figures: a few at a time."""


class NotMigrated(Exception):
    """The register's tables are missing or old: run `doti migrate` first."""


class RoleNotGranted(Exception):
    """The sign-in to the database lacks a role that this register needs."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that a process works with. Opened by `build`, closed by leaving the block.

    `database` is what requests and commands go through: under the role that can add events and
    change none, where the sign-in to PostgreSQL may act as it. `keeper` numbers events and keeps
    the tables of the projections.
    """

    settings: Settings
    database: Database
    keeper: Database
    register: Register
    vault: Vault
    engine: Engine
    log: Log
    sequencer: Sequencer
    notary: Notary
    verifier: Verifier
    files: FileStore
    accounts: Accounts
    sign_in: SignIn
    own_access: OwnAccess
    elsewhere: Elsewhere
    http: httpx.Client

    def close(self) -> None:
        """Lets go of every connection."""
        self.database.close()
        self.keeper.close()
        self.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def build(
    settings: Settings,
    url: str,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Services:
    """The services on a migrated register.

    Raises `NotMigrated`, `RoleNotGranted`, `MasterKeyMissing`, `MasterKeyWrong`,
    `PreviousMissing`, and
    StoreUnavailable for a folder of files that cannot be used.
    """
    keeper = _database(settings, url, pool_size=KEEPER_POOL_SIZE)
    if missing := pending(keeper):
        raise NotMigrated(
            f"The register {settings.db_schema} lacks {', '.join(missing)}: run doti migrate."
        )
    keeper.open()
    database = _database(
        settings,
        url,
        pool_size=settings.pool_size,
        role=keeper.usable(keeper.app_role),
        wide_role=keeper.usable(keeper.all_partners_role),
    )
    database.open()
    try:
        runner.install(keeper)
        _check_roles(keeper)
        vault = open_vault(settings, database)
        register = Register(database)
        engine = Engine(register, vault, clock=clock)
        adopt_accounts(database, engine)
        accounts = Accounts(database, engine)
        parts = Parts(
            database=database,
            accounts=accounts,
            sessions=Sessions(database, settings, clock),
            factors=Factors(database, vault, clock),
            passwords=Passwords(),
            attempts=Attempts(database, engine.index, clock),
            second_factor=settings.second_factor,
            factor_elsewhere_counts=settings.oidc_second_factor == "theirs",
            clock=clock,
        )
        sign_in = SignIn(parts)
        own_access = OwnAccess(parts, sign_in)
        notary = Notary(keeper, vault, clock)
        http = httpx.Client(timeout=TIMEOUT, follow_redirects=False)
        provider = _provider(settings, clock, http)
        return Services(
            settings=settings,
            database=database,
            keeper=keeper,
            register=register,
            vault=vault,
            engine=engine,
            log=Log(database),
            sequencer=Sequencer(keeper),
            notary=notary,
            verifier=Verifier(keeper, vault, notary, clock),
            files=FolderStore(settings.home / "files", _FilesVault(vault)),
            accounts=accounts,
            sign_in=sign_in,
            own_access=own_access,
            elsewhere=Elsewhere(parts, sign_in, own_access, provider, settings.oidc_name),
            http=http,
        )
    except BaseException:
        database.close()
        keeper.close()
        raise


def _check_roles(keeper: Database) -> None:
    """Where rows are guarded, programme-wide work needs the role that sees all of them."""
    role = keeper.all_partners_role
    if keeper.has_guarded_rows() and not keeper.usable(role):
        raise RoleNotGranted(
            f"This sign-in to the database may not act as {role}, which sees the rows of all "
            f"partners: an administrator runs GRANT {role} TO it (docs/operations.md)."
        )


def _provider(
    settings: Settings, clock: Callable[[], datetime], http: httpx.Client
) -> Provider | None:
    """The provider of identities, if one is set."""
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    client = Client(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_secret())
    return Provider(client, clock, http)


def _database(
    settings: Settings,
    url: str,
    *,
    pool_size: int,
    role: str | None = None,
    wide_role: str | None = None,
) -> Database:
    return Database(
        url,
        settings.db_schema,
        pool_size=pool_size,
        lock_timeout_ms=settings.lock_timeout_ms,
        statement_timeout_ms=settings.statement_timeout_ms,
        role=role,
        wide_role=wide_role,
    )


class _FilesVault:
    """The vault as the store of files wants it: what was erased is not there any more."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def seal_bytes(self, subject_id: UUID, data: bytes, context: bytes) -> bytes:
        return self._vault.seal_bytes(subject_id, data, context)

    def open_bytes(self, subject_id: UUID, data: bytes, context: bytes) -> bytes:
        opened = self._vault.open_bytes(subject_id, data, context)
        if opened is None:
            raise NotFound
        return opened
