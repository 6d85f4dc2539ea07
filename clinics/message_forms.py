"""How messages reach somebody, as they choose it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinics.forms import ServiceForm
from clinics.messages import channels
from clinics.models import Channel
from clinics.models.message_choices import WaysToBeReached

WAYS = {
    Channel.EMAIL: _("by e-mail"),
    Channel.PUSH: _("as a notification on my devices"),
    Channel.CHAT: _("by chat"),
    Channel.SMS: _("by text message"),
}


def _clock(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )


class WaysForm(ServiceForm):
    """Channels and quiet hours."""

    ways = forms.MultipleChoiceField(
        label=_("What is not urgent reaches me"), required=False, widget=forms.CheckboxSelectMultiple
    )
    quiet_from = _clock(_("Quiet from"))
    quiet_until = _clock(_("Quiet until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = channels.offered()
        self.fields["ways"].choices = [  # type: ignore[attr-defined]
            (channel, label) for channel, label in WAYS.items() if channel in offered
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (cleaned.get("quiet_from") is None) != (cleaned.get("quiet_until") is None):
            missing = "quiet_from" if cleaned.get("quiet_from") is None else "quiet_until"
            if missing not in self.errors:
                self.add_error(missing, ValidationError(_("Quiet hours need a beginning and an end.")))
        return cleaned

    @staticmethod
    def of(row: WaysToBeReached | None, default: list[str]) -> dict[str, Any]:
        """What is chosen now, as initial values."""
        if row is None:
            return {"ways": default}
        return {"ways": row.channels, "quiet_from": row.quiet_from, "quiet_until": row.quiet_until}


class ChatForm(ServiceForm):
    address = forms.CharField(
        label=_("Address of the incoming webhook"),
        max_length=2000,
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
        help_text=_("Your chat program makes it. It is stored encrypted."),
    )


class PhoneForm(ServiceForm):
    address = forms.CharField(
        label=_("Mobile number"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        help_text=_("With its country code, for example +49 170 1234567. It is stored encrypted."),
    )


class DeviceForm(forms.Form):
    """What a browser answers when it subscribes; a script fills it in."""

    endpoint = forms.CharField(max_length=2000, widget=forms.HiddenInput)
    p256dh = forms.CharField(max_length=200, widget=forms.HiddenInput)
    auth = forms.CharField(max_length=100, widget=forms.HiddenInput)
    label = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)
