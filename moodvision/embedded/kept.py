"""One server under the keeper's care: its state, and the steps between states."""

import logging
import time
from dataclasses import dataclass, field
from typing import IO, Protocol

from moodvision.embedded import addresses
from moodvision.embedded.errors import EmbeddedError
from moodvision.embedded.place import Place, ServiceState, private_folder
from moodvision.embedded.postgres import PostgresServer
from moodvision.embedded.processes import ServerProcess
from moodvision.embedded.redis import RedisServer

READY_SECONDS = 60.0  # a crashed database replays its log first
RETRY_SECONDS = 2.0

log = logging.getLogger(__name__)


class Server(Protocol):
    process: ServerProcess | None

    def launch(self, log: IO[bytes]) -> None: ...
    def adopt(self) -> bool: ...
    def is_ready(self) -> bool: ...
    def stop(self) -> None: ...


@dataclass
class Kept:
    name: str
    server: Server
    place: Place
    state: str = "stopped"
    error: str = ""
    since: float = field(default_factory=time.monotonic)
    wanted_at: float = field(default_factory=time.monotonic)

    @property
    def is_up(self) -> bool:
        return self.state in ("starting", "ready", "stopping")

    def says(self) -> ServiceState:
        process = self.server.process
        return {"state": self.state, "pid": process.pid if process else None, "error": self.error}

    def enter(self, state: str, error: str = "") -> None:
        log.info("%s %s %s", self.name, state, error)
        self.state, self.error, self.since = state, error, time.monotonic()

    def adopt(self) -> None:
        if self.server.adopt():
            self.enter("starting")

    def tick(self) -> None:
        """One look at a server that is wanted."""
        waited = time.monotonic() - self.since
        if self.state == "stopped" or (self.state == "failed" and waited > RETRY_SECONDS):
            self._start()
        elif self.is_up:
            self._look(waited)

    def stop(self) -> None:
        self.server.stop()
        self.enter("stopped")

    def _start(self) -> None:
        self.enter("starting")
        try:
            private_folder(addresses.socket_folder(self.place.var_dir))
            with self.place.open_log(self.name) as output:
                self.server.launch(output)
        except (EmbeddedError, OSError) as error:
            self.enter("failed", str(error))

    def _look(self, waited: float) -> None:
        """A starting server may have become ready; any may have died."""
        process, file = self.server.process, self.place.log(self.name)
        if process is None or not process.is_running():
            was_ready, self.server.process = self.state == "ready", None
            self.enter("failed", f"{self.name} ended unexpectedly: see {file}.")
            if was_ready:
                self._start()
        elif self.state == "starting" and self._is_ready():
            self.enter("ready")
        elif self.state == "starting" and waited > READY_SECONDS:
            self.server.stop()
            self.enter("failed", f"{self.name} was not ready within {READY_SECONDS:.0f} s: see {file}.")

    def _is_ready(self) -> bool:
        try:
            return self.server.is_ready()
        except EmbeddedError as error:
            self.server.stop()
            self.enter("failed", str(error))
            return False


def both(place: Place) -> list[Kept]:
    redis = RedisServer(folder=place.folder / "redis", address=addresses.redis_socket(place.var_dir))
    return [Kept("redis", redis, place), Kept("postgres", PostgresServer(var_dir=place.var_dir), place)]
