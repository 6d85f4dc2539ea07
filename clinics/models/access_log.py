from django.db import models

from clinics.models.tenant import TenantModel


class AccessLogEntry(TenantModel):
    """One act on a clinic's data, chained to the one before it.

    `canonical` is what was hashed; the columns beside it are projections for searching, checked by verify.
    Triggers refuse UPDATE, DELETE and TRUNCATE.
    """

    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    action = models.CharField(max_length=60)
    outcome = models.CharField(max_length=10)
    actor = models.CharField(max_length=60)
    patient_id = models.UUIDField(null=True)
    canonical = models.TextField()
    previous_hash = models.CharField(max_length=64)
    entry_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "number"], name="log_numbers_have_no_double")
        ]
        indexes = [models.Index(fields=["clinic", "patient_id", "number"], name="log_by_patient")]
