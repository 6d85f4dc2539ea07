"""The person a patient trusts: set up by the patient, answered by the person, who has no account."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinics import sudo, tenancy
from clinics.errors import DomainError
from patients import access, services
from patients.message_forms import TrustedPersonForm
from patients.messages import links
from patients.models import Patient, TrustedPerson
from patients.requests import PatientRequest


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def trusted_person(request: PatientRequest, clinic: str) -> HttpResponse:
    """Save turns it on, one tap turns it off and deletes it."""
    patient = access.get_own_record(request)
    row = TrustedPerson.objects.filter(patient=patient).first()
    form = TrustedPersonForm(request.POST or None, initial=TrustedPersonForm.of(row))
    if request.POST.get("act") == "save" and not sudo.is_fresh(request):
        return sudo.ask(request, request.path)
    if request.method == "GET":
        return _page(request, row, TrustedPersonForm(initial=TrustedPersonForm.of(row)))
    try:
        if said := _act(request, patient, form):
            messages.success(request, said)
            return redirect("patients:trusted_person", clinic)
    except DomainError as refusal:
        form.refuse(refusal)
    return _page(request, row, form, status=400)


def _act(request: PatientRequest, patient: Patient, form: TrustedPersonForm) -> str:
    """What to say of it; nothing where the form has errors."""
    act = request.POST.get("act", "")
    if act == "remove":
        services.remove_trusted_person(patient=patient)
        return _("Off. Nothing is sent any more, and what you wrote is deleted.")
    if act == "send":
        services.send_to_trusted_person(patient=patient)
        return _("Your words are on their way.")
    if not form.is_valid():
        return ""
    services.save_trusted_person(patient=patient, draft=form.draft())
    return _("Saved. Nothing is sent before they have agreed.")


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def trusted_answer(request: HttpRequest, token: str) -> HttpResponse:
    """Agree, or stop. A link whose row is gone says so, and nothing of whom it was about."""
    found = links.ids_in(token)
    if found is None:
        raise Http404
    with tenancy.enter(found[0]):
        row = TrustedPerson.objects.select_related("patient").filter(pk=found[1], is_on=True).first()
        if row is None or not row.patient.is_followed:
            return render(request, "patients/trusted_answer.html", {"is_over": True}, status=404)
        answer = request.POST.get("answer", "")
        if request.method == "POST" and answer in {"agree", "stop"}:
            try:
                row = services.answer_as_trusted_person(row=row, agrees=answer == "agree")
            except DomainError:  # removed at this very moment
                return render(request, "patients/trusted_answer.html", {"is_over": True}, status=404)
        context = {"row": row, "signed": str(row.signed)}
        return render(request, "patients/trusted_answer.html", context)


def _page(
    request: PatientRequest, row: TrustedPerson | None, form: TrustedPersonForm, status: int = 200
) -> HttpResponse:
    confirm = "" if sudo.is_fresh(request) else sudo.address(request.path)
    context = {"row": row, "form": form, "confirm_url": confirm, "section": "own_messages"}
    return render(request, "patients/trusted_person.html", context, status=status)
