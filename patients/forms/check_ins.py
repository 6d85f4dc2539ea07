"""Check-ins, new and corrected."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from clinics import time_zones
from clinics.forms import ServiceForm
from patients.models import CheckIn, Patient
from patients.services.check_ins import MOST_HOURS, NOTE_LIMIT

SLEEP_ATTRIBUTES = {"min": 0, "max": MOST_HOURS, "step": "0.5", "inputmode": "decimal"}


class CheckInForm(ServiceForm):
    """A photo, a mood and a note, each of them optional. Time and zone come from the browser, if it tells."""

    sentences = {
        "idempotency_key_invalid": _("This page was too old to be sent. Please send it again."),
        "idempotency_conflict": _(
            "A check-in from this page has arrived already. "
            "If you want to send what stands here as another one, send it again."
        ),
        "consent_missing": _("The photo was not used: you have not agreed to it. Nothing was stored."),
        "not_allowed": _("The photo was not used: this clinic does not analyse photos. Nothing was stored."),
        "notice_missing": _(
            "The photo was not used: please read first what the program does. Nothing was stored."
        ),
        "face_off": _(
            "The photo was not used: no program looks at photos of you at present. Nothing was stored."
        ),
        "programme": _(
            "The photo was not used: no photo is ever read in a programme of an employer. Nothing was stored."
        ),
        "restricted": _("The photo was not used: you paused the analysis. Nothing was stored."),
        "too_old": _("The photo was not used: it is older than seven days. Nothing was stored."),
    }

    image = forms.FileField(label=_("Photo"), required=False, allow_empty_file=True)
    mood = forms.IntegerField(label=_("How do you feel right now?"), required=False)
    hours_slept = forms.FloatField(
        label=_("Hours you slept last night"),
        required=False,
        widget=forms.NumberInput(attrs=SLEEP_ATTRIBUTES),
    )
    note = forms.CharField(
        label=_("Anything you want to add?"),
        help_text=_("Your care team can read this. It is stored encrypted."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": NOTE_LIMIT}),
    )
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)
    captured_at = forms.CharField(required=False, widget=forms.HiddenInput)
    zone = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_captured_at(self) -> datetime:
        """The server's clock where the browser says nothing: without JavaScript it cannot."""
        text = self.cleaned_data["captured_at"]
        if not text:
            return timezone.now()
        try:
            moment = parse_datetime(text)
        except ValueError:
            moment = None
        if moment is None or timezone.is_naive(moment):
            raise ValidationError(_("The time of this check-in is not readable."), code="captured_at_invalid")
        return moment

    def body(self, patient: Patient) -> dict[str, Any]:
        """The arguments of `submit_check_in`; a zone no list knows gives way to the patient's own."""
        data = self.cleaned_data
        is_known = data["zone"] in time_zones.known()
        return {
            "image": data["image"].read() if data["image"] is not None else None,
            "mood": data["mood"],
            "hours_slept": data["hours_slept"],
            "note": data["note"],
            "idempotency_key": data["idempotency_key"],
            "captured_at": data["captured_at"],
            "zone": data["zone"] if is_known else patient.time_zone,
        }


class CorrectCheckInForm(ServiceForm):
    """A check-in as it should have been."""

    mood = forms.IntegerField(
        label=_("How did you feel? (0 to 10)"), required=False, min_value=0, max_value=10
    )
    hours_slept = forms.FloatField(
        label=_("Hours you slept the night before"),
        required=False,
        widget=forms.NumberInput(attrs=SLEEP_ATTRIBUTES),
    )
    note = forms.CharField(
        label=_("Your note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": NOTE_LIMIT}),
    )

    @classmethod
    def of(cls, check_in: CheckIn) -> "CorrectCheckInForm":
        return cls(initial={name: getattr(check_in, name) for name in ("mood", "hours_slept", "note")})
