"""What patients decide, and what their clinic's policy and programmes allow."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinics.forms import ServiceForm
from clinics.jurisdictions import jurisdictions
from clinics.models import PolicyChoice
from patients.models import Purpose


class ConsentForm(forms.Form):
    """One decision about one purpose, and the page to go back to."""

    purpose = forms.ChoiceField(choices=Purpose.choices)
    decision = forms.ChoiceField(choices=[("grant", "grant"), ("withdraw", "withdraw")])
    back_to = forms.ChoiceField(choices=[("check_in", "check_in")], required=False)


class PolicyForm(ServiceForm):
    """Whose law the clinic works under, and what it does without beyond that."""

    jurisdiction = forms.ChoiceField(
        label=_("The law of"),
        help_text=_(
            "A template made from public sources, not legal advice. The table below shows its rules."
        ),
        widget=forms.RadioSelect,
    )
    switched_off = forms.MultipleChoiceField(
        label=_("What this clinic does without"),
        help_text=_("A clinic can be stricter than its law, never looser."),
        choices=Purpose.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    base_number = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, in_force: PolicyChoice | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = self.fields["jurisdiction"]
        assert isinstance(places, forms.ChoiceField)
        places.choices = [(place.code, place.name) for place in jurisdictions().values()]
        self.fields["base_number"].initial = 0
        if in_force is not None:
            places.initial = in_force.jurisdiction
            self.fields["switched_off"].initial = in_force.switched_off
            self.fields["base_number"].initial = in_force.number


class StaffNamesForm(ServiceForm):
    """How staff appear on the patients' page of who looked at their data."""

    are_shown = forms.ChoiceField(
        label=_("Patients read"),
        choices=[("names", _("the name and the role")), ("initials", _("the initials and the role"))],
        widget=forms.RadioSelect,
    )


class ProgrammeForm(ServiceForm):
    """A programme of an employer."""

    name = forms.CharField(label=_("Name of the programme"), max_length=100)
    employer = forms.CharField(
        label=_("Employer"), help_text=_("As the people in it know it."), max_length=200
    )


class OwnProgrammeForm(forms.Form):
    """Joining or leaving one programme."""

    programme = forms.UUIDField()
    decision = forms.ChoiceField(choices=[("join", "join"), ("leave", "leave")])
