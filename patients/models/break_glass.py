import uuid
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from clinics.encryption import EncryptedTextField
from clinics.keys import KeyName
from clinics.models import Membership, TenantForeignKey, TenantModel
from patients.models.patients import Patient

OPEN_FOR = timedelta(hours=1)
REVIEW_WITHIN = timedelta(hours=72)


class BreakGlassQuerySet(models.QuerySet["BreakGlass"]):
    def open_for(self, membership: Membership) -> "BreakGlassQuerySet":
        """Those by which this member may read a record right now."""
        return self.filter(membership=membership, ends_at__gt=timezone.now())

    def unreviewed(self) -> "BreakGlassQuerySet":
        return self.filter(reviewed_at=None)

    def for_deputy(self) -> "BreakGlassQuerySet":
        """Escalated, or left lying for too long."""
        late = timezone.now() - REVIEW_WITHIN
        return self.filter(Q(is_escalated=True) | Q(reviewed_at=None, opened_at__lt=late))

    def told(self, records: list[uuid.UUID]) -> "BreakGlassQuerySet":
        """Those the person whose records these are may know of by now."""
        return self.filter(patient__in=records, notice_at__lte=timezone.now())


class BreakGlass(TenantModel):
    """A clinician outside the care team opened a record in an emergency, for an hour and with a reason."""

    patient = TenantForeignKey(Patient, related_name="break_glasses")
    membership = TenantForeignKey(Membership, related_name="+")
    reason = EncryptedTextField()
    opened_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    is_escalated = models.BooleanField(default=False)
    reviewed_by = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    was_justified = models.BooleanField(null=True, blank=True)
    conclusion = EncryptedTextField(null=True, blank=True)
    notice_at = models.DateTimeField()
    notice_seen_at = models.DateTimeField(null=True, blank=True)
    delay_reason = EncryptedTextField(null=True, blank=True)

    objects = BreakGlassQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__lte=models.F("opened_at") + OPEN_FOR), name="open_for_an_hour_at_most"
            ),
            models.CheckConstraint(
                condition=Q(notice_at__lte=models.F("opened_at") + REVIEW_WITHIN),
                name="a_notice_waits_72_hours_at_most",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at=None, reviewed_by=None, was_justified=None)
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False, was_justified__isnull=False),
                name="a_reviewed_access_says_who_when_and_what",
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "membership", "-ends_at"], name="break_glass_by_member"),
            models.Index(fields=["clinic", "patient", "-opened_at"], name="break_glass_by_patient"),
        ]

    def sealed_under(self) -> KeyName:
        return KeyName.of_patient(self.clinic_id, self.patient_id)

    @property
    def is_open(self) -> bool:
        return timezone.now() < self.ends_at


class PrivacyDeputy(TenantModel):
    """Who reviews emergency accesses that wait while the next one happens. One in each clinic."""

    membership = TenantForeignKey(Membership, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic"], name="one_privacy_deputy_per_clinic")]
