from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.encryption import EncryptedTextField
from clinics.keys import KeyName
from clinics.models import TenantForeignKey, TenantModel
from patients.models.patients import Patient


class GuardianQuerySet(models.QuerySet["Guardian"]):
    def deciding(self) -> "GuardianQuerySet":
        """Those who may decide today."""
        today = timezone.localdate()
        return self.filter(Q(decides_until=None) | Q(decides_until__gte=today), ended_at=None)


class Guardian(TenantModel):
    """Somebody who decides for a patient: a minor's parent, or who a court or the patient appointed.

    A guardian has no account: they see no answers, scores or notes. Their decision is recorded by the clinic.
    """

    class Relation(models.TextChoices):
        PARENT = "parent", _("parent")
        COURT = "court", _("appointed by a court")
        PROXY = "proxy", _("appointed by the patient")

    patient = TenantForeignKey(Patient, related_name="guardians")
    relation = models.CharField(max_length=10, choices=Relation)
    name = EncryptedTextField()
    phone = EncryptedTextField(blank=True, null=True)
    decides_until = models.DateField(
        null=True,
        blank=True,
        help_text=_("The last day of their say; of a minor's parent, the day before 18."),
    )
    recorded_by = models.CharField(max_length=60)
    recorded_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = GuardianQuerySet.as_manager()

    def sealed_under(self) -> KeyName:
        return KeyName.of_patient(self.clinic_id, self.patient_id)

    @property
    def is_deciding(self) -> bool:
        is_over = self.decides_until is not None and self.decides_until < timezone.localdate()
        return self.ended_at is None and not is_over
