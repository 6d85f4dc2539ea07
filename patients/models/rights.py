from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.encryption import EncryptedTextField
from clinics.keys import KeyName
from clinics.models import Membership, TenantForeignKey, TenantModel
from patients.models.check_ins import CheckIn
from patients.models.patients import Patient

WARNED_BEFORE = timedelta(days=7)
OPEN = Q(state="open", closed_at__isnull=True, closed_by__isnull=True, answer__isnull=True)
ON_TIME = Q(extended_at__isnull=True, extension_reason__isnull=True, extended_by="")
EXTENDED = Q(extended_at__isnull=False, extension_reason__isnull=False) & ~Q(extended_by="")
CLOSED = Q(
    state__in=["answered", "refused"], closed_at__isnull=False, closed_by__isnull=False, answer__isnull=False
)


class Correction(TenantModel):
    """What stood in one field of a record or of a check-in before somebody put it right. Never edited."""

    class Field(models.TextChoices):
        NAME = "name", _("name")
        BIRTH_DATE = "birth_date", _("date of birth")
        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("phone")
        EMERGENCY_CONTACTS = "emergency_contacts", _("emergency contacts")
        SAFETY_PLAN = "safety_plan", _("safety plan")
        OWN_PLAN = "own_plan", _("safety plan in the patient's own words")
        MOOD = "mood", _("mood of a check-in")
        NOTE = "note", _("note of a check-in")
        HOURS_SLEPT = "hours_slept", _("hours slept of a check-in")

    patient = TenantForeignKey(Patient, related_name="corrections")
    check_in = TenantForeignKey(CheckIn, null=True, blank=True, related_name="corrections")
    field = models.CharField(max_length=20, choices=Field)
    before = EncryptedTextField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)
    recorded_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(field__in=["mood", "note", "hours_slept"], check_in__isnull=False)
                | (~Q(field__in=["mood", "note", "hours_slept"]) & Q(check_in__isnull=True)),
                name="an_answer_belongs_to_a_check_in",
            )
        ]
        indexes = [models.Index(fields=["clinic", "patient", "-at"], name="corrections_by_patient")]

    def sealed_under(self) -> KeyName:
        return KeyName.of_patient(self.clinic_id, self.patient_id)


class RightsRequestQuerySet(models.QuerySet["RightsRequest"]):
    def open(self) -> "RightsRequestQuerySet":
        return self.filter(state=RightsRequest.State.OPEN)


class RightsRequest(TenantModel):
    """What a patient asked for under data-protection law, with its clock. The words lie under their key."""

    class Kind(models.TextChoices):
        EXPORT = "export", _("a copy of my data")
        CORRECT = "correct", _("something is wrong: please correct it")
        RESTRICT = "restrict", _("please stop using my data for now")
        ERASE = "erase", _("please erase my data")
        OBJECT = "object", _("I object to how my data are used")
        TRANSFER = "transfer", _("I am moving to another clinic: please close my record here")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ANSWERED = "answered", _("answered")
        REFUSED = "refused", _("refused")

    patient = TenantForeignKey(Patient, related_name="rights_requests")
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    words = EncryptedTextField(null=True, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=60)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    answer = EncryptedTextField(null=True, blank=True)
    extended_at = models.DateTimeField(null=True, blank=True)
    extended_by = models.CharField(max_length=60, blank=True)
    extension_reason = EncryptedTextField(null=True, blank=True)

    objects = RightsRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient", "kind"],
                condition=Q(state="open"),
                name="one_open_request_per_kind",
            ),
            models.CheckConstraint(condition=OPEN | CLOSED, name="a_closed_request_has_its_answer"),
            models.CheckConstraint(condition=ON_TIME | EXTENDED, name="an_extension_has_its_reason"),
            models.CheckConstraint(condition=Q(due_at__gt=F("opened_at")), name="due_after_opened"),
        ]
        indexes = [models.Index(fields=["clinic", "state", "due_at"], name="requests_by_due_date")]

    def sealed_under(self) -> KeyName:
        return KeyName.of_patient(self.clinic_id, self.patient_id)

    @property
    def is_late(self) -> bool:
        return self.state == self.State.OPEN and timezone.now() > self.due_at

    @property
    def is_extended(self) -> bool:
        return self.extended_at is not None

    @property
    def is_due_soon(self) -> bool:
        """In the last week of its month."""
        is_open = self.state == self.State.OPEN
        return is_open and not self.is_late and self.due_at - timezone.now() < WARNED_BEFORE
