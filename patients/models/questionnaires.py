from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.encryption import EncryptedTextField
from clinics.keys import KeyName
from clinics.models import TenantForeignKey, TenantModel
from patients.models.patients import Patient

LEFT_OPEN = ""
"""What is sealed where a question was shown and left open."""


class QuestionnairePlan(TenantModel):
    """Whether a clinic uses one questionnaire, and how often. No row: it does not."""

    questionnaire = models.CharField(max_length=20)
    is_on = models.BooleanField(default=False)
    every_days = models.PositiveSmallIntegerField()
    late_after_days = models.PositiveSmallIntegerField()
    closes_after_days = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "questionnaire"], name="one_plan_per_questionnaire"),
            models.CheckConstraint(
                condition=Q(late_after_days__gte=1)
                & Q(closes_after_days__gte=F("late_after_days"))
                & Q(every_days__gte=F("closes_after_days")),
                name="a_form_closes_before_the_next_is_due",
            ),
            models.CheckConstraint(
                condition=~Q(questionnaire="phq9") | Q(every_days__gte=7), name="phq9_at_most_weekly"
            ),
        ]


class RoundQuerySet(models.QuerySet["QuestionnaireRound"]):
    def open(self) -> "RoundQuerySet":
        return self.filter(state=QuestionnaireRound.State.OPEN)

    def with_total(self) -> "RoundQuerySet":
        return self.filter(total__isnull=False)


class QuestionnaireRound(TenantModel):
    """One time a patient is asked one questionnaire. Total and band are plain, so that rules can compare
    them; the answers are not.

    `subscales`: figures by the name of the subscale (PHQ-4), plain for the same reason.
    """

    class State(models.TextChoices):
        OPEN = "open", _("to be filled in")
        FINISHED = "finished", _("sent")
        CLOSED = "closed", _("over")

    patient = TenantForeignKey(Patient, related_name="questionnaire_rounds")
    questionnaire = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    text_sha256 = models.CharField(max_length=64)
    opened_by = models.CharField(max_length=60)
    opened_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField(help_text=_("The patient's own day, from which the next one is counted."))
    late_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    ended_at = models.DateTimeField(null=True, blank=True)
    total = models.PositiveSmallIntegerField(null=True, blank=True)
    band = models.CharField(max_length=30, blank=True)
    subscales = models.JSONField(default=dict, blank=True)
    is_imputed = models.BooleanField(default=False, help_text=_("One or two open answers took the mean."))

    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient", "questionnaire"],
                condition=Q(state="open"),
                name="one_open_round_per_questionnaire",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None, total=None)
                | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="a_round_is_open_or_ended",
            ),
            models.CheckConstraint(condition=Q(total=None) | Q(total__lte=27), name="a_total_is_at_most_27"),
        ]
        indexes = [
            models.Index(fields=["clinic", "patient", "questionnaire", "-due_on"], name="rounds_by_patient"),
            models.Index(fields=["clinic", "closes_at"], condition=Q(state="open"), name="rounds_to_close"),
        ]

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_overdue(self) -> bool:
        """Late, and still taken."""
        return self.is_open and timezone.now() >= self.late_at

    @property
    def was_late(self) -> bool:
        return (
            self.state == self.State.FINISHED and self.ended_at is not None and self.ended_at > self.late_at
        )


class AnswerQuerySet(models.QuerySet["QuestionnaireAnswer"]):
    def in_order(self) -> "AnswerQuerySet":
        return self.order_by("answered_at", "saved_at", "number")


class QuestionnaireAnswer(TenantModel):
    """One answer to one question, as given. Never edited: who changes their mind adds a further row.

    `answered_at` is the person's own moment (a phone may have been offline), `saved_at` ours. `is_late`: it
    arrived when the round was late or over. `is_clock_doubtful`: the moment that was sent could not be true,
    so ours stands.
    """

    class Door(models.TextChoices):
        PAGE = "page", _("the patient, on the page")
        OFFLINE = "offline", _("the patient, by their device, without a connection at first")
        API = "api", _("the patient, by their device")
        STAFF = "staff", _("the clinic, as the patient said it")

    patient = TenantForeignKey(Patient, related_name="questionnaire_answers")
    round = TenantForeignKey(QuestionnaireRound, related_name="answers")
    item = models.CharField(max_length=20)
    value = EncryptedTextField(help_text=_("The number; empty and sealed all the same: left open."))
    number = models.PositiveIntegerField(help_text=_("Counts the answers of the round."))
    answered_at = models.DateTimeField()
    saved_at = models.DateTimeField(default=timezone.now)
    door = models.CharField(max_length=10, choices=Door)
    saved_by = models.CharField(max_length=60)
    idempotency_key = models.CharField(max_length=80)
    is_late = models.BooleanField(default=False)
    is_clock_doubtful = models.BooleanField(default=False)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "round", "idempotency_key"], name="one_answer_per_idempotency_key"
            ),
            models.UniqueConstraint(fields=["clinic", "round", "number"], name="answers_are_counted"),
        ]
        indexes = [
            models.Index(fields=["clinic", "patient", "item", "-answered_at"], name="answers_by_patient")
        ]

    def sealed_under(self) -> KeyName:
        return KeyName.of_patient(self.clinic_id, self.patient_id)

    @property
    def given(self) -> int | None:
        """The number, or None where the question was left open."""
        text = str(self.value)
        return int(text) if text.isdigit() else None  # authenticated: what is no number is LEFT_OPEN
