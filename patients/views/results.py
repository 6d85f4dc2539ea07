"""Questionnaires as clinicians read them, ask for them, and write down what a patient said."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinics.errors import DomainError
from patients import access, results, services
from patients.models import Patient, QuestionnaireAnswer, QuestionnaireRound
from patients.questionnaire_forms import AskForFormForm
from patients.questionnaire_sheet import questions, sent_back, text_of
from patients.questionnaires import published
from patients.requests import PatientRequest

STAFF = QuestionnaireAnswer.Door.STAFF


@never_cache
@require_safe
def questionnaire_results(request: PatientRequest, clinic: str, patient_id: uuid.UUID) -> HttpResponse:
    """Totals over time, with what changed; every answer one page further."""
    return _page(request, access.get_patient(request.membership, patient_id))


@never_cache
@require_POST
def ask_questionnaire(request: PatientRequest, clinic: str, patient_id: uuid.UUID) -> HttpResponse:
    """Asked now, outside the schedule."""
    patient = access.get_patient_to_treat(request.membership, patient_id)
    assert request.membership is not None  # the gate's promise
    form = _ask_form(request, patient)
    if form.is_valid():
        try:
            services.ask_questionnaire(patient=patient, by=request.membership, **form.cleaned_data)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Asked. It waits in the patient's portal."))
            return redirect("patients:questionnaire_results", clinic, patient.pk)
    return _page(request, patient, form, status=400)


@never_cache
@require_safe
def questionnaire_result(
    request: PatientRequest, clinic: str, patient_id: uuid.UUID, round_id: uuid.UUID
) -> HttpResponse:
    """One round with every answer as given, also those that were changed or came late."""
    patient = access.get_patient(request.membership, patient_id)
    round_ = access.get_round(request.membership, patient, round_id)
    found = next(one for one in _all(patient) if one.round == round_)
    context = {
        "patient": patient,
        "result": found,
        "round": round_,
        "text": text_of(round_),
        "questions": questions(round_, [one for one in found.answers if one not in found.late]),
        "said": [(one, text_of(round_).item(one.item)) for one in found.answers],
        "may_treat": request.membership is not None and request.membership.treats_patients,
        "section": "patients",
    }
    return render(request, "patients/questionnaire_result.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def enter_answers(
    request: PatientRequest, clinic: str, patient_id: uuid.UUID, round_id: uuid.UUID
) -> HttpResponse:
    """What the patient said by telephone or on paper, written down for them; told of like their own."""
    patient = access.get_patient_to_treat(request.membership, patient_id)
    assert request.membership is not None  # the gate's promise
    round_ = access.get_round(request.membership, patient, round_id)
    refused: list[services.RefusedAnswer] = []
    if request.method == "POST":
        stands = results.answers_of([round_]).get(round_.pk, [])
        sent = sent_back(round_, request.POST, request.POST.get("form_key", ""))
        given = [one for one in sent if not services.repeats(stands, one)]
        saved = services.save_answers(
            patient=patient, round_id=round_.pk, given=given, door=STAFF, by=request.membership
        )
        refused = saved.refused
        if not refused:
            return _after_entering(request, clinic, patient, round_)
    context = {
        "patient": patient,
        "round": round_,
        "text": text_of(round_),
        "questions": questions(round_, results.answers_of([round_]).get(round_.pk, []), refused),
        "refused": refused,
        "form_key": uuid.uuid4().hex,
        "section": "patients",
    }
    status = 400 if refused else 200
    return render(request, "patients/questionnaire_entry.html", context, status=status)


def _after_entering(
    request: PatientRequest, clinic: str, patient: Patient, round_: QuestionnaireRound
) -> HttpResponse:
    assert request.membership is not None  # the gate's promise
    if request.POST.get("decision") == "finish" and round_.is_open:
        try:
            services.finish_questionnaire(patient=patient, round_id=round_.pk, by=request.membership)
        except DomainError as refusal:
            messages.error(request, str(refusal.message))
            return redirect("patients:enter_answers", clinic, patient.pk, round_.pk)
    messages.success(request, _("Saved as the patient said it."))
    return redirect("patients:questionnaire_result", clinic, patient.pk, round_.pk)


def _all(patient: Patient) -> list[results.Result]:
    return [one for series in results.series_of(patient) for one in series.results]


def _ask_form(request: PatientRequest, patient: Patient) -> AskForFormForm:
    offered = [
        plan.questionnaire
        for plan in services.plans_in_use(request.clinic)
        if services.why_not_offered(patient, published.get(plan.questionnaire)) is None
    ]
    return AskForFormForm(request.POST if request.method == "POST" else None, in_use=offered)


def _page(
    request: PatientRequest, patient: Patient, form: AskForFormForm | None = None, status: int = 200
) -> HttpResponse:
    if request.membership is None:
        raise Http404
    found = results.series_of(patient)
    access.record_rounds(
        request.membership, patient, [one.round for series in found for one in series.results]
    )
    plans = services.plans_in_use(request.clinic)
    why_not = next(
        (
            reason
            for plan in plans
            if (reason := services.why_not_offered(patient, published.get(plan.questionnaire)))
        ),
        None,
    )
    context = {
        "patient": patient,
        "all_series": found,
        "plans": plans,
        "why_not": why_not,
        "form": form or _ask_form(request, patient),
        "may_treat": request.membership.treats_patients,
        "section": "patients",
    }
    return render(request, "patients/questionnaire_results.html", context, status=status)
