"""What every demonstration stands on: a system of its own in real processes, browsers, and a timeline."""

import json
import re
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from clinics import second_factor
from moodvision import scratch, serving
from moodvision.demo import cast

CLINIC = "north"
CLINICIAN = "alice@north.example"
PATIENT = "pat@north.example"
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class DemoError(Exception):
    """A step of the demonstration did not happen."""


@dataclass
class Timeline:
    """What happened when, in milliseconds since the start."""

    started: float = field(default_factory=time.monotonic)
    steps: list[dict[str, Any]] = field(default_factory=list)

    def note(self, step: str, **facts: Any) -> None:
        elapsed_ms = round((time.monotonic() - self.started) * 1000)
        self.steps.append({"at_ms": elapsed_ms, "step": step, **facts})

    def between_ms(self, first: str, last: str) -> int:
        at = {row["step"]: row["at_ms"] for row in self.steps}
        return int(at[last] - at[first])


@contextmanager
def system(timeline: Timeline, settings: Mapping[str, str]) -> Iterator[str]:
    """Web, worker and beat over a database of their own in which the cast was made; the address."""
    with scratch.migrated_database("demo") as name:
        timeline.note("database migrated")
        cast.make(with_history=False)
        timeline.note("two clinics and their people made")
        port = _free_port()
        address = f"http://127.0.0.1:{port}"
        environment = {
            **scratch.database_environment(),
            "SITE_ORIGINS": address,
            "REDIS_PREFIX": name,
            "LOG_LEVEL": "WARNING",
            **settings,
        }
        children = [
            serving.web("127.0.0.1", port, environment),
            serving.worker(environment),
            serving.beat(environment),
        ]
        with serving.running(children):
            serving.wait_until_ready(address, children)
            timeline.note("web, worker and beat started")
            yield address
        timeline.note("all stopped")


@contextmanager
def browser(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=30) as client:
        yield client


def screen_of(clinician: httpx.Client, address: str) -> ClientConnection:
    """The socket that a clinician's open page holds."""
    socket_address = f"{address.replace('http', 'ws', 1)}/ws/c/{CLINIC}/alerts/?after=0"
    cookies = "; ".join(f"{name}={value}" for name, value in clinician.cookies.items())
    return connect(socket_address, origin=Origin(address), additional_headers={"Cookie": cookies})


def wait_for_alert(screen: ClientConnection, seconds: float) -> dict[str, Any]:
    """The next alert that the socket tells of."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        try:
            frame: dict[str, Any] = json.loads(screen.recv(timeout=left))
        except TimeoutError:
            break
        if frame.get("type") == "alert":
            return frame
    raise DemoError(f"No alert within {seconds:g} s.")


def sign_in(client: httpx.Client, email: str) -> None:
    post_form(client, "/accounts/login/", {"login": email, "password": cast.PASSWORD})
    if any(login.email == email and login.needs_code for login in cast.LOGINS):
        code = second_factor.code_of(cast.TOTP_SECRET)
        post_form(client, "/accounts/2fa/authenticate/", {"code": code})


def post_form(client: httpx.Client, path: str, fields: dict[str, str]) -> str:
    """Opens the page, sends its form with these fields as well, and gives where it leads."""
    token = CSRF.search(client.get(path).text)
    if token is None:
        raise DemoError(f"{path} has no form.")
    response = client.post(
        path,
        data={"csrfmiddlewaretoken": token[1], **fields},
        headers={"Referer": str(client.base_url)},
    )
    if response.status_code != 302:
        raise DemoError(f"{path} answered {response.status_code}.")
    return response.headers["Location"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
