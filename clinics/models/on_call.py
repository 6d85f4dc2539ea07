from django.db import models
from django.utils import timezone

from clinics.models.people import Membership
from clinics.models.tenant import TenantForeignKey, TenantModel


class OnCallUnlockQuerySet(models.QuerySet["OnCallUnlock"]):
    def open(self) -> "OnCallUnlockQuerySet":
        return self.filter(used_at=None, expires_at__gt=timezone.now())


class OnCallUnlock(TenantModel):
    """A colleague's word for somebody on call who cannot reach their second factor: a code, for minutes."""

    member = TenantForeignKey(Membership, related_name="unlocks")
    given_by = TenantForeignKey(Membership, related_name="+")
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = OnCallUnlockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(member=models.F("given_by")), name="nobody_unlocks_themselves"
            )
        ]
        indexes = [models.Index(fields=["clinic", "member", "expires_at"], name="unlocks_by_member")]
