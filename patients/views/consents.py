"""What the patient allows, and since when."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinics.errors import DomainError
from patients import access, queries, services
from patients.forms import ConsentForm
from patients.models import Patient, Purpose
from patients.requests import PatientRequest


@require_http_methods(["GET", "POST"])
def consents(request: PatientRequest, clinic: str) -> HttpResponse:
    """One click grants, one click withdraws."""
    patient = access.get_own_record(request)
    if request.method == "GET":
        return _page(request, patient)
    form = ConsentForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("This is not a decision about a purpose we know."))
    purpose = form.cleaned_data["purpose"]
    if form.cleaned_data["decision"] == "grant":
        try:
            services.grant_consent(patient=patient, purpose=purpose, by=patient)
        except DomainError as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _("Your agreement is recorded. You can withdraw it here at any time."))
    else:
        services.withdraw_consent(patient=patient, purpose=purpose, by=patient)
        messages.success(request, _said_of_withdrawing(purpose))
    return redirect("patients:check_in" if form.cleaned_data["back_to"] else "patients:consents", clinic)


def _said_of_withdrawing(purpose: str) -> str:
    if purpose == Purpose.FACIAL_ANALYSIS:
        return _("Withdrawn. No photo of yours is read from now on; photos still waiting are dropped unread.")
    if purpose == Purpose.IMAGE_RETENTION:
        return _("Withdrawn. Kept photos of yours are dropped, and new ones as soon as they have been read.")
    if purpose == Purpose.EMERGENCY_CONTACT:
        return _("Withdrawn. Whom you named is not shown to your care team any more.")
    return _("Withdrawn, from now on.")


def _page(request: PatientRequest, patient: Patient) -> HttpResponse:
    choices = queries.consent_choices(patient)
    has_programmes = bool(queries.own_programmes(patient))
    context = {
        # What was agreed to stays here to be withdrawn, whatever the clinic does today.
        "choices": [choice for choice in choices if _is_shown(choice, has_programmes)],
        "not_done": [choice for choice in choices if not choice.is_offered],
        "has_programmes": has_programmes,
        "history": queries.consent_history(patient),
        "back_to": "check_in" if request.GET.get("back_to") == "check_in" else "",
        "section": "consents",
    }
    return render(request, "patients/consents.html", context)


def _is_shown(choice: queries.ConsentChoice, has_programmes: bool) -> bool:
    """Where no employer has a programme, the question would only puzzle."""
    is_asked = choice.is_offered and (choice.purpose != Purpose.PROGRAMME or has_programmes)
    return is_asked or choice.is_granted
