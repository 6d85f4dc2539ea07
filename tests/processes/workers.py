"""Real worker processes on a database and a Redis of the test's own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from moodvision import scratch

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = ("-Q", "duty,inference,default", "-c", "1", "-l", "WARNING", "--without-mingle", "--without-gossip")


class Worker:
    """A Celery worker with beat inside, in a process group of its own."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self.log = folder / "worker.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "celery", "-A", "moodvision.celery", "worker", "-B"),
                    *("-s", str(folder / "beat-schedule"), *OPTIONS),
                ],
                cwd=ROOT,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def freeze(self) -> None:
        """The whole group, in the middle of what it does."""
        os.killpg(self.process.pid, signal.SIGSTOP)

    def kill(self) -> None:
        """As the kernel would when memory is out: nobody gets to clean up."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


def environment(broker: str, weights: Path, **changes: str) -> dict[str, str]:
    return {
        **scratch.database_environment(),
        "CELERY_BROKER_URL": broker,
        "WEIGHTS_DIR": str(weights),
        "SWEEP_SECONDS": "2",
        "READING_LEASE_SECONDS": "3",
        **changes,
    }


@contextmanager
def running(environment: Mapping[str, str], folder: Path) -> Iterator[Worker]:
    worker = Worker(environment, folder)
    try:
        yield worker
    finally:
        worker.stop()


def wait_until(
    is_so: Callable[[], bool], worker: Worker, seconds: float = 120.0, every: float = 0.05
) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"not in time; the worker said:\n{worker.log.read_text()}"
        time.sleep(every)
