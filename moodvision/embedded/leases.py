"""Leases: who needs which server. Each is a file its holder keeps locked, so a holder's death is seen."""

import json
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from moodvision.embedded import locks
from moodvision.embedded.place import Place


@dataclass(frozen=True)
class Lease:
    """A held lease of this process; children forked from it do not drop it."""

    file: Path
    descriptor: int
    pid: int

    def drop(self) -> None:
        if os.getpid() == self.pid:
            self.file.unlink(missing_ok=True)
            os.close(self.descriptor)


@dataclass(frozen=True)
class Holder:
    """A living process that holds a lease, as the keeper sees it."""

    pid: int
    services: tuple[str, ...]


def take(place: Place, services: Iterable[str]) -> Lease:
    file = place.leases / f"{os.getpid()}-{secrets.token_hex(4)}.json"
    with locks.locked(place.lock):  # nobody sees the file before it is locked and written
        descriptor = locks.open_lock(file)
        locks.try_lock(descriptor)
        os.write(descriptor, json.dumps({"pid": os.getpid(), "services": sorted(services)}).encode())
    return Lease(file=file, descriptor=descriptor, pid=os.getpid())


def living(place: Place) -> list[Holder]:
    """The holders alive; leases of dead ones are removed. The caller holds `place.lock`."""
    holders = []
    for file in sorted(place.leases.glob("*.json")):
        if not locks.is_locked(file):
            file.unlink(missing_ok=True)
            continue
        with suppress(FileNotFoundError):  # dropped since: its holder takes no lock to end
            found = json.loads(file.read_text(encoding="utf-8"))
            holders.append(Holder(pid=found["pid"], services=tuple(found["services"])))
    return holders
