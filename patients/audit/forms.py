"""The filter above the access log."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinics.forms import ServiceForm
from clinics.log_kinds import Kind
from clinics.models import Clinic, Membership
from patients.audit.queries import Wanted
from patients.models import Patient

KIND_LABELS = {
    Kind.READ: _("looked at"),
    Kind.WRITE: _("written"),
    Kind.SEARCH: _("searched"),
    Kind.EXPORT: _("exported"),
    Kind.PRINT: _("printed"),
    Kind.DENIAL: _("denied"),
    Kind.SIGN_IN: _("sign-in"),
    Kind.BREAK_GLASS: _("break-glass"),
    Kind.SETTINGS: _("settings and permissions"),
}


class LogFilterForm(forms.Form):
    """All optional. `wanted()` after it was found valid."""

    person = forms.ChoiceField(label=_("Person"), required=False)
    record_number = forms.IntegerField(label=_("Patient's record number"), required=False, min_value=1)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(
        label=_("To, this day included"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", _("all")), *((k.value, t) for k, t in KIND_LABELS.items())],
    )
    text = forms.CharField(label=_("Action, or a request's id"), required=False, max_length=100, strip=True)
    only_disclosures = forms.BooleanField(
        label=_("Accounting of disclosures: only what others looked at, took out or printed of this patient"),
        required=False,
    )

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clinic = clinic
        members = [
            (row.actor_label, f"{row.name}, {row.get_role_display()}")
            for row in Membership.objects.filter(clinic=clinic)
        ]
        choices = [("", _("everybody")), *sorted(members, key=lambda choice: choice[1])]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        number = cleaned.get("record_number")
        self.patient = (
            Patient.objects.filter(clinic=self.clinic, record_number=number).first() if number else None
        )
        if number and self.patient is None:
            self.add_error("record_number", ValidationError(_("No patient has this record number.")))
        if cleaned.get("only_disclosures") and not number:
            self.add_error(
                "record_number", ValidationError(_("An accounting is of one patient: say of whom."))
            )
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", ValidationError(_("This day is before the first one.")))
        return cleaned

    def wanted(self) -> Wanted:
        said = self.cleaned_data
        since, until = said["since"], said["until"]
        return Wanted(
            actor=said["person"],
            patient_id=self.patient.pk if self.patient else None,
            since=datetime.combine(since, time(), self.clinic.zone) if since else None,
            until=datetime.combine(until + timedelta(days=1), time(), self.clinic.zone) if until else None,
            kind=said["kind"],
            text=said["text"],
            only_disclosures=said["only_disclosures"],
        )


class SignReviewForm(ServiceForm):
    conclusion = forms.CharField(
        label=_("What you found"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Signed with your name and the time. It cannot be changed afterwards."),
    )
