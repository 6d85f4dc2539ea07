from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from clinics import cover, sign_in, watchdog
from clinics.cover import gaps, trials
from clinics.messages import undelivered
from clinics.models import ClinicSettings


def tenancy(request: HttpRequest) -> dict[str, Any]:
    """The clinic of this page and who the reader is there."""
    clinic = getattr(request, "clinic", None)
    return {
        "clinic": clinic,
        "clinic_settings": SimpleLazyObject(lambda: ClinicSettings.objects.filter(clinic=clinic).first()),
        "clinic_safety": SimpleLazyObject(lambda: cover.safety_of(clinic) if clinic else None),
        "cover_words": SimpleLazyObject(lambda: cover.public_words(clinic) if clinic else ""),
        "membership": getattr(request, "membership", None),
        "patient_self": getattr(request, "patient", None),
        "undelivered_messages": SimpleLazyObject(undelivered.count),
        "idle_seconds": sign_in.IDLE_SECONDS,
        "pin_idle_seconds": sign_in.PIN_IDLE_SECONDS,
    }


def duty(request: HttpRequest) -> dict[str, Any]:
    """What pages say on top: to clinicians that timers stand still and which test alerts wait for them, to
    administrators what is missing in the cover."""
    membership = getattr(request, "membership", None)
    return {
        "silent_process": SimpleLazyObject(
            lambda: watchdog.silent() if membership is not None and membership.reads_patients else ""
        ),
        "cover_gaps": SimpleLazyObject(
            lambda: (
                gaps.gaps(membership.clinic, timezone.now()) if membership and membership.administers else []
            )
        ),
        "waiting_trials": SimpleLazyObject(
            lambda: trials.waiting_for(membership) if membership and membership.treats_patients else []
        ),
    }
