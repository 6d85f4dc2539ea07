"""The YuNet detector's file and its SHA-256; knows no OpenCV, so that the web process can check it too."""

import hashlib
from pathlib import Path
from typing import Final

from inference.engine.errors import ModelPackageError

SHA256: Final = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"


def is_known_detector(data: bytes) -> bool:
    return hashlib.sha256(data).hexdigest() == SHA256


def check_detector(file: Path) -> None:
    """Raises `ModelPackageError`, one line, when the file cannot be read or is not the one we know."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ModelPackageError(f"{file}: the detector cannot be read ({error.strerror})") from None
    if not is_known_detector(data):
        raise ModelPackageError(f"{file}: not the YuNet detector (its SHA-256 is another)")
