"""The forms of the rota."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinics.acting import ClinicForm
from clinics.models import Clinic, Leave, Membership, Role, Shift, TrialAlert

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class MemberChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Names are sealed: the database cannot sort them."""

    def label_from_instance(self, obj: Membership) -> str:
        return str(obj.name)


class ClinicianForm(ClinicForm):
    member = MemberChoice(label=_("Who"), queryset=Membership.objects.none())

    def offer(self, clinic: Clinic) -> None:
        field = self.fields["member"]
        assert isinstance(field, MemberChoice)
        field.queryset = clinicians(clinic)


def clinicians(clinic: Clinic) -> Any:
    rows = Membership.objects.filter(clinic=clinic, role=Role.CLINICIAN, is_active=True)
    return rows.order_by("created_at")


class ShiftForm(ClinicianForm):
    kind = forms.ChoiceField(label=_("Kind of shift"), choices=Shift.Kind.choices)
    day = forms.DateField(label=_("Day"), widget=DAY)
    starts = forms.TimeField(label=_("From"), widget=CLOCK)
    ends = forms.TimeField(
        label=_("To"), widget=CLOCK, help_text=_("At or before the start: on the next day.")
    )


class RemoveShiftForm(ClinicForm):
    shift: "forms.ModelChoiceField[Shift]" = forms.ModelChoiceField(queryset=Shift.objects.none())

    def offer(self, clinic: Clinic) -> None:
        field = self.fields["shift"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Shift.objects.filter(clinic=clinic)


class CopyWeekForm(ClinicForm):
    week = forms.DateField(widget=forms.HiddenInput)
    weeks = forms.IntegerField(label=_("Into how many weeks after it"), min_value=1, max_value=12, initial=1)

    def clean_week(self) -> date:
        day: date = self.cleaned_data["week"]
        return day - timedelta(days=day.weekday())


class LeaveForm(ClinicianForm):
    first_day = forms.DateField(label=_("First day"), widget=DAY)
    last_day = forms.DateField(label=_("Last day"), widget=DAY)


class RemoveLeaveForm(ClinicForm):
    leave: "forms.ModelChoiceField[Leave]" = forms.ModelChoiceField(queryset=Leave.objects.none())

    def offer(self, clinic: Clinic) -> None:
        field = self.fields["leave"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Leave.objects.filter(clinic=clinic)


class KeepRotaForm(ClinicForm):
    is_kept = forms.BooleanField(label=_("We keep our rota here"), required=False)


class TrialForm(ClinicianForm):
    channel = forms.ChoiceField(label=_("How"), choices=TrialAlert.Channel.choices)
