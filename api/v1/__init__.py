"""Version 1 of the HTTP contract: thin routes, one module an area."""

PREFIX = "/api/v1"
