"""A patient asks to be called: the standing button of the portal, and what comes of it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinics import cover
from clinics.errors import DomainError
from patients import access as patients_access
from patients.requests import PatientRequest
from scoring import queries, services


@never_cache
@require_http_methods(["GET", "POST"])
def own_call(request: PatientRequest, clinic: str) -> HttpResponse:
    patient = patients_access.get_own_record(request)
    if request.method == "POST":
        try:
            services.ask_for_call(patient=patient)
        except DomainError as refusal:
            messages.error(request, str(refusal.message))
        return redirect("scoring:own_call", clinic)
    call = queries.own_call(patient, clinic=request.clinic)
    context = {
        "call": call,
        "poll": cover.next_poll(request.GET.get("poll", "0")) if call.wish == queries.Wish.WAITS else None,
        "section": "call",
    }
    return render(request, "scoring/own_call.html", context)
