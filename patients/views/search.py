"""A clinician looks somebody up."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from patients import access, search
from patients.forms import SearchForm
from patients.requests import PatientRequest


@never_cache
@require_http_methods(["GET", "POST"])
def find(request: PatientRequest, clinic: str) -> HttpResponse:
    """By POST, so that no name stands in an address, a history or a server's log."""
    access.visible_patients(request.membership)
    form = SearchForm(request.POST or None)
    context = {"form": form, "section": "triage", "found": None}
    if form.is_valid():
        context["found"] = search.search(request.membership, form.cleaned_data["words"])
    return render(request, "patients/find.html", context)
