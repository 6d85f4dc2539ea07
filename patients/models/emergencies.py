from datetime import timedelta

from django.db import models
from django.utils import timezone

from clinics.encryption import EncryptedTextField
from clinics.keys import KeyName
from clinics.models import Membership, TenantForeignKey, TenantModel, TenantOneToOneField
from patients.models.patients import Patient

CONFIRMED_FOR = timedelta(days=183)
"""Half a year; then the alert says that nobody has confirmed it since."""


class EmergencyContact(TenantModel):
    """Whom a patient wants to be called in an emergency. A person calls them; no machine does."""

    patient = TenantForeignKey(Patient, related_name="emergency_contacts")
    position = models.PositiveSmallIntegerField()
    name = EncryptedTextField()
    relation = EncryptedTextField(null=True, blank=True)
    phone = EncryptedTextField()
    conditions = EncryptedTextField(
        null=True, blank=True, help_text="When and how the patient wants them called, in their own words."
    )
    confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the patient last said that it holds."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient", "position"], name="one_emergency_contact_per_position"
            )
        ]

    def sealed_under(self) -> KeyName:
        return KeyName.of_patient(self.clinic_id, self.patient_id)

    @property
    def is_confirmed(self) -> bool:
        """Whether the patient said within half a year that it holds."""
        return self.confirmed_at is not None and timezone.now() - self.confirmed_at < CONFIRMED_FOR


class SafetyPlan(TenantModel):
    """What helps this patient in a crisis, as written down with them."""

    patient = TenantOneToOneField(Patient, related_name="safety_plan")
    text = EncryptedTextField()
    written_by = TenantForeignKey(Membership, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    def sealed_under(self) -> KeyName:
        return KeyName.of_patient(self.clinic_id, self.patient_id)


class OwnPlanPart(TenantModel):
    """One part of the safety plan a patient wrote themselves: a heading of their own, and what helps."""

    patient = TenantForeignKey(Patient, related_name="own_plan_parts")
    position = models.PositiveSmallIntegerField()
    heading = EncryptedTextField()
    text = EncryptedTextField()
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient", "position"], name="one_part_of_a_plan_per_position"
            )
        ]

    def sealed_under(self) -> KeyName:
        return KeyName.of_patient(self.clinic_id, self.patient_id)
