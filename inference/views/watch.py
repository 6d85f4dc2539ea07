"""How the classifier does in this clinic, for administrators: figures of many people, and nobody's."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinics import access_log
from clinics.errors import DomainError
from clinics.requests import ClinicRequest
from inference import services
from inference.watch_page import watch_page
from patients.access import get_administrator


@require_safe
def watch(request: ClinicRequest, clinic: str) -> HttpResponse:
    member = get_administrator(request.membership)
    access_log.record("watch.read", by=member)
    context = {"page": watch_page(request.clinic), "section": "watch"}
    return render(request, "inference/watch.html", context)


@require_POST
def close_watch_notice(request: ClinicRequest, clinic: str, notice_id: uuid.UUID) -> HttpResponse:
    member = get_administrator(request.membership)
    try:
        services.close_watch_notice(notice_id=notice_id, by=member)
    except DomainError:
        raise Http404 from None
    messages.success(request, _("Noted, with your name and the time."))
    return redirect("inference:watch", clinic)
