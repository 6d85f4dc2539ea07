"""The rota of a week: shifts, leave, test alerts."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinics import access, acting, cover
from clinics.acting import Act, Data, Outcome
from clinics.cover import Lane, Span, hours, rota, rota_forms, trials
from clinics.cover.snapshot import days_as_span
from clinics.models import Clinic, Leave, Membership, Permission, Shift, TrialAlert
from clinics.requests import ClinicRequest

SAVED = gettext_lazy("Saved.")
DAYS = 7
ONE_DAY = timedelta(days=1)


@dataclass
class Day:
    """One day of the week as the page shows it."""

    day: date
    is_today: bool
    is_holiday: bool
    shifts: list[Shift] = field(default_factory=list)
    unstaffed: list[Span] = field(default_factory=list)


def _add_shift(clinic: Clinic, by: Membership, data: Data) -> "str | Promise":
    last = data["day"] if data["ends"] > data["starts"] else data["day"] + ONE_DAY
    rota.add_shift(
        member=data["member"],
        kind=data["kind"],
        starts_at=hours.moment(clinic.zone, data["day"], data["starts"]),
        ends_at=hours.moment(clinic.zone, last, data["ends"], fold=1),
        by=by,
    )
    return SAVED


def _remove_shift(clinic: Clinic, by: Membership, data: Data) -> "str | Promise":
    rota.remove_shift(shift=data["shift"], by=by)
    return _("The shift is gone.")


def _copy(clinic: Clinic, by: Membership, data: Data) -> "str | Promise":
    added = rota.copy_week(clinic=clinic, monday=data["week"], weeks=data["weeks"], by=by)
    said = ngettext("%(count)d shift was added.", "%(count)d shifts were added.", added)
    return said % {"count": added}


def _add_leave(clinic: Clinic, by: Membership, data: Data) -> "str | Promise":
    rota.add_leave(member=data["member"], first_day=data["first_day"], last_day=data["last_day"], by=by)
    return SAVED


def _remove_leave(clinic: Clinic, by: Membership, data: Data) -> "str | Promise":
    rota.remove_leave(leave=data["leave"], by=by)
    return _("The leave is gone.")


def _keep(clinic: Clinic, by: Membership, data: Data) -> "str | Promise":
    rota.keep(clinic=clinic, is_kept=data["is_kept"], by=by)
    return SAVED


def _try(clinic: Clinic, by: Membership, data: Data) -> "str | Promise":
    trials.send(member=data["member"], channel=data["channel"], by=by)
    return _("The test alert is on its way. It counts once it is confirmed, within a day.")


ACTS = {
    "shift": Act(rota_forms.ShiftForm, _add_shift),
    "remove_shift": Act(rota_forms.RemoveShiftForm, _remove_shift),
    "copy": Act(rota_forms.CopyWeekForm, _copy),
    "leave": Act(rota_forms.LeaveForm, _add_leave),
    "remove_leave": Act(rota_forms.RemoveLeaveForm, _remove_leave),
    "keep": Act(rota_forms.KeepRotaForm, _keep),
    "trial": Act(rota_forms.TrialForm, _try),
}


@never_cache
@require_http_methods(["GET", "POST"])
def rota_page(request: ClinicRequest, clinic: str) -> HttpResponse:
    """One week, chosen by any of its days."""
    by = access.get_member_who_may(request.membership, Permission.KEEP_ROTA)
    monday = _monday(request)
    if request.method == "GET":
        return _page(request, by, monday)
    outcome = acting.perform(request, ACTS, request.clinic, by)
    if outcome.refused is not None:
        return _page(request, by, monday, outcome)
    return redirect(f"{reverse('clinics:rota', args=[clinic])}?week={monday.isoformat()}")


def _monday(request: ClinicRequest) -> date:
    today = timezone.localdate()
    try:
        day = date.fromisoformat(request.GET.get("week", ""))
    except ValueError:
        day = today
    if abs(day - today) > timedelta(days=3650):
        day = today
    return day - timedelta(days=day.weekday())


def _page(
    request: ClinicRequest, by: Membership, monday: date, outcome: Outcome | None = None
) -> HttpResponse:
    clinic, now = request.clinic, timezone.now()
    shown = {name: acting.form_of(ACTS, name, clinic) for name in ACTS}
    safety = cover.safety_of(clinic)
    shown["keep"].initial = {"is_kept": safety.keeps_rota}
    shown["copy"].initial = {"week": monday, "weeks": 1}
    shown["shift"].initial = {"day": max(monday, timezone.localdate())}
    refused = outcome.refused if outcome else None
    if outcome and refused is not None:
        shown[outcome.name] = refused
    context = {
        "forms": shown,
        "refused": refused,
        "days": _days(clinic, monday),
        "monday": monday,
        "sunday": monday + timedelta(days=DAYS - 1),
        "before": monday - timedelta(days=DAYS),
        "after": monday + timedelta(days=DAYS),
        "leaves": Leave.objects.filter(clinic=clinic, last_day__gte=timezone.localdate())
        .select_related("membership")
        .order_by("first_day"),
        "trials": TrialAlert.objects.filter(clinic=clinic, sent_at__gt=now - timedelta(days=14))
        .select_related("membership")
        .order_by("-sent_at"),
        "safety": safety,
        "steps": cover.chain(clinic, Lane.ITEM_9, now),
        "is_open": cover.is_open(clinic, Lane.ITEM_9, now),
        "is_empty": cover.rota_is_empty(clinic, Lane.ITEM_9, now),
        "section": "rota" if by.treats_patients else "cover",
    }
    return render(request, "clinics/rota.html", context, status=400 if refused else 200)


def _days(clinic: Clinic, monday: date) -> list[Day]:
    span = days_as_span(clinic.zone, monday, monday + timedelta(days=DAYS - 1))
    found = cover.read(clinic, span.start)
    gaps = found.unstaffed(Lane.ITEM_9, span) if found.safety.keeps_rota else []
    unstaffed = [part for part in gaps if part.end > timezone.now()]  # of what is over nobody needs a warning
    rows = Shift.objects.filter(clinic=clinic, starts_at__gte=span.start, starts_at__lt=span.end)
    shifts = list(rows.select_related("membership").order_by("starts_at"))
    today = timezone.localdate()
    return [
        Day(
            day=day,
            is_today=day == today,
            is_holiday=day in found.holidays,
            shifts=[row for row in shifts if _day_of(row.starts_at, clinic) == day],
            unstaffed=[part for part in unstaffed if _day_of(part.start, clinic) == day],
        )
        for day in (monday + timedelta(days=number) for number in range(DAYS))
    ]


def _day_of(at: datetime, clinic: Clinic) -> date:
    return at.astimezone(clinic.zone).date()
