"""Faces and data sets that lie beside the checkout and never inside it."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"


def needs_shared() -> None:
    """Skips where the folder is not, which fails with CI=true."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not on this machine")


def london_face(name: str = "happy/001.jpg") -> bytes:
    """A real portrait (Face Research Lab London Set, CC BY 4.0)."""
    needs_shared()
    return (SHARED / "data" / "london_faces" / name).read_bytes()
