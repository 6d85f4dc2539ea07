"""What a command does with the embedded services: hold them, ask about them, stop them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from moodvision.embedded import leases, locks
from moodvision.embedded.errors import EmbeddedError
from moodvision.embedded.place import Place, ServiceState

START_SECONDS = 90.0
STOP_SECONDS = 90.0
KEEPER_ATTEMPTS = 5
KEEPER_START_SECONDS = 1.0  # until its lock is seen
POLL_SECONDS = 0.02
# What a server may see of our environment: no keys, no passwords.
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "VIRTUAL_ENV", "TZ")


@dataclass(frozen=True)
class Status:
    """The services of one var folder."""

    keeper: int | None
    holders: list[leases.Holder]
    servers: dict[str, ServiceState]


@contextmanager
def hold(var_dir: Path, *, postgres: bool = True, redis: bool = True) -> Iterator[None]:
    """Have the servers up for the block; they stop a few seconds after the last holder of all has left.

    Children of this process need no hold of their own. Raises EmbeddedError with one clear line.
    """
    services = [name for name, is_wanted in (("postgres", postgres), ("redis", redis)) if is_wanted]
    if not services:
        yield
        return
    place = Place(Path(var_dir).resolve())
    place.prepare()
    lease = leases.take(place, services)
    try:
        _wait_until_ready(place, services)
        yield
    finally:
        lease.drop()
        if os.getpid() == lease.pid and place.folder.is_dir() and _look(place)[0] is None:
            _start_keeper(place)  # it was killed: another must stop what it left


def status(var_dir: Path) -> Status:
    """Who holds what, and what runs; starts nothing."""
    place = Place(Path(var_dir).resolve())
    if not place.folder.is_dir():
        return Status(keeper=None, holders=[], servers={})
    with locks.locked(place.lock):
        holders = leases.living(place)
    keeper, servers = _look(place)
    return Status(keeper=keeper, holders=holders, servers=servers)


def stop_now(var_dir: Path) -> None:
    """Stop both servers, whoever holds them."""
    place = Place(Path(var_dir).resolve())
    if not place.folder.is_dir():
        return
    _end_keeper(place)
    from moodvision.embedded.keeper import Keeper, become_keeper  # late: what only a stop needs

    descriptor = become_keeper(place)
    if descriptor is None:
        raise EmbeddedError("Another command is starting the embedded services: try again.")
    try:
        keeper = Keeper(place)
        for kept in keeper.servers:
            kept.adopt()
        keeper.stop_all()
    finally:
        os.close(descriptor)


def _end_keeper(place: Place) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while (keeper := _look(place)[0]) is not None:
        if time.monotonic() > deadline:
            raise EmbeddedError(f"The keeper (process {keeper}) does not stop: see {place.log('keeper')}.")
        os.kill(keeper, signal.SIGTERM)
        time.sleep(POLL_SECONDS)


def _look(place: Place) -> tuple[int | None, dict[str, ServiceState]]:
    """The living keeper and what it says."""
    with locks.locked(place.lock):
        if not locks.is_locked(place.keeper_lock):
            return None, {}
        return int(place.keeper_lock.read_text(encoding="utf-8")), place.read_state()


def _wait_until_ready(place: Place, services: list[str]) -> None:
    deadline = time.monotonic() + START_SECONDS
    started, next_start = 0, 0.0
    while time.monotonic() < deadline:
        keeper, state = _look(place)
        if keeper is None and time.monotonic() >= next_start:
            if started == KEEPER_ATTEMPTS:
                break
            _start_keeper(place)
            started, next_start = started + 1, time.monotonic() + KEEPER_START_SECONDS
        known = [state[name] for name in services if name in state]
        for service in known:
            if service["state"] == "failed":
                raise EmbeddedError(service["error"])
        if len(known) == len(services) and all(service["state"] == "ready" for service in known):
            return
        time.sleep(POLL_SECONDS)
    raise EmbeddedError(f"The embedded services did not start: see {place.log('keeper')}.")


def _start_keeper(place: Place) -> None:
    root = Path(__file__).resolve().parents[2]
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    with place.open_log("keeper") as log:
        subprocess.run(  # noqa: S603  it forks and returns at once
            [sys.executable, "-m", "moodvision.embedded.keeper", str(place.var_dir)],
            cwd=root,
            env=environment | {"PYTHONPATH": str(root)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=False,
        )
