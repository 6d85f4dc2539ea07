"""The shape of what patients volunteer about themselves; every question may be left."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinics.forms import ServiceForm
from patients.models import RATHER_NOT, AgeBand, Sex, SkinTone
from patients.services import AnswersDraft


class FairnessForm(ServiceForm):
    age_band = forms.ChoiceField(
        label=_("How old are you?"), choices=[RATHER_NOT, *AgeBand.choices], required=False
    )
    sex = forms.ChoiceField(label=_("Your sex"), choices=[RATHER_NOT, *Sex.choices], required=False)
    skin_tone = forms.ChoiceField(
        label=_("Which tone is closest to the skin of your face?"),
        help_text=_("The Monk scale. There is no wrong answer."),
        choices=[RATHER_NOT, *SkinTone.choices],
        required=False,
        widget=forms.RadioSelect,
    )

    def draft(self) -> AnswersDraft:
        data: dict[str, Any] = self.cleaned_data
        return AnswersDraft(age_band=data["age_band"], sex=data["sex"], skin_tone=data["skin_tone"])
