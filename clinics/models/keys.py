from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.models.tenant import TenantModel


class DataKey(TenantModel):
    """One version of one wrapped key. Dropping the row shreds all that it sealed.

    The whole table is small, backed up apart and kept for days only.
    """

    class Scope(models.TextChoices):
        CLINIC = "clinic", _("a clinic's own rows")
        INDEX = "index", _("a clinic's blind indexes")
        PATIENT = "patient", _("one patient's rows")
        IMAGE = "image", _("one image")

    scope = models.CharField(max_length=10, choices=Scope)
    subject = models.UUIDField(help_text=_("The clinic, the patient or the capture whose key this is."))
    version = models.PositiveIntegerField(default=1)
    parent_scope = models.CharField(max_length=10, choices=Scope, blank=True)
    parent_subject = models.UUIDField(null=True)
    parent_version = models.PositiveIntegerField(null=True)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, help_text=_("Since when nothing in this database uses it."))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "scope", "subject", "version"], name="one_row_per_key_version"
            ),
            models.CheckConstraint(
                condition=models.Q(parent_scope="", parent_subject=None, parent_version=None)
                | (
                    ~models.Q(parent_scope="") & models.Q(parent_subject__isnull=False, parent_version__gte=1)
                ),
                name="a_parent_is_whole_or_absent",
            ),
        ]


class KeyRotation(TenantModel):
    """A rotation of data keys, begun and perhaps not ended: the next run goes on with it.

    `subject` is the clinic where its own key, its index key or the keys of all its patients are rotated.
    """

    class Kind(models.TextChoices):
        CLINIC = "clinic", _("the clinic's own key")
        INDEX = "index", _("the key of the blind indexes")
        PATIENT = "patient", _("one patient's key")
        PATIENTS = "patients", _("the keys of all patients")

    kind = models.CharField(max_length=10, choices=Kind)
    subject = models.UUIDField()
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    resealed = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "kind", "subject"],
                condition=models.Q(finished_at=None),
                name="one_open_rotation_per_key",
            )
        ]


class KeyCheck(models.Model):
    """One row that only the right wrapping key opens: a start with the wrong one stops here."""

    token = models.BinaryField()
