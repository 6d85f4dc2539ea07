"""The clinic's privacy desk: what patients asked for, what is due, and the answer."""

import uuid
from datetime import datetime, time

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinics import sudo
from clinics.errors import DomainError
from clinics.models import Membership
from patients import access, queries, services
from patients.desk_forms import ExtendRequestForm, RecordErasureForm
from patients.forms import CloseRequestForm, ReceivedRequestForm, RecordForm
from patients.models import Patient, RightsRequest
from patients.requests import PatientRequest
from patients.views.downloads import hand_over


@never_cache
@require_http_methods(["GET", "POST"])
def desk(request: PatientRequest, clinic: str) -> HttpResponse:
    """The list, and the form for what came by letter or by phone."""
    member = access.get_privacy_desk(request.membership)
    form = ReceivedRequestForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and (opened := _open(request, member, form)):
        messages.success(request, _("The clock runs from the day it was received."))
        return redirect("patients:desk_request", clinic, opened.pk)
    rows = queries.desk_requests(request.clinic.pk)
    access.record_requests(member, rows)
    status = 400 if form.is_bound else 200
    context = {"requests": rows, "form": form, "section": "requests"}
    return render(request, "patients/desk.html", context, status=status)


@never_cache
@require_safe
def desk_request(request: PatientRequest, clinic: str, request_id: uuid.UUID) -> HttpResponse:
    member = access.get_privacy_desk(request.membership)
    return page(request, access.get_request(member, request_id))


@never_cache
@require_POST
def export_requested(request: PatientRequest, clinic: str, request_id: uuid.UUID) -> HttpResponse:
    """For a patient without an account: the file that the clinic hands over."""
    member = access.get_privacy_desk(request.membership)
    found = access.get_request(member, request_id)
    if found.kind != RightsRequest.Kind.EXPORT or found.state != RightsRequest.State.OPEN:
        messages.error(request, _("Only an open request for a copy lets the clinic download one."))
        return page(request, found, status=400)
    if found.patient.user_id is not None and found.recorded_by != found.patient.actor_label:
        messages.error(
            request, _("This patient has an account: only they can ask for their copy, from there.")
        )
        return page(request, found, status=400)
    if not sudo.is_fresh(request):
        return sudo.ask(request, reverse("patients:desk_request", args=[clinic, request_id]))
    try:
        export = services.export_patient(patient=found.patient, by=member, purpose="rights_request")
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
        return page(request, found, status=400)
    return hand_over(export)


@require_POST
def correct_requested(request: PatientRequest, clinic: str, request_id: uuid.UUID) -> HttpResponse:
    member = access.get_privacy_desk(request.membership)
    found = access.get_request(member, request_id)
    form = RecordForm(request.POST)
    if found.kind != RightsRequest.Kind.CORRECT or found.state != RightsRequest.State.OPEN:
        messages.error(request, _("Only an open request for a correction lets the desk change a record."))
        return page(request, found, status=400)
    if not form.is_valid():
        return page(request, found, record_form=form, status=400)
    if not sudo.is_fresh(request):
        return sudo.ask(request, reverse("patients:desk_request", args=[clinic, request_id]))
    services.correct_record(patient=found.patient, changes=form.changes(), by=member)
    messages.success(request, _("The record is corrected; what stood there before is kept. Now answer."))
    return redirect("patients:desk_request", clinic, request_id)


@require_POST
def restrict_requested(request: PatientRequest, clinic: str, request_id: uuid.UUID) -> HttpResponse:
    member = access.get_privacy_desk(request.membership)
    found = access.get_request(member, request_id)
    asks_to_stop = found.kind in {RightsRequest.Kind.RESTRICT, RightsRequest.Kind.OBJECT}
    if not asks_to_stop or found.state != RightsRequest.State.OPEN:
        messages.error(request, _("Only an open request to stop lets the desk stop the analysis."))
        return page(request, found, status=400)
    if not sudo.is_fresh(request):
        return sudo.ask(request, reverse("patients:desk_request", args=[clinic, request_id]))
    services.restrict_processing(patient=found.patient, by=member)
    messages.success(request, _("Stopped: no analysis, no scores, no alerts from the face. Now answer."))
    return redirect("patients:desk_request", clinic, request_id)


