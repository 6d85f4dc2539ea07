"""The shape of what an administrator chooses of a rule, and of what is said about a face."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinics.forms import ServiceForm
from scoring import rule_wording
from scoring.alert_rules import Choice, Number, Parameter, Rule, RuleSettings
from scoring.models import Alert, FaceSilence
from scoring.services.faces import WORDS_LIMIT
from scoring.services.rule_settings import MOST_ALERTS, TEXT_LIMIT, RuleDraft, RuleRefused
from scoring.wording import EMOTION_NAMES

SENTENCES: dict[str, str | Promise] = {
    "not_a_number": _("Please give a number."),
    "out_of_range": _("This lies outside what the rule can do."),
    "not_whole": _("Please give a whole number."),
    "unknown_choice": _("Please choose one of these."),
    "unknown_severity": _("Please choose one of these."),
    "never_off": _("This rule is never off."),
    "text_too_long": _("Please keep this under 500 characters."),
}


class RuleForm(ServiceForm):
    """One rule: on or off, how severe, its numbers, the clinic's words. Fields as the draft names them."""

    def __init__(self, *args: Any, rule: Rule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        if rule.may_be_off:
            self.fields["is_on"] = forms.BooleanField(label=_("This rule is on"), required=False)
        if rule.severities:
            self.fields["severity"] = forms.ChoiceField(
                label=_("How severe"),
                choices=[(name, Alert.Severity(name).label) for name in rule.severities],
                help_text=_("Interventions stand before warnings, warnings before notices."),
            )
        for parameter in rule.parameters:
            self.fields[parameter.name] = _field_of(rule, parameter)
        self.fields["text"] = forms.CharField(
            label=_("What to do, in your clinic's words"),
            help_text=_("Stands with each alert of this rule. Name no patient here."),
            required=False,
            widget=forms.Textarea(attrs={"rows": 2, "maxlength": TEXT_LIMIT}),
        )
        self.fields["base_version"] = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, rule: Rule, settings: RuleSettings, *, text: str, version: int) -> "RuleForm":
        """As it stands before anybody types: what is in force."""
        values = {"is_on": settings.is_on, "severity": settings.severity, "text": text}
        return cls(rule=rule, initial={**values, **settings.values, "base_version": version})

    def draft(self) -> RuleDraft:
        data = self.cleaned_data
        return RuleDraft(
            rule=self.rule.code,
            is_on=data.get("is_on", True),
            severity=data.get("severity", self.rule.severity),
            values={one.name: data[one.name] for one in self.rule.parameters},
            text=data["text"],
        )

    def refuse_each(self, refusal: RuleRefused) -> None:
        for name, code in refusal.errors.items():
            field = name if name in self.fields else None
            message = str(SENTENCES.get(code, refusal.message))
            self.add_error(field, forms.ValidationError(message, code=code))

    def rebase(self, version: int) -> None:
        """What was typed, now as an edit of this version: whoever saves again has read that there is one."""
        self.data = {name: self.data[name] for name in self.data} | {"base_version": version}


def _field_of(rule: Rule, parameter: Parameter) -> forms.Field:
    label: Any = rule_wording.PARAMETERS[f"{rule.code}.{parameter.name}"]
    if isinstance(parameter, Choice):
        options = [(name, EMOTION_NAMES[name]) for name in parameter.options]
        return forms.ChoiceField(label=label, choices=options)
    return _number_field(label, parameter)


def _number_field(label: Any, parameter: Number) -> forms.Field:
    said = _("From %(low)g to %(high)g.") % {"low": parameter.low, "high": parameter.high}
    if parameter.is_whole:
        low, high = int(parameter.low), int(parameter.high)
        return forms.IntegerField(label=label, min_value=low, max_value=high, help_text=said)
    field = forms.FloatField(label=label, min_value=parameter.low, max_value=parameter.high, help_text=said)
    field.widget.attrs["step"] = "0.5"
    return field


class BudgetForm(ServiceForm):
    """How many alerts a clinician can look into on one day."""

    per_day = forms.IntegerField(
        label=_("Alerts that one clinician can look into on one working day"),
        help_text=_("Over it this page warns. No alert is ever held back."),
        min_value=1,
        max_value=MOST_ALERTS,
    )


class SilenceForm(ServiceForm):
    """Why a face says nothing of the mood."""

    reason = forms.ChoiceField(label=_("Why"), choices=FaceSilence.Reason.choices)
    words = forms.CharField(
        label=_("Note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": WORDS_LIMIT}),
    )
