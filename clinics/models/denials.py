import uuid

from django.db import models


class DenialCount(models.Model):
    """How often one origin, or one person in a clinic, was turned away within an hour, so that nobody can
    fill a log by being refused.

    A plain number and no tenant's row: it is counted outside of every clinic. Rows live until their hour has
    been reported.
    """

    EVERYBODY = "*"
    PLATFORM = uuid.UUID(int=0)

    hour = models.DateTimeField()
    origin = models.CharField(max_length=50)
    clinic_id = models.UUIDField(default=PLATFORM)
    asked = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hour", "origin", "clinic_id"], name="one_count_per_origin_and_hour"
            )
        ]
