"""A load of check-ins over HTTP at a steady rate, and screens that listen over WebSockets."""

import asyncio
import json
import socket
import time
import uuid
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from bench.cast import Person
from bench.harness import BenchError

CSRF = "b" * 32
WARM_UP_SECONDS = 60.0
DRAIN_SECONDS = 30.0
REQUEST_SECONDS = 30.0
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Load:
    """The first `warm_up` patients go before, uncounted; then `per_second` patients, once each."""

    clinic: str
    patients: list[Person]
    clinicians: list[Person]
    image: bytes
    per_second: int
    warm_up: int


@dataclass(frozen=True)
class Sent:
    """A check-in: when it was due (seconds since the epoch), and the answer; 0 when there was none."""

    patient_id: uuid.UUID | None
    due_at: float
    status: int


@dataclass(frozen=True)
class Frame:
    """An alert that arrived on a screen (its number), in seconds since the epoch."""

    screen: int
    alert_id: uuid.UUID
    at: float


async def play(load: Load, address: str) -> tuple[list[Sent], list[Frame]]:
    """What was sent after the warm-up, and every frame of it; each wait is bounded."""
    frames: list[Frame] = []
    async with AsyncExitStack() as stack:
        browser = await stack.enter_async_context(_browser(address))
        listeners = []
        for number, person in enumerate(load.clinicians):
            screen = await stack.enter_async_context(_screen(load, address, person))
            listeners.append(asyncio.create_task(_listen(number, screen, frames)))
        await _warm_up(load, browser, frames)
        counted = load.patients[load.warm_up :]
        sent = await _send_steadily(load, browser, counted)
        await _wait_for(frames, len(load.patients) * len(listeners), DRAIN_SECONDS)
        for listener in listeners:
            listener.cancel()
    return sent, frames


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


async def _warm_up(load: Load, browser: httpx.AsyncClient, frames: list[Frame]) -> None:
    """One after the other, until each is on every screen."""
    for number, patient in enumerate(load.patients[: load.warm_up], start=1):
        answer = await _check_in(load, browser, patient, time.time())
        if answer.status != 201:
            raise BenchError(f"the first check-ins were answered with {answer.status}")
        if not await _wait_for(frames, number * len(load.clinicians), WARM_UP_SECONDS):
            raise BenchError("an alert of the warm-up did not reach every screen")


async def _send_steadily(load: Load, browser: httpx.AsyncClient, patients: list[Person]) -> list[Sent]:
    """By the clock, whether earlier ones are answered or not."""
    start = time.time() + 0.2
    tasks = []
    for number, patient in enumerate(patients):
        due_at = start + number / load.per_second
        await asyncio.sleep(max(due_at - time.time(), 0))
        tasks.append(asyncio.create_task(_check_in(load, browser, patient, due_at)))
    return list(await asyncio.gather(*tasks))


async def _check_in(load: Load, browser: httpx.AsyncClient, patient: Person, due_at: float) -> Sent:
    try:
        answer = await browser.post(
            f"/api/c/{load.clinic}/check-ins/",
            data={"captured_at": datetime.now(UTC).isoformat(), "zone": "Europe/Berlin", "mood": "3"},
            files={"image": ("selfie.jpg", load.image, "image/jpeg")},
            headers={
                "Cookie": f"sessionid={patient.session}; csrftoken={CSRF}",
                "X-CSRFToken": CSRF,
                "Idempotency-Key": uuid.uuid4().hex,
            },
        )
    except httpx.HTTPError:
        return Sent(patient.patient_id, due_at, 0)
    return Sent(patient.patient_id, due_at, answer.status_code)


async def _wait_for(frames: list[Frame], count: int, patience_seconds: float) -> bool:
    end = time.monotonic() + patience_seconds
    while len(frames) < count and time.monotonic() < end:
        await asyncio.sleep(POLL_SECONDS)
    return len(frames) >= count


async def _listen(number: int, screen: ClientConnection, frames: list[Frame]) -> None:
    try:
        async for text in screen:
            at = time.time()
            frame = json.loads(text)
            if frame.get("type") == "alert":
                frames.append(Frame(number, uuid.UUID(frame["alert"]), at))
    except ConnectionClosed:
        return  # its missing frames are counted


def _browser(address: str) -> httpx.AsyncClient:
    """Keeps no cookies: each request brings its patient's."""
    return httpx.AsyncClient(
        base_url=address,
        timeout=REQUEST_SECONDS,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        limits=httpx.Limits(max_connections=50),
    )


def _screen(load: Load, address: str, person: Person) -> connect:
    return connect(
        f"{address.replace('http', 'ws', 1)}/ws/c/{load.clinic}/alerts/?after=0",
        origin=Origin(address),
        additional_headers={"Cookie": f"sessionid={person.session}"},
        open_timeout=REQUEST_SECONDS,
    )
