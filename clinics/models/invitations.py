from django.db import models
from django.utils import timezone

from clinics.encryption import EncryptedTextField
from clinics.keys import KeyName
from clinics.models.people import Membership
from clinics.models.tenant import TenantForeignKey, TenantModel
from clinics.roles import Role


class StaffInvitationQuerySet(models.QuerySet["StaffInvitation"]):
    def open(self) -> "StaffInvitationQuerySet":
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now())


class StaffInvitation(TenantModel):
    """A single-use link by which a person becomes a member with a role. Only its hash is kept."""

    name = EncryptedTextField()
    email = EncryptedTextField()
    role = models.CharField(max_length=20, choices=Role)
    invited_by = TenantForeignKey(Membership, related_name="+")
    token_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = StaffInvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "token_hash"], name="one_staff_invitation_per_token")
        ]

    def sealed_under(self) -> KeyName:
        return KeyName.of_clinic(self.clinic_id)
