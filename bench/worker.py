"""Check-ins read per second and core by the real worker: in batches, and one at a time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction

from bench import cast, photos
from bench.cpu_time import cpu_seconds
from bench.harness import BenchError, Figures, median, ratio
from clinics import keys, tenancy
from clinics.models import Clinic
from inference import registry
from inference.models import Reading
from moodvision import scratch, serving
from moodvision.serving import Child
from patients.models import Patient

BATCHES = (16, 1)
WARM_UP = 8
PATIENCE_SECONDS = 120.0
POLL_SECONDS = 0.01
MEASURED = (
    "One worker process, so at most one core of it at a time, from the commit of all check-ins until "
    "none waits, with the real PostgreSQL and Redis beside it. per_cpu_second: by the processor time of "
    "the worker and its decoder, without PostgreSQL's."
)


def run(*, is_quick: bool = False) -> Figures:
    check_ins, rounds = (3, 1) if is_quick else (120, 3)
    source, images = photos.portraits(2 if is_quick else 24)
    rates: dict[int, list[float]] = {size: [] for size in BATCHES}
    by_cpu: dict[int, list[float]] = {size: [] for size in BATCHES}
    with scratch.migrated_database("bench") as template:
        clinic = cast.make_clinic()
        patients = cast.make_patients(clinic, max(check_ins, WARM_UP))
        for number in range(rounds):
            for size in BATCHES if number % 2 == 0 else reversed(BATCHES):
                with copy_of(template), working(size) as child:
                    seconds, cpu = _read_all(clinic, patients, images, check_ins, child)
                    detector = _detector(clinic)
                rates[size].append(check_ins / seconds)
                by_cpu[size] += [check_ins / cpu] if cpu else []
    package = registry.active_package()
    batched, single = (median(rates[size]) for size in BATCHES)
    return {
        "photos": source,
        "check_ins": check_ins,
        "rounds": rounds,
        "model": f"{package.name} {package.version}",
        "detector": detector,
        "per_second_and_core": {f"batch_{size}": median(values) for size, values in rates.items()},
        "per_cpu_second": {
            f"batch_{size}": median(values) if values else None for size, values in by_cpu.items()
        },
        "ratio_batched_to_single": ratio(batched, single),
        "measured": MEASURED,
    }


@contextmanager
def copy_of(template: str) -> Iterator[None]:
    """A fresh copy for each measurement; a database in use cannot be copied."""
    for connection in connections.all():
        connection.close()
    keys.forget()
    with scratch.copy_of(template):
        yield


@contextmanager
def working(batch: int) -> Iterator[Child]:
    child = serving.worker({**scratch.database_environment(), "READING_BATCH": str(batch)})
    with serving.running([child]):
        yield child


def wait_until_read(clinic: Clinic, child: Child) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while cast.unread(clinic):
        if child.has_ended:
            raise BenchError("the worker ended; its last lines above say why")
        if time.monotonic() > end:
            raise BenchError(f"the check-ins were not read within {PATIENCE_SECONDS:.0f} s")
        time.sleep(POLL_SECONDS)


def _read_all(
    clinic: Clinic, patients: list[Patient], images: list[bytes], count: int, child: Child
) -> tuple[float, float | None]:
    """Seconds, and seconds of processor time, that a warm worker took for these check-ins."""
    cast.submit(clinic, patients[:WARM_UP], images)
    wait_until_read(clinic, child)
    marks: list[float] = []
    cpu_before = _cpu(child)
    with transaction.atomic():
        transaction.on_commit(lambda: marks.append(time.perf_counter()))  # before the first doorbell
        cast.submit(clinic, patients[:count], images)
    wait_until_read(clinic, child)
    seconds = time.perf_counter() - marks[0]
    cpu_after = _cpu(child)
    return seconds, None if cpu_before is None or cpu_after is None else cpu_after - cpu_before


def _cpu(child: Child) -> float | None:
    return cpu_seconds(child.process.pid) if child.process else None


def _detector(clinic: Clinic) -> str:
    with tenancy.enter(clinic.pk):
        return Reading.objects.values_list("detector", flat=True)[:1].get()
