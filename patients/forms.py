"""The shape of what patients and those who invite them fill in."""

import zoneinfo
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from clinics.forms import ServiceForm
from clinics.models import CareTeam
from patients.models import Patient, Purpose
from patients.services.check_ins import NOTE_LIMIT


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
        "too_old": _("The photo was not used: it is older than seven days. Nothing was stored."),
    }

    image = forms.FileField(label=_("Photo"), required=False, allow_empty_file=True)
    mood = forms.IntegerField(label=_("How do you feel right now?"), required=False)
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
        is_known = data["zone"] in zoneinfo.available_timezones()
        return {
            "image": data["image"].read() if data["image"] is not None else None,
            "mood": data["mood"],
            "note": data["note"],
            "idempotency_key": data["idempotency_key"],
            "captured_at": data["captured_at"],
            "zone": data["zone"] if is_known else patient.time_zone,
        }


class PinForm(ServiceForm):
    """The number that unlocks the portal; empty where it is taken away."""

    pin = forms.CharField(
        label=_("PIN"),
        help_text=_("Four to eight digits, not ones that anybody would try first."),
        required=False,
        max_length=8,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class ConsentForm(forms.Form):
    """One decision about one purpose, and the page to go back to."""

    purpose = forms.ChoiceField(choices=Purpose.choices)
    decision = forms.ChoiceField(choices=[("grant", "grant"), ("withdraw", "withdraw")])
    back_to = forms.ChoiceField(choices=[("check_in", "check_in")], required=False)


class AdmitForm(ServiceForm):
    """A new patient's record."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=50, required=False)
    birth_date = forms.DateField(
        label=_("Date of birth"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Days and reminders follow the patient's own clock.")
    )
    care_team: "forms.ModelChoiceField[CareTeam]" = forms.ModelChoiceField(
        label=_("Care team"), queryset=CareTeam.objects.none(), required=False
    )

    def __init__(self, *args: Any, time_zone: str, needs_team: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = self.fields["time_zone"]
        assert isinstance(zones, forms.ChoiceField)
        zones.choices = [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones())]
        zones.initial = time_zone
        teams = self.fields["care_team"]
        assert isinstance(teams, forms.ModelChoiceField)
        teams.queryset = CareTeam.objects.order_by("name")
        teams.required = needs_team
        if not needs_team and not teams.queryset.exists():
            del self.fields["care_team"]

    def body(self) -> dict[str, Any]:
        """The arguments of `admit_patient`."""
        data = self.cleaned_data
        born = data.pop("birth_date")
        return {**data, "birth_date": born.isoformat() if born else None}
