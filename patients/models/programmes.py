from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.models import TenantForeignKey, TenantModel
from patients.models.patients import Patient


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def open(self) -> "ProgrammeQuerySet":
        return self.filter(closed_at=None)


class Programme(TenantModel):
    """An employer's wellbeing programme: self-report only (EU AI Act 5(1)(f)).

    What comes through it carries its mark, and the database lets nothing with the mark near the classifier.
    """

    name = models.CharField(max_length=100)
    employer = models.CharField(max_length=200, help_text=_("As the people in it know it."))
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "name"], name="one_programme_per_name")]

    def __str__(self) -> str:
        return self.name


class Enrolment(TenantModel):
    """A patient's own opting in, from when to when. Nobody is enrolled by somebody else."""

    patient = TenantForeignKey(Patient, related_name="enrolments", db_index=False)
    programme = TenantForeignKey(Programme, related_name="enrolments", db_index=False)
    joined_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient", "programme"],
                condition=Q(left_at=None),
                name="enrolled_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=models.F("joined_at")), name="left_after_joining"
            ),
        ]
        indexes = [models.Index(fields=["clinic", "programme"], name="enrolments_by_programme")]
