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
from clinics.models import CareTeam, Clinic, Membership, TenantModel
from clinics.roles import Role
from patients import services as patients_services
from patients.models import Patient
from scoring.models import Alert, PatientNote
from tests.clinics.factories import make_clinic, make_member
from tests.conftest import signed_in
from tests.furnishing import Staff, furnish_clinic, furnish_patient
from tests.patients.factories import make_certificate, make_patient
from tests.scoring.factories import add_days_of, store_reading

TENANT_MODELS = [model for model in apps.get_models() if issubclass(model, TenantModel)]
KEEPS_ITS_SHAPE = {"patients.patient.birth_date", "clinics.staffinvitation.email"}  # read back as such
PATIENT = "patient"
DEPUTY = "deputy"  # of the privacy officer: by a row, not by a role
ANONYMOUS = "anonymous"
CANARIES = {"north": "Zyxwvut-Canarybird", "south": "Qpomnlk-Nightingale"}


@dataclass(frozen=True)
class Twin:
    """One clinic: who works or is followed there, and the id of one of each thing that a URL can name."""

    clinic: Clinic
    canary: str
    people: dict[str, Membership | Patient]
    ids: dict[str, Any]

    def words(self, label: str) -> str:
        """What stands in an encrypted column of this clinic."""
        if label == "clinics.staffinvitation.email":
            return f"{self.canary.lower()}@invited.example"
        return "1970-01-01" if label in KEEPS_ITS_SHAPE else f"{self.canary} {label}"

    def client(self, who: str) -> Client:
        return Client() if who == ANONYMOUS else signed_in(self.people[who])


def make_twin(slug: str) -> Twin:
    clinic = make_clinic(slug)
    members = {
        role: make_member(clinic, role, f"{role.title().replace('_', '')} Person") for role in Role.values
    }
    deputy = make_member(clinic, Role.PROGRAMME_MANAGER, "Deputy Person")
    patient = make_patient(clinic, "Followed Person")
    twin = Twin(
        clinic,
        CANARIES[slug],
        {**members, DEPUTY: deputy, PATIENT: patient},
        {"clinic": slug, "patient_id": patient.pk},
    )
    add_days_of(patient, "sad", 6)
    store_reading(patient, "sad")
    by = Staff(
        clinician=members[Role.CLINICIAN],
        administrator=members[Role.ADMINISTRATOR],
        officer=members[Role.PRIVACY_OFFICER],
    )
    twin.ids.update(furnish_patient(patient, by, twin.words), **furnish_clinic(clinic, by, twin.words))
    with tenancy.enter(clinic.pk):
        newcomer = patients_services.admit_patient(clinic=clinic, name="New Comer", by=System("test"))
        PatientNote.objects.update(visible_from=timezone.now())
        programme = patients_services.open_programme(
            clinic=clinic, name=twin.canary, employer=twin.canary, by=by.administrator
        )
        patients_services.join_programme(patient=patient, programme_id=programme.pk)
        team = CareTeam.objects.create(clinic=clinic, name=twin.canary)
        patients_services.appoint_deputy(membership=deputy, by=by.officer)
        twin.ids.update(
            alert_id=Alert.objects.filter(rule=Alert.Rule.SCORE_LINE).values_list("pk", flat=True).get(),
            note_id=PatientNote.objects.values_list("pk", flat=True).first(),
            token=patients_services.invite_patient(patient=newcomer, by=by.clinician),
            programme_id=programme.pk,
            erasure_id=make_certificate(clinic, twin.canary).pk,
            care_team_id=team.pk,
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
        and f"{model._meta.label_lower}.{field.name}" not in KEEPS_ITS_SHAPE
    ]
