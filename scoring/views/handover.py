"""The end of a shift, and the sheet on paper for when the system is down."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinics import access_log
from clinics.errors import DomainError
from clinics.models import Membership
from patients import access as patients_access
from patients.requests import PatientRequest
from scoring import queries, services
from scoring.handover_forms import OfferAllForm
from scoring.models import Alert


@never_cache
@require_http_methods(["GET", "POST"])
def handover(request: PatientRequest, clinic: str) -> HttpResponse:
    """A POST offers all that is one's own to one colleague; each is theirs once they accept it."""
    member = patients_access.get_clinician(request.membership)
    form = OfferAllForm(
        request.POST if request.method == "POST" else None, clinic=request.clinic, member=member
    )
    if request.method == "POST" and form.is_valid():
        return _offer_all(request, clinic, member, form.cleaned_data["to"])
    context = {
        "found": queries.handover(member, request.clinic),
        "form": form,
        "section": "handover",
    }
    return render(request, "scoring/handover.html", context, status=400 if form.errors else 200)


def _offer_all(request: PatientRequest, clinic: str, member: Membership, to: Membership) -> HttpResponse:
    found = queries.handover(member, request.clinic)
    offered = sum(_has_offered(alert, to, member) for alert in found.mine)
    if offered:
        # without the colleague's name, which the next page shows: what is said waits in the session in plain
        said = ngettext("%(n)d alert is offered.", "%(n)d alerts are offered.", offered) % {"n": offered}
        messages.success(request, f"{said} {_('Each stays yours until they accept it.')}")
    if offered < len(found.mine):
        messages.warning(request, _("Some could not be offered to this colleague: they are still yours."))
    return redirect("scoring:handover", clinic)


def _has_offered(alert: Alert, to: Membership, by: Membership) -> bool:
    try:
        services.offer(alert_id=alert.pk, to=to, by=by)
    except DomainError:
        return False
    return True


@never_cache
@require_safe
def downtime_sheet(request: PatientRequest, clinic: str) -> HttpResponse:
    return _sheet(request, is_printing=False)


@never_cache
@require_POST
def print_downtime_sheet(request: PatientRequest, clinic: str) -> HttpResponse:
    """The same page, which opens the browser's print dialogue; logged as a print."""
    return _sheet(request, is_printing=True)


def _sheet(request: PatientRequest, *, is_printing: bool) -> HttpResponse:
    member = patients_access.get_clinician(request.membership)
    sheet = queries.downtime_sheet(member, request.clinic)
    if is_printing:
        access_log.record_print(
            "downtime_sheet", by=member, objects=[entry.patient.pk for entry in sheet.entries]
        )
    context = {
        "sheet": sheet,
        "is_printing": is_printing,
        "blank_lines": range(8),
        "section": "handover",
    }
    return render(request, "scoring/downtime_sheet.html", context)
