from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.models import Membership, TenantForeignKey, TenantModel
from inference.models.readings import Reading
from patients.models import Patient


class ReadingLabel(TenantModel):
    """What a clinician saw in a kept photo: in no score. With consent, a program may learn from it."""

    class Seen(models.TextChoices):
        ANGRY = "angry", _("angry")
        DISGUST = "disgust", _("disgust")
        FEAR = "fear", _("fear")
        HAPPY = "happy", _("happy")
        SAD = "sad", _("sad")
        SURPRISE = "surprise", _("surprise")
        NEUTRAL = "neutral", _("neutral")
        CANNOT_TELL = "cannot_tell", _("I cannot tell")

    reading = TenantForeignKey(Reading, related_name="labels")
    patient = TenantForeignKey(Patient, related_name="reading_labels", db_index=False)
    seen = models.CharField(max_length=12, choices=Seen)
    labelled_by = TenantForeignKey(Membership, related_name="+")
    labelled_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "reading", "labelled_by"], name="one_label_of_a_reading_and_member"
            )
        ]
        indexes = [models.Index(fields=["clinic", "patient"], name="reading_labels_by_patient")]
