from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from patients import access, people, queries, retention
from patients.models import BreakGlass, QuestionnaireRound, RightsRequest


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


def notes(request: HttpRequest) -> dict[str, Any]:
    """What the navigation counts: notes of patients this member may follow that nobody has read."""
    membership = getattr(request, "membership", None)
    return {
        "unread_notes": SimpleLazyObject(
            lambda: (
                queries.unread_notes(membership.clinic_id)
                .filter(patient__in=access.visible_patients(membership))
                .count()
                if membership and membership.reads_patients
                else 0
            )
        )
    }


def forms(request: HttpRequest) -> dict[str, Any]:
    """What the portal's navigation counts: questionnaires that wait to be filled in."""
    patient = getattr(request, "patient", None)
    return {
        "waiting_forms": SimpleLazyObject(
            lambda: (
                QuestionnaireRound.objects.open().filter(patient=patient).count()
                if patient and patient.is_followed
                else 0
            )
        )
    }


def desk(request: HttpRequest) -> dict[str, Any]:
    """What the navigation of the privacy desk counts: requests whose month is over, and kinds of data of
    which the last night left something that should have gone."""
    membership = getattr(request, "membership", None)
    late = RightsRequest.objects.open().filter(due_at__lt=timezone.now())
    return {
        "late_requests": SimpleLazyObject(
            lambda: (
                late.filter(clinic=membership.clinic_id).count()
                if membership and membership.guards_privacy
                else 0
            )
        ),
        "kinds_left_over": SimpleLazyObject(
            lambda: (
                retention.kinds_left_over(membership.clinic_id)
                if membership and membership.guards_privacy
                else 0
            )
        ),
    }
