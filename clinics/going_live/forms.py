"""The forms on the way to going live."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinics.acting import ClinicForm

WORDS = forms.Textarea(attrs={"rows": 6})


class StatementForm(ClinicForm):
    text = forms.CharField(
        label=_("Service statement"),
        max_length=4000,
        required=False,
        widget=WORDS,
        help_text=_("What you watch, when, and what not. Patients read it."),
    )


class ProtocolForm(ClinicForm):
    text = forms.CharField(
        label=_("When a patient does not answer"),
        max_length=4000,
        required=False,
        widget=WORDS,
        help_text=_(
            "How often you try, whom you ask, when you send somebody. Clinicians read it beside an alert."
        ),
    )


class CrisisForm(ClinicForm):
    text = forms.CharField(
        label=_("Crisis contacts"),
        max_length=2000,
        widget=WORDS,
        help_text=_("Saving says that each number was tried today."),
    )


class ConfirmForm(ClinicForm):
    is_sure = forms.BooleanField(label=_("I have the authority to decide this for the clinic"))
