import uuid

from django.db import models
from django.utils import timezone


class _Memory(models.Model):
    """What the database remembers of signed files outside it, so that either shows a cut of the other.

    Append-only; of no clinic, since the platform's chain and the hosts have none: names, numbers, hashes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


class AnchorMemory(_Memory):
    """One line of a chain's file of anchors."""

    chain = models.CharField(max_length=40)
    line = models.PositiveBigIntegerField()
    line_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "line"], name="an_anchor_is_remembered_once")]


class SpoolMemory(_Memory):
    """What became of one number that a host gave to a spooled entry; number 0 begins a series."""

    class Outcome(models.TextChoices):
        OPENED = "opened"
        WRITTEN = "written"
        REFUSED = "refused"
        LOST = "lost"

    host = models.CharField(max_length=100)
    series = models.UUIDField()
    number = models.PositiveBigIntegerField()
    line_hash = models.CharField(max_length=64)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="a_spooled_number_ends_once")
        ]
