"""The key that wraps the keys of persons: from the settings, or a file under the home folder."""

import base64
from functools import partial

from api.security.master_file import MasterFile, MasterKeyMissing, MasterKeyWrong
from api.settings import Settings
from workflows.eventstore.database import Database
from workflows.eventstore.masters import MasterKeys, Masters
from workflows.eventstore.vault import CannotOpen, InUse, Vault, masters_in_use

__all__ = ["MasterKeyMissing", "MasterKeyWrong", "PreviousMissing", "master_file", "open_vault"]


class PreviousMissing(MasterKeyWrong):
    """A rotation was begun, and the master key before is not there to end it."""


def master_file(settings: Settings) -> MasterFile | None:
    """The file of the master key, or None where it comes from the settings."""
    if settings.master_key is not None:
        return None
    return MasterFile(settings.home / "keys")


def open_vault(settings: Settings, database: Database) -> Vault:
    """The vault under the register's master key, which is made where nothing is sealed yet.

    Raises `MasterKeyMissing`, or `MasterKeyWrong` for one that does not open what is there.
    """
    file = master_file(settings)
    used = masters_in_use(database)
    if file is not None and not used and not file.previous.exists():
        file.make()
    masters = MasterKeys(partial(_given, settings) if file is None else file.read)
    _check_names(settings, masters, used)
    vault = Vault(database, masters)
    try:
        vault.index_key()
        for one in used:
            if one.subject is not None:
                vault.open_key(one.subject)
    except CannotOpen:
        raise MasterKeyWrong(_wrong(settings, masters)) from None
    return vault


def _given(settings: Settings) -> Masters:
    """The master keys of the settings; they were looked at when these were read."""
    keys = [
        base64.b64decode(secret.get_secret_value())
        for secret in (settings.master_key, settings.previous_master_key)
        if secret is not None
    ]
    return Masters(*keys)


def _check_names(settings: Settings, masters: MasterKeys, used: list[InUse]) -> None:
    needed = {one.master: one for one in used if one.master is not None}
    unknown = needed.keys() - masters.names
    if not unknown:
        return
    if unknown == needed.keys():
        raise MasterKeyWrong(_wrong(settings, masters))
    file = master_file(settings)
    where = f"as {file.previous}" if file else "into DOTI_PREVIOUS_MASTER_KEY"
    count = sum(needed[name].keys for name in unknown)
    named = ", ".join(sorted(name.hex() for name in unknown))
    raise PreviousMissing(
        f"{count} keys are still wrapped by the master key before ({named}), which is missing: "
        f"put it back {where} and run doti keys rotate again."
    )


def _wrong(settings: Settings, masters: MasterKeys) -> str:
    file = master_file(settings)
    where = "in DOTI_MASTER_KEY" if file is None else f"{file.path}"
    return (
        f"The master key {where} ({masters.current.hex()}) is not the one of this register: "
        "nothing that it keeps of persons can be read. Put the right one there."
    )
