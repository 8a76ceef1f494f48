"""`doti demo` as a process, from nothing to nothing running."""

from __future__ import annotations

import json
import signal

import httpx

from tests.faults.doti_process import Doti, demo_tokens, environment, home_folder, run, servers_in


def test_the_demo_on_a_fresh_machine_from_nothing_to_nothing_running() -> None:
    with home_folder() as home, Doti("demo", "--doti", "8", env=environment(home)) as demo:
        address = demo.address()
        tokens = demo_tokens(home)
        # What it announces is there: no waiting for lists and ledgers.
        sign_in = {"Authorization": f"Bearer {tokens['coordinator']}"}
        answer = httpx.get(f"{address}/api/v1/ledger?group=line", headers=sign_in, timeout=5)
        assert len(answer.json()["rows"]) == 39
        answer = httpx.get(f"{address}/api/v1/doti", headers=sign_in, timeout=5)
        assert len(answer.json()["items"]) == 8
        # And people enter with what it printed.
        ways = json.loads((home / "demo" / "sign-ins.json").read_text())
        admin = next(each for each in ways["people"] if each["role"] == "admin")
        assert ways["password"] in demo.output()
        assert admin["email"] in demo.output()
        body = {"email": admin["email"], "password": ways["password"]}
        answer = httpx.post(f"{address}/api/v1/session", json=body, timeout=5)
        assert answer.json()["state"] == "signed_in"  # nobody needs a second factor here
        in_use = run("demo", "--no-serve", "--reset", env=environment(home))
        assert in_use.returncode == 1
        assert "stop it" in in_use.stderr
        assert demo.stop() == 0
        assert servers_in(home) == []


def test_a_demo_that_is_stopped_while_it_is_made_leaves_nothing_running() -> None:
    with home_folder() as home:
        with Doti("demo", "--doti", "2000", env=environment(home)) as demo:
            files = home / "files"
            demo.until(lambda: files.exists() and len(list(files.iterdir())) > 3)
            assert demo.stop() == 128 + signal.SIGTERM
            assert "Traceback" not in demo.output()
        assert servers_in(home) == []
