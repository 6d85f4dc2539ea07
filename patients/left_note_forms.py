"""To whom a note goes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinics.forms import ServiceForm


class GiveNoteForm(ServiceForm):
    owner = forms.UUIDField(label=_("Clinician"))
