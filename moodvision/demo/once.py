"""One real check-in, from the patient's browser to the clinician's screen, with the time of each step.

Everything is real and runs in processes of its own: web, worker, beat, PostgreSQL, Redis. The patient has
four synthetic low readings, one under the floor; the photo is the fifth, so the window is judged for the
first time.
"""

import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.sync.client import connect
from websockets.typing import Origin

from clinics import second_factor
from moodvision import scratch, serving
from moodvision.demo import cast, photo

ALERT_SECONDS = 60
CLINIC = "north"
CLINICIAN = "alice@north.example"
PATIENT = "pat@north.example"
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
HIDDEN = re.compile(r'<input type="hidden" name="([a-z_]+)"(?: value="([^"]*)")?')


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


def play() -> dict[str, Any]:
    """Runs the demonstration in a database of its own; the timeline, or DemoError."""
    timeline = Timeline()
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
        }
        children = [
            serving.web("127.0.0.1", port, environment),
            serving.worker(environment),
            serving.beat(environment),
        ]
        with serving.running(children):
            serving.wait_until_ready(address, children)
            timeline.note("web, worker and beat started")
            _check_in_and_wait(address, timeline)
        timeline.note("all stopped")
    return {
        "alert_reached_screen": True,
        "submit_to_screen_ms": timeline.between_ms("photo submitted", "alert on the clinician's WebSocket"),
        "data": "synthetic patient and history; photo in the public domain (scikit-image's astronaut)",
        "timeline": timeline.steps,
    }


def _check_in_and_wait(address: str, timeline: Timeline) -> None:
    with _browser(address) as clinician, _browser(address) as patient:
        _sign_in(clinician, CLINICIAN)
        timeline.note("clinician signed in", who=CLINICIAN)
        socket_address = f"{address.replace('http', 'ws', 1)}/ws/c/{CLINIC}/alerts/?after=0"
        cookies = "; ".join(f"{name}={value}" for name, value in clinician.cookies.items())
        with connect(
            socket_address, origin=Origin(address), additional_headers={"Cookie": cookies}
        ) as screen:
            timeline.note("clinician's WebSocket open")
            _sign_in(patient, PATIENT)
            timeline.note("patient signed in", who=PATIENT)
            page = _submit(patient, timeline)
            frame = _wait_for_alert(screen)
            timeline.note("alert on the clinician's WebSocket", frame=frame)
        triage = clinician.get(f"/c/{CLINIC}/")
        if frame["alert"] not in triage.text:
            raise DemoError("The triage page does not show the alert.")
        timeline.note("triage page shows the alert", status=triage.status_code)
        reading = patient.get(page)
        timeline.note("patient's page", status=reading.status_code)


def _submit(patient: httpx.Client, timeline: Timeline) -> str:
    form = patient.get(f"/c/{CLINIC}/me/check-in/")
    fields = dict(HIDDEN.findall(form.text))
    image = photo.astronaut()
    timeline.note("photo submitted", bytes=len(image))
    response = patient.post(
        f"/c/{CLINIC}/me/check-in/",
        data={**fields, "mood": "3", "note": "A demonstration."},
        files={"image": ("astronaut.jpg", image, "image/jpeg")},
        headers={"Referer": str(patient.base_url)},
    )
    if response.status_code != 302:
        raise DemoError(f"The check-in was answered with {response.status_code}.")
    timeline.note("check-in accepted", status=response.status_code)
    return response.headers["Location"]


def _wait_for_alert(screen: Any) -> dict[str, Any]:
    end = time.monotonic() + ALERT_SECONDS
    while (left := end - time.monotonic()) > 0:
        try:
            frame: dict[str, Any] = json.loads(screen.recv(timeout=left))
        except TimeoutError:
            break
        if frame.get("type") == "alert":
            return frame
    raise DemoError(f"No alert within {ALERT_SECONDS} s.")


def _sign_in(browser: httpx.Client, email: str) -> None:
    _post_form(browser, "/accounts/login/", email, {"login": email, "password": cast.PASSWORD})
    if any(login.email == email and login.needs_code for login in cast.LOGINS):
        code = second_factor.code_of(cast.TOTP_SECRET)
        _post_form(browser, "/accounts/2fa/authenticate/", email, {"code": code})


def _post_form(browser: httpx.Client, path: str, email: str, fields: dict[str, str]) -> None:
    token = CSRF.search(browser.get(path).text)
    if token is None:
        raise DemoError(f"{path} has no form for {email}.")
    response = browser.post(
        path,
        data={"csrfmiddlewaretoken": token[1], **fields},
        headers={"Referer": str(browser.base_url)},
    )
    if response.status_code != 302:
        raise DemoError(f"{email} could not sign in: {path} answered {response.status_code}.")


@contextmanager
def _browser(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=30) as client:
        yield client


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
