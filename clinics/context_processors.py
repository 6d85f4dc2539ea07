from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from clinics import sign_in
from clinics.messages import undelivered
from clinics.models import ClinicSettings


def tenancy(request: HttpRequest) -> dict[str, Any]:
    """The clinic of this page and who the reader is there."""
    clinic = getattr(request, "clinic", None)
    return {
        "clinic": clinic,
        "clinic_settings": SimpleLazyObject(lambda: ClinicSettings.objects.filter(clinic=clinic).first()),
        "membership": getattr(request, "membership", None),
        "patient_self": getattr(request, "patient", None),
        "undelivered_messages": SimpleLazyObject(undelivered.count),
        "idle_seconds": sign_in.IDLE_SECONDS,
        "pin_idle_seconds": sign_in.PIN_IDLE_SECONDS,
    }
