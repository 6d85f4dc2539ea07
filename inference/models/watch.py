"""What the watch over a classifier found: figures of weeks, and what an administrator must look into."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.models import Membership, TenantForeignKey, TenantModel


class WatchWeek(TenantModel):
    """One ISO week of one model in one clinic; without a model: the photos that none looked at.

    `figures`: an `engine.watch.Figures`. `groups`: question -> group -> rate -> an `engine.groups.Comparison`
    over the twelve weeks that end with this one; never of fewer than ten patients.
    """

    week_start = models.DateField(help_text="Its Monday, in the clinic's time zone.")
    model_sha256 = models.CharField(max_length=64, blank=True)
    model_name = models.CharField(max_length=60, blank=True)
    model_version = models.CharField(max_length=20, blank=True)
    figures = models.JSONField()
    groups = models.JSONField(default=dict)
    computed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "week_start", "model_sha256"], name="one_row_of_a_week_and_model"
            ),
            models.CheckConstraint(condition=Q(week_start__iso_week_day=1), name="a_week_starts_on_monday"),
        ]


class WatchNotice(TenantModel):
    """A group for whom the program fails more, or less, than for the others. Open until looked into."""

    class Measure(models.TextChoices):
        NOT_SCORED = "not_scored", _("photos that gave no reading")
        CONTESTED = "contested", _("readings that patients said were wrong")

    week_start = models.DateField()
    model_sha256 = models.CharField(max_length=64)
    model_label = models.CharField(max_length=81)
    question = models.CharField(max_length=20)
    group = models.CharField(max_length=20)
    measure = models.CharField(max_length=12, choices=Measure)
    difference = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    raised_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True)
    seen_by = TenantForeignKey(Membership, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "model_sha256", "question", "group", "measure"],
                condition=Q(seen_at__isnull=True),
                name="one_open_notice_of_a_group",
            ),
            models.CheckConstraint(
                condition=Q(seen_at=None, seen_by=None) | Q(seen_at__isnull=False, seen_by__isnull=False),
                name="a_notice_looked_into_says_by_whom",
            ),
        ]
        indexes = [models.Index(fields=["clinic", "-raised_at"], name="watch_notices_by_time")]
