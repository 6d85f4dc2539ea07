from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.encryption import EncryptedTextField
from clinics.keys import KeyName
from clinics.models import Membership, TenantForeignKey, TenantModel
from patients.models import Patient

DEFAULT_BUDGET = 10
"""Alerts that one clinician can look into on one working day, until the clinic says another number."""


class RuleSettingQuerySet(models.QuerySet["RuleSetting"]):
    def in_force(self) -> "RuleSettingQuerySet":
        """The newest version of each rule that the clinic ever changed."""
        return self.order_by("rule", "-version").distinct("rule")


class RuleSetting(TenantModel):
    """One version of what a clinic chose of one rule. A change appends a version; none is ever edited.

    `values`: the rule's numbers and choices by name. `text`: the clinic's own words, what to do. Only a
    rotation of the clinic's key writes a row again.
    """

    rule = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    is_on = models.BooleanField()
    severity = models.CharField(max_length=20)
    values: Any = models.JSONField(default=dict)
    text = EncryptedTextField(null=True, blank=True)
    created_by = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = RuleSettingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "rule", "version"], name="one_setting_per_version"),
            models.CheckConstraint(
                condition=Q(severity__in=["urgent", "intervention", "warning", "notice"]),
                name="a_rule_has_a_known_severity",
            ),
            models.CheckConstraint(
                condition=~Q(rule="call_wanted") | Q(is_on=True), name="a_patients_wish_is_never_off"
            ),
        ]

    def sealed_under(self) -> KeyName:
        return KeyName.of_clinic(self.clinic_id)


class RuleMemory(TenantModel):
    """What a rule said of a patient when it was last judged, so that nothing is told twice."""

    patient = TenantForeignKey(Patient, related_name="rule_memories", db_index=False)
    rule = models.CharField(max_length=60)
    is_firing = models.BooleanField(default=False)
    episode = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "patient", "rule"], name="one_memory_per_rule")
        ]


class AlertBudget(TenantModel):
    """One version of how many alerts a clinician can look into on one day."""

    version = models.PositiveIntegerField()
    per_day = models.PositiveSmallIntegerField(default=DEFAULT_BUDGET)
    created_by = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "version"], name="one_budget_per_version"),
            models.CheckConstraint(condition=Q(per_day__gte=1), name="a_budget_is_above_0"),
        ]


class FaceSilence(TenantModel):
    """Since when, by whom and why a patient's face says nothing of their mood: the face rules are silent.

    The reason may be a diagnosis, so it is sealed; that it is the patient's own wish is not. Both may stand
    beside each other, and the face speaks again when none is left.
    """

    class Reason(models.TextChoices):
        PALSY = "palsy", _("facial palsy")
        PARKINSONISM = "parkinsonism", _("parkinsonism, or a medicine that stiffens the face")
        AUTISM = "autism", _("autism")
        MANIA = "mania", _("mania: a face that looks well says nothing")
        OTHER = "other", _("another reason, see the note")
        WISH = "wish", _("the patient does not want it")

    patient = TenantForeignKey(Patient, related_name="face_silences")
    is_wish = models.BooleanField(default=False)
    reason = EncryptedTextField()
    words = EncryptedTextField(null=True, blank=True)
    set_by = TenantForeignKey(
        Membership, null=True, blank=True, related_name="+", help_text=_("Empty: the patient.")
    )
    set_at = models.DateTimeField(default=timezone.now)
    lifted_by = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient", "is_wish"],
                condition=Q(lifted_at__isnull=True),
                name="one_silence_of_each_kind",
            ),
            models.CheckConstraint(
                condition=Q(is_wish=True) | Q(set_by__isnull=False), name="a_clinician_says_what_a_face_hides"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None) | Q(lifted_at__gte=models.F("set_at")), name="lifted_after_set"
            ),
        ]

    def sealed_under(self) -> KeyName:
        return KeyName.of_patient(self.clinic_id, self.patient_id)

    @property
    def reason_label(self) -> str:
        return str(dict(self.Reason.choices).get(str(self.reason), self.reason))
