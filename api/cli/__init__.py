"""The command line, `doti`. Its commands are where their names say; importing adds them."""

from api.cli import (
    deadlines,
    demo,
    history,
    keys,
    policy,
    programme,
    proving,
    register,
    running,
    tokens,
)
from api.cli.application import app, main

__all__ = [
    "app",
    "deadlines",
    "demo",
    "history",
    "keys",
    "main",
    "policy",
    "programme",
    "proving",
    "register",
    "running",
    "tokens",
]
