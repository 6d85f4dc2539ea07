from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from clinics.models.people import Membership
from clinics.models.tenant import TenantForeignKey, TenantModel


class RetentionPeriod(TenantModel):
    """For how many days a clinic keeps one kind of data. Without a row: the kind's own default."""

    kind = models.CharField(max_length=20)
    days = models.PositiveIntegerField()
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = TenantForeignKey(Membership, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "kind"], name="one_period_per_kind")]


class RetentionRun(TenantModel):
    """One night's work on one kind: what went, and what a second look found that should have gone."""

    kind = models.CharField(max_length=20)
    at = models.DateTimeField(default=timezone.now)
    days = models.PositiveIntegerField()
    cutoff = models.DateTimeField()
    removed = models.PositiveIntegerField()
    left_over = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cutoff__lte=F("at")), name="a_cutoff_lies_in_the_past")
        ]
        indexes = [models.Index(fields=["clinic", "kind", "-at"], name="retention_runs_by_kind")]

    @property
    def is_obeyed(self) -> bool:
        return self.left_over == 0
