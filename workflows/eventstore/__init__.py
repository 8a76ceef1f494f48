"""The only place that knows how events are stored, sealed, ordered and read back."""
