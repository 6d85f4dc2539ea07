"""File locks. The kernel drops them when their process ends, however it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def open_lock(file: Path) -> int:
    return os.open(file, os.O_RDWR | os.O_CREAT, 0o600)


def try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def release(descriptor: int) -> None:
    """Unlocked by name: a child forked meanwhile by another thread may hold a copy open."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Wait for the lock, hold it for the block."""
    descriptor = open_lock(file)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        release(descriptor)


def is_locked(file: Path) -> bool:
    """Whether a living process holds this lock."""
    with suppress(FileNotFoundError):
        descriptor = os.open(file, os.O_RDWR)
        try:
            return not try_lock(descriptor)
        finally:
            release(descriptor)
    return False