@require_POST
def close_request(request: PatientRequest, clinic: str, request_id: uuid.UUID) -> HttpResponse:
    member = access.get_privacy_desk(request.membership)
    found = access.get_request(member, request_id)
    form = CloseRequestForm(request.POST)
    if form.is_valid():
        is_refused = form.cleaned_data["decision"] == "refused"
        try:
            services.close_request(
                request_id=found.pk, is_refused=is_refused, answer=form.cleaned_data["answer"], by=member
            )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _closed(found.patient))
            return redirect("patients:desk", clinic)
    return page(request, found, close_form=form, status=400)


@require_POST
def extend_request(request: PatientRequest, clinic: str, request_id: uuid.UUID) -> HttpResponse:
    """Two further months, told to the patient with the reason."""
    member = access.get_privacy_desk(request.membership)
    found = access.get_request(member, request_id)
    form = ExtendRequestForm(request.POST)
    if form.is_valid():
        try:
            services.extend_request(request_id=found.pk, reason=form.cleaned_data["reason"], by=member)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _said_to(found.patient))
            return redirect("patients:desk_request", clinic, request_id)
    return page(request, found, extend_form=form, status=400)


def _closed(patient: Patient) -> str:
    if patient.user_id is not None:
        return _("Closed. The patient sees your answer in the portal.")
    return _("Closed. This patient has no account: send them your answer yourself.")


def _said_to(patient: Patient) -> str:
    if patient.user_id is not None:
        return _("Extended. The patient reads the new day and your reason in the portal.")
    return _("Extended. This patient has no account: write to them today, with the new day and the reason.")


def _open(request: PatientRequest, member: Membership, form: ReceivedRequestForm) -> RightsRequest | None:
    data = dict(form.cleaned_data)
    patient = access.get_patient_of_request(member, data.pop("record_number"))
    if patient is None:
        form.add_error("record_number", _("No record of this clinic has this number."))
        return None
    received_at = datetime.combine(data.pop("received_on"), time.min, tzinfo=request.clinic.zone)
    try:
        return services.open_request(patient=patient, by=member, received_at=received_at, **data)
    except DomainError as refusal:
        form.refuse(refusal)
        return None


def _erasing(request: PatientRequest, found: RightsRequest) -> dict[str, object]:
    """How far the erasure has come, who recorded it, and whether that is the reader."""
    part = queries.erasure_part(found.patient)
    recorded_by = queries.recorder(part.erasure) if part.erasure else None
    is_own = recorded_by is not None and recorded_by == request.membership
    return {**vars(part), "recorded_by": recorded_by, "is_own_recording": is_own}


def page(
    request: PatientRequest,
    found: RightsRequest,
    *,
    close_form: CloseRequestForm | None = None,
    extend_form: ExtendRequestForm | None = None,
    erasure_form: RecordErasureForm | None = None,
    record_form: RecordForm | None = None,
    status: int = 200,
) -> HttpResponse:
    record = {name: getattr(found.patient, name) for name in ("name", "birth_date", "email", "phone")}
    context = {
        "found": found,
        "patient": found.patient,
        "close_form": close_form or CloseRequestForm(),
        "extend_form": extend_form or ExtendRequestForm(),
        "erasure_form": erasure_form or RecordErasureForm(patient=found.patient),
        "longest_due_at": services.due_at(found.opened_at, request.clinic, months=3),
        "part": _erasing(request, found) if found.kind == RightsRequest.Kind.ERASE else None,
        "record_form": record_form or RecordForm(initial=record),
        "section": "requests",
    }
    return render(request, "patients/desk_request.html", context, status=status)
