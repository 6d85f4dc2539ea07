from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.models import TenantForeignKey, TenantModel
from patients.models import Patient
from scoring.models.alerts import Alert


class PatientNoteQuerySet(models.QuerySet["PatientNote"]):
    def visible(self) -> "PatientNoteQuerySet":
        """By day only: a note made in the night waits for the morning."""
        return self.filter(visible_from__lte=timezone.now())


class PatientNote(TenantModel):
    """A kind word to the patient in their portal: an offer, not a verdict (decisions 31 and 47)."""

    class Words(models.TextChoices):
        HARDER = "harder", _("Your recent check-ins look harder than usual.")
        MUCH_HARDER = "much_harder", _("Your recent check-ins look much harder than usual.")

    class Answer(models.TextChoices):
        CALL = "call", _("Yes, please call me")
        NOT_NOW = "not_now", _("Not now")

    patient = TenantForeignKey(Patient, related_name="kind_notes")
    alert = TenantForeignKey(Alert, related_name="patient_notes")
    words = models.CharField(max_length=20, choices=Words)
    created_at = models.DateTimeField(default=timezone.now)
    visible_from = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = PatientNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "alert", "words"], name="one_note_per_alert_and_words"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True)
                | Q(answer__in=["call", "not_now"], answered_at__isnull=False),
                name="an_answer_has_its_time",
            ),
        ]
        indexes = [models.Index(fields=["clinic", "patient", "-created_at"], name="notes_by_patient")]

    @property
    def has_crisis_contacts(self) -> bool:
        """The clinic's crisis contacts stand beside the stronger words."""
        return self.words == self.Words.MUCH_HARDER
