"""Four forms of the same data behind one interface: a path in, raw arrays by name out."""

from inference.training.sources.reading import Arrays, read_arrays

__all__ = ["Arrays", "read_arrays"]
