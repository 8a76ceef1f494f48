"""Measures: `python -m tests.bench [--quick] [row ...]`. See docs/bench.md."""
