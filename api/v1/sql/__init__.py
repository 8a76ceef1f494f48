"""Statements of the few answers that no projection holds."""
