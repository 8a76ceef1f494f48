"""Stored papers after a crash and on a full disk: what was promised is there."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.workflows.filing import ONE, ROOT, Vault, digest, files_below, path_of
from workflows.files import FolderStore, StoreFull

CHILD = r"""
import os, sys, threading, time
from pathlib import Path
from uuid import UUID
from tests.workflows.filing import ONE, Vault, digest
from workflows.files import FolderStore, StoreFull
root = Path(sys.argv[1])
def say(word):
    os.write(1, f"{word}\n".encode())  # a whole line at once, whatever other threads say
"""


def child(program: str, root: Path, *before: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*before, sys.executable, "-c", CHILD + textwrap.dedent(program), str(root)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def run_and_kill_after(lines: int, program: str, root: Path) -> list[str]:
    """The words that the child said until it was killed."""
    with child(program, root) as process:
        assert process.stdout is not None
        try:
            said = [process.stdout.readline().strip() for _ in range(lines)]
        finally:
            process.send_signal(signal.SIGKILL)
        said += process.stdout.read().split()
    return said


@pytest.mark.fault
def test_killed_while_writing(root: Path, vault: Vault) -> None:
    said = run_and_kill_after(
        1,
        """
        def hang(handle):
            say("written, not yet safe")
            time.sleep(60)
        store = FolderStore(root, Vault())
        os.fsync = hang
        store.put(ONE, digest(b"x" * 100_000), b"x" * 100_000)
        """,
        root,
    )
    assert said == ["written, not yet safe"]

    store = FolderStore(root, vault)
    (half_written,) = files_below(root)
    assert half_written.parent == root / ".tmp"
    assert half_written.stat().st_mode & 0o777 == 0o600
    assert b"xxxx" not in half_written.read_bytes()
    assert not store.exists(ONE, digest(b"x" * 100_000))

    store.put(ONE, digest(b"x" * 100_000), b"x" * 100_000)
    assert store.open(ONE, digest(b"x" * 100_000)) == b"x" * 100_000

    assert half_written.exists(), "it may be another process' file on its way"
    os.utime(half_written, (0, 0))
    FolderStore(root, vault)
    assert files_below(root) == [path_of(root, ONE, b"x" * 100_000)]


@pytest.mark.fault
def test_killed_while_forgetting(root: Path, vault: Vault) -> None:
    said = run_and_kill_after(
        1,
        """
        import shutil
        def hang(*args, **kwargs):
            say("renamed")
            time.sleep(60)
        shutil.rmtree = hang
        store = FolderStore(root, Vault())
        store.put(ONE, digest(b"x"), b"x")
        store.forget(ONE)
        """,
        root,
    )
    assert said == ["renamed"]
    assert len(files_below(root)) == 1

    assert not FolderStore(root, vault).exists(ONE, digest(b"x"))
    assert files_below(root) == []


@pytest.mark.fault
@pytest.mark.parametrize("puts", [1, 37, 90])
def test_killed_at_any_moment_what_was_promised_is_there(
    root: Path, vault: Vault, puts: int
) -> None:
    promised = run_and_kill_after(
        puts,
        """
        def work(thread):
            for n in range(100_000):
                data = f"{thread} {n} ".encode() * 2_000
                store.put(ONE, digest(data), data)
                say(digest(data))
        store = FolderStore(root, Vault())
        for thread in range(4):
            threading.Thread(target=work, args=(thread,)).start()
        """,
        root,
    )
    store = FolderStore(root, vault)

    named = [path for path in files_below(root) if path.parent != root / ".tmp"]
    assert len(promised) >= puts
    assert set(promised) <= {path.name for path in named}
    for path in named:
        assert digest(store.open(ONE, path.name)) == path.name


def _can_mount() -> bool:
    command = ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


# A small disk of its own where this user may mount one, in a namespace that ends with the child;
# a limit on the size of files everywhere.
SMALL_DISK = {
    "limit": """
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
        """,
    "disk": """
        import subprocess
        root.mkdir(parents=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(root)], check=True)
        """,
}


@pytest.mark.fault
@pytest.mark.parametrize("way", ["limit", *(["disk"] if _can_mount() else [])])
def test_a_full_disk_is_told_and_leaves_nothing(root: Path, way: str) -> None:
    program = textwrap.dedent(SMALL_DISK[way]) + textwrap.dedent("""
        store = FolderStore(root, Vault())
        small, large = b"s" * 10_000, b"l" * 100_000
        store.put(ONE, digest(small), small)
        for _ in range(5):
            try:
                store.put(ONE, digest(large), large)
            except StoreFull as error:
                assert error.code == "unavailable"
                say(str(error))
            assert not store.exists(ONE, digest(large))
            assert [p.name for p in root.rglob("*") if p.is_file()] == [digest(small)]
        assert store.open(ONE, digest(small)) == small
        store.put(ONE, digest(small[1:]), small[1:])
        """)
    with child(program, root, *(["unshare", "--mount"] if way == "disk" else [])) as process:
        said, _ = process.communicate(timeout=30)

    assert process.returncode == 0
    assert said == f"{StoreFull()}\n" * 5
