"""The shape of what clinicians, administrators and patients send about scores and alerts."""

from collections.abc import Iterator
from typing import Any, Self

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from clinics.forms import ServiceForm
from inference.emotions import EMOTIONS
from scoring.models import PatientNote, ScoreProfile
from scoring.rules import MatrixFieldError
from scoring.services.profiles import LONGEST_WINDOW_DAYS, MOST_READINGS
from scoring.wording import EMOTION_NAMES

PLAIN_FIELDS = (
    "aggregation",
    "warning_line",
    "intervention_line",
    "window",
    "window_days",
    "window_floor",
    "week_floor",
    "month_floor",
    "quarter_floor",
    "evidence",
    "rearm_below",
    "second_day",
    "estimator",
)
SENTENCES: dict[str, str | Promise] = {
    "wrong_order": _("The intervention line must be above the warning line."),
    "all_products_zero": _("At least one emotion needs a score and a weight above 0."),
    "weight_is_zero": _("A weighted mean needs every weight above 0."),
}
"""By code, where the rule's own words would be too short beside a field."""


class AnswerForm(forms.Form):
    """A patient's answer to a kind note."""

    answer = forms.ChoiceField(choices=PatientNote.Answer.choices)


class MatrixForm(ServiceForm):
    """A clinic's matrix, lines and floors. Fields are named as the rules name what they refuse."""

    aggregation = forms.ChoiceField(
        label=_("How shares become a score"),
        choices=ScoreProfile.Aggregations,
        help_text=_(
            "The scaled sum runs from 0 to 9 and is linear. "
            "The weighted mean reacts strongly to rare heavy emotions."
        ),
    )
    warning_line = forms.FloatField(label=_("Warning line"))
    intervention_line = forms.FloatField(label=_("Intervention line"))
    window = forms.ChoiceField(label=_("Lines are judged on"), choices=ScoreProfile.Windows)
    window_days = forms.IntegerField(
        label=_("Days, when judged on the last days"),
        max_value=LONGEST_WINDOW_DAYS,
        help_text=_(
            "Where they hold too few check-ins, the newest ones of as many days again make up the number."
        ),
    )
    window_floor = forms.IntegerField(label=_("To judge a line"), max_value=MOST_READINGS)
    week_floor = forms.IntegerField(label=_("For the score of a week"), max_value=MOST_READINGS)
    month_floor = forms.IntegerField(label=_("For the score of a month"), max_value=MOST_READINGS)
    quarter_floor = forms.IntegerField(label=_("For the score of a quarter"), max_value=MOST_READINGS)
    evidence = forms.FloatField(
        label=_("Evidence"),
        help_text=_("How probable it must be that the score is over a line before one judgement crosses it."),
    )
    rearm_below = forms.FloatField(
        label=_("Quiet zone"),
        help_text=_("How far below a line the score must come before that line can be crossed again."),
    )
    second_day = forms.BooleanField(
        label=_("A second day counts too"),
        required=False,
        help_text=_(
            "The score over a line on two separate days crosses it even with less evidence. "
            "In our simulation this raised more false alerts and found nothing sooner."
        ),
    )
    estimator = forms.ChoiceField(
        label=_("How readings become shares"),
        choices=ScoreProfile.Estimators,
        help_text=_(
            "The estimate allows for the model's known mistakes. The plain mean does not: it pulls every "
            "score towards the middle, and its interval is too narrow."
        ),
    )

    base_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for emotion in EMOTIONS:
            name = {"emotion": EMOTION_NAMES[emotion]}
            self.fields[f"score_{emotion}"] = forms.FloatField(label=_("Score of %(emotion)s") % name)
            self.fields[f"weight_{emotion}"] = forms.FloatField(label=_("Weight of %(emotion)s") % name)
        for field in self.fields.values():
            if isinstance(field, forms.FloatField):
                field.widget.attrs["step"] = "any"

    @classmethod
    def of(cls, profile: ScoreProfile) -> Self:
        """The form as it stands before anybody types: the version in force."""
        pairs = zip(EMOTIONS, profile.scores, profile.weights, strict=True)
        values = {name: getattr(profile, name) for name in PLAIN_FIELDS} | {"base_version": profile.version}
        for emotion, score, weight in pairs:
            values |= {f"score_{emotion}": score, f"weight_{emotion}": weight}
        return cls(initial=values)

    def draft(self) -> ScoreProfile:
        """What was typed, unsaved and not yet checked for its meaning."""
        data = self.cleaned_data
        return ScoreProfile(
            scores=[data[f"score_{emotion}"] for emotion in EMOTIONS],
            weights=[data[f"weight_{emotion}"] for emotion in EMOTIONS],
            **{name: data[name] for name in PLAIN_FIELDS},
        )

    def rebase(self, version: int) -> None:
        """What was typed, now as an edit of this version: whoever saves again has read that there is one."""
        self.data = {name: self.data[name] for name in self.data} | {"base_version": version}

    def refuse_each(self, errors: tuple[MatrixFieldError, ...]) -> None:
        """Every broken rule beside its field, or above the form where it concerns several."""
        for error in errors:
            sentence = SENTENCES.get(error.code) or f"{capfirst(error.message)}."
            field = error.field if error.field in self.fields else None
            self.add_error(field, forms.ValidationError(str(sentence), code=error.code))

    def emotion_rows(self) -> Iterator[tuple[str | Promise, BoundField, BoundField]]:
        """One row of the matrix: the emotion's name, its score and its weight."""
        for emotion in EMOTIONS:
            yield EMOTION_NAMES[emotion], self[f"score_{emotion}"], self[f"weight_{emotion}"]
