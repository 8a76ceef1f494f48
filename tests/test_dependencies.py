"""The audit of dependencies fails for what is known, and calls clean only what it has seen."""

import json

from tests.dependencies import LOCK, verdict


def answer(*dependencies: dict[str, object]) -> str:
    return json.dumps({"dependencies": list(dependencies), "fixes": []})


CLEAN: dict[str, object] = {"name": "good", "version": "1.0", "vulns": []}
SKIPPED: dict[str, object] = {"name": "unknown", "skip_reason": "not found"}
BAD: dict[str, object] = {
    "name": "bad",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-0000-1", "fix_versions": ["1.1"]}, {"id": "PYSEC-0000-2"}],
}


def test_what_is_known_fails() -> None:
    lines, fails = verdict(answer(CLEAN, BAD, SKIPPED), "Found 2 known vulnerabilities")
    assert fails
    assert lines == [
        "bad 1.0: PYSEC-0000-1, mended in 1.1",
        "bad 1.0: PYSEC-0000-2, mended in no version",
    ]


def test_what_is_clean_passes_and_what_was_not_seen_is_named() -> None:
    assert verdict(answer(CLEAN), "") == (["1 dependencies have no known vulnerability."], False)
    lines, fails = verdict(answer(CLEAN, SKIPPED), "")
    assert not fails
    assert lines[1] == "Not looked at: unknown."


def test_without_advisories_it_says_so_and_fails_nothing() -> None:
    for out, err in (
        (answer(SKIPPED), "No known vulnerabilities found"),
        (answer(), ""),
        ("", "requests.exceptions.ConnectionError: no route to host"),
    ):
        (line,), fails = verdict(out, err)
        assert not fails
        assert "NOT audited" in line


def test_an_audit_that_breaks_is_not_taken_for_a_silent_service() -> None:
    for out, err in (("", "ERROR: hash missing for requirement"), ("{}", ""), ("not json", "")):
        assert verdict(out, err).fails


def test_everything_that_is_installed_is_pinned_by_its_hash() -> None:
    lines = LOCK.read_text("utf-8").splitlines()
    pinned = [n for n, line in enumerate(lines) if "==" in line and not line.startswith((" ", "#"))]
    assert len(pinned) > 50
    assert all("--hash=sha256:" in lines[n + 1] for n in pinned)
