"""Log entries per second of one clinic with four writers, and a million entries verified on one core."""

import multiprocessing
import os
import tempfile
import time
import uuid
from pathlib import Path

from django.db import connections
from django.test import override_settings

from bench.harness import BenchError, Figures, median, ratio
from clinics import access_log, anchoring, tenancy, verification
from clinics.access_log import System
from clinics.models import Clinic
from clinics.verify_log import Verdict
from moodvision import scratch

WRITERS = 4
AIM_PER_SECOND = 2_000
AIM_VERIFY_SECONDS = 20
PER_TRANSACTION = (1, 10)
MEASURED = (
    "Four processes of one clinic, each transaction entering the clinic, recording and committing for real "
    "(fsync on). verify: COPY stream, SHA-256, JSON and every projection compared, in one process; "
    "verify_cpu_seconds is its own processor time, without PostgreSQL's."
)


def run(*, is_quick: bool = False) -> Figures:
    from bench import cast

    seconds, rounds, entries = (0.5, 1, 2_000) if is_quick else (4.0, 3, 1_000_000)
    rates: dict[int, list[float]] = {size: [] for size in PER_TRANSACTION}
    with scratch.migrated_database("bench"):
        clinic = cast.make_clinic()
        for _ in range(rounds):
            for size in PER_TRANSACTION:
                rates[size].append(_written(clinic.pk, seconds, size) / seconds)
        _fill(clinic.pk, entries)
        verdict, took, cpu = _verified(clinic)
    of_a_million = took * 1_000_000 / verdict.rows
    return {
        "writers": WRITERS,
        "rounds": rounds,
        "entries_per_second": {f"{size}_per_transaction": median(rates[size]) for size in PER_TRANSACTION},
        "ratio_to_aim": ratio(median(rates[1]), AIM_PER_SECOND),
        "verified_entries": verdict.rows,
        "verify_seconds": round(took, 3),
        "verify_cpu_seconds": round(cpu, 3),
        "verify_seconds_per_million": round(of_a_million, 2),
        "ratio_verify_to_aim": ratio(of_a_million, AIM_VERIFY_SECONDS),
        "measured": MEASURED,
    }


def _written(clinic_id: uuid.UUID, seconds: float, per_transaction: int) -> int:
    """How many entries four processes wrote in this time."""
    for connection in connections.all():
        connection.close()  # a forked process must not share it
    context = multiprocessing.get_context("fork")
    counts = context.Queue()
    start = context.Barrier(WRITERS)
    arguments = (clinic_id, seconds, per_transaction, start, counts)
    writers = [context.Process(target=_write, args=arguments) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    found = [counts.get(timeout=seconds * 10 + 30) for _ in writers]
    for writer in writers:
        writer.join()
    return sum(found)


def _write(clinic_id, seconds, per_transaction, start, counts) -> None:  # type: ignore[no-untyped-def]
    by = System(f"bench {os.getpid()}")
    with tenancy.enter(clinic_id):
        pass  # connected before the clock runs
    start.wait()
    end, written = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        with tenancy.enter(clinic_id):
            for number in range(per_transaction):
                access_log.record("patient.read", by=by, patient_id=clinic_id, number=number)
        written += per_transaction
    counts.put(written)


def _verified(clinic: Clinic) -> tuple[Verdict, float, float]:
    """Signed once before, in a folder of its own: a chain of this age without an anchor does not verify."""
    with tempfile.TemporaryDirectory() as folder, override_settings(ANCHOR_DIR=Path(folder)):
        anchoring.anchor_all()
        started, cpu = time.perf_counter(), time.process_time()
        verdict = verification.verify_clinic(clinic)
        took, cpu = time.perf_counter() - started, time.process_time() - cpu
    if not verdict.is_sound:
        raise BenchError(f"the chain is broken: {verdict}")
    return verdict, took, cpu


def _fill(clinic_id: uuid.UUID, entries: int) -> None:
    """Up to this many in all, as entries of a usual size, a thousand in a transaction."""
    by = System("bench")
    for _ in range(entries // 1000):
        with tenancy.enter(clinic_id):
            for _ in range(1000):
                access_log.record("patient.read", by=by, patient_id=clinic_id, objects=[clinic_id])
