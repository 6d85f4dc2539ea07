from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.encryption import EncryptedTextField
from clinics.keys import KeyName
from clinics.models.messages import Channel
from clinics.models.people import Membership
from clinics.models.tenant import TenantForeignKey, TenantModel, TenantOneToOneField


class WaysToBeReached(TenantModel):
    """By which channels somebody wants what is not urgent, and when they want quiet. Without a row: the
    default of their sort, at any time."""

    by_email = models.BooleanField(_("by e-mail"), default=True)
    by_push = models.BooleanField(_("as a notification on my devices"), default=False)
    by_chat = models.BooleanField(_("by chat"), default=False)
    by_sms = models.BooleanField(_("by text message"), default=False)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="%(app_label)s_%(class)s_quiet_has_both_ends",
            )
        ]

    @property
    def channels(self) -> list[str]:
        return [channel for channel in Channel.values if getattr(self, f"by_{channel}")]


class Address(TenantModel):
    """Where somebody is reached besides their e-mail: a browser's push subscription, a chat, a phone.

    `fingerprint` tells that one browser subscribed twice, and tells nothing else.
    """

    channel = models.CharField(max_length=10, choices=Channel)
    address = EncryptedTextField()
    label = EncryptedTextField(null=True, blank=True)
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text="When a test that went there was opened by its owner, signed in."
    )

    class Meta:
        abstract = True


class MemberChoices(WaysToBeReached):
    """A member's own. Urgent alerts take every way there is, whatever stands here."""

    membership = TenantOneToOneField(Membership, related_name="message_choices")


class MemberAddress(Address):
    membership = TenantForeignKey(Membership, related_name="message_addresses")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "membership", "fingerprint"], name="a_members_address_once"
            )
        ]

    def sealed_under(self) -> KeyName:
        return KeyName.of_clinic(self.clinic_id)
