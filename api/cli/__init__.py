"""The command line, `doti`. Its commands are where their names say; importing adds them."""

from api.cli import (
    accounts,
    deadlines,
    demo,
    history,
    policy,
    programme,
    proving,
    register,
    running,
    tokens,
)
from api.cli.application import app, main

__all__ = [
    "accounts",
    "app",
    "deadlines",
    "demo",
    "history",
    "main",
    "policy",
    "programme",
    "proving",
    "register",
    "running",
    "tokens",
]
