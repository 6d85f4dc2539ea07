from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.encryption import EncryptedTextField
from clinics.keys import KeyName
from clinics.models import TenantForeignKey, TenantModel, TenantOneToOneField
from clinics.models.message_choices import Address, WaysToBeReached
from patients.models.patients import Patient

EVERY_DAY = 127


class _OfAPatient(models.Model):
    class Meta:
        abstract = True

    def sealed_under(self) -> KeyName:
        return KeyName.of_patient(self.clinic_id, self.patient_id)  # type: ignore[attr-defined]


class PatientChoices(_OfAPatient, WaysToBeReached):
    """How a patient is written to. Without a row: not at all. Without a name the sender is the site."""

    patient = TenantOneToOneField(Patient, related_name="message_choices")
    sender_name = EncryptedTextField(null=True, blank=True)
    tells_of_notes = models.BooleanField(default=False)
    asked = EncryptedTextField(
        null=True, blank=True, help_text="Digests of the trusted people who were asked, and who said no."
    )

    class Meta(WaysToBeReached.Meta):
        pass


class PatientAddress(_OfAPatient, Address):
    patient = TenantForeignKey(Patient, related_name="message_addresses")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient", "fingerprint"], name="a_patients_address_once"
            )
        ]


class Reminder(TenantModel):
    """A time of day at which a patient wants to be reminded, on the clock of where they are that day."""

    patient = TenantForeignKey(Patient, related_name="reminders")
    at = models.TimeField()
    weekdays = models.PositiveSmallIntegerField(default=EVERY_DAY, help_text="Bit 0 is Monday.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "patient", "at"], name="one_reminder_per_time"),
            models.CheckConstraint(
                condition=Q(weekdays__gte=1, weekdays__lte=EVERY_DAY), name="a_reminder_has_a_day"
            ),
        ]

    def is_on(self, day: date) -> bool:
        return bool(self.weekdays >> day.weekday() & 1)


class TrustedPerson(_OfAPatient, TenantModel):
    """Somebody a patient has written to, in their own words and when they say. Off until the patient turns it
    on and the person has agreed; never for an answer to a questionnaire."""

    class Trigger(models.TextChoices):
        BY_HAND = "by_hand", _("only when I send it myself")
        SAD = "sad", _("when my photos look sad often")

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        AGREED = "agreed", _("agreed")
        STOPPED = "stopped", _("does not want messages")

    patient = TenantOneToOneField(Patient, related_name="trusted_person")
    name = EncryptedTextField()
    email = EncryptedTextField()
    signed = EncryptedTextField(help_text="How the patient signs.")
    words = EncryptedTextField()
    trigger = models.CharField(max_length=10, choices=Trigger, default=Trigger.BY_HAND)
    times = models.PositiveSmallIntegerField(default=5)
    of_last = models.PositiveSmallIntegerField(default=7)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    is_on = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(times__gte=1, times__lte=models.F("of_last"), of_last__lte=60),
                name="so_often_in_so_many",
            )
        ]

    @property
    def may_be_written_to(self) -> bool:
        return self.is_on and self.state == self.State.AGREED
