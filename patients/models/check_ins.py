import uuid
from datetime import UTC, datetime

from django.db import models
from django.db.models import ExpressionWrapper, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.encryption import EncryptedBytesField, EncryptedTextField
from clinics.keys import KeyName
from clinics.models import TenantForeignKey, TenantModel, TenantOneToOneField
from clinics.models.clinic import validate_time_zone
from patients.models.patients import Patient
from patients.models.programmes import Programme

FIRST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)  # an earlier one is a broken clock, and may be unreadable


class PhotoOutcome(models.TextChoices):
    """What the door did with the photo."""

    NONE = "none", _("no photo")
    TAKEN = "taken", _("waits to be read, or was read")
    CONSENT_MISSING = "consent_missing", _("not used: no consent")
    NOT_ALLOWED = "not_allowed", _("not used: this clinic does not analyse photos")
    NOTICE_MISSING = "notice_missing", _("not used: the notice about the program was not read yet")
    FACE_OFF = "face_off", _("not used: photos of this patient are not read at present")
    CLOSED = "closed", _("not used: the record is closed")
    PROGRAMME = "programme", _("not used: it came through a programme of an employer")
    TOO_OLD = "too_old", _("not used: older than seven days")
    RESTRICTED = "restricted", _("not used: processing is restricted")


class CheckIn(TenantModel):
    """What a patient sent: a photo, their own words and numbers, or both.

    Mood and hours slept are plain numbers under a pseudonymous key, so that the database can compare them.
    """

    patient = TenantForeignKey(Patient, related_name="check_ins")
    programme = TenantForeignKey(
        Programme, null=True, blank=True, related_name="check_ins", help_text=_("The employer's it came by.")
    )
    is_of_programme = models.GeneratedField(
        expression=ExpressionWrapper(Q(programme__isnull=False), output_field=models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
        help_text=_("Part of the key that photos and readings refer to: theirs is always false."),
    )
    idempotency_key = models.CharField(max_length=64)
    body_hmac = models.CharField(max_length=80)
    captured_at = models.DateTimeField()
    zone = models.CharField(max_length=64, validators=[validate_time_zone])
    submitted_at = models.DateTimeField(default=timezone.now)
    mood = models.PositiveSmallIntegerField(null=True, blank=True)
    hours_slept = models.FloatField(null=True, blank=True, help_text=_("In the last night, 0 to 24"))
    note = EncryptedTextField(null=True, blank=True)
    photo = models.CharField(max_length=20, choices=PhotoOutcome, default=PhotoOutcome.NONE)
    is_synthetic = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient", "idempotency_key"], name="one_check_in_per_idempotency_key"
            ),
            models.CheckConstraint(condition=Q(mood=None) | Q(mood__lte=10), name="mood_is_0_to_10"),
            models.CheckConstraint(
                condition=Q(hours_slept=None) | Q(hours_slept__gte=0, hours_slept__lte=24),
                name="hours_slept_are_0_to_24",
            ),
            models.CheckConstraint(
                condition=Q(captured_at__gte=FIRST_MOMENT), name="captured_in_this_century"
            ),
            models.CheckConstraint(
                condition=Q(programme=None) | ~Q(photo="taken"), name="no_photo_through_a_programme"
            ),
        ]
        indexes = [models.Index(fields=["clinic", "patient", "-captured_at"], name="check_ins_by_patient")]

    def sealed_under(self) -> KeyName:
        return KeyName.of_patient(self.clinic_id, self.patient_id)


class CaptureQuerySet(models.QuerySet["Capture"]):
    def claimable(self) -> "CaptureQuerySet":
        """Waiting, or claimed by a worker whose lease has run out."""
        return self.filter(
            Q(state=Capture.State.WAITING) | Q(state=Capture.State.CLAIMED, lease_until__lt=timezone.now())
        )


class Capture(TenantModel):
    """The photo of a check-in, and its place in the queue to be read. The row is the truth of that queue."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        CLAIMED = "claimed", _("being read")
        READ = "read", _("read")
        DROPPED = "dropped", _("dropped unread")
        DEAD = "dead", _("reading failed")

    check_in = TenantOneToOneField(CheckIn, related_name="capture")
    is_of_programme = models.BooleanField(default=False, editable=False)
    image = EncryptedBytesField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_id = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    waiting_since = models.DateTimeField(default=timezone.now)
    keep_until = models.DateTimeField(null=True)

    objects = CaptureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="claimed", lease_id__isnull=False, lease_until__isnull=False)
                | (~Q(state="claimed") & Q(lease_id=None, lease_until=None)),
                name="a_claimed_capture_has_a_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["waiting", "claimed"]) | Q(image__isnull=False),
                name="a_waiting_capture_has_its_image",
            ),
            models.CheckConstraint(condition=Q(is_of_programme=False), name="no_capture_of_a_programme"),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "waiting_since"],
                condition=Q(state__in=["waiting", "claimed"]),
                name="captures_to_be_read",
            )
        ]

    def sealed_under(self) -> KeyName:
        return KeyName.of_image(self.clinic_id, uuid.UUID(str(self.pk)))
