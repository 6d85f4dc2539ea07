from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.encryption import EncryptedTextField
from clinics.keys import KeyName
from clinics.models import Membership, TenantForeignKey, TenantModel
from patients.models import Patient
from scoring.models.alerts import Alert, AlertEvent


class AlertTimer(TenantModel):
    """A promise that somebody hears of this alert at `due_at`, judged by the sweeper. It goes when it is
    kept.

    `step`: how often somebody was told of it; 0: nobody yet. `rung`: of the clinic's chain, who was called
    last, by name, for at each step the chain holds those who are there then. Empty: nobody, or its pool.
    """

    class Kind(models.TextChoices):
        TAKE = "take", _("to be taken")
        CONTACT = "contact", _("patient to be spoken to")
        SNOOZE = "snooze", _("set aside until")
        ACCEPT = "accept", _("offer to be accepted")

    alert = TenantForeignKey(Alert, related_name="timers")
    kind = models.CharField(max_length=10, choices=Kind)
    due_at = models.DateTimeField()
    step = models.PositiveSmallIntegerField(default=0)
    rung = models.CharField(max_length=20, blank=True, default="")
    started_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "alert", "kind"], name="one_timer_of_a_kind_per_alert")
        ]
        indexes = [models.Index(fields=["clinic", "due_at"], name="timers_by_due")]


class AlertWords(TenantModel):
    """What a clinician wrote at one event of an alert: whom they tried, what was said, why it waits."""

    patient = TenantForeignKey(Patient, related_name="+")
    event = TenantForeignKey(AlertEvent, related_name="words")
    text = EncryptedTextField(null=True, blank=True)
    whom = EncryptedTextField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "event"], name="words_once_per_event")]

    def sealed_under(self) -> KeyName:
        return KeyName.of_patient(self.clinic_id, self.patient_id)


class AlertSeen(TenantModel):
    """A receipt: an open, unlocked screen of this member showed the alert as of event `seq`."""

    alert = TenantForeignKey(Alert, related_name="seen")
    membership = TenantForeignKey(Membership, related_name="+")
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "alert", "membership"], name="seen_once_by_a_member")
        ]
