"""The doors that say who is there when, or let a clinic go live, as `test_stale_sessions.py` tries them."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

from django.utils import timezone

from clinics.cover import Lane, declaring, trials
from clinics.cover.declaring import Duties
from clinics.cover.hours import WeeklyTime
from clinics.going_live import steps
from clinics.models import ClinicSafety, Membership, ShadowLook, TrialAlert

COVER, LIVE = "clinics:cover", "clinics:going_live"


def doors(door: Any) -> list[Any]:
    hours = {"act": "hours", "hours-lanes": ["routine"], "hours-is_always": "on"}
    holiday = {"act": "holiday", "holiday-day": "2031-12-25"}
    duties = {"act": "duties", "duties-item_9_minutes": "45", "duties-call_minutes": "60"}
    return [
        door(COVER, "administrator", "cover.hours_set", hours),
        door(COVER, "administrator", "cover.holiday_added", holiday),
        door(COVER, "administrator", "cover.holiday_removed", _the_holiday, _have_holiday),
        door(COVER, "administrator", "cover.duties_set", duties),
        door(COVER, "administrator", "cover.night_set", {"act": "night", "night-has_night_cover": "on"}),
        door(COVER, "administrator", "cover.remark_set", {"act": "remark", "remark-text": "by phone"}),
        door(LIVE, "administrator", "going_live.statement_set", _text("statement")),
        door(LIVE, "administrator", "going_live.protocol_set", _text("protocol")),
        door(LIVE, "administrator", "going_live.contacts_checked", _text("crisis")),
        door(LIVE, "administrator", "going_live.went_live", _sure("live"), _be_ready),
        door(LIVE, "administrator", "going_live.returned_to_shadow", _sure("shadow")),
        door("clinics:shadow_week", "administrator", "going_live.week_looked_at", {}, _have_week),
    ]


def _text(act: str) -> dict[str, str]:
    return {"act": act, f"{act}-text": "Each working day."}


def _sure(act: str) -> dict[str, str]:
    return {"act": act, f"{act}-is_sure": "on"}


def _admin(house: Any) -> Membership:
    by = house.people["administrator"]
    assert isinstance(by, Membership)
    return by


def _have_holiday(house: Any) -> None:
    row = declaring.add_holiday(
        clinic=house.clinic, day=date(2031, 5, 1), name="", closes_urgent=True, by=_admin(house)
    )
    house.ids["holiday_id"] = row.pk


def _the_holiday(house: Any, browser: Any) -> dict[str, Any]:
    return {"act": "remove_holiday", "remove_holiday-holiday": str(house.ids["holiday_id"])}


def _past_monday(weeks: int) -> date:
    today = timezone.now().date()
    return today - timedelta(days=today.weekday() + 7 * weeks)


def _have_week(house: Any) -> dict[str, Any]:
    ClinicSafety.objects.update(shadow_since=timezone.now() - timedelta(days=90))
    return {"week": _past_monday(1).isoformat()}


def _be_ready(house: Any) -> None:
    make_ready(house.clinic, _admin(house), house.people["clinician"], house.ids["member_id"])
    ClinicSafety.objects.update(live_since=None)


def make_ready(clinic: Any, admin: Membership, lead: Membership, deputy_id: Any) -> None:
    """Everything on the checklist is done."""
    always = [WeeklyTime(day, time(0), time(0)) for day in range(7)]
    deputy = Membership.objects.get(pk=deputy_id)
    declaring.set_duties(clinic=clinic, duties=Duties(lead, deputy, True, 60, 60), by=admin)
    declaring.set_hours(clinic=clinic, lanes=list(Lane), weekly=always, by=admin)
    for member in (lead, deputy):
        trial = trials.send(member=member, channel=TrialAlert.Channel.SCREEN, by=admin)
        trials.confirm(trial=trial, by=member)
    write: Callable[..., None]
    for write in (steps.set_statement, steps.set_protocol, steps.set_crisis_contacts):
        write(clinic=clinic, text="Each working day.", by=admin)
    ClinicSafety.objects.update(shadow_since=timezone.now() - timedelta(days=90))
    for weeks in range(1, 5):
        ShadowLook.objects.create(clinic=clinic, week_start=_past_monday(weeks), looked_by=admin)
