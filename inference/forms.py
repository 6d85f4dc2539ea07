"""The shape of what patients and clinicians say about a reading."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinics.forms import ServiceForm
from inference.models import ReadingLabel
from inference.services import REASON_LIMIT


class ContestForm(ServiceForm):
    """Not right, with a word why if the patient likes; or right after all."""

    decision = forms.ChoiceField(
        choices=[("contest", "contest"), ("withdraw", "withdraw")], widget=forms.HiddenInput
    )
    reason = forms.CharField(
        label=_("Would you like to say why?"),
        help_text=_("Your care team can read this."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": REASON_LIMIT}),
    )


class LabelForm(ServiceForm):
    """What a clinician sees in a kept photo."""

    seen = forms.ChoiceField(
        label=_("What do you see?"), choices=ReadingLabel.Seen.choices, widget=forms.RadioSelect
    )
