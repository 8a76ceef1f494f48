"""Documents for people to keep: what stands in them, and how they are set."""
