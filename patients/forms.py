"""The shape of what patients and those who invite them fill in."""

import zoneinfo
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from clinics.forms import ServiceForm
from clinics.jurisdictions import jurisdictions
from clinics.models import CareTeam, Clinic, PolicyChoice
from patients import retention
from patients.models import CheckIn, Guardian, Patient, Purpose, RightsRequest
from patients.retention import KindOfClinic
from patients.services.check_ins import MOST_HOURS, NOTE_LIMIT
from patients.services.requests import WORDS_LIMIT

SLEEP_ATTRIBUTES = {"min": 0, "max": MOST_HOURS, "step": "0.5", "inputmode": "decimal"}


class CheckInForm(ServiceForm):
    """A photo, a mood and a note, each of them optional. Time and zone come from the browser, if it tells."""

    sentences = {
        "idempotency_key_invalid": _("This page was too old to be sent. Please send it again."),
        "idempotency_conflict": _(
            "A check-in from this page has arrived already. "
            "If you want to send what stands here as another one, send it again."
        ),
        "consent_missing": _("The photo was not used: you have not agreed to it. Nothing was stored."),
        "not_allowed": _("The photo was not used: this clinic does not analyse photos. Nothing was stored."),
        "notice_missing": _(
            "The photo was not used: please read first what the program does. Nothing was stored."
        ),
        "face_off": _(
            "The photo was not used: no program looks at photos of you at present. Nothing was stored."
        ),
        "programme": _(
            "The photo was not used: no photo is ever read in a programme of an employer. Nothing was stored."
        ),
        "restricted": _("The photo was not used: you paused the analysis. Nothing was stored."),
        "too_old": _("The photo was not used: it is older than seven days. Nothing was stored."),
    }

    image = forms.FileField(label=_("Photo"), required=False, allow_empty_file=True)
    mood = forms.IntegerField(label=_("How do you feel right now?"), required=False)
    hours_slept = forms.FloatField(
        label=_("Hours you slept last night"),
        required=False,
        widget=forms.NumberInput(attrs=SLEEP_ATTRIBUTES),
    )
    note = forms.CharField(
        label=_("Anything you want to add?"),
        help_text=_("Your care team can read this. It is stored encrypted."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": NOTE_LIMIT}),
    )
    idempotency_key = forms.CharField(required=False, widget=forms.HiddenInput)
    captured_at = forms.CharField(required=False, widget=forms.HiddenInput)
    zone = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_captured_at(self) -> datetime:
        """The server's clock where the browser says nothing: without JavaScript it cannot."""
        text = self.cleaned_data["captured_at"]
        if not text:
            return timezone.now()
        try:
            moment = parse_datetime(text)
        except ValueError:
            moment = None
        if moment is None or timezone.is_naive(moment):
            raise ValidationError(_("The time of this check-in is not readable."), code="captured_at_invalid")
        return moment

    def body(self, patient: Patient) -> dict[str, Any]:
        """The arguments of `submit_check_in`; a zone no list knows gives way to the patient's own."""
        data = self.cleaned_data
        is_known = data["zone"] in zoneinfo.available_timezones()
        return {
            "image": data["image"].read() if data["image"] is not None else None,
            "mood": data["mood"],
            "hours_slept": data["hours_slept"],
            "note": data["note"],
            "idempotency_key": data["idempotency_key"],
            "captured_at": data["captured_at"],
            "zone": data["zone"] if is_known else patient.time_zone,
        }


class PinForm(ServiceForm):
    """The number that unlocks the portal; empty where it is taken away."""

    pin = forms.CharField(
        label=_("PIN"),
        help_text=_("Four to eight digits, not ones that anybody would try first."),
        required=False,
        max_length=8,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class ConsentForm(forms.Form):
    """One decision about one purpose, and the page to go back to."""

    purpose = forms.ChoiceField(choices=Purpose.choices)
    decision = forms.ChoiceField(choices=[("grant", "grant"), ("withdraw", "withdraw")])
    back_to = forms.ChoiceField(choices=[("check_in", "check_in")], required=False)


class PolicyForm(ServiceForm):
    """Whose law the clinic works under, and what it does without beyond that."""

    jurisdiction = forms.ChoiceField(
        label=_("The law of"),
        help_text=_(
            "A template made from public sources, not legal advice. The table below shows its rules."
        ),
        widget=forms.RadioSelect,
    )
    switched_off = forms.MultipleChoiceField(
        label=_("What this clinic does without"),
        help_text=_("A clinic can be stricter than its law, never looser."),
        choices=Purpose.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    base_number = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, in_force: PolicyChoice | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = self.fields["jurisdiction"]
        assert isinstance(places, forms.ChoiceField)
        places.choices = [(place.code, place.name) for place in jurisdictions().values()]
        self.fields["base_number"].initial = 0
        if in_force is not None:
            places.initial = in_force.jurisdiction
            self.fields["switched_off"].initial = in_force.switched_off
            self.fields["base_number"].initial = in_force.number


class ProgrammeForm(ServiceForm):
    """A programme of an employer."""

    name = forms.CharField(label=_("Name of the programme"), max_length=100)
    employer = forms.CharField(
        label=_("Employer"), help_text=_("As the people in it know it."), max_length=200
    )


class OwnProgrammeForm(forms.Form):
    """Joining or leaving one programme."""

    programme = forms.UUIDField()
    decision = forms.ChoiceField(choices=[("join", "join"), ("leave", "leave")])


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


class SearchForm(forms.Form):
    """What a clinician types to find somebody."""

    words = forms.CharField(max_length=200)


class AdmitForm(ServiceForm):
    """A new patient's record."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=50, required=False)
    birth_date = forms.DateField(
        label=_("Date of birth"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Days and reminders follow the patient's own clock.")
    )
    care_team: "forms.ModelChoiceField[CareTeam]" = forms.ModelChoiceField(
        label=_("Care team"), queryset=CareTeam.objects.none(), required=False
    )

    def __init__(self, *args: Any, clinic: Clinic, needs_team: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = self.fields["time_zone"]
        assert isinstance(zones, forms.ChoiceField)
        zones.choices = [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones())]
        zones.initial = clinic.time_zone
        teams = self.fields["care_team"]
        assert isinstance(teams, forms.ModelChoiceField)
        teams.queryset = CareTeam.objects.filter(clinic=clinic).order_by("name")
        teams.required = needs_team
        if not needs_team and not teams.queryset.exists():
            del self.fields["care_team"]

    def body(self) -> dict[str, Any]:
        """The arguments of `admit_patient`."""
        data = self.cleaned_data
        born = data.pop("birth_date")
        return {**data, "birth_date": born.isoformat() if born else None}


class ContactForm(ServiceForm):
    """How the clinic reaches this patient, in the patient's own hands."""

    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("Where your clinic writes to you. You still sign in with the same address as before."),
    )
    phone = forms.CharField(label=_("Phone"), max_length=50, required=False)


class RecordForm(ContactForm):
    """The same, and what only the clinic's privacy desk changes."""

    name = forms.CharField(label=_("Name"), max_length=200)
    birth_date = forms.DateField(
        label=_("Date of birth"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    field_order = ("name", "birth_date", "email", "phone")

    def changes(self) -> dict[str, str | None]:
        born = self.cleaned_data["birth_date"]
        return {**self.cleaned_data, "birth_date": born.isoformat() if born else None}


class ErasureForm(forms.Form):
    """One step towards an erasure, or back."""

    step = forms.ChoiceField(choices=[("request", "request"), ("confirm", "confirm"), ("cancel", "cancel")])


class RestrictionForm(forms.Form):
    decision = forms.ChoiceField(choices=[("pause", "pause"), ("resume", "resume")])


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


class CorrectCheckInForm(ServiceForm):
    """A check-in as it should have been."""

    mood = forms.IntegerField(
        label=_("How did you feel? (0 to 10)"), required=False, min_value=0, max_value=10
    )
    hours_slept = forms.FloatField(
        label=_("Hours you slept the night before"),
        required=False,
        widget=forms.NumberInput(attrs=SLEEP_ATTRIBUTES),
    )
    note = forms.CharField(
        label=_("Your note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": NOTE_LIMIT}),
    )

    @classmethod
    def of(cls, check_in: CheckIn) -> "CorrectCheckInForm":
        return cls(initial={name: getattr(check_in, name) for name in ("mood", "hours_slept", "note")})


class StaffNamesForm(ServiceForm):
    """How staff appear on the patients' page of who looked at their data."""

    are_shown = forms.ChoiceField(
        label=_("Patients read"),
        choices=[("names", _("the name and the role")), ("initials", _("the initials and the role"))],
        widget=forms.RadioSelect,
    )


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
