"""Statements of the sign-in tables."""
