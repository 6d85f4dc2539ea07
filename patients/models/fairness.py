from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.encryption import EncryptedTextField
from clinics.keys import KeyName
from clinics.models import TenantModel, TenantOneToOneField
from patients.models.patients import Patient

RATHER_NOT = ("", _("I would rather not say"))


class AgeBand(models.TextChoices):
    UNDER_18 = "under_18", _("under 18")
    TO_29 = "18_29", _("18 to 29")
    TO_44 = "30_44", _("30 to 44")
    TO_59 = "45_59", _("45 to 59")
    TO_74 = "60_74", _("60 to 74")
    FROM_75 = "75", _("75 or older")


class Sex(models.TextChoices):
    FEMALE = "female", _("female")
    MALE = "male", _("male")
    ANOTHER = "another", _("another")


class SkinTone(models.TextChoices):
    """The ten tones of the Monk scale, from the lightest to the darkest (skintone.google, CC BY 4.0)."""

    T1 = "1", _("tone 1, the lightest")
    T2 = "2", _("tone 2")
    T3 = "3", _("tone 3")
    T4 = "4", _("tone 4")
    T5 = "5", _("tone 5")
    T6 = "6", _("tone 6")
    T7 = "7", _("tone 7")
    T8 = "8", _("tone 8")
    T9 = "9", _("tone 9")
    T10 = "10", _("tone 10, the darkest")


class FairnessAnswers(TenantModel):
    """What a patient chose to say about themselves so that the program can be checked for fairness.

    Used for nothing else, shown to nobody but the patient, gone when consent is withdrawn. Empty, and sealed
    all the same, is "I would rather not say".
    """

    patient = TenantOneToOneField(Patient, related_name="fairness_answers")
    age_band = EncryptedTextField()
    sex = EncryptedTextField()
    skin_tone = EncryptedTextField()
    answered_at = models.DateTimeField(default=timezone.now)

    def sealed_under(self) -> KeyName:
        return KeyName.of_patient(self.clinic_id, self.patient_id)
