"""What tenancy, encryption and the access log cost on the page that is opened most: triage.

The peer is the same page on a copy of the database whose encrypted columns hold plain text: no row policies,
no clinic to enter, no keys to load, nothing written to the log.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest import mock

from django.apps import apps
from django.conf import settings
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from psycopg import sql

from bench import cast
from bench.harness import BenchError, Figures, quantile, ratio, spread
from clinics import access_log, keys, second_factor, tenancy
from clinics import services as clinic_services
from clinics.encryption import EncryptedBytesField, EncryptedTextField
from clinics.models import Clinic, Role, TenantModel, User
from moodvision import scratch
from moodvision.demo.history import Course
from moodvision.scratch_browser import signed_in_browser

PATIENTS, ROUNDS = 100, 40
QUICK_PATIENTS, QUICK_ROUNDS = 3, 2
AIM = 1.15
"""The guarded page may take this many times the bare one's time."""
TENANT_MODELS = [model for model in apps.get_models() if issubclass(model, TenantModel)]


def run(*, is_quick: bool) -> Figures:
    patients, rounds = (QUICK_PATIENTS, QUICK_ROUNDS) if is_quick else (PATIENTS, ROUNDS)
    with scratch.migrated_database("bench"):
        clinic = cast.make_clinic()
        cast.make_patients(clinic, patients, course=Course.LOW)
        browser = signed_in_browser(make_clinician(clinic))
        with plain_copy(clinic) as plain:
            return {"patients": patients, "rounds": rounds, **measure(browser, plain, rounds)}


def measure(browser: Client, plain: BaseDatabaseWrapper, rounds: int) -> Figures:
    """In turns, each on a connection that stays open; setting the stage is not part of the time."""
    times: dict[str, list[float]] = {"guarded": [], "bare": []}
    for number in range(rounds + 1):
        guarded = milliseconds(browser)
        with without_guards(plain):
            bare = milliseconds(browser)
        if number:  # the first pair warms both up
            times["guarded"].append(guarded)
            times["bare"].append(bare)
    cost = ratio(quantile(times["guarded"], 50), quantile(times["bare"], 50))
    return {
        "ms": {name: spread(values) for name, values in times.items()},
        "ratio_guarded_to_bare": cost,
        "ratio_in_pairs": quantile([one / other for one, other in zip(*times.values(), strict=True)], 50),
        "aim": AIM,
        "measured": "One request through Django's whole stack in this process, with its commit; keys cached "
        "as in a web process that is in use. bare: a copy of the database with plain text in its encrypted "
        "columns, both vacuumed; no row policies, no clinic entered, no keys, no log entry written.",
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
    connections["default"].ensure_connection()
    started = time.perf_counter()
    response = browser.get("/c/bench/", SERVER_NAME=settings.ALLOWED_HOSTS[0])
    took = (time.perf_counter() - started) * 1000
    if response.status_code != 200:
        raise BenchError(f"the triage page answered {response.status_code}")
    return took


@contextmanager
def plain_copy(clinic: Clinic) -> Iterator[BaseDatabaseWrapper]:
    """A connection to a copy of this database that holds plain text and knows no policies."""
    guarded = str(connections["default"].settings_dict["NAME"])
    vacuum(guarded)
    for connection in connections.all():
        connection.close()  # a database in use cannot be copied
    name = scratch.create("plain", template=guarded)
    try:
        with scratch.pointed_at(name, "default", "owner"):
            open_in_place(clinic, name)
        plain = connections.create_connection("default")
        plain.settings_dict = {**plain.settings_dict, "NAME": name}
        try:
            yield plain
        finally:
            plain.close()
    finally:
        scratch.drop(name)


@contextmanager
def without_guards(plain: BaseDatabaseWrapper) -> Iterator[None]:
    guarded = connections["default"]
    with ExitStack() as stage:
        for field in (EncryptedTextField, EncryptedBytesField):
            stage.enter_context(mock.patch.object(field, "from_db_value", lambda field, value, *args: value))
        stage.enter_context(mock.patch.object(keys, "preload", return_value=None))
        stage.enter_context(mock.patch.object(access_log, "write", return_value=None))
        stage.enter_context(mock.patch.object(tenancy, "_set", note_place))
        stage.callback(connections.__setitem__, "default", guarded)
        connections["default"] = plain
        yield


def note_place(place: tenancy.Place, using: str) -> None:
    """What `tenancy` does beside telling the database."""
    connections[using].__dict__["moodvision_place"] = place


def open_in_place(clinic: Clinic, database: str) -> None:
    """As the owner, whom neither grants nor triggers stop once they are switched off."""
    with scratch.owner_connection(database) as owner:
        for model in TENANT_MODELS:
            table = sql.Identifier(model._meta.db_table)
            for what in ("DISABLE ROW LEVEL SECURITY", "DISABLE TRIGGER USER"):
                owner.execute(sql.SQL("ALTER TABLE {} " + what).format(table))
    with scratch.owner_connection(database) as owner, tenancy.enter(clinic.pk):
        for model in TENANT_MODELS:
            rows = [opened(row) for row in model._base_manager.all()] if sealed_fields(model) else []
            table = sql.Identifier(model._meta.db_table)
            for key, values in rows:
                for column, value in values.items():
                    statement = sql.SQL("UPDATE {} SET {} = %s WHERE id = %s")
                    owner.execute(statement.format(table, sql.Identifier(column)), [value, key])
    vacuum(database)


def opened(row: models.Model) -> tuple[object, dict[str, object]]:
    """The key of a row, and what its encrypted columns say."""
    values = {str(field.column): getattr(row, field.attname) for field in sealed_fields(type(row))}
    return row.pk, {column: value for column, value in values.items() if value is not None}


def sealed_fields(model: type[models.Model]) -> list[models.Field]:  # type: ignore[type-arg]
    fields = model._meta.concrete_fields
    return [field for field in fields if isinstance(field, EncryptedTextField | EncryptedBytesField)]


def vacuum(database: str) -> None:
    with scratch.owner_connection(database) as owner:
        for model in TENANT_MODELS:
            owner.execute(sql.SQL("VACUUM (FULL, ANALYZE) {}").format(sql.Identifier(model._meta.db_table)))
