"""The forms about care teams. Each offers rows of one clinic alone, once it was told which."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinics.forms import ServiceForm
from clinics.models import CareTeam, Clinic, ClinicSettings, Membership
from patients import care_teams


class ScopeForm(ServiceForm):
    """How far clinicians and observers see."""

    record_scope = forms.ChoiceField(
        label=_("Whose records they see"), choices=ClinicSettings.Scope.choices, widget=forms.RadioSelect
    )


class TeamNameForm(ServiceForm):
    name = forms.CharField(label=_("Name of the team"), max_length=100)


class TeamForm(ServiceForm):
    """One of the clinic's teams."""

    team: "forms.ModelChoiceField[CareTeam]" = forms.ModelChoiceField(
        label=_("Care team"), queryset=CareTeam.objects.none()
    )

    def offer(self, clinic: Clinic) -> None:
        """Without it, the form takes nothing."""
        field = self.fields["team"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = CareTeam.objects.filter(clinic=clinic).order_by("name")


class RenameTeamForm(TeamForm, TeamNameForm):
    """Another name for a team."""


class TeamMemberForm(TeamForm):
    """A team, and somebody who is to be in it or not."""

    member: "forms.ModelChoiceField[Membership]" = forms.ModelChoiceField(
        label=_("Colleague"), queryset=Membership.objects.none()
    )

    def offer(self, clinic: Clinic) -> None:
        super().offer(clinic)
        field = self.fields["member"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = care_teams.may_join(clinic)


class PlacePatientForm(TeamForm):
    """A patient, by the number on the record: who manages teams reads no names of patients."""

    record_number = forms.IntegerField(label=_("Record number"), min_value=1, max_value=2**31 - 1)
    field_order = ("record_number", "team")
