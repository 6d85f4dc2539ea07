"""The shape of what clinicians write at an alert."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.forms import ServiceForm
from clinics.models import Membership, Role
from scoring.models import Alert
from scoring.services.duties import SNOOZE_DAYS
from scoring.services.endings import NOTE_LIMIT, OF_ONES_OWN, Spoken

WORDS = forms.Textarea(attrs={"rows": 3, "maxlength": NOTE_LIMIT})
WAYS = (
    ("phone", _("by phone")),
    ("message", _("by message")),
    ("visit", _("at their home")),
    ("here", _("here in the clinic")),
    ("other", _("another way")),
)


class AlertForm(ServiceForm):
    """One act at one alert. Its fields have names of their own on a page that holds several forms."""

    def __init__(self, data: Any = None, *, alert: Alert, by: Membership, **kwargs: Any) -> None:
        self.alert, self.by = alert, by
        super().__init__(data, auto_id=f"{type(self).__name__.lower()}_%s", **kwargs)

    def body(self) -> dict[str, Any]:
        """The arguments of the service."""
        return dict(self.cleaned_data)

    def colleagues(self) -> dict[str, Membership]:
        """Clinicians of this clinic, by id."""
        rows = Membership.objects.filter(clinic_id=self.alert.clinic_id, role=Role.CLINICIAN, is_active=True)
        return {str(row.pk): row for row in rows.order_by("created_at")}


class CallForm(AlertForm):
    """An answer to the call that stands on the page: after a newer one the service refuses it."""

    called_seq = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["called_seq"].initial = self.alert.called_seq


class AttemptForm(CallForm):
    """An attempt to reach the patient, and whether it did."""

    was_reached = forms.TypedChoiceField(
        label=_("Was the patient reached?"),
        choices=[("yes", _("spoken to")), ("no", _("not reached"))],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
    )
    way = forms.ChoiceField(label=_("How"), choices=WAYS)
    whom = forms.CharField(label=_("Who was spoken to, or tried"), max_length=200, required=False)
    text = forms.CharField(label=_("What was said, or heard"), widget=WORDS, required=False)


class ResolveForm(CallForm):
    """How the alert ended. Of the last question of the PHQ-9: who spoke to whom, when, and what is next."""

    outcome = forms.ChoiceField(label=_("How did it end?"), widget=forms.RadioSelect)
    spoken_by = forms.ChoiceField(label=_("Who spoke"), required=False)
    spoken_with = forms.CharField(label=_("Who was spoken to"), max_length=200, required=False)
    spoken_at = forms.DateTimeField(
        label=_("When"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    note = forms.CharField(
        label=_("What was done, and what was agreed"),
        widget=WORDS,
        error_messages={"required": _("Please write what was done.")},
    )
    next_date = forms.DateField(
        label=_("Next date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    was_helpful = forms.TypedChoiceField(
        label=_("Was this alert helpful?"),
        choices=[("", _("no answer")), ("yes", _("yes")), ("no", _("no"))],
        coerce=lambda answer: answer == "yes",
        empty_value=None,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcome, spoken_by = self.fields["outcome"], self.fields["spoken_by"]
        assert isinstance(outcome, forms.ChoiceField)
        assert isinstance(spoken_by, forms.ChoiceField)
        asks_more = self.alert.rule == Alert.Rule.ITEM_9
        allowed = {Alert.Outcome.SPOKEN} if asks_more else OF_ONES_OWN - {Alert.Outcome.NOTED}
        outcome.choices = [(one.value, one.label) for one in Alert.Outcome if one in allowed]
        outcome.initial = Alert.Outcome.SPOKEN.value
        spoken_by.choices = [(pk, str(member.name)) for pk, member in self.colleagues().items()]
        spoken_by.initial = str(self.by.pk)
        self.fields["spoken_at"].initial = timezone.localtime().replace(second=0, microsecond=0)
        for name in ("spoken_by", "spoken_with", "spoken_at", "next_date") if asks_more else ():
            self.fields[name].required = True

    def body(self) -> dict[str, Any]:
        data = self.cleaned_data
        spoken = None
        if data["outcome"] == Alert.Outcome.SPOKEN and (data["spoken_with"] or self._asks_more):
            by = self.colleagues().get(data["spoken_by"], self.by)
            spoken = Spoken(by, data["spoken_with"], data["spoken_at"] or timezone.now())
        kept = ("outcome", "note", "next_date", "was_helpful", "called_seq")
        return {name: data[name] for name in kept} | {"spoken": spoken}

    @property
    def _asks_more(self) -> bool:
        return self.alert.rule == Alert.Rule.ITEM_9


class OfferForm(AlertForm):
    """Whom to ask to take over."""

    to = forms.ChoiceField(label=_("Colleague"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to = self.fields["to"]
        assert isinstance(to, forms.ChoiceField)
        others = {pk: row for pk, row in self.colleagues().items() if pk != str(self.by.pk)}
        to.choices = [(pk, str(row.name)) for pk, row in others.items()]

    def body(self) -> dict[str, Any]:
        return {"to": self.colleagues()[self.cleaned_data["to"]]}


class AnswerOfferForm(AlertForm):
    accepts = forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")], coerce=lambda word: word == "yes"
    )


class GiveBackForm(AlertForm):
    """Nothing to fill in."""


class SnoozeForm(CallForm):
    """For how long it can wait, and why. An intervention waits four hours, whatever is chosen."""

    days = forms.IntegerField(
        label=_("Working days"), min_value=1, max_value=SNOOZE_DAYS, initial=1, required=False
    )
    reason = forms.CharField(label=_("Why it can wait"), widget=WORDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.alert.severity == Alert.Severity.INTERVENTION:
            self.fields["days"].widget = forms.HiddenInput()

    def body(self) -> dict[str, Any]:
        return self.cleaned_data | {"days": self.cleaned_data["days"] or 1}


class UnreachedForm(CallForm):
    """The patient was not reached although the clinic's own steps were taken."""

    took_steps = forms.BooleanField(label=_("The clinic's own steps for this were taken"))
    note = forms.CharField(label=_("What was tried, and what is known"), widget=WORDS)
    next_date = forms.DateField(
        label=_("Next date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class ConfirmUnreachedForm(CallForm):
    note = forms.CharField(label=_("What you looked at, and that you agree"), widget=WORDS)


class HandOverForm(CallForm):
    """Who has accepted this duty, by name, when the patient goes elsewhere."""

    receiver = forms.CharField(label=_("Name and place of who has accepted it"), max_length=200)
