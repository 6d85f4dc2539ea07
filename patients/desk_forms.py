"""The shape of what the privacy desk fills in about erasing, holding and needing longer."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinics.forms import ServiceForm
from patients import queries
from patients.models import Erasure, Patient
from patients.services.holds import REASON_LIMIT
from patients.services.requests import WORDS_LIMIT

NEW_PHONE = timedelta(days=30)


def _text(limit: int, rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "maxlength": limit})


class ExtendRequestForm(ServiceForm):
    """Why a request takes longer than its month."""

    prefix = "extend"
    reason = forms.CharField(
        label=_("Why it takes longer, as the patient reads it"),
        help_text=_("The law allows this where a request is complex, or where there are many of them."),
        widget=_text(WORDS_LIMIT),
    )


class DeskErasureStepForm(forms.Form):
    """One step of an erasure across the desk."""

    step = forms.ChoiceField(choices=[("record", "record"), ("confirm", "confirm"), ("cancel", "cancel")])


class RecordErasureForm(ServiceForm):
    """How the desk knows who asked. A number that was changed of late proves nothing about who answers it."""

    identity_check = forms.ChoiceField(
        label=_("How you made sure who asks"),
        choices=Erasure.IdentityCheck.choices,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.patient = patient

    def clean_identity_check(self) -> str:
        chosen: str = self.cleaned_data["identity_check"]
        is_call = chosen == Erasure.IdentityCheck.CALLED_BACK
        if is_call and queries.has_new_phone(self.patient, within=NEW_PHONE):
            raise forms.ValidationError(
                _("This number was changed within the last 30 days: make sure in another way.")
            )
        return chosen


class LiftHoldForm(ServiceForm):
    """Why a hold ends."""

    reason = forms.CharField(
        label=_("Why it is lifted"),
        help_text=_("For the clinic's file. The patient does not read this."),
        widget=_text(REASON_LIMIT),
    )


class PlaceHoldForm(ServiceForm):
    """Whose record is held, and why: once for the clinic, once for the patient."""

    record_number = forms.IntegerField(label=_("Record number"), min_value=1, max_value=2**31 - 1)
    reason = forms.CharField(
        label=_("Why, for the clinic's file"),
        help_text=_("Who asked for it, and the reference. The patient does not read this."),
        widget=_text(REASON_LIMIT),
    )
    told = forms.CharField(
        label=_("Why, as the patient reads it"),
        help_text=_(
            "Stands on the page where they would erase their data. Leave it empty only where the law forbids "
            "you to say why: then they read that the record must be kept for now, and whom to ask."
        ),
        required=False,
        widget=_text(REASON_LIMIT),
    )


class CertificateNumberForm(forms.Form):
    number = forms.UUIDField(label=_("Number of a certificate"))
