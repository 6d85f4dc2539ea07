"""Where the program looked in a photo, for those who follow the patient."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from clinics.errors import DomainError
from clinics.requests import ClinicRequest
from inference import access, queries, services
from inference.forms import LabelForm
from inference.models import Explanation
from inference.wording import described

METHODS = Explanation.Method


@require_http_methods(["GET", "HEAD", "POST"])
def explanation(request: ClinicRequest, clinic: str, reading_id: uuid.UUID) -> HttpResponse:
    """Asks for it, waits for it, shows it: the same address with and without script."""
    method = _method(request)
    if request.method == "POST":
        reading = access.get_reading_to_work_on(request.membership, reading_id)
        assert request.membership is not None
        try:
            services.ask_for_explanation(reading=reading, method=method, by=request.membership)
        except DomainError as refusal:
            messages.error(request, str(refusal.message))
        return redirect(f"{request.path}?method={method}")
    reading = access.get_reading(request.membership, reading_id)
    found = queries.explanation_of(reading, method)
    member = request.membership
    can_label = member is not None and member.treats_patients
    own = queries.own_label(reading, member) if member is not None and can_label else None
    context = {
        "reading": reading,
        "method": METHODS(method),
        "methods": METHODS,
        "most_faithful": Explanation.MOST_FAITHFUL,
        "explanation": found,
        "is_kept": services.kept_capture(reading) is not None,
        "label_form": LabelForm(initial={"seen": own.seen} if own else None) if can_label else None,
        "may_ask": can_label,
        "text": described(reading, found),
        "section": "patients",
    }
    return render(request, "inference/explanation.html", context)


@require_safe
def explanation_picture(request: ClinicRequest, clinic: str, reading_id: uuid.UUID) -> HttpResponse:
    """The drawn map, only while the photo is kept; never stored by a browser or a proxy."""
    reading = access.get_reading(request.membership, reading_id)
    found = queries.explanation_of(reading, _method(request))
    if found is None or found.picture is None:
        raise Http404
    return HttpResponse(
        bytes(found.picture), content_type="image/png", headers={"Cache-Control": "no-store, private"}
    )


def _method(request: ClinicRequest) -> str:
    asked = request.GET.get("method") or request.POST.get("method") or Explanation.MOST_FAITHFUL
    if asked not in METHODS.values:
        raise Http404
    return asked
