from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.models import TenantForeignKey, TenantModel
from patients.models.patients import Patient


class Purpose(models.TextChoices):
    FACIAL_ANALYSIS = "facial_analysis", _("A program may guess expressions from my photos")
    IMAGE_RETENTION = "image_retention", _("My clinic may keep my photos for a while")


class ConsentQuerySet(models.QuerySet["Consent"]):
    def latest_of(self, patient: Patient) -> dict[str, "Consent"]:
        """The entry in force for each purpose the patient ever decided on."""
        rows = self.filter(patient=patient).order_by("purpose", "-number").distinct("purpose")
        return {row.purpose: row for row in rows}

    def is_granted(self, patient: Patient, purpose: str) -> bool:
        row = self.filter(patient=patient, purpose=purpose).order_by("-number").first()
        return row is not None and row.is_granted


class Consent(TenantModel):
    """One decision of a patient about one purpose. The ledger only grows; the newest row is in force."""

    patient = TenantForeignKey(Patient, related_name="consents")
    purpose = models.CharField(max_length=30, choices=Purpose)
    number = models.PositiveIntegerField(help_text=_("Counts the decisions of this patient."))
    is_granted = models.BooleanField()
    text_version = models.CharField(max_length=20)
    at = models.DateTimeField(default=timezone.now)
    recorded_by = models.CharField(max_length=60)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient", "number"], name="consents_are_counted_per_patient"
            )
        ]
