from django.db import models
from django.utils.translation import gettext_lazy as _

from clinics.models import TenantForeignKey, TenantModel
from patients.models.patients import Patient


class SearchToken(TenantModel):
    """One word by which a patient can be found: a digest under a version of the clinic's index key."""

    class Kind(models.TextChoices):
        NAME = "name", _("a word of the name")
        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("phone")
        RECORD = "record", _("record number")

    patient = TenantForeignKey(Patient, related_name="search_tokens")
    kind = models.CharField(max_length=10, choices=Kind)
    digest = models.CharField(max_length=64)
    key_version = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "digest", "patient", "kind"], name="one_search_token_per_word"
            )
        ]
