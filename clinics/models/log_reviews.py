from django.db import models
from django.utils import timezone

from clinics.encryption import EncryptedTextField
from clinics.keys import KeyName
from clinics.models.people import Membership
from clinics.models.tenant import TenantForeignKey, TenantModel


class LogReview(TenantModel):
    """What an auditor looked at in the access log, and what they concluded: signed off once."""

    query = models.CharField(max_length=500, blank=True)
    first_number = models.PositiveBigIntegerField()
    last_number = models.PositiveBigIntegerField()
    entries = models.PositiveIntegerField()
    saved_by = TenantForeignKey(Membership, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)
    conclusion = EncryptedTextField(null=True, blank=True)
    signed_by = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(signed_by=None, signed_at=None)
                | models.Q(signed_by__isnull=False, signed_at__isnull=False, conclusion__isnull=False),
                name="a_signed_review_says_who_when_and_what",
            )
        ]
        indexes = [models.Index(fields=["clinic", "-saved_at"], name="log_reviews_by_time")]

    def sealed_under(self) -> KeyName:
        return KeyName.of_clinic(self.clinic_id)
