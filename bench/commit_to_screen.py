"""How long after a check-in the alert is on the open screens, at a steady rate, with every process real."""

import asyncio
import uuid
from datetime import datetime

from websockets.exceptions import WebSocketException

from bench import cast, screens
from bench.harness import BenchError, Figures, ratio, spread
from bench.screens import Frame, Load, Sent
from clinics import tenancy
from clinics.models import Clinic
from inference import registry
from moodvision import scratch, serving
from moodvision.demo import photo
from moodvision.demo.history import Course
from scoring.models import Alert

LIMIT_MS = 1000.0
WARM_UP = 5
MEASURED = (
    "Per frame and screen. alert_to_screen: from the alert row's updated_at, written inside the "
    "transaction that raised it, so a little more than from its commit. check_in_to_screen: from the "
    "check-in row's submitted_at, written inside its transaction; queueing, reading and scoring "
    "included. submit_to_screen: from the moment the HTTP request was due. Web, one worker, PostgreSQL, "
    "Redis and this load generator share the cores."
)


def run(*, is_quick: bool = False) -> Figures:
    per_second, seconds, screen_count = (2, 1, 2) if is_quick else (20, 15, 20)
    count = per_second * seconds
    with scratch.migrated_database("bench"):
        clinic = cast.make_clinic()
        admitted = cast.make_patients(clinic, WARM_UP + count, course=Course.FOUR_LOW_DAYS)
        patients = cast.sign_in_patients(clinic, admitted)
        clinicians = cast.sign_in_clinicians(clinic, screen_count)
        load = Load(clinic.slug, patients, clinicians, photo.astronaut(), per_second, warm_up=WARM_UP)
        sent, frames = _play(load)
        alerts = _alerts(clinic)
    expected = screen_count * len(sent)
    delays = delays_ms(sent, frames, alerts)
    package = registry.active_package()
    p95 = {name: spread(values)["p95"] for name, values in delays.items()}
    return {
        "check_ins": len(sent),
        "per_second": per_second,
        "screens": screen_count,
        "refused": sum(one.status != 201 for one in sent),
        "frames": len(delays["submit_to_screen"]),
        "frames_missing": expected - len(delays["submit_to_screen"]),
        "model": f"{package.name} {package.version}",
        "ms": {name: spread(values) for name, values in delays.items()},
        "limit_ms": LIMIT_MS,
        "ratio_p95_to_limit": {name: ratio(value, LIMIT_MS) for name, value in p95.items()},
        "measured": MEASURED,
    }


def delays_ms(
    sent: list[Sent], frames: list[Frame], alerts: dict[uuid.UUID, tuple[uuid.UUID, datetime, datetime]]
) -> dict[str, list[float]]:
    """Of each first frame of an alert on a screen. `alerts`: patient, updated at, check-in submitted at."""
    due = {one.patient_id: one.due_at for one in sent}
    first: dict[tuple[int, uuid.UUID], float] = {}
    for frame in frames:
        known = first.get((frame.screen, frame.alert_id), frame.at)
        first[frame.screen, frame.alert_id] = min(known, frame.at)
    delays: dict[str, list[float]] = {
        "alert_to_screen": [],
        "check_in_to_screen": [],
        "submit_to_screen": [],
    }
    for (_, alert_id), at in first.items():
        patient_id, updated_at, submitted_at = alerts[alert_id]
        if patient_id in due:
            delays["alert_to_screen"].append((at - updated_at.timestamp()) * 1000)
            delays["check_in_to_screen"].append((at - submitted_at.timestamp()) * 1000)
            delays["submit_to_screen"].append((at - due[patient_id]) * 1000)
    return delays


def _play(load: Load) -> tuple[list[Sent], list[Frame]]:
    port = screens.free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {**scratch.database_environment(), "SITE_ORIGINS": address}
    children = [serving.web("127.0.0.1", port, environment), serving.worker(environment)]
    with serving.running(children):
        serving.wait_until_ready(address, children)
        try:
            return asyncio.run(screens.play(load, address))
        except (TimeoutError, WebSocketException) as error:
            raise BenchError(f"a screen could not be opened: {type(error).__name__} {error}") from None


def _alerts(clinic: Clinic) -> dict[uuid.UUID, tuple[uuid.UUID, datetime, datetime]]:
    """Each alert's patient, its time, and the time of that patient's one real check-in."""
    with tenancy.enter(clinic.pk):
        alerts = Alert.objects.filter(patient__check_ins__is_synthetic=False)
        rows = alerts.values_list("pk", "patient_id", "updated_at", "patient__check_ins__submitted_at")
        return {alert: (patient, updated, submitted) for alert, patient, updated, submitted in rows}
