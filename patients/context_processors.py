from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from patients import people
from patients.models import BreakGlass


def break_glass(request: HttpRequest) -> dict[str, Any]:
    """What every page says: to a clinician which records the broken glass holds open, to a patient that there
    was one they have not read of."""
    membership, patient = getattr(request, "membership", None), getattr(request, "patient", None)
    return {
        "open_break_glasses": SimpleLazyObject(
            lambda: (
                list(BreakGlass.objects.open_for(membership).select_related("patient"))
                if membership and membership.treats_patients
                else []
            )
        ),
        "unread_break_glasses": SimpleLazyObject(
            lambda: (
                BreakGlass.objects.told(people.own_records(patient)).filter(notice_seen_at=None).count()
                if patient
                else 0
            )
        ),
    }
