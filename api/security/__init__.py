"""Who signs in, what they may read, and the key that wraps the keys of persons."""
