"""Keeping the keys: changing the master key, backups, and keys that must not be there."""
