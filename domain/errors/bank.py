"""Refusals of bank files, and what is wrong at a place in one.

What stands in a bank file is private: these sentences name places, kinds and differences, never
a name, an account or a text.
"""

from domain.errors.base import DomainError


class NoBankStatement(DomainError):
    """This is no bank statement: camt.053, camt.054, MT940, CBI RH, CSV and XLSX are read."""

    code = "unsupported_media"
