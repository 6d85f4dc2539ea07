"""Forms of break-glass: to open, to review, to delay the notice, to appoint a deputy."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinics.forms import ServiceForm
from clinics.models import Clinic, Membership
from patients.models import Patient

YES_NO = [("yes", _("yes, it was an emergency")), ("no", _("no, follow it up"))]


class BreakGlassForm(ServiceForm):
    """`clinic`: whose patients there are."""

    record_number = forms.IntegerField(label=_("The patient's record number"), min_value=1)
    reason = forms.CharField(
        label=_("What the emergency is"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The patient and the privacy officer read this."),
    )

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clinic = clinic

    def clean_record_number(self) -> Patient:
        patient = Patient.objects.filter(
            clinic=self.clinic, kept_until=None, record_number=self.cleaned_data["record_number"]
        ).first()
        if patient is None:
            raise forms.ValidationError(_("No patient has this record number."))
        return patient


class ReviewForm(ServiceForm):
    was_justified = forms.ChoiceField(label=_("Was it justified?"), choices=YES_NO, widget=forms.RadioSelect)
    conclusion = forms.CharField(
        label=_("What you found"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def body(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {"was_justified": said["was_justified"] == "yes", "conclusion": said["conclusion"]}


class DelayForm(ServiceForm):
    reason = forms.CharField(
        label=_("Why telling the patient now would do harm"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("They are told 72 hours after the access at the latest."),
    )


class DeputyForm(forms.Form):
    member = forms.ModelChoiceField(
        label=_("Deputy privacy officer"),
        queryset=Membership.objects.none(),
        empty_label=_("Choose somebody"),
    )

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["member"]
        field.queryset = Membership.objects.filter(clinic=clinic, is_active=True)  # type: ignore[attr-defined]
        field.label_from_instance = lambda row: f"{row.name}, {row.get_role_display()}"  # type: ignore[attr-defined]
