"""The intake as clinicians write it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinics.acting import ClinicForm
from clinics.cover.rota_forms import DAY, MemberChoice, clinicians
from clinics.models import Clinic, Membership
from patients.models import Intake
from patients.services.intakes import IntakeDraft


def _words(label: Any, help_text: Any = "", *, is_required: bool = True, rows: int = 3) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label, help_text=help_text, required=is_required, max_length=4000, widget=area
    )


class IntakeForm(ClinicForm):
    reason = _words(_("Why they are followed"), _("And what is not to be done here."))
    responsible = MemberChoice(label=_("Responsible clinician"), queryset=Membership.objects.none())
    deputy = MemberChoice(label=_("Their deputy"), queryset=Membership.objects.none())
    numbers = _words(_("Telephone numbers"), _("In the order in which to try them."))
    safe_contact = _words(
        _("Safe ways and times to contact them"),
        _("Who else may pick up, whether a message may be left, when not to call."),
    )
    usual_location = _words(_("Where they usually are"), _("Where somebody could be sent."), rows=2)
    language = forms.CharField(
        label=_("Language"),
        max_length=200,
        help_text=_("And whether an interpreter is needed."),
        widget=forms.TextInput(attrs={"data-draft": ""}),
    )
    needs = _words(
        _("Needs"), _("Hearing, sight, reading, anything a call must reckon with."), is_required=False
    )
    review_on = forms.DateField(label=_("To be reviewed on"), widget=DAY)

    def offer(self, clinic: Clinic) -> None:
        for name in ("responsible", "deputy"):
            field = self.fields[name]
            assert isinstance(field, MemberChoice)
            field.queryset = clinicians(clinic)

    def draft(self) -> IntakeDraft:
        return IntakeDraft(**self.cleaned_data)

    @staticmethod
    def of(intake: Intake | None) -> dict[str, Any]:
        """What is in force, as initial values; the day of the next review is always chosen anew."""
        if intake is None:
            return {}
        names = [name for name in IntakeForm.base_fields if name != "review_on"]
        return {name: getattr(intake, name) for name in names}
