"""A database from before the policy comes along: its clinics, ledger, check-ins and photos."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from clinics import tenancy
from clinics.encryption import BytesToken, TextToken
from clinics.models import Clinic, PolicyChoice
from moodvision import scratch
from patients.models import Capture, CheckIn, Consent, Patient

BEFORE = [
    ("clinics", "0002_isolation"),
    ("patients", "0003_check_in_moments"),
    ("inference", "0002_isolation"),
    ("scoring", "0002_isolation"),
]


@pytest.fixture
def old_database(
    template_database: str, django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[Any]:
    """An empty database with the schema of before; its historical models."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        name = scratch.create("before")
        try:
            with scratch.pointed_at(name, "default", "owner"):
                executor = MigrationExecutor(connections["owner"])
                yield executor.migrate(BEFORE).apps
                for connection in connections.all():
                    connection.close()
        finally:
            scratch.drop(name)


def furnish(apps: Any, slug: str, *, allows: bool) -> Any:
    """A clinic with a patient who agreed and a photo that waits."""
    clinic = apps.get_model("clinics", "Clinic").objects.using("owner").create(slug=slug)
    with tenancy.enter(clinic.pk, using="owner"):

        def make(model: str, **fields: Any) -> Any:
            app, name = model.split(".")
            return apps.get_model(app, name).objects.using("owner").create(clinic=clinic, **fields)

        make("clinics.ClinicSettings", name=slug, allows_facial_analysis=allows)
        patient = make("patients.Patient", record_number=1, name=TextToken("mv1:1:x"))
        make(
            "patients.Consent", patient=patient, purpose="facial_analysis", number=1, is_granted=True,
            text_version="2026-11", recorded_by="x",
        )  # fmt: skip
        check_in = make(
            "patients.CheckIn", patient=patient, idempotency_key="k" * 8, body_hmac="x", zone="UTC",
            captured_at=timezone.now(), photo="taken",
        )  # fmt: skip
        make("patients.Capture", check_in=check_in, image=BytesToken(b"x"))
    return clinic


def test_what_was_there_works_on(old_database: Any) -> None:
    north = furnish(old_database, "north", allows=True)
    south = furnish(old_database, "south", allows=False)
    executor = MigrationExecutor(connections["owner"])
    executor.migrate(executor.loader.graph.leaf_nodes())
    found = {}
    for clinic in Clinic.objects.filter(pk__in=[north.pk, south.pk]):
        with tenancy.enter(clinic.pk):
            choice = PolicyChoice.objects.get()
            found[clinic.slug] = (choice.jurisdiction, choice.allows("facial_analysis"))
            assert Consent.objects.get().is_in_force
            assert Patient.objects.get().is_followed
            assert not CheckIn.objects.get().is_of_programme
            assert not Capture.objects.get().is_of_programme
    assert found == {"north": ("generic", True), "south": ("generic", False)}
