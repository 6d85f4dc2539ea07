"""Messages to a patient, reminders, and the person they trust: the shape of what they fill in."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinics.forms import ServiceForm
from clinics.message_forms import WaysForm
from clinics.models import Channel
from patients.models import EmergencyContact, PatientChoices, TrustedPerson
from patients.services.messages import LONGEST_NAME, WaysDraft
from patients.services.trusted import TrustedDraft

WEEKDAYS = [
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
]
WORDS_LIMIT = 500


class OwnWaysForm(WaysForm):
    """As members have it, with the sender's name; nothing chosen means that nothing is sent."""

    sender_name = forms.CharField(
        label=_("Name of the sender"),
        required=False,
        max_length=LONGEST_NAME,
        help_text=_("What stands as the sender: for example a first name. Nobody sees the clinic's name."),
    )
    tells_of_notes = forms.BooleanField(
        label=_("Also tell me when a question waits for me in here"),
        help_text=_("Every six months: whether your emergency contacts still hold. Nothing else is sent."),
        required=False,
    )
    field_order = ("ways", "tells_of_notes", "sender_name", "quiet_from", "quiet_until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways: Any = self.fields["ways"]
        ways.label = _("Write to me")
        ways.choices = [choice for choice in ways.choices if choice[0] != Channel.CHAT]

    def draft(self) -> WaysDraft:
        return WaysDraft(**self.cleaned_data)

    @staticmethod
    def of_patient(row: PatientChoices | None) -> dict[str, Any]:
        if row is None:
            return {"ways": []}
        extra = {"sender_name": row.sender_name, "tells_of_notes": row.tells_of_notes}
        return {**WaysForm.of(row, []), **extra}


class ReminderForm(ServiceForm):
    at = forms.TimeField(label=_("Time"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On"),
        coerce=int,
        required=False,
        choices=WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: every day."),
    )


class TrustedPersonForm(ServiceForm):
    name = forms.CharField(label=_("Who they are to you"), max_length=100)
    email = forms.EmailField(label=_("Their e-mail"), max_length=200)
    signed = forms.CharField(
        label=_("How you sign"), max_length=LONGEST_NAME, help_text=_("They read this as the sender.")
    )
    words = forms.CharField(
        label=_("Your words to them"),
        max_length=WORDS_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Exactly this is sent, and nothing else about you."),
    )
    trigger = forms.ChoiceField(
        label=_("When it is sent"), choices=TrustedPerson.Trigger, widget=forms.RadioSelect
    )
    times = forms.IntegerField(label=_("How often sad"), min_value=1, max_value=60, initial=5)
    of_last = forms.IntegerField(label=_("in how many check-ins"), min_value=1, max_value=60, initial=7)

    def draft(self) -> TrustedDraft:
        return TrustedDraft(**self.cleaned_data)

    @staticmethod
    def of(row: TrustedPerson | None) -> dict[str, Any]:
        if row is None:
            return {"trigger": TrustedPerson.Trigger.BY_HAND}
        return {name: getattr(row, name) for name in TrustedDraft.__dataclass_fields__}


class OwnContactsForm(ServiceForm):
    """For each contact, when and how they may be called. Fields are named by whom the page showed."""

    def __init__(self, contacts: list[EmergencyContact], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for contact in contacts:
            self.fields[self.name_of(contact)] = forms.CharField(
                label=_("When and how the clinic may call them"),
                required=False,
                max_length=WORDS_LIMIT,
                initial=contact.conditions,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    @staticmethod
    def name_of(contact: EmergencyContact) -> str:
        return f"conditions_{contact.pk}"

    def conditions(self) -> dict[uuid.UUID, str]:
        """Of those that were sent: who is not among them was not on the page."""
        names = [name for name in self.cleaned_data if name in self.data]
        return {uuid.UUID(name.rpartition("_")[2]): self.cleaned_data[name] for name in names}
