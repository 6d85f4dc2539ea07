"""A server process: started by this keeper, or by a keeper that died, and then adopted."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:  # no /proc on this system
        return True


def command_line(pid: int) -> str:
    """The command of a process, empty when it cannot be told."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        shown = subprocess.run(  # noqa: S603
            ["ps", "-o", "command=", "-p", str(pid)],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )
        return shown.stdout


def working_in(folder: Path) -> list[int] | None:
    """The living processes whose working folder this is; None where the system cannot tell."""
    if not Path("/proc/self/cwd").exists():
        return None
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended meanwhile, or is somebody else's
            if (process / "cwd").readlink() == folder:
                found.append(int(process.name))
    return found


@dataclass
class ServerProcess:
    """Its process id, and the child object where it is our child."""

    pid: int
    child: subprocess.Popen[bytes] | None = None

    @classmethod
    def of(cls, child: subprocess.Popen[bytes]) -> "ServerProcess":
        return cls(pid=child.pid, child=child)

    def is_running(self) -> bool:
        if self.child is not None:
            return self.child.poll() is None
        return is_alive(self.pid)

    def send(self, number: signal.Signals) -> None:
        if self.is_running():
            os.kill(self.pid, number)

    def is_gone_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.is_running():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True
