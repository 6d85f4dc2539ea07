"""Two clinics of the same build: every role, one of each thing, and a canary in every sealed text."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.test import Client
from django.utils import timezone

from clinics import tenancy
from clinics.access_log import System
from clinics.encryption import EncryptedTextField
from clinics.models import Clinic, Membership, TenantModel
from clinics.roles import Role
from patients import services as patients_services
from patients.models import Patient
from scoring.models import Alert, PatientNote
from tests.clinics.factories import make_clinic, make_member
from tests.conftest import signed_in
from tests.patients.factories import make_check_in, make_patient
from tests.scoring.factories import add_days_of, store_reading

TENANT_MODELS = [model for model in apps.get_models() if issubclass(model, TenantModel)]
KEEPS_ITS_SHAPE = {"patients.Patient.birth_date"}  # a date that must stay one
PATIENT = "patient"
ANONYMOUS = "anonymous"
CANARIES = {"north": "Zyxwvut-Canarybird", "south": "Qpomnlk-Nightingale"}


@dataclass(frozen=True)
class Twin:
    """One clinic: who works or is followed there, and the id of one of each thing that a URL can name."""

    clinic: Clinic
    canary: str
    people: dict[str, Membership | Patient]
    ids: dict[str, Any]

    def client(self, who: str) -> Client:
        return Client() if who == ANONYMOUS else signed_in(self.people[who])


def make_twin(slug: str) -> Twin:
    clinic = make_clinic(slug)
    people: dict[str, Membership | Patient] = {
        role: make_member(clinic, role, f"{role.title().replace('_', '')} Person") for role in Role.values
    }
    patient = make_patient(clinic, "Followed Person")
    people[PATIENT] = patient
    add_days_of(patient, "sad", 6)
    store_reading(patient, "sad")
    check_in = make_check_in(patient, mood=2, note="words")
    twin = Twin(clinic, CANARIES[slug], people, {"clinic": slug})
    with tenancy.enter(clinic.pk):
        newcomer = patients_services.admit_patient(clinic=clinic, name="New Comer", by=System("test"))
        inviting = people[Role.CLINICIAN]
        assert isinstance(inviting, Membership)
        PatientNote.objects.update(visible_from=timezone.now())
        twin.ids.update(
            patient_id=patient.pk,
            check_in_id=check_in.pk,
            alert_id=Alert.objects.values_list("pk", flat=True).get(),
            note_id=PatientNote.objects.values_list("pk", flat=True).get(),
            token=patients_services.invite_patient(patient=newcomer, by=inviting),
        )
        plant(twin.canary)
    return twin


def plant(canary: str) -> None:
    """The canary in every sealed text of the clinic the caller is in, wherever the row may hold one."""
    for model in TENANT_MODELS:
        for name in sealed_texts(model):
            for row in model._default_manager.all():
                setattr(row, name, f"{canary} {name}")
                with suppress(IntegrityError), transaction.atomic():
                    row.save(update_fields=[name])


def sealed_texts(model: type[models.Model]) -> list[str]:
    return [
        field.name
        for field in model._meta.local_fields
        if isinstance(field, EncryptedTextField)
        and f"{model._meta.label}.{field.name}" not in KEEPS_ITS_SHAPE
    ]
