from django.db import models
from django.utils import timezone

from clinics.encryption import EncryptedTextField
from clinics.keys import KeyName
from clinics.models import Membership, TenantForeignKey, TenantModel, TenantOneToOneField
from patients.models.patients import Patient


class EmergencyContact(TenantModel):
    """Whom a patient wants to be called in an emergency. A person calls them; no machine does."""

    patient = TenantForeignKey(Patient, related_name="emergency_contacts")
    position = models.PositiveSmallIntegerField()
    name = EncryptedTextField()
    relation = EncryptedTextField(null=True, blank=True)
    phone = EncryptedTextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient", "position"], name="one_emergency_contact_per_position"
            )
        ]

    def sealed_under(self) -> KeyName:
        return KeyName.of_patient(self.clinic_id, self.patient_id)


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
