"""What a clinician saw in a kept photo."""

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinics.errors import DomainError
from clinics.requests import ClinicRequest
from inference import access, services
from inference.forms import LabelForm


@require_POST
def label(request: ClinicRequest, clinic: str, reading_id: uuid.UUID) -> HttpResponse:
    reading = access.get_reading_to_work_on(request.membership, reading_id)
    form = LabelForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("This is not an answer we know."))
    assert request.membership is not None
    try:
        services.label_reading(reading=reading, seen=form.cleaned_data["seen"], by=request.membership)
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Saved. It changes no score."))
    return redirect("inference:explanation", clinic, reading_id)
