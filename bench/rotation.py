"""How fast a clinic's patients get new keys: rows sealed again per second, while somebody reads."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connections
from django.utils import timezone

from bench import cast
from bench.harness import BenchError, Figures, spread
from clinics import keys, rotation, tenancy
from clinics.models import Clinic, KeyRotation
from moodvision import scratch
from patients.models import CheckIn, Patient

ROWS, PATIENTS = 100_000, 200
QUICK_ROWS, QUICK_PATIENTS = 300, 3
BATCH = 1000
PAUSE_SECONDS = 0.05
NOTE = "Slept badly, woke at four, better after a walk by the river with my sister."


def run(*, is_quick: bool) -> Figures:
    rows, patients = (QUICK_ROWS, QUICK_PATIENTS) if is_quick else (ROWS, PATIENTS)
    with scratch.migrated_database("bench"):
        clinic = cast.make_clinic()
        write_notes(clinic, cast.make_patients(clinic, patients), rows)
        return measure(clinic)


def measure(clinic: Clinic) -> Figures:
    """One rotation of all patients' keys, with a reader beside it; every value is verified at the end."""
    with _reading(clinic) as waits:
        started = time.perf_counter()
        report = rotation.rotate(clinic, KeyRotation.Kind.PATIENTS, by=cast.BENCH, batch=BATCH, at_once=True)
        seconds = time.perf_counter() - started
    if not report.is_complete:
        raise BenchError(f"{len(report.unreadable)} values do not open, {report.busy} versions are in use")
    return {
        "rows": report.resealed,
        "keys": report.removed,
        "verified": report.verified,
        "seconds": round(seconds, 2),
        "rows_per_second": round(report.resealed / seconds),
        "reads_meanwhile": len(waits),
        "read_ms": spread(waits),
    }


def write_notes(clinic: Clinic, patients: list[Patient], rows: int) -> None:
    """Check-ins with an encrypted note each, in batches."""
    for start in range(0, rows, BATCH):
        with tenancy.enter(clinic.pk):
            CheckIn.objects.bulk_create(
                _check_in(clinic, patients[number % len(patients)])
                for number in range(start, min(start + BATCH, rows))
            )


def _check_in(clinic: Clinic, patient: Patient) -> CheckIn:
    return CheckIn(
        clinic=clinic,
        patient=patient,
        idempotency_key=uuid.uuid4().hex,
        body_hmac="synthetic",
        captured_at=timezone.now(),
        zone="UTC",
        note=NOTE,
        is_synthetic=True,
    )


@contextmanager
def _reading(clinic: Clinic) -> Iterator[list[float]]:
    """Another thread reads the newest notes again and again; milliseconds of each read."""
    over, waits, failures = threading.Event(), list[float](), list[BaseException]()

    def read() -> None:
        try:
            while not over.wait(PAUSE_SECONDS):
                waits.append(_milliseconds(lambda: _read_some(clinic)))
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield waits
    finally:
        over.set()
        thread.join()
    if failures:
        raise BenchError(f"a reader failed: {type(failures[0]).__name__}")


def _read_some(clinic: Clinic) -> None:
    keys.forget()
    with tenancy.enter(clinic.pk):
        if any(check_in.note != NOTE for check_in in CheckIn.objects.order_by("pk")[:20]):
            raise BenchError("a note was not what was written")


def _milliseconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000
