"""What administrators choose about questionnaires, and what clinicians ask for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinics.forms import ServiceForm
from patients.models import QuestionnairePlan
from patients.questionnaires import published
from patients.questionnaires.published import Questionnaire


class PlanForm(ServiceForm):
    """One questionnaire of the clinic."""

    is_on = forms.BooleanField(label=_("Ask this"), required=False)
    every_days = forms.IntegerField(label=_("Every so many days"), min_value=1)
    late_after_days = forms.IntegerField(label=_("Late after so many days"), min_value=1)
    closes_after_days = forms.IntegerField(label=_("Closed after so many days"), min_value=1)

    @staticmethod
    def of(form: Questionnaire, row: QuestionnairePlan | None) -> dict[str, Any]:
        """What is in force, or what the form proposes."""
        stands = row if row is not None else form.schedule
        return {
            "is_on": row.is_on if row is not None else False,
            "every_days": stands.every_days,
            "late_after_days": stands.late_after_days,
            "closes_after_days": stands.closes_after_days,
        }


class AskForFormForm(ServiceForm):
    """One questionnaire for one patient, now."""

    questionnaire = forms.ChoiceField(label=_("Form"))

    def __init__(self, *args: Any, in_use: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["questionnaire"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [(name, published.get(name).title) for name in in_use]
