"""Decoding of images from outside, in a limited child process that is replaced after every fault."""

import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import numpy as np
from numpy.typing import NDArray

from inference.engine import decode_child
from inference.engine.errors import Unreadable
from patients.image_header import ImageRefused, check_header

LONGEST_SIDE = 1280
TIMEOUT_SECONDS = 20.0
_PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class DecodedImage:
    """An upright RGB image, uint8 [height, width, 3], and the original's upright size in pixels."""

    pixels: NDArray[np.uint8]
    original_width: int
    original_height: int

    @property
    def scale(self) -> float:
        """Original pixels per pixel, at least 1."""
        return self.original_width / int(self.pixels.shape[1])


class Decoder:
    """Owns the child process. Starts it on first use, so that a forked worker gets one of its own."""

    def __init__(self, *, longest_side: int = LONGEST_SIDE, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self.longest_side = longest_side
        self.timeout_seconds = timeout_seconds
        self.starts = 0
        self._child: subprocess.Popen[bytes] | None = None
        self._owner_pid = 0
        self._lock = threading.Lock()

    def decode(self, data: bytes) -> DecodedImage:
        """Decode to at most `longest_side`; raises `Unreadable`, also when the child died of the image."""
        size, original, payload = self._ask(decode_child.OP_RGB, data, self.longest_side)
        pixels = np.frombuffer(payload, dtype=np.uint8).reshape(size[1], size[0], 3)
        return DecodedImage(pixels, *original)

    def clean_jpeg(self, data: bytes) -> bytes:
        """A fresh JPEG: upright, at most `longest_side`, no metadata, no tail. Raises `Unreadable`."""
        return self._ask(decode_child.OP_JPEG, data, self.longest_side)[2]

    def close(self) -> None:
        with self._lock:
            self._stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def child_pid(self) -> int | None:
        return self._child.pid if self._child else None

    def _ask(self, operation: int, data: bytes, side: int) -> tuple[tuple[int, int], tuple[int, int], bytes]:
        try:
            check_header(data)
        except ImageRefused as refused:
            raise Unreadable(refused.code) from None
        with self._lock:
            reply, payload = self._exchange(decode_child.REQUEST.pack(operation, side, len(data)) + data)
        status, width, height, original_width, original_height, _length = reply
        if status != decode_child.OK:
            raise Unreadable("the decoder refused it")
        return (width, height), (original_width, original_height), payload

    def _exchange(self, request: bytes) -> tuple[tuple[int, ...], bytes]:
        """One request and its reply; a child found dead is replaced first, one that dies now is a fault."""
        child = self._running_child()
        deadline = threading.Timer(self.timeout_seconds, child.kill)
        deadline.daemon = True
        deadline.start()
        try:
            assert child.stdin
            child.stdin.write(request)
            child.stdin.flush()
            reply = decode_child.REPLY.unpack(_read_exactly(child, decode_child.REPLY.size))
            return reply, _read_exactly(child, reply[-1])
        except (OSError, EOFError):
            self._stop()
            raise Unreadable("the decoder died of it") from None
        finally:
            deadline.cancel()

    def _running_child(self) -> subprocess.Popen[bytes]:
        if self._owner_pid != os.getpid():  # after a fork the child belongs to the parent
            self._child = None
        if self._child is None or self._child.poll() is not None:
            self._stop()
            self._child = _start_child()
            self._owner_pid = os.getpid()
            self.starts += 1
        return self._child

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None or self._owner_pid != os.getpid():
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                _close_quietly(pipe)


def _start_child() -> subprocess.Popen[bytes]:
    """An empty environment: the process that parses hostile bytes is given no key to leak."""
    return subprocess.Popen(
        [sys.executable, "-m", "inference.engine.decode_child"],
        cwd=_PROJECT,
        env={"PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _read_exactly(child: subprocess.Popen[bytes], length: int) -> bytes:
    assert child.stdout
    data = child.stdout.read(length)
    if len(data) < length:
        raise EOFError
    return data


def _close_quietly(pipe: IO[bytes]) -> None:
    with suppress(OSError):  # what was left in the buffer has nowhere to go
        pipe.close()
