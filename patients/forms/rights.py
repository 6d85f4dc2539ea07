"""Requests under data-protection law, and how long what is kept."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinics.forms import ServiceForm
from patients import retention
from patients.models import RightsRequest
from patients.retention import KindOfClinic
from patients.services.requests import WORDS_LIMIT


class AskForm(ServiceForm):
    """A request under data-protection law."""

    kind = forms.ChoiceField(label=_("What do you ask for?"), choices=RightsRequest.Kind.choices)
    words = forms.CharField(
        label=_("Anything your clinic should know?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": WORDS_LIMIT}),
    )


class ReceivedRequestForm(AskForm):
    """A request that came by letter, by phone or across the desk."""

    kind = forms.ChoiceField(label=_("What they ask for"), choices=RightsRequest.Kind.choices)
    words = forms.CharField(
        label=_("In their own words"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": WORDS_LIMIT}),
    )
    record_number = forms.IntegerField(label=_("Record number"), min_value=1, max_value=2**31 - 1)
    received_on = forms.DateField(
        label=_("Received on"),
        help_text=_("The month counts from this day."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    field_order = ("record_number", "received_on", "kind", "words")


class CloseRequestForm(ServiceForm):
    """The answer, as the patient will read it."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("answered", _("Done: answered")), ("refused", _("Refused, for the reason below"))],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("What the patient reads"), widget=forms.Textarea(attrs={"rows": 4, "maxlength": WORDS_LIMIT})
    )


class ErasureForm(forms.Form):
    """One step towards an erasure, or back."""

    step = forms.ChoiceField(choices=[("request", "request"), ("confirm", "confirm"), ("cancel", "cancel")])


class RestrictionForm(forms.Form):
    decision = forms.ChoiceField(choices=[("pause", "pause"), ("resume", "resume")])


class RetentionForm(ServiceForm):
    """One number of days for each kind of data."""

    def __init__(self, *args: Any, states: list[KindOfClinic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for state in states:
            kind = state.kind
            self.fields[kind.name] = forms.IntegerField(
                label=str(kind.title),
                help_text=_("Days, from %(shortest)d to %(longest)d.")
                % {"shortest": kind.shortest_days, "longest": kind.longest_days},
                min_value=kind.shortest_days,
                max_value=kind.longest_days,
                initial=state.days,
            )


class ErasureTimesForm(ServiceForm):
    """What happens between a wish to be erased and the end of the record."""

    cooling_off_days = forms.IntegerField(
        label=_("Days in which an erasure can be taken back"),
        help_text=_("Days, from %(shortest)d to %(longest)d, once the wish is confirmed.")
        % {"shortest": retention.SHORTEST_COOLING_OFF, "longest": retention.LONGEST_COOLING_OFF},
        min_value=retention.SHORTEST_COOLING_OFF,
        max_value=retention.LONGEST_COOLING_OFF,
    )
    record_years = forms.IntegerField(
        label=_("Years the clinical record is kept after an erasure"),
        help_text=_("As the law of your place says: 0 to %(most)d, where 0 erases all of it at once.")
        % {"most": retention.MOST_RECORD_YEARS},
        min_value=0,
        max_value=retention.MOST_RECORD_YEARS,
    )
