"""A patient's standing: law, guardians, transfer, merging."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinics.forms import ServiceForm
from patients.models import Guardian, Patient, Purpose


class LegalStatusForm(ServiceForm):
    """By whose will the patient is here."""

    legal_status = forms.ChoiceField(label=_("Legal status"), choices=Patient.LegalStatus.choices)


class DeciderForm(ServiceForm):
    """Who decides, as the clinic found it."""

    decider = forms.ChoiceField(label=_("Who decides"), choices=Patient.Decider.choices)


class GuardianForm(ServiceForm):
    """Somebody who decides for the patient."""

    name = forms.CharField(label=_("Name"), max_length=200)
    relation = forms.ChoiceField(label=_("Relation"), choices=Guardian.Relation.choices)
    phone = forms.CharField(label=_("Phone"), max_length=50, required=False)
    decides_until = forms.DateField(
        label=_("Decides until"),
        help_text=_("Of a parent at the latest the day before the patient comes of age."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class GuardianChoiceForm(ServiceForm):
    """One guardian of this patient."""

    guardian = forms.UUIDField()


class GuardianDecisionForm(GuardianChoiceForm):
    """What a guardian decided about one purpose."""

    purpose = forms.ChoiceField(label=_("About"), choices=Purpose.choices)
    decision = forms.ChoiceField(
        label=_("Decision"), choices=[("grant", _("agrees")), ("withdraw", _("does not agree"))]
    )


class ConfirmForm(ServiceForm):
    """An act that is asked for twice."""

    is_sure = forms.BooleanField(label=_("Yes, I have checked this"))


class TransferForm(ServiceForm):
    has_agreed = forms.BooleanField(
        label=_("The patient asked for it and agrees"),
        help_text=_(
            "Who has an account asks in their portal, under “My data”; without one, your word counts."
        ),
        required=False,
    )


class MergeForm(ConfirmForm):
    """The double, by the number of its record."""

    double = forms.IntegerField(label=_("Record number of the double"), min_value=1)
