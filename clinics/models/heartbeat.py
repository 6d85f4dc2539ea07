from django.db import models


class Heartbeat(models.Model):
    """When a process that must not stand still last said that it runs, by the database's clock.

    No tenant's row: names of our own processes and moments, nothing else.
    """

    name = models.CharField(max_length=20, primary_key=True)
    beaten_at = models.DateTimeField()
