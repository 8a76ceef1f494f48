"""Programs that tests need and that pip does not bring: Debian's packages, where there is apt."""

import os
import shutil
import subprocess
import sys


def install(package: str) -> bool:
    """Whether the package was installed: as root, or by a sudo that asks for nothing."""
    if not shutil.which("apt-get"):
        return False
    root: list[str] = [] if os.geteuid() == 0 else ["sudo", "-n"]
    get = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    return runs([*get, "update"]) and runs(
        [*get, "install", "--yes", "--no-install-recommends", package]
    )


def runs(command: list[str]) -> bool:
    """Whether a command did what it is for."""
    try:
        return subprocess.run(command, check=False, stdout=sys.stderr).returncode == 0
    except OSError:
        return False
