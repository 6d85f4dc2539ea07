from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from clinics.encryption import EncryptedTextField
from clinics.keys import KeyName
from clinics.models import Membership, TenantForeignKey, TenantModel
from patients.models.patients import Patient


class Intake(TenantModel):
    """Why somebody is followed, who answers for them, and how they are reached: one version of it.

    Never edited: a change is a further version, so that it can be told what was known when.
    """

    patient = TenantForeignKey(Patient, related_name="intakes")
    number = models.PositiveIntegerField()
    reason = EncryptedTextField()
    responsible = TenantForeignKey(Membership, related_name="+")
    deputy = TenantForeignKey(Membership, related_name="+")
    numbers = EncryptedTextField()
    safe_contact = EncryptedTextField()
    usual_location = EncryptedTextField()
    language = EncryptedTextField()
    needs = EncryptedTextField(null=True, blank=True)
    review_on = models.DateField()
    written_by = TenantForeignKey(Membership, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "patient", "number"], name="one_intake_per_version"),
            models.CheckConstraint(
                condition=~Q(responsible=F("deputy")), name="nobody_deputises_for_themselves"
            ),
        ]

    def sealed_under(self) -> KeyName:
        return KeyName.of_patient(self.clinic_id, self.patient_id)
