"""Pages of no clinic: where a signed-in person goes, and whether the site lives."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinics import tenancy
from clinics.models import Clinic, ClinicSettings, Membership, User
from patients.models import Patient


@dataclass(frozen=True)
class Place:
    """A clinic in which somebody has something to do, and the page where that begins."""

    clinic: str
    role: str
    url: str


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To the only clinic of this person, or to a choice of them."""
    assert isinstance(request.user, User)  # LoginRequiredMiddleware stands before every page
    places = _places_of(request.user)
    if len(places) == 1:
        return redirect(places[0].url)
    return render(request, "home.html", {"places": places})


@never_cache
@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Up, and the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def _places_of(user: User) -> list[Place]:
    with tenancy.as_person(user.pk):
        memberships = list(
            Membership.objects.filter(is_active=True).select_related("clinic").order_by("clinic__slug")
        )
        mine = Patient.objects.exclude(state__in=Patient.SHUT_STATES)
        records = list(mine.select_related("clinic").order_by("clinic__slug"))
    as_member = [
        Place(_name_of(row.clinic), str(row.get_role_display()), _first_page(row)) for row in memberships
    ]
    as_patient = [
        Place(_name_of(row.clinic), _("patient"), reverse("patients:check_in", args=[row.clinic.slug]))
        for row in records
    ]
    return as_member + as_patient


def _name_of(clinic: Clinic) -> str:
    with tenancy.enter(clinic.pk):
        return ClinicSettings.objects.values_list("name", flat=True).get(clinic=clinic)


def _first_page(membership: Membership) -> str:
    """Every member may read who may do what; the others begin where their work is."""
    if membership.reads_patients:
        return reverse("scoring:triage", args=[membership.clinic.slug])
    if membership.administers:
        return reverse("scoring:matrix", args=[membership.clinic.slug])
    if membership.guards_privacy:
        return reverse("patients:desk", args=[membership.clinic.slug])
    if membership.audits:
        return reverse("patients:access_log", args=[membership.clinic.slug])
    return reverse("clinics:roles", args=[membership.clinic.slug])
