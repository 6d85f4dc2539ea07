from typing import cast

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.models import Membership, TenantForeignKey, TenantModel
from scoring.rules import DEFAULT_MATRIX, FLOORS, Aggregation, FloorKind, LinePolicy, Matrix
from scoring.rules.periods import ROLLING_DAYS

FLOOR_FIELDS = ("window_floor", "week_floor", "month_floor", "quarter_floor")
RULE_FIELDS = (
    "scores",
    "weights",
    "aggregation",
    "warning_line",
    "intervention_line",
    "window",
    "window_days",
    *FLOOR_FIELDS,
    "evidence",
    "rearm_below",
    "second_day",
    "estimator",
)


def default_scores() -> list[float]:
    return list(DEFAULT_MATRIX.scores)


def default_weights() -> list[float]:
    return list(DEFAULT_MATRIX.weights)


class ScoreProfileQuerySet(models.QuerySet["ScoreProfile"]):
    def in_force(self) -> "ScoreProfile":
        """The newest version of the entered clinic; before the first, the default that nobody saved."""
        return self.order_by("-version").first() or ScoreProfile(version=0)


class ScoreProfile(TenantModel):
    """One version of a clinic's matrix, lines and floors. A change appends a version; none is ever edited."""

    class Aggregations(models.TextChoices):
        SCALED_SUM = "scaled_sum", _("scaled sum")
        WEIGHTED_MEAN = "weighted_mean", _("weighted mean")

    class Windows(models.TextChoices):
        ROLLING = "rolling", _("the last days")
        ISO_WEEK = "iso_week", _("since Monday")

    class Estimators(models.TextChoices):
        MIXTURE = "mixture", _("estimated with the model's known mistakes")
        MEAN = "mean", _("plain mean of the readings")

    version = models.PositiveIntegerField()
    scores = ArrayField(models.FloatField(), size=7, default=default_scores)
    weights = ArrayField(models.FloatField(), size=7, default=default_weights)
    aggregation = models.CharField(max_length=20, choices=Aggregations, default=Aggregations.SCALED_SUM)
    warning_line = models.FloatField(default=DEFAULT_MATRIX.warning_line)
    intervention_line = models.FloatField(default=DEFAULT_MATRIX.intervention_line)
    window = models.CharField(max_length=10, choices=Windows, default=Windows.ROLLING)
    window_days = models.PositiveSmallIntegerField(default=ROLLING_DAYS)
    window_floor = models.PositiveSmallIntegerField(default=FLOORS["window"])
    week_floor = models.PositiveSmallIntegerField(default=FLOORS["week"])
    month_floor = models.PositiveSmallIntegerField(default=FLOORS["month"])
    quarter_floor = models.PositiveSmallIntegerField(default=FLOORS["quarter"])
    evidence = models.FloatField(default=LinePolicy.evidence)
    rearm_below = models.FloatField(default=LinePolicy.rearm_below)
    second_day = models.BooleanField(default=LinePolicy.second_day)
    estimator = models.CharField(max_length=20, choices=Estimators, default=Estimators.MIXTURE)
    created_by = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = ScoreProfileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "version"], name="one_profile_per_version"),
            models.CheckConstraint(condition=Q(scores__len=7, weights__len=7), name="a_matrix_has_7_rows"),
            models.CheckConstraint(
                condition=Q(warning_line__gte=0, intervention_line__gt=F("warning_line")),
                name="warning_lies_below_intervention",
            ),
            models.CheckConstraint(
                condition=Q(evidence__gt=0, evidence__lte=1, rearm_below__gte=0),
                name="evidence_is_a_probability",
            ),
            models.CheckConstraint(
                condition=Q(
                    window_days__gte=1,
                    window_floor__gte=1,
                    week_floor__gte=1,
                    month_floor__gte=1,
                    quarter_floor__gte=1,
                ),
                name="floors_are_above_0",
            ),
        ]

    @property
    def matrix(self) -> Matrix:
        return Matrix(
            scores=tuple(self.scores),
            weights=tuple(self.weights),
            aggregation=cast("Aggregation", str(self.aggregation)),
            warning_line=self.warning_line,
            intervention_line=self.intervention_line,
        )

    @property
    def policy(self) -> LinePolicy:
        return LinePolicy(evidence=self.evidence, rearm_below=self.rearm_below, second_day=self.second_day)

    def floor(self, kind: FloorKind) -> int:
        """Fewest scored readings a score of this kind may rest on."""
        floor: int = getattr(self, f"{kind}_floor")
        return floor

    def says_the_same(self, other: "ScoreProfile") -> bool:
        return all(getattr(self, name) == getattr(other, name) for name in RULE_FIELDS)
