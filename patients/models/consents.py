from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.models import TenantForeignKey, TenantModel
from patients import texts
from patients.models.guardians import Guardian
from patients.models.patients import Patient


class Purpose(models.TextChoices):
    """What may be done only with consent. The words people read before they decide are in consent_texts/."""

    FACIAL_ANALYSIS = "facial_analysis", _("A program may guess expressions from my photos")
    IMAGE_RETENTION = "image_retention", _("My clinic may keep my photos for a while")
    LIVE_SESSION = "live_session", _("A program may guess expressions while I talk by video")
    RESEARCH_EXPORT = "research_export", _("My data may be used for research, without my name")
    EMERGENCY_CONTACT = "emergency_contact", _("My clinic may call the person I named, in an emergency")
    FAIRNESS_CHECK = (
        "fairness_check",
        _("What I say about myself may be used to check that the program is fair"),
    )
    LOCAL_LEARNING = "local_learning", _("My clinic may use kept photos of mine to improve its program")
    PROGRAMME = "programme", _("I take part in a wellbeing programme of my employer")


class ConsentQuerySet(models.QuerySet["Consent"]):
    def newest(self) -> "ConsentQuerySet":
        """The newest decision of each patient about each purpose."""
        rows = self.select_related("patient", "guardian")
        return rows.order_by("patient_id", "purpose", "-number").distinct("patient_id", "purpose")


class Consent(TenantModel):
    """One decision of a patient about one purpose. The ledger only grows; the newest row counts.

    It keeps which words were decided on. A database trigger refuses every change, and every deletion but
    that of all rows of a patient who is erased (`erase_rows`).
    """

    patient = TenantForeignKey(Patient, related_name="consents")
    purpose = models.CharField(max_length=30, choices=Purpose)
    number = models.PositiveIntegerField(help_text=_("Counts the decisions of this patient."))
    is_granted = models.BooleanField()
    text_version = models.CharField(max_length=20)
    text_language = models.CharField(max_length=10, default="en")
    text_sha256 = models.CharField(
        max_length=64, blank=True, help_text=_("Empty in rows from before hashes.")
    )
    guardian = TenantForeignKey(
        Guardian,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text=_("Who decided for them."),
    )
    at = models.DateTimeField(default=timezone.now)
    recorded_by = models.CharField(max_length=60)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient", "number"], name="consents_are_counted_per_patient"
            )
        ]

    @property
    def is_of_text_in_force(self) -> bool:
        """False once the meaning changed: who agreed to an older one is asked again."""
        text = texts.consent_texts().get(self.purpose)
        return text is not None and self.text_version in text.names_in_force

    @property
    def is_of_who_decides(self) -> bool:
        """A guardian's yes ends with their say, a patient's own while a guardian decides for them."""
        if self.guardian is not None:
            return bool(self.guardian.is_deciding)
        return bool(self.patient.decider == Patient.Decider.PATIENT)

    @property
    def is_in_force(self) -> bool:
        return self.is_granted and self.is_of_text_in_force and self.is_of_who_decides
