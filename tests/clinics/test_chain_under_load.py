"""Two hundred writers of one clinic at once over forty connections: no gap, no fork."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, BoundedSemaphore

import pytest
from django.db import connection

from clinics import access_log, tenancy, verification
from clinics.access_log import System
from clinics.models import AccessLogEntry
from tests.clinics.factories import make_clinic

THREADS = 200
CONNECTIONS = 40
ENTRIES = 3


@pytest.mark.commits
def test_two_hundred_threads_keep_one_chain(committing: str) -> None:
    clinic = make_clinic("north")
    with tenancy.enter(clinic.pk):
        before = AccessLogEntry.objects.count()
    free = BoundedSemaphore(CONNECTIONS)
    start = Barrier(THREADS)

    @contextmanager
    def connected() -> Iterator[None]:
        with free:
            try:
                yield
            finally:
                connection.close()

    def write(thread: int) -> None:
        start.wait()
        with connected():
            for number in range(ENTRIES):
                with tenancy.enter(clinic.pk):
                    access_log.record("patients.listed", by=System("test"), page=f"{thread}/{number}")

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(write, range(THREADS)))
    verdict = verification.verify_clinic(clinic)
    assert verdict.findings == []
    assert verdict.rows == verdict.last == before + THREADS * ENTRIES
