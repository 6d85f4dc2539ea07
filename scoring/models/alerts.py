from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.encryption import EncryptedTextField
from clinics.keys import KeyName
from clinics.models import Membership, TenantForeignKey, TenantModel
from patients.models import Patient

UNTAKEN = Q(acknowledged_by__isnull=True, acknowledged_at__isnull=True)
TAKEN = Q(acknowledged_by__isnull=False, acknowledged_at__isnull=False)
UNRESOLVED = Q(resolved_by__isnull=True, resolved_at__isnull=True, note__isnull=True)
RESOLVED = Q(resolved_by__isnull=False, resolved_at__isnull=False, note__isnull=False)


class AlertSequence(TenantModel):
    """The last number given to an alert of a clinic. Its row lock is held to the commit, so numbers appear in
    their order and none is left out."""

    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic"], name="one_alert_sequence_per_clinic")]


class AlertQuerySet(models.QuerySet["Alert"]):
    def unresolved(self) -> "AlertQuerySet":
        return self.exclude(state=Alert.State.RESOLVED)


class Alert(TenantModel):
    """Somebody's duty until it is resolved. It never resolves itself.

    `seq` is the number of its newest event, or of a later move to another care team.
    What a `score_line` alert knew, how surely and on how many readings, is kept beside it.
    """

    class Rule(models.TextChoices):
        SCORE_LINE = "score_line", _("the score crossed a line")
        ANALYSIS_FAILED = "analysis_failed", _("a photo could not be analysed: look yourself")
        CALL_WANTED = "call_wanted", _("the patient would like a call")

    class Line(models.TextChoices):
        NONE = "", _("no line")
        WARNING = "warning", _("warning line")
        INTERVENTION = "intervention", _("intervention line")

    class State(models.TextChoices):
        OPEN = "open", _("open, nobody has it yet")
        ACKNOWLEDGED = "acknowledged", _("taken")
        RESOLVED = "resolved", _("resolved")

    patient = TenantForeignKey(Patient, related_name="alerts")
    seq = models.PositiveBigIntegerField()
    rule = models.CharField(max_length=20, choices=Rule)
    line = models.CharField(max_length=20, choices=Line, default=Line.NONE, blank=True)
    state = models.CharField(max_length=20, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    acknowledged_by = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    resolved_by = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)
    note = EncryptedTextField(null=True, blank=True)
    score = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    probability = models.FloatField(null=True, help_text=_("Of being on or over the line"))
    readings = models.PositiveIntegerField(default=0)
    window_start = models.DateTimeField(null=True)
    window_end = models.DateTimeField(null=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "seq"], name="alert_numbers_have_no_double"),
            models.UniqueConstraint(
                fields=["clinic", "patient", "rule"],
                condition=~Q(state="resolved"),
                name="one_open_alert_per_patient_and_rule",
            ),
            models.CheckConstraint(
                condition=Q(UNTAKEN, UNRESOLVED, state="open")
                | Q(TAKEN, UNRESOLVED, state="acknowledged")
                | Q(UNTAKEN | TAKEN, RESOLVED, state="resolved"),
                name="an_alert_says_who_took_and_resolved_it",
            ),
            models.CheckConstraint(
                condition=Q(rule="score_line", score__isnull=False, line__in=["warning", "intervention"])
                | (~Q(rule="score_line") & Q(line="")),
                name="a_score_alert_has_its_line",
            ),
        ]
        indexes = [models.Index(fields=["clinic", "patient", "-opened_at"], name="alerts_by_patient")]

    def sealed_under(self) -> KeyName:
        return KeyName.of_patient(self.clinic_id, self.patient_id)


class AlertEvent(TenantModel):
    """What happened to an alert, under a number of its own: its history, which nobody edits."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("opened")
        ESCALATED = "escalated", _("crossed the higher line")
        REPEATED = "repeated", _("happened again")
        ACKNOWLEDGED = "acknowledged", _("taken")
        RESOLVED = "resolved", _("resolved")

    alert = TenantForeignKey(Alert, related_name="events")
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    line = models.CharField(max_length=20, choices=Alert.Line, blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    score = models.FloatField(null=True)
    readings = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "seq"], name="alert_events_have_no_double")]
        indexes = [models.Index(fields=["clinic", "alert", "seq"], name="events_by_alert")]
