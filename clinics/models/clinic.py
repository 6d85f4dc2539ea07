import uuid
import zoneinfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinics import time_zones
from clinics.models.tenant import TenantModel


def validate_time_zone(name: str) -> None:
    if name not in time_zones.known():
        raise ValidationError(_("%(name)s is not a time zone of the IANA list."), params={"name": name})


class Clinic(models.Model):
    """The tenant itself. Under no policy, so it holds nothing but what finding it needs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.CharField(max_length=50, unique=True, validators=[RegexValidator(r"^[a-z][a-z0-9-]*$")])
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])

    def __str__(self) -> str:
        return self.slug

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class ClinicSettings(TenantModel):
    """What a clinic decides about itself."""

    class Scope(models.TextChoices):
        CLINIC = "clinic", _("every clinician sees every patient")
        CARE_TEAM = "care_team", _("clinicians see the patients of their care teams")

    name = models.CharField(max_length=200)
    record_scope = models.CharField(max_length=10, choices=Scope, default=Scope.CLINIC)
    image_retention_days = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(30)])
    crisis_contacts = models.TextField(
        blank=True, help_text=_("Shown to patients beside a note of the higher line and on every page.")
    )
    cover_hours = models.CharField(
        max_length=200, blank=True, help_text=_("A remark, shown beside the declared cover hours.")
    )
    erasure_cooling_off_days = models.PositiveSmallIntegerField(
        default=7,
        validators=[MaxValueValidator(30)],
        help_text=_("Between a confirmed wish to be erased and the erasure."),
    )
    record_retention_years = models.PositiveSmallIntegerField(
        default=10,
        validators=[MaxValueValidator(40)],
        help_text=_("How long the law makes you keep a clinical record. 0: not at all."),
    )
    names_staff_to_patients = models.BooleanField(
        default=True, help_text=_("Otherwise patients read role and initials of who looked at their data.")
    )
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic"], name="one_settings_row_per_clinic"),
            models.CheckConstraint(
                condition=models.Q(image_retention_days__lte=30), name="images_kept_at_most_30_days"
            ),
            models.CheckConstraint(
                condition=models.Q(erasure_cooling_off_days__lte=30, record_retention_years__lte=40),
                name="erasing_waits_within_bounds",
            ),
        ]
