import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.encryption import EncryptedBytesField, EncryptedTextField
from clinics.keys import KeyName
from clinics.models import TenantForeignKey, TenantModel, TenantOneToOneField
from inference.emotions import EMOTIONS
from patients.models import Capture, CheckIn, Patient

SUM_TOLERANCE = 0.001
WHOLE = Q(
    **{f"{emotion}__isnull": False for emotion in EMOTIONS},  # a check that comes to NULL passes
    **{f"{emotion}__gte": 0 for emotion in EMOTIONS},
)
ABSENT = Q(**dict.fromkeys(EMOTIONS))
TOTAL: Any = sum((F(emotion) for emotion in EMOTIONS[1:]), start=F(EMOTIONS[0]))


class Reason(models.TextChoices):
    """Why a photo gave no probabilities: the codes of `inference.emotions`, in words."""

    NO_FACE = "no_face", _("no face found")
    SEVERAL_FACES = "several_faces", _("more than one face")
    BLURRED = "blurred", _("blurred")
    TOO_DARK = "too_dark", _("too dark")
    TOO_BRIGHT = "too_bright", _("too bright")
    TILTED = "tilted", _("the head is tilted too far")
    FACE_TOO_SMALL = "face_too_small", _("the face is too small")
    UNCERTAIN = "uncertain", _("too uncertain")
    UNREADABLE = "unreadable", _("the file could not be read")
    CONSENT_MISSING = "consent_missing", _("not read: consent was missing")
    NOT_ALLOWED = "not_allowed", _("not read: this clinic does not analyse photos")
    NOTICE_MISSING = "notice_missing", _("not read: the notice about the program was not read yet")
    FACE_OFF = "face_off", _("not read: photos of this patient are not read at present")
    CLOSED = "closed", _("not read: the record is closed")
    TOO_OLD = "too_old", _("not read: too old")
    DEAD = "dead", _("reading it failed")
    RESTRICTED = "restricted", _("not read: processing is restricted")


class ReadingQuerySet(models.QuerySet["Reading"]):
    def scored(self) -> "ReadingQuerySet":
        return self.filter(is_scored=True)

    def that_count(self) -> "ReadingQuerySet":
        """Scored, and not contested by the patient."""
        return self.scored().filter(is_contested=False)


class Reading(TenantModel):
    """What one photo said: seven calibrated probabilities, or the reason why there are none.

    Plain numbers under pseudonymous keys, so that the database can sum them. `box` is left, top, width and
    height in pixels of the upright photo; `quality` holds blur, light, size_px and tilt_degrees. A photo that
    was never read names no model. These rows are the classifier's own log: when, which model, a keyed hash of
    what it was given, what it answered (`withheld`, where it was too unsure to be scored) or why not; kept as
    long as the clinic keeps readings.
    """

    check_in = TenantOneToOneField(CheckIn, related_name="reading")
    is_of_programme = models.BooleanField(default=False, editable=False)
    patient = TenantForeignKey(Patient, related_name="readings", db_index=False)
    captured_at = models.DateTimeField()
    is_scored = models.BooleanField()
    reason = models.CharField(max_length=20, choices=Reason, blank=True)
    angry = models.FloatField(null=True)
    disgust = models.FloatField(null=True)
    fear = models.FloatField(null=True)
    happy = models.FloatField(null=True)
    sad = models.FloatField(null=True)
    surprise = models.FloatField(null=True)
    neutral = models.FloatField(null=True)
    withheld = ArrayField(
        models.FloatField(), size=7, null=True, help_text="What an uncertain answer was: for the log alone."
    )
    box = models.JSONField(null=True)
    quality = models.JSONField(null=True)
    detector = models.CharField(max_length=40, blank=True)
    model_name = models.CharField(max_length=60, blank=True)
    model_version = models.CharField(max_length=20, blank=True)
    model_sha256 = models.CharField(max_length=64, blank=True)
    input_hash = models.CharField(max_length=80, blank=True, help_text="See inference/input_hash.py.")
    duration_ms = models.FloatField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    is_contested = models.BooleanField(default=False)
    is_synthetic = models.BooleanField(default=False)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(is_of_programme=False), name="no_reading_of_a_programme"),
            models.CheckConstraint(
                condition=(Q(is_scored=True, reason="") & WHOLE)
                | (Q(is_scored=False, reason__in=Reason.values) & ABSENT),
                name="scored_with_all_seven_or_reason",
            ),
            models.CheckConstraint(
                condition=Q(withheld__isnull=True) | Q(withheld__len=7, reason="uncertain"),
                name="withheld_where_uncertain",
            ),
            models.CheckConstraint(
                condition=Q(is_scored=False)
                | (
                    Q(GreaterThanOrEqual(TOTAL, 1 - SUM_TOLERANCE))
                    & Q(LessThanOrEqual(TOTAL, 1 + SUM_TOLERANCE))
                ),
                name="probabilities_sum_to_one",
            ),
        ]
        indexes = [models.Index(fields=["clinic", "patient", "captured_at"], name="readings_by_patient")]

    @property
    def probabilities(self) -> tuple[float, ...] | None:
        """In the order of EMOTIONS; None when not scored."""
        if not self.is_scored:
            return None
        return tuple(float(getattr(self, emotion)) for emotion in EMOTIONS)

    @property
    def label(self) -> str | None:
        """The most probable emotion."""
        shares: Sequence[float] = self.probabilities or ()
        return EMOTIONS[shares.index(max(shares))] if shares else None


