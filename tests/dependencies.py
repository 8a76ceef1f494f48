"""Whether something that is installed has a known vulnerability: `make audit`.

Exit code 1 for one that is known. Where the advisories cannot be read (no network, or a mirror that
has none) it says so in one line and fails nothing: what could not be looked at is never called
clean.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

LOCK = Path(__file__).parent.parent / "requirements.lock"
_PATIENCE_S = 240


class Verdict(NamedTuple):
    """What the audit comes to: lines to print, and whether it fails."""

    lines: list[str]
    fails: bool


def audit() -> Verdict:
    """Asks pip-audit about everything in requirements.lock, and installs nothing."""
    command = [
        *(sys.executable, "-m", "pip_audit", "--requirement", str(LOCK)),
        *("--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off"),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_S)
    except subprocess.TimeoutExpired:
        return _unknown("no answer in time")
    return verdict(done.stdout, done.stderr)


def verdict(out: str, err: str) -> Verdict:
    """What pip-audit's words come to."""
    try:
        found: list[dict[str, Any]] = json.loads(out)["dependencies"]
    except (ValueError, KeyError):
        words = (err.strip().splitlines() or ["nothing"])[-1]
        if any(sign in err for sign in _UNREACHABLE):
            return _unknown(words[:150])
        return Verdict([f"The audit of dependencies failed: {words}"], fails=True)
    bad = [_told(each, known) for each in found for known in each.get("vulns", ())]
    if bad:
        return Verdict(bad, fails=True)
    skipped = [each["name"] for each in found if "skip_reason" in each]
    if not found or len(skipped) == len(found):
        return _unknown("it knows none of the packages")
    line = f"{len(found) - len(skipped)} dependencies have no known vulnerability."
    more = [f"Not looked at: {', '.join(skipped)}."] if skipped else []
    return Verdict([line, *more], fails=False)


_UNREACHABLE = ("ConnectionError", "Could not connect", "timed out", "ServiceError", "HTTPError")


def _unknown(why: str) -> Verdict:
    line = f"Dependencies were NOT audited: the service of advisories does not answer ({why})."
    return Verdict([line], fails=False)


def _told(package: dict[str, Any], known: dict[str, Any]) -> str:
    fixed = ", ".join(known.get("fix_versions", ())) or "no version"
    return f"{package['name']} {package['version']}: {known['id']}, mended in {fixed}"


if __name__ == "__main__":
    came_to = audit()
    print("\n".join(came_to.lines))
    sys.exit(came_to.fails)
