"""The keys that sign checkpoints: one at a time, the retired ones only as public halves."""

from datetime import datetime
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from workflows.audit.canonical import rfc3339
from workflows.audit.keyring import KeyEntry, KeyRing, change_text
from workflows.audit.notes import Checkpoint, Note, PublicKey, public_bytes
from workflows.eventstore.database import Database
from workflows.eventstore.statements import statements
from workflows.eventstore.vault import Vault, signing_place

_SQL = statements("workflows.audit", "statements")


class SigningKeyMissing(Exception):
    """The private key that signs checkpoints is not there: restore the keys schema."""


def public_keys(database: Database) -> list[KeyEntry]:
    """The public keys of the register, oldest first; to be given out to everybody."""
    with database.transaction() as tx:
        return [KeyEntry(**row) for row in tx.execute(_SQL["public_keys"])]


class SigningKeys:
    """Signs with the newest key of a register, in a transaction that holds `lock`."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        # What signs is kept with the checkpoints, by the owner of the register.
        self._vault = Vault(database, vault.masters)
        self._lock = database.lock_id("checkpoint")

    def lock(self) -> None:
        """Holds all signing, until the transaction ends."""
        with self._database.transaction() as tx:
            tx.execute(_SQL["lock"], {"key": self._lock})

    def sign(self, size: int, root: bytes, now: datetime) -> Checkpoint:
        """A checkpoint of the log. The first one makes the first key."""
        keys = KeyRing(public_keys(self._database)).keys
        if not keys:
            # Unique for ever, so that two registers of one name cannot be mistaken.
            name = f"doti/{self._database.schema}/{uuid4().hex[:16]}"
            private = Ed25519PrivateKey.generate()
            self._insert(1, PublicKey(name, public_bytes(private)), private, 0, None, now)
        else:
            name, private = keys[0].key.name, self._private(len(keys))
        text = Checkpoint.text(name, size, root, rfc3339(now))
        return Checkpoint.of(Note.signed(text, name, private))

    def rotate(self, last: Checkpoint, now: datetime) -> PublicKey:
        """A new key that signs all that comes after the last checkpoint. The old one signs that
        it is followed, and is deleted."""
        keys = KeyRing(public_keys(self._database)).keys
        old, old_private = keys[-1].key, self._private(len(keys))
        private = Ed25519PrivateKey.generate()
        new = PublicKey(old.name, public_bytes(private))
        text = change_text(old, new, last.size, last.root, rfc3339(now))
        change = Note.signed(text, old.name, old_private, private)
        self._insert(len(keys) + 1, new, private, last.size, change, now)
        return new

    def _insert(
        self,
        n: int,
        public: PublicKey,
        private: Ed25519PrivateKey,
        after: int,
        change: Note | None,
        now: datetime,
    ) -> None:
        values = {
            "n": n,
            "key": str(public),
            "after": after,
            "change": str(change) if change else None,
            "at": now,
        }
        with self._database.transaction() as tx:
            tx.execute(_SQL["insert_public_key"], values)
            self._vault.put_signing_key(n, private.private_bytes_raw())
            tx.execute(_SQL["delete_private_keys"], {"n": n})

    def _private(self, n: int) -> Ed25519PrivateKey:
        with self._database.transaction() as tx:
            row = tx.execute(_SQL["private_key"], {"n": n}).fetchone()
        if row is None:
            raise SigningKeyMissing
        raw = self._vault.unwrap(row["wrapped"], signing_place(n))
        return Ed25519PrivateKey.from_private_bytes(raw)