class RegisteredModel(models.Model):
    """A classifier package that the operator brought: its files lie in MODELS_DIR / `folder`.

    The shipped package (WEIGHTS_DIR) has no row: it is in force while no row is *active*. `gate`: what it was
    judged by when it was promoted. `replaced`: what it took the place of; null is the shipped one.
    """

    class State(models.TextChoices):
        REGISTERED = "registered", _("registered")
        SHADOW = "shadow", _("shadow: reads beside the one in force, and counts for nothing")
        ACTIVE = "active", _("in force")
        RETIRED = "retired", _("retired")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64, unique=True)
    manifest_sha256 = models.CharField(max_length=64)
    folder = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State, default=State.REGISTERED)
    gate = models.JSONField(null=True)
    replaced = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField(default=timezone.now)
    promoted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="one_model_of_a_name_and_version"),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state__in=["active", "shadow"]), name="one_active_one_shadow"
            ),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(gate__isnull=False, promoted_at__isnull=False),
                name="active_only_through_the_gate",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class ModelPin(TenantModel):
    """A clinic that stays with one model whatever is promoted; null is the shipped one."""

    model = models.ForeignKey(
        RegisteredModel, null=True, on_delete=models.PROTECT, related_name="pins", db_index=False
    )
    pinned_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic"], name="one_pin_of_a_clinic")]


class ShadowReading(TenantModel):
    """What the model on trial made of a photo that the one in force read: compared, and never scored."""

    reading = TenantOneToOneField(Reading, related_name="shadow")
    patient = TenantForeignKey(Patient, related_name="shadow_readings", db_index=False)
    model_sha256 = models.CharField(max_length=64)
    reason = models.CharField(max_length=20, choices=Reason, blank=True)
    shares = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reason="", shares__isnull=False) | (~Q(reason="") & Q(shares__isnull=True)),
                name="shadow_with_shares_or_reason",
            ),
        ]
        indexes = [models.Index(fields=["clinic", "model_sha256"], name="shadow_readings_by_model")]


class ReadingContest(TenantModel):
    """A patient's "this is not right" about a reading: kept after it is withdrawn, so that both are shown."""

    reading = TenantForeignKey(Reading, related_name="contests")
    patient = TenantForeignKey(Patient, related_name="contests", db_index=False)
    reason = EncryptedTextField(null=True, blank=True)
    contested_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "reading"],
                condition=Q(withdrawn_at__isnull=True),
                name="contested_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("contested_at")),
                name="withdrawn_after_contested",
            ),
        ]
        indexes = [models.Index(fields=["clinic", "patient"], name="contests_by_patient")]

    def sealed_under(self) -> KeyName:
        return KeyName.of_patient(self.clinic_id, self.patient_id)


class Explanation(TenantModel):
    """Where in a kept photo the model saw what it said: asked for by a reader, drawn by a worker.

    The row is the truth of that queue. `picture` (PNG) is sealed under the photo's own key and goes with it;
    `figures`: shares of the face's regions, and the areas under the deletion and insertion curves.
    """

    class Method(models.TextChoices):
        LIME = "lime", _("what would change if parts were hidden (LIME)")
        OCCLUSION = "occlusion", _("what is lost when a patch is hidden")
        ACTIVATION = "activation", _("the network's own map")

    MOST_FAITHFUL = Method.LIME
    """Drawn unless another is asked for: what `python -m bench explanations` finds by deletion and insertion
    curves of the committed model (docs/benchmarks.md); a test holds the two together."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    reading = TenantForeignKey(Reading, related_name="explanations")
    capture = TenantForeignKey(Capture, related_name="explanations", db_index=False)
    patient = TenantForeignKey(Patient, related_name="explanations", db_index=False)
    method = models.CharField(max_length=12, choices=Method)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(default=timezone.now)
    picture = EncryptedBytesField(null=True)
    figures = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "reading", "method"], name="explained_once_by_each_method"
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(picture__isnull=False, figures__isnull=False),
                name="ready_with_picture_and_figures",
            ),
        ]
        indexes = [models.Index(fields=["clinic", "patient"], name="explanations_by_patient")]

    def sealed_under(self) -> KeyName:
        return KeyName.of_image(self.clinic_id, self.capture_id)
