"""What was paid and what of it is documented, waits, or is missing: by dote, line and partner."""
