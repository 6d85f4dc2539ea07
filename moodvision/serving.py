"""The processes of a MoodVision on one machine: web, worker and beat, started and stopped together."""

import logging
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.conf import settings

logger = logging.getLogger(__name__)

STOP_SECONDS = 15
READY_SECONDS = 60
POLL_SECONDS = 0.2
RESTART_AFTER_SECONDS = 2.0
AS_ROOT_ON_A_LAPTOP = "ignore:You're running the worker with superuser privileges"


class NotReadyError(Exception):
    """A process ended, or did not answer in time."""


@dataclass
class Child:
    """One process, in a session of its own so that a Ctrl-C reaches it through us and once."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    def start(self) -> None:
        environment = {**os.environ, **self.environment}
        self.process = subprocess.Popen(  # noqa: S603  our own command
            self.command,
            env=environment,
            cwd=settings.BASE_DIR,
            start_new_session=True,
            stdout=sys.stderr.fileno(),  # what we print ourselves is a contract, and stays alone
        )

    @property
    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def stop(self) -> None:
        if self.process is None or self.has_ended:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def web(host: str, port: int, environment: Mapping[str, str]) -> Child:
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "moodvision.web:application",
        "--host",
        host,
        "--port",
        str(port),
    ]
    options = [
        "--no-server-header",
        "--lifespan",
        "off",
        "--log-level",
        "warning",
        "--ws",
        "websockets-sansio",
    ]
    return Child("web", command + options, {"DATABASE_POOL": "1", **environment})


def worker(
    environment: Mapping[str, str], *, concurrency: int = 1, queues: str = "duty,messages,inference,default"
) -> Child:
    """Reads photos and does what beat asks. Beside a messenger and a sweeper it leaves theirs to them."""
    return _celery_worker("worker", environment, queues, concurrency)


def messenger(environment: Mapping[str, str]) -> Child:
    """Sends messages and nothing else, so that a slow mail server keeps no photo and no timer waiting."""
    return _celery_worker("messenger", {**environment, "WORKER_READS_PHOTOS": "0"}, "messages", 1)


def sweeper(environment: Mapping[str, str]) -> Child:
    """Judges the timers of alerts and nothing else: some tasks run for an hour, and timers must not wait."""
    return _celery_worker("sweeper", {**environment, "WORKER_READS_PHOTOS": "0"}, "duty", 1)


def _celery_worker(name: str, environment: Mapping[str, str], queues: str, concurrency: int) -> Child:
    celery = [sys.executable, "-W", AS_ROOT_ON_A_LAPTOP, "-m", "celery", "-A", "moodvision.celery"]
    options = ["-Q", queues, "-c", str(concurrency), "-l", "WARNING", "--without-mingle", "--without-gossip"]
    return Child(name, [*celery, "--quiet", "worker", "-n", f"{name}@%h", *options], environment)


def beat(environment: Mapping[str, str]) -> Child:
    celery = [sys.executable, "-m", "celery", "-A", "moodvision.celery", "--quiet", "beat"]
    return Child("beat", [*celery, "-l", "WARNING", "--pidfile="], environment)


def watchdog(environment: Mapping[str, str]) -> Child:
    """Tells the operator when the timers of alerts stand still: apart from Celery, which may be what died."""
    return Child("watchdog", [sys.executable, "manage.py", "watchdog"], environment)


def everything(host: str, port: int, environment: Mapping[str, str]) -> list[Child]:
    """What a site needs, on one machine. `docker/compose.yml` names the same."""
    return [
        web(host, port, environment),
        worker(environment, queues="inference,default"),
        messenger(environment),
        sweeper(environment),
        beat(environment),
        watchdog(environment),
    ]


@contextmanager
def running(children: list[Child]) -> Iterator[None]:
    """All of them, until the block is left; SIGTERM leaves it like Ctrl-C does."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        for child in children:
            child.start()
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        for child in reversed(children):
            child.stop()


def wait_until_ready(address: str, children: list[Child]) -> None:
    """Until the web process answers its health page."""
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        if ended := [child.name for child in children if child.has_ended]:
            raise NotReadyError(f"{', '.join(ended)} ended while starting; its last lines above say why.")
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):  # noqa: S310  # nosec B310: our own
                return
        except (urllib.error.URLError, OSError):
            time.sleep(POLL_SECONDS)
    raise NotReadyError(f"{address} did not answer within {READY_SECONDS} s.")


def watch(children: list[Child]) -> None:
    """Runs until interrupted; a process that dies is started again."""
    while True:
        time.sleep(RESTART_AFTER_SECONDS)
        for child in children:
            if child.has_ended:
                logger.warning("%s ended and is started again", child.name)
                child.start()
