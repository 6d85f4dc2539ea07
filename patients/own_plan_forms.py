"""The safety plan as its patient writes it: pairs of a heading and some words."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from clinics.forms import ServiceForm
from patients.services.own_plans import HEADING_LIMIT, MOST_PARTS, TEXT_LIMIT, PlanPart

SUGGESTED = (
    _("How I notice that it gets hard"),
    _("What I can do by myself"),
    _("People and places that do me good"),
    _("Whom I can ask for help"),
    _("How I make it safer around me"),
    _("What I want to live for"),
)
"""Only a start: each heading can be changed or left out."""


class OwnPlanForm(ServiceForm):
    """`count` pairs; an empty pair is left out, and the order of the pairs is that of the page."""

    def __init__(self, *args: Any, count: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.count = min(max(count, 1), MOST_PARTS)
        for number in range(1, self.count + 1):
            said = {"number": number}
            self.fields[f"heading_{number}"] = forms.CharField(
                label=_("Heading %(number)d") % said,
                required=False,
                max_length=HEADING_LIMIT,
                widget=forms.TextInput(attrs={"data-draft": ""}),
            )
            self.fields[f"text_{number}"] = forms.CharField(
                label=_("Your words under heading %(number)d") % said,
                required=False,
                max_length=TEXT_LIMIT,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for number in range(1, self.count + 1):
            heading, text = cleaned.get(f"heading_{number}"), cleaned.get(f"text_{number}")
            if text and not heading:
                self.add_error(f"heading_{number}", ValidationError(_("Please give these words a heading.")))
        return cleaned

    def parts(self) -> list[PlanPart]:
        """A heading under which nothing stands is left out: the suggested ones need not be deleted."""
        said = [
            PlanPart(self.cleaned_data[f"heading_{number}"], self.cleaned_data[f"text_{number}"])
            for number in range(1, self.count + 1)
        ]
        return [part for part in said if part.text]

    def pairs(self) -> list[tuple[BoundField, BoundField]]:
        return [(self[f"heading_{n}"], self[f"text_{n}"]) for n in range(1, self.count + 1)]


def initial_of(parts: list[PlanPart]) -> dict[str, str]:
    """The plan there is, or the suggested headings with nothing under them."""
    shown = parts or [PlanPart(str(heading), "") for heading in SUGGESTED]
    values = {}
    for number, part in enumerate(shown, start=1):
        values[f"heading_{number}"], values[f"text_{number}"] = part.heading, part.text
    return values
