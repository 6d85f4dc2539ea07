"""Certificates of erasure: the list, one to read and to print, and its signed file."""

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from clinics import signing, sudo
from patients import certificate as certificates_of
from patients import erasure_access, queries
from patients.desk_forms import CertificateNumberForm
from patients.models import Erasure
from patients.requests import PatientRequest


@never_cache
@require_safe
def certificates(request: PatientRequest, clinic: str) -> HttpResponse:
    """What was erased, what is on its way, and the way to one by its number."""
    member = erasure_access.get_certificate_reader(request.membership)
    form = CertificateNumberForm(request.GET if "number" in request.GET else None)
    if form.is_valid():
        number = form.cleaned_data["number"]
        if Erasure.objects.filter(clinic=request.clinic, pk=number, state=Erasure.State.FINISHED).exists():
            return redirect("patients:certificate", clinic, number)
    shown = list(queries.certificates(request.clinic))
    waiting = list(queries.erasures_on_their_way(request.clinic))
    erasure_access.record_certificates(member, shown + waiting)
    context = {"certificates": shown, "waiting": waiting, "form": form, "section": "requests"}
    return render(request, "patients/certificates.html", context)


@never_cache
@require_safe
def certificate(request: PatientRequest, clinic: str, erasure_id: uuid.UUID) -> HttpResponse:
    member = erasure_access.get_certificate_reader(request.membership)
    return _page(request, erasure_access.get_certificate(member, erasure_id))


@never_cache
@require_POST
def print_certificate(request: PatientRequest, clinic: str, erasure_id: uuid.UUID) -> HttpResponse:
    """The same page, which opens the browser's print dialogue by itself; logged as a print."""
    member = erasure_access.get_certificate_reader(request.membership)
    if not sudo.is_fresh(request):
        return sudo.ask(request, reverse("patients:certificate", args=[clinic, erasure_id]))
    found = erasure_access.get_certificate(member, erasure_id, verb="printed")
    return _page(request, found, is_printing=True)


@never_cache
@require_POST
def download_certificate(request: PatientRequest, clinic: str, erasure_id: uuid.UUID) -> HttpResponse:
    """Signed when it was written, and never later: a row changed since must not get our signature."""
    member = erasure_access.get_certificate_reader(request.membership)
    if not sudo.is_fresh(request):
        return sudo.ask(request, reverse("patients:certificate", args=[clinic, erasure_id]))
    found = erasure_access.get_certificate(member, erasure_id, verb="exported")
    response = HttpResponse(
        found.signed_certificate or certificates_of.unsigned(found), content_type="application/json"
    )
    response["Content-Disposition"] = f'attachment; filename="certificate-{found.pk}.json"'
    return response


def _page(request: PatientRequest, found: Erasure, *, is_printing: bool = False) -> HttpResponse:
    title, _gap, words = found.certificate.partition("\n\n")
    context = {
        "erasure": found,
        "title": title,
        "words": words,
        "is_printing": is_printing,
        "public_key": signing.public_key_text(),
        "section": "requests",
    }
    return render(request, "patients/certificate.html", context)
