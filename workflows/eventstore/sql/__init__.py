"""Statements, each named and commented in a .sql file; parameters only, never pasted text."""
