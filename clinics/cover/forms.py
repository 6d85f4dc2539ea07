"""The forms of what a clinic declares: hours, holidays, who leads and how fast."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from clinics.acting import ClinicForm
from clinics.cover.hours import WeeklyTime
from clinics.cover.rota_forms import CLOCK, DAY, MemberChoice, clinicians
from clinics.models import Clinic, Holiday, Lane, Membership
from clinics.models.safety import LEAST_AT_A_DESK, MOST_MINUTES

PARTS = 2
"""A day may be open twice, with a break between."""


@dataclass(frozen=True)
class DayFields:
    name: str
    parts: list[tuple[BoundField, BoundField]]


class HoursForm(ClinicForm):
    """A week, and the lanes it is for."""

    lanes = forms.MultipleChoiceField(
        label=_("For these lanes"), choices=Lane.choices, widget=forms.CheckboxSelectMultiple
    )
    is_always = forms.BooleanField(
        label=_("Day and night"), required=False, help_text=_("Then the times below do not count.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day, part in ((day, part) for day in range(7) for part in range(PARTS)):
            of_day = {"day": WEEKDAYS[day]}
            opens = _("%(day)s again from") if part else _("%(day)s from")
            closes = _("%(day)s again to") if part else _("%(day)s to")
            self.fields[f"opens_{day}_{part}"] = _clock(opens % of_day)
            self.fields[f"closes_{day}_{part}"] = _clock(closes % of_day)

    def days(self) -> Iterator[DayFields]:
        for day in range(7):
            parts = [(self[f"opens_{day}_{part}"], self[f"closes_{day}_{part}"]) for part in range(PARTS)]
            yield DayFields(str(WEEKDAYS[day]), parts)

    def fill(self, lane: str, weekly: tuple[WeeklyTime, ...]) -> None:
        """What a lane has already."""
        self.initial = {"lanes": [lane], "is_always": len(weekly) == 7 and all(map(_is_whole, weekly))}
        if self.initial["is_always"]:
            return
        parts: dict[int, int] = {}
        for row in weekly:
            part = parts.setdefault(row.weekday, 0)
            self.initial |= {
                f"opens_{row.weekday}_{part}": row.opens,
                f"closes_{row.weekday}_{part}": row.closes,
            }
            parts[row.weekday] += 1

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["weekly"] = list(_always()) if data.get("is_always") else list(self._typed(data))
        return data

    def _typed(self, data: dict[str, Any]) -> Iterator[WeeklyTime]:
        for day, part in ((day, part) for day in range(7) for part in range(PARTS)):
            opens, closes = data.get(f"opens_{day}_{part}"), data.get(f"closes_{day}_{part}")
            if opens is not None and closes is not None:
                yield WeeklyTime(day, opens, closes)
            elif opens is not None or closes is not None:
                missing = "closes" if closes is None else "opens"
                self.add_error(f"{missing}_{day}_{part}", _("Please give both times, or neither."))


def _clock(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, required=False, widget=CLOCK)


def _always() -> Iterator[WeeklyTime]:
    return (WeeklyTime(day, time(0), time(0)) for day in range(7))


def _is_whole(row: WeeklyTime) -> bool:
    return row.opens == row.closes == time(0)


class HolidayForm(ClinicForm):
    day = forms.DateField(label=_("Day"), widget=DAY)
    name = forms.CharField(label=_("Which holiday"), required=False, max_length=100)
    closes_urgent = forms.BooleanField(
        label=_("Nobody watches the urgent lanes either"), required=False, initial=True
    )


class RemoveHolidayForm(ClinicForm):
    holiday: "forms.ModelChoiceField[Holiday]" = forms.ModelChoiceField(queryset=Holiday.objects.none())

    def offer(self, clinic: Clinic) -> None:
        field = self.fields["holiday"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Holiday.objects.filter(clinic=clinic)


def _minutes(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=LEAST_AT_A_DESK, max_value=MOST_MINUTES)


class DutiesForm(ClinicForm):
    lead = MemberChoice(label=_("Clinical lead"), queryset=Membership.objects.none(), required=False)
    deputy = MemberChoice(label=_("Deputy of the lead"), queryset=Membership.objects.none(), required=False)
    has_duty_desk = forms.BooleanField(
        label=_("There is a duty desk"),
        required=False,
        help_text=_(
            "Somebody who does nothing else in cover hours. Without one, at least 30 minutes: "
            "what cannot be done is muted."
        ),
    )
    item_9_minutes = _minutes(_("Minutes until an answer to the last question of the PHQ-9 is taken"))
    call_minutes = _minutes(_("Minutes until a wish for a call is taken"))

    def offer(self, clinic: Clinic) -> None:
        for name in ("lead", "deputy"):
            field = self.fields[name]
            assert isinstance(field, MemberChoice)
            field.queryset = clinicians(clinic)


class NightForm(ClinicForm):
    has_night_cover = forms.BooleanField(
        label=_("At night somebody on the rota is rung by phone"), required=False
    )


class RemarkForm(ClinicForm):
    text = forms.CharField(label=_("Remark beside the hours"), required=False, max_length=200)
