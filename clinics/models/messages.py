from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.models.tenant import TenantModel


class Channel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    PUSH = "push", _("notification on a device")
    CHAT = "chat", _("chat")
    SMS = "sms", _("text message")


class MessageQuerySet(models.QuerySet["Message"]):
    def waiting(self) -> "MessageQuerySet":
        """Neither sent nor given up."""
        return self.filter(state__in=Message.UNDER_WAY)

    def undelivered(self) -> "MessageQuerySet":
        return self.filter(state=Message.State.DEAD)


class Message(TenantModel):
    """One message to one person by one channel. Holds no address and no words: both are looked up and made
    when it is sent, so a changed address counts and a dump tells nothing.

    `facts` are what its kind allows (clinics/messages/kinds.py): a record number, a moment, a state, a path.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting to be sent")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        DEAD = "dead", _("could not be delivered")
        STOPPED = "stopped", _("stopped before it was sent")
        DROPPED = "dropped", _("dropped: too late, or nobody to send it to")

    class To(models.TextChoices):
        STAFF = "staff", _("a member of the clinic")
        PATIENT = "patient", _("a patient")
        TRUSTED = "trusted", _("somebody a patient trusts")

    UNDER_WAY = (State.QUEUED, State.SENDING)

    to = models.CharField(max_length=10, choices=To)
    recipient_id = models.UUIDField()
    patient_id = models.UUIDField(null=True, help_text="Whom it is to, or about.")
    channel = models.CharField(max_length=10, choices=Channel)
    kind = models.CharField(max_length=20)
    is_urgent = models.BooleanField(default=False)
    facts = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=150)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    why = models.CharField(max_length=30, blank=True, help_text="A code: of the last failure, or of the end.")
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    sent_maybe_twice = models.BooleanField(default=False)
    receipt_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True, help_text="When an administrator has seen that it is dead.")

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "recipient_id", "channel", "dedupe_key"],
                name="never_the_same_message_twice",
            ),
            models.CheckConstraint(
                condition=Q(state="sending", lease_until__isnull=False)
                | (~Q(state="sending") & Q(lease_until=None)),
                name="what_is_being_sent_has_a_lease",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sending"], ended_at=None)
                | (~Q(state__in=["queued", "sending"]) & Q(ended_at__isnull=False)),
                name="a_message_ends_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "-is_urgent", "next_try_at"],
                condition=Q(state__in=["queued", "sending"]),
                name="messages_to_send",
            ),
            models.Index(fields=["clinic", "dedupe_key"], name="messages_by_occasion"),
            models.Index(fields=["clinic", "patient_id"], name="messages_by_patient"),
            models.Index(fields=["clinic", "state", "ended_at"], name="messages_by_end"),
        ]

    @property
    def since(self) -> datetime | None:
        """Since when what it tells of has waited."""
        text = self.facts.get("since")
        return datetime.fromisoformat(text) if text else None
