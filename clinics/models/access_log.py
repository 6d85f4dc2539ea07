import uuid

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from clinics.models.tenant import TenantModel


class _Entry(models.Model):
    """`canonical` is what was hashed; the columns beside it are projections for searching, checked by verify.

    Rows are made by the functions append_access_log and append_platform_log, in the database: see migration
    0030. Triggers refuse UPDATE, DELETE and TRUNCATE. Rows of the first format have no kind and no role.
    """

    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=12, default="")
    action = models.CharField(max_length=60)
    outcome = models.CharField(max_length=10)
    actor = models.CharField(max_length=60)
    role = models.CharField(max_length=20, default="")
    canonical = models.TextField()
    previous_hash = models.CharField(max_length=64)
    entry_hash = models.CharField(max_length=64)

    class Meta:
        abstract = True


class AccessLogEntry(_Entry, TenantModel):
    """One act on a clinic's data, chained to the one before it."""

    patient_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "number"], name="log_numbers_have_no_double")
        ]
        indexes = [
            models.Index(fields=["clinic", "patient_id", "number"], name="log_by_patient"),
            models.Index(fields=["clinic", "actor", "number"], name="log_by_actor"),
            BrinIndex(fields=["clinic", "at"], name="log_by_time"),  # the order of the rows is that of time
        ]


class PlatformLogEntry(_Entry):
    """One act of no clinic: a failed sign-in, an act of the operator. Ids and keyed hashes only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number"], name="platform_log_numbers_have_no_double")]
