"""A patient's standing: who decides, by whose will they are here, and whether the clinic follows them."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from clinics import sudo
from clinics.errors import DomainError
from clinics.forms import ServiceForm
from clinics.models import Membership
from patients import access, care_teams, forms, queries, services
from patients.models import Patient
from patients.requests import PatientRequest
from patients.team_forms import TeamForm

Data = dict[str, Any]


def _add_guardian(patient: Patient, by: Membership, data: Data) -> None:
    services.add_guardian(patient=patient, by=by, **data)


def _end_guardian(patient: Patient, by: Membership, data: Data) -> None:
    services.end_guardian(guardian=access.get_guardian(patient, data["guardian"]), by=by)


def _record_decision(patient: Patient, by: Membership, data: Data) -> None:
    services.record_guardian_decision(
        guardian=access.get_guardian(patient, data["guardian"]),
        purpose=data["purpose"],
        is_granted=data["decision"] == "grant",
        by=by,
    )


def _set_legal_status(patient: Patient, by: Membership, data: Data) -> None:
    services.set_legal_status(patient=patient, by=by, **data)


def _set_decider(patient: Patient, by: Membership, data: Data) -> None:
    services.set_decider(patient=patient, by=by, **data)


def _discharge(patient: Patient, by: Membership, data: Data) -> None:
    services.discharge_patient(patient=patient, by=by)


def _transfer(patient: Patient, by: Membership, data: Data) -> None:
    services.transfer_patient(patient=patient, has_agreed=data["has_agreed"], by=by)


def _record_death(patient: Patient, by: Membership, data: Data) -> None:
    services.record_death(patient=patient, by=by)


def _readmit(patient: Patient, by: Membership, data: Data) -> None:
    services.readmit_patient(patient=patient, by=by)


def _merge(patient: Patient, by: Membership, data: Data) -> None:
    double = access.get_double(by, data["double"])
    if double is None:
        raise DomainError("no_such_record", _("There is no such record."), field="double")
    services.merge_patients(keep=patient, double=double, by=by)


def _move(patient: Patient, by: Membership, data: Data) -> None:
    care_teams.move_patient(patient=patient, team=data["team"], by=by)


ACTS: dict[str, tuple[type[ServiceForm], Callable[[Patient, Membership, Data], None]]] = {
    "legal_status": (forms.LegalStatusForm, _set_legal_status),
    "decider": (forms.DeciderForm, _set_decider),
    "guardian": (forms.GuardianForm, _add_guardian),
    "guardian_end": (forms.GuardianChoiceForm, _end_guardian),
    "guardian_decision": (forms.GuardianDecisionForm, _record_decision),
    "discharge": (forms.ConfirmForm, _discharge),
    "transfer": (forms.TransferForm, _transfer),
    "death": (forms.ConfirmForm, _record_death),
    "readmit": (forms.ConfirmForm, _readmit),
    "merge": (forms.MergeForm, _merge),
    "care_team": (TeamForm, _move),
}

ASKED_AGAIN = {"transfer", "merge", "care_team"}
"""Acts that cannot be taken back with one more, or say who sees the record: not in a session left open."""


@never_cache
@require_http_methods(["GET", "POST"])
def standing(request: PatientRequest, clinic: str, patient_id: uuid.UUID) -> HttpResponse:
    """One page, one act at a time."""
    patient = access.get_patient_to_manage(request.membership, patient_id)
    assert request.membership is not None  # the gate's promise
    if request.method == "GET":
        return _page(request, patient)
    act = request.POST.get("act", "")
    if act not in ACTS:
        return HttpResponseBadRequest(_("This is nothing that can be done here."))
    if act in ASKED_AGAIN and not sudo.is_fresh(request):
        return sudo.ask(request, request.path)
    form, run = _form(patient, act, request.POST), ACTS[act][1]
    if not form.is_valid():
        return _page(request, patient, {act: form}, status=400)
    try:
        run(patient, request.membership, form.cleaned_data)
    except DomainError as refusal:
        form.refuse(refusal)
        return _page(request, patient, {act: form}, status=400)
    messages.success(request, _("Recorded, and in force from now on."))
    if not access.follows(request.membership, patient):  # moved to a team they are not in
        return redirect("scoring:triage", clinic)
    return redirect("patients:standing", clinic, patient.pk)


@never_cache
@require_safe
def closed_records(request: PatientRequest, clinic: str) -> HttpResponse:
    """Kept, but not followed."""
    visible = access.visible_patients(request.membership, through_glass=False)
    patients = queries.closed_patients(visible)
    assert request.membership is not None  # the gate's promise
    access.record_list(request.membership, patients, page="closed_records")
    return render(request, "patients/closed_records.html", {"patients": patients, "section": "triage"})


def _page(
    request: PatientRequest,
    patient: Patient,
    bound: dict[str, ServiceForm] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    shown = {act: _form(patient, act) for act in ACTS}
    context = {
        "patient": patient,
        "forms": {**shown, **(bound or {})},
        "guardians": queries.guardians(patient),
        "has_teams": care_teams.are_there(patient.clinic),
        "needs_guardian": services.needs_guardian(patient),
        "consents": queries.consent_choices(patient),
        "section": "triage",
    }
    return render(request, "patients/standing.html", context, status=status)


def _form(patient: Patient, act: str, body: QueryDict | None = None) -> ServiceForm:
    form = ACTS[act][0](body, prefix=act, initial=_initial(patient))
    if isinstance(form, TeamForm):
        form.offer(patient.clinic)
    return form


def _initial(patient: Patient) -> Data:
    return {
        "legal_status": patient.legal_status,
        "decider": patient.decider,
        "team": patient.care_team_id,
    }
