"""What tenancy, encryption and the access log cost on the page that is opened most: triage.

The peer is the same page of the same rows with row policies switched off, its columns taken as they lie
(as if they were plain) and nothing written to the log.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest import mock

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client

from bench import cast
from bench.harness import BenchError, Figures, quantile, ratio, spread
from clinics import access_log, keys, second_factor, tenancy
from clinics import services as clinic_services
from clinics.encryption import EncryptedTextField
from clinics.models import Clinic, Role, TenantModel, User
from moodvision import scratch
from moodvision.demo.history import Course
from moodvision.scratch_browser import signed_in_browser

PATIENTS, ROUNDS = 100, 40
QUICK_PATIENTS, QUICK_ROUNDS = 3, 2
AIM = 1.15
"""The guarded page may take this many times the bare one's time."""


def run(*, is_quick: bool) -> Figures:
    patients, rounds = (QUICK_PATIENTS, QUICK_ROUNDS) if is_quick else (PATIENTS, ROUNDS)
    with scratch.migrated_database("bench"):
        clinic = cast.make_clinic()
        cast.make_patients(clinic, patients, course=Course.LOW)
        browser = signed_in_browser(make_clinician(clinic))
        return {"patients": patients, "rounds": rounds, **measure(browser, rounds)}


def measure(browser: Client, rounds: int) -> Figures:
    """In turns; setting the stage is not part of the time."""
    times: dict[str, list[float]] = {"guarded": [], "bare": []}
    for number in range(rounds + 1):
        guarded = milliseconds(browser)
        with without_guards():
            bare = milliseconds(browser)
        if number:  # the first pair warms both up
            times["guarded"].append(guarded)
            times["bare"].append(bare)
    cost = ratio(quantile(times["guarded"], 50), quantile(times["bare"], 50))
    return {
        "ms": {name: spread(values) for name, values in times.items()},
        "ratio_guarded_to_bare": cost,
        "aim": AIM,
        "measured": "One request through Django's whole stack in this process, with its commit; keys cached "
        "as in a web process that is in use. bare: no row policies, ciphertext shown instead of opened, no "
        "log entry written.",
    }


def make_clinician(clinic: Clinic) -> User:
    with cast.FAST_HASHES:
        user = clinic_services.create_account(email="alice@bench.example", password="alice@bench.example")
    second_factor.enrol_totp(user)
    with tenancy.enter(clinic.pk):
        clinic_services.add_member(
            clinic=clinic, user=user, role=Role.CLINICIAN, name="Alice Adler", by=cast.BENCH
        )
    return user


def milliseconds(browser: Client) -> float:
    started = time.perf_counter()
    response = browser.get("/c/bench/", SERVER_NAME=settings.ALLOWED_HOSTS[0])
    took = (time.perf_counter() - started) * 1000
    if response.status_code != 200:
        raise BenchError(f"the triage page answered {response.status_code}")
    return took


@contextmanager
def without_guards() -> Iterator[None]:
    with ExitStack() as stage:
        stage.enter_context(
            mock.patch.object(EncryptedTextField, "from_db_value", lambda field, value, *args: value)
        )
        stage.enter_context(mock.patch.object(keys, "preload", return_value=None))
        stage.enter_context(mock.patch.object(access_log, "write", return_value=None))
        switch_policies("DISABLE")
        stage.callback(switch_policies, "ENABLE")
        yield


def switch_policies(how: str) -> None:
    tables = [model._meta.db_table for model in apps.get_models() if issubclass(model, TenantModel)]
    with scratch.owner_connection(str(connection.settings_dict["NAME"])) as owner:
        for table in tables:
            owner.execute(f'ALTER TABLE "{table}" {how} ROW LEVEL SECURITY'.encode())
