"""An administrator says who is in which care team, and whether teams are as far as their members see."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinics import access as clinic_access
from clinics import sudo
from clinics.errors import DomainError
from clinics.forms import ServiceForm
from clinics.models import Clinic, ClinicSettings, Membership, Permission
from patients import access, care_teams
from patients.requests import PatientRequest
from patients.team_forms import (
    PlacePatientForm,
    RenameTeamForm,
    ScopeForm,
    TeamForm,
    TeamMemberForm,
    TeamNameForm,
)

Data = dict[str, Any]
Said = str | Promise
SAVED = gettext_lazy("Saved, and in force from now on.")


def _set_scope(clinic: Clinic, by: Membership, data: Data) -> Said:
    care_teams.set_scope(clinic=clinic, scope=data["record_scope"], by=by)
    return SAVED


def _make(clinic: Clinic, by: Membership, data: Data) -> Said:
    care_teams.make_team(clinic=clinic, name=data["name"], by=by)
    return _("The team is there. Now add who is in it.")


def _rename(clinic: Clinic, by: Membership, data: Data) -> Said:
    care_teams.rename_team(team=data["team"], name=data["name"], by=by)
    return SAVED


def _join(clinic: Clinic, by: Membership, data: Data) -> Said:
    care_teams.add_member(team=data["team"], member=data["member"], by=by)
    return SAVED


def _leave(clinic: Clinic, by: Membership, data: Data) -> Said:
    care_teams.remove_member(team=data["team"], member=data["member"], by=by)
    return SAVED


def _place(clinic: Clinic, by: Membership, data: Data) -> Said:
    patient = access.get_patient_to_place(by, data["record_number"])
    if patient is None:
        raise DomainError("no_such_record", _("There is no such record."), field="record_number")
    care_teams.move_patient(patient=patient, team=data["team"], by=by)
    return _("Record #%(number)d is in this team from now on.") % {"number": patient.record_number}


def _place_teamless(clinic: Clinic, by: Membership, data: Data) -> Said:
    count = care_teams.move_teamless(clinic=clinic, team=data["team"], by=by)
    said = ngettext("%(count)d patient was moved.", "%(count)d patients were moved.", count)
    return said % {"count": count}


ACTS: dict[str, tuple[type[ServiceForm], Callable[[Clinic, Membership, Data], Said]]] = {
    "scope": (ScopeForm, _set_scope),
    "make": (TeamNameForm, _make),
    "rename": (RenameTeamForm, _rename),
    "join": (TeamMemberForm, _join),
    "leave": (TeamMemberForm, _leave),
    "place": (PlacePatientForm, _place),
    "teamless": (TeamForm, _place_teamless),
}


@never_cache
@require_http_methods(["GET", "POST"])
@sudo.required_to_post
def teams(request: PatientRequest, clinic: str) -> HttpResponse:
    """One page, one act at a time."""
    by = clinic_access.get_member_who_may(request.membership, Permission.MANAGE_MEMBERS)
    if request.method == "GET":
        return _page(request)
    act = request.POST.get("act", "")
    if act not in ACTS:
        return HttpResponseBadRequest(_("This is nothing that can be done here."))
    form, run = _form(request, act, is_bound=True), ACTS[act][1]
    if not form.is_valid():
        return _page(request, act, form)
    try:
        said = run(request.clinic, by, form.cleaned_data)
    except DomainError as refusal:
        form.refuse(refusal)
        return _page(request, act, form)
    messages.success(request, str(said))
    return redirect("patients:teams", clinic)


def _form(request: PatientRequest, act: str, *, is_bound: bool = False) -> ServiceForm:
    form = ACTS[act][0](request.POST if is_bound else None, prefix=act)
    if isinstance(form, TeamForm):
        form.offer(request.clinic)
    return form


def _page(request: PatientRequest, act: str = "", refused: ServiceForm | None = None) -> HttpResponse:
    """What was refused is said on top: many teams share the fields of one form."""
    own = ClinicSettings.objects.get(clinic=request.clinic)
    shown = {name: _form(request, name) for name in ACTS}
    shown["scope"].initial = {"record_scope": own.record_scope}
    if refused is not None and act in {"scope", "make", "place", "teamless"}:
        shown[act] = refused
    context = {
        "forms": shown,
        "refused": refused,
        "teams": care_teams.teams_of(request.clinic),
        "teamless": care_teams.teamless(request.clinic),
        "is_divided": own.record_scope == ClinicSettings.Scope.CARE_TEAM,
        "section": "teams",
    }
    return render(request, "patients/teams.html", context, status=400 if refused else 200)
