"""Stored papers: what was stored stays, stays private and can go."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag

from tests.workflows.filing import JPEG, ONE, OTHER, PDF, PNG, Vault, digest, files_below, path_of
from workflows.files import FileMissing, FileStore, FolderStore, StoredFileDamaged, StoreUnavailable


def test_keeps_and_gives_back(store: FolderStore, root: Path, vault: Vault) -> None:
    as_protocol: FileStore = store
    assert not as_protocol.exists(ONE, digest(PDF))

    as_protocol.put(ONE, digest(PDF), PDF)

    assert as_protocol.exists(ONE, digest(PDF))
    assert as_protocol.open(ONE, digest(PDF)) == PDF
    assert FolderStore(root, vault).open(ONE, digest(PDF)) == PDF
    assert files_below(root) == [path_of(root, ONE, PDF)]


def test_nothing_lies_around_in_clear(store: FolderStore, root: Path) -> None:
    store.put(ONE, digest(PDF), PDF)

    assert b"PDF" not in path_of(root, ONE, PDF).read_bytes()


def test_putting_again_changes_nothing(store: FolderStore, root: Path) -> None:
    store.put(ONE, digest(PDF), PDF)
    before = path_of(root, ONE, PDF).read_bytes(), path_of(root, ONE, PDF).stat().st_ino

    store.put(ONE, digest(PDF), PDF)

    assert before == (path_of(root, ONE, PDF).read_bytes(), path_of(root, ONE, PDF).stat().st_ino)


def test_the_same_bytes_of_two_households_are_two_objects(store: FolderStore, root: Path) -> None:
    store.put(ONE, digest(PDF), PDF)
    assert not store.exists(OTHER, digest(PDF))
    store.put(OTHER, digest(PDF), PDF)

    assert path_of(root, ONE, PDF).read_bytes() != path_of(root, OTHER, PDF).read_bytes()
    store.forget(ONE)

    assert not store.exists(ONE, digest(PDF))
    assert store.open(OTHER, digest(PDF)) == PDF


def test_forgetting_takes_every_file_and_every_trace(store: FolderStore, root: Path) -> None:
    for data in (PDF, JPEG, PNG):
        store.put(ONE, digest(data), data)

    store.forget(ONE)
    store.forget(ONE)

    assert list(root.iterdir()) == [root / ".tmp"]
    assert list((root / ".tmp").iterdir()) == []
    with pytest.raises(FileMissing):
        store.open(ONE, digest(PDF))
    store.put(ONE, digest(PDF), PDF)
    assert store.open(ONE, digest(PDF)) == PDF


def test_deleting_takes_one_file(store: FolderStore, root: Path) -> None:
    store.put(ONE, digest(PDF), PDF)
    store.put(ONE, digest(PNG), PNG)

    store.delete(ONE, digest(PDF))
    store.delete(ONE, digest(PDF))
    store.delete(OTHER, digest(PDF))

    assert not store.exists(ONE, digest(PDF))
    assert store.open(ONE, digest(PNG)) == PNG
    store.delete(ONE, digest(PNG))
    assert list(root.iterdir()) == [root / ".tmp"]


def test_a_missing_file_is_told(store: FolderStore) -> None:
    with pytest.raises(FileMissing) as error:
        store.open(ONE, digest(PDF))
    assert error.value.code == "not_found"
    assert error.value.facts == {"sha256": digest(PDF)}


def test_the_key_must_be_that_of_the_content(store: FolderStore, root: Path) -> None:
    with pytest.raises(ValueError, match="another SHA-256"):
        store.put(ONE, digest(PNG), PDF)
    for key in ("", "../../etc/passwd", digest(PDF).upper(), digest(PDF) + "\n"):
        for ask in (store.open, store.exists, store.delete):
            with pytest.raises(ValueError, match="64 lower-case"):
                ask(ONE, key)
    assert files_below(root) == []


def test_an_erased_key_is_told_apart_from_damage(store: FolderStore, vault: Vault) -> None:
    store.put(ONE, digest(PDF), PDF)
    vault.erased.add(ONE)

    with pytest.raises(KeyError):
        store.open(ONE, digest(PDF))
    with pytest.raises(KeyError):
        store.put(ONE, digest(PNG), PNG)
    assert not store.exists(ONE, digest(PNG))
    store.forget(ONE)
    assert not store.exists(ONE, digest(PDF))


@contextmanager
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    try:
        yield
    finally:
        os.umask(before)


def test_only_the_owner_may_look(root: Path, vault: Vault) -> None:
    root.mkdir(parents=True, mode=0o777)
    with no_umask():
        FolderStore(root, vault).put(ONE, digest(PDF), PDF)

    for path in (root, *root.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


SPOILERS: dict[str, Callable[[bytes], bytes]] = {
    "one bit": lambda stored: stored[:-20] + bytes([stored[-20] ^ 1]) + stored[-19:],
    "cut short": lambda stored: stored[:-1],
    "emptied": lambda stored: b"",
    "longer": lambda stored: stored + b"\0",
    "zeroed, as after a power cut": lambda stored: bytes(len(stored)),
    "replaced by clear text": lambda stored: PDF,
    "another format": lambda stored: b"x" + stored[1:],
}


@pytest.mark.parametrize("spoil", SPOILERS.values(), ids=list(SPOILERS))
def test_damage_is_found_never_served_and_mended_by_putting_again(
    store: FolderStore, root: Path, spoil: Callable[[bytes], bytes]
) -> None:
    store.put(ONE, digest(PDF), PDF)
    path = path_of(root, ONE, PDF)
    path.write_bytes(spoil(path.read_bytes()))

    with pytest.raises(StoredFileDamaged) as error:
        store.open(ONE, digest(PDF))
    assert error.value.code == "unavailable"
    assert error.value.facts == {"sha256": digest(PDF)}

    store.put(ONE, digest(PDF), PDF)
    assert store.open(ONE, digest(PDF)) == PDF


def test_files_that_were_swapped_on_disk_do_not_open(store: FolderStore, root: Path) -> None:
    store.put(ONE, digest(PDF), PDF)
    store.put(ONE, digest(PNG), PNG)
    store.put(OTHER, digest(PDF), PDF)
    path = path_of(root, ONE, PDF)

    for another in (path_of(root, ONE, PNG), path_of(root, OTHER, PDF)):
        path.write_bytes(another.read_bytes())
        with pytest.raises(InvalidTag):
            store.open(ONE, digest(PDF))


def test_what_a_careless_vault_opens_wrongly_is_not_served(root: Path) -> None:
    class Careless:
        def seal_bytes(self, subject_id: UUID, data: bytes, context: bytes) -> bytes:
            return data[:-1]

        def open_bytes(self, subject_id: UUID, data: bytes, context: bytes) -> bytes:
            return data

    store = FolderStore(root, Careless())
    store.put(ONE, digest(PDF), PDF)
    with pytest.raises(StoredFileDamaged):
        store.open(ONE, digest(PDF))


def test_a_broken_disk_is_told(store: FolderStore, root: Path, vault: Vault) -> None:
    path = path_of(root, ONE, PDF)
    path.mkdir(parents=True)  # in the place of the file: neither readable nor replaceable
    for act in (
        lambda: store.put(ONE, digest(PDF), PDF),
        lambda: store.open(ONE, digest(PDF)),
        lambda: store.delete(ONE, digest(PDF)),
    ):
        with pytest.raises(StoreUnavailable) as error:
            act()
        assert error.value.code == "unavailable"
        assert isinstance(error.value.__cause__, OSError)
    path.rmdir()

    (root / ".tmp").rmdir()
    with pytest.raises(StoreUnavailable):
        store.put(ONE, digest(PDF), PDF)

    (root.parent / "a file").touch()
    with pytest.raises(StoreUnavailable):
        FolderStore(root.parent / "a file", vault)


def test_threads_that_put_the_same_file_agree(store: FolderStore, root: Path) -> None:
    together = threading.Barrier(16)

    def put_and_read(n: int) -> list[bytes]:
        found = []
        for data in (PDF, PNG, b"large" * 100_000):
            together.wait()
            store.put(ONE, digest(data), data)
            found.append(store.open(ONE, digest(data)))
        return found

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(put_and_read, range(16))) == [[PDF, PNG, b"large" * 100_000]] * 16
    assert len(files_below(root)) == 3


def test_putting_and_removing_at_once_leaves_one_or_the_other(store: FolderStore) -> None:
    def work(n: int) -> None:
        for _ in range(25):
            if n % 3:
                store.put(ONE, digest(PDF), PDF)
                with suppress(FileMissing):
                    assert store.open(ONE, digest(PDF)) == PDF
            elif n:
                store.delete(ONE, digest(PDF))
            else:
                store.forget(ONE)

    with ThreadPoolExecutor(9) as pool:
        list(pool.map(work, range(9)))
    store.put(ONE, digest(PDF), PDF)
    assert store.open(ONE, digest(PDF)) == PDF
