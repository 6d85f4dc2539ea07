"""Who is there when: hours of each lane, holidays, shifts and leave."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.encryption import EncryptedTextField
from clinics.keys import KeyName
from clinics.models.people import Membership
from clinics.models.tenant import TenantForeignKey, TenantModel


class Lane(models.TextChoices):
    """What an alert is about decides who must look at it by when."""

    ITEM_9 = "item_9", _("last question of the PHQ-9")
    CALL = "call", _("please call me")
    FACE = "face", _("from photos")
    ROUTINE = "routine", _("all else")

    @property
    def is_urgent(self) -> bool:
        """Never muted, capped, snoozed or ordered below another."""
        return self in {Lane.ITEM_9, Lane.CALL}


class CoverTime(TenantModel):
    """Hours in which a lane is watched, on one day of each week and on the clinic's clock. Closing at or
    before the opening means: on the next day."""

    lane = models.CharField(max_length=10, choices=Lane)
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "lane", "weekday", "opens"], name="one_opening_per_lane_and_time"
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="a_week_has_seven_days"),
        ]


class Holiday(TenantModel):
    """A day on which nothing opens; the urgent lanes may stay open."""

    day = models.DateField()
    name = EncryptedTextField(null=True, blank=True)
    closes_urgent = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "day"], name="a_holiday_once")]

    def sealed_under(self) -> KeyName:
        return KeyName.of_clinic(self.clinic_id)


class Shift(TenantModel):
    """Somebody is there from a moment to another. At night a shift covers only who can be rung by phone."""

    class Kind(models.TextChoices):
        DUTY = "duty", _("on duty")
        ON_CALL = "on_call", _("on call")
        NIGHT = "night", _("night cover by phone")

    membership = TenantForeignKey(Membership, related_name="shifts")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.DUTY)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "membership", "kind", "starts_at"], name="a_shift_once_per_person"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="a_shift_ends_after_it_starts"
            ),
        ]
        indexes = [models.Index(fields=["clinic", "ends_at"], name="shifts_by_end")]


class Leave(TenantModel):
    """Days on which somebody is away, first and last included. Why is nobody's business here."""

    membership = TenantForeignKey(Membership, related_name="leaves")
    first_day = models.DateField()
    last_day = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="a_leave_has_a_day")
        ]
        indexes = [models.Index(fields=["clinic", "last_day"], name="leaves_by_last_day")]


class TrialAlert(TenantModel):
    """A test alert: that it was received counts only when the person says so, signed in."""

    class Channel(models.TextChoices):
        """How it was sent. Only a phone is night cover."""

        SCREEN = "screen", _("on the screen and by the person's own choices")
        PHONE = "phone", _("by phone")

    membership = TenantForeignKey(Membership, related_name="trial_alerts")
    channel = models.CharField(max_length=10, choices=Channel)
    sent_by = TenantForeignKey(Membership, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(confirmed_at__gte=F("sent_at")),
                name="confirmed_after_it_was_sent",
            )
        ]
        indexes = [models.Index(fields=["clinic", "membership", "-sent_at"], name="trial_alerts_by_member")]
