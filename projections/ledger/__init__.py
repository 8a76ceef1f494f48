"""The ledger: every posting with its place in the log and the balance after it."""
