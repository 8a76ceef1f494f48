"""The embedded server under real processes: shared, killed, interrupted, misled."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from api.embedded_postgres import SERVER_SETTINGS
from api.postgres import DatabaseUnavailable, EmbeddedPostgres, check_database, database
from api.postgres_host import MAJOR
from api.settings import Settings
from tests.faults.doti_process import kill_servers_of, servers_of

pytestmark = [pytest.mark.fault, pytest.mark.slow]

USER = """
import sys
from pathlib import Path
from api.postgres import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1])) as server:
    print(server.url, flush=True)
    sys.stdin.readline()
print("left", flush=True)
"""


class User:
    """Another process that uses the data folder until it is told to leave, or is killed."""

    def __init__(self, data_dir: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def url(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def leave(self) -> None:
        output, _ = self.process.communicate("\n", timeout=60)
        assert output.strip() == "left"
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=60)


@pytest.fixture
def home() -> Iterator[Path]:
    """A home folder. Not pytest's own: each run closes the parent of those to other accounts,
    and a server that root starts has another account.
    """
    with tempfile.TemporaryDirectory(prefix="doti-test-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def data_dir(home: Path) -> Iterator[Path]:
    """A folder for data; whatever still runs on it after a failed test is ended."""
    folder = home / "pg"
    yield folder
    kill_servers_of(folder)


def postmaster(folder: Path) -> psutil.Process:
    return psutil.Process(int((folder / "postmaster.pid").read_text().split()[0]))


def write(url: str, number: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
        connection.execute("INSERT INTO kept VALUES (%s)", [number])


def numbers(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT number FROM kept ORDER BY number")]


def test_it_starts_keeps_its_data_and_leaves_nothing_running(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir) as server:
        write(server.url, 1)
        with psycopg.connect(server.url) as connection:
            for name, wanted in {**SERVER_SETTINGS, "fsync": "on"}.items():
                row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
                assert row == (wanted,), name
    assert servers_of(data_dir) == []
    assert not (data_dir / "postmaster.pid").exists()
    with EmbeddedPostgres(data_dir) as server:
        assert numbers(server.url) == [1]
        server.stop()
        server.stop()
    assert servers_of(data_dir) == []


def test_two_processes_that_start_at_once_share_one_server_and_the_last_stops_it(
    data_dir: Path,
) -> None:
    first, second = User(data_dir), User(data_dir)
    assert first.url() == second.url() == EmbeddedPostgres(data_dir).url
    shared = postmaster(data_dir)
    first.leave()
    write(EmbeddedPostgres(data_dir).url, 1)
    assert postmaster(data_dir) == shared
    second.leave()
    assert servers_of(data_dir) == []


def test_two_users_in_one_process_share_it_too(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir) as outer:
        with EmbeddedPostgres(data_dir) as inner:
            assert inner.url == outer.url
        write(outer.url, 1)
    assert servers_of(data_dir) == []


def test_a_killed_user_is_forgotten_and_the_next_one_stops_the_server(data_dir: Path) -> None:
    killed = User(data_dir)
    write(killed.url(), 1)
    left_over = postmaster(data_dir)
    killed.kill()
    with EmbeddedPostgres(data_dir) as server:
        assert postmaster(data_dir) == left_over
        assert numbers(server.url) == [1]
    assert servers_of(data_dir) == []


def test_a_user_killed_beside_another_does_not_keep_the_server_alive(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir) as server:
        killed = User(data_dir)
        assert killed.url() == server.url
        killed.kill()
        write(server.url, 1)
    assert servers_of(data_dir) == []


def test_everything_killed_at_once_recovers_what_was_committed(data_dir: Path) -> None:
    killed = User(data_dir)
    write(killed.url(), 1)
    killed.kill()
    kill_servers_of(data_dir)
    with EmbeddedPostgres(data_dir) as server:
        assert numbers(server.url) == [1]
    assert servers_of(data_dir) == []


def test_a_busy_worker_of_a_killed_server_is_waited_for(data_dir: Path) -> None:
    killed = User(data_dir)
    url = killed.url()
    write(url, 1)
    with psycopg.connect(url) as connection:
        busy = threading.Thread(target=_swallow, args=(connection, "SELECT pg_sleep(1)"))
        busy.start()
        killed.kill()
        postmaster(data_dir).kill()
        with EmbeddedPostgres(data_dir) as server:
            assert numbers(server.url) == [1]
        busy.join()
    assert servers_of(data_dir) == []


def _swallow(connection: psycopg.Connection[tuple[object, ...]], query: str) -> None:
    with contextlib.suppress(psycopg.OperationalError):
        connection.execute(query)


def test_a_process_id_that_was_given_to_another_process_does_not_mislead(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir) as server:
        write(server.url, 1)
    owner = data_dir.stat().st_uid if os.geteuid() == 0 else None
    stranger = subprocess.Popen(["sleep", "60"], user=owner, cwd="/")
    try:
        for stale in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            (data_dir / stale).write_text(f"{stranger.pid}\n{data_dir}\n1700000000\n5432\n\n\n")
        with EmbeddedPostgres(data_dir) as server:
            assert numbers(server.url) == [1]
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()
    assert servers_of(data_dir) == []


def test_an_interrupted_first_start_is_made_again(data_dir: Path) -> None:
    started = User(data_dir)
    while not (half_made := list(data_dir.parent.glob("pg.new-*/global"))):
        assert started.process.poll() is None
    started.kill()
    assert not data_dir.exists()
    assert half_made
    with EmbeddedPostgres(data_dir) as server:
        write(server.url, 1)
    assert sorted(path.name for path in data_dir.parent.iterdir()) == ["pg", "pg.turn", "pg.users"]
    assert servers_of(data_dir) == []


def test_an_incomplete_data_folder_of_unknown_origin_is_told_and_not_touched(
    data_dir: Path,
) -> None:
    data_dir.mkdir()
    (data_dir / "PG_VERSION").write_text(f"{MAJOR}\n")
    with pytest.raises(DatabaseUnavailable, match="not a complete PostgreSQL data folder"):
        EmbeddedPostgres(data_dir).start()
    assert [path.name for path in data_dir.iterdir()] == ["PG_VERSION"]


def test_a_data_folder_of_another_version_is_told(data_dir: Path) -> None:
    (data_dir / "global").mkdir(parents=True)
    (data_dir / "global" / "pg_control").touch()
    (data_dir / "PG_VERSION").write_text("15\n")
    with pytest.raises(DatabaseUnavailable, match=f"made by PostgreSQL 15, and this is {MAJOR}"):
        EmbeddedPostgres(data_dir).start()


def test_a_server_that_does_not_start_says_why(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir):
        pass
    with (data_dir / "postgresql.conf").open("a") as conf:
        conf.write("shared_buffers = 'plenty'\n")
    with pytest.raises(DatabaseUnavailable, match=r"contains errors\. See .*server\.log") as caught:
        EmbeddedPostgres(data_dir).start()
    assert "\n" not in str(caught.value)
    assert servers_of(data_dir) == []


def test_a_home_that_cannot_be_a_folder_is_told(home: Path) -> None:
    (home / "file").touch()
    with pytest.raises(DatabaseUnavailable, match="Set DOTI_HOME to a folder"):
        EmbeddedPostgres(home / "file" / "pg").start()


@pytest.fixture
def small_disk(home: Path) -> Iterator[Path]:
    """A disk of its own that is too small for a database, where we may mount one."""
    if os.geteuid() != 0 or sys.platform != "linux":
        pytest.skip("only root on Linux can mount a disk")
    mount = ["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(home)]
    if subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("no disk can be mounted here")
    yield home
    subprocess.run(["umount", "--lazy", str(home)], check=True)


def test_a_full_disk_is_told_and_mended_by_space(small_disk: Path) -> None:
    folder = small_disk / "pg"
    with pytest.raises(DatabaseUnavailable, match="The disk is full"):
        EmbeddedPostgres(folder).start()
    assert not folder.exists()
    subprocess.run(["mount", "-o", "remount,size=100m", str(small_disk)], check=True)
    with EmbeddedPostgres(folder) as server:
        write(server.url, 1)
    filler = small_disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(bytes(1024 * 1024)):
            pass
    with pytest.raises(DatabaseUnavailable, match="The disk is full"):
        EmbeddedPostgres(folder).start()
    assert servers_of(folder) == []
    filler.unlink()
    with EmbeddedPostgres(folder) as server:
        assert numbers(server.url) == [1]


def test_words_about_a_full_disk_are_understood() -> None:
    server = EmbeddedPostgres(Path("/nowhere/pg"))
    words = "creating directory ... ok\ninitdb: error: could not write: No space left on device"
    assert "The disk is full" in str(server._failure("cannot be made", words))


@pytest.mark.parametrize("name", ["with space", "with, comma", "it's", "x" * 120])
def test_odd_and_long_paths_work(home: Path, name: str) -> None:
    folder = home / name / "pg"
    with EmbeddedPostgres(folder) as server, psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        assert connection.info.host == str(server._socket_dir)
    assert servers_of(folder) == []
    assert server._socket_dir == folder.resolve() or not server._socket_dir.exists()


def test_a_path_that_a_shell_would_read_is_refused(home: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match="set DOTI_HOME to another"):
        EmbeddedPostgres(home / "$(touch x)" / "pg").start()


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_does_not_keep_the_server_alive(data_dir: Path) -> None:
    done = multiprocessing.get_context("fork").Event()
    with EmbeddedPostgres(data_dir):
        child = multiprocessing.get_context("fork").Process(target=done.wait)
        child.start()
    try:
        assert servers_of(data_dir) == []
        with EmbeddedPostgres(data_dir) as server:
            write(server.url, 1)
        assert servers_of(data_dir) == []
    finally:
        done.set()
        child.join()


def test_without_a_url_the_database_is_our_own_and_with_one_it_is_that(home: Path) -> None:
    with database(Settings(home=home)) as own:
        check_database(own)
        with database(Settings(database_url=own, home=home / "unused")) as named:
            assert named == own
        with pytest.raises(DatabaseUnavailable, match="Create it first"):
            check_database(own.replace("/postgres?", "/nothing?"))
        with psycopg.connect(own, autocommit=True) as connection:
            connection.execute(
                "CREATE DATABASE latin ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc TEMPLATE template0"
            )
        with pytest.raises(DatabaseUnavailable, match="encoding is not UTF8"):
            check_database(own.replace("/postgres?", "/latin?"))
    assert not (home / "unused").exists()
    assert servers_of(home / "pg") == []


def test_a_wrong_password_is_told_without_telling_it(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir) as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE ROLE anna LOGIN PASSWORD 'right'")
            (data_dir / "pg_hba.conf").write_text(
                "local all postgres trust\nlocal all all scram-sha-256\n"
            )
            connection.execute("SELECT pg_reload_conf()")
        wrong = server.url.replace("postgres@", "anna:hunter2@")
        with pytest.raises(DatabaseUnavailable, match="Check the user and the password") as caught:
            check_database(wrong)
        assert "hunter2" not in str(caught.value)


def test_a_host_where_nothing_listens_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: nobody else gets it
        port = taken.getsockname()[1]
        with pytest.raises(DatabaseUnavailable, match="Check that the server runs there"):
            check_database(f"postgresql://u:hunter2@127.0.0.1:{port}/doti")


@pytest.mark.parametrize("url", ["postgresql://%zz", "postgresql://u:hunter2@[::1/x"])
def test_a_url_that_cannot_be_read_is_told_without_its_password(url: str) -> None:
    with pytest.raises(DatabaseUnavailable, match="DATABASE_URL cannot be read") as caught:
        check_database(url)
    assert "hunter2" not in str(caught.value)


def test_an_old_server_is_told(monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> None:
    monkeypatch.setattr("api.postgres.OLDEST_MAJOR", MAJOR + 1)
    with (
        EmbeddedPostgres(data_dir) as server,
        pytest.raises(DatabaseUnavailable, match="takes version 19 or newer"),
    ):
        check_database(server.url)
