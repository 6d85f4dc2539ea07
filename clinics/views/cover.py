"""What an administrator declares: hours of each lane, holidays, lead and deputy, minutes, night cover."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinics import access, acting, cover, sudo
from clinics.acting import Act, Data, Outcome
from clinics.cover import Lane, declaring, forms, wording
from clinics.cover.declaring import Duties
from clinics.models import Clinic, ClinicSettings, Holiday, Membership, Permission
from clinics.requests import ClinicRequest

SAVED = gettext_lazy("Saved, and in force from now on.")


def _set_hours(clinic: Clinic, by: Membership, data: Data) -> "str | Promise":
    lanes = [Lane(lane) for lane in data["lanes"]]
    declaring.set_hours(clinic=clinic, lanes=lanes, weekly=data["weekly"], by=by)
    return SAVED


def _add_holiday(clinic: Clinic, by: Membership, data: Data) -> "str | Promise":
    declaring.add_holiday(clinic=clinic, **data, by=by)
    return SAVED


def _remove_holiday(clinic: Clinic, by: Membership, data: Data) -> "str | Promise":
    declaring.remove_holiday(holiday=data["holiday"], by=by)
    return SAVED


def _set_duties(clinic: Clinic, by: Membership, data: Data) -> "str | Promise":
    declaring.set_duties(clinic=clinic, duties=Duties(**data), by=by)
    return SAVED


def _set_night(clinic: Clinic, by: Membership, data: Data) -> "str | Promise":
    declaring.set_night_cover(clinic=clinic, is_declared=data["has_night_cover"], by=by)
    return SAVED


def _set_remark(clinic: Clinic, by: Membership, data: Data) -> "str | Promise":
    declaring.set_remark(clinic=clinic, text=data["text"], by=by)
    return SAVED


ACTS = {
    "hours": Act(forms.HoursForm, _set_hours),
    "holiday": Act(forms.HolidayForm, _add_holiday),
    "remove_holiday": Act(forms.RemoveHolidayForm, _remove_holiday),
    "duties": Act(forms.DutiesForm, _set_duties),
    "night": Act(forms.NightForm, _set_night),
    "remark": Act(forms.RemarkForm, _set_remark),
}


@never_cache
@require_http_methods(["GET", "POST"])
@sudo.required_to_post
def cover_page(request: ClinicRequest, clinic: str) -> HttpResponse:
    by = access.get_member_who_may(request.membership, Permission.CHANGE_SETTINGS)
    if request.method == "GET":
        return _page(request)
    outcome = acting.perform(request, ACTS, request.clinic, by)
    if outcome.refused is not None:
        return _page(request, outcome)
    return redirect(f"{reverse('clinics:cover', args=[clinic])}?lane={_lane(request)}")


def _lane(request: ClinicRequest) -> Lane:
    """Whose hours stand in the form."""
    asked = request.GET.get("lane", "")
    return Lane(asked) if asked in Lane.values else Lane.ITEM_9


def _page(request: ClinicRequest, outcome: Outcome | None = None) -> HttpResponse:
    clinic, lane = request.clinic, _lane(request)
    shown = {name: acting.form_of(ACTS, name, clinic) for name in ACTS}
    found = cover.read(clinic, timezone.now())
    safety = found.safety
    week = shown["hours"]
    assert isinstance(week, forms.HoursForm)
    week.fill(lane, found.weekly.get(lane, ()))
    fields = ("lead", "deputy", "has_duty_desk", "item_9_minutes", "call_minutes")
    shown["duties"].initial = {name: getattr(safety, name) for name in fields}
    shown["night"].initial = {"has_night_cover": safety.has_night_cover}
    shown["remark"].initial = {"text": ClinicSettings.objects.get(clinic=clinic).cover_hours}
    refused = outcome.refused if outcome else None
    if outcome and refused is not None:
        shown[outcome.name] = refused
    context = {
        "forms": shown,
        "refused": refused,
        "lane": lane,
        "lanes": [(one, wording.of(found.weekly.get(one, ()))) for one in Lane],
        "holidays": Holiday.objects.filter(clinic=clinic, day__gte=timezone.localdate()).order_by("day"),
        "safety": safety,
        "section": "cover",
    }
    return render(request, "clinics/cover.html", context, status=400 if refused else 200)
