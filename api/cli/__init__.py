"""The command line, `doti`. Its commands are where their names say; importing adds them."""

from api.cli import (
    accounts,
    deadlines,
    demo,
    erasures,
    history,
    keys,
    policy,
    programme,
    proving,
    register,
    running,
    second_factors,
    tokens,
)
from api.cli.application import app, main

__all__ = [
    "accounts",
    "app",
    "deadlines",
    "demo",
    "erasures",
    "history",
    "keys",
    "main",
    "policy",
    "programme",
    "proving",
    "register",
    "running",
    "second_factors",
    "tokens",
]
