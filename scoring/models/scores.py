from datetime import timedelta
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinics.models import TenantForeignKey, TenantModel
from patients.models import Patient
from scoring.models.profiles import ScoreProfile
from scoring.rules import LinesState, LineState, has_enough_readings


class ModelReference(TenantModel):
    """What readings of one model version are measured against: the shares that its calibration assumes, and
    its confusion where that is known."""

    model_version = models.CharField(max_length=100)
    shares = ArrayField(models.FloatField(), size=7)
    confusion = ArrayField(
        models.FloatField(), size=49, null=True, help_text=_("7 x 7 counts, row by row: true emotion, answer")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "model_version"], name="one_reference_per_model"),
            models.CheckConstraint(condition=Q(shares__len=7), name="a_reference_has_7_shares"),
            models.CheckConstraint(
                condition=Q(confusion__isnull=True) | Q(confusion__len=49), name="a_confusion_is_7_by_7"
            ),
        ]


class EstimatedShares(models.Model):
    """The posterior of a stretch's emotion shares, and its score under the profile in force.

    Shares are plain numbers under a pseudonymous key, so that another matrix is arithmetic on stored rows.
    """

    readings = models.PositiveIntegerField(default=0)
    share_means = ArrayField(models.FloatField(), size=7)
    share_covariance = ArrayField(models.FloatField(), size=49, help_text=_("7 x 7, row by row"))
    score = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    is_enough = models.BooleanField(default=False)
    profile_version = models.PositiveIntegerField()

    class Meta:
        abstract = True


class PeriodScore(EstimatedShares, TenantModel):
    """One patient's ISO week, month or quarter as one model version read it: for charts and reports."""

    class Kind(models.TextChoices):
        WEEK = "week", _("week")
        MONTH = "month", _("month")
        QUARTER = "quarter", _("quarter")

    patient = TenantForeignKey(Patient, related_name="period_scores")
    kind = models.CharField(max_length=10, choices=Kind)
    start = models.DateField(help_text=_("First local day, in the clinic's time zone"))
    model_version = models.CharField(max_length=100)
    share_sums = ArrayField(models.FloatField(), size=7, help_text=_("Sums of the probabilities"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient", "kind", "start", "model_version"],
                name="one_score_per_period_and_model",
            ),
            models.CheckConstraint(
                condition=Q(readings__gte=1, share_means__len=7, share_covariance__len=49, share_sums__len=7),
                name="a_period_has_its_shares",
            ),
            models.CheckConstraint(
                condition=Q(low__lte=F("score"), high__gte=F("score")), name="a_score_lies_in_its_interval"
            ),
        ]


class PatientStanding(EstimatedShares, TenantModel):
    """Where a patient stands: the newest judged window, and the memory of both lines. One row a patient."""

    patient = TenantForeignKey(Patient, related_name="standings")
    window_start = models.DateTimeField()
    window_end = models.DateTimeField()
    newest_reading_at = models.DateTimeField(null=True)
    over_warning = models.FloatField(default=0)
    over_intervention = models.FloatField(default=0)
    is_over_warning = models.BooleanField(default=False)
    warning_first_day = models.DateField(null=True)
    is_over_intervention = models.BooleanField(default=False)
    intervention_first_day = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "patient"], name="one_standing_per_patient"),
            models.CheckConstraint(
                condition=Q(low__lte=F("score"), high__gte=F("score")), name="a_window_lies_in_its_interval"
            ),
            models.CheckConstraint(
                condition=Q(is_over_intervention=False) | Q(is_over_warning=True),
                name="intervention_implies_warning",
            ),
        ]

    def has_enough_under(self, profile: ScoreProfile) -> bool:
        """Enough readings in the window, and the newest not too old, when it was judged."""
        if self.newest_reading_at is None:
            return False
        age = max(self.window_end - self.newest_reading_at, timedelta(0))
        return has_enough_readings("window", self.readings, age, floor=profile.window_floor)

    @property
    def lines(self) -> LinesState:
        return LinesState(
            warning=LineState(self.is_over_warning, self.warning_first_day),
            intervention=LineState(self.is_over_intervention, self.intervention_first_day),
        )

    def remember(self, lines: LinesState) -> Self:
        self.is_over_warning = lines.warning.is_over
        self.warning_first_day = lines.warning.first_day_over
        self.is_over_intervention = lines.intervention.is_over
        self.intervention_first_day = lines.intervention.first_day_over
        return self
