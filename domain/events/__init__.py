"""The events of the register: past tense, immutable, every field with its unit."""
