from django.db import models
from django.db.models import Q
from django.utils import timezone

from clinics.models import Membership, TenantForeignKey, TenantModel
from patients.models.patients import Patient


class OnCallGrantQuerySet(models.QuerySet["OnCallGrant"]):
    def in_force(self) -> "OnCallGrantQuerySet":
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=timezone.now()))

    def open_for(self, membership: Membership) -> "OnCallGrantQuerySet":
        """Those by which this member may read a record right now."""
        return self.in_force().filter(membership=membership)


class OnCallGrant(TenantModel):
    """An urgent alert was passed on to a clinician outside the care team: the record is open to them until it
    is resolved, and a day longer."""

    patient = TenantForeignKey(Patient, related_name="on_call_grants")
    membership = TenantForeignKey(Membership, related_name="+")
    alert_id = models.UUIDField()
    granted_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = OnCallGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "membership", "alert_id"], name="a_record_is_lent_once_per_alert"
            )
        ]
