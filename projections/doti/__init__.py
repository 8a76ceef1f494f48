"""The list of doti, as pages and worklists ask for it."""
