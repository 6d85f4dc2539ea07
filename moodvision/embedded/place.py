"""The files of the embedded services under var/embedded, and the folders they need."""

import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypedDict

from moodvision.embedded.errors import EmbeddedError

LOG_LIMIT_BYTES = 5 * 1024 * 1024


class ServiceState(TypedDict):
    """What the keeper says about one server."""

    state: str  # stopped, starting, ready, stopping, failed
    pid: int | None
    error: str


def private_folder(folder: Path) -> None:
    """Make a folder only this user enters. An existing one is judged, never changed."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise EmbeddedError(f"{folder} belongs to somebody else: remove it, then start again.") from None
        if found.st_mode & 0o077:
            raise EmbeddedError(f"{folder} is open to other users: remove it, then start again.") from None


@dataclass(frozen=True)
class Place:
    """One var folder's embedded services."""

    var_dir: Path

    @property
    def folder(self) -> Path:
        return self.var_dir / "embedded"

    @property
    def lock(self) -> Path:
        """Held for moments: whoever adds, counts or drops leases, or becomes the keeper."""
        return self.folder / "lock"

    @property
    def keeper_lock(self) -> Path:
        """Held by the keeper as long as it lives; contains its process id."""
        return self.folder / "keeper.lock"

    @property
    def leases(self) -> Path:
        return self.folder / "leases"

    @property
    def state_file(self) -> Path:
        return self.folder / "state.json"

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def open_log(self, name: str) -> IO[bytes]:
        """For appending; an overlong one becomes NAME.log.old first."""
        file = self.log(name)
        if file.exists() and file.stat().st_size > LOG_LIMIT_BYTES:
            file.replace(file.with_suffix(".log.old"))
        return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")

    def prepare(self) -> None:
        try:
            self.var_dir.mkdir(parents=True, exist_ok=True)
            self.folder.mkdir(mode=0o700, exist_ok=True)
            self.leases.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise EmbeddedError(
                f"Cannot write to {self.folder} ({error.strerror}): set MOODVISION_VAR."
            ) from error
        if self.folder.stat().st_uid != os.geteuid():
            raise EmbeddedError(
                f"{self.folder} belongs to another user: run as that user, or set MOODVISION_VAR."
            )

    def write_state(self, state: dict[str, ServiceState]) -> None:
        draft = self.state_file.with_suffix(".draft")
        draft.write_text(json.dumps(state), encoding="utf-8")
        draft.replace(self.state_file)

    def read_state(self) -> dict[str, ServiceState]:
        try:
            state: dict[str, ServiceState] = json.loads(self.state_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return state
