"""Records: finding, admitting, contact data, the PIN of the portal."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinics import time_zones
from clinics.forms import ServiceForm
from clinics.models import CareTeam, Clinic


class SearchForm(forms.Form):
    """What a clinician types to find somebody."""

    words = forms.CharField(max_length=200)


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

    def __init__(self, *args: Any, clinic: Clinic, needs_team: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = self.fields["time_zone"]
        assert isinstance(zones, forms.ChoiceField)
        zones.choices = [(name, name.replace("_", " ")) for name in sorted(time_zones.known())]
        zones.initial = clinic.time_zone
        teams = self.fields["care_team"]
        assert isinstance(teams, forms.ModelChoiceField)
        teams.queryset = CareTeam.objects.filter(clinic=clinic).order_by("name")
        teams.required = needs_team
        if not needs_team and not teams.queryset.exists():
            del self.fields["care_team"]

    def body(self) -> dict[str, Any]:
        """The arguments of `admit_patient`."""
        data = self.cleaned_data
        born = data.pop("birth_date")
        return {**data, "birth_date": born.isoformat() if born else None}


class ContactForm(ServiceForm):
    """How the clinic reaches this patient, in the patient's own hands."""

    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("Where your clinic writes to you. You still sign in with the same address as before."),
    )
    phone = forms.CharField(label=_("Phone"), max_length=50, required=False)


class RecordForm(ContactForm):
    """The same, and what only the clinic's privacy desk changes."""

    name = forms.CharField(label=_("Name"), max_length=200)
    birth_date = forms.DateField(
        label=_("Date of birth"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    field_order = ("name", "birth_date", "email", "phone")

    def changes(self) -> dict[str, str | None]:
        born = self.cleaned_data["birth_date"]
        return {**self.cleaned_data, "birth_date": born.isoformat() if born else None}


class PinForm(ServiceForm):
    """The number that unlocks the portal; empty where it is taken away."""

    pin = forms.CharField(
        label=_("PIN"),
        help_text=_("Four to eight digits, not ones that anybody would try first."),
        required=False,
        max_length=8,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
