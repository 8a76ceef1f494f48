"""What people do: one short function per command, run by the engine in one transaction."""
