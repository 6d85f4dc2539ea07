"""Benchmarks: `python -m bench` runs all of them, one JSON line each. See docs/benchmarks.md."""
