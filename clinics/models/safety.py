"""What a clinic must have settled before people may rely on it, and since when they may."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from clinics.encryption import EncryptedTextField
from clinics.keys import KeyName
from clinics.models.people import Membership
from clinics.models.tenant import TenantForeignKey, TenantModel

TAKE_MINUTES = 60
DESK_MINUTES = 30
LEAST_MINUTES, LEAST_AT_A_DESK, MOST_MINUTES = 30, 15, 240


class ClinicSafety(TenantModel):
    """One row per clinic. In shadow until `live_since`.

    A duty desk is somebody who does nothing else: only there may an alert be due within less than half an
    hour, or it is muted (decision 40).
    """

    lead = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    deputy = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    has_duty_desk = models.BooleanField(default=False)
    item_9_minutes = models.PositiveSmallIntegerField(default=TAKE_MINUTES)
    call_minutes = models.PositiveSmallIntegerField(default=TAKE_MINUTES)
    keeps_rota = models.BooleanField(default=False)
    has_night_cover = models.BooleanField(default=False)
    service_statement = EncryptedTextField(null=True, blank=True)
    no_answer_protocol = EncryptedTextField(null=True, blank=True)
    crisis_checked_at = models.DateTimeField(null=True, blank=True)
    shadow_since = models.DateTimeField(default=timezone.now)
    live_since = models.DateTimeField(null=True, blank=True)
    live_by = TenantForeignKey(Membership, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic"], name="one_safety_row_per_clinic"),
            models.CheckConstraint(
                condition=Q(lead=None) | Q(deputy=None) | ~Q(lead=models.F("deputy")),
                name="nobody_is_their_own_deputy",
            ),
            models.CheckConstraint(
                condition=Q(item_9_minutes__range=(LEAST_MINUTES, MOST_MINUTES))
                | Q(has_duty_desk=True, item_9_minutes__range=(LEAST_AT_A_DESK, MOST_MINUTES)),
                name="item_9_minutes_are_bearable",
            ),
            models.CheckConstraint(
                condition=Q(call_minutes__range=(LEAST_MINUTES, MOST_MINUTES))
                | Q(has_duty_desk=True, call_minutes__range=(LEAST_AT_A_DESK, MOST_MINUTES)),
                name="call_minutes_are_bearable",
            ),
        ]

    def sealed_under(self) -> KeyName:
        return KeyName.of_clinic(self.clinic_id)


class ShadowLook(TenantModel):
    """An administrator has looked at the figures of one week in shadow."""

    week_start = models.DateField()
    looked_by = TenantForeignKey(Membership, related_name="+")
    looked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "week_start"], name="one_look_per_week")]
