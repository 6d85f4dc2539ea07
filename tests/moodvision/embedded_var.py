"""A var folder of its own for tests of the embedded services, and commands that hold it as real processes."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from moodvision.embedded import addresses, status, stop_now

ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import sys
from pathlib import Path
from moodvision.embedded import hold
with hold(Path(sys.argv[1]), postgres="postgres" in sys.argv[2], redis="redis" in sys.argv[2]):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def temporary_var(folder: Path) -> Iterator[Path]:
    """Nothing is left of it afterwards, neither processes nor what lies outside of the folder."""
    var_dir = folder / "var"
    try:
        yield var_dir
    finally:
        stop_now(var_dir)
        shutil.rmtree(addresses.socket_folder(var_dir), ignore_errors=True)
        shutil.rmtree(addresses.postgres_folder(var_dir), ignore_errors=True)


class Command:
    """A command in another process that holds the services until it is ended."""

    def __init__(
        self, var_dir: Path, services: str = "postgres,redis", *, prefix: tuple[str, ...] = ()
    ) -> None:
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-c", HOLDER, str(var_dir), services],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def wait_until_held(self) -> None:
        assert self.process.stdout
        assert self.process.stdout.readline() == b"held\n"

    def end(self) -> None:
        self.process.communicate()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def wait_until(is_so: Callable[[], bool], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


def kill_keeper(var_dir: Path) -> None:
    keeper = status(var_dir).keeper
    assert keeper
    os.kill(keeper, signal.SIGKILL)
    wait_until(lambda: status(var_dir).keeper is None)


def server_pids(var_dir: Path) -> dict[str, int]:
    return {name: server["pid"] for name, server in status(var_dir).servers.items() if server["pid"]}
