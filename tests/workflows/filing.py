"""Papers to upload, and a vault and a folder to keep them in."""

import os
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests" / "data" / "files"

ONE = UUID("11111111-1111-4111-8111-111111111111")
OTHER = UUID("22222222-2222-4222-8222-222222222222")

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
JPEG, PNG, HEIC, WEBP, TIFF = (
    (SAMPLES / f"pixel.{end}").read_bytes() for end in ("jpg", "png", "heic", "webp", "tif")
)


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


class Vault:
    """AES-256-GCM with a key per subject, which can be erased. Predictable keys: tests only."""

    def __init__(self) -> None:
        self.erased: set[UUID] = set()

    def _cipher(self, subject_id: UUID) -> AESGCM:
        if subject_id in self.erased:
            raise KeyError(subject_id)
        return AESGCM(sha256(subject_id.bytes).digest())

    def seal_bytes(self, subject_id: UUID, data: bytes, context: bytes) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._cipher(subject_id).encrypt(nonce, data, context)

    def open_bytes(self, subject_id: UUID, data: bytes, context: bytes) -> bytes:
        return self._cipher(subject_id).decrypt(data[:12], data[12:], context)


def path_of(root: Path, subject_id: UUID, data: bytes) -> Path:
    return root / str(subject_id) / digest(data)[:2] / digest(data)


def files_below(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())
