from django.db import models
from django.utils import timezone

from clinics.models.tenant import TenantModel


class AccessLogSegment(TenantModel):
    """The signed closing record of a stretch of the log that was exported.

    The chain stays verifiable from here after the owner removed its rows. `closing` is the signed line as it
    stands in the exported file.
    """

    first_number = models.PositiveBigIntegerField()
    last_number = models.PositiveBigIntegerField()
    closing = models.JSONField()
    closed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "last_number"], name="one_segment_per_last_number"),
            models.CheckConstraint(
                condition=models.Q(first_number__lte=models.F("last_number")),
                name="a_segment_begins_before_it_ends",
            ),
        ]
