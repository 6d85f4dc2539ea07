"""The emergency card as clinicians write it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinics.forms import ServiceForm
from patients.models import EmergencyContact, Patient
from patients.services.emergencies import ContactDraft

MOST_CONTACTS = 3


class EmergencyCardForm(ServiceForm):
    phone = forms.CharField(label=_("The patient's telephone"), required=False, max_length=50)
    safety_plan = forms.CharField(
        label=_("Safety plan"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "Warning signs, what helps, people and places, and whom to call: in the patient's words."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MOST_CONTACTS + 1):
            label = _("Emergency contact %(number)d") % {"number": number}
            self.fields[f"name_{number}"] = forms.CharField(label=label, required=False, max_length=200)
            self.fields[f"relation_{number}"] = forms.CharField(
                label=_("Who they are to the patient"), required=False, max_length=100
            )
            self.fields[f"phone_{number}"] = forms.CharField(
                label=_("Their telephone"), required=False, max_length=50
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for number in range(1, MOST_CONTACTS + 1):
            name, phone = cleaned.get(f"name_{number}"), cleaned.get(f"phone_{number}")
            if bool(name) != bool(phone):
                missing = f"phone_{number}" if name else f"name_{number}"
                self.add_error(missing, ValidationError(_("A contact needs a name and a telephone.")))
        return cleaned

    def body(self, *, keeps_hidden: bool) -> dict[str, Any]:
        """What the service takes. Contacts that were not shown stay, unless new ones were written."""
        said = self.cleaned_data
        contacts = [
            ContactDraft(said[f"name_{number}"], said[f"phone_{number}"], said[f"relation_{number}"])
            for number in range(1, MOST_CONTACTS + 1)
            if said[f"name_{number}"]
        ]
        return {
            "phone": said["phone"],
            "safety_plan": said["safety_plan"],
            "contacts": None if keeps_hidden and not contacts else contacts,
        }

    @staticmethod
    def of(patient: Patient, contacts: Iterable[EmergencyContact]) -> dict[str, str]:
        """What the card says now, as initial values, with the contacts that may be seen."""
        plan = getattr(patient, "safety_plan", None)
        values = {"phone": str(patient.phone or ""), "safety_plan": str(plan.text) if plan else ""}
        for contact in contacts:
            number = contact.position
            values[f"name_{number}"] = str(contact.name)
            values[f"relation_{number}"] = str(contact.relation or "")
            values[f"phone_{number}"] = str(contact.phone)
        return values
