from django.db import models


class DenialCount(models.Model):
    """How often one origin was turned away within an hour, so that a scanner cannot fill the platform's log.

    Under no clinic: whoever is counted here reached none. Rows live until their hour has been reported.
    """

    EVERYBODY = "*"

    hour = models.DateTimeField()
    origin = models.CharField(max_length=50)
    asked = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hour", "origin"], name="one_count_per_origin_and_hour")
        ]
