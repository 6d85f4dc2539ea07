import zoneinfo

from django.conf import settings
from django.db import models
from django.utils import timezone

from clinics.encryption import EncryptedTextField
from clinics.keys import KeyName
from clinics.models import CareTeam, Membership, TenantForeignKey, TenantModel
from clinics.models.clinic import validate_time_zone


class Patient(TenantModel):
    """A person the clinic follows. Everything that names them lies under their own key.

    The record number is a pseudonym: plain, so that lists can sort by it and messages can carry it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="records"
    )
    record_number = models.PositiveIntegerField()
    care_team = TenantForeignKey(CareTeam, null=True, blank=True, related_name="patients")
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    name = EncryptedTextField()
    email = EncryptedTextField(blank=True, null=True)
    phone = EncryptedTextField(blank=True, null=True)
    birth_date = EncryptedTextField(blank=True, null=True, help_text="ISO 8601")
    notes = EncryptedTextField(blank=True, null=True)
    is_synthetic = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    restricted_at = models.DateTimeField(
        null=True, blank=True, help_text="Since then: kept, but neither read, scored nor judged."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "record_number"], name="one_patient_per_record_number"),
            models.UniqueConstraint(
                fields=["clinic", "user"],
                condition=models.Q(user__isnull=False),
                name="one_record_per_user_and_clinic",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.record_number}"

    def sealed_under(self) -> KeyName:
        return KeyName.of_patient(self.clinic_id, self.pk)

    @property
    def actor_label(self) -> str:
        return f"patient:{self.pk}"

    @property
    def is_restricted(self) -> bool:
        return self.restricted_at is not None

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        return self.filter(accepted_at=None, expires_at__gt=timezone.now())


class Invitation(TenantModel):
    """A single-use link by which a person becomes the user of a patient record. Only its hash is kept."""

    patient = TenantForeignKey(Patient, related_name="invitations")
    invited_by = TenantForeignKey(Membership, related_name="+")
    token_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "token_hash"], name="one_invitation_per_token")
        ]
