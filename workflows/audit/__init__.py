"""What proves the log: its tree of hashes, signed checkpoints, dossiers and their verification."""
