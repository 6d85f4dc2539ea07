"""The patient's own lock: choose a PIN, and unlock with it."""

from django.contrib import auth, messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinics import sign_in, sudo
from clinics.errors import DomainError
from patients import access, services
from patients.forms import PinForm
from patients.requests import PatientRequest


@sensitive_post_parameters("pin")
@require_http_methods(["GET", "POST"])
@sudo.required_to_post
def choose_pin(request: PatientRequest, clinic: str) -> HttpResponse:
    """An empty PIN takes the lock away."""
    patient = access.get_own_record(request)
    form = PinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if "remove" in request.POST:
                services.remove_pin(patient=patient, by=patient)
            else:
                services.set_pin(patient=patient, pin=form.cleaned_data["pin"], by=patient)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            if not access.works_in_a_clinic(request):
                sign_in.unlock(request.session)  # the two minutes begin now
            messages.success(request, _("Saved."))
            return redirect("patients:choose_pin", clinic)
    status = 400 if form.errors else 200
    context = {"form": form, "has_pin": access.has_pin(patient), "section": "pin"}
    return render(request, "patients/choose_pin.html", context, status=status)


@never_cache
@sensitive_post_parameters("pin")
@require_http_methods(["GET", "POST"])
def unlock(request: PatientRequest, clinic: str) -> HttpResponse:
    """A POST locks, says that somebody is reading, or brings the PIN. Reached by locked sessions, too."""
    access.get_own_record(request)
    is_locked = sign_in.is_locked(request.session)
    act = request.POST.get("act", "")
    if act == "lock":
        sign_in.lock(request.session)
    elif act == "present" and not is_locked:
        sign_in.note_presence(request.session)
        return HttpResponse(status=204)
    elif "pin" in request.POST:
        return _try(request, clinic)
    elif not is_locked:
        return redirect(_wanted(request, clinic))
    return _page(request, clinic)


def _try(request: PatientRequest, clinic: str) -> HttpResponse:
    patient = access.get_own_record(request)
    if services.check_pin(patient=patient, pin=request.POST["pin"]):
        if access.works_in_a_clinic(request):
            return redirect("clinics:locked")  # six digits chosen for a portal do not open a clinic
        sign_in.unlock(request.session)
        return redirect(_wanted(request, clinic))
    if not access.has_pin(patient):
        auth.logout(request)
        return redirect("account_login")
    return _page(request, clinic, is_wrong=True)


def _page(request: PatientRequest, clinic: str, *, is_wrong: bool = False) -> HttpResponse:
    context = {"next": _wanted(request, clinic), "is_wrong": is_wrong}
    return render(request, "patients/unlock.html", context, status=400 if is_wrong else 200)


def _wanted(request: PatientRequest, clinic: str) -> str:
    address = (request.POST if request.method == "POST" else request.GET).get("next", "")
    is_ours = url_has_allowed_host_and_scheme(address, allowed_hosts=None) and address.startswith("/")
    return address if is_ours else reverse("patients:check_in", args=[clinic])
